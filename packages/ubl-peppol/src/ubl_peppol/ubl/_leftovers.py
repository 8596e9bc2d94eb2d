"""What a UBL document says and the semantic model has no term for."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from lxml import etree

from einvoice_core.findings import Undecided
from ubl_peppol.losses import Loss, LossKind
from ubl_peppol.reading import Reading
from ubl_peppol.reading.conditions import CONDITIONS
from ubl_peppol.reading.values import collapse, location_of, string_of
from ubl_peppol.syntax import CAC, CBC
from ubl_peppol.ubl.writer import NO_CARD_NETWORK

__all__ = ["leftovers"]

_INDICATOR = f"{{{CBC}}}ChargeIndicator"
_DOCUMENT_TYPE = f"{{{CBC}}}DocumentTypeCode"
_TAX_TOTAL = f"{{{CAC}}}TaxTotal"
_TAX_AMOUNT = f"{{{CBC}}}TaxAmount"
_SCHEME_ID = (f"{{{CAC}}}TaxScheme", f"{{{CBC}}}ID")
_NETWORK = (f"{{{CAC}}}CardAccount", f"{{{CBC}}}NetworkID")
_PRICE = f"{{{CAC}}}Price"
_REGISTRATION = f"{{{CAC}}}PartyTaxScheme"

Consumed = set[tuple[etree._Element, str]]


def leftovers(reading: Reading, consumed: Consumed) -> tuple[Loss, ...]:
    """List what was not taken into the model and is not implied by it, and what changes its place.

    A hint for processors on the root, such as ``xsi:schemaLocation``, is not carried over either.
    """
    return (*_walk(reading, consumed), *_reordered(reading))


def _walk(reading: Reading, consumed: Consumed) -> Iterator[Loss]:
    currency = "".join(reading.document.texts("BT-5")[:1])
    for element in reading.root.iter(etree.Element):
        taken = (element, "") in consumed
        if not taken and element.find("*") is None and collapse(string_of(element)):
            implied = _is_implied(element)
            if not implied:
                yield _loss(element, "", string_of(element))
            taken = implied
        for name, value in element.attrib.items():
            if (element, str(name)) in consumed:
                continue
            if name == "currencyID" and (value == currency or _is_accounting_total(element, taken)):
                continue
            if name == "schemeID" and taken and CONDITIONS["sepa"](element):
                continue
            yield _loss(element, str(name), str(value))


_RANKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        f"{{{CAC}}}AllowanceCharge": ("allowance", "charge"),
        f"{{{CAC}}}AdditionalDocumentReference": ("object", "project", "supporting"),
        f"{{{CAC}}}PartyTaxScheme": ("vat", "other-tax"),
    }
)
"""Elements that the writer sorts: the conditions of the groups, in the order of the writer."""


def _reordered(reading: Reading) -> Iterator[Loss]:
    last: dict[tuple[etree._Element | None, str], int] = {}
    for element in reading.root.iter(*_RANKS):
        tag, parent = str(element.tag), element.getparent()
        ranks = [n for n, name in enumerate(_RANKS[tag]) if _holds(name, element)]
        rank = ranks[0] if ranks else 0
        if rank < last.get((parent, tag), 0):
            place = location_of(element)
            yield Loss(
                LossKind.REORDERED,
                place.path,
                etree.QName(tag).localname,
                "the model of EN 16931 keeps these by what they are, not in one sequence",
                line=place.line,
            )
        last[parent, tag] = max(rank, last.get((parent, tag), 0))


def _holds(name: str, element: etree._Element) -> bool:
    try:
        return CONDITIONS[name](element)
    except Undecided:
        return False


def _loss(element: etree._Element, attribute: str, value: str) -> Loss:
    place = location_of(element, attribute)
    shown = value if len(value) <= 200 else value[:200] + "…"
    return Loss(
        LossKind.DROPPED,
        place.path,
        shown,
        "the model of EN 16931 has no term for it",
        line=place.line,
    )


def _is_accounting_total(element: etree._Element, taken: bool) -> bool:
    parent = element.getparent()
    return taken and element.tag == _TAX_AMOUNT and parent is not None and parent.tag == _TAX_TOTAL


def _is_implied(element: etree._Element) -> bool:
    """Whether the model says the same by the place where it holds the rest of the group."""
    parent = element.getparent()
    if parent is None:
        return False
    text = collapse(string_of(element))
    if element.tag == _INDICATOR:
        grandparent = parent.getparent()
        in_price = grandparent is not None and grandparent.tag == _PRICE
        return text in ("false", "0") if in_price else text in ("true", "false", "0", "1")
    if element.tag == _DOCUMENT_TYPE:
        return CONDITIONS["object"](parent) or CONDITIONS["project"](parent)
    if (parent.tag, element.tag) == _SCHEME_ID:
        holder = parent.getparent()
        of_party = holder is not None and holder.tag == _REGISTRATION
        return text.upper() == "VAT" or (of_party and text == "TAX")
    return (parent.tag, element.tag) == _NETWORK and text == NO_CARD_NETWORK
