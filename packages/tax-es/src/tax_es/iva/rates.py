"""Rates of a day: IVA in the Peninsula and the Balearic Islands, IGIC in the Canary Islands.

The rate is that of the day of accrual (devengo), not of the day of the invoice: an invoice may
carry a percentage that was no longer in force when it was issued.

Source:
    Ley 37/1992 (BOE-A-1992-28740), arts. 90 and 91; Ley 4/2012 de Canarias (BOE-A-2012-9282),
    art. 51.
"""

from datetime import date
from decimal import Decimal
from functools import cache

from einvoice_core.errors import NotInForceError
from tax_es._checks import require_day
from tax_es._params import RateTable, require_territory
from tax_es.errors import TerritoryError
from tax_es.rates import Rate, Tax, Territory

__all__ = ["kind_of", "last_rate", "output_tax", "rate", "rates_on"]


@cache
def _table(territory: str) -> RateTable:
    match require_territory(territory):
        case Territory.PENINSULA:
            return RateTable(Tax.IVA, "iva.toml")
        case Territory.CANARIAS:
            return RateTable(Tax.IGIC, "igic.toml")
        case city:
            raise TerritoryError(
                f"{city} has IPSI, whose rates its ordinances set; they are not recorded here"
            )


def rate(
    day: date,
    kind: str = "general",
    territory: str = Territory.PENINSULA,
    *,
    allow_unverified: bool = False,
    known_on: date | None = None,
) -> Rate:
    """Return the rate of a kind of operation on a day.

    Args:
        day: Day of accrual (devengo).
        kind: Name in ``params/iva.toml`` (``general``, ``reduced``, ``super_reduced``, ``zero``)
            or, for the Canary Islands, in ``params/igic.toml``.
        territory: Where the operation is taxed; it decides the tax.
        allow_unverified: Whether a rate that carries a mark may be returned.
        known_on: Leave out what was published after this day.

    Raises:
        NotInForceError: No rate is recorded for that day.
        UnknownKindError: The tax has no such kind.
        TerritoryError: The territory is foral, unknown, or has IPSI.
        UnverifiedParameter: The rate carries a mark.
        ArgumentError: The day is not a date.
    """
    return _table(territory).on(kind, day, allow_unverified=allow_unverified, known_on=known_on)


def rates_on(day: date, territory: str = Territory.PENINSULA) -> tuple[Rate, ...]:
    """Return the permanent rates recorded for a day, the general one first.

    Raises:
        TerritoryError: The territory is foral, unknown, or has IPSI.
        ArgumentError: The day is not a date.
    """
    return _table(territory).rates_on(day)


def kind_of(percent: Decimal, day: date, territory: str = Territory.PENINSULA) -> str:
    """Return the kind that has a percentage on a day, such as ``general`` for 21.

    A temporary rate with the same percentage cannot be told apart from the permanent one.

    Args:
        percent: 21 for 21 %.
        day: Day of accrual (devengo).
        territory: Where the operation is taxed.

    Raises:
        NoSuchRateError: No kind has it that day; ``details["kind"]`` and ``details["until"]``
            name the one that had it before, if any.
        TerritoryError: The territory is foral, unknown, or has IPSI.
        ArgumentError: The percentage is not exact, or the day is not a date.
    """
    return _table(territory).kind_of(percent, day)


def last_rate(percent: Decimal, day: date, territory: str = Territory.PENINSULA) -> Rate:
    """Return the permanent rate with a percentage on a day or, if none has it, the last before.

    It reads old documents: an invoice of 2013 with 18 % is of the general kind, for an operation
    accrued before September 2012.

    Args:
        percent: 18 for 18 %.
        day: Day of the document.
        territory: Where the operation was taxed.

    Raises:
        NoSuchRateError: No rate had that percentage by then.
        TerritoryError: The territory is foral, unknown, or has IPSI.
        ArgumentError: The percentage is not exact, or the day is not a date.
    """
    return _table(territory).latest(percent, day)


def output_tax(base: Decimal, accrued_on: date, rate: str | Rate = "general") -> Decimal:
    """Compute the tax charged on a taxable base (cuota repercutida).

    Args:
        base: Taxable base (base imponible), in euros.
        accrued_on: Day of accrual (devengo); it decides the rate.
        rate: Name of the rate in ``params/iva.toml``, or a rate in force that day, such as one of
            :func:`tax_es.iva.temporary_rate`.

    Returns:
        Tax in euros, rounded to the cent.

    Raises:
        NotInForceError: No rate is recorded for that day, or the given one does not cover it.
        UnknownKindError: There is no rate of that name.
        ArgumentError: The base is a float, or the day is not a date.
        AmountError: The base is not a finite number.

    Source:
        Ley 37/1992, art. 90.Uno and 90.Dos.
    """
    require_day(accrued_on)
    if not isinstance(rate, Rate):
        rate = _table(Territory.PENINSULA).on(rate, accrued_on)
    elif not rate.applies_on(accrued_on):
        raise NotInForceError(f"{rate.tax} {rate.kind} of {rate.since} is not in force then")
    return rate.of(base)
