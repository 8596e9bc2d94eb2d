"""The path table: which element holds which term, as data, and its compiled form.

The table is matched against the path of an element from the root. Each distinct path is judged
once and remembered in a tree of paths, so that reading a document costs one look-up per element.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from einvoice_core.errors import BadParameterError
from ubl_peppol.reading.cii_conditions import CII_CONDITIONS
from ubl_peppol.reading.conditions import CONDITIONS, Condition
from ubl_peppol.syntax import CAC, CBC
from ubl_peppol.syntax_cii import CII_NAMESPACES

__all__ = ["Path", "PathTable", "cii_table", "ubl_table"]

_NAMESPACES = {"cac": CAC, "cbc": CBC, **CII_NAMESPACES}
_CONDITIONS = {**CONDITIONS, **CII_CONDITIONS}
_REMEMBERED = 20_000
"""Paths kept in memory; a document with more (none of a known kind has) is judged step by step."""


@dataclass(frozen=True, slots=True)
class _Step:
    tag: str
    condition: Condition | None


@dataclass(frozen=True, slots=True)
class _Pattern:
    anywhere: bool
    steps: tuple[_Step, ...]

    def matches(self, path: tuple[str, ...]) -> bool:
        steps = self.steps
        if len(path) < len(steps) or (not self.anywhere and len(path) != len(steps)):
            return False
        return all(
            tag == step.tag for tag, step in zip(path[len(path) - len(steps) :], steps, strict=True)
        )


@dataclass(frozen=True, slots=True)
class _Row:
    kind: str
    id: str
    within: str
    pattern: _Pattern
    own_steps: tuple[_Step, ...]
    attribute: str


@dataclass(frozen=True, slots=True)
class _Opening:
    """An element that opens a group, with the conditions of it and of elements above it."""

    id: str
    within: str
    conditions: tuple[tuple[int, Condition], ...]


@dataclass(frozen=True, slots=True)
class _Holding:
    """An element that holds a term, with the conditions of it and of elements above it."""

    id: str
    within: str
    attribute: str
    conditions: tuple[tuple[int, Condition], ...]


class Path:
    """What the table says of the elements with one path."""

    __slots__ = ("_table", "children", "groups", "inner", "steps", "terms")

    def __init__(self, table: "PathTable", steps: tuple[str, ...]) -> None:
        self._table = table
        self.steps = steps
        self.children: dict[str, Path] = {}
        self.groups, self.terms = table.actions(steps)
        self.inner = table.is_inner(steps)

    @property
    def known(self) -> bool:
        """Whether the table speaks of these elements or of what stands in them."""
        return bool(self.groups or self.terms or self.inner)

    def grow(self, tag: str) -> "Path":
        """Return the path of a child."""
        child = Path(self._table, (*self.steps, tag))
        if self._table.remember():
            self.children[tag] = child
        return child


class PathTable:
    """The rows of a path table."""

    def __init__(self, text: str, origin: str) -> None:
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        rows = list(csv.DictReader(lines))
        self.parts: Mapping[str, Mapping[str, str]] = self._parts(rows)
        """Term → its part (such as BT-29-1) → attribute."""
        self._by_tag: dict[str, list[_Row]] = defaultdict(list)
        self._inner: set[tuple[bool, tuple[str, ...]]] = set()
        self._paths = 0
        self.ids: frozenset[str] = frozenset(row["id"] for row in rows)
        patterns: dict[str, list[_Pattern]] = {"document": [_Pattern(False, ())]}
        for row in rows:
            if row["kind"] == "part":
                continue
            for compiled in self._compile(row, patterns, origin):
                self._by_tag[compiled.pattern.steps[-1].tag].append(compiled)
                tags = tuple(step.tag for step in compiled.pattern.steps)
                for length in range(1, len(tags)):
                    self._inner.add((compiled.pattern.anywhere, tags[:length]))
        self.root = Path(self, ())

    @staticmethod
    def _parts(rows: list[dict[str, str]]) -> Mapping[str, Mapping[str, str]]:
        parts: dict[str, dict[str, str]] = defaultdict(dict)
        for row in rows:
            if row["kind"] == "part":
                parts[row["within"]][row["id"]] = row["path"].removeprefix("@")
        return parts

    @staticmethod
    def _compile(
        row: dict[str, str], patterns: dict[str, list[_Pattern]], origin: str
    ) -> Iterator[_Row]:
        found: list[_Pattern] = []
        for alternative in row["path"].split("|"):
            text = alternative.strip()
            anywhere = text.startswith("//")
            *names, last = text.removeprefix("//").split("/")
            attribute = last.removeprefix("@") if last.startswith("@") else ""
            if not attribute:
                names.append(last)
            steps = tuple(_step(name, origin) for name in names)
            parents = [_Pattern(True, ())] if anywhere else patterns.get(row["within"])
            if parents is None:
                raise BadParameterError(f"{origin}: {row['id']} stands in an unknown group")
            for parent in parents:
                pattern = _Pattern(parent.anywhere, (*parent.steps, *steps))
                found.append(pattern)
                yield _Row(row["kind"], row["id"], row["within"], pattern, steps, attribute)
        if row["kind"] == "group":
            patterns.setdefault(row["id"], []).extend(found)

    def actions(self, path: tuple[str, ...]) -> tuple[tuple[_Opening, ...], tuple[_Holding, ...]]:
        """Return the groups that an element with this path opens and the terms it holds."""
        groups: dict[_Opening, None] = {}
        terms: dict[_Holding, None] = {}
        for row in self._by_tag.get(path[-1], ()) if path else ():
            if not row.pattern.matches(path):
                continue
            conditions = tuple(
                (up, step.condition)
                for up, step in enumerate(reversed(row.own_steps))
                if step.condition is not None
            )
            if row.kind == "group":
                groups[_Opening(row.id, row.within, conditions)] = None
            else:
                terms[_Holding(row.id, row.within, row.attribute, conditions)] = None
        return tuple(groups), tuple(terms)

    def is_inner(self, path: tuple[str, ...]) -> bool:
        """Whether elements with this path only lead to others that the table names."""
        return (False, path) in self._inner or any(
            (True, path[start:]) in self._inner for start in range(len(path))
        )

    def remember(self) -> bool:
        """Count a path; false when there are too many to keep."""
        self._paths += 1
        return self._paths <= _REMEMBERED


def _step(text: str, origin: str) -> _Step:
    name, _, condition = text.removesuffix("]").partition("[")
    prefix, _, local = name.partition(":")
    if prefix not in _NAMESPACES or (condition and condition not in _CONDITIONS):
        raise BadParameterError(f"{origin}: {text!r} is not a step of a path")
    tag = f"{{{_NAMESPACES[prefix]}}}{local}"
    return _Step(tag, _CONDITIONS[condition] if condition else None)


@cache
def ubl_table() -> PathTable:
    """Return the table of UBL 2.1."""
    return _table("reading/ubl.csv")


@cache
def cii_table() -> PathTable:
    """Return the table of CII D16B."""
    return _table("reading/cii.csv")


def _table(name: str) -> PathTable:
    text = resources.files("ubl_peppol").joinpath(name).read_text(encoding="utf-8")
    return PathTable(text, name)
