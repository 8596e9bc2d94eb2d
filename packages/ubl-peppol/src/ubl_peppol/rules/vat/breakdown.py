"""Rules -01: the VAT breakdown has the categories that are used."""

from collections.abc import Iterator
from dataclasses import dataclass

from einvoice_core.findings import Breach
from ubl_peppol.reading import Reading
from ubl_peppol.rules._categories import categories
from ubl_peppol.rules.vat._names import NAMES, vat

__all__ = [
    "category_has_one_breakdown",
    "category_has_some_breakdown",
]

_ONE_BREAKDOWN = {
    "BR-AE-01": "AE",
    "BR-E-01": "E",
    "BR-G-01": "G",
    "BR-IC-01": "K",
    "BR-O-01": "O",
    "BR-Z-01": "Z",
}


@vat.family(
    _ONE_BREAKDOWN,
    shaped=True,
    on=lambda code: f"vat {code}",
    terms=["BG-23", "BT-118"],
    message="Category {code} ({name}) is used, so the VAT breakdown must have it once; it has it "
    "{count} times.",
)
def category_has_one_breakdown(invoice: Reading, code: str) -> Iterator[Breach]:
    """A category that is used has exactly one VAT breakdown."""
    found = categories(invoice)
    used = any(entry.has(code) for entry in (*found.anywhere, *found.of_lines))
    count = sum(entry.count(code) for entry in found.of_breakdown)
    if used and count != 1:
        yield Breach(at=invoice.document, code=code, name=NAMES[code], count=count)


@dataclass(frozen=True, slots=True)
class _Some:
    """How the published condition looks for a category in uses and in the breakdown."""

    code: str
    use_needs_scheme: bool = True
    breakdown_needs_scheme: bool = True


_SOME_BREAKDOWN = {
    "BR-S-01": _Some("S", use_needs_scheme=False, breakdown_needs_scheme=False),
    "BR-AF-01": _Some("L", breakdown_needs_scheme=False),
    "BR-AG-01": _Some("M"),
}


@vat.family(
    _SOME_BREAKDOWN,
    shaped=True,
    on=lambda place: f"vat {place.code}",
    terms=["BG-23", "BT-118"],
    message="Category {code} ({name}) is {used} and stands in {count} VAT breakdowns: it needs at "
    "least one where it is used, and none where it is not.",
)
def category_has_some_breakdown(invoice: Reading, place: _Some) -> Iterator[Breach]:
    """A category that is used has a VAT breakdown for each rate; one that is not has none."""
    found = categories(invoice)
    code = place.code
    uses = any(
        entry.code == code and (entry.scheme or not place.use_needs_scheme)
        for entry in (*found.of_allowances_and_charges, *found.of_lines)
    )
    if place.code == "S":
        count = unused = sum(entry.code == code for entry in found.of_breakdown)
    else:
        # Here the used category is compared as it is written, the unused one without white space.
        count = sum(
            code in entry.raw and (entry.scheme or not place.breakdown_needs_scheme)
            for entry in found.of_breakdown
        )
        unused = sum(entry.code == code and entry.scheme for entry in found.of_breakdown)
    if (uses and not count) or (not uses and unused):
        yield Breach(
            at=invoice.document,
            code=code,
            name=NAMES[code],
            used="used" if uses else "not used",
            count=count or unused,
        )
