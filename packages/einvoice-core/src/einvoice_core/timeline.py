"""Values that the law or an authority fixes, each with the day from which it applies.

They live in TOML files, one array of tables for each name::

    [[general]]
    since  = 2012-09-01
    value  = 21.0
    source = "Real Decreto-ley 20/2012 (BOE-A-2012-9364), art. 23.Dos"

Numbers with a point become decimals. A change of law is a new entry; old entries stay.
"""

import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib import resources
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from einvoice_core.errors import BadParameterError, NotInForceError

__all__ = ["Dated", "Timeline", "load_timelines", "parse_timelines"]

T = TypeVar("T")
_OWN_KEYS = frozenset({"since", "until", "value", "source"})


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """A value, the days on which it applies and the text that says so."""

    since: date
    value: T
    source: str
    until: date | None = None
    """Last day, included; ``None`` when the next entry ends it."""
    details: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Further columns of the table, such as a condition or a mark of certainty."""


class Timeline(Generic[T]):
    """The values of one thing in the order of their days.

    Args:
        name: What the values are, for messages.
        entries: In any order; two may not begin on the same day.
    """

    def __init__(self, name: str, entries: Iterable[Dated[T]]) -> None:
        self.name = name
        self._entries = tuple(sorted(entries, key=lambda entry: entry.since))
        self._starts = [entry.since for entry in self._entries]
        for entry, following in zip(self._entries, self._entries[1:], strict=False):
            last = entry.until or entry.since
            if last >= following.since:
                raise BadParameterError(
                    f"{name}: the entries of {entry.since} and {following.since} overlap", name=name
                )
        for entry in self._entries:
            if entry.until is not None and entry.until < entry.since:
                raise BadParameterError(f"{name}: the entry of {entry.since} ends before it starts")

    def __iter__(self) -> Iterator[Dated[T]]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def on(self, day: date) -> Dated[T]:
        """Return the entry that applies on a day.

        Raises:
            NotInForceError: No entry covers that day.
        """
        index = bisect_right(self._starts, day) - 1
        if index >= 0:
            entry = self._entries[index]
            if entry.until is None or day <= entry.until:
                return entry
        raise NotInForceError(f"no value of {self.name} is recorded for {day}", name=self.name)


def load_timelines(package: str, path: str) -> Mapping[str, Timeline[Any]]:
    """Read the timelines of a TOML file that a package carries.

    Args:
        package: Import name, such as ``"tax_es"``.
        path: Path inside the package, such as ``"params/iva.toml"``.

    Raises:
        BadParameterError: A value lacks its day or its source, or two entries overlap.
    """
    text = resources.files(package).joinpath(path).read_text(encoding="utf-8")
    return parse_timelines(text, path)


def parse_timelines(text: str, origin: str = "") -> Mapping[str, Timeline[Any]]:
    """Read timelines from TOML text; the names of nested tables are joined with a point.

    Raises:
        BadParameterError: As for :func:`load_timelines`.
    """
    try:
        tables = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise BadParameterError(f"{origin} is not TOML: {error}") from error
    return MappingProxyType(
        {name: Timeline(name, _entries(name, rows)) for name, rows in _arrays("", tables)}
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


def _entries(name: str, rows: list[dict[str, Any]]) -> Iterator[Dated[Any]]:
    for row in rows:
        missing = sorted({"since", "value", "source"} - row.keys())
        if missing:
            raise BadParameterError(f"{name}: an entry lacks {', '.join(missing)}", name=name)
        if not str(row["source"]).strip():
            raise BadParameterError(f"{name}: the entry of {row['since']} names no source")
        yield Dated(
            since=row["since"],
            until=row.get("until"),
            value=row["value"],
            source=row["source"],
            details=MappingProxyType({k: v for k, v in row.items() if k not in _OWN_KEYS}),
        )
