"""Rules -08 and -09: taxable amount and tax of a category."""

from collections.abc import Iterator
from decimal import Decimal

from einvoice_core.findings import Breach, Undecided
from ubl_peppol.reading import GroupReading, Reading
from ubl_peppol.reading.values import as_double, difference
from ubl_peppol.rules._categories import categories
from ubl_peppol.rules._common import shown
from ubl_peppol.rules.arithmetic import tax_is_close
from ubl_peppol.rules.vat._names import NAMES, vat

__all__ = [
    "category_bears_no_tax",
    "tax_of_a_category",
    "taxable_amount_of_a_category",
    "taxable_amount_of_a_rate",
]

_EXACT_BASES = {
    "BR-AE-08": "AE",
    "BR-E-08": "E",
    "BR-G-08": "G",
    "BR-IC-08": "K",
    "BR-O-08": "O",
    "BR-Z-08": "Z",
}


@vat.family(
    _EXACT_BASES,
    on=lambda code: f"vat {code}",
    terms=["BT-116", "BT-131", "BT-92", "BT-99"],
    message="The taxable amount of category {code} ({name}) is {stated}, but its lines - "
    "allowances + charges are {computed}.",
)
def taxable_amount_of_a_category(invoice: Reading, code: str) -> Iterator[Breach]:
    """The taxable amount of a category equals its lines - allowances + charges."""
    found = categories(invoice)
    for entry in found.of_breakdown_with(code):
        stated = entry.outer.amount("BT-116")
        computed = [found.base(code, lines) for lines in found.kinds_of_lines]
        if stated is None or stated not in computed:
            yield Breach(
                at=entry.outer.node("BT-116"),
                code=code,
                name=NAMES[code],
                stated=shown(stated),
                computed=shown(computed[0] if computed else None),
            )


_NEAR_BASES = {"BR-S-08": "S", "BR-AF-08": "L", "BR-AG-08": "M"}


@vat.family(
    _NEAR_BASES,
    on=lambda code: f"vat {code}",
    terms=["BT-116", "BT-119", "BT-131", "BT-92", "BT-99"],
    message="The taxable amount of category {code} ({name}) at {rate} % is {stated}, but its "
    "lines - allowances + charges are {computed}.",
)
def taxable_amount_of_a_rate(invoice: Reading, code: str) -> Iterator[Breach]:
    """The taxable amount of a category and rate is lines - allowances + charges, within 1."""
    found = categories(invoice)
    for entry in found.of_breakdown_with(code):
        if len(entry.rates) > 1:
            raise Undecided(entry.rates[1], "the rate occurs twice here: keep one")
        if not entry.rates:
            continue
        rate = entry.rates[0].decimal
        bases = list(found.bases_at(code, rate))
        if not any(_is_near(entry.outer, base) for base in bases):
            yield Breach(
                at=entry.outer.node("BT-116"),
                code=code,
                name=NAMES[code],
                rate=rate,
                stated=shown(entry.outer.raw("BT-116")),
                computed=shown(bases[0] if bases else None),
            )


def _is_near(breakdown: GroupReading, base: Decimal) -> bool:
    # The published condition subtracts 1 from an untyped value: in binary floating point.
    stated = breakdown.one("BT-116")
    if stated is None:
        return False
    if stated.equals(base) and base.adjusted() < 15:
        # Doubles tell whole numbers apart here, so that the value lies between its neighbours.
        return True
    value = stated.double
    if not value.is_finite():
        raise Undecided(stated, f"{stated.collapsed!r} is not an amount")
    one = Decimal(1)
    below, above = as_double(difference(value, one)), as_double(difference(value, -one))
    return below < base < above


_NO_TAX = {
    "BR-AE-09": "AE",
    "BR-E-09": "E",
    "BR-G-09": "G",
    "BR-IC-09": "K",
    "BR-O-09": "O",
    "BR-Z-09": "Z",
}


@vat.family(
    _NO_TAX,
    on=lambda code: f"vat {code}",
    terms=["BT-117"],
    message="The tax of category {code} ({name}) is {tax}: it must be 0.",
)
def category_bears_no_tax(invoice: Reading, code: str) -> Iterator[Breach]:
    """The tax of the category is 0."""
    for entry in categories(invoice).of_breakdown_with(code):
        tax = entry.outer.amount("BT-117")
        if tax != 0:
            yield Breach(at=entry.outer.node("BT-117"), code=code, name=NAMES[code], tax=shown(tax))


_TAXED = {"BR-S-09": "S", "BR-AF-09": "L", "BR-AG-09": "M"}


@vat.family(
    _TAXED,
    on=lambda code: f"vat {code}",
    terms=["BT-117", "BT-116", "BT-119"],
    message="The tax of category {code} ({name}) is {tax}, which is not {base} at {rate} %.",
)
def tax_of_a_category(invoice: Reading, code: str) -> Iterator[Breach]:
    """The tax of the category equals its taxable amount x rate, within 1."""
    for entry in categories(invoice).of_breakdown_with(code):
        if len(entry.rates) > 1:
            raise Undecided(entry.rates[1], "the rate occurs twice here: keep one")
        rate = entry.rates[0].decimal if entry.rates else None
        tax, base = entry.outer.amount("BT-117"), entry.outer.amount("BT-116")
        if not tax_is_close(tax, base, rate):
            yield Breach(
                at=entry.outer.node("BT-117"),
                code=code,
                name=NAMES[code],
                tax=shown(tax),
                base=shown(base),
                rate=shown(rate),
            )
