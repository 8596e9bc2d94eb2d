"""One occurrence of a group of the norm in a document."""

from collections.abc import Iterator, Set
from decimal import Decimal
from itertools import repeat

from lxml import etree

from einvoice_core.findings import Location, Undecided
from ubl_peppol.reading.kinds import Kind
from ubl_peppol.reading.values import Value, collapse, location_of, string_of

__all__ = ["NO_GROUPS", "NO_VALUES", "GroupReading"]


class GroupReading:
    """One occurrence of a group: its terms and the groups inside it, each 0, 1 or many times."""

    __slots__ = ("_groups", "_values", "element", "kind")

    def __init__(
        self,
        element: etree._Element,
        kind: Kind | None = None,
        values: dict[str, list[Value]] | None = None,
    ) -> None:
        self.element = element
        self.kind = kind
        """The lines for which this one, or the one around it, stands in a sample."""
        self._values: dict[str, list[Value]] = {} if values is None else values
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
        return self._groups.get(group_id, NO_GROUPS)

    def values(self, term: str) -> list[Value]:
        """Return every occurrence of a term."""
        return self._values.get(term, NO_VALUES)

    def exists(self, term: str) -> bool:
        """Whether the term occurs, empty or not."""
        return term in self._values

    def has(self, terms: Set[str], groups: Set[str]) -> bool:
        """Whether each of the terms and each of the groups occurs."""
        return self._values.keys() >= terms and (not groups or self._groups.keys() >= groups)

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


NO_VALUES: list[Value] = []
NO_GROUPS: list[GroupReading] = []
