"""Messages as plain trees: what stands under each name, without namespaces."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from lxml import etree

__all__ = ["Field", "Tree", "Value", "amount", "day", "leaves", "many", "sub", "text", "tree_of"]

Value: TypeAlias = "str | Tree"
Field: TypeAlias = "str | Tree | Sequence[str | Tree]"
Tree: TypeAlias = "Mapping[str, Field]"
"""Values by local name; a sequence where an element is repeated."""


def tree_of(element: etree._Element) -> Tree:
    """Return what an element holds; blanks around a text go, a text of blanks alone is kept."""
    found: dict[str, list[Value]] = {}
    for child in element:
        name = str(child.tag).rpartition("}")[2]
        value: Value = tree_of(child) if len(child) else _text(child.text or "")
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _text(written: str) -> str:
    # The schema counts blanks: an answer that repeats such a text without them would be invalid.
    return written.strip() or written


def many(tree: Tree, *steps: str) -> list[Tree]:
    """Return every tree at the end of a path, through repeated elements too."""
    here: list[Tree] = [tree]
    for step in steps:
        below: list[Tree] = []
        for each in here:
            value = each.get(step, ())
            values = [value] if isinstance(value, str | Mapping) else value
            below += [v for v in values if isinstance(v, Mapping)]
        here = below
    return here


def sub(tree: Tree, *steps: str) -> Tree:
    """Return the first tree at the end of a path; an empty one without it."""
    return next(iter(many(tree, *steps)), {})


def text(tree: Tree, *steps: str) -> str:
    """Return the text at the end of a path; empty without it."""
    value = sub(tree, *steps[:-1]).get(steps[-1], "")
    if isinstance(value, str):
        return value
    return value[0] if isinstance(value, list) and isinstance(value[0], str) else ""


def amount(tree: Tree, *steps: str) -> Decimal:
    """Return the number at the end of a path; 0 without it."""
    return Decimal(text(tree, *steps) or "0")


def day(tree: Tree, *steps: str) -> date | None:
    """Return the day at the end of a path, whose form has been looked at."""
    stated = text(tree, *steps)
    return date(int(stated[6:]), int(stated[3:5]), int(stated[:2])) if stated else None


def leaves(tree: Tree, *without: str) -> Iterator[str]:
    """Yield the texts of a tree in order, but for those under some names."""
    for name, value in tree.items():
        if name in without:
            continue
        for each in [value] if isinstance(value, str | Mapping) else value:
            if isinstance(each, str):
                yield each
            else:
                yield from leaves(each, *without)
