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
from typing import TYPE_CHECKING

from lxml import etree

from einvoice_core.money import parse_decimal, total
from ubl_peppol.syntax import CAC, CBC

if TYPE_CHECKING:
    from ubl_peppol.reading.shapes import Part

__all__ = ["Columns", "Kind", "Kinds"]

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


class Columns:
    """The elements of a line, by what rules ask of their texts: places in document order."""

    __slots__ = ("amounts", "exact", "numbers", "texts")

    def __init__(self, names: Sequence[str], parents: Sequence[int], leaves: Iterable[int]) -> None:
        self.exact: list[int] = []
        self.texts: list[int] = []
        self.amounts: list[int] = []
        self.numbers: list[int] = []
        for place in leaves:
            name = names[place]
            if name.endswith(("PriceAmount", "Quantity")):
                self.numbers.append(place)
            elif name.endswith("Amount"):
                self.amounts.append(place)
            elif name in _TEXTS or (name == _ID and names[parents[place]] not in _CODED):
                self.texts.append(place)
            else:
                self.exact.append(place)

    @staticmethod
    def fit(names: Iterable[str]) -> bool:
        """Whether the norm uses all these elements in lines."""
        return _ORDINARY.issuperset(names)


class Kind:
    """The lines that are alike; the first stands for all of them."""

    __slots__ = ("_elements", "_places", "_sums", "columns", "count")

    def __init__(self, elements: Sequence[etree._Element] = (), places: Iterable[int] = ()) -> None:
        self._elements = elements
        self._places: dict[etree._Element, int] | None = None
        self._sums: dict[etree._Element, Decimal] = {}
        self.count = 0
        """How many lines there are."""
        self.columns: dict[int, list[str]] = {place: [] for place in places}
        """Place of a number in the line → that number in each of the lines."""

    def numbers(self, element: etree._Element) -> Iterator[Decimal] | None:
        """Iterate over the numbers that stand in each line where an element of the first stands."""
        if self._places is None:
            self._places = {each: place for place, each in enumerate(self._elements)}
        column = self.columns.get(self._places.get(element, -1))
        if column is None:
            return None
        # What the first has matches, the others match: that is what made them alike.
        plain = _NUMBER.fullmatch(column[0])
        return map(Decimal if plain else parse_decimal, column)

    def sum(self, element: etree._Element) -> Decimal | None:
        """Add up the numbers that stand in each line where an element of the first stands.

        It is for when all lines are known.
        """
        known = self._sums.get(element)
        if known is None:
            numbers = self.numbers(element)
            if numbers is None:
                return None
            known = self._sums[element] = total(numbers)
        return known


class Kinds:
    """Sorts the lines of a document by kind, as they come."""

    def __init__(self) -> None:
        self._kinds: dict[object, Kind] = {}
        self._lines = 0

    def of(self, line: "Part", columns: Columns | None) -> Kind:
        """Return the kind of a line, which is the first of its kind when its count is 1."""
        self._lines += 1
        if columns is None or (len(self._kinds) > _MANY and len(self._kinds) * 2 > self._lines):
            # Hardly two lines are alike: looking for more costs more than it spares.
            return _alone()
        texts = line.texts
        key = (
            columns,  # those of lines with the same elements
            line.attributes,
            tuple([texts[place] for place in columns.exact]),
            tuple(
                [
                    _AMOUNT.fullmatch(texts[place]) is None and texts[place]
                    for place in columns.amounts
                ]
            ),
            tuple(
                [
                    _NUMBER.fullmatch(texts[place]) is None and texts[place]
                    for place in columns.numbers
                ]
            ),
            tuple([not texts[place] or texts[place].isspace() for place in columns.texts]),
        )
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key] = Kind(line.elements, (*columns.amounts, *columns.numbers))
        kind.count += 1
        for place, column in kind.columns.items():
            column.append(texts[place])
        return kind


_MANY = 200


def _alone() -> Kind:
    kind = Kind()
    kind.count = 1
    return kind
