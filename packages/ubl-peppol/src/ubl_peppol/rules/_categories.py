"""Where a document uses VAT categories: found once, asked by the whole family of rules."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property

from einvoice_core.findings import Undecided
from einvoice_core.money import total
from ubl_peppol.reading import GroupReading, Reading, Value
from ubl_peppol.reading.values import collapse
from ubl_peppol.syntax import CAC

__all__ = ["Categories", "Entry", "categories"]

_INVOICE_LINE = f"{{{CAC}}}InvoiceLine"


def _is_vat(scheme: str) -> bool:
    return scheme == "VAT" or collapse(scheme.upper()) == "VAT"


class Entry:
    """A VAT category somewhere in the document."""

    __slots__ = ("_values", "group", "outer", "rates", "scheme")

    def __init__(
        self, group: GroupReading, outer: GroupReading, code_term: str, rate_term: str
    ) -> None:
        self.group = group
        self.outer = outer
        """The group that has the category: a breakdown, a line; else the category itself."""
        self._values = group.values(code_term)
        self.rates: Sequence[Value] = group.values(rate_term)
        self.scheme = any(_is_vat(value.text) for value in group.values("scheme"))
        """Whether the tax scheme says VAT."""

    @property
    def code(self) -> str:
        """The category without white space around it; empty when it is missing.

        Raises:
            Undecided: There are two.
        """
        if len(self._values) > 1:
            raise Undecided(self._values[1], "the VAT category has two codes: keep one")
        return self._values[0].collapsed if self._values else ""

    @property
    def raw(self) -> tuple[str, ...]:
        """The codes as they are written."""
        return tuple(value.text for value in self._values)

    def count(self, code: str) -> int:
        """How often this names a category under the scheme VAT."""
        return sum(value.collapsed == code for value in self._values) if self.scheme else 0

    def has(self, code: str) -> bool:
        """Whether this names a category under the scheme VAT."""
        return self.count(code) > 0


_NO_ENTRIES: list[Entry] = []


class Categories:
    """Every VAT category of a document, by where it stands."""

    def __init__(self, invoice: Reading) -> None:
        self._invoice = invoice
        document = invoice.document
        self._items: dict[str, list[Entry]] | None = None
        self._lines: tuple[list[GroupReading], list[GroupReading]] | None = None
        self.of_breakdown = [
            Entry(category, breakdown, "category", "rate")
            for breakdown in document.groups("BG-23")
            for category in breakdown.groups("breakdown-category")
        ]
        self.of_lines = [
            Entry(group, group, "BT-151", "BT-152") for group in invoice.groups("BG-30")
        ]
        self.of_allowances_and_charges = _entries(invoice.groups("either-category"))
        self.of_allowances = self.of_charges = _NO_ENTRIES
        self.of_document_allowances = self.of_document_charges = _NO_ENTRIES
        if not self.of_allowances_and_charges:
            return
        self.of_allowances = _entries(invoice.groups("allowance-category"))
        self.of_charges = _entries(invoice.groups("charge-category"))
        self.of_document_allowances = _entries(
            category
            for entry in document.groups("BG-20")
            for category in entry.groups("document-allowance-category")
        )
        self.of_document_charges = _entries(
            category
            for entry in document.groups("BG-21")
            for category in entry.groups("document-charge-category")
        )

    @property
    def anywhere(self) -> list[Entry]:
        """The categories of breakdowns, allowances and charges, wherever they stand."""
        return _entries(self._invoice.groups("tax-category"))

    def of_items_with(self, code: str) -> Sequence[Entry]:
        """The categories of the items of lines that have a code."""
        if self._items is None:
            found: dict[str, list[Entry]] = {}
            for line in self._invoice.groups("BG-25"):
                for group in line.groups("BG-30"):
                    entry = Entry(group, line, "BT-151", "BT-152")
                    found.setdefault(entry.code, []).append(entry)
            self._items = found
        return self._items.get(code, ())

    def of_breakdown_with(self, code: str) -> Iterator[Entry]:
        """The VAT breakdowns of a category."""
        return (entry for entry in self.of_breakdown if entry.scheme and entry.code == code)

    def _lines_of(self, of_invoice: bool) -> list[GroupReading]:
        if self._lines is None:
            self._lines = ([], [])
            for line in self._invoice.document.groups("BG-25"):
                self._lines[line.element.tag != _INVOICE_LINE].append(line)
        return self._lines[not of_invoice]

    @cached_property
    def kinds_of_lines(self) -> tuple[bool, ...]:
        """Which lines the document has anywhere: of an invoice, of a credit note."""
        kinds = {line.element.tag == _INVOICE_LINE for line in self._invoice.groups("BG-25")}
        return tuple(kind for kind in (True, False) if kind in kinds)

    def base(self, code: str, of_invoice: bool) -> Decimal:
        """Lines + charges - allowances of a category, whatever their rate."""
        return self._base(code, of_invoice, None)

    def bases_at(self, code: str, rate: Decimal) -> Iterator[Decimal]:
        """Lines + charges - allowances of a category and rate, one for each kind of line."""
        for of_invoice in (True, False):
            if code == "S":
                applies = self._has_lines(code, rate, of_invoice) or self._has_entry(code, rate)
            else:
                applies = of_invoice in self.kinds_of_lines
            if applies:
                yield self._base(code, of_invoice, rate)

    def _base(self, code: str, of_invoice: bool, rate: Decimal | None) -> Decimal:
        invoice, document = self._invoice, self._invoice.document
        lines = self._lines_of(of_invoice)
        net = invoice.sum([line for line in lines if _line_has(line, code, rate)], "BT-131")
        charges, allowances = document.groups("BG-21"), document.groups("BG-20")
        if not (charges or allowances):
            return net
        added = invoice.sum((entry for entry in charges if _has(entry, code, rate)), "BT-99")
        taken = invoice.sum((entry for entry in allowances if _has(entry, code, rate)), "BT-92")
        return total((net, added, taken.copy_negate()))

    def _has_lines(self, code: str, rate: Decimal, of_invoice: bool) -> bool:
        return any(
            _line_has(line, code, rate)
            for line in self._invoice.groups("BG-25")
            if (line.element.tag == _INVOICE_LINE) == of_invoice
        )

    def _has_entry(self, code: str, rate: Decimal) -> bool:
        entries = self._invoice.groups("allowance-charge")
        return any(_has(entry, code, rate) for entry in entries)


def _line_has(line: GroupReading, code: str, rate: Decimal | None) -> bool:
    """Whether a line has a category, and a rate; published without asking that they be together."""
    vats = line.groups("BG-30")
    if not any(vat.text("BT-151") == code for vat in vats):
        return False
    return rate is None or any(vat.amount("BT-152") == rate for vat in vats)


def _has(entry: GroupReading, code: str, rate: Decimal | None) -> bool:
    """Whether an allowance or charge has a category, and a rate."""
    found = entry.groups("either-category")
    if not any(category.text("category") == code for category in found):
        return False
    return rate is None or any(category.amount("rate") == rate for category in found)


def _entries(groups: "Sequence[GroupReading] | Iterator[GroupReading]") -> list[Entry]:
    return [Entry(group, group, "category", "rate") for group in groups]


def categories(invoice: Reading) -> Categories:
    """Return the categories of a document, found once."""
    return invoice.remember("vat categories", Categories)
