"""Rates that product groups had for a time: food, energy, medical supplies, homes.

Where a norm ties the rate to a price index or a market price, the outcome is not recorded: whoever
asks says whether the condition was met, or is told which one it is.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache

from tax_es._params import RateTable
from tax_es.rates import Rate, Tax

__all__ = ["product_groups", "temporary_rate", "temporary_rates_on"]


@cache
def _table() -> RateTable:
    return RateTable(Tax.IVA, "iva_temporary.toml")


def product_groups() -> tuple[str, ...]:
    """Return the names of the product groups."""
    return _table().kinds


def temporary_rate(
    day: date,
    product_group: str,
    *,
    conditions: Mapping[str, bool] | None = None,
    allow_unverified: bool = False,
) -> Rate:
    """Return the rate of a product group on a day on which it had one of its own.

    Args:
        day: Day of accrual (devengo).
        product_group: Name in ``params/iva_temporary.toml``, such as ``food_basic``.
        conditions: Whether each condition was met, by its name.
        allow_unverified: Whether a rate that carries a mark may be returned.

    Raises:
        NotInForceError: The ordinary rate applies: nothing is recorded for that day, or the
            condition was not met.
        ConditionError: The condition is not among those given; ``details["condition"]`` names it.
        UnverifiedParameter: The rate carries a mark.
        UnknownKindError: There is no such product group.
        ArgumentError: The day is not a date.
    """
    return _table().on(product_group, day, conditions=conditions, allow_unverified=allow_unverified)


def temporary_rates_on(day: date) -> tuple[Rate, ...]:
    """Return the rates of product groups on a day, with the condition or mark that each has.

    Raises:
        ArgumentError: The day is not a date.
    """
    return _table().rates_on(day)
