"""The grammar tables, compiled: which elements a document may hold, and where."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from einvoice_core.errors import BadParameterError
from ubl_peppol.structure.lexical import TYPES, Check, bounded

__all__ = ["Attribute", "Grammar", "Leaf", "Node", "Particle", "grammar_of", "ubl25"]

_ATTRIBUTE = re.compile(r"([A-Za-z]+)(?::([A-Za-z0-9]+))?(?:\{(\d+),(\d*)\})?(?:=([^!]*))?(!?)")
_CHILD = re.compile(r"([A-Za-z0-9:]+?)(?:\(([A-Za-z0-9.]+)\))?([?*+]?)")
_TABLES = ("ubl-2.1", "cii-d16b")


@dataclass(frozen=True, slots=True)
class Attribute:
    """What an attribute may hold."""

    base: str
    check: Check | None
    fixed: str | None
    required: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element that holds a value."""

    name: str
    base: str
    check: Check | None
    attributes: Mapping[str, Attribute]
    required: tuple[str, ...]


@dataclass(slots=True)
class Particle:
    """A child in its place."""

    place: int
    tag: str
    shown: str
    required: bool
    repeats: bool
    after: int
    """Place of the last child before this one that may not be missing; -1 if there is none."""
    kind: "Leaf | Node"


@dataclass(slots=True)
class Node:
    """An element that holds elements."""

    name: str
    one_of: bool = False
    """It holds one of its children, not all in their order."""
    open: bool = False
    """It holds one element of any other namespace."""
    children: dict[str, Particle] = field(default_factory=dict)
    order: list[Particle] = field(default_factory=list)
    last: int = -1
    """Place of the last child that may not be missing."""


class Grammar:
    """The grammar of one syntax."""

    def __init__(self, text: str, origin: str) -> None:
        lines = text.replace("\n  ", " ").splitlines()
        rows = [line.split() for line in lines if line and not line.startswith("#")]
        self.origin = origin
        self.prefixes = {row[1]: row[2] for row in rows if row[0] == "ns"}
        self._leaves = {row[1]: self._leaf(row) for row in rows if row[0] == "leaf"}
        self._nodes = {row[1]: Node(row[1]) for row in rows if row[0] in ("node", "pick")}
        self._usual = {shown: row[1] for row in rows if row[0] == "is" for shown in row[2:]}
        for row in rows:
            if row[0] in ("node", "pick"):
                self._fill(self._nodes[row[1]], row[0] == "pick", row[2:])
        self.roots: Mapping[str, Node] = {
            self.tag(row[1]): self._node(row[1]) for row in rows if row[0] == "root"
        }
        self.known: dict[str, Leaf | Node] = {
            particle.tag: self._kind("", particle.shown)
            for node in self._nodes.values()
            for particle in node.order
        }
        """Tag → what such an element holds where nothing else is said."""

    def tag(self, shown: str) -> str:
        """Return the tag of a name with its prefix."""
        prefix, _, local = shown.partition(":")
        return f"{{{self.prefixes[prefix]}}}{local}"

    def _kind(self, stated: str, shown: str) -> Leaf | Node:
        name = stated or self._usual.get(shown) or shown.partition(":")[2]
        kind = self._leaves.get(name) or self._nodes.get(name)
        if kind is None:
            raise BadParameterError(f"{self.origin}: {shown} has the unknown type {name}")
        return kind

    def _node(self, shown: str) -> Node:
        kind = self._kind("", shown)
        if not isinstance(kind, Node):
            raise BadParameterError(f"{self.origin}: the root {shown} holds no elements")
        return kind

    def _leaf(self, row: list[str]) -> Leaf:
        attributes: dict[str, Attribute] = {}
        for text in row[3:]:
            match = _ATTRIBUTE.fullmatch(text)
            if match is None:
                raise BadParameterError(f"{self.origin}: {text!r} is not an attribute")
            base = match[2] or "token"
            check = TYPES[base]
            if match[3]:
                check = bounded(int(match[3]), int(match[4]) if match[4] else None)
            fixed = None if match[5] is None else match[5].replace("~", " ")
            attributes[match[1]] = Attribute(base, check, fixed, bool(match[6]))
        required = tuple(name for name, entry in attributes.items() if entry.required)
        return Leaf(row[1], row[2], TYPES[row[2]], attributes, required)

    def _fill(self, node: Node, one_of: bool, children: list[str]) -> None:
        node.one_of = one_of
        if children == ["any"]:
            node.open = True
            return
        for text in children:
            match = _CHILD.fullmatch(text)
            if match is None:
                raise BadParameterError(f"{self.origin}: {text!r} is not a child")
            particle = Particle(
                place=len(node.order),
                tag=self.tag(match[1]),
                shown=match[1],
                required=match[3] in ("", "+"),
                repeats=match[3] in ("*", "+"),
                after=node.last,
                kind=self._kind(match[2] or "", match[1]),
            )
            node.order.append(particle)
            node.children[particle.tag] = particle
            if particle.required and not one_of:
                node.last = particle.place


@cache
def _grammars() -> Mapping[str, Grammar]:
    found: dict[str, Grammar] = {}
    for name in _TABLES:
        file = f"structure/{name}.txt"
        text = resources.files("ubl_peppol").joinpath(file).read_text(encoding="utf-8")
        grammar = Grammar(text, file)
        found.update(dict.fromkeys(grammar.roots, grammar))
    return found


def grammar_of(root_tag: str) -> Grammar | None:
    """Return the grammar that has such a root; ``None`` when there is none."""
    return _grammars().get(root_tag)


@cache
def ubl25() -> Grammar:
    """Return the grammar of UBL 2.5; its roots have the names of those of UBL 2.1."""
    file = "structure/ubl-2.5.txt"
    text = resources.files("ubl_peppol").joinpath(file).read_text(encoding="utf-8")
    return Grammar(text, file)
