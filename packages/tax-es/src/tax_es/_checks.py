"""What every function of the package refuses before it computes."""

from datetime import MAXYEAR, MINYEAR, date, datetime
from decimal import Decimal

from tax_es.errors import ArgumentError

__all__ = ["exact", "require_day", "require_year"]


def exact(value: object, what: str) -> Decimal:
    """Return a Decimal or an int as a Decimal.

    Raises:
        ArgumentError: It is a float, a text, or anything else that is not exact by its type.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise ArgumentError(f"{what} is a Decimal, not {type(value).__name__}")
    return Decimal(value)


def require_day(day: object) -> None:
    """Refuse what is not a plain date.

    Raises:
        ArgumentError: An instant falls on different days in different zones, and a text can be
            read in two ways.
    """
    if not isinstance(day, date) or isinstance(day, datetime):
        raise ArgumentError(f"a day is a datetime.date, not {type(day).__name__}")


def require_year(year: object) -> None:
    """Refuse what is no year of the calendar.

    Raises:
        ArgumentError: It is no whole number from 1 to 9999.
    """
    if isinstance(year, bool) or not isinstance(year, int) or not MINYEAR <= year <= MAXYEAR:
        raise ArgumentError(f"a year is a number from {MINYEAR} to {MAXYEAR}")
