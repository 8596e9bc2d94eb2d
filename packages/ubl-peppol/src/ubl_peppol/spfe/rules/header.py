"""Checks of the header: identity, profile, dates, currency (ES-SPFE-001 to 012)."""

from einvoice_core.findings import Breach
from ubl_peppol.spfe.lists import BUSINESS_PROCESS, SPECIFICATION, codes
from ubl_peppol.spfe.rules._base import Breaches, Document, check

__all__: list[str] = []

_REQUIRED = {
    "BT-1": "cbc:ID",
    "BT-2": "cbc:IssueDate",
    "BT-3": "cbc:InvoiceTypeCode",
    "BT-5": "cbc:DocumentCurrencyCode",
    "BT-23": "cbc:ProfileID",
    "BT-24": "cbc:CustomizationID",
}


@check("ES-SPFE-001", "The document is not a UBL 2.5 Invoice: see the findings of the structure.")
def _is_an_invoice(doc: Document) -> Breaches:
    """The document is an Invoice of UBL 2.5 and follows its schema."""
    if not doc.well_formed:
        yield Breach(doc)


@check("ES-SPFE-002", "BT-24 is {stated!r}: write {wanted}.")
def _specification(doc: Document) -> Breaches:
    """The specification (BT-24) is that of the profile."""
    stated = doc.text("cbc:CustomizationID")
    if stated and stated != SPECIFICATION:
        yield Breach(doc.at("cbc:CustomizationID"), stated=stated, wanted=SPECIFICATION)


@check("ES-SPFE-003", "BT-23 is {stated!r}: write {wanted}.")
def _process(doc: Document) -> Breaches:
    """The business process (BT-23) is that of the profile."""
    stated = doc.text("cbc:ProfileID")
    if stated and stated != BUSINESS_PROCESS:
        yield Breach(doc.at("cbc:ProfileID"), stated=stated, wanted=BUSINESS_PROCESS)


@check("ES-SPFE-004", "A file is embedded: the public solution admits none; send it another way.")
def _no_attachment(doc: Document) -> Breaches:
    """No file is embedded anywhere."""
    found = doc.element.iter("{*}EmbeddedDocumentBinaryObject")
    yield from (Breach(type(doc)(each)) for each in found)


@check("ES-SPFE-005", "{term} is missing, empty or there twice: state it once.")
def _required(doc: Document) -> Breaches:
    """Number, date, type, currency, process and specification are there once."""
    for term, path in _REQUIRED.items():
        found = doc.all(path)
        if len(found) != 1 or not found[0].text():
            yield Breach(doc.at(path), term=term)


@check("ES-SPFE-006", "The type {code!r} (BT-3) is not admitted: use 380, 384, 388, 389 or 471.")
def _type(doc: Document) -> Breaches:
    """The type of the invoice (BT-3) is in the list L1."""
    if doc.type_code and doc.type_code not in codes("L1"):
        yield Breach(doc.at("cbc:InvoiceTypeCode"), code=doc.type_code)


@check(
    "ES-SPFE-007", "The invoice is in {currency}: state EUR as BT-6 and the VAT in EUR (BT-111)."
)
def _accounting_currency(doc: Document) -> Breaches:
    """An invoice in another currency states its VAT in euros too."""
    currency = doc.text("cbc:DocumentCurrencyCode")
    if not currency or currency == "EUR":
        return
    in_euros = [
        each
        for each in doc.all("cac:TaxTotal/cbc:TaxAmount")
        if each.element.get("currencyID") == "EUR"
    ]
    if doc.text("cbc:TaxCurrencyCode") != "EUR" or not in_euros:
        yield Breach(doc.at("cbc:TaxCurrencyCode"), currency=currency)


@check("ES-SPFE-008", "BT-7 is the date of issue: leave it out.")
def _operation_date(doc: Document) -> Breaches:
    """The date of the operations (BT-7) is there only when it is not that of issue."""
    if (day := doc.day("cbc:TaxPointDate")) is not None and day == doc.day("cbc:IssueDate"):
        yield Breach(doc.at("cbc:TaxPointDate"))


@check("ES-SPFE-009", "It was paid on {paid} (BT-ES-2): that must lie between {first} and {last}.")
def _paid_on(doc: Document) -> Breaches:
    """The day of payment (BT-ES-2) lies between the operation and the issue."""
    paid, issued = doc.day("cac:PrepaidPayment/cbc:PaidDate"), doc.day("cbc:IssueDate")
    if paid is None or issued is None:
        return
    first = doc.day("cbc:TaxPointDate") or issued
    if not first <= paid <= issued:
        yield Breach(doc.at("cac:PrepaidPayment/cbc:PaidDate"), paid=paid, first=first, last=issued)


@check("ES-SPFE-010", "{due} is to be paid, and nothing says until when: state the day (BT-9).")
def _due_date(doc: Document) -> Breaches:
    """When something is to be paid, the day (BT-9) or the terms (BT-20) say when."""
    due = doc.number("cac:LegalMonetaryTotal/cbc:PayableAmount")
    said = doc.text("cbc:DueDate") or doc.text("cac:PaymentTerms/cbc:Note")
    if due is not None and due > 0 and not said:
        yield Breach(doc.at("cac:LegalMonetaryTotal/cbc:PayableAmount"), due=due)


@check("ES-SPFE-012", "A note has no text (BT-22): write it, or leave the note out.")
def _note(doc: Document) -> Breaches:
    """Every note (BG-1) has a text (BT-22)."""
    for note in doc.all("cac:Annotation"):
        if not note.text("cbc:AnnotationContent"):
            yield Breach(note)
