"""What the last form 303 of a year says of the whole year, for who files no form 390.

Source:
    RIVA, Real Decreto 1624/1992 (BOE-A-1992-28925), art. 71; record designs of form 303, pages 4
    and 5.
"""

from collections.abc import Iterator, Mapping

from tax_es.closing.design303 import VOLUME, Design
from tax_es.closing.result import Sums
from tax_es.closing.sectors import LISTS_303, PRORRATAS_303, BySector, Sector
from tax_es.errors import FormError
from tax_es.iva import operations
from tax_es.ledger.entries import Issued, Received
from tax_es.trace import Step

__all__ = ["YearOf303"]

_VOLUME = {
    "domestic": "80", "cash_accounting": "81", "intra_community_supply": "93",
    "service_to_union_business": "93", "export": "94", "export_assimilated": "94",
    "free_zone": "94", "exempt_inland": "83", "exempt_other": "83", "investment_gold": "83",
    "not_located": "84", "reverse_charge": "125", "one_stop_shop": "126",
    "import_one_stop_shop": "127", "simplified_regime": "86", "farming_compensation": "95",
    "equivalence_retailer": "96", "margin_used_goods": "97", "margin_art": "97",
    "margin_antiques": "97", "travel_agency": "98",
}  # fmt: skip


class YearOf303:
    """Adds up the entries of a year.

    Args:
        design: Of the last form.
        sectors: Differentiated sectors by number.
        keep_entries: Whether the entries behind each box are remembered.

    Raises:
        FormError: The form has no room for so many sectors.
    """

    def __init__(
        self, design: Design, sectors: Mapping[int, Sector], *, keep_entries: bool
    ) -> None:
        if len(sectors) > len(LISTS_303):
            raise FormError(f"form 303 has room for {len(LISTS_303)} sectors: file form 390")
        self._design, self._numbers = design, sorted(sectors)
        self._volume = Sums(keep_entries=keep_entries)
        self._sectors = BySector(sectors, keep_entries=keep_entries)

    def add(self, entry: Issued | Received) -> None:
        """Add an entry of the year.

        Raises:
            FormError: Its sector is not described.
        """
        if isinstance(entry, Received):
            self._sectors.received(entry)
            return
        kind = operations.by_name(entry.operation)
        self._volume.add(_VOLUME.get(kind.name, "80"), entry.taxable_base, entry.id)
        if entry.investment_good:
            self._volume.add("99", entry.taxable_base, entry.id)
        self._sectors.issued(entry)

    def steps(self) -> Iterator[Step]:
        """Yield a step for each box of the year but 88, which a formula adds up."""
        for box in VOLUME:
            es, en, article = self._design.words(box)
            yield Step(box, self._volume.amount(box), "sum of entries of the year", (), article, es,
                       en, self._design.used, self._volume.entries(box))  # fmt: skip
        for number, prorrata, boxes in zip(self._numbers, PRORRATAS_303, LISTS_303, strict=False):
            words = (
                ("importe de operaciones", "operations", "LIVA, art. 104.Dos"),
                ("operaciones con derecho a deducción", "operations with right to deduct",
                 "LIVA, art. 104.Dos"),
                ("porcentaje de prorrata", "prorrata", "LIVA, arts. 101 and 104"),
            )  # fmt: skip
            figures = self._sectors.operations(number)
            for box, value, (es, en, article) in zip(prorrata, figures, words, strict=True):
                yield Step(box, value, "sum of entries of the year", (), article,
                           f"sector {number}, {es}", f"sector {number}, {en}")  # fmt: skip
            yield from self._sectors.steps(number, boxes)
