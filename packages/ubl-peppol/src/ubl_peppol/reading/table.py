"""The path table: which element holds which term, as data, and its compiled form.

The table is matched against the path of an element from the root. Each distinct path is judged
once and remembered in a tree of paths, so that reading a document costs one look-up per element.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

from einvoice_core.errors import BadParameterError
from ubl_peppol.reading.cii_conditions import CII_CONDITIONS
from ubl_peppol.reading.conditions import CONDITIONS, Condition
from ubl_peppol.reading.shapes import Shapes
from ubl_peppol.syntax import CAC, CBC, EXT
from ubl_peppol.syntax_cii import CII_NAMESPACES

__all__ = ["OutsideRow", "Path", "PathTable", "cii_table", "outside_rows", "ubl_table"]

_NAMESPACES = {"cac": CAC, "cbc": CBC, "ext": EXT, **CII_NAMESPACES}
_CONDITIONS = {**CONDITIONS, **CII_CONDITIONS}
_ANY = "*"
_LINES = ("cac:InvoiceLine", "cac:CreditNoteLine")
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
            step.tag in (tag, _ANY)
            for tag, step in zip(path[len(path) - len(steps) :], steps, strict=True)
        )


@dataclass(frozen=True, slots=True)
class _Row:
    kind: str
    id: str
    within: str
    pattern: _Pattern
    own_steps: tuple[_Step, ...]
    attribute: str


class _Opening(NamedTuple):
    """An element that opens a group, with the conditions of it and of elements above it."""

    id: str
    within: str
    conditions: tuple[tuple[int, Condition], ...]


class _Holding(NamedTuple):
    """An element that holds a term, with the conditions of it and of elements above it."""

    id: str
    within: str
    attribute: str
    conditions: tuple[tuple[int, Condition], ...]


@dataclass(frozen=True, slots=True)
class _Outside:
    """A rule that an element or attribute with this path breaks, where the conditions hold."""

    rule: str
    conditions: tuple[tuple[int, Condition], ...]


class Path:
    """What the table says of the elements with one path."""

    __slots__ = (
        "_table",
        "children",
        "groups",
        "inner",
        "named",
        "outside",
        "outside_attributes",
        "steps",
        "terms",
    )

    def __init__(self, table: "PathTable", steps: tuple[str, ...]) -> None:
        self._table = table
        self.steps = steps
        self.children: dict[str, Path] = {}
        self.groups, self.terms = table.actions(steps)
        self.outside, self.outside_attributes = table.outside(steps)
        self.inner = table.is_inner(steps)
        self.named = _named(steps)
        """``Amount`` or ``BinaryObject`` when the name of the elements ends so."""

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


@dataclass(frozen=True, slots=True)
class OutsideRow:
    """A rule that forbids what a syntax has and the norm does not use."""

    rule: str
    severity: str
    path: str


class PathTable:
    """The rows of a path table.

    Args:
        text: Rows that say which element holds which term.
        origin: Where they come from, for errors.
        outside: Rules that forbid what the norm does not use; the walk marks what breaks them.
    """

    def __init__(self, text: str, origin: str, outside: Iterable[OutsideRow] = ()) -> None:
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
        self._outside_by_tag: dict[str, list[_Row]] = defaultdict(list)
        for entry in outside:
            for plain in self._outside_paths(entry):
                for compiled in self._compile(plain, patterns, origin):
                    steps = compiled.pattern.steps
                    self._outside_by_tag[steps[-1].tag if steps else _ANY].append(compiled)
        self.shapes = Shapes()
        """What it said of parts of documents, by their shape."""
        self.root = Path(self, ())
        self.nowhere = Path(self, ("",))
        """Above an element that has no document around it."""

    @staticmethod
    def _outside_paths(entry: OutsideRow) -> Iterator[dict[str, str]]:
        head, _, rest = entry.path.partition("/")
        paths = [f"{line}/{rest}" for line in _LINES] if head == "line" else [entry.path]
        for path in paths:
            yield {"kind": "outside", "id": entry.rule, "within": "document", "path": path}

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
            steps = tuple(_step(name, origin) for name in names if name)
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
            conditions = _conditions(row)
            if row.kind == "group":
                groups[_Opening(row.id, row.within, conditions)] = None
            else:
                terms[_Holding(row.id, row.within, row.attribute, conditions)] = None
        return tuple(groups), tuple(terms)

    def outside(
        self, path: tuple[str, ...]
    ) -> tuple[tuple[_Outside, ...], Mapping[str, tuple[_Outside, ...]]]:
        """Return the rules that an element with this path breaks, and its attributes by name."""
        elements: dict[_Outside, None] = {}
        attributes: dict[str, dict[_Outside, None]] = defaultdict(dict)
        tag = path[-1] if path else ""
        for row in (*self._outside_by_tag.get(tag, ()), *self._outside_by_tag.get(_ANY, ())):
            if row.pattern.matches(path):
                mark = _Outside(row.id, _conditions(row))
                if row.attribute:
                    attributes[row.attribute][mark] = None
                else:
                    elements[mark] = None
        return tuple(elements), {name: tuple(marks) for name, marks in attributes.items()}

    def is_inner(self, path: tuple[str, ...]) -> bool:
        """Whether elements with this path only lead to others that the table names."""
        return (False, path) in self._inner or any(
            (True, path[start:]) in self._inner for start in range(len(path))
        )

    def remember(self) -> bool:
        """Count a path; false when there are too many to keep."""
        self._paths += 1
        return self._paths <= _REMEMBERED


def _named(steps: tuple[str, ...]) -> str:
    if not steps or steps[-1].endswith("PriceAmount"):
        return ""
    return next((end for end in ("Amount", "BinaryObject") if steps[-1].endswith(end)), "")


def _conditions(row: _Row) -> tuple[tuple[int, Condition], ...]:
    return tuple(
        (up, step.condition)
        for up, step in enumerate(reversed(row.own_steps))
        if step.condition is not None
    )


def _step(text: str, origin: str) -> _Step:
    name, _, condition = text.removesuffix("]").partition("[")
    if name == _ANY:
        return _Step(_ANY, CONDITIONS[condition])
    prefix, _, local = name.partition(":")
    if prefix not in _NAMESPACES or (condition and condition not in _CONDITIONS):
        raise BadParameterError(f"{origin}: {text!r} is not a step of a path")
    tag = f"{{{_NAMESPACES[prefix]}}}{local}"
    return _Step(tag, _CONDITIONS[condition] if condition else None)


@cache
def outside_rows() -> tuple[OutsideRow, ...]:
    """Return the rules on what UBL 2.1 has and EN 16931 does not use."""
    return tuple(OutsideRow(**row) for row in csv.DictReader(_lines("reading/ubl_outside.csv")))


@cache
def ubl_table() -> PathTable:
    """Return the table of UBL 2.1."""
    name = "reading/ubl.csv"
    return PathTable("\n".join(_lines(name)), name, outside_rows())


@cache
def cii_table() -> PathTable:
    """Return the table of CII D16B."""
    name = "reading/cii.csv"
    return PathTable("\n".join(_lines(name)), name)


def _lines(name: str) -> list[str]:
    text = resources.files("ubl_peppol").joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
