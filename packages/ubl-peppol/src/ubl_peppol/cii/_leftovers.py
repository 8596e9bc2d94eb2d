"""What a CII document says and the semantic model has no term for, or another place."""

from collections.abc import Iterator

from lxml import etree

from ubl_peppol.cii._text import account_is_iban
from ubl_peppol.cii.writer import PROJECT_NAME
from ubl_peppol.losses import Loss, LossKind
from ubl_peppol.reading import Reading
from ubl_peppol.reading.values import collapse, location_of, string_of
from ubl_peppol.syntax_cii import RAM, UDT

__all__ = ["leftovers"]

_INDICATOR = f"{{{UDT}}}Indicator"
_PRICE = f"{{{RAM}}}AppliedTradeAllowanceCharge"
_TYPE = f"{{{RAM}}}TypeCode"
_DOCUMENT = f"{{{RAM}}}AdditionalReferencedDocument"
_PROJECT = f"{{{RAM}}}SpecifiedProcuringProject"
_MOVED = {
    f"{{{RAM}}}DepartmentName": "PersonName",
    f"{{{RAM}}}ProprietaryID": "IBANID",
    f"{{{RAM}}}IBANID": "ProprietaryID",
    f"{{{RAM}}}ID": "GlobalID",
    f"{{{RAM}}}GlobalID": "ID",
}

Consumed = set[tuple[etree._Element, str]]


def leftovers(reading: Reading, consumed: Consumed) -> tuple[Loss, ...]:
    """List what was not taken into the model and is not implied by it, or will move.

    A hint for processors on the root, such as ``xsi:schemaLocation``, is not carried over either.
    """
    return tuple(_walk(reading, consumed))


def _walk(reading: Reading, consumed: Consumed) -> Iterator[Loss]:
    for element in reading.root.iter(etree.Element):
        taken = (element, "") in consumed
        if element.tag == _DOCUMENT and element.find(_TYPE) is None:
            yield _loss(
                element, "", LossKind.DERIVED, "it has no type code: it is written with 916"
            )
        if taken and _moves(element):
            yield _loss(element, "", LossKind.MOVED, f"it is written as {_MOVED[element.tag]}")
        if not taken and element.find("*") is None and collapse(string_of(element)):
            taken = _is_implied(element)
            if not taken:
                yield _loss(element)
        for name in list(element.attrib):
            if (element, str(name)) in consumed:
                continue
            if taken and name in ("schemeID", "currencyID") and _says_what_it_is(element):
                continue
            yield _loss(element, str(name))


def _loss(
    element: etree._Element,
    attribute: str = "",
    kind: LossKind = LossKind.DROPPED,
    reason: str = "the model of EN 16931 has no term for it",
) -> Loss:
    place = location_of(element, attribute)
    text = str(element.get(attribute)) if attribute else string_of(element)
    shown = text if len(text) <= 200 else text[:200] + "…"
    return Loss(kind, place.path, shown, reason, line=place.line)


def _moves(element: etree._Element) -> bool:
    """Whether the writer has another element for this value."""
    if element.tag == f"{{{RAM}}}DepartmentName":
        return True
    if element.tag in (f"{{{RAM}}}ProprietaryID", f"{{{RAM}}}IBANID"):
        parent = element.getparent()
        if parent is not None and parent.tag != f"{{{RAM}}}PayeePartyCreditorFinancialAccount":
            return False
        return account_is_iban(string_of(element)) == element.tag.endswith("ProprietaryID")
    parent = element.getparent()
    if parent is None or not str(parent.tag).endswith("TradeParty"):
        return False
    schemed = element.get("schemeID") is not None
    if element.tag == f"{{{RAM}}}ID":
        return schemed
    return element.tag == f"{{{RAM}}}GlobalID" and not schemed


def _says_what_it_is(element: etree._Element) -> bool:
    """Whether an attribute tells the terms apart: the kind of tax number, the currency of a tax."""
    parent = element.getparent()
    if element.tag == f"{{{RAM}}}TaxTotalAmount":
        return True
    return parent is not None and parent.tag == f"{{{RAM}}}SpecifiedTaxRegistration"


def _is_implied(element: etree._Element) -> bool:
    """Whether the model says the same by the place where it holds the rest of the group."""
    parent = element.getparent()
    above = parent.getparent() if parent is not None else None
    if parent is None or above is None:
        return False
    text = collapse(string_of(element))
    if element.tag == _INDICATOR:
        return (
            text in ("false", "0") if above.tag == _PRICE else text in ("true", "false", "0", "1")
        )
    if element.tag == _TYPE:
        if parent.tag == _DOCUMENT:
            return text in ("50", "130", "916")
        return str(parent.tag).endswith("TradeTax") and text == "VAT"
    return parent.tag == _PROJECT and text == PROJECT_NAME
