"""The reading of a document: every group and every term that it holds, with its place."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, TypeVar, cast

from lxml import etree

from einvoice_core.findings import Location, Undecided
from einvoice_core.money import total
from ubl_peppol.errors import UnknownDocumentError
from ubl_peppol.reading.table import Path, PathTable, ubl_table
from ubl_peppol.reading.values import Value, collapse, location_of, string_of
from ubl_peppol.syntax import CREDIT_NOTE, INVOICE

__all__ = ["GroupReading", "Reading", "read"]

T = TypeVar("T")
_ROOTS = {f"{{{INVOICE}}}Invoice": False, f"{{{CREDIT_NOTE}}}CreditNote": True}


class GroupReading:
    """One occurrence of a group: its terms and the groups inside it, each 0, 1 or many times."""

    __slots__ = ("_groups", "_values", "element")

    def __init__(self, element: etree._Element) -> None:
        self.element = element
        self._values: dict[str, list[Value]] = {}
        self._groups: dict[str, list[GroupReading]] = {}

    @property
    def location(self) -> Location:
        """Where the group stands."""
        return location_of(self.element)

    @property
    def own(self) -> Value:
        """The text of the group's element itself."""
        return Value(string_of(self.element), self.element)

    def groups(self, group_id: str) -> "list[GroupReading]":
        """Return the groups of that kind directly inside this one, in their order."""
        return self._groups.get(group_id, _NO_GROUPS)

    def values(self, term: str) -> list[Value]:
        """Return every occurrence of a term."""
        return self._values.get(term, _NO_VALUES)

    def exists(self, term: str) -> bool:
        """Whether the term occurs, empty or not."""
        return term in self._values

    def texts(self, term: str) -> tuple[str, ...]:
        """Return every occurrence of a term as its text."""
        return tuple(value.text for value in self.values(term))

    def node(self, term: str) -> "Value | GroupReading":
        """Return the place of a term: its first occurrence, or the group where it is missing."""
        values = self._values.get(term)
        return values[0] if values else self

    def one(self, term: str) -> Value | None:
        """Return the term that may occur once.

        Raises:
            Undecided: It occurs more than once.
        """
        values = self._values.get(term)
        if not values:
            return None
        if len(values) > 1:
            raise Undecided(values[1], f"{term} occurs {len(values)} times here: keep one")
        return values[0]

    def text(self, term: str) -> str:
        """Return the term with its white space collapsed; empty when it does not occur.

        Raises:
            Undecided: It occurs more than once.
        """
        value = self.one(term)
        return "" if value is None else collapse(value.text)

    def raw(self, term: str) -> str:
        """Return the term as it stands; empty when it does not occur.

        Raises:
            Undecided: It occurs more than once.
        """
        value = self.one(term)
        return "" if value is None else value.text

    def amount(self, term: str) -> Decimal | None:
        """Return the term as a decimal; ``None`` when it does not occur.

        Raises:
            Undecided: It occurs more than once, or is not a number.
        """
        value = self.one(term)
        return None if value is None else value.decimal

    def amounts(self, term: str) -> list[Decimal]:
        """Return every occurrence of a term as a decimal.

        Raises:
            Undecided: One of them is not a number.
        """
        return [value.decimal for value in self.values(term)]

    def _add_value(self, term: str, value: Value) -> None:
        values = self._values.get(term)
        if values is None:
            self._values[term] = [value]
        else:
            values.append(value)

    def _add_group(self, group_id: str, group: "GroupReading") -> None:
        groups = self._groups.get(group_id)
        if groups is None:
            self._groups[group_id] = [group]
        else:
            groups.append(group)


_NO_VALUES: list[Value] = []
_NO_GROUPS: list[GroupReading] = []


class Reading:
    """What a document really holds; rules run on it.

    ``reading.groups("BG-25")`` are the groups of a kind wherever the official rules look for them;
    ``reading.document.groups("BG-25")`` only those in their proper place.
    """

    __slots__ = (
        "_cache",
        "_groups",
        "amounts",
        "binary_objects",
        "document",
        "empty",
        "is_credit_note",
        "outside",
        "root",
        "table",
        "unreadable",
    )

    def __init__(self, root: etree._Element, table: PathTable, *, is_credit_note: bool) -> None:
        self.root = root
        self.table = table
        self.is_credit_note = is_credit_note
        self.document = GroupReading(root)
        self.empty: list[etree._Element] = []
        """Elements that hold nothing but white space."""
        self.outside: dict[str, Value] = {}
        """Rule on what the norm does not use → where the document breaks it first."""
        self.amounts: list[etree._Element] = []
        """Elements whose name ends in ``Amount``, whatever their namespace."""
        self.binary_objects: list[etree._Element] = []
        """Elements whose name ends in ``BinaryObject``."""
        self.unreadable: list[Undecided] = []
        """Places where the table could not tell what an element is."""
        self._groups: dict[str, list[GroupReading]] = {"document": [self.document]}
        self._cache: dict[str, Any] = {}

    def groups(self, group_id: str) -> list[GroupReading]:
        """Return every group of that kind, in document order."""
        return self._groups.get(group_id, _NO_GROUPS)

    def values(self, term: str) -> list[Value]:
        """Return every occurrence of a term of the document itself."""
        return self.document.values(term)

    def part(self, value: Value, term: str, part: str) -> str | None:
        """Return a part of a term, such as the scheme ``BT-29-1`` of ``BT-29``."""
        return value.part(self.table.parts[term][part])

    def remember(self, name: str, compute: Callable[["Reading"], T]) -> T:
        """Compute something once for all the rules that need it."""
        if name not in self._cache:
            self._cache[name] = compute(self)
        return cast(T, self._cache[name])

    def sum(self, groups: Iterable[GroupReading], term: str) -> Decimal:
        """Add up a term over groups; a group without it adds nothing.

        Raises:
            Undecided: In one of them it occurs twice, or is not a number.
        """
        return total(amount for group in groups if (amount := group.amount(term)) is not None)


def read(root: etree._Element, table: PathTable | None = None) -> Reading:
    """Read a document in one pass.

    Args:
        root: A UBL 2.1 ``Invoice`` or ``CreditNote``.
        table: The path table; by default that of UBL 2.1.

    Raises:
        UnknownDocumentError: The root is something else.
    """
    is_credit_note = _ROOTS.get(str(root.tag))
    if is_credit_note is None:
        raise UnknownDocumentError(
            f"the root is {str(root.tag)[:200]!r}: a UBL 2.1 Invoice or CreditNote is read here",
            root=str(root.tag),
        )
    table = table or ubl_table()
    reading = Reading(root, table, is_credit_note=is_credit_note)
    _mark(reading, root, table.root)
    _walk(reading, root, table.root, {"document": reading.document})
    if root.find("*") is None and not string_of(root).strip(" \t\r\n"):
        reading.empty.append(root)
    return reading


def _walk(
    reading: Reading,
    element: etree._Element,
    path: Path,
    opened: dict[str, GroupReading | None],
) -> None:
    known = path.children
    for child in element:
        tag = child.tag
        if child.tag.__class__ is not str:
            continue  # a comment or a processing instruction
        here = known.get(tag)
        if here is None:
            here = path.grow(tag)
        if here.named:
            (reading.amounts if here.named == "Amount" else reading.binary_objects).append(child)
        if here.outside or child.attrib:
            _mark(reading, child, here)
        below = _open(reading, child, here, opened) if here.groups else opened
        if len(child):
            if here.terms:
                _hold(reading, child, here, string_of(child), below)
            _walk(reading, child, here, below)
            # A comment is the only thing in it: the element is as empty as without.
            if child.find("*") is None and not string_of(child).strip(" \t\r\n"):
                reading.empty.append(child)
        else:
            text = child.text or ""
            if here.terms:
                _hold(reading, child, here, text, below)
            if not text or not text.strip(" \t\r\n"):
                reading.empty.append(child)


def _mark(reading: Reading, element: etree._Element, path: Path) -> None:
    """Note which rules on what the norm does not use an element and its attributes break."""
    for mark in path.outside:
        if mark.rule not in reading.outside and _all_hold(reading, element, mark.conditions):
            reading.outside[mark.rule] = Value("", element)
    forbidden = path.outside_attributes
    for name, text in element.items():
        for mark in forbidden.get(str(name), ()):
            if mark.rule not in reading.outside and _all_hold(reading, element, mark.conditions):
                reading.outside[mark.rule] = Value(str(text), element, str(name))


def _open(
    reading: Reading,
    element: etree._Element,
    path: Path,
    opened: dict[str, GroupReading | None],
) -> dict[str, GroupReading | None]:
    below = dict(opened)
    group = GroupReading(element)
    places: set[str] = set()
    for opening in path.groups:
        if opening.conditions and not _all_hold(reading, element, opening.conditions):
            if opening.id not in places:
                below[opening.id] = None
            continue
        if opening.id not in places:
            places.add(opening.id)
            reading._groups.setdefault(opening.id, []).append(group)
            below[opening.id] = group
        parent = opened.get(opening.within) if opening.within else None
        if parent is not None and group not in parent.groups(opening.id)[-1:]:
            parent._add_group(opening.id, group)
    return below


def _hold(
    reading: Reading,
    element: etree._Element,
    path: Path,
    text: str,
    opened: dict[str, GroupReading | None],
) -> None:
    value = Value(text, element)
    for holding in path.terms:
        group = opened.get(holding.within)
        if group is None:
            continue
        if holding.conditions and not _all_hold(reading, element, holding.conditions):
            continue
        if holding.attribute:
            content = element.get(holding.attribute)
            if content is None:
                continue
            group._add_value(holding.id, Value(str(content), element, holding.attribute))
        else:
            group._add_value(holding.id, value)


def _all_hold(
    reading: Reading,
    element: etree._Element,
    conditions: tuple[tuple[int, Callable[[etree._Element], bool]], ...],
) -> bool:
    for up, condition in conditions:
        node: etree._Element | None = element
        for _ in range(up):
            node = node.getparent() if node is not None else None
        if node is None:
            return False
        try:
            if not condition(node):
                return False
        except Undecided as verdict:
            reading.unreadable.append(verdict)
            return False
    return True
