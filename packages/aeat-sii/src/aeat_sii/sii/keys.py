"""What identifies a record in its book, in a submission and in an answer alike."""

from aeat_sii.sii.answers import AnsweredInvoice, AnsweredIssuer, AnswerLine
from aeat_sii.sii.records import (
    AnyRecord,
    CashCancellation,
    CashReceipt,
    ConsignmentCancellation,
    ConsignmentOperation,
    InsuranceCancellation,
    InsuranceRecord,
    InvestmentGoodCancellation,
    InvestmentGoodRecord,
    IssuedInvoiceId,
    IssuedInvoiceKey,
    Issuer,
    NamedInvoiceId,
    NamedIssuer,
    OtherId,
    Person,
    ReceivedInvoiceId,
    StockId,
)

__all__ = ["Key", "key_of", "key_of_line"]

Key = tuple[str, ...]
"""Texts that name a record within a book of a taxpayer."""

_AnyInvoiceId = IssuedInvoiceId | IssuedInvoiceKey | ReceivedInvoiceId | NamedInvoiceId


def key_of(record: AnyRecord) -> Key:
    """Return what identifies a record in its book."""
    match record:
        case CashReceipt() | CashCancellation():
            return (record.period.year, *_person(record.other_party))
        case InsuranceRecord() | InsuranceCancellation():
            return (record.period.year, *_person(record.other_party), record.operation.value)
        case ConsignmentOperation() | ConsignmentCancellation():
            return _stock(record.stock)
        case InvestmentGoodRecord():
            return (*_invoice(record.invoice), record.content.id.strip())
        case InvestmentGoodCancellation():
            return (*_invoice(record.invoice), record.good_id.strip())
    return _invoice(record.invoice)


def key_of_line(line: AnswerLine) -> Key:
    """Return what identifies the record that a line of an answer speaks of."""
    if line.stock is not None:
        return _stock(line.stock)
    if line.invoice is not None:
        good = () if line.good_id is None else (line.good_id.strip(),)
        return (*_invoice(line.invoice), *good)
    period = () if line.period is None else (line.period.year.strip(),)
    party = () if line.other_party is None else _person(line.other_party)
    operation = () if line.operation is None else (line.operation.value,)
    return (*period, *party, *operation)


def _invoice(invoice: _AnyInvoiceId | AnsweredInvoice) -> Key:
    if isinstance(invoice, IssuedInvoiceId | IssuedInvoiceKey):
        issuer: Key = (invoice.issuer_nif.strip(),)
    else:
        issuer = _person(invoice.issuer)
    return (*issuer, invoice.number.strip(), f"{invoice.issued_on:%d-%m-%Y}")


def _person(person: Person | Issuer | NamedIssuer | AnsweredIssuer) -> Key:
    if person.nif is not None:
        return (person.nif.strip(),)
    return _other(person.other_id)


def _other(other: OtherId | None) -> Key:
    # An identification of the Union's VAT begins with its country, which may be left out besides.
    return ("",) if other is None else (f"{other.kind.value}:{other.id.strip()}",)


def _stock(stock: StockId) -> Key:
    return stock.year, stock.period, stock.id.strip()
