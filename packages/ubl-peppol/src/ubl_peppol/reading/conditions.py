"""The conditions that the path table names in brackets: questions about one element."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from lxml import etree

from einvoice_core.findings import Undecided
from ubl_peppol.reading.values import Value, collapse, location_of, string_of
from ubl_peppol.syntax import CAC, CBC, CREDIT_NOTE, INVOICE

__all__ = ["CONDITIONS", "Condition"]

Condition = Callable[[etree._Element], bool]

_ID = f"{{{CBC}}}ID"
_TAX_SCHEME = f"{{{CAC}}}TaxScheme"
_SUBTOTAL = f"{{{CAC}}}TaxSubtotal"
_INDICATOR = f"{{{CBC}}}ChargeIndicator"
_TYPE = f"{{{CBC}}}DocumentTypeCode"
_CURRENCY = f"{{{CBC}}}DocumentCurrencyCode"
_ACCOUNTING = f"{{{CBC}}}TaxCurrencyCode"
_LINES = frozenset({f"{{{CAC}}}InvoiceLine", f"{{{CAC}}}CreditNoteLine"})


def _vat(element: etree._Element) -> bool:
    found = False
    for scheme in element.iterchildren(_TAX_SCHEME):
        ids = list(scheme.iterchildren(_ID))
        if len(ids) > 1:
            raise Undecided(location_of(ids[1]), "the tax scheme has two identifiers: keep one")
        found |= bool(ids) and collapse(string_of(ids[0]).upper()) == "VAT"
    return found


def _only_vat(element: etree._Element) -> bool:
    schemes = list(element.iterchildren(_TAX_SCHEME))
    if len(schemes) > 1:
        raise Undecided(location_of(schemes[1]), "there are two tax schemes here: keep one")
    return _vat(element)


def _indicators(element: etree._Element) -> set[bool]:
    return {Value(string_of(child), child).boolean for child in element.iterchildren(_INDICATOR)}


def _charge(element: etree._Element) -> bool:
    return _indicators(element) == {True}


def _allowance(element: etree._Element) -> bool:
    return False in _indicators(element)


def _has_type(element: etree._Element, code: str) -> bool:
    return any(string_of(child) == code for child in element.iterchildren(_TYPE))


def _says(element: etree._Element, text: str) -> bool:
    """Whether an indicator is written in exactly these letters."""
    return any(string_of(child) == text for child in element.iterchildren(_INDICATOR))


def _plainly_vat(element: etree._Element) -> bool:
    """Whether the tax scheme is VAT in capitals, as Peppol asks."""
    ids = [
        node for scheme in element.iterchildren(_TAX_SCHEME) for node in scheme.iterchildren(_ID)
    ]
    return len(ids) == 1 and collapse(string_of(ids[0])) == "VAT"


def _object(element: etree._Element) -> bool:
    return _has_type(element, "130")


def _project(element: etree._Element) -> bool:
    parent = element.getparent()
    in_credit_note = parent is not None and parent.tag == f"{{{CREDIT_NOTE}}}CreditNote"
    return in_credit_note and _has_type(element, "50")


def _sepa(element: etree._Element) -> bool:
    return element.get("schemeID") == "SEPA"


def _code_of_document(element: etree._Element, tag: str) -> str | None:
    for code in element.getroottree().getroot().iterchildren(tag):
        return string_of(code)
    return None


def _in_document_currency(element: etree._Element) -> bool:
    currency = element.get("currencyID")
    return currency is not None and currency == _code_of_document(element, _CURRENCY)


def _in_accounting_currency(element: etree._Element) -> bool:
    currency = element.get("currencyID")
    return (
        currency is not None
        and currency == _code_of_document(element, _ACCOUNTING)
        and currency != _code_of_document(element, _CURRENCY)
    )


def _not_of_line(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is None or parent.tag not in _LINES


def _other_type(element: etree._Element) -> bool:
    """Whether a reference says that it is no invoiced object (130), or does not say what it is."""
    types = list(element.iterchildren(_TYPE))
    return not types or any(string_of(child) != "130" for child in types)


def _plainly_vat_scheme(element: etree._Element) -> bool:
    """Whether a tax scheme says VAT, in any case and without white space around it."""
    return "VAT" in _scheme_codes(element)


def _plainly_other_scheme(element: etree._Element) -> bool:
    return any(code != "VAT" for code in _scheme_codes(element))


def _scheme_codes(element: etree._Element) -> set[str]:
    codes = set()
    for scheme in element.iterchildren(_TAX_SCHEME):
        ids = list(scheme.iterchildren(_ID))
        if len(ids) > 1:
            raise Undecided(location_of(ids[1]), "the tax scheme has two identifiers: keep one")
        codes.add(string_of(ids[0]).upper() if ids else "")
    return codes


def _any_sepa(element: etree._Element) -> bool:
    return element.get("schemeID", "").upper() == "SEPA"


def _of_invoice(element: etree._Element) -> bool:
    return element.getroottree().getroot().tag == f"{{{INVOICE}}}Invoice"


def _other_version(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is None or all(
        string_of(child) != "2.1" for child in parent.iterchildren(element.tag)
    )


CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {
        "vat": _vat,
        "only-vat": _only_vat,
        "other-tax": lambda element: not _vat(element),
        "allowance": _allowance,
        "charge": _charge,
        "object": _object,
        "project": _project,
        "supporting": lambda element: not (_object(element) or _project(element)),
        "sepa": _sepa,
        "not-sepa": lambda element: not _sepa(element),
        "document-currency": _in_document_currency,
        "accounting-currency": _in_accounting_currency,
        "not-of-line": _not_of_line,
        "with-breakdown": lambda element: any(True for _ in element.iterchildren(_SUBTOTAL)),
        "says-false": lambda element: _says(element, "false"),
        "says-true": lambda element: _says(element, "true"),
        "plainly-vat": _plainly_vat,
        "not-object": _other_type,
        "vat-as-written": _plainly_vat_scheme,
        "other-tax-as-written": _plainly_other_scheme,
        "any-sepa": _any_sepa,
        "never-sepa": lambda element: not _any_sepa(element),
        "of-invoice": _of_invoice,
        "not-2.1": _other_version,
        "not-means-code": lambda element: element.tag != f"{{{CBC}}}PaymentMeansCode",
    }
)
"""Name in the path table → condition."""
