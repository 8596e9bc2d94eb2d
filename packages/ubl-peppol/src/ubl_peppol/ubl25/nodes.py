"""Elements of UBL 2.5 as rules ask for them, by paths with the prefixes ``cac`` and ``cbc``."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache

from lxml import etree

from einvoice_core.findings import Location, Undecided
from einvoice_core.money import AmountError, parse_decimal, total
from ubl_peppol.reading.values import location_of
from ubl_peppol.ubl25.plan import tag_of

__all__ = ["ZERO", "Node", "summed"]

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
ZERO = Decimal(0)


@cache
def _tags(path: str) -> tuple[str, ...]:
    return tuple(tag_of(step) for step in path.split("/"))


class Node:
    """An element; paths have the prefixes ``cac`` and ``cbc``.

    Every check asks for the same elements: children and texts are looked up once.
    """

    __slots__ = ("_children", "_ones", "_text", "element")

    def __init__(self, element: etree._Element) -> None:
        self.element = element
        self._children: dict[str, list[Node]] | None = None
        self._ones: dict[str, Node | None] = {}
        self._text: str | None = None

    @property
    def location(self) -> Location:
        """Where it stands."""
        return location_of(self.element)

    def _below(self) -> dict[str, list["Node"]]:
        children = self._children
        if children is None:
            children = self._children = {}
            for child in self.element.iterchildren(etree.Element):
                children.setdefault(str(child.tag), []).append(Node(child))
        return children

    def all(self, path: str) -> list["Node"]:
        """Return every element of a path."""
        nodes = [self]
        for tag in _tags(path):
            nodes = [child for node in nodes for child in node._below().get(tag, ())]
        return nodes

    def one(self, path: str) -> "Node | None":
        """Return the first element of a path."""
        ones = self._ones
        if path in ones:
            return ones[path]
        found = ones[path] = self._first(_tags(path), 0)
        return found

    def _first(self, tags: tuple[str, ...], step: int) -> "Node | None":
        if step == len(tags):
            return self
        for child in self._below().get(tags[step], ()):
            found = child._first(tags, step + 1)
            if found is not None:
                return found
        return None

    def at(self, path: str) -> "Node":
        """Return the first element of a path, or this one, to say where."""
        return self.one(path) or self

    def text(self, path: str = "") -> str:
        """Return the text of the first element of a path; empty when there is none."""
        node = self.one(path) if path else self
        if node is None:
            return ""
        if node._text is None:
            node._text = (node.element.text or "").strip()
        return node._text

    def attribute(self, path: str, name: str) -> str:
        """Return an attribute of the first element of a path; empty when there is none."""
        found = self.one(path)
        return "" if found is None else found.element.get(name, "")

    def number(self, path: str = "") -> Decimal | None:
        """Return a number; ``None`` when the element is not there.

        Raises:
            Undecided: It is not a number.
        """
        found = self if not path else self.one(path)
        if found is None:
            return None
        try:
            return parse_decimal(found.text())
        except (AmountError, ValueError) as error:
            raise Undecided(found, f"{found.text()[:60]!r} is not a number: {error}") from None

    def day(self, path: str) -> date | None:
        """Return a day; ``None`` when the element is not there.

        Raises:
            Undecided: It is not a day.
        """
        found = self.one(path)
        if found is None:
            return None
        text = found.text()
        try:
            if _DATE.match(text):
                return date.fromisoformat(text[:10])
        except ValueError:
            pass
        raise Undecided(found, f"{text[:60]!r} is not a day: write YYYY-MM-DD")


def summed(nodes: Iterable[Node], path: str) -> Decimal:
    """Add up a number of several elements; one that is missing counts as nothing."""
    return total(found for each in nodes if (found := each.number(path)) is not None)
