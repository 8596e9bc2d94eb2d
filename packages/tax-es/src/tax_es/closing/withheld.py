"""Forms 111, 115 and 123 of a period, and their yearly forms 190 and 180.

Source:
    RIRPF, Real Decreto 439/2007 (BOE-A-2007-6820), art. 108; Orden EHA/586/2011 (111), Orden
    EHA/3435/2007 (115, 123), Orden EHA/3127/2009 (190); record designs of the tax agency.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tax_es._territories import require_common
from tax_es.calendar import Period
from tax_es.closing.result import Close, Sums, as_record, finish, held
from tax_es.errors import FormError
from tax_es.graph import Graph, Linear, Node
from tax_es.ids import nif
from tax_es.ledger.entries import Income, Ledger, Party, Payment, Received
from tax_es.trace import Step

__all__ = ["close_111", "close_115", "close_123", "close_180", "close_190", "payments_of"]

_ZERO = Decimal(0)
_111 = {
    # kind and whether in kind: first of the three boxes (number of persons, amount, withheld)
    (Income.WORK, False): 1, (Income.WORK, True): 4,
    (Income.ACTIVITY, False): 7, (Income.ACTIVITY, True): 10,
    (Income.PRIZE, False): 13, (Income.PRIZE, True): 16,
    (Income.FORESTRY, False): 19, (Income.FORESTRY, True): 22,
    (Income.IMAGE, False): 25, (Income.IMAGE, True): 25,
}  # fmt: skip
_WORDS = {
    1: ("trabajo, dinerarios", "work, in money"), 4: ("trabajo, en especie", "work, in kind"),
    7: ("actividades, dinerarios", "activities, in money"),
    10: ("actividades, en especie", "activities, in kind"),
    13: ("premios, dinerarios", "prizes, in money"),
    16: ("premios, en especie", "prizes, in kind"),
    19: ("aprovechamientos forestales, dinerarios", "forestry, in money"),
    22: ("aprovechamientos forestales, en especie", "forestry, in kind"),
    25: ("cesión de derechos de imagen", "image rights"),
}  # fmt: skip
_KEYS = {
    Income.WORK: "A", Income.ACTIVITY: "G", Income.PRIZE: "K", Income.FORESTRY: "K",
    Income.IMAGE: "J",
}  # fmt: skip
_SUBKEYS = {Income.ACTIVITY: "01", Income.PRIZE: "01", Income.FORESTRY: "02"}


@dataclass(frozen=True, slots=True)
class _Paid:
    """An income with withholding, whether it comes from a payment or from an invoice."""

    entry: str
    party: Party
    kind: Income
    gross: Decimal
    withheld: Decimal
    in_kind: bool = False
    key: str = ""
    subkey: str = ""
    place: str = ""

    @property
    def modality(self) -> str:
        """As form 180 writes it: 1 in money, 2 in kind."""
        return "2" if self.in_kind else "1"


def payments_of(ledger: Ledger, period: Period) -> Iterator[_Paid]:
    """Yield the incomes paid with withholding in a period, received invoices included.

    Raises:
        FormError: An invoice has withholding and does not say of which kind.
    """
    for each in ledger.payments:
        if each.paid_on in period:
            yield _of_payment(each)
    for invoice in ledger.received:
        if invoice.withheld and invoice.on in period:
            yield _of_invoice(invoice)


def _of_payment(each: Payment) -> _Paid:
    return _Paid(each.id, each.party, each.kind, each.gross, each.withheld, each.in_kind,
                 each.key or _KEYS.get(each.kind, ""), each.subkey or _SUBKEYS.get(each.kind, ""),
                 each.property_reference)  # fmt: skip


def _of_invoice(invoice: Received) -> _Paid:
    if invoice.kind is None:
        raise FormError(
            f"{invoice.id} has withholding: say the kind of income of its supplier",
            entry=invoice.id,
        )
    return _Paid(invoice.id, invoice.party, invoice.kind, invoice.taxable_base, invoice.withheld,
                 False, _KEYS.get(invoice.kind, ""), _SUBKEYS.get(invoice.kind, ""),
                 invoice.property_reference)  # fmt: skip


def _start(ledger: Ledger, period: Period, kinds: Iterable[Income]) -> list[_Paid]:
    require_common(ledger.territory)
    wanted = frozenset(kinds)
    return [each for each in payments_of(ledger, period) if each.kind in wanted]


def close_111(ledger: Ledger, period: Period, filed: Decimal = _ZERO) -> Close:
    """Close form 111: work, activities, prizes, forestry, image rights.

    Args:
        ledger: The books.
        period: Month or quarter.
        filed: Result of earlier forms of the same period, in euros (box 29).

    Returns:
        Boxes 01 to 30: for each group the number of persons, the amount and the withholding.

    Raises:
        TerritoryError: The ledger is of a foral territory, or of an unknown one.
        FormError: An invoice has withholding and does not say of which kind.
    """
    paid = _start(ledger, period, {kind for kind, _ in _111})
    sums, persons = Sums(), _Persons()
    for each in paid:
        first = _111[each.kind, each.in_kind]
        persons.add(first, each)
        sums.add(f"{first + 1:02d}", each.gross, each.entry)
        sums.add(f"{first + 2:02d}", each.withheld, each.entry)
    boxes: dict[str, Decimal] = {"29": filed}
    steps: list[Step] = []
    for first, (es, en) in _WORDS.items():
        _group(boxes, steps, sums, persons, (first, first + 1, first + 2), es, en)
    withheld = " ".join(f"+{first + 2:02d}" for first in _WORDS)
    graph = Graph((
        Node("28", Linear(withheld), "suma de retenciones", "sum of withholdings",
             "RIRPF, art. 108"),
        Node("30", Linear("+28 -29"), "resultado a ingresar", "to pay", "RIRPF, art. 108"),
    ))  # fmt: skip
    return finish("111", period, boxes, steps, graph, "DR111")


def close_115(ledger: Ledger, period: Period, filed: Decimal = _ZERO) -> Close:
    """Close form 115: rents of urban property.

    Args:
        ledger: The books.
        period: Month or quarter.
        filed: Result of earlier forms of the same period, in euros (box 04).

    Returns:
        Boxes 01 (landlords), 02 (base), 03 (withheld), 04 and 05.

    Raises:
        TerritoryError: The ledger is of a foral territory, or of an unknown one.
        FormError: An invoice has withholding and does not say of which kind.
    """
    sums, persons = Sums(), _Persons()
    for each in _start(ledger, period, {Income.RENT}):
        persons.add(1, each)
        sums.add("02", each.gross, each.entry)
        sums.add("03", each.withheld, each.entry)
    boxes: dict[str, Decimal] = {"04": filed}
    steps: list[Step] = []
    _group(boxes, steps, sums, persons, (1, 2, 3), "arrendamientos urbanos", "urban rents")
    node = Node("05", Linear("+03 -04"), "resultado a ingresar", "to pay", "RIRPF, art. 108")
    return finish("115", period, boxes, steps, Graph((node,)), "DR115")


def close_123(
    ledger: Ledger, period: Period, filed: Decimal = _ZERO, regularisation: Decimal = _ZERO
) -> Close:
    """Close form 123: income of movable capital.

    Args:
        ledger: The books.
        period: Month or quarter.
        filed: Result of earlier forms of the same period, in euros.
        regularisation: By the accrual of earlier years, in euros.

    Returns:
        From 2024 boxes 01 to 14, dividends apart; before, boxes 01 to 08.

    Raises:
        TerritoryError: The ledger is of a foral territory, or of an unknown one.
        FormError: An invoice has withholding and does not say of which kind.
    """
    paid = _start(ledger, period, {Income.DIVIDEND, Income.CAPITAL})
    sums, persons = Sums(), _Persons()
    new = period.year >= 2024
    places = {Income.DIVIDEND: (1, 4, 7), Income.CAPITAL: (2, 5, 8)} if new else {}
    for each in paid:
        count, base, withheld = places.get(each.kind, (1, 2, 3))
        persons.add(count, each)
        sums.add(f"{base:02d}", each.gross, each.entry)
        sums.add(f"{withheld:02d}", each.withheld, each.entry)
    steps: list[Step] = []
    article = "RIRPF, arts. 90 to 94 and 108"
    if new:
        boxes = {"10": _ZERO, "11": regularisation, "13": filed}
        _group(boxes, steps, sums, persons, (1, 4, 7), "dividendos", "dividends")
        _group(boxes, steps, sums, persons, (2, 5, 8), "resto de rentas", "other income")
        formulas = {"03": "+01 +02", "06": "+04 +05", "09": "+07 +08", "12": "+09 +11",
                    "14": "+12 -13"}  # fmt: skip
    else:
        boxes = {"04": _ZERO, "05": regularisation, "07": filed}
        _group(boxes, steps, sums, persons, (1, 2, 3), "capital mobiliario", "movable capital")
        formulas = {"06": "+03 +05", "08": "+06 -07"}
    words = ("suma", "sum", article)
    graph = Graph(tuple(Node(box, Linear(text), *words) for box, text in formulas.items()))
    return finish("123", period, boxes, steps, graph, "DR123 2024" if new else "DR123 2015")


def close_190(ledger: Ledger, year: int) -> Close:
    """Close form 190: a record for each person, key and subkey.

    Args:
        ledger: The books of the year.
        year: The year.

    Returns:
        ``perceptions`` (records), ``amount`` and ``withheld`` as boxes, and the records.

    Raises:
        TerritoryError: The ledger is of a foral territory, or of an unknown one.
        FormError: A person has no valid NIF, or a field of the record does not hold an amount.
    """
    period = Period(year, "0A")
    paid = _start(ledger, period, {kind for kind, _ in _111})
    return _yearly("190", period, paid, ("key", "subkey"))


def close_180(ledger: Ledger, year: int) -> Close:
    """Close form 180: a record for each landlord and property, apart in money and in kind.

    Args:
        ledger: The books of the year.
        year: The year.

    Returns:
        ``perceptions`` (records), ``amount`` and ``withheld`` as boxes, and the records.

    Raises:
        TerritoryError: The ledger is of a foral territory, or of an unknown one.
        FormError: A person has no valid NIF, or a field of the record does not hold an amount.
    """
    period = Period(year, "0A")
    return _yearly("180", period, _start(ledger, period, {Income.RENT}), ("place", "modality"))


def _yearly(model: str, period: Period, paid: list[_Paid], by: tuple[str, ...]) -> Close:
    groups: dict[tuple[str, ...], list[_Paid]] = {}
    for each in paid:
        verdict = nif.check(each.party.tax_id)
        if not verdict.valid:
            raise FormError(f"{each.entry}: form {model} needs a NIF: {verdict.reason}",
                            entry=each.entry)  # fmt: skip
        groups.setdefault((verdict.normalised, *(getattr(each, name) for name in by)), []).append(
            each
        )
    records: list[Mapping[str, str]] = []
    steps: list[Step] = []
    total = {"amount": _ZERO, "withheld": _ZERO}
    for key in sorted(groups):
        group = groups[key]
        money = [each for each in group if not each.in_kind]
        kind = [each for each in group if each.in_kind]
        if "modality" in by:
            amounts, paid_to = {"amount": _gross(group)}, {"withheld": _withheld(group)}
        else:
            amounts = {"amount": _gross(money), "amount_in_kind": _gross(kind)}
            paid_to = {"withheld": _withheld(money), "withheld_in_kind": _withheld(kind)}
        party = group[0].party
        records.append(as_record(tax_id=key[0], name=party.name, province=party.province,
                                 **dict(zip(by, key[1:], strict=True)),
                                 **held(model, key[0], amounts, digits=11, signed=True),
                                 **held(model, key[0], paid_to, digits=11, signed=False),
                                 ))  # fmt: skip
        total["amount"] += sum(amounts.values(), _ZERO)
        total["withheld"] += sum(paid_to.values(), _ZERO)
    article = "RIRPF, art. 108.2"
    entries = tuple(each.entry for each in paid)
    boxes = {"perceptions": Decimal(len(records)), **total}
    for key_, (es, en) in {"perceptions": ("número de registros", "records"),
                           "amount": ("importe", "amount"),
                           "withheld": ("retenciones", "withheld")}.items():  # fmt: skip
        steps.append(Step(key_, boxes[key_], "sum of entries", (), article, es, en, (), entries))
    return Close(model, period, boxes, tuple(steps), tuple(records), f"{model} {period.year}")


def _gross(paid: Iterable[_Paid]) -> Decimal:
    return sum((each.gross for each in paid), _ZERO)


def _withheld(paid: Iterable[_Paid]) -> Decimal:
    return sum((each.withheld for each in paid), _ZERO)


class _Persons:
    """Counts persons, not payments."""

    def __init__(self) -> None:
        self._found: dict[int, dict[str, list[str]]] = {}

    def add(self, box: int, paid: _Paid) -> None:
        name = nif.normalise(paid.party.tax_id) or paid.party.name or paid.entry
        self._found.setdefault(box, {}).setdefault(name, []).append(paid.entry)

    def count(self, box: int) -> int:
        return len(self._found.get(box, {}))

    def entries(self, box: int) -> tuple[str, ...]:
        return tuple(e for entries in self._found.get(box, {}).values() for e in entries)


def _group(
    boxes: dict[str, Decimal], steps: list[Step], sums: Sums, persons: _Persons,
    places: tuple[int, int, int], es: str, en: str,
) -> None:  # fmt: skip
    """Fill the three boxes of a group."""
    count, base, withheld = (f"{place:02d}" for place in places)
    article = "RIRPF, arts. 75 and 108"
    boxes |= {
        count: Decimal(persons.count(places[0])),
        base: sums.amount(base),
        withheld: sums.amount(withheld),
    }
    for box, what in ((count, ("perceptores", "persons")), (base, ("base", "amount")),
                      (withheld, ("retención", "withheld"))):  # fmt: skip
        entries = persons.entries(places[0]) if box == count else sums.entries(box)
        steps.append(Step(box, boxes[box], "sum of entries", (), article, f"{es}, {what[0]}",
                          f"{en}, {what[1]}", (), entries))  # fmt: skip
