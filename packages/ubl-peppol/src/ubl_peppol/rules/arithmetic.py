"""Sums and conditions between terms (BR-CO-).

Four ids of this family (BR-CO-05 to 08) are statements without a condition in the official
artefact: they never fire, here neither, and are not counted as implemented.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from einvoice_core.findings import Breach, Undecided
from einvoice_core.money import total
from ubl_peppol.codelists import vat_prefixes
from ubl_peppol.reading import GroupReading, Reading
from ubl_peppol.reading.values import difference, product, round_half_up
from ubl_peppol.rules._common import en_rules, shown

__all__ = ["arithmetic", "tax_is_close"]

arithmetic = en_rules("en16931-arithmetic")

_PERCENT = Decimal("0.01")


@arithmetic.rule(
    "BR-CO-03",
    on="BT-7",
    terms=["BT-7", "BT-8"],
    message="The tax point is given twice, as date {day} (BT-7) and as code {code} (BT-8): "
    "keep one.",
)
def tax_point_is_date_or_code(invoice: Reading) -> Iterator[Breach]:
    """The date (BT-7) and the code (BT-8) of the tax point exclude each other."""
    document = invoice.document
    if document.exists("BT-7") and document.exists("BT-8"):
        yield Breach(
            at=document.node("BT-8"),
            day=", ".join(document.texts("BT-7")),
            code=", ".join(document.texts("BT-8")),
        )


@arithmetic.rule(
    "BR-CO-09",
    on="vat-registration",
    terms=["BT-31", "BT-48", "BT-63"],
    message="The VAT number {number!r} does not begin with a country code, such as ES.",
)
def vat_number_begins_with_a_country(invoice: Reading) -> Iterator[Breach]:
    """A VAT identifier begins with the code of the country that gave it; Greece may use EL."""
    for registration in invoice.groups("vat-registration"):
        number = registration.raw("vat-number")
        if number[:2] not in vat_prefixes():
            yield Breach(at=registration.node("vat-number"), number=number)


@arithmetic.rule(
    "BR-CO-10",
    on="BG-22",
    terms=["BT-106", "BT-131"],
    message="BT-106 says {stated}, but the lines add up to {computed}.",
)
def line_net_total_is_the_sum_of_the_lines(invoice: Reading) -> Iterator[Breach]:
    """The sum of line net amounts (BT-106) equals Σ line net amount (BT-131)."""
    for totals in invoice.groups("BG-22"):
        stated = totals.amount("BT-106")
        computed = round_half_up(invoice.sum(invoice.groups("BG-25"), "BT-131"))
        if stated != computed:
            yield Breach(at=totals.node("BT-106"), stated=shown(stated), computed=computed)


_SAME_KIND = {
    "BR-CO-05": ("BT-98", "BT-97"),
    "BR-CO-06": ("BT-105", "BT-104"),
    "BR-CO-07": ("BT-140", "BT-139"),
    "BR-CO-08": ("BT-145", "BT-144"),
}


@arithmetic.family(
    _SAME_KIND, on=lambda _: "never", message="The code and the reason must mean the same."
)
def reason_and_code_mean_the_same(_: Reading, __: tuple[str, str]) -> Iterator[Breach]:
    """The reason of an allowance or charge and its code mean the same: people judge that."""
    return iter(())


_DOCUMENT_SUMS = {
    "BR-CO-11": ("BT-107", "BG-20", "BT-92", "allowances"),
    "BR-CO-12": ("BT-108", "BG-21", "BT-99", "charges"),
}


@arithmetic.family(
    _DOCUMENT_SUMS,
    on=lambda _: "BG-22",
    message="{term} says {stated}, but the document {what} add up to {computed}.",
)
def total_of_allowances_or_charges(
    invoice: Reading, place: tuple[str, str, str, str]
) -> Iterator[Breach]:
    """The total of document allowances (BT-107) or charges (BT-108) equals their sum."""
    term, group_id, amount, what = place
    entries = invoice.document.groups(group_id)
    for totals in invoice.groups("BG-22"):
        stated = totals.amount(term)
        if stated is None and not entries:
            continue
        computed = round_half_up(invoice.sum(entries, amount))
        if stated != computed and (totals.exists(term) or entries):
            yield Breach(
                at=totals.node(term), term=term, stated=shown(stated), what=what, computed=computed
            )


@arithmetic.rule(
    "BR-CO-13",
    on="BG-22",
    terms=["BT-109", "BT-106", "BT-107", "BT-108"],
    message="BT-109 says {stated}, but lines - allowances + charges is {computed}.",
)
def total_without_vat(invoice: Reading) -> Iterator[Breach]:
    """The total without VAT (BT-109) = lines (BT-106) - allowances (107) + charges (108)."""
    for totals in invoice.groups("BG-22"):
        stated, lines = totals.amount("BT-109"), totals.amount("BT-106")
        computed = lines
        if totals.exists("BT-107") or totals.exists("BT-108"):
            parts = [lines, totals.amount("BT-108"), _negative(totals.amount("BT-107"))]
            computed = None
            if lines is not None:
                computed = round_half_up(total(part for part in parts if part is not None))
        if stated is None or stated != computed:
            yield Breach(at=totals.node("BT-109"), stated=shown(stated), computed=shown(computed))


def _negative(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.copy_negate()


@arithmetic.rule(
    "BR-CO-14",
    on="tax-total",
    terms=["BT-110", "BT-117"],
    message="The total VAT is {stated}, but the breakdown adds up to {computed}.",
)
def total_vat_is_the_sum_of_the_breakdown(invoice: Reading) -> Iterator[Breach]:
    """The total VAT (BT-110) equals Σ tax of the VAT breakdown (BT-117)."""
    for tax_total in invoice.document.groups("tax-total"):
        entries = tax_total.groups("BG-23")
        if not entries:
            continue
        stated = tax_total.amount("total-tax")
        computed = round_half_up(invoice.sum(entries, "BT-117"))
        if stated != computed:
            yield Breach(at=tax_total.node("total-tax"), stated=shown(stated), computed=computed)


@arithmetic.rule(
    "BR-CO-15",
    on="BT-5",
    terms=["BT-112", "BT-109", "BT-110"],
    message="BT-112 says {stated}, but the total without VAT plus the total VAT in {currency} "
    "is {computed}.",
)
def total_with_vat(invoice: Reading) -> Iterator[Breach]:
    """The total with VAT (BT-112) = the total without VAT (BT-109) + the total VAT (BT-110)."""
    for currency in invoice.values("BT-5"):
        taxes = [
            tax
            for tax_total in invoice.document.groups("tax-total")
            if (tax := _tax_in(invoice, tax_total, currency.text)) is not None
        ]
        all_totals = invoice.document.groups("BG-22")
        computed = None
        if len(taxes) == 1:
            bases = [base for entry in all_totals if (base := entry.amount("BT-109")) is not None]
            if len(bases) > 1:
                raise Undecided(all_totals[1], "the totals (BG-22) occur twice: keep one group")
            computed = round_half_up(total((bases[0], taxes[0]))) if bases else None
        stated = [entry.amount("BT-112") for entry in all_totals]
        if computed is None or computed not in stated:
            at = all_totals[0].node("BT-112") if all_totals else invoice.document
            yield Breach(
                at=at,
                stated=shown(", ".join(shown(value) for value in stated)),
                currency=currency,
                computed="not known (the total VAT is not given once)"
                if computed is None
                else computed,
            )
            return


def _tax_in(invoice: Reading, tax_total: GroupReading, currency: str) -> Decimal | None:
    values = [
        value
        for value in tax_total.values("total-tax")
        if invoice.part(value, "total-tax", "currency") == currency
    ]
    if len(values) > 1:
        raise Undecided(values[1], f"the total VAT in {currency} occurs twice: keep one")
    return values[0].decimal if values else None


@arithmetic.rule(
    "BR-CO-16",
    on="BG-22",
    terms=["BT-115", "BT-112", "BT-113", "BT-114"],
    message="BT-115 says {stated}, but total with VAT {with_vat} - paid {paid} + rounding "
    "{rounding} is {computed}.",
)
def amount_due(invoice: Reading) -> Iterator[Breach]:
    """The amount due (BT-115) = total with VAT (BT-112) - paid (BT-113) + rounding (BT-114)."""
    for totals in invoice.groups("BG-22"):
        due, with_vat = totals.amount("BT-115"), totals.amount("BT-112")
        paid, rounding = totals.amount("BT-113"), totals.amount("BT-114")
        if due is not None and with_vat is not None:
            left = due if rounding is None else round_half_up(difference(due, rounding))
            right = with_vat if paid is None else round_half_up(difference(with_vat, paid))
            if left == right:
                continue
        computed = None
        if with_vat is not None:
            computed = total((with_vat, -(paid or Decimal(0)), rounding or Decimal(0)))
        yield Breach(
            at=totals.node("BT-115"),
            stated=shown(due),
            with_vat=shown(with_vat),
            paid=paid or 0,
            rounding=rounding or 0,
            computed=shown(computed),
        )


@arithmetic.rule(
    "BR-CO-17",
    on="BG-23",
    terms=["BT-117", "BT-116", "BT-119"],
    message="The tax is {tax}, but {base} at {rate} % is {computed}.",
)
def tax_is_base_times_rate(invoice: Reading) -> Iterator[Breach]:
    """The tax of a category (BT-117) = its taxable amount (BT-116) x rate (BT-119), within 1."""
    for entry in invoice.groups("BG-23"):
        rate, tax = entry.amount("BT-119"), entry.amount("BT-117")
        if rate is None or _whole(rate) == 0:
            holds = tax is not None and _whole(tax) == 0
        else:
            holds = tax_is_close(tax, entry.amount("BT-116"), rate)
        if not holds:
            yield Breach(
                at=entry.node("BT-117"),
                tax=shown(tax),
                base=shown(", ".join(entry.texts("BT-116"))),
                rate=shown(rate),
                computed=shown(_tax_of(entry, rate)),
            )


def _tax_of(entry: GroupReading, rate: Decimal | None) -> Decimal | None:
    """Compute the tax for the message; the base may be no number where nothing hangs on it."""
    try:
        base = entry.amount("BT-116")
    except Undecided:
        return None
    return None if base is None else round_half_up(product(base, rate or Decimal(0), _PERCENT))


@lru_cache(maxsize=256)
def tax_is_close(tax: Decimal | None, base: Decimal | None, rate: Decimal | None) -> bool:
    """Whether a tax differs from base x rate by less than 1, as the official rules tolerate."""
    if tax is None or base is None or rate is None:
        return False
    computed = round_half_up(product(base.copy_abs(), rate, _PERCENT))
    # Both are exact here; a difference is taken from the absolute values, as published.
    return difference(tax.copy_abs(), computed).copy_abs() < 1


def _whole(value: Decimal) -> Decimal:
    """Round to an integer as ``round()`` does: halves go up."""
    return total((value, Decimal("0.5"))).to_integral_value("ROUND_FLOOR")


@arithmetic.rule(
    "BR-CO-19",
    on="BG-14",
    terms=["BT-73", "BT-74"],
    message="The period (BG-14) says neither when it starts nor when it ends: give one or both.",
)
def invoice_period_has_a_day(invoice: Reading) -> Iterator[Breach]:
    """An invoicing period has a start, an end, or both; alone, a tax point code will do."""
    for period in invoice.groups("BG-14"):
        if not any(period.exists(term) for term in ("BT-73", "BT-74", "period-code")):
            yield Breach(at=period)


@arithmetic.rule(
    "BR-CO-20",
    on="BG-26",
    terms=["BT-134", "BT-135"],
    message="The period of the line (BG-26) says neither when it starts nor when it ends.",
)
def line_period_has_a_day(invoice: Reading) -> Iterator[Breach]:
    """A line period has a start, an end, or both."""
    for period in invoice.groups("BG-26"):
        if not (period.exists("BT-134") or period.exists("BT-135")):
            yield Breach(at=period)


@arithmetic.rule(
    "BR-CO-26",
    on="BG-4",
    terms=["BT-29", "BT-30", "BT-31"],
    message="The seller cannot be identified: add a VAT number (BT-31), a legal registration "
    "(BT-30) or another identifier (BT-29).",
)
def seller_can_be_identified(invoice: Reading) -> Iterator[Breach]:
    """The seller has an identifier (BT-29), a legal registration (BT-30) or a VAT id (BT-31)."""
    for seller in invoice.groups("BG-4"):
        if not any(seller.exists(term) for term in ("BT-29", "BT-30", "BT-31")):
            yield Breach(at=seller)
