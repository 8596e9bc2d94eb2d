"""Net yield of an activity by direct estimation: normal and simplified, and what may be deducted.

Source:
    LIRPF, Ley 35/2006 (BOE-A-2006-20764), arts. 28 to 30; RIRPF, Real Decreto 439/2007
    (BOE-A-2007-6820), arts. 28 to 30.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from einvoice_core.money import round_to, total
from tax_es._checks import exact, require_day
from tax_es.errors import ArgumentError
from tax_es.parameters import series
from tax_es.trace import Result, Step, Used, frozen, used

__all__ = [
    "Allowance",
    "Method",
    "deductible",
    "depreciation",
    "hard_to_justify",
    "may_use_simplified",
    "net_yield",
]

_FILE = "irpf_activity.toml"


class Method(StrEnum):
    """How the net yield is estimated from the books."""

    NORMAL = "normal"
    SIMPLIFIED = "simplified"


class Allowance(StrEnum):
    """Expenses of which the law deducts a part or up to a limit; names in ``params``."""

    HEALTH_INSURANCE = "health_insurance"
    HEALTH_INSURANCE_DISABILITY = "health_insurance_disability"
    HOME_SUPPLIES = "home_supplies"
    MEALS_SPAIN = "meals_spain"
    MEALS_ABROAD = "meals_abroad"
    MEALS_SPAIN_OVERNIGHT = "meals_spain_overnight"
    MEALS_ABROAD_OVERNIGHT = "meals_abroad_overnight"
    CUSTOMER_ATTENTION = "customer_attention"


def hard_to_justify(day: date, difference: Decimal) -> tuple[Decimal, Decimal, Used]:
    """Compute the expenses hard to justify (gastos de difícil justificación).

    Args:
        day: A day of the year.
        difference: Income less the other expenses, in euros; nothing of a negative one.

    Returns:
        The percentage before its cap, the deductible amount after it, both rounded to the cent,
        and the parameter.

    Raises:
        NotInForceError: Nothing is recorded for that day.

    Source:
        RIRPF, art. 30.2; LIRPF, disp. adicional 56, for 2023.
    """
    entry = series(_FILE, "hard_to_justify").on(day)
    amount = max(Decimal(0), exact(difference, "an amount")) * entry.value / 100
    uncapped = round_to(amount)
    return uncapped, min(uncapped, entry.details["cap"]), used(entry)


def net_yield(
    day: date,
    income: Mapping[str, Decimal],
    expenses: Mapping[str, Decimal],
    method: str = Method.SIMPLIFIED,
    *,
    not_deductible: Mapping[str, Decimal] | None = None,
    renounces_hard_to_justify: bool = False,
) -> Result:
    """Compute the net yield of a year, or of a year to date.

    Args:
        day: A day of the year.
        income: Income by name, in euros, self-consumption and stock increase included.
        expenses: Expenses as they are in the books, by name, in euros.
        method: ``normal`` or ``simplified``.
        not_deductible: What the expenses hold that the law does not deduct, by name.
        renounces_hard_to_justify: Whether the reduction of art. 32.2.1 LIRPF is chosen, which
            excludes these expenses (RIRPF, art. 26.1).

    Returns:
        ``total_income``, ``total_expenses``, ``difference``, ``hard_to_justify_uncapped``,
        ``hard_to_justify`` and ``net_yield``.

    Raises:
        NotInForceError: Nothing is recorded for that day.
        ArgumentError: An amount is a float, or the method is unknown.
    """
    require_day(day)
    if method not in tuple(Method):
        raise ArgumentError(f"{method!r} is no method: use normal or simplified")
    amounts = {name: exact(value, name) for name, value in income.items()}
    costs = {name: exact(value, name) for name, value in expenses.items()}
    refused = {name: exact(value, name) for name, value in (not_deductible or {}).items()}
    earned = total(amounts.values())
    spent = total(costs.values()) - total(refused.values())
    uncapped = justified = Decimal(0)
    parameters: tuple[Used, ...] = ()
    if method == Method.SIMPLIFIED and not renounces_hard_to_justify:
        uncapped, justified, parameter = hard_to_justify(day, earned - spent)
        parameters = (parameter,)
    values = {
        "total_income": earned,
        "total_expenses": spent,
        "difference": earned - spent,
        "hard_to_justify_uncapped": uncapped,
        "hard_to_justify": justified,
        "net_yield": earned - spent - justified,
    }
    difference = ("difference", values["difference"])
    steps = (
        Step("total_income", earned, "sum of income", tuple(amounts.items()), "LIRPF, art. 28",
             "ingresos íntegros", "income"),
        Step("total_expenses", spent, "sum of expenses - not deductible",
             (*costs.items(), *((name, -value) for name, value in refused.items())),
             "LIRPF, art. 28; LIS, arts. 10 to 15", "gastos deducibles", "deductible expenses"),
        Step("difference", values["difference"], "total_income - total_expenses",
             (("total_income", earned), ("total_expenses", spent)), "LIRPF, art. 30",
             "diferencia", "difference"),
        Step("hard_to_justify", justified, "percentage of the difference, with its cap",
             (difference,), "RIRPF, art. 30.2", "gastos de difícil justificación",
             "expenses hard to justify", parameters),
        Step("net_yield", values["net_yield"], "difference - hard_to_justify",
             (difference, ("hard_to_justify", justified)), "LIRPF, art. 30", "rendimiento neto",
             "net yield"),
    )  # fmt: skip
    return Result(frozen(values), steps)


def deductible(
    day: date,
    allowance: str,
    spent: Decimal,
    *,
    times: int = 1,
    turnover: Decimal | None = None,
    share: Decimal | None = None,
) -> Decimal:
    """Return how much of an expense the law lets deduct.

    Args:
        day: Day of the expense.
        allowance: A name of :class:`Allowance`.
        spent: In euros.
        times: Persons insured, or days of meals.
        turnover: Turnover of the year, for attentions to customers.
        share: Percent of the square metres of the home, for its supplies.

    Returns:
        Euros, rounded to the cent.

    Raises:
        UnknownKindError: The law has no such allowance here.
        NotInForceError: Nothing is recorded for that day.
        ArgumentError: What the allowance depends on is missing.

    Source:
        LIRPF, art. 30.2.5; LIS, Ley 27/2014 (BOE-A-2014-12328), art. 15.e.
    """
    value: Decimal = series(_FILE, f"expenses.{allowance}").on(day).value
    spent = exact(spent, "an expense")
    if allowance == Allowance.CUSTOMER_ATTENTION:
        if turnover is None:
            raise ArgumentError("attentions to customers are limited by the turnover: give it")
        return min(round_to(exact(turnover, "a turnover") * value / 100), spent)
    if allowance == Allowance.HOME_SUPPLIES:
        if share is None or not 0 <= exact(share, "a share") <= 100:
            raise ArgumentError("supplies of a home depend on its share, 0 to 100 percent: give it")
        return round_to(spent * share * value / 10_000)
    return min(round_to(value * times), spent)


def depreciation(
    day: date,
    group: int,
    cost: Decimal,
    percent: Decimal | None = None,
    *,
    days_in_use: int = 365,
    already: Decimal = Decimal(0),
    scheme: str = "direct",
    allow_unverified: bool = False,
) -> Decimal:
    """Compute the depreciation of an asset in a year.

    Args:
        day: A day of the year.
        group: Group of the table.
        cost: Of the asset, in euros, without land.
        percent: Percent a year; by default the highest of the table.
        days_in_use: Of the year, from when the asset came into use.
        already: Depreciation of earlier years, in euros.
        scheme: ``direct`` (simplified direct estimation) or ``objective``.
        allow_unverified: Whether a row that carries a mark may be used.

    Returns:
        Euros, rounded to the cent, never more than what is left.

    Raises:
        UnknownKindError: The table has no such group.
        UnverifiedParameter: The row carries a mark.
        ArgumentError: The percent is above the highest, or below what the longest period needs.

    Source:
        RIRPF, art. 30.1; Orden de 27 de marzo de 1998 (BOE-A-1998-7200).
    """
    entry = series("depreciation.toml", f"{scheme}.group_{group}").on(
        day, allow_unverified=allow_unverified
    )
    chosen = entry.value if percent is None else exact(percent, "a percentage")
    lowest = Decimal(100) / entry.details["years"]
    if not round_to(lowest) <= round_to(chosen) <= entry.value:
        raise ArgumentError(f"group {group} depreciates by {round_to(lowest)} to {entry.value} %")
    if not 0 <= days_in_use <= 366:
        raise ArgumentError("a year has at most 366 days of use")
    year_days = 366 if days_in_use == 366 else 365
    amount = round_to(exact(cost, "a cost") * chosen * days_in_use / (100 * year_days))
    return max(Decimal(0), min(amount, cost - exact(already, "an amount")))


def may_use_simplified(day: date, turnover_before: Decimal) -> bool:
    """Whether direct estimation may be the simplified one, by the turnover of the year before.

    Raises:
        NotInForceError: Nothing is recorded for that day.

    Source:
        LIRPF, art. 30.1.
    """
    limit: Decimal = series("thresholds.toml", "simplified_direct_estimation").on(day).value
    return exact(turnover_before, "a turnover") <= limit
