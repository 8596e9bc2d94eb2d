"""The reading of a document: every group and every term that it holds, with its place."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, TypeVar, cast

from lxml import etree

from einvoice_core.findings import Undecided
from einvoice_core.money import total
from ubl_peppol.errors import UnknownDocumentError
from ubl_peppol.reading.conditions import Condition
from ubl_peppol.reading.group import NO_GROUPS, GroupReading
from ubl_peppol.reading.table import PathTable, cii_table, ubl_table
from ubl_peppol.reading.values import Value
from ubl_peppol.reading.walking import walk, walk_root
from ubl_peppol.syntax import CAC, CREDIT_NOTE, INVOICE
from ubl_peppol.syntax_cii import ROOT as CII_ROOT

__all__ = ["Reading", "read"]

T = TypeVar("T")
_ROOTS = {
    f"{{{INVOICE}}}Invoice": (False, ubl_table),
    f"{{{CREDIT_NOTE}}}CreditNote": (True, ubl_table),
    CII_ROOT: (False, cii_table),
}


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
        walk_root(self)
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
        if not walk_root(sample):
            return sample
        for name in _WALKED:
            setattr(self, name, getattr(sample, name))
        return self

    def apart(self, children: Iterable[etree._Element]) -> "Reading":
        """Read children of the root as if there were no others."""
        apart = Reading(self.root, self.table, is_credit_note=self.is_credit_note, sampling=True)
        apart._open()
        walk(apart, children, self.table.root, {"document": apart.document}, None)
        return apart

    @property
    def keys(self) -> Iterable[str]:
        """What the document holds: groups anywhere, terms of the document, rules it breaks."""
        return (*self._groups, *self.document._values, *self.outside)

    def groups(self, group_id: str) -> list[GroupReading]:
        """Return every group of that kind, in document order."""
        return self._groups.get(group_id, NO_GROUPS)

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
