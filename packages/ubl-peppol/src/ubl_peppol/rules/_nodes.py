"""Questions about elements for rules that are bound to the syntax, answered as XPath 2.0 does.

Where the official run would stop, because a function that takes one item meets two,
:class:`~einvoice_core.findings.Undecided` is raised. In the *context* of a published rule such an
error means that the rule looks away: that is :func:`matches`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import cache
from typing import ParamSpec

from lxml import etree

from einvoice_core.findings import Undecided
from ubl_peppol.reading import GroupReading, Value
from ubl_peppol.reading.values import collapse, location_of, string_of
from ubl_peppol.syntax import CAC, CBC

__all__ = [
    "all_hold",
    "anywhere",
    "at",
    "attributes",
    "blank",
    "is_number",
    "matches",
    "nodes",
    "number",
    "one",
    "only",
    "own_text",
    "raw",
    "tag",
    "text",
    "text_nodes",
    "tokens",
]

P = ParamSpec("P")
_NAMESPACES = {"cac": CAC, "cbc": CBC}


@cache
def tag(name: str) -> str:
    """Return the full name of an element, such as ``cbc:ID``."""
    prefix, _, local = name.rpartition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"


@cache
def _steps(path: str) -> tuple[str, ...]:
    return tuple(tag(step) for step in path.split("/"))


def nodes(start: etree._Element | Iterable[etree._Element], path: str) -> list[etree._Element]:
    """Return the elements that a path of child steps leads to, such as ``cac:Party/cbc:ID``."""
    found = [start] if isinstance(start, etree._Element) else list(start)
    for step in _steps(path):
        found = [child for element in found for child in element.iterchildren(step)]
    return found


def anywhere(root: etree._Element, path: str) -> list[etree._Element]:
    """Return the elements with that path, wherever it begins."""
    first, _, rest = path.partition("/")
    found = list(root.iter(tag(first)))
    return nodes(found, rest) if rest else found


def at(element: etree._Element) -> GroupReading:
    """Return the place of an element."""
    return GroupReading(element)


def only(found: Sequence[etree._Element]) -> etree._Element | None:
    """Return the one element there may be.

    Raises:
        Undecided: There are more.
    """
    if len(found) > 1:
        name = etree.QName(found[1]).localname
        raise Undecided(location_of(found[1]), f"{name} occurs {len(found)} times here: keep one")
    return found[0] if found else None


def one(start: etree._Element, path: str) -> etree._Element | None:
    """Return the one element at a path.

    Raises:
        Undecided: There are more.
    """
    return only(nodes(start, path))


def raw(start: etree._Element, path: str) -> str:
    """Return the text of the one element at a path as it stands; empty without it.

    Raises:
        Undecided: There is more than one.
    """
    found = one(start, path)
    return "" if found is None else string_of(found)


def text(start: etree._Element, path: str) -> str:
    """Return the text of the one element at a path with its white space collapsed.

    Raises:
        Undecided: There is more than one.
    """
    return collapse(raw(start, path))


def text_nodes(elements: Iterable[etree._Element]) -> str:
    """Return the one text that stands directly in the elements; empty without it.

    Raises:
        Undecided: There is more than one; a comment in the middle makes two of a text.
    """
    pieces = [
        (element, piece)
        for element in elements
        for piece in (element.text, *(child.tail for child in element))
        if piece
    ]
    if len(pieces) > 1:
        raise Undecided(location_of(pieces[1][0]), "there are two texts here: keep one")
    return pieces[0][1] if pieces else ""


def own_text(value: Value) -> str:
    """Return the text directly in the element of a value, with its white space collapsed.

    Raises:
        Undecided: There are two texts, around an element or a comment.
    """
    return collapse(text_nodes([value.element])) if len(value.element) else value.collapsed


def blank(element: etree._Element) -> bool:
    """Whether an element holds nothing but white space."""
    return not collapse(string_of(element))


def attributes(elements: Iterable[etree._Element], name: str) -> list[str]:
    """Return an attribute of each of the elements that has it."""
    return [str(value) for element in elements if (value := element.get(name)) is not None]


def number(content: str, element: etree._Element) -> Decimal:
    """Return a text as ``number()`` does: anything else is not a number."""
    try:
        return Value(content, element).double
    except Undecided:
        return Decimal("NaN")


def is_number(content: str, element: etree._Element) -> bool:
    """Whether ``number()`` makes a number of a text."""
    return not number(content, element).is_nan()


def tokens(content: str, separator: str) -> list[str]:
    """Split a text as ``tokenize()`` does: of an empty one there are none."""
    return re.split(separator, content) if content else []


def all_hold(*questions: Callable[[], bool]) -> bool:
    """Whether all hold; one that does not is enough to say no, whatever the others are.

    Raises:
        Undecided: None fails, and one of them cannot be told.
    """
    undecided: Undecided | None = None
    for question in questions:
        try:
            if not question():
                return False
        except Undecided as verdict:
            undecided = undecided or verdict
    if undecided is not None:
        raise undecided
    return True


def matches(question: Callable[P, bool], *given: P.args, **named: P.kwargs) -> bool:
    """Whether a context matches; where that cannot be told, the published rule looks away."""
    try:
        return question(*given, **named)
    except Undecided:
        return False
