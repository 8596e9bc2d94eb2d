"""Describe an XML format once; read a document, learn what is wrong with it, write it back."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from einvoice_core.money import Amount
from einvoice_core.records import Record, Xml, XmlType
from einvoice_core.xml.binding import read, write
from einvoice_core.xml.parsing import parse


class Line(Record):
    """A line of an order."""

    article: Annotated[str, Xml("Article")]
    price: Annotated[Amount, Xml("Price")]


class Order(Record):
    """An order: the order of the fields is the order of the elements."""

    xml_type = XmlType("Order", "urn:example:order")

    number: Annotated[str, Xml("number", attribute=True)]
    ordered_on: Annotated[date, Xml("Date")]
    lines: Annotated[tuple[Line, ...], Xml("Line", inside="Lines")]
    iban: Annotated[str | None, Xml("Iban", choice="payment")] = None
    card: Annotated[str | None, Xml("Card", choice="payment")] = None


GOOD = b"""<?xml version="1.0" encoding="UTF-8"?>
<o:Order xmlns:o="urn:example:order" number="2026/7">
  <Date>2026-07-01</Date>
  <Lines>
    <Line><Article>Pen &amp; paper</Article><Price>21.0</Price></Line>
  </Lines>
  <Iban>ES9121000418450200051332</Iban>
</o:Order>
"""

order = read(parse(GOOD), Order).require()
assert order.lines[0].price == Decimal("21.00")
assert b"<Price>21.0</Price>" in write(order)  # kept as it was written
print(write(order, prefixes={"o": "urn:example:order"}, indent=True).decode())

bad = GOOD.replace(b"21.0<", b"21,0<").replace(b"<Iban>", b"<Card/><Iban>")
for finding in read(parse(bad), Order).findings:
    print(f"line {finding.line}, {finding.path}: {finding.message} [{finding.rule}]")
assert [f.rule for f in read(parse(bad), Order).findings] == ["XML-006", "XML-007"]
