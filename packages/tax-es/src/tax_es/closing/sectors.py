"""Differentiated sectors: deductions by the prorrata of each, and what the year says of them.

Source:
    LIVA, Ley 37/1992 (BOE-A-1992-28740), arts. 9.1.c, 101 and 102 to 106; record designs of forms
    303 (page 5) and 390 (pages 7 and 8).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from einvoice_core.money import round_to
from tax_es._checks import exact
from tax_es.closing.result import Sums
from tax_es.errors import FormError
from tax_es.iva import operations, prorata
from tax_es.ledger.entries import Bought, Issued, Received, Use
from tax_es.trace import Step

__all__ = ["LISTS_303", "LISTS_390", "PRORRATAS_303", "BySector", "Sector", "checked"]

_ZERO = Decimal(0)
_HUNDRED = Decimal(100)
_ARTICLE = "LIVA, art. 101"


@dataclass(frozen=True, slots=True)
class Sector:
    """How the tax of a sector is deducted.

    Attributes:
        percent: Prorrata of the sector that the period uses, 0 to 100; all by default.
        definitive: Prorrata of the whole year, for what the last form says of the year; by default
            that of the operations of the sector, rounded up.
        special: Whether the sector uses the special prorrata.
        regularisation: Of its investment goods, in euros; positive when more is deducted.
    """

    percent: Decimal = _HUNDRED
    definitive: Decimal | None = None
    special: bool = False
    regularisation: Decimal = _ZERO


def checked(sectors: Mapping[int, Sector]) -> Mapping[int, Sector]:
    """Return the sectors of a form.

    Raises:
        FormError: A number is not 1 to 9, or a percentage not 0 to 100.
        ArgumentError: A percentage is a float.
    """
    for number, sector in sectors.items():
        percents = (sector.percent, _ZERO if sector.definitive is None else sector.definitive)
        if not 1 <= number <= 9 or any(not 0 <= exact(p, "a prorrata") <= 100 for p in percents):
            raise FormError("a sector is a number of 1 to 9 with a prorrata of 0 to 100")
        exact(sector.regularisation, "a regularisation")
    return sectors


def _list(first: int, *, corrected: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the boxes of a sector: pairs of base and quota of each row, regularisation and sum."""
    if not corrected:
        return tuple(str(first + n) for n in range(18))
    rows = [str(first + n) for n in range(14)]
    return (*rows, corrected[0], *(str(first + n) for n in (14, 15, 16)))


LISTS_303 = (_list(700), _list(718))
"""Boxes of the sectors on page 5 of form 303."""
LISTS_390 = (_list(139, corrected=("640",)), _list(156, corrected=("641",)),
             _list(173, corrected=("642",)))  # fmt: skip
"""Boxes of the sectors on page 8 of form 390."""
PRORRATAS_303 = tuple(
    (str(first + 1), str(first + 2), str(first + 4)) for first in range(500, 525, 5)
)
"""Boxes of the operations of an activity, of those with right to deduct, and of its prorrata."""

_ROWS = {
    (Bought.DOMESTIC, False): 0,
    (Bought.DOMESTIC, True): 1,
    (Bought.REVERSE_CHARGE, False): 0,
    (Bought.REVERSE_CHARGE, True): 1,
    (Bought.IMPORT, False): 2,
    (Bought.IMPORT, True): 3,
    (Bought.ACQUISITION, False): 4,
    (Bought.ACQUISITION, True): 5,
}
_FARMING, _CORRECTED = 6, 7
_WORDS = (
    ("operaciones interiores corrientes", "domestic purchases"),
    ("operaciones interiores con bienes de inversión", "domestic investment goods"),
    ("importaciones de bienes corrientes", "imports"),
    ("importaciones de bienes de inversión", "imports of investment goods"),
    ("adquisiciones intracomunitarias corrientes", "acquisitions in the Union"),
    ("adquisiciones intracomunitarias de bienes de inversión", "investment goods of the Union"),
    ("compensaciones agrarias", "compensations to farmers"),
    ("rectificación de deducciones", "corrected deductions"),
)


class BySector:
    """Adds up the entries of a year by sector.

    Args:
        sectors: The sectors by number.
        keep_entries: Whether the entries behind each figure are remembered.
    """

    def __init__(self, sectors: Mapping[int, Sector], *, keep_entries: bool = True) -> None:
        self._sectors = checked(sectors)
        self._sums = Sums(keep_entries=keep_entries)

    def issued(self, entry: Issued) -> None:
        """Add an operation; investment goods sold are left out of a prorrata (art. 104.Tres.3).

        Raises:
            FormError: Its sector is not described.
        """
        if not entry.sector or entry.investment_good:
            return
        self.of(entry)
        kind = operations.by_name(entry.operation)
        self._sums.add(f"all {entry.sector}", entry.taxable_base, entry.id)
        if kind.gives_right:
            self._sums.add(f"right {entry.sector}", entry.taxable_base, entry.id)

    def received(self, entry: Received) -> None:
        """Add a purchase.

        Raises:
            FormError: Its sector is not described.
        """
        if not entry.sector:
            return
        sector, share = self.of(entry), entry.deductible_percent
        if sector.special and entry.use is Use.NO_RIGHT:
            return
        if not share or entry.operation in (Bought.EXEMPT, Bought.NOT_SUBJECT):
            return
        row = _ROWS.get((entry.operation, entry.investment_good), _FARMING)
        if entry.modifies:
            row = _CORRECTED
        base, tax = entry.taxable_base, entry.tax
        if share != _HUNDRED:
            base, tax = round_to(base * share / 100), round_to(tax * share / 100)
        full = "!" if sector.special and entry.use is Use.RIGHT else ""
        self._sums.add(f"base {entry.sector} {row}", base, entry.id)
        self._sums.add(f"tax {entry.sector} {row}{full}", tax, entry.id)

    def of(self, entry: Issued | Received) -> Sector:
        """Return the sector of an entry.

        Raises:
            FormError: It is not described.
        """
        found = self._sectors.get(entry.sector)
        if found is None:
            raise FormError(
                f"{entry.id} is of sector {entry.sector}, whose prorrata is not given in sectors",
                entry=entry.id,
            )
        return found

    def operations(self, number: int) -> tuple[Decimal, Decimal, Decimal]:
        """Return operations, those with right to deduct, and the prorrata of the year."""
        whole, right = (self._sums.amount(f"{name} {number}") for name in ("all", "right"))
        percent = self._sectors[number].definitive
        if percent is None:
            rest = max(_ZERO, whole - right)
            percent = Decimal(prorata.general_percent(max(_ZERO, right), rest))
        return whole, right, percent

    def steps(self, number: int, boxes: tuple[str, ...]) -> Iterator[Step]:
        """Yield the steps of the boxes of a sector: bases, quotas, regularisation and sum."""
        *_, percent = self.operations(number)
        quotas: list[tuple[str, Decimal]] = []
        for row, (es, en) in enumerate(_WORDS):
            base, tax = f"base {number} {row}", f"tax {number} {row}"
            quota = round_to(self._sums.amount(tax) * percent / 100) + self._sums.amount(f"{tax}!")
            of = (f"sector {number}, {es}", f"sector {number}, {en}")
            entries = self._sums.entries(base)
            box, next_box = boxes[2 * row : 2 * row + 2]
            yield Step(box, self._sums.amount(base), "sum of entries", (), _ARTICLE,
                       f"{of[0]}, base", f"{of[1]}, base", (), entries)  # fmt: skip
            yield Step(next_box, quota, f"{percent} % of the sum of entries", (), _ARTICLE,
                       f"{of[0]}, cuota", f"{of[1]}, deducted tax", (), entries)  # fmt: skip
            quotas.append((next_box, quota))
        regularised = self._sectors[number].regularisation
        quotas.append((boxes[16], regularised))
        yield Step(boxes[16], regularised, "given", (), "LIVA, arts. 107 to 110",
                   f"sector {number}, regularización de inversiones",
                   f"sector {number}, regularisation of investment goods")  # fmt: skip
        yield Step(boxes[17], sum((quota for _, quota in quotas), _ZERO),
                   " + ".join(box for box, _ in quotas), tuple(quotas), _ARTICLE,
                   f"sector {number}, suma de deducciones",
                   f"sector {number}, sum of deductions")  # fmt: skip
