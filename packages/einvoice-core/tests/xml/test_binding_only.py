"""A record of one value is read on the spot, and like every other record."""

from decimal import Decimal
from typing import Annotated, ClassVar

import pytest

from einvoice_core.money import Amount
from einvoice_core.records import Record, Xml, XmlType
from einvoice_core.xml import binding
from einvoice_core.xml.parsing import parse


class Money(Record):
    total: Annotated[Amount, Xml("Total")]
    euros: Annotated[Amount | None, Xml("Euros")] = None


class Bill(Record):
    xml_type: ClassVar[XmlType | None] = XmlType("Bill")

    sum: Annotated[Money, Xml("Sum")]


READ = {
    "usual": ("<Total>1.50</Total>", None),
    "white space": ("\n  <Total>1.50</Total>\n", None),
    "both": ("<Total>1.50</Total><Euros>2</Euros>", Decimal(2)),
    "comment": ("<!-- c --><Total>1.50</Total>", None),
    "comment inside": ("<Total>1.<!-- c -->50</Total>", None),
}


@pytest.mark.parametrize(("inside", "euros"), READ.values(), ids=READ.keys())
def test_what_is_right_is_read(inside: str, euros: Decimal | None) -> None:
    bound = binding.read(parse(f"<Bill><Sum>{inside}</Sum></Bill>".encode()), Bill)
    assert bound.findings == ()
    assert bound.require() == Bill(sum=Money(total=Decimal("1.50"), euros=euros))
    assert bound.require().model_copy(update={"sum": Money(total=Decimal(1))}) != bound.require()


WRONG = {
    "no number": ("<Total>x</Total>", "XML-006"),
    "another element": ("<Totals>1</Totals>", "XML-002"),
    "an element inside": ("<Total>1<b/></Total>", "XML-002"),
    "text before": ("x<Total>1</Total>", "XML-008"),
    "text after": ("<Total>1</Total>x", "XML-008"),
    "twice": ("<Total>1</Total><Total>2</Total>", "XML-004"),
    "an attribute": ("<Total a='b'>1</Total>", "XML-009"),
    "nothing": ("", "XML-003"),
}


@pytest.mark.parametrize(("inside", "rule"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_found(inside: str, rule: str) -> None:
    bound = binding.read(parse(f"<Bill><Sum>{inside}</Sum></Bill>".encode()), Bill)
    assert rule in {finding.rule for finding in bound.findings}
    attribute = binding.read(parse(b"<Bill><Sum a='b'><Total>1</Total></Sum></Bill>"), Bill)
    assert [finding.rule for finding in attribute.findings] == ["XML-009"]
