"""Contributions of the self-employed (RETA): bracket of net income, bases, monthly quota.

Source:
    Real Decreto-ley 13/2022 (BOE-A-2022-12482), disp. transitoria 1, and the yearly order of
    contributions; the rows are in ``params/social_security.toml``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from einvoice_core.money import round_to
from tax_es._checks import exact
from tax_es.errors import ArgumentError
from tax_es.parameters import series
from tax_es.trace import Result, Step, frozen, used

__all__ = ["Bracket", "bracket", "brackets", "contribution", "flat_contribution", "total_percent"]

_FILE = "social_security.toml"


@dataclass(frozen=True, slots=True)
class Bracket:
    """A bracket of net income and the bases that may be chosen in it.

    Attributes:
        table: ``reduced`` or ``general``.
        number: Of the bracket in its table.
        income_above: Monthly net income above which it applies, in euros.
        lowest_base: In euros a month.
        highest_base: In euros a month.
        source: Norm and article.
    """

    table: str
    number: int
    income_above: Decimal
    lowest_base: Decimal
    highest_base: Decimal
    source: str


def bracket(day: date, monthly_income: Decimal) -> Bracket:
    """Return the bracket of a monthly net income.

    Args:
        day: A day of the month.
        monthly_income: Net income a month, in euros; a negative one falls in the lowest bracket.

    Raises:
        NotInForceError: No brackets are recorded for that day.
        ArgumentError: The income is a float.

    Source:
        LGSS, art. 308.1.a: the upper end of a bracket belongs to it; the reduced table ends below
        1,166.70, where the general one begins.
    """
    income = exact(monthly_income, "a monthly income")
    found: Bracket | None = None
    for table in ("reduced", "general"):
        entry = series(_FILE, f"brackets.{table}").on(day)
        for number, above, lowest, highest in entry.value:
            # The first bracket of the general table says "from", the others "above".
            starts = income >= above if table == "general" and number == 1 else income > above
            if found is None or starts:
                found = Bracket(table, number, above, lowest, highest, entry.source)
    if found is None:
        raise ArgumentError("no bracket holds that income")
    return found


def total_percent(day: date) -> Decimal:
    """Return the sum of the percentages of all contingencies on a day.

    Raises:
        NotInForceError: No percentages are recorded for that day.
    """
    rates: Mapping[str, Decimal] = series(_FILE, "rates").on(day).value
    return sum(rates.values(), Decimal(0))


def contribution(day: date, monthly_income: Decimal, base: Decimal | None = None) -> Result:
    """Compute the monthly contribution.

    Args:
        day: A day of the month.
        monthly_income: Net income a month, in euros.
        base: Base chosen, in euros a month; by default the lowest of the bracket.

    Returns:
        ``bracket``, ``min_base``, ``max_base``, ``base``, ``total_rate_pct``, ``min_quota``,
        ``max_quota`` and ``quota``; quotas are rounded to the cent.

    Raises:
        NotInForceError: Nothing is recorded for that day.
        ArgumentError: An amount is a float, or the base lies outside its bracket.
    """
    found = bracket(day, monthly_income)
    rates = series(_FILE, "rates").on(day)
    brackets = series(_FILE, f"brackets.{found.table}").on(day)
    percent = sum(rates.value.values(), Decimal(0))
    chosen = found.lowest_base if base is None else exact(base, "a base")
    if not found.lowest_base <= chosen <= found.highest_base:
        raise ArgumentError(
            f"the base of this bracket lies between {found.lowest_base} and {found.highest_base}"
        )
    values = {
        "bracket": Decimal(found.number),
        "min_base": found.lowest_base,
        "max_base": found.highest_base,
        "base": chosen,
        "total_rate_pct": percent,
        "min_quota": round_to(found.lowest_base * percent / 100),
        "max_quota": round_to(found.highest_base * percent / 100),
        "quota": round_to(chosen * percent / 100),
    }
    steps = (
        Step("bracket", values["bracket"], f"income in the {found.table} table",
             (("monthly_income", exact(monthly_income, "a monthly income")),), "LGSS, art. 308",
             "tramo de rendimientos netos", "bracket of net income", (used(brackets),)),
        Step("quota", values["quota"], "base * total_rate_pct",
             (("base", chosen), ("total_rate_pct", percent)), "LGSS, art. 308",
             "cuota mensual", "monthly contribution", (used(rates),)),
    )  # fmt: skip
    return Result(frozen(values), steps)


def flat_contribution(day: date, kind: str = "general") -> Decimal:
    """Return the reduced monthly contribution at the start of the activity (tarifa plana).

    Args:
        day: Day on which the activity began, or a day of the month.
        kind: ``general``, ``disability_months_1_24`` or ``disability_from_month_25``.

    Raises:
        NotInForceError: Nothing is recorded for that day: the amount of 2026 was not found.
        UnknownKindError: There is no such kind.
    """
    value: Decimal = series(_FILE, f"flat.{kind}").on(day).value
    return value


def brackets(day: date) -> Sequence[Sequence[Any]]:
    """Return every bracket of a day, those of the reduced table first."""
    both = (series(_FILE, f"brackets.{table}").on(day).value for table in ("reduced", "general"))
    return [row for table in both for row in table]
