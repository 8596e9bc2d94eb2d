"""Percent of an income that its payer withholds (retención), by the day of payment.

Source:
    LIRPF, Ley 35/2006 (BOE-A-2006-20764), art. 101; RIRPF, Real Decreto 439/2007
    (BOE-A-2007-6820), arts. 75 to 100.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

from tax_es._params import RateTable, require_territory
from tax_es.errors import TerritoryError
from tax_es.parameters import Series, series
from tax_es.rates import Rate, Tax, Territory

__all__ = ["kind_of", "kinds", "last_rate", "rates_on", "withholding_rate"]


@cache
def _table() -> RateTable:
    return RateTable(Tax.IRPF, "withholding.toml")


@cache
def _ceuta_and_melilla() -> Series[Decimal]:
    return series("withholding_ceuta_melilla.toml", "professional")


def kinds() -> tuple[str, ...]:
    """Return the kinds of income, those that invoices carry first."""
    return _table().kinds


def withholding_rate(
    day: date, kind: str = "professional_general", territory: str = Territory.PENINSULA
) -> Rate:
    """Return what is withheld from a kind of income paid on a day.

    Args:
        day: Day of payment, when the duty to withhold arises; for an invoice, that of its issue.
        kind: Name in ``params/withholding.toml``, such as ``professional_new`` or ``urban_rent``.
        territory: ``ceuta`` or ``melilla`` for income that has the deduction of art. 68.4 LIRPF.

    Raises:
        NotInForceError: No rate is recorded for that day.
        UnknownKindError: There is no such kind of income.
        TerritoryError: The territory is foral or unknown, or in Ceuta and Melilla the reduction
            of that kind is not recorded.
        ArgumentError: The day is not a date.

    Source:
        RIRPF, arts. 78 and 95.1.
    """
    place = require_territory(territory)
    rate = _table().on(kind, day)
    if place not in (Territory.CEUTA, Territory.MELILLA):
        return rate
    factor = _ceuta_and_melilla().on(day)
    if kind not in factor.details["kinds"]:
        raise TerritoryError(f"the reduction of {kind} in Ceuta and Melilla is not recorded")
    return replace(
        rate,
        percent=rate.percent * (100 + factor.value) / 100,
        since=max(rate.since, factor.since),
        source=f"{rate.source}; {factor.source}",
    )


def rates_on(day: date) -> tuple[Rate, ...]:
    """Return the withholding rates recorded for a day.

    Raises:
        ArgumentError: The day is not a date.
    """
    return _table().rates_on(day)


def kind_of(percent: Decimal, day: date) -> str:
    """Return the kind of income that has a percentage on a day.

    Several kinds share a percentage: the first in the order of :func:`kinds` is returned, because
    invoices carry activities more often than rents, and rents more often than the rest.

    Args:
        percent: 15 for 15 %.
        day: Day of payment.

    Raises:
        NoSuchRateError: None has it; ``details["kind"]`` and ``details["until"]`` name the one
            that had it before, if any.
        ArgumentError: The percentage is not exact, or the day is not a date.
    """
    return _table().kind_of(percent, day)


def last_rate(percent: Decimal, day: date) -> Rate:
    """Return the rate with a percentage on a day or, if none has it, the last before.

    Raises:
        NoSuchRateError: No rate had that percentage by then.
        ArgumentError: The percentage is not exact, or the day is not a date.
    """
    return _table().latest(percent, day)
