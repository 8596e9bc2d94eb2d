"""Rules -10: the reason of an exemption."""

from collections.abc import Iterator

from einvoice_core.findings import Breach
from ubl_peppol.reading import Reading
from ubl_peppol.rules._categories import Entry, categories
from ubl_peppol.rules.vat._names import NAMES, vat

__all__ = [
    "exemption_has_a_reason",
    "taxed_category_has_no_reason",
]

_REASON = {
    "BR-AE-10": "AE",
    "BR-E-10": "E",
    "BR-G-10": "G",
    "BR-IC-10": "K",
    "BR-O-10": "O",
}
_NO_REASON = {"BR-S-10": "S", "BR-Z-10": "Z", "BR-AF-10": "L", "BR-AG-10": "M"}


def _has_reason(entry: Entry) -> bool:
    return entry.group.exists("reason") or entry.group.exists("reason-code")


@vat.family(
    _REASON,
    shaped=True,
    on=lambda code: f"vat {code}",
    terms=["BT-120", "BT-121"],
    message="Category {code} ({name}) wants the reason of the exemption: give BT-120 or BT-121.",
)
def exemption_has_a_reason(invoice: Reading, code: str) -> Iterator[Breach]:
    """A category without tax says why."""
    for entry in categories(invoice).of_breakdown_with(code):
        if not _has_reason(entry):
            yield Breach(at=entry.group, code=code, name=NAMES[code])


@vat.family(
    _NO_REASON,
    shaped=True,
    on=lambda code: f"vat {code}",
    terms=["BT-120", "BT-121"],
    message="Category {code} ({name}) has no exemption: take BT-120 and BT-121 away.",
)
def taxed_category_has_no_reason(invoice: Reading, code: str) -> Iterator[Breach]:
    """A category with a rate has no exemption reason."""
    for entry in categories(invoice).of_breakdown_with(code):
        if _has_reason(entry):
            yield Breach(at=entry.group, code=code, name=NAMES[code])
