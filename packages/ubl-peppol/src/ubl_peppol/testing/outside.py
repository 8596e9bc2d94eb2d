"""The directed pairs of the rules on what UBL has and EN 16931 does not use, made of the table."""

from collections.abc import Iterator

from lxml import etree

from ubl_peppol.reading.table import OutsideRow, outside_rows
from ubl_peppol.syntax import CAC, CBC, EXT
from ubl_peppol.testing.bases import bases
from ubl_peppol.testing.edits import Edit, Pair

__all__ = ["outside_pairs"]

_NAMES = {"cac": CAC, "cbc": CBC, "ext": EXT}
_OBJECT = "/*/cac:AdditionalDocumentReference[cbc:DocumentTypeCode='130']"
_SUPPORTING = "/*/cac:AdditionalDocumentReference[not(cbc:DocumentTypeCode)]"
_MEANS = "/*/cac:PaymentMeans"
_FULL = ("full 380", "full 381", "full 384")
_SPECIAL: dict[str, tuple[tuple[str, ...], Edit, Edit]] = {
    "UBL-CR-002": (
        _FULL,
        Edit("add", "/*", "cbc:UBLVersionID=2.0"),
        Edit("add", "/*", "cbc:UBLVersionID=2.1"),
    ),
    "UBL-CR-412": (
        ("full 380", "S 380", "full 384"),
        Edit("add", "/*", "cac:PaymentMeans/cbc:PaymentDueDate=2026-12-31"),
        Edit("add", "/*", "cbc:PaymentDueDate=2026-12-31"),
    ),
    "UBL-CR-665": (
        _FULL,
        Edit("set", f"{_SUPPORTING}/cbc:ID/@schemeID", "ABZ"),
        Edit("set", f"{_OBJECT}/cbc:ID/@schemeID", "ABZ"),
    ),
    "UBL-CR-666": (
        _FULL,
        Edit("add", _OBJECT, "cac:Attachment"),
        Edit("add", _SUPPORTING, "cac:Attachment"),
    ),
    "UBL-CR-673": (
        _FULL,
        Edit("add", _OBJECT, "cbc:DocumentDescription=Parte"),
        Edit("text", f"{_SUPPORTING}/cbc:DocumentDescription", "Parte"),
    ),
    "UBL-DT-18": (
        _FULL,
        Edit("set", "/*/cbc:ID/@name", "X"),
        Edit("set", f"{_MEANS}/cbc:PaymentMeansCode/@name", "X"),
    ),
}
_PLAIN = ("full 380", "S 381", "O 380")
_ONLY = {
    "UBL-CR-656": ("full 380", "S 380", "full 384"),
    "UBL-CR-672": ("full 381", "S 381", "O 381"),
}
"""Rules on what an invoice has and a credit note has not, and the other way about."""


def outside_pairs() -> Iterator[Pair]:
    """Yield three pairs for each rule: what it forbids, and the same with another name."""
    roots = {name: etree.fromstring(xml.encode()) for name, xml in bases().items()}
    for row in outside_rows():
        if row.rule in _SPECIAL:
            names, fires, near = _SPECIAL[row.rule]
            for name in names:
                yield Pair(row.rule, name, (fires,), (near,))
            continue
        for name in _ONLY.get(row.rule, _PLAIN):
            yield Pair(
                row.rule, name, (_added(roots[name], row),), (_added(roots[name], row, "X"),)
            )


def _added(root: etree._Element, row: OutsideRow, suffix: str = "") -> Edit:
    """Add what the row forbids, below what the document already has of the path."""
    line = "cac:CreditNoteLine" if str(root.tag).endswith("CreditNote") else "cac:InvoiceLine"
    anywhere = row.path.startswith("//")
    steps = row.path.removeprefix("//").split("/")
    if steps[0] == "line":
        steps[0] = line
    steps[-1] += suffix
    for known in range(len(steps) - 1, 0, -1):
        below = "/".join(steps[:known])
        for place in (f"/*/{below}", f"(//{below})[1]") if anywhere else (f"/*/{below}",):
            if root.xpath(place, namespaces=_NAMES):
                return Edit("add", place, "/".join(steps[known:]) + "=1")
    return Edit("add", "/*", "/".join(steps) + "=1")
