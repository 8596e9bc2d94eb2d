"""The directed suite of CII: documents without a fault, and the pairs that its table makes."""

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from lxml import etree

from ubl_peppol import cii, ubl
from ubl_peppol.rules.cii._places import Row, sections
from ubl_peppol.syntax_cii import CII_NAMESPACES
from ubl_peppol.testing.bases import bases
from ubl_peppol.testing.edits import Edit, Pair

__all__ = ["cii_bases", "cii_outside_pairs"]

_SHADOWED = {"CII-DT-010", "CII-DT-011", "CII-DT-012"}
"""Rules that cannot fire: those on any type code come before them."""
_FULL = ("full 380", "full 381", "full 384")
_ENDS = {
    "DocumentContextParameter": "//ram:GuidelineSpecifiedDocumentContextParameter",
    "ID": "//ram:BuyerTradeParty/ram:GlobalID",
    "ReferencedDocument": "//ram:ContractReferencedDocument",
    "Amount": "//ram:DuePayableAmount",
    "Quantity": "//ram:BilledQuantity",
    "TradeTax": "//ram:CategoryTradeTax",
}
"""One element for each section that goes by the end of a name."""


@cache
def cii_bases() -> Mapping[str, str]:
    """Return the documents by name: those of UBL, written as CII."""
    return MappingProxyType(
        {name: cii.write(ubl.read(xml.encode())).decode() for name, xml in bases().items()}
    )


def cii_outside_pairs() -> Iterator[Pair]:
    """Yield three pairs for each rule on what must not be there: it, and the same renamed."""
    roots = {name: etree.fromstring(cii_bases()[name].encode()) for name in _FULL}
    for title, rows in sections():
        for row in rows:
            place = _place(title.split(" | ")[0], row)
            if row.kind != "absent" or row.id in _SHADOWED:
                continue
            for name in _FULL:
                yield Pair(
                    row.id,
                    name,
                    (_added(roots[name], place, row),),
                    (_added(roots[name], place, row, "X"),),
                )


def _place(title: str, row: Row) -> str:
    if row.inside:
        return "(//ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax)[1]"
    if title.startswith("…"):
        return f"({_ENDS[title[1:]]})[1]"
    if title.startswith("//"):
        return f"({title})[1]"
    return "/*" if title == "." else f"(/*/{title})[1]"


def _added(root: etree._Element, place: str, row: Row, suffix: str = "") -> Edit:
    """Add what the row forbids, below what the document already has of the path."""
    if not row.steps:
        return Edit("set", f"{place}/@{row.attribute}{suffix}", "1")
    steps = row.path.split("/")
    steps[-1] += suffix
    for known in range(len(steps) - 1, 0, -1):
        below = f"({place}/{'/'.join(steps[:known])})[1]"
        if root.xpath(below, namespaces=dict(CII_NAMESPACES)):
            if steps[known].startswith("@"):
                return Edit("set", f"{below}/{steps[known]}", "1")
            return Edit("add", below, "/".join(steps[known:]) + "=1")
    return Edit("add", place, "/".join(steps) + "=1")
