"""Prorrata, general and special, and the regularisation of investment goods.

Source:
    LIVA, Ley 37/1992 (BOE-A-1992-28740), arts. 102 to 110.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from einvoice_core.money import round_to
from tax_es._checks import exact
from tax_es.errors import ArgumentError
from tax_es.parameters import series
from tax_es.trace import Result, Step, frozen, used

__all__ = [
    "InputTax",
    "general_percent",
    "regularise",
    "regularise_sale",
    "special",
]


def general_percent(with_right: Decimal, without_right: Decimal) -> int:
    """Compute the percentage of the general prorrata.

    Args:
        with_right: Operations of the year that give right to deduct, in euros.
        without_right: Those that do not, in euros.

    Returns:
        The percentage, rounded up to a whole number; 100 when there were no operations.

    Raises:
        ArgumentError: An amount is a float, or negative.

    Source:
        LIVA, art. 104.Dos.
    """
    right, other = exact(with_right, "an amount"), exact(without_right, "an amount")
    if right < 0 or other < 0:
        raise ArgumentError("operations of a prorrata are not negative")
    if right + other == 0:
        return 100
    share = right * 100 / (right + other)
    return int(share.to_integral_value(ROUND_CEILING))


@dataclass(frozen=True, slots=True)
class InputTax:
    """Input tax by what the goods and services were used for, in euros.

    Attributes:
        right_only: Used only in operations that give right to deduct.
        no_right_only: Used only in those that do not.
        common: Used in both.
    """

    right_only: Decimal = Decimal(0)
    no_right_only: Decimal = Decimal(0)
    common: Decimal = Decimal(0)

    @property
    def all(self) -> Decimal:
        """The whole of it."""
        return self.right_only + self.no_right_only + self.common


def special(day: date, with_right: Decimal, without_right: Decimal, tax: InputTax) -> Result:
    """Compute the deduction by the special prorrata, beside the general one.

    Args:
        day: A day of the year.
        with_right: Operations of the year that give right to deduct, in euros.
        without_right: Those that do not, in euros.
        tax: The input tax.

    Returns:
        ``percentage``, ``common_deductible``, ``total`` (special), ``general_total``, and
        ``special_is_compulsory`` (1 or 0); amounts are rounded to the cent.

    Raises:
        NotInForceError: Nothing is recorded for that day.
        ArgumentError: An amount is a float, or negative.

    Source:
        LIVA, arts. 103.Dos, 104 and 106.
    """
    percent = Decimal(general_percent(with_right, without_right))
    entry = series("thresholds.toml", "special_prorrata_excess").on(day)
    for part in (tax.right_only, tax.no_right_only, tax.common):
        exact(part, "input tax")
    common = round_to(tax.common * percent / 100)
    whole = tax.right_only + common
    general = round_to(tax.all * percent / 100)
    compulsory = general >= whole * (100 + entry.value) / 100 and general > whole
    values = {
        "percentage": percent,
        "common_deductible": common,
        "total": whole,
        "general_total": general,
        "special_is_compulsory": Decimal(int(compulsory)),
    }
    steps = (
        Step("percentage", percent, "with_right * 100 / (with_right + without_right), rounded up",
             (("with_right", with_right), ("without_right", without_right)), "LIVA, art. 104.Dos",
             "porcentaje de prorrata", "percentage of prorrata"),
        Step("common_deductible", common, "percentage of common",
             (("common", tax.common), ("percentage", percent)), "LIVA, art. 106.Uno.3",
             "cuotas comunes deducibles", "deductible part of the common input tax"),
        Step("total", whole, "right_only + common_deductible",
             (("right_only", tax.right_only), ("common_deductible", common)),
             "LIVA, art. 106.Uno", "deducción por prorrata especial", "special prorrata"),
        Step("general_total", general, "percentage of all",
             (("all", tax.all), ("percentage", percent)), "LIVA, art. 104.Uno",
             "deducción por prorrata general", "general prorrata"),
        Step("special_is_compulsory", values["special_is_compulsory"],
             f"general_total exceeds total by {entry.value} % or more",
             (("general_total", general), ("total", whole)), "LIVA, art. 103.Dos.2",
             "la prorrata especial es obligatoria", "the special prorrata is compulsory",
             (used(entry),)),
    )  # fmt: skip
    return Result(frozen(values), steps)


def regularise(
    day: date,
    tax: Decimal,
    initial_percent: Decimal,
    current_percent: Decimal,
    years: int = 5,
) -> Result:
    """Regularise the deduction of an investment good for a later year.

    Args:
        day: A day of that year.
        tax: Input tax of the purchase, in euros.
        initial_percent: Definitive percentage of the year of the purchase.
        current_percent: Definitive percentage of the year.
        years: 5 for movable goods, 10 for buildings.

    Returns:
        ``regularise`` (1 or 0) and ``amount``, in euros, rounded to the cent: positive when more
        may be deducted, negative when it must be paid back.

    Raises:
        NotInForceError: Nothing is recorded for that day.
        ArgumentError: An amount is a float, or the years are neither 5 nor 10.

    Source:
        LIVA, arts. 107 and 109.
    """
    points = series("thresholds.toml", "regularisation_points").on(day)
    allowed = {
        series("thresholds.toml", f"regularisation_years.{kind}").on(day).value
        for kind in ("movable", "building")
    }
    if years not in allowed:
        raise ArgumentError("investment goods are regularised over 5 years, buildings over 10")
    difference = exact(current_percent, "a percentage") - exact(initial_percent, "a percentage")
    due = abs(difference) > points.value
    amount = round_to(exact(tax, "input tax") * difference / 100 / years) if due else Decimal(0)
    values = {"regularise": Decimal(int(due)), "amount": amount}
    step = Step("amount", amount, "tax * (current - initial) / 100 / years",
                (("tax", tax), ("current", current_percent), ("initial", initial_percent),
                 ("years", Decimal(years))), "LIVA, arts. 107 and 109",
                "regularización de bienes de inversión", "regularisation of investment goods",
                (used(points),))  # fmt: skip
    return Result(frozen(values), (step,))


def regularise_sale(
    day: date,
    tax: Decimal,
    initial_percent: Decimal,
    years_left: int,
    *,
    taxed: bool,
    years: int = 5,
    tax_of_sale: Decimal | None = None,
) -> Result:
    """Regularise at once for the years left when an investment good is sold.

    Args:
        day: Day of the sale.
        tax: Input tax of the purchase, in euros.
        initial_percent: Percentage deducted at the purchase.
        years_left: Years of the period that are left, that of the sale included.
        taxed: Whether the sale is taxed: then the good counts as used only in operations that give
            right to deduct, up to the tax of the sale; otherwise as used in none.
        years: 5 for movable goods, 10 for buildings.
        tax_of_sale: Output tax of the sale, which limits the deduction.

    Returns:
        ``amount``, in euros, rounded to the cent: positive when more may be deducted.

    Raises:
        ArgumentError: An amount is a float, or the years do not fit.

    Source:
        LIVA, art. 110.
    """
    if not 0 < years_left <= years:
        raise ArgumentError(f"of {years} years, 1 to {years} are left")
    target = Decimal(100 if taxed else 0)
    difference = target - exact(initial_percent, "a percentage")
    amount = round_to(exact(tax, "input tax") * difference / 100 * years_left / years)
    if taxed and tax_of_sale is not None:
        amount = min(amount, exact(tax_of_sale, "output tax"))
    step = Step("amount", amount, "tax * (target - initial) / 100 * years_left / years",
                (("tax", tax), ("target", target), ("initial", initial_percent),
                 ("years_left", Decimal(years_left)), ("years", Decimal(years))),
                "LIVA, art. 110", f"regularización por transmisión el {day}",
                f"regularisation by the sale of {day}")  # fmt: skip
    return Result(frozen({"amount": amount}), (step,))
