"""The reading of a document: every group and every term that it holds, with its place."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import repeat
from typing import Any, TypeVar, cast

from lxml import etree

from einvoice_core.findings import Location, Undecided
from einvoice_core.money import total
from ubl_peppol.errors import UnknownDocumentError
from ubl_peppol.reading.conditions import Condition
from ubl_peppol.reading.kinds import Kind, Kinds
from ubl_peppol.reading.table import Path, PathTable, cii_table, ubl_table
from ubl_peppol.reading.values import Value, collapse, location_of, string_of
from ubl_peppol.syntax import CAC, CREDIT_NOTE, INVOICE, LINES
from ubl_peppol.syntax_cii import ROOT as CII_ROOT

__all__ = ["GroupReading", "Reading", "read"]

T = TypeVar("T")
_ROOTS = {
    f"{{{INVOICE}}}Invoice": (False, ubl_table),
    f"{{{CREDIT_NOTE}}}CreditNote": (True, ubl_table),
    CII_ROOT: (False, cii_table),
}


class GroupReading:
    """One occurrence of a group: its terms and the groups inside it, each 0, 1 or many times."""

    __slots__ = ("_groups", "_values", "element", "kind")

    def __init__(self, element: etree._Element, kind: Kind | None = None) -> None:
        self.element = element
        self.kind = kind
        """The lines for which this one, or the one around it, stands in a sample."""
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

    def rows(self, *values: Value | None) -> Iterator[tuple[Decimal | None, ...]]:
        """Yield numbers of this group; in a sample also those of each group it stands for.

        Args:
            *values: Values of this group; ``None`` stays ``None`` in each row.

        Raises:
            Undecided: One of them is not a number.
        """
        own = tuple(None if value is None else value.decimal for value in values)
        if self.kind is None or self.kind.count < 2:
            yield own
            return
        columns = [None if value is None else self.kind.numbers(value.element) for value in values]
        count = self.kind.count
        yield from zip(
            *(
                repeat(number, count) if column is None else column
                for number, column in zip(own, columns, strict=True)
            ),
            strict=True,
        )


_NO_VALUES: list[Value] = []
_NO_GROUPS: list[GroupReading] = []


class Reading:
    """What a document really holds; rules run on it.

    ``reading.groups("BG-25")`` are the groups of a kind wherever the official rules look for them;
    ``reading.document.groups("BG-25")`` only those in their proper place.

    The document is walked when it is first asked. :attr:`sample` is the same document with one line
    of each kind, for rules that cannot tell such lines apart.
    """

    __slots__ = (
        "_cache",
        "_groups",
        "_held",
        "_sample",
        "_sampling",
        "amounts",
        "binary_objects",
        "document",
        "empty",
        "is_credit_note",
        "outside",
        "repeated",
        "root",
        "table",
        "unreadable",
    )

    document: GroupReading
    empty: list[etree._Element]
    """Elements that hold nothing but white space."""
    outside: dict[str, Value]
    """Rule on what the norm does not use → where the document breaks it first."""
    amounts: list[etree._Element]
    """Elements whose name ends in ``Amount``, whatever their namespace."""
    binary_objects: list[etree._Element]
    """Elements whose name ends in ``BinaryObject``."""
    repeated: set[str]
    """Terms that some group has more than once."""
    unreadable: list[Undecided]
    """Places where the table could not tell what an element is."""
    _groups: dict[str, list[GroupReading]]

    def __init__(
        self,
        root: etree._Element,
        table: PathTable,
        *,
        is_credit_note: bool,
        sampling: bool = False,
    ) -> None:
        self.root = root
        self.table = table
        self.is_credit_note = is_credit_note
        self._sampling = sampling
        self._sample: Reading | None = None
        self._held: dict[Condition, dict[etree._Element, bool]] = {}
        self._cache: dict[str, Any] = {}

    @property
    def is_fragment(self) -> bool:
        """Whether the root is an element that stands inside documents."""
        return self.root.tag not in _ROOTS

    @property
    def is_cii(self) -> bool:
        """Whether the document is a Cross Industry Invoice, not UBL."""
        return self.root.tag == CII_ROOT

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the slot holds
        # Only slots that are not set yet come here.
        if name not in _WALKED:
            raise AttributeError(name)
        self._open()
        _walk_root(self)
        return getattr(self, name)

    def _open(self) -> None:
        self.document = GroupReading(self.root)
        self.empty, self.unreadable, self.amounts, self.binary_objects = [], [], [], []
        self.outside = {}
        self.repeated = set()
        self._groups = {} if self.is_fragment else {"document": [self.document]}

    @property
    def sample(self) -> "Reading":
        """The document with one line of each kind, or itself where no two lines are alike."""
        if self._sample is None:
            self._sample = self if self._sampling else self._sampled()
        return self._sample

    def _sampled(self) -> "Reading":
        sample = Reading(self.root, self.table, is_credit_note=self.is_credit_note, sampling=True)
        sample._open()
        if not _walk_root(sample):
            return sample
        for name in _WALKED:
            setattr(self, name, getattr(sample, name))
        return self

    @property
    def keys(self) -> Iterable[str]:
        """What the document holds: groups anywhere, terms of the document, rules it breaks."""
        return (*self._groups, *self.document._values, *self.outside)

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

        A group of a sample adds what all the lines of its kind have.

        Raises:
            Undecided: In one of them it occurs twice, or is not a number.
        """
        return total(_addends(groups, term))


def _addends(groups: Iterable[GroupReading], term: str) -> Iterator[Decimal]:
    for group in groups:
        value = group.one(term)
        if value is not None:
            amount = value.decimal
            together = group.kind.sum(value.element) if group.kind is not None else None
            yield amount if together is None else together


_WALKED = frozenset(
    [
        "amounts",
        "binary_objects",
        "document",
        "empty",
        "outside",
        "repeated",
        "unreadable",
        "_groups",
    ]
)


def read(
    root: etree._Element, table: PathTable | None = None, *, fragments: bool = False
) -> Reading:
    """Read a document; it is walked once, when it is first asked.

    Args:
        root: A UBL 2.1 ``Invoice`` or ``CreditNote``, or a CII D16B ``CrossIndustryInvoice``.
        table: The path table; by default that of the syntax.
        fragments: Whether an aggregate of UBL 2.1 alone is read too (:attr:`Reading.is_fragment`).

    Raises:
        UnknownDocumentError: The root is something else.
    """
    known = _ROOTS.get(str(root.tag))
    if known is None and fragments and etree.QName(root).namespace == CAC:
        # The official rules take what is no Invoice for a credit note.
        known = (True, ubl_table)
    if known is None:
        raise UnknownDocumentError(
            f"the root is {str(root.tag)[:200]!r}: a UBL 2.1 Invoice or CreditNote, or a CII "
            "D16B CrossIndustryInvoice, is read here",
            root=str(root.tag),
        )
    is_credit_note, usual = known
    return Reading(root, table or usual(), is_credit_note=is_credit_note)


def _walk_root(reading: Reading) -> bool:
    """Walk a document, or its sample; return whether all of it was walked."""
    root, path = reading.root, reading.table.root
    opened: dict[str, GroupReading | None] = {"document": reading.document}
    if reading.is_fragment:
        _walk(reading, (root,), reading.table.nowhere, opened, None)
        reading.outside = {}  # what a document may not hold
        return True
    _mark(reading, root, path, root.items())
    whole = True
    if reading._sampling:
        kinds = Kinds()
        for child in root:
            kind = kinds.of(child) if child.tag in LINES else None
            if kind is None or kind.count == 1:
                _walk(reading, (child,), path, opened, kind)
            else:
                whole = False
    else:
        _walk(reading, root, path, opened, None)
    if root.find("*") is None and not string_of(root).strip(" \t\r\n"):
        reading.empty.append(root)
    return whole


def _walk(
    reading: Reading,
    children: Iterable[etree._Element],
    path: Path,
    opened: dict[str, GroupReading | None],
    kind: Kind | None,
) -> bool:
    """Walk elements and what they hold; return whether there were any."""
    known = path.children
    some = False
    for child in children:
        tag = child.tag
        if tag.__class__ is not str:
            continue  # a comment or a processing instruction
        some = True
        here = known.get(tag)
        if here is None:
            here = path.grow(tag)
        if here.named:
            (reading.amounts if here.named == "Amount" else reading.binary_objects).append(child)
        attributes = child.items()
        if attributes or here.outside:
            _mark(reading, child, here, attributes)
        below = _open(reading, child, here, opened, kind) if here.groups else opened
        if len(child):
            if here.terms:
                _hold(reading, child, here, string_of(child), below)
            # Where a comment is the only thing in it, the element is as empty as without.
            inner = _walk(reading, child, here, below, kind)
            if not inner and not string_of(child).strip(" \t\r\n"):
                reading.empty.append(child)
        else:
            text = child.text or ""
            if here.terms:
                _hold(reading, child, here, text, below)
            if not text or not text.strip(" \t\r\n"):
                reading.empty.append(child)
    return some


def _mark(
    reading: Reading,
    element: etree._Element,
    path: Path,
    attributes: Sequence[tuple[str | bytes, str | bytes]],
) -> None:
    """Note which rules on what the norm does not use an element and its attributes break."""
    for mark in path.outside:
        if mark.rule not in reading.outside and _all_hold(reading, element, mark.conditions):
            reading.outside[mark.rule] = Value("", element)
    forbidden = path.outside_attributes
    for name, text in attributes:
        for mark in forbidden.get(str(name), ()):
            if mark.rule not in reading.outside and _all_hold(reading, element, mark.conditions):
                reading.outside[mark.rule] = Value(str(text), element, str(name))


def _open(
    reading: Reading,
    element: etree._Element,
    path: Path,
    opened: dict[str, GroupReading | None],
    kind: Kind | None,
) -> dict[str, GroupReading | None]:
    below = opened.copy()
    group = GroupReading(element, kind)
    registry = reading._groups
    places: set[str] = set()
    for group_id, within, conditions in path.groups:
        if conditions and not _all_hold(reading, element, conditions):
            if group_id not in places:
                below[group_id] = None
            continue
        if group_id not in places:
            places.add(group_id)
            known = registry.get(group_id)
            if known is None:
                registry[group_id] = [group]
            else:
                known.append(group)
            below[group_id] = group
        parent = opened.get(within) if within else None
        if parent is not None:
            known = parent._groups.get(group_id)
            if known is None:
                parent._groups[group_id] = [group]
            elif known[-1] is not group:
                known.append(group)
    return below


def _hold(
    reading: Reading,
    element: etree._Element,
    path: Path,
    text: str,
    opened: dict[str, GroupReading | None],
) -> None:
    value = Value(text, element)
    for term, within, attribute, conditions in path.terms:
        group = opened.get(within)
        if group is None or (conditions and not _all_hold(reading, element, conditions)):
            continue
        held = value
        if attribute:
            content = element.get(attribute)
            if content is None:
                continue
            held = Value(str(content), element, attribute)
        values = group._values.get(term)
        if values is None:
            group._values[term] = [held]
        else:
            values.append(held)
            reading.repeated.add(term)


def _all_hold(
    reading: Reading,
    element: etree._Element,
    conditions: tuple[tuple[int, Condition], ...],
) -> bool:
    for up, condition in conditions:
        node: etree._Element | None = element
        for _ in range(up):
            node = node.getparent() if node is not None else None
        if node is None:
            return False
        known = reading._held.get(condition)
        if known is None:
            known = reading._held[condition] = {}
        holds = known.get(node)
        if holds is None:
            try:
                holds = condition(node)
            except Undecided as verdict:
                reading.unreadable.append(verdict)
                holds = False
            known[node] = holds
        if not holds:
            return False
    return True
