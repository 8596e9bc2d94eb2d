"""Time of reading and writing a document of Facturae's shape, beside pydantic-xml or lxml.

Run it with ``python benchmarks/bench_binding.py``. The peers are a tree built and walked by hand
with lxml and, where it is installed, pydantic-xml; all run in this process, one after the other.
"""

import gc
import statistics
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated

from lxml import etree
from lxml.builder import E

from einvoice_core.money import Amount
from einvoice_core.records import Record, Xml, XmlType
from einvoice_core.xml.binding import read, write
from einvoice_core.xml.parsing import parse

try:
    import pydantic_xml
except ImportError:
    pydantic_xml = None


class Money(Record):
    """An amount."""

    total: Annotated[Amount, Xml("TotalAmount")]


class Tax(Record):
    """A tax of a line."""

    kind: Annotated[str, Xml("TaxTypeCode")]
    percent: Annotated[Amount, Xml("TaxRate")]
    base: Annotated[Money, Xml("TaxableBase")]
    amount: Annotated[Money | None, Xml("TaxAmount")] = None
    special_base: Annotated[Money | None, Xml("SpecialTaxableBase")] = None
    special_amount: Annotated[Money | None, Xml("SpecialTaxAmount")] = None
    surcharge_percent: Annotated[Amount | None, Xml("EquivalenceSurcharge")] = None
    surcharge: Annotated[Money | None, Xml("EquivalenceSurchargeAmount")] = None


class Line(Record):
    """A line of an invoice, with the optional elements that such a line has."""

    contract: Annotated[str | None, Xml("IssuerContractReference")] = None
    contract_on: Annotated[date | None, Xml("IssuerContractDate")] = None
    order: Annotated[str | None, Xml("IssuerTransactionReference")] = None
    order_on: Annotated[date | None, Xml("IssuerTransactionDate")] = None
    buyer_contract: Annotated[str | None, Xml("ReceiverContractReference")] = None
    buyer_order: Annotated[str | None, Xml("ReceiverTransactionReference")] = None
    file_number: Annotated[str | None, Xml("FileReference")] = None
    file_on: Annotated[date | None, Xml("FileDate")] = None
    sequence: Annotated[Amount | None, Xml("SequenceNumber")] = None
    description: Annotated[str, Xml("ItemDescription")]
    quantity: Annotated[Amount | None, Xml("Quantity")] = None
    unit: Annotated[str | None, Xml("UnitOfMeasure")] = None
    price: Annotated[Amount, Xml("UnitPriceWithoutTax")]
    cost: Annotated[Amount, Xml("TotalCost")]
    gross: Annotated[Amount, Xml("GrossAmount")]
    withheld: Annotated[tuple[Tax, ...], Xml("Tax", inside="TaxesWithheld")] = ()
    taxes: Annotated[tuple[Tax, ...], Xml("Tax", inside="TaxesOutputs")]
    delivered_on: Annotated[date | None, Xml("TransactionDate")] = None
    information: Annotated[str | None, Xml("AdditionalLineItemInformation")] = None
    article: Annotated[str | None, Xml("ArticleCode")] = None


class Invoice(Record):
    """A document with lines."""

    xml_type = XmlType("Invoice")

    number: Annotated[str, Xml("InvoiceNumber")]
    issued_on: Annotated[date, Xml("IssueDate")]
    lines: Annotated[tuple[Line, ...], Xml("InvoiceLine", inside="Items")]
    total: Annotated[Money, Xml("InvoiceTotal")]


def invoice(lines: int) -> Invoice:
    """Make an invoice with so many lines."""
    return Invoice(
        number="2026-0001",
        issued_on=date(2026, 7, 1),
        lines=tuple(
            Line(
                description=f"Article {number} & more",
                quantity=Decimal("2.0"),
                unit="01",
                price=Decimal(f"{number}.500000"),
                cost=Decimal(f"{2 * number + 1}.00"),
                gross=Decimal(f"{2 * number + 1}.00"),
                taxes=(
                    Tax(
                        kind="01",
                        percent=Decimal("21.00"),
                        base=Money(total=Decimal(f"{2 * number + 1}.00")),
                        amount=Money(total=Decimal(f"{number}.41")),
                    ),
                ),
                delivered_on=date(2026, 6, 30),
            )
            for number in range(lines)
        ),
        total=Money(total=Decimal(lines) * Decimal("25.41")),
    )


def median_ms(action: Callable[[], object], rounds: int) -> float:
    """Return the median of some rounds, in milliseconds."""
    action()
    gc.collect()
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        action()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def by_hand(document: Invoice) -> bytes:
    """Write through lxml's element factory."""

    def money(tag: str, amount: Money) -> etree._Element:
        return E(tag, E.TotalAmount(str(amount.total)))

    root = etree.Element("Invoice")
    root.append(E.InvoiceNumber(document.number))
    root.append(E.IssueDate(document.issued_on.isoformat()))
    items = etree.SubElement(root, "Items")
    for line in document.lines:
        taxes = [
            E.Tax(
                E.TaxTypeCode(tax.kind),
                E.TaxRate(str(tax.percent)),
                money("TaxableBase", tax.base),
                *([money("TaxAmount", tax.amount)] if tax.amount else []),
            )
            for tax in line.taxes
        ]
        items.append(
            E.InvoiceLine(
                E.ItemDescription(line.description),
                E.Quantity(str(line.quantity or 0)),
                E.UnitOfMeasure(line.unit or ""),
                E.UnitPriceWithoutTax(str(line.price)),
                E.TotalCost(str(line.cost)),
                E.GrossAmount(str(line.gross)),
                E.TaxesOutputs(*taxes),
                E.TransactionDate(line.delivered_on.isoformat() if line.delivered_on else ""),
            )
        )
    root.append(money("InvoiceTotal", document.total))
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def peers() -> dict[str, tuple[Callable[[bytes], object], Callable[[Invoice], object]]]:
    """Return reader and writer of each peer that is here."""
    found: dict[str, tuple[Callable[[bytes], object], Callable[[Invoice], object]]] = {
        "lxml by hand": (lambda data: [e.text for e in etree.fromstring(data).iter()], by_hand)
    }
    if pydantic_xml is None:
        return found

    class PMoney(pydantic_xml.BaseXmlModel):  # type: ignore[misc]  # untyped where not installed
        total: Decimal = pydantic_xml.element(tag="TotalAmount")

    class PTax(pydantic_xml.BaseXmlModel):  # type: ignore[misc]  # untyped where not installed
        kind: str = pydantic_xml.element(tag="TaxTypeCode")
        percent: Decimal = pydantic_xml.element(tag="TaxRate")
        base: PMoney = pydantic_xml.element(tag="TaxableBase")
        amount: PMoney | None = pydantic_xml.element(tag="TaxAmount", default=None)
        special_base: PMoney | None = pydantic_xml.element(tag="SpecialTaxableBase", default=None)
        special_amount: PMoney | None = pydantic_xml.element(tag="SpecialTaxAmount", default=None)
        surcharge_percent: Decimal | None = pydantic_xml.element(
            tag="EquivalenceSurcharge", default=None
        )
        surcharge: PMoney | None = pydantic_xml.element(
            tag="EquivalenceSurchargeAmount", default=None
        )

    class PLine(pydantic_xml.BaseXmlModel):  # type: ignore[misc]  # untyped where not installed
        contract: str | None = pydantic_xml.element(tag="IssuerContractReference", default=None)
        contract_on: date | None = pydantic_xml.element(tag="IssuerContractDate", default=None)
        order: str | None = pydantic_xml.element(tag="IssuerTransactionReference", default=None)
        order_on: date | None = pydantic_xml.element(tag="IssuerTransactionDate", default=None)
        buyer_contract: str | None = pydantic_xml.element(
            tag="ReceiverContractReference", default=None
        )
        buyer_order: str | None = pydantic_xml.element(
            tag="ReceiverTransactionReference", default=None
        )
        file_number: str | None = pydantic_xml.element(tag="FileReference", default=None)
        file_on: date | None = pydantic_xml.element(tag="FileDate", default=None)
        sequence: Decimal | None = pydantic_xml.element(tag="SequenceNumber", default=None)
        description: str = pydantic_xml.element(tag="ItemDescription")
        quantity: Decimal | None = pydantic_xml.element(tag="Quantity", default=None)
        unit: str | None = pydantic_xml.element(tag="UnitOfMeasure", default=None)
        price: Decimal = pydantic_xml.element(tag="UnitPriceWithoutTax")
        cost: Decimal = pydantic_xml.element(tag="TotalCost")
        gross: Decimal = pydantic_xml.element(tag="GrossAmount")
        withheld: list[PTax] = pydantic_xml.wrapped(
            "TaxesWithheld", pydantic_xml.element(tag="Tax", default_factory=list)
        )
        taxes: list[PTax] = pydantic_xml.wrapped(
            "TaxesOutputs", pydantic_xml.element(tag="Tax", default_factory=list)
        )
        delivered_on: date | None = pydantic_xml.element(tag="TransactionDate", default=None)
        information: str | None = pydantic_xml.element(
            tag="AdditionalLineItemInformation", default=None
        )
        article: str | None = pydantic_xml.element(tag="ArticleCode", default=None)

    class PInvoice(
        pydantic_xml.BaseXmlModel,  # type: ignore[misc]  # untyped where not installed
        tag="Invoice",
    ):
        number: str = pydantic_xml.element(tag="InvoiceNumber")
        issued_on: date = pydantic_xml.element(tag="IssueDate")
        lines: list[PLine] = pydantic_xml.wrapped(
            "Items",
            pydantic_xml.element(tag="InvoiceLine"),
        )
        total: PMoney = pydantic_xml.element(tag="InvoiceTotal")

    made: dict[int, object] = {}

    def write_peer(document: Invoice) -> object:
        if id(document) not in made:
            made[id(document)] = PInvoice.from_xml(write(document))
        return made[id(document)].to_xml()  # type: ignore[attr-defined]  # a PInvoice

    found["pydantic-xml"] = (PInvoice.from_xml, write_peer)
    return found


def main() -> None:
    """Print a table."""
    for lines, rounds in ((10, 200), (1_000, 9)):
        document = invoice(lines)
        data = write(document)
        parsing = median_ms(lambda data=data: parse(data), rounds)
        reading = median_ms(lambda data=data: read(parse(data), Invoice).require(), rounds)
        writing = median_ms(lambda document=document: write(document), rounds)
        print(f"{lines:>6} lines, {len(data):,} bytes: parse {parsing:.2f} ms")
        print(f"       ours          read {reading:8.2f}  write {writing:8.2f}")
        for name, (reader, writer) in peers().items():
            theirs = median_ms(lambda data=data, reader=reader: reader(data), rounds)
            wrote = median_ms(lambda document=document, writer=writer: writer(document), rounds)
            print(
                f"       {name:13} read {theirs:8.2f}  write {wrote:8.2f}"
                f"   ratio {theirs / reading:.1f}x  {wrote / writing:.1f}x"
            )


if __name__ == "__main__":
    main()
