"""Code lists in CII (BR-CL-): each code is one of its list."""

from collections.abc import Iterator

from lxml import etree

from einvoice_core.findings import Breach
from ubl_peppol.reading import Reading, Value
from ubl_peppol.reading.values import collapse
from ubl_peppol.rules.cii._common import codes_of, model, says
from ubl_peppol.syntax_cii import RAM

__all__ = ["code_is_listed", "scheme_is_listed"]

_CODES = {
    "BR-CL-01": "document-type",
    "BR-CL-04": "currency-code",
    "BR-CL-05": "accounting-currency-code",
    "BR-CL-06": "tax-point-code",
    "BR-CL-07": "reference-type",
    "BR-CL-08": "subject-code",
    "BR-CL-14": "country",
    "BR-CL-15": "origin",
    "BR-CL-16": "payment-means-code",
    "BR-CL-17": "entry-category-code",
    "BR-CL-18": "tax-category-code",
}


@model.family(
    {rule: (rule, term) for rule, term in _CODES.items()},
    message="{code!r} is not in the code list of this element: replace it.",
)
def code_is_listed(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """The code is one of its list."""
    rule, term = place
    codes = codes_of(rule)
    for value in invoice.values(term):
        code = value.collapsed
        if code not in codes:
            yield Breach(at=value, code=code)


@model.rule(
    "BR-CL-22",
    terms=["BT-121"],
    message="{code} is not in the VATEX list of exemption reasons: replace it.",
)
def exemption_code_is_listed(invoice: Reading) -> Iterator[Breach]:
    """The code of an exemption reason (BT-121) is one of the VATEX list, in any letters."""
    codes = codes_of("BR-CL-22")
    for value in invoice.values("exemption-code"):
        if collapse(value.text.upper()) not in codes:
            yield Breach(at=value, code=value.collapsed)


_REASONS = {"BR-CL-19": False, "BR-CL-20": True}


@model.family(
    {rule: (rule, charge) for rule, charge in _REASONS.items()},
    message="{code!r} is not in the list of reasons for this entry: replace it.",
)
def reason_is_listed(invoice: Reading, place: tuple[str, bool]) -> Iterator[Breach]:
    """The code of the reason of an allowance or charge is one of its list."""
    rule, charge = place
    codes = codes_of(rule)
    for value in invoice.values("entry-reason-code"):
        entry = value.element.getparent()
        if entry is None or not says(entry, charge) or (charge and says(entry, False)):
            continue
        if value.collapsed not in codes:
            yield Breach(at=value, code=value.collapsed)


_SCHEMES = {
    "BR-CL-03": ("total-currency", "currency"),
    "BR-CL-10": ("party-id", "scheme"),
    "BR-CL-11": ("legal-id", "scheme"),
    "BR-CL-13": ("classification", "list"),
    "BR-CL-21": ("item-id", "scheme"),
    "BR-CL-23": ("quantity", "unit"),
    "BR-CL-24": ("attached-file", "mime"),
    "BR-CL-25": ("electronic-address", "scheme"),
    "BR-CL-26": ("delivery-id", "scheme"),
}
_SOURCES = {
    "party-id": "global-id",
    "item-id": "global-id",
    "delivery-id": "global-id",
    "legal-id": "id",
}
_PRODUCT, _SHIP_TO, _REGISTRATION = (
    f"{{{RAM}}}{name}"
    for name in ("SpecifiedTradeProduct", "ShipToTradeParty", "SpecifiedTaxRegistration")
)
_DELIVERY = f"{{{RAM}}}ApplicableHeaderTradeDelivery"


@model.family(
    {rule: (rule, *place) for rule, place in _SCHEMES.items()},
    message="{code!r} is not in the list for this attribute: replace it.",
)
def scheme_is_listed(invoice: Reading, place: tuple[str, str, str]) -> Iterator[Breach]:
    """The scheme, currency or unit of a value is one of its list."""
    rule, term, part = place
    codes = codes_of(rule)
    source = _SOURCES.get(term, term)
    for value in invoice.values(source):
        code = invoice.part(value, source, part)
        if code is None or not _belongs(value, term):
            continue
        shown = code if part == "mime" else collapse(code)
        if shown not in codes:
            yield Breach(at=value, code=shown)


def _belongs(value: Value, term: str) -> bool:
    """Whether an identifier is one of those that a rule judges: where it stands says so."""
    element = value.element
    parent = element.getparent()
    if term == "legal-id":
        return not _inside(element, _REGISTRATION)
    if term == "item-id":
        return parent is not None and parent.tag == _PRODUCT
    if term == "delivery-id":
        above = parent.getparent() if parent is not None else None
        return (
            parent is not None
            and parent.tag == _SHIP_TO
            and above is not None
            and above.tag == _DELIVERY
        )
    if term == "party-id":
        return not _inside(element, _PRODUCT) and not _inside(element, _SHIP_TO)
    return True


def _inside(element: etree._Element, tag: str) -> bool:
    return any(True for _ in element.iterancestors(tag))
