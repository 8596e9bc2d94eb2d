"""Checks of references and payment (ES-SPFE-080 to 091)."""

from urllib.parse import urlsplit

from einvoice_core.findings import Breach
from einvoice_core.money import AmountError, parse_decimal
from tax_es.ids import iban
from ubl_peppol.codelists import named_list
from ubl_peppol.spfe.lists import codes
from ubl_peppol.spfe.rules._base import Breaches, Document, check

__all__: list[str] = []

_ONCE = ("QR", "RECT:TIPO", "RECT:MODALIDAD")
_PRECEDING = "cac:BillingReference/cac:InvoiceDocumentReference"


@check("ES-SPFE-080", "{function!r}: it is no function of the list L10, or stands more than once.")
def _functions(doc: Document) -> Breaches:
    """Supporting documents have a function of the list L10, some of them once."""
    seen: set[str] = set()
    for each in doc.all("cac:AdditionalDocumentReference"):
        function = each.text("cbc:ID")
        spanish = function in codes("L10")
        looks_so = function.startswith("RECT:") or each.text("cbc:UUID")
        if (looks_so and not spanish) or (function in _ONCE and function in seen):
            yield Breach(each.at("cbc:ID"), function=function)
        seen.add(function)


@check("ES-SPFE-081", "A corrective invoice has no {what}: state it.")
def _corrective(doc: Document) -> Breaches:
    """A corrective invoice states kind and mode."""
    wanted = (("RECT:TIPO", "L2A", "kind (L2A)"), ("RECT:MODALIDAD", "L2B", "mode (L2B)"))
    for function, name, what in wanted if doc.is_corrective else ():
        found = doc.supporting(function)
        if not found or found[0].text("cbc:DocumentTypeCode") not in codes(name):
            yield Breach((found or [doc])[0], what=what)


@check("ES-SPFE-082", "{function} is for a corrective invoice (384 or 471), and this is none.")
def _not_corrective(doc: Document) -> Breaches:
    """Only a corrective invoice states kind, mode and corrected amounts."""
    for each in doc.all("cac:AdditionalDocumentReference"):
        function = each.text("cbc:ID")
        if function.startswith("RECT:") and doc.type_code and not doc.is_corrective:
            yield Breach(each, function=function)


@check("ES-SPFE-083", "A corrected amount needs the mode S, a code of L2C once, and a number.")
def _corrected_amounts(doc: Document) -> Breaches:
    """Corrected amounts stand with the mode S, each kind once."""
    modes = [each.text("cbc:DocumentTypeCode") for each in doc.supporting("RECT:MODALIDAD")]
    seen: set[str] = set()
    for number, each in enumerate(doc.supporting("RECT:IMPORTES"), start=1):
        code, amount = each.text("cbc:DocumentTypeCode"), each.text("cbc:DocumentDescription")
        fits = "S" in modes and code in codes("L2C") and number <= doc.readings.amounts
        if not fits or code in seen or not _is_number(amount):
            yield Breach(each)
        seen.add(code)


def _is_number(text: str) -> bool:
    try:
        parse_decimal(text)
    except (AmountError, ValueError):
        return False
    return True


@check("ES-SPFE-084", "A corrective invoice names the invoice it corrects (BG-3), or a period.")
def _names_preceding(doc: Document) -> Breaches:
    """A corrective invoice names what it corrects."""
    if doc.is_corrective and not doc.all(_PRECEDING) and doc.one("cac:InvoicePeriod") is None:
        yield Breach(doc)


@check("ES-SPFE-085", "An earlier invoice has no number or no date: state both.")
def _preceding(doc: Document) -> Breaches:
    """An earlier invoice has number and date."""
    for each in doc.all("cac:BillingReference"):
        reference = each.one("cac:InvoiceDocumentReference")
        if reference is None or not (reference.text("cbc:ID") and reference.text("cbc:IssueDate")):
            yield Breach(each)


@check("ES-SPFE-086", "{url!r} (BT-ES-25) is no address: write the whole URL of the tax QR.")
def _qr_address(doc: Document) -> Breaches:
    """The tax QR has an absolute URL."""
    for each in doc.supporting("QR"):
        if not _is_url(url := each.text("cbc:UUID")):
            yield Breach(each, url=url)


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


@check("ES-SPFE-087", "The tax QR is of {system!r}: state VERIFACTU or TICKETBAI.")
def _qr_system(doc: Document) -> Breaches:
    """The tax QR says of which system it is."""
    for each in doc.supporting("QR"):
        if (system := each.text("cbc:DocumentDescription")) not in codes("qr-system"):
            yield Breach(each, system=system)


@check("ES-SPFE-088", "An authorisation has no number (BT-ES-26): state it.")
def _authorisation(doc: Document) -> Breaches:
    """An authorisation has its number."""
    for each in doc.supporting("AUT"):
        if not each.text("cbc:UUID"):
            yield Breach(each)


@check("ES-SPFE-089", "{code!r} is no means of payment, or a transfer has no account (BT-84).")
def _payment(doc: Document) -> Breaches:
    """The means of payment is in UNTDID 4461; a transfer has an account."""
    for each in doc.all("cac:PaymentMeans"):
        code = each.text("cbc:PaymentMeansCode")
        account = each.one("cac:PayeeFinancialAccount")
        empty = account is not None and not account.text("cbc:ID")
        if code not in named_list("UNTDID 4461") or empty:
            yield Breach(each, code=code)


@check("ES-SPFE-090", "{account!r} (BT-84) is no IBAN: {reason}.")
def _iban(doc: Document) -> Breaches:
    """The account is an IBAN."""
    for each in doc.all("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"):
        if (account := each.text()) and not (verdict := iban.check(account)).valid:
            yield Breach(each, account=account, reason=verdict.reason)


@check("ES-SPFE-091", "The period needs a start and an end, in this order.")
def _period(doc: Document) -> Breaches:
    """The period has a start and an end."""
    for each in doc.all("cac:InvoicePeriod"):
        start, end = each.day("cbc:StartDate"), each.day("cbc:EndDate")
        if start is None or end is None or start > end:
            yield Breach(each)
