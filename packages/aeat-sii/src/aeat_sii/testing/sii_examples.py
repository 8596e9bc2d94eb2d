"""Invented SII records that the agency would accept, to start from."""

from datetime import date
from decimal import Decimal
from typing import Any

from aeat_sii.sii.codes import InvoiceKind, NotExempt, PaymentMeans, Regime
from aeat_sii.sii.records import (
    CollectionsOfInvoice,
    IgicBreakdown,
    IgicIssuedInvoice,
    IgicIssuedLine,
    IgicIssuedRecord,
    IgicNotExempt,
    IgicReceivedBreakdown,
    IgicReceivedInvoice,
    IgicReceivedLine,
    IgicReceivedRecord,
    IgicSubject,
    IgicTreatment,
    IssuedBreakdown,
    IssuedCancellation,
    IssuedInvoice,
    IssuedInvoiceId,
    IssuedInvoiceKey,
    IssuedLine,
    IssuedRecord,
    Issuer,
    NotExemptPart,
    Payment,
    Period,
    Person,
    ReceivedBreakdown,
    ReceivedInvoice,
    ReceivedInvoiceId,
    ReceivedLine,
    ReceivedRecord,
    Subject,
    Titular,
    Treatment,
)

__all__ = [
    "DAY",
    "TITULAR",
    "cancelled",
    "collections",
    "igic_issued",
    "igic_received",
    "issued",
    "received",
]

TITULAR = Titular(name="CERTIFICADO UNO TELEMATICAS", nif="89890001K")
DAY = date(2026, 3, 2)
_OTHER = Person(name="CERTIFICADO DOS TELEMATICAS", nif="89890002E")


def issued(number: str = "2026/0001", **changes: Any) -> IssuedRecord:  # noqa: ANN401 - fields of the record
    """Make an issued invoice of 121.00; changes are of its content."""
    line = IssuedLine(
        rate_percent=Decimal(21), taxable_base=Decimal("100.00"), output_tax=Decimal("21.00")
    )
    taxed = NotExemptPart(kind=NotExempt.S1, lines=(line,))
    fields: dict[str, Any] = {
        "kind": InvoiceKind.F1,
        "regime": Regime.R01,
        "total": Decimal("121.00"),
        "description": "Servicios de prueba",
        "other_party": _OTHER,
        "breakdown": IssuedBreakdown(whole=Treatment(subject=Subject(taxed=taxed))),
    }
    return IssuedRecord(
        period=Period.of(DAY),
        invoice=IssuedInvoiceId(issuer_nif=TITULAR.nif, number=number, issued_on=DAY),
        content=IssuedInvoice(**fields | changes),
    )


def received(number: str = "P-0001", **changes: Any) -> ReceivedRecord:  # noqa: ANN401 - fields of the record
    """Make a received invoice of 121.00; changes are of its content."""
    line = ReceivedLine(
        rate_percent=Decimal(21), taxable_base=Decimal("100.00"), input_tax=Decimal("21.00")
    )
    fields: dict[str, Any] = {
        "kind": InvoiceKind.F1,
        "regime": Regime.R01,
        "total": Decimal("121.00"),
        "description": "Compra de prueba",
        "breakdown": ReceivedBreakdown(lines=(line,)),
        "other_party": _OTHER,
        "entered_on": DAY,
        "deductible_tax": Decimal("21.00"),
    }
    return ReceivedRecord(
        period=Period.of(DAY),
        invoice=ReceivedInvoiceId(issuer=Issuer(nif=_OTHER.nif), number=number, issued_on=DAY),
        content=ReceivedInvoice(**fields | changes),
    )


def igic_issued(number: str = "2026/0001", **changes: Any) -> IgicIssuedRecord:  # noqa: ANN401 - fields of the record
    """Make an issued invoice of IGIC of 107.00; changes are of its content."""
    line = IgicIssuedLine(
        rate_percent=Decimal(7), taxable_base=Decimal("100.00"), output_tax=Decimal("7.00")
    )
    taxed = IgicNotExempt(kind=NotExempt.S1, lines=(line,))
    fields: dict[str, Any] = {
        "kind": InvoiceKind.F1,
        "regime": Regime.R01,
        "total": Decimal("107.00"),
        "description": "Servicios de prueba",
        "other_party": _OTHER,
        "breakdown": IgicBreakdown(whole=IgicTreatment(subject=IgicSubject(taxed=taxed))),
    }
    return IgicIssuedRecord(
        period=Period.of(DAY),
        invoice=IssuedInvoiceId(issuer_nif=TITULAR.nif, number=number, issued_on=DAY),
        content=IgicIssuedInvoice(**fields | changes),
    )


def igic_received(number: str = "P-0001", **changes: Any) -> IgicReceivedRecord:  # noqa: ANN401 - fields of the record
    """Make a received invoice of IGIC of 107.00; changes are of its content."""
    line = IgicReceivedLine(
        rate_percent=Decimal(7), taxable_base=Decimal("100.00"), input_tax=Decimal("7.00")
    )
    fields: dict[str, Any] = {
        "kind": InvoiceKind.F1,
        "regime": Regime.R01,
        "total": Decimal("107.00"),
        "description": "Compra de prueba",
        "breakdown": IgicReceivedBreakdown(lines=(line,)),
        "other_party": _OTHER,
        "entered_on": DAY,
        "deductible_tax": Decimal("7.00"),
    }
    return IgicReceivedRecord(
        period=Period.of(DAY),
        invoice=ReceivedInvoiceId(issuer=Issuer(nif=_OTHER.nif), number=number, issued_on=DAY),
        content=IgicReceivedInvoice(**fields | changes),
    )


def cancelled(number: str = "2026/0001") -> IssuedCancellation:
    """Make the cancellation of an issued invoice."""
    key = IssuedInvoiceKey(issuer_nif=TITULAR.nif, number=number, issued_on=DAY)
    return IssuedCancellation(period=Period.of(DAY), invoice=key)


def collections(number: str = "2026/0001", *amounts: str) -> CollectionsOfInvoice:
    """Make collections of an issued invoice in cash accounting."""
    key = IssuedInvoiceKey(issuer_nif=TITULAR.nif, number=number, issued_on=DAY)
    payments = tuple(
        Payment(paid_on=DAY, amount=Decimal(amount), means=PaymentMeans.TRANSFER)
        for amount in amounts or ("121.00",)
    )
    return CollectionsOfInvoice(invoice=key, payments=payments)
