"""What a UBL document says and the semantic model has no term for."""

from collections.abc import Iterator

from lxml import etree

from ubl_peppol.losses import Loss, LossKind
from ubl_peppol.reading import Reading
from ubl_peppol.reading.conditions import CONDITIONS
from ubl_peppol.reading.values import collapse, location_of, string_of
from ubl_peppol.syntax import CAC, CBC
from ubl_peppol.ubl.writer import NO_CARD_NETWORK

__all__ = ["leftovers"]

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
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
    """List what was not taken into the model and is not implied by it."""
    return tuple(_walk(reading, consumed))


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
            if (element, str(name)) in consumed or str(name).startswith(_XSI):
                continue
            if name == "currencyID" and (value == currency or _is_accounting_total(element, taken)):
                continue
            if name == "schemeID" and taken and CONDITIONS["sepa"](element):
                continue
            yield _loss(element, str(name), str(value))


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
