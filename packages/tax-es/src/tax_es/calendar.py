"""Working days, and the terms of tax forms: the one calendar of the suite.

Holidays are dated data: a year without data is refused, because a term that ignores a holiday is
wrong. Those recorded are the ones that the whole of Spain keeps; whoever needs those of a community
or a municipality adds them.

Source:
    Ley 39/2015 (BOE-A-2015-10565), art. 30.2 and 30.5; Real Decreto 2001/1983, art. 45; for the
    terms, ``params/deadlines.toml``.
"""

import calendar as _months
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from tax_es._checks import require_day, require_year
from tax_es.errors import ArgumentError, CalendarError, UnknownKindError
from tax_es.parameters import load, series

__all__ = [
    "NATIONAL",
    "Deadline",
    "Period",
    "WorkingDays",
    "deadline",
    "deadlines",
    "icalendar",
    "models",
    "sii_deadline",
]

_PERIOD = re.compile(r"(?:0[1-9]|1[0-2]|[1-4]T|0A)")
_QUARTER_MONTH = {"1T": 3, "2T": 6, "3T": 9, "4T": 12, "0A": 12}


@cache
def _recorded(year: int) -> frozenset[date] | None:
    for entry in series("holidays.toml", "national"):
        if entry.since.year == year:
            return frozenset(entry.value)
    return None


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Which days are working days.

    Args:
        also: Further holidays by year, such as those of a community. For a year that is not
            recorded, they are taken as its whole list.
    """

    also: Mapping[int, frozenset[date]] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def adding(cls, days: Iterable[date]) -> "WorkingDays":
        """Return the calendar of the whole of Spain with further holidays."""
        found: dict[int, set[date]] = {}
        for day in days:
            require_day(day)
            found.setdefault(day.year, set()).add(day)
        return cls(MappingProxyType({year: frozenset(each) for year, each in found.items()}))

    def holidays(self, year: int) -> frozenset[date]:
        """Return the holidays of a year, Sundays apart.

        Raises:
            CalendarError: The year has no data.
        """
        recorded, added = _recorded(year), self.also.get(year)
        if recorded is None and added is None:
            raise CalendarError(
                f"the holidays of {year} are not recorded: add them before asking", year=year
            )
        return (recorded or frozenset()) | (added or frozenset())

    def is_working(self, day: date) -> bool:
        """Whether a day is neither a Saturday, nor a Sunday, nor a holiday.

        Raises:
            CalendarError: The year has no data.
            ArgumentError: The day is not a date.
        """
        require_day(day)
        return day not in self.holidays(day.year) and day.weekday() < 5

    def next_working(self, day: date) -> date:
        """Return the day itself if it is a working day, or else the first one after it.

        Raises:
            CalendarError: A year on the way has no data.
        """
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def add(self, day: date, working_days: int) -> date:
        """Count working days forward, the first day not included.

        Args:
            day: From where to count.
            working_days: How many; not negative.

        Raises:
            CalendarError: A year on the way has no data.
            ArgumentError: The day is not a date, or the number is negative.
        """
        require_day(day)
        if working_days < 0:
            raise ArgumentError("working days are counted forward")
        while working_days:
            day += timedelta(days=1)
            working_days -= self.is_working(day)
        return day

    def between(self, first: date, last: date) -> int:
        """Count the working days after the first day, up to the last one included.

        Raises:
            CalendarError: A year on the way has no data.
        """
        require_day(first)
        require_day(last)
        span = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
        return sum(map(self.is_working, span))


NATIONAL = WorkingDays()
"""Only the holidays that the whole of Spain keeps."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A tax period: a year and ``01`` to ``12``, ``1T`` to ``4T``, or ``0A`` for the whole year."""

    year: int
    code: str

    def __post_init__(self) -> None:
        require_year(self.year)
        if not _PERIOD.fullmatch(self.code):
            raise ArgumentError(f"{self.code!r} is no period: use 01 to 12, 1T to 4T, or 0A")

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read ``2025-1T``, ``2025-07`` or ``2025-0A``.

        Raises:
            ArgumentError: The text is something else, or the year is 0.
        """
        found = re.fullmatch(r"(\d{4})-?(\w{2})", str(text).strip(), re.ASCII)
        if not found:
            raise ArgumentError(f"{text!r} is no period: write it like 2025-1T")
        return cls(int(found[1]), found[2].upper())

    @property
    def is_quarter(self) -> bool:
        """Whether the period is a quarter."""
        return self.code.endswith("T")

    @property
    def first_day(self) -> date:
        """First day of the period."""
        if self.is_quarter:
            return date(self.year, _QUARTER_MONTH[self.code] - 2, 1)
        return date(self.year, 1 if self.code == "0A" else int(self.code), 1)

    @property
    def last_day(self) -> date:
        """Last day of the period."""
        month = _QUARTER_MONTH.get(self.code) or int(self.code)
        return date(self.year, month, _months.monthrange(self.year, month)[1])

    @property
    def is_last_of_year(self) -> bool:
        """Whether the year ends with the period."""
        return self.last_day.month == 12

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    def __str__(self) -> str:
        return f"{self.year}-{self.code}"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The term of a form for a period."""

    model: str
    regime: str
    period: Period
    opens_on: date
    due_on: date
    """Last day, moved to the next working day where the norm says so."""
    direct_debit_until: date | None
    """Last day to order the payment by direct debit, where the form is paid."""
    source: str


def models() -> tuple[str, ...]:
    """Return the forms whose terms are recorded, with their regime, such as ``303.monthly``."""
    return tuple(load("deadlines.toml"))


def deadline(
    model: str,
    period: Period,
    regime: str = "",
    *,
    days: WorkingDays = NATIONAL,
    allow_unverified: bool = False,
) -> Deadline:
    """Return the term of a form for a period.

    Args:
        model: Number of the form, such as ``303``.
        period: The period that is declared.
        regime: ``quarterly``, ``monthly`` or ``annual``; by default that of the period.
        days: The calendar that moves a term which ends on a holiday.
        allow_unverified: Whether a term that carries a mark may be returned.

    Raises:
        UnknownKindError: The form, the regime or the period is not recorded.
        NotInForceError: Nothing is recorded for that year.
        UnverifiedParameter: The term carries a mark.
        CalendarError: The year of the term has no holidays recorded.
    """
    if not regime:
        regime = {"T": "quarterly", "A": "annual"}.get(period.code[-1], "monthly")
    name = f"{model}.{regime}"
    known = models()
    if name not in known:
        raise UnknownKindError(f"no terms of {name} are recorded", known=known)
    entry = series("deadlines.toml", name).on(period.last_day, allow_unverified=allow_unverified)
    rule = next((rule for rule in entry.value if period.code in rule["periods"]), None)
    if rule is None:
        raise UnknownKindError(f"form {model} has no period {period.code} when {regime}")
    last = _day(period.last_day, rule["months"], rule["last"])
    months_open = rule.get("begins", rule["months"])
    due = last if entry.details.get("shift") is False else days.next_working(last)
    before = entry.details.get("debit")
    return Deadline(
        model=model,
        regime=regime,
        period=period,
        opens_on=_day(period.last_day, months_open, rule["first"]),
        due_on=due,
        direct_debit_until=last - timedelta(days=before) if before else None,
        source=entry.source,
    )


def _day(end: date, months: int, day: int) -> date:
    year, month = divmod(end.year * 12 + end.month - 1 + months, 12)
    length = _months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day or length, length))


def deadlines(
    year: int,
    forms: Iterable[str] = ("303", "130", "111", "115", "390", "190", "180", "347"),
    regime: str = "quarterly",
    *,
    days: WorkingDays = NATIONAL,
    allow_unverified: bool = False,
) -> tuple[Deadline, ...]:
    """Return the terms for the periods of a year, in the order of their last day.

    Args:
        year: The year that is declared; terms of its last period lie in the next one.
        forms: Numbers of the forms.
        regime: ``quarterly`` or ``monthly``, for the forms that have periods.
        days: The calendar that moves terms.
        allow_unverified: Whether terms that carry a mark may be returned.

    Raises:
        UnknownKindError: A form is not recorded.
        CalendarError: A year has no holidays recorded.
    """
    quarters = ("1T", "2T", "3T", "4T")
    codes = quarters if regime == "quarterly" else tuple(f"{n:02d}" for n in range(1, 13))
    known = models()
    wanted = [
        (model, code)
        for model in forms
        for code in (("0A",) if f"{model}.annual" in known else codes)
    ]
    found = (
        deadline(model, Period(year, code), days=days, allow_unverified=allow_unverified)
        for model, code in wanted
    )
    return tuple(sorted(found, key=lambda each: (each.due_on, each.model)))


def sii_deadline(day: date, *, days: WorkingDays = NATIONAL) -> date:
    """Return the last day to send an invoice to the SII.

    Args:
        day: Day of issue, or of the accounting entry of a received invoice.
        days: Saturdays, Sundays and national holidays do not count.

    Returns:
        The fourth working day after it.

    Raises:
        CalendarError: The year has no holidays recorded.

    Source:
        RIVA, Real Decreto 1624/1992 (BOE-A-1992-28925), art. 69 bis.
    """
    return days.add(day, 4)


_FEED = {
    "es": ("Modelo", "Domiciliación hasta el {:%d-%m-%Y}. "),
    "en": ("Form", "Direct debit until {:%Y-%m-%d}. "),
}


def icalendar(terms: Iterable[Deadline], *, stamp: date, language: str = "es") -> str:
    """Write terms as a calendar that programs subscribe to (RFC 5545).

    Args:
        terms: What to write; each becomes an event of the whole day.
        stamp: Day on which the calendar is written.
        language: ``es`` or ``en``.

    Returns:
        The text, with CRLF line ends and lines of at most 75 octets.

    Raises:
        ArgumentError: The language is another one.
    """
    if language not in _FEED:
        raise ArgumentError(f"a calendar is written in {' or '.join(_FEED)}, not in {language!r}")
    name, debit_words = _FEED[language]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//einvoice-es//tax-es//{language.upper()}"]
    for term in terms:
        debit = term.direct_debit_until
        words = debit_words.format(debit) if debit else ""
        lines += [
            "BEGIN:VEVENT",
            f"UID:modelo-{term.model}-{term.regime}-{term.period}@tax-es",
            f"DTSTAMP:{stamp:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{term.due_on:%Y%m%d}",
            f"SUMMARY:{name} {term.model}\\, {term.period}",
            f"DESCRIPTION:{_escaped(words + term.source)}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> str:
    """Break a line after 75 octets, never inside a character."""
    parts: list[str] = []
    current = b""
    for char in line:
        octets = char.encode()
        if len(current) + len(octets) > (75 if not parts else 74):
            parts.append(current.decode())
            current = b""
        current += octets
    parts.append(current.decode())
    return "\r\n ".join(parts)
