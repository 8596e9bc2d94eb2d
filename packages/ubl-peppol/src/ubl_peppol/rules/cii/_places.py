"""The table of the syntax rules of CII, compiled into a tree of paths.

Which rules judge an element depends on its path alone, so each path is worked out once and kept;
a document is then one walk with one look-up for each element.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from lxml import etree

from einvoice_core.errors import BadParameterError
from ubl_peppol.syntax_cii import CII_NAMESPACES, ROOT

__all__ = ["Place", "Row", "Walked", "rows", "sections", "walk"]

_REMEMBERED = 20_000
"""Paths kept in memory; a document with more (none of a known kind has) is judged step by step."""
_NEEDS = {
    "CII-SR-046": "GlobalID",
    "CII-SR-090": "OriginTradeCountry",
    "CII-SR-119": "GrossPriceProductTradePrice",
    "CII-SR-474": "AdditionalReferencedDocument",
    "CII-DT-015": "URIID",
    "CII-DT-018": "TypeCode",
    "CII-DT-021": "Name",
    "CII-DT-022": "AttachmentBinaryObject",
    "CII-DT-024": "ReferenceTypeCode",
    "CII-DT-037": "TypeCode",
}
"""Rules with a function of their own that say nothing where a child is not there."""
_RAM = f"{{{CII_NAMESPACES['ram']}}}"


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: what it demands of the elements of its section."""

    id: str
    severity: str
    kind: str
    """``absent``, ``at most one``, ``exactly one``, ``present``, or ``own``."""
    but: str
    """An absent thing may be there where the element is this one, or is inside it."""
    inside: bool
    path: str
    """From the element, with prefixes; empty for a rule with a function of its own."""
    steps: tuple[str, ...]
    attribute: str


@dataclass(frozen=True, slots=True)
class _Section:
    """The elements that a group of rules judges."""

    title: str
    paths: tuple[tuple[str, ...], ...]
    ends: tuple[tuple[str, ...], ...]
    suffix: str
    any_namespace: bool
    rows: tuple[Row, ...]

    def judges(self, path: tuple[str, ...]) -> bool:
        if path in self.paths:
            return True
        if any(path[-len(end) :] == end for end in self.ends):
            return True
        if not self.suffix or not path:
            return False
        tag = path[-1]
        if not self.any_namespace and not tag.startswith(_RAM):
            return False
        local = tag.rpartition("}")[2]
        return local.endswith(self.suffix) and local != "TaxTotalAmount"


@dataclass(slots=True)
class Place:
    """What the table says of the elements with one path."""

    path: tuple[str, ...]
    section: _Section | None
    children: dict[str, "Place"] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    """Rules that an element with this path breaches by being there."""
    attributes: tuple[tuple[str, str], ...] = ()
    """Attributes that must not be there, each with its rule."""
    judged: tuple[tuple[Row, str], ...] = ()
    """Rules to be asked of the element itself, each with the child without which it is silent."""


@dataclass(slots=True)
class Walked:
    """What one walk through a document found."""

    breaches: dict[str, list[tuple[etree._Element, str]]] = field(default_factory=dict)
    """Rule → the elements that must not be there, or whose attribute must not be."""
    judged: dict[str, list[etree._Element]] = field(default_factory=dict)
    """Rule → the elements that it must be asked of."""


def _steps(text: str) -> tuple[str, ...]:
    found = []
    for step in text.split("/"):
        prefix, _, local = step.partition(":")
        found.append(f"{{{CII_NAMESPACES[prefix]}}}{local}")
    return tuple(found)


def _section(title: str, lines: list[str]) -> _Section:
    paths: list[tuple[str, ...]] = []
    ends: list[tuple[str, ...]] = []
    suffix = ""
    for alternative in title.split(" | "):
        if alternative.startswith("…"):
            suffix = alternative[1:]
        elif alternative.startswith("//"):
            ends.append(_steps(alternative[2:]))
        elif alternative == ".":
            paths.append((ROOT,))
        else:
            paths.append((ROOT, *_steps(alternative)))
    return _Section(
        title,
        tuple(paths),
        tuple(ends),
        suffix,
        suffix == "DocumentContextParameter",
        tuple(_row(line) for line in lines),
    )


def _row(line: str) -> Row:
    rule, severity, kind, path = line.split(",")
    names, _, attribute = path.partition("@")
    names = names.removesuffix("/")
    kind, _, but = kind.partition(" unless " if " unless " in kind else " outside ")
    inside = " outside " in line
    steps = _steps(names) if names else ()
    return Row(rule, severity, kind, _steps(but)[0] if but else "", inside, path, steps, attribute)


@cache
def _sections() -> tuple[_Section, ...]:
    name = "rules/cii/syntax.csv"
    text = resources.files("ubl_peppol").joinpath(name).read_text(encoding="utf-8")
    sections: list[_Section] = []
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if not lines:
            continue
        if not lines[0].startswith("["):
            raise BadParameterError(f"{name}: {lines[0]!r} is not the title of a section")
        sections.append(_section(lines[0][1:-1], lines[1:]))
    return tuple(sections)


def sections() -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """Return the sections of the table: what names their elements, and their rules."""
    return tuple((section.title, section.rows) for section in _sections())


def rows() -> tuple[Row, ...]:
    """Return the rules of the table in their order."""
    return tuple(row for section in _sections() for row in section.rows)


@cache
def _root() -> Place:
    return _place((), {})


def _place(path: tuple[str, ...], known: Mapping[int, _Section | None]) -> Place:
    section = next((s for s in _sections() if path and s.judges(path)), None)
    absent: list[str] = []
    attributes: list[tuple[str, str]] = []
    for length, above in {**known, len(path): section}.items():
        if above is None:
            continue
        below = path[length:]
        for row in above.rows:
            if row.but and row.but in (path[:length] if row.inside else path[length - 1 : length]):
                continue
            if row.kind == "absent" and row.steps == below:
                if row.attribute:
                    attributes.append((row.attribute, row.id))
                elif below:
                    absent.append(row.id)
    judged: tuple[tuple[Row, str], ...] = ()
    if section is not None:
        judged = tuple(
            (row, _RAM + _NEEDS[row.id] if row.id in _NEEDS else "")
            for row in section.rows
            if row.kind != "absent"
        )
    return Place(path, section, {}, tuple(absent), tuple(attributes), judged)


def _grow(place: Place, trail: list[Place], tag: str) -> Place:
    known = {len(above.path): above.section for above in (*trail, place)}
    child = _place((*place.path, tag), known)
    if _kept() < _REMEMBERED:
        place.children[tag] = child
        _COUNT[0] += 1
    return child


_COUNT = [0]


def _kept() -> int:
    return _COUNT[0]


def walk(root: etree._Element) -> Walked:
    """Walk through a document once."""
    found = Walked()
    start = _root()
    tag = str(root.tag)
    place = start.children.get(tag) or _grow(start, [], tag)
    _judge(root, place, found)
    _descend(root, place, [start], found)
    return found


def _descend(element: etree._Element, place: Place, trail: list[Place], found: Walked) -> None:
    children = place.children
    trail.append(place)
    for child in element:
        tag = child.tag
        if tag.__class__ is not str:
            continue
        here = children.get(tag)
        if here is None:
            here = _grow(place, trail[:-1], tag)
        if here.absent or here.attributes or here.judged:
            _judge(child, here, found)
        if len(child):
            _descend(child, here, trail, found)
    trail.pop()


def _judge(element: etree._Element, place: Place, found: Walked) -> None:
    for rule in place.absent:
        found.breaches.setdefault(rule, []).append((element, ""))
    if place.attributes and element.keys():
        for name, rule in place.attributes:
            if element.get(name) is not None:
                found.breaches.setdefault(rule, []).append((element, name))
    if place.judged:
        tags: list[object] = [child.tag for child in element]
        for row, needs in place.judged:
            if _has_a_say(row, needs, tags):
                found.judged.setdefault(row.id, []).append(element)


def _has_a_say(row: Row, needs: str, tags: list[object]) -> bool:
    """Whether a rule could be breached, seen from the names of the children."""
    if needs:
        return needs in tags
    if row.kind == "own":
        return True
    count = tags.count(row.steps[0])
    if len(row.steps) > 1:
        return count > 0 or row.kind != "at most one"
    if row.kind == "at most one":
        return count > 1
    return count != 1 if row.kind == "exactly one" else count == 0
