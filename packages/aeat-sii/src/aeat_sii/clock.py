"""The time of the tax agency: that of the Spanish peninsula, whatever the machine says.

The agency compares days ("not after today") in its own time. A server that runs in UTC would be a
day behind between midnight and one or two in the morning.

Source: Directive 2000/84/EC, arts. 2 and 3: summer time from the last Sunday of March to the last
Sunday of October, at one in the morning of universal time.
"""

from datetime import UTC, date, datetime, timedelta, timezone

__all__ = ["in_spain", "now", "told_in_spain"]

_WINTER = timezone(timedelta(hours=1))
_SUMMER = timezone(timedelta(hours=2))


def in_spain(instant: datetime) -> datetime:
    """Tell an instant in the time of the Spanish peninsula.

    Args:
        instant: With its time zone, any.

    Returns:
        The same instant with a fixed difference to universal time, so that adding seconds to it
        and comparing it are safe on the night when the clocks change.
    """
    universal = instant.astimezone(UTC)
    year = universal.year
    begins, ends = _last_sunday(year, 3), _last_sunday(year, 10)
    return universal.astimezone(_SUMMER if begins <= universal < ends else _WINTER)


def told_in_spain(local: datetime) -> datetime:
    """Give its zone to an instant that the agency told without one.

    Args:
        local: As it stands in a message. Of the hour that comes twice, the first one is meant.
    """
    summer = local.replace(tzinfo=_SUMMER)
    return summer if in_spain(summer).tzinfo is _SUMMER else local.replace(tzinfo=_WINTER)


def now() -> datetime:
    """Tell the time of the agency in whole seconds, as records take it."""
    return in_spain(datetime.now(UTC).replace(microsecond=0))


def _last_sunday(year: int, month: int) -> datetime:
    last = date(year, month, 31)
    sunday = last - timedelta(days=(last.weekday() + 1) % 7)
    return datetime(year, month, sunday.day, 1, tzinfo=UTC)
