"""What the law fixes, as data: each value with its days, its publication, its state and its text.

A value is asked for by the day of accrual. Asked also *as known on* a day, later texts are left
out, as they were for whoever computed then. A value that depends on a condition, or that was not
confirmed in its source, is not handed out until the caller says so.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from einvoice_core.errors import BadParameterError, NotInForceError
from tax_es._checks import require_day
from tax_es.errors import ConditionError, UnknownKindError, UnverifiedParameter

__all__ = [
    "Parameter",
    "Publication",
    "Series",
    "State",
    "doubts",
    "every",
    "files",
    "load",
    "norm_name",
    "parse",
    "publication",
    "series",
    "version",
]

T = TypeVar("T")
_OWN = frozenset(
    {"since", "until", "value", "source", "mark", "condition", "condition_text", "published"}
)
_REFERENCE = re.compile(r"BOE-A-(\d{4})-\d+")
_UNDATED = frozenset({"eu_vat.toml", "iva_operations.toml", "norms.toml", "provinces.toml"})


class State(StrEnum):
    """How far a value may be relied on, on a day."""

    IN_FORCE = "in force"
    LAPSED = "lapsed"
    """Its last day is past."""
    FUTURE = "future"
    """Its first day is to come."""
    CONDITIONAL = "conditional"
    """It applies only if something that is not recorded here was met."""
    PROVISIONAL = "provisional"
    """It was not confirmed in its source, or was carried forward from another year."""


@dataclass(frozen=True, slots=True)
class Publication:
    """When a text was published: a day, or the first and last on which it may have been."""

    earliest: date
    latest: date

    def known_on(self, day: date) -> bool | None:
        """Whether the text was published by a day; ``None`` when it cannot be told."""
        if day >= self.latest:
            return True
        return False if day < self.earliest else None


@dataclass(frozen=True, slots=True)
class Parameter(Generic[T]):
    """A value that the law fixes.

    Attributes:
        name: File and key, such as ``iva.general``.
        value: Percent, amount in euros, scale or table, as the file's heading says.
        since: First day.
        until: Last day, included; ``None`` while no later text is recorded.
        source: Norm, its reference in the official gazette, and article.
        published: When the newest text that the source names was published.
        mark: Why the value is not confirmed; empty when it is.
        condition: Name of what must be met for the value to apply; empty when nothing must.
        condition_text: The condition in words.
        details: Further columns.
    """

    name: str
    value: T
    since: date
    until: date | None
    source: str
    published: Publication | None = None
    mark: str = ""
    condition: str = ""
    condition_text: str = ""
    details: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def doubts(self) -> tuple[str, ...]:
        """What of the references of the source was not checked in the gazette."""
        return doubts(self.source)

    def applies_on(self, day: date) -> bool:
        """Whether the day lies between the first and the last of the value."""
        return self.since <= day and (self.until is None or day <= self.until)

    def state(self, day: date) -> State:
        """Return how far the value may be relied on, on a day."""
        if self.until is not None and self.until < day:
            return State.LAPSED
        if self.since > day:
            return State.FUTURE
        if self.condition:
            return State.CONDITIONAL
        return State.PROVISIONAL if self.mark else State.IN_FORCE


class Series(Generic[T]):
    """The values of one thing, in the order of their first days.

    Two values may begin on the same day only if they were published on different ones: the later
    text then changed the past, and is left out of what was known before.

    Args:
        name: What the values are, for messages.
        entries: In any order. An entry without a last day ends before the next one begins.
    """

    def __init__(self, name: str, entries: Iterable[Parameter[T]]) -> None:
        self.name = name
        self._open = tuple(sorted(entries, key=lambda entry: (entry.since, _latest(entry))))
        self._closed = _close(name, self._open)

    def __iter__(self) -> Iterator[Parameter[T]]:
        return iter(self._closed)

    def __len__(self) -> int:
        return len(self._closed)

    def renamed(self, name: str) -> "Series[T]":
        """Return the same values under another name for messages."""
        return Series(name, self._open)

    def on(
        self,
        day: date,
        *,
        known_on: date | None = None,
        conditions: Mapping[str, bool] | None = None,
        allow_unverified: bool = False,
    ) -> Parameter[T]:
        """Return the value that applies on a day.

        Args:
            day: Day of accrual.
            known_on: Leave out what was published after this day.
            conditions: Whether each condition was met, by its name.
            allow_unverified: Whether a value that carries a mark may be returned.

        Raises:
            NotInForceError: No value covers that day, or its condition was not met.
            ConditionError: The value depends on a condition that ``conditions`` leaves out.
            UnverifiedParameter: The value carries a mark, or it is not recorded whether it was
                known that day.
            ArgumentError: A day is not a date.
        """
        require_day(day)
        entries = self._closed if known_on is None else self._known(known_on, day)
        found = [entry for entry in entries if entry.applies_on(day)]
        if not found:
            known = f" as known on {known_on}" if known_on else ""
            raise NotInForceError(
                f"no value of {self.name} is recorded for {day}{known}", name=self.name
            )
        return _checked(found[-1], self.name, day, conditions, allow_unverified)

    def _known(self, known_on: date, day: date) -> tuple[Parameter[T], ...]:
        require_day(known_on)
        known: list[Parameter[T]] = []
        for entry in self._open:
            told = entry.published.known_on(known_on) if entry.published else None
            if told is None and entry.since <= day:
                raise UnverifiedParameter(
                    f"it is not recorded whether the {self.name} of {entry.since} was published "
                    f"by {known_on}",
                    kind=self.name,
                    mark="publication not recorded",
                )
            if told:
                known.append(entry)
        return _close(self.name, tuple(known))


def _checked(
    entry: Parameter[T],
    name: str,
    day: date,
    conditions: Mapping[str, bool] | None,
    allow_unverified: bool,
) -> Parameter[T]:
    """Return an entry unless its condition or its mark stands in the way."""
    if entry.condition:
        met = (conditions or {}).get(entry.condition)
        if met is None:
            raise ConditionError(
                f"{name} has {entry.value} on {day} only if {entry.condition_text}: "
                f"say whether {entry.condition!r} was met",
                condition=entry.condition,
                text=entry.condition_text,
            )
        if not met:
            raise NotInForceError(f"the ordinary rate applies to {name} on {day}", name=name)
    if entry.mark and not allow_unverified:
        raise UnverifiedParameter(
            f"{name} of {day} is not confirmed in its source: {entry.mark}",
            kind=name,
            mark=entry.mark,
        )
    return entry


def _latest(entry: Parameter[T]) -> date:
    return entry.published.latest if entry.published else entry.since


def _close(name: str, entries: tuple[Parameter[T], ...]) -> tuple[Parameter[T], ...]:
    """Give each entry its last day; refuse two that claim the same day by the same text."""
    closed: list[Parameter[T]] = []
    for index, entry in enumerate(entries):
        if entry.until is not None and entry.until < entry.since:
            raise BadParameterError(f"{name}: the entry of {entry.since} ends before it starts")
        following = next((e for e in entries[index + 1 :] if e.since > entry.since), None)
        twin = index + 1 < len(entries) and entries[index + 1].since == entry.since
        if twin and _latest(entries[index + 1]) == _latest(entry):
            raise BadParameterError(f"{name}: two entries of {entry.since} overlap", name=name)
        if following and entry.until is not None and entry.until >= following.since:
            raise BadParameterError(
                f"{name}: the entries of {entry.since} and {following.since} overlap", name=name
            )
        last = entry.until or (following.since - timedelta(days=1) if following else None)
        closed.append(replace(entry, until=last) if last != entry.until else entry)
    return tuple(closed)


@cache
def _norms() -> Mapping[str, Mapping[str, Any]]:
    table: Mapping[str, Mapping[str, Any]] = tomllib.loads(_text("norms.toml"))
    return table


def norm_name(reference: str) -> str:
    """Return the name of a norm by its reference in the gazette, or the reference itself."""
    row = _norms().get(reference)
    return str(row["name"]) if row else reference


def doubts(source: str) -> tuple[str, ...]:
    """Return, for each reference of a source that was not checked in the gazette, a sentence."""
    rows = (
        (match.group(), _norms().get(match.group(), {})) for match in _REFERENCE.finditer(source)
    )
    return tuple(
        f"reference {reference} unchecked: {row['unchecked']}"
        for reference, row in rows
        if "unchecked" in row
    )


def publication(source: str, since: date) -> Publication | None:
    """Tell when the newest norm that a source names was published.

    The day comes from ``params/norms.toml``; without a row there, the year of the reference is
    all that is known. Where every norm named is more than a year older than the first day, the
    value came from an amendment that the source does not name: it was known by that first day.

    Returns:
        The days between which it was published; ``None`` when the source names no reference.
    """
    found = [_published(match) for match in _REFERENCE.finditer(source)]
    if not found:
        return None
    earliest, latest = max(e for e, _ in found), max(latest for _, latest in found)
    if since.year > latest.year + 1:
        return Publication(earliest, since)
    return Publication(earliest, latest)


def _published(match: re.Match[str]) -> tuple[date, date]:
    row = _norms().get(match.group())
    if row and "published" in row:
        return row["published"], row["published"]
    year = int(match.group(1))
    return date(year, 1, 1), date(year, 12, 31)


def _text(file: str) -> str:
    return resources.files("tax_es").joinpath(f"params/{file}").read_text(encoding="utf-8")


@cache
def load(file: str) -> Mapping[str, Series[Any]]:
    """Read a file of ``params``; names of nested tables are joined with a point.

    Raises:
        BadParameterError: A value lacks its day or its source, or two overlap.
    """
    return parse(_text(file), file.removesuffix(".toml"))


def parse(text: str, origin: str) -> Mapping[str, Series[Any]]:
    """Read series from TOML text; as :func:`load`, for a text at hand."""
    try:
        tables = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise BadParameterError(f"{origin} is not TOML: {error}") from error
    return MappingProxyType(
        {name: Series(name, _entries(origin, name, rows)) for name, rows in _arrays("", tables)}
    )


def _arrays(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for key, value in table.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            yield from _arrays(f"{name}.", value)
        elif isinstance(value, list) and all(isinstance(row, dict) for row in value):
            yield name, value
        else:
            raise BadParameterError(f"{name} is not a dated value: write it as [[{name}]]")


def _entries(origin: str, name: str, rows: list[dict[str, Any]]) -> Iterator[Parameter[Any]]:
    for row in rows:
        missing = sorted({"since", "value", "source"} - row.keys())
        if missing:
            raise BadParameterError(f"{name}: an entry lacks {', '.join(missing)}", name=name)
        if not str(row["source"]).strip():
            raise BadParameterError(f"{name}: the entry of {row['since']} names no source")
        stated = row.get("published")
        yield Parameter(
            name=f"{origin}.{name}",
            value=row["value"],
            since=row["since"],
            until=row.get("until"),
            source=row["source"],
            published=Publication(stated, stated)
            if stated
            else publication(row["source"], row["since"]),
            mark=row.get("mark", ""),
            condition=row.get("condition", ""),
            condition_text=row.get("condition_text", ""),
            details=MappingProxyType({k: v for k, v in row.items() if k not in _OWN}),
        )


def series(file: str, name: str) -> Series[Any]:
    """Return one series of a file.

    Raises:
        UnknownKindError: The file has no such series; ``details["known"]`` lists the names.
    """
    table = load(file)
    if name not in table:
        known = tuple(table)
        raise UnknownKindError(f"{file.removesuffix('.toml')} has no {name!r}", known=known)
    return table[name]


def files() -> tuple[str, ...]:
    """Return the names of the files with dated values."""
    folder = resources.files("tax_es").joinpath("params")
    names = sorted(path.name for path in folder.iterdir() if path.name.endswith(".toml"))
    return tuple(name for name in names if name not in _UNDATED)


def every() -> Iterator[Parameter[Any]]:
    """Yield every dated value of the package."""
    for file in files():
        for values in load(file).values():
            yield from values


@cache
def version() -> str:
    """Return the SHA-256 of all files of parameters: equal versions give equal results."""
    folder = resources.files("tax_es").joinpath("params")
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        if path.name.endswith(".toml"):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
