"""Cash accounting (criterio de caja): when the tax accrues, and who may use it.

Source:
    LIVA, Ley 37/1992 (BOE-A-1992-28740), arts. 163 decies to 163 sexiesdecies.
"""

from datetime import date
from decimal import Decimal

from tax_es._checks import exact, require_day
from tax_es.parameters import series

__all__ = ["accrued_on", "may_use"]


def accrued_on(supplied_on: date, paid_on: date | None) -> date:
    """Return the day on which the tax of a supply accrues.

    Args:
        supplied_on: Day of the supply.
        paid_on: Day of payment; ``None`` while it is pending. Each part that is paid accrues by
            itself.

    Returns:
        The day of payment, and 31 December of the next year at the latest.

    Raises:
        ArgumentError: A day is not a date.

    Source:
        LIVA, art. 163 terdecies.
    """
    require_day(supplied_on)
    last = date(supplied_on.year + 1, 12, 31)
    if paid_on is None:
        return last
    require_day(paid_on)
    return min(paid_on, last)


def may_use(day: date, turnover_before: Decimal, cash_of_a_customer: Decimal = Decimal(0)) -> bool:
    """Whether the scheme is open, by the turnover and the cash of the year before.

    Args:
        day: A day of the year.
        turnover_before: Of the year before, in euros.
        cash_of_a_customer: The most that one customer paid in cash that year, in euros.

    Raises:
        NotInForceError: Nothing is recorded for that day.
        ArgumentError: An amount is a float.

    Source:
        LIVA, art. 163 decies.
    """
    turnover: Decimal = series("thresholds.toml", "cash_accounting.turnover").on(day).value
    cash: Decimal = series("thresholds.toml", "cash_accounting.cash_per_customer").on(day).value
    return exact(turnover_before, "a turnover") <= turnover and (
        exact(cash_of_a_customer, "cash") <= cash
    )
