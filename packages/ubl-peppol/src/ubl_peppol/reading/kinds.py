"""Lines that are alike: rules judge one of each kind instead of thousands.

Most lines of a long invoice have the same elements, attributes and codes and differ in numbers,
identifiers and texts. Two lines are *alike* when no rule of the norm can tell them apart but by
adding up: the same elements in the same order, the same attributes, the same codes, percentages,
indicators and dates; where one has a plain positive number the other has one as well, and where one
has a blank text so has the other. Anything unusual in a line (an element that the norm does not use
in lines, a comment, ``1e3``) makes it a kind of its own.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cached_property

from lxml import etree

from einvoice_core.money import parse_decimal, total
from ubl_peppol.syntax import CAC, CBC

__all__ = ["Kind", "Kinds"]

_GROUPS = """
InvoiceLine CreditNoteLine InvoicePeriod OrderLineReference DocumentReference AllowanceCharge Item
BuyersItemIdentification SellersItemIdentification StandardItemIdentification OriginCountry
CommodityClassification TaxScheme ClassifiedTaxCategory AdditionalItemProperty Price
"""
_LEAVES = """
ID Note InvoicedQuantity CreditedQuantity LineExtensionAmount AccountingCost StartDate EndDate
LineID DocumentTypeCode ChargeIndicator AllowanceChargeReasonCode AllowanceChargeReason
MultiplierFactorNumeric Amount BaseAmount Description Name IdentificationCode
ItemClassificationCode Percent Value PriceAmount BaseQuantity
"""
_FREE = """
Note Name Description Value AccountingCost LineID ItemClassificationCode AllowanceChargeReason
"""
_ORDINARY = frozenset(
    [f"{{{CAC}}}{name}" for name in _GROUPS.split()]
    + [f"{{{CBC}}}{name}" for name in _LEAVES.split()]
)
"""What the norm uses in lines."""
_TEXTS = frozenset(f"{{{CBC}}}{name}" for name in _FREE.split())
_ID = f"{{{CBC}}}ID"
_CODED = (f"{{{CAC}}}TaxScheme", f"{{{CAC}}}ClassifiedTaxCategory")
_AMOUNT = re.compile(r"(?=[0.]*[1-9])[0-9]{1,18}(?:\.[0-9]{1,2})?", re.ASCII)
_NUMBER = re.compile(r"(?=[0.]*[1-9])[0-9]{1,18}(?:\.[0-9]{1,18})?", re.ASCII)
_Names = tuple[str, ...]
_Counts = tuple[int, ...]


class _Shape:
    """The elements of a line, in document order, sorted by what rules ask of their texts."""

    __slots__ = ("amounts", "exact", "numbers", "texts")

    def __init__(self, names: _Names, counts: _Counts) -> None:
        parents = _parents(counts)
        self.exact: list[int] = []
        self.texts: list[int] = []
        self.amounts: list[int] = []
        self.numbers: list[int] = []
        for place, (name, count) in enumerate(zip(names, counts, strict=True)):
            if count:
                continue
            if name.endswith(("PriceAmount", "Quantity")):
                self.numbers.append(place)
            elif name.endswith("Amount"):
                self.amounts.append(place)
            elif name in _TEXTS or (name == _ID and names[parents[place]] not in _CODED):
                self.texts.append(place)
            else:
                self.exact.append(place)


def _parents(counts: _Counts) -> list[int]:
    parents: list[int] = []
    open_: list[list[int]] = []
    for place, count in enumerate(counts):
        while open_ and not open_[-1][1]:
            open_.pop()
        parents.append(open_[-1][0] if open_ else -1)
        if open_:
            open_[-1][1] -= 1
        open_.append([place, count])
    return parents


class Kind:
    """The lines that are alike; the first stands for all of them."""

    __slots__ = ("__dict__", "_elements", "columns", "count")

    def __init__(self, elements: Sequence[etree._Element] = (), places: Iterable[int] = ()) -> None:
        self._elements = elements
        self.count = 0
        """How many lines there are."""
        self.columns: dict[int, list[str]] = {place: [] for place in places}
        """Place of a number in the line → that number in each of the lines."""

    @cached_property
    def _places(self) -> dict[etree._Element, int]:
        return {element: place for place, element in enumerate(self._elements)}

    def numbers(self, element: etree._Element) -> Iterator[Decimal] | None:
        """Iterate over the numbers that stand in each line where an element of the first stands."""
        column = self.columns.get(self._places.get(element, -1))
        if column is None:
            return None
        # What the first has matches, the others match: that is what made them alike.
        plain = _NUMBER.fullmatch(column[0])
        return map(Decimal if plain else parse_decimal, column)

    def sum(self, element: etree._Element) -> Decimal | None:
        """Add up the numbers that stand in each line where an element of the first stands."""
        numbers = self.numbers(element)
        return None if numbers is None else total(numbers)


class Kinds:
    """Sorts the lines of a document by kind, as they come."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[_Names, _Counts], _Shape | None] = {}
        self._kinds: dict[object, Kind] = {}
        self._lines = 0

    def of(self, line: etree._Element) -> Kind:
        """Return the kind of a line, which is the first of its kind when its count is 1."""
        self._lines += 1
        if len(self._kinds) > _MANY and len(self._kinds) * 2 > self._lines:
            # Hardly two lines are alike: looking for more costs more than it spares.
            return _alone()
        elements = list(line.iter("*"))
        names = tuple([str(element.tag) for element in elements])
        counts = tuple([len(element) for element in elements])
        structure = (names, counts)
        try:
            shape = self._shapes[structure]
        except KeyError:
            ordinary = _ORDINARY.issuperset(names) and sum(counts) == len(counts) - 1
            shape = self._shapes[structure] = _Shape(names, counts) if ordinary else None
        if shape is None:
            return _alone()
        texts = [element.text or "" for element in elements]
        amount, number = _AMOUNT.fullmatch, _NUMBER.fullmatch
        key = (
            structure,
            tuple([tuple(element.items()) for element in elements]),
            tuple([texts[place] for place in shape.exact]),
            tuple([amount(texts[place]) is not None or texts[place] for place in shape.amounts]),
            tuple([number(texts[place]) is not None or texts[place] for place in shape.numbers]),
            tuple([not texts[place] or texts[place].isspace() for place in shape.texts]),
        )
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key] = Kind(elements, (*shape.amounts, *shape.numbers))
        kind.count += 1
        for place, column in kind.columns.items():
            column.append(texts[place])
        return kind


_MANY = 200


def _alone() -> Kind:
    kind = Kind()
    kind.count = 1
    return kind
