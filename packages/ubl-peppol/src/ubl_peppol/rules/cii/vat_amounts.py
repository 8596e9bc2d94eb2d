"""Rules -08 and -09 in CII: taxable amount and tax of a category."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from einvoice_core.findings import Breach, Undecided
from einvoice_core.money import total
from ubl_peppol.reading import GroupReading, Reading
from ubl_peppol.reading.values import location_of, round_half_up
from ubl_peppol.rules._common import shown
from ubl_peppol.rules.cii._categories import ids, of_breakdown
from ubl_peppol.rules.cii._common import as_float, children, entries, model, only, round_double
from ubl_peppol.rules.vat import NAMES

__all__ = [
    "category_bears_no_tax",
    "tax_of_the_standard_rate",
    "taxable_amount_is_near",
    "taxable_amount_is_the_sum",
    "taxable_amount_of_a_rate",
]


@dataclass(frozen=True, slots=True)
class _Sum:
    """What the lines, charges and allowances of a category add up to."""

    lines: Decimal
    charges: Decimal
    allowances: Decimal

    def rounded_to_cents(self) -> Decimal:
        parts = (self.lines, self.charges, self.allowances)
        lines, charges, allowances = (round_half_up(part) for part in parts)
        return total((lines, charges, -allowances))


def _sum(invoice: Reading, code: str, rate: Decimal | None, *, strict: bool = False) -> _Sum:
    lines = [
        amount
        for line in invoice.document.groups("BG-25")
        for settlement in line.groups("line-settlement")
        if _has(settlement.groups("line-tax"), code, rate)
        for sums in settlement.groups("line-sum")
        if (amount := sums.amount("line-amount")) is not None
    ]
    if strict:
        _must_say(invoice)
    charges, allowances = (
        [
            entry.values("amount")[0].decimal
            for entry in entries(invoice, charge)
            if _has(entry.groups("header-entry-tax"), code, rate) and entry.exists("amount")
        ]
        for charge in (True, False)
    )
    return _Sum(total(lines), total(charges), total(allowances))


def _must_say(invoice: Reading) -> None:
    """Two of the conditions stop where an entry does not say once what it is."""
    for entry in invoice.groups("header-entry"):
        said = entry.values("indicator")
        if len(said) != 1:
            raise Undecided(location_of(entry.element), "this must say once whether it is a charge")


def _has(taxes: Iterable[GroupReading], code: str, rate: Decimal | None) -> bool:
    """Whether taxes have a category, and a rate; published without asking that they be together."""
    found = list(taxes)
    if not any(code in tax.texts("category") for tax in found):
        return False
    return rate is None or any(tax.amount("rate") == rate for tax in found)


_BASE_MESSAGE = (
    "The taxable amount of category {code} ({name}) is {stated}, but its lines - allowances + "
    "charges are {computed}."
)


@model.family(
    ids("08", ("AE", "E", "G", "K", "Z")),
    terms=["BT-116", "BT-131", "BT-92", "BT-99"],
    message=_BASE_MESSAGE,
)
def taxable_amount_is_near(invoice: Reading, code: str) -> Iterator[Breach]:
    """The taxable amount of a category is that of its lines, allowances and charges, within 1."""
    for group in of_breakdown(invoice, code):
        computed = float(_sum(invoice, code, None, strict=code == "Z").rounded_to_cents())
        base = only(group.values("BT-116"), "BT-116")
        if base is None or not as_float(base) - 1 < computed < as_float(base) + 1:
            yield _wrong_base(group, code, computed)


@model.family(
    ids("08", ("O",)), terms=["BT-116", "BT-131", "BT-92", "BT-99"], message=_BASE_MESSAGE
)
def taxable_amount_is_the_sum(invoice: Reading, code: str) -> Iterator[Breach]:
    """The taxable amount that is not subject to VAT is the sum of what is so."""
    for group in of_breakdown(invoice, code):
        computed = float(_sum(invoice, code, None, strict=True).rounded_to_cents())
        if not any(as_float(base) == computed for base in group.values("BT-116")):
            yield _wrong_base(group, code, computed)


@model.family(
    ids("08", ("S", "L", "M")), terms=["BT-116", "BT-119", "BT-131"], message=_BASE_MESSAGE
)
def taxable_amount_of_a_rate(invoice: Reading, code: str) -> Iterator[Breach]:
    """The taxable amount of a category and rate is that of its lines, allowances and charges.

    For IGIC and IPSI the published condition looks for rate and amount beside the breakdown, where
    the schema has none.
    """
    for group in of_breakdown(invoice, code):
        rates, bases = group.values("BT-119"), group.values("BT-116")
        if code != "S":
            settlement = group.element.getparent()
            rates = children(settlement, "RateApplicablePercent")
            bases = children(settlement, "BasisAmount")
        for rate in rates:
            computed = float(_sum(invoice, code, rate.decimal).rounded_to_cents())
            if not any(as_float(base) == computed for base in bases):
                yield _wrong_base(group, code, computed)
                break


def _wrong_base(group: GroupReading, code: str, computed: float) -> Breach:
    return Breach(
        at=group.node("BT-116"),
        code=code,
        name=NAMES[code],
        stated=shown(", ".join(group.texts("BT-116"))),
        computed=computed,
    )


@model.family(
    ids("09", ("AE", "E", "G", "K", "O", "Z")),
    terms=["BT-117"],
    message="Category {code} ({name}) bears no tax, but {tax} is stated: it must be 0.",
)
def category_bears_no_tax(invoice: Reading, code: str) -> Iterator[Breach]:
    """A category without tax has a tax of 0."""
    for group in of_breakdown(invoice, code):
        if not any(tax.double == 0 for tax in group.values("BT-117")):
            yield Breach(
                at=group.node("BT-117"),
                code=code,
                name=NAMES[code],
                tax=shown(", ".join(group.texts("BT-117"))),
            )


@model.rule(
    "BR-S-09",
    terms=["BT-117", "BT-116", "BT-119"],
    message="The tax is {tax}, but {base} at {rate} % is {computed}.",
)
def tax_of_the_standard_rate(invoice: Reading) -> Iterator[Breach]:
    """The tax at the standard rate is its taxable amount times the rate, within 1."""
    for group in of_breakdown(invoice, "S"):
        tax = group.amount("BT-117")
        base = None if tax is None else group.amount("BT-116")
        rate = None if tax is None else only(group.values("BT-119"), "BT-119")
        computed = None
        if base is not None and rate is not None:
            computed = round_double(float(abs(base)) * as_float(rate)) / 100
        if tax is None or computed is None or not _near(tax, computed):
            yield Breach(
                at=group.node("BT-117"),
                tax=shown(tax),
                base=shown(base),
                rate=shown(rate),
                computed=shown(computed),
            )


def _near(tax: Decimal, computed: float) -> bool:
    absolute = tax.copy_abs()
    one = Decimal(1)
    return float(total((absolute, -one))) < computed < float(total((absolute, one)))
