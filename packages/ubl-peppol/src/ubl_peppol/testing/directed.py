"""Documents that make a rule fire which no official unit test fires.

They are changes of our own invoice: a path of elements, and what becomes of it.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from lxml import etree

from ubl_peppol import ubl
from ubl_peppol.testing.invoices import full_invoice

__all__ = ["directed"]

_NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
_Change = Callable[[etree._Element], None]


def _found(root: etree._Element, path: str) -> list[etree._Element]:
    found = root.xpath(path, namespaces=_NAMES)
    return (
        [node for node in found if isinstance(node, etree._Element)]
        if isinstance(found, list)
        else []
    )


def _text(path: str, text: str) -> _Change:
    def change(root: etree._Element) -> None:
        for element in _found(root, path):
            element.text = text

    return change


def _scheme(path: str, scheme: str, text: str | None = None) -> _Change:
    def change(root: etree._Element) -> None:
        for element in _found(root, path):
            element.set("schemeID", scheme)
            if text is not None:
                element.text = text

    return change


def _both(*changes: _Change) -> _Change:
    def change(root: etree._Element) -> None:
        for step in changes:
            step(root)

    return change


_DOCUMENT = "/*/cac:AllowanceCharge"
_LINE = "//cac:InvoiceLine/cac:AllowanceCharge"
_SELLER = "/*/cac:AccountingSupplierParty/cac:Party"
_ALLOWANCE, _CHARGE = "[cbc:ChargeIndicator='false']", "[cbc:ChargeIndicator='true']"
_MANY = str(Decimal("1.234"))

_CHANGES: Mapping[str, _Change] = {
    "BR-B-01": _text("//cac:ClassifiedTaxCategory/cbc:ID", "B"),
    "BR-B-02": _text("//cac:ClassifiedTaxCategory/cbc:ID", "B"),
    "BR-CL-08": _text("/*/cbc:Note", "#QQQ#Nota"),
    "BR-CL-26": _scheme("/*/cac:Delivery/cac:DeliveryLocation/cbc:ID", "XXXX"),
    "BR-DEC-01": _text(f"{_DOCUMENT}{_ALLOWANCE}/cbc:Amount", _MANY),
    "BR-DEC-02": _text(f"{_DOCUMENT}{_ALLOWANCE}/cbc:BaseAmount", _MANY),
    "BR-DEC-05": _text(f"{_DOCUMENT}{_CHARGE}/cbc:Amount", _MANY),
    "BR-DEC-06": _text(f"{_DOCUMENT}{_CHARGE}/cbc:BaseAmount", _MANY),
    "BR-DEC-24": _text(f"{_LINE}{_ALLOWANCE}/cbc:Amount", _MANY),
    "BR-DEC-25": _text(f"{_LINE}{_ALLOWANCE}/cbc:BaseAmount", _MANY),
    "BR-DEC-27": _text(f"{_LINE}{_CHARGE}/cbc:Amount", _MANY),
    "BR-DEC-28": _text(f"{_LINE}{_CHARGE}/cbc:BaseAmount", _MANY),
    "PEPPOL-COMMON-R041": _scheme(f"{_SELLER}/cbc:EndpointID", "0192", "123456789"),
    "PEPPOL-COMMON-R052": _scheme(f"{_SELLER}/cbc:EndpointID", "0096", "123"),
    "PEPPOL-COMMON-R055": _scheme(f"{_SELLER}/cbc:EndpointID", "0190", "123"),
    "PEPPOL-COMMON-R056-1": _scheme(f"{_SELLER}/cbc:EndpointID", "9944", "NL1"),
    "PEPPOL-COMMON-R057": _scheme(f"{_SELLER}/cbc:EndpointID", "0217", "123"),
    # Near misses: the official side is silent, so must be ours.
    "near BR-B-01": _text("//cac:ClassifiedTaxCategory/cbc:ID", "b"),
    "near BR-CL-08": _text("/*/cbc:Note", "#AAI#Nota"),
    "near BR-DEC-01": _text(f"{_DOCUMENT}{_ALLOWANCE}/cbc:Amount", "1.23"),
    "near PEPPOL-COMMON-R041": _scheme(f"{_SELLER}/cbc:EndpointID", "0192", "987654325"),
    "near PEPPOL-COMMON-R056-1": _both(
        _scheme(f"{_SELLER}/cbc:EndpointID", "9944", "NL123456789B01")
    ),
}


def directed() -> dict[str, str]:
    """Return the documents by the rule that each is for."""
    source = ubl.write(full_invoice())
    documents = {}
    for name, change in _CHANGES.items():
        root = etree.fromstring(source)
        change(root)
        documents[name] = etree.tostring(root, encoding="unicode")
    return documents
