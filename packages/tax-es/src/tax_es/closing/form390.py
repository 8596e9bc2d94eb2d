"""Form 390: the yearly summary of IVA, from the ledger of the year and its forms 303.

Source:
    RIVA, Real Decreto 1624/1992 (BOE-A-1992-28925), art. 71.7; Orden EHA/3111/2009; record designs
    of the tax agency of 2021 to 2025.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from einvoice_core.money import round_to
from tax_es.calendar import Period
from tax_es.closing.result import Close, Sums, as_record, finish, refuse_foral
from tax_es.closing.sectors import LISTS_390, BySector, Sector
from tax_es.errors import FormError
from tax_es.graph import Graph, Linear, Node
from tax_es.iva import operations
from tax_es.ledger.entries import (
    Bought,
    Issued,
    Ledger,
    Received,
    TaxLine,
    Use,
    surcharge_of,
    tax_of,
)
from tax_es.parameters import series
from tax_es.trace import Step, Used, used

__all__ = ["Options", "close", "difference"]

_ZERO = Decimal(0)
_HUNDRED = Decimal(100)
_CHARGED = {
    "domestic": "ordinary", "cash_accounting": "cash", "margin_used_goods": "margin",
    "margin_art": "margin", "margin_antiques": "margin", "travel_agency": "travel",
}  # fmt: skip
_DEDUCTED = {
    "deducted_domestic": ("48", "49"), "deducted_investment": ("50", "51"),
    "deducted_import": ("52", "53"), "deducted_import_investment": ("54", "55"),
    "deducted_acquisition_goods": ("56", "57"), "deducted_acquisition_investment": ("58", "59"),
    "deducted_acquisition_services": ("597", "598"),
}  # fmt: skip
_VOLUME = {
    "domestic": "99", "cash_accounting": "653", "intra_community_supply": "103",
    "service_to_union_business": "103", "export": "104", "export_assimilated": "104",
    "free_zone": "104", "exempt_inland": "105", "exempt_other": "105", "investment_gold": "105",
    "not_located": "110", "reverse_charge": "125", "one_stop_shop": "126",
    "import_one_stop_shop": "127", "simplified_regime": "100", "farming_compensation": "101",
    "equivalence_retailer": "102", "margin_used_goods": "227", "margin_art": "227",
    "margin_antiques": "227", "travel_agency": "228",
}  # fmt: skip
_VOLUME_BOXES = tuple(dict.fromkeys(_VOLUME.values()))
_WORDS = {
    "27": ("inversión del sujeto pasivo, base", "reverse charge, base"),
    "28": ("inversión del sujeto pasivo, cuota", "reverse charge, tax"),
    "29": ("modificación de bases", "changed bases"),
    "30": ("modificación de cuotas", "changed taxes"),
    "33": ("total bases", "total of bases"),
    "34": ("total cuotas", "total of taxes"),
    "43": ("modificación de bases del recargo", "changed bases of the surcharge"),
    "44": ("modificación de cuotas del recargo", "changed surcharges"),
    "47": ("total cuotas de IVA y recargo", "total of taxes and surcharges"),
    "60": ("compensaciones agrarias, base", "compensations to farmers, base"),
    "61": ("compensaciones agrarias, cuota", "compensations to farmers, tax"),
    "639": ("rectificación de deducciones, base", "corrected deductions, base"),
    "62": ("rectificación de deducciones, cuota", "corrected deductions, tax"),
    "63": ("regularización de inversiones", "regularisation of investment goods"),
    "522": ("regularización por prorrata definitiva", "regularisation by the prorrata"),
    "64": ("suma de deducciones", "sum of deductions"),
    "65": ("resultado régimen general", "result of the general regime"),
    "83": ("resultado régimen simplificado", "result of the simplified regime"),
    "84": ("suma de resultados", "sum of results"),
    "85": ("compensación de cuotas del ejercicio anterior", "compensated from the year before"),
    "86": ("resultado de la liquidación", "result"),
    "95": ("total a ingresar en el ejercicio", "total paid in the year"),
    "96": ("total devoluciones mensuales", "monthly refunds"),
    "97": ("a compensar en el último periodo", "to compensate in the last period"),
    "98": ("a devolver en el último periodo", "to refund in the last period"),
    "662": ("cuotas pendientes generadas en el ejercicio", "pending, generated in the year"),
    "658": ("regularización de cuotas impagadas", "regularisation of unpaid taxes"),
    "659": ("IVA a la importación", "tax at importation"),
    "108": ("total volumen de operaciones", "total volume of operations"),
}
_ARTICLE = "RIVA, art. 71.7"


@dataclass(frozen=True, slots=True)
class Options:
    """What form 390 needs beside the ledger and the forms 303.

    Attributes:
        prorrata: Definitive percentage; ``None`` for all.
        special_prorrata: Whether it applies to common purchases alone.
        sectors: Differentiated sectors by their number, three at most.
        simplified: Boxes 74 to 81 of the simplified regime, by number.
        customs: Tax at importation settled by Customs (box 659), in euros.
    """

    prorrata: Decimal | None = None
    special_prorrata: bool = False
    sectors: Mapping[int, Sector] = field(default_factory=dict)
    simplified: Mapping[str, Decimal] | None = None
    customs: Decimal = _ZERO


def close(
    ledger: Ledger, year: int, forms: Sequence[Close] = (), options: Options | None = None
) -> Close:
    """Close form 390.

    Args:
        ledger: The books; entries of other years are passed over.
        year: The year.
        forms: The forms 303 of the year, in their order.
        options: What the form needs beside them.

    Returns:
        The boxes of the design of that year; those of intragroup operations and of foral
        territories are not filled. Each sector has its boxes, and a record with its prorrata.

    Raises:
        TerritoryError: The ledger is declared to a foral authority.
        NotInForceError: The design of that year is not recorded.
        FormError: An entry or an option has no place in the form.
    """
    refuse_foral(ledger.territory)
    maker = _Maker(Period(year, "0A"), options or Options())
    for sale in ledger.issued:
        maker.issued(sale)
    for purchase in ledger.received:
        maker.received(purchase)
    return maker.finish(forms)


def difference(closed: Close, forms: Iterable[Close]) -> Decimal:
    """Return what the year (box 84) has more than the sum of its periods (boxes 64), in euros."""
    return closed["84"] - sum((form["64"] for form in forms), _ZERO)


class _Maker:
    def __init__(self, period: Period, options: Options) -> None:
        entry = series("form_390.toml", "design").on(period.last_day)
        self.design: str = entry.value
        self.used: tuple[Used, ...] = (used(entry),)
        self.rows: dict[str, dict[Decimal, tuple[str, str]]] = {
            group: {percent: (base, quota) for percent, base, quota in rows}
            for group, rows in entry.details["rows"].items()
        }
        self.period, self.options, self.sums = period, options, Sums()
        if len(options.sectors) > len(LISTS_390):
            raise FormError(f"form 390 has room for {len(LISTS_390)} sectors")
        self.sectors = BySector(options.sectors)

    def issued(self, entry: Issued) -> None:
        if entry.on not in self.period:
            return
        self._in_euros(entry.id, entry.currency)
        self.sectors.issued(entry)
        kind = operations.by_name(entry.operation)
        self.sums.add(_VOLUME.get(kind.name, "99"), entry.taxable_base, entry.id)
        if entry.investment_good:
            self.sums.add("107", entry.taxable_base, entry.id)
        if kind.box == "by_rate":
            for line in entry.lines:
                self._charge(entry, line, _CHARGED[kind.name])

    def _charge(self, entry: Issued, line: TaxLine, group: str) -> None:
        surcharge = surcharge_of(line)
        if entry.modifies:
            self._add("29", "30", line.taxable_base, tax_of(line), entry.id)
            if line.surcharge_percent is not None:
                self._add("43", "44", line.taxable_base, surcharge, entry.id)
            return
        self._add(
            *self._row(group, line.percent, entry.id), line.taxable_base, tax_of(line), entry.id
        )
        if line.surcharge_percent is not None:
            row = self._row("surcharge", line.surcharge_percent, entry.id)
            self._add(*row, line.taxable_base, surcharge, entry.id)

    def received(self, entry: Received) -> None:
        if entry.on not in self.period:
            return
        self._in_euros(entry.id, entry.currency)
        self.sectors.received(entry)
        operation = entry.operation
        kind = "services" if entry.services else "goods"
        for line in entry.lines:
            base, tax = line.taxable_base, tax_of(line)
            if operation in (Bought.ACQUISITION, Bought.REVERSE_CHARGE):
                if entry.modifies:
                    self._add("29", "30", base, tax, entry.id)
                elif operation is Bought.REVERSE_CHARGE:
                    self._add("27", "28", base, tax, entry.id)
                else:
                    row = self._row(f"acquisition_{kind}", line.percent, entry.id)
                    self._add(*row, base, tax, entry.id)
            self._deduct(entry, line, base, tax)

    def _deduct(self, entry: Received, line: TaxLine, base: Decimal, tax: Decimal) -> None:
        share, special = entry.deductible_percent, self.options.special_prorrata
        if entry.sector:
            special = self.sectors.of(entry).special
        if special and entry.use is Use.NO_RIGHT:
            share = _ZERO
        if not share or entry.operation in (Bought.EXEMPT, Bought.NOT_SUBJECT):
            return
        if share != _HUNDRED:
            base, tax = round_to(base * share / 100), round_to(tax * share / 100)
        full, group = special and entry.use is Use.RIGHT, ""
        if entry.sector and not full:
            group = f"@{entry.sector}"
        elif self.options.prorrata is not None and not full:
            tax = tax * self.options.prorrata / 100
        if entry.operation is Bought.FARMING:
            boxes = ("60", "61")
        elif entry.modifies:
            boxes = ("639", "62")
        elif not line.percent:
            return
        else:
            boxes = self._row(_deduction(entry), line.percent, entry.id)
        self._add(boxes[0], f"{boxes[1]}{group}", base, tax, entry.id)

    def _row(self, group: str, percent: Decimal | None, entry: str) -> tuple[str, str]:
        found = self.rows.get(group, {}).get(percent) if percent is not None else None
        if found is None:
            raise FormError(
                f"{entry}: {self.design} has no row of {percent} % for {group}", entry=entry
            )
        return found

    def _add(self, base_box: str, tax_box: str, base: Decimal, tax: Decimal, entry: str) -> None:
        self.sums.add(base_box, base, entry)
        self.sums.add(tax_box, tax, entry)

    @staticmethod
    def _in_euros(entry: str, currency: str) -> None:
        if currency != "EUR":
            raise FormError(f"{entry} is in {currency}: give its amounts in euros", entry=entry)

    def finish(self, forms: Sequence[Close]) -> Close:
        groups = {g: list(rows.values()) for g, rows in self.rows.items()}
        charged = [g for g in groups if not g.startswith("deducted") and g != "surcharge"]
        zeros = dict.fromkeys(
            [box for rows in groups.values() for row in rows for box in row]
            + ["27", "28", "29", "30", "43", "44", "60", "61", "639", "62"]
            + [*_VOLUME_BOXES, "106", "107", "128"], _ZERO,
        )  # fmt: skip
        boxes, steps = zeros, []
        for box, keys in _grouped(self.sums.boxes).items():
            boxes[box] = round_to(sum(map(self._deducted, keys), _ZERO))
            entries = tuple(entry for key in keys for entry in self.sums.entries(key))
            steps.append(Step(box, boxes[box], "sum of entries", (), _ARTICLE, *_words(box),
                              self.used, entries))  # fmt: skip
        records = []
        for number, list_of in zip(sorted(self.options.sectors), LISTS_390, strict=False):
            whole, right, percent = self.sectors.operations(number)
            kind = "E" if self.options.sectors[number].special else "G"
            records.append(as_record(sector=number, operations=whole, with_right=right,
                                     prorrata=kind, percent=percent))  # fmt: skip
            found = tuple(self.sectors.steps(number, list_of))
            boxes |= {step.key: step.value for step in found}
            steps += found
        for box, amount in self._settled(forms).items():
            boxes[box] = amount
            steps.append(Step(box, amount, "from the forms 303 of the year", (), _ARTICLE,
                              *_words(box)))  # fmt: skip
        simplified = dict.fromkeys(("74", "75", "76", "77", "78", "80", "81"), _ZERO)
        unknown = sorted(set(self.options.simplified or {}) - simplified.keys())
        if unknown:
            raise FormError(f"the simplified regime has no box {', '.join(unknown)}")
        boxes |= simplified | dict(self.options.simplified or {})
        bases = [base for g in charged for base, _ in groups[g]]
        quotas = [quota for g in charged for _, quota in groups[g]]
        surcharges = [quota for _, quota in groups["surcharge"]]
        formulas = {
            "33": _plus([*bases, "27", "29"]),
            "34": _plus([*quotas, "28", "30"]),
            "47": _plus(["34", *surcharges, "44"]),
        }
        for group, (base_total, tax_total) in _DEDUCTED.items():
            formulas[base_total] = _plus([base for base, _ in groups[group]])
            formulas[tax_total] = _plus([quota for _, quota in groups[group]])
        volume = _plus([*_VOLUME_BOXES, "128"])
        formulas |= {
            "64": _plus([tax for _, tax in _DEDUCTED.values()] + ["61", "62", "63", "522"]),
            "65": "+47 -64",
            "79": "+74 +75 +76 +77 +78",
            "82": "+80 +81",
            "83": "+79 -82",
            "84": "+65 +83 +658",
            "86": "+84 +659 -85",
            "108": f"{volume} -106 -107",
        }
        graph = Graph(
            tuple(Node(box, Linear(text), *_words(box), _ARTICLE) for box, text in formulas.items())
        )
        closed = finish("390", self.period, boxes, steps, graph, self.design)
        return replace(closed, records=tuple(records))

    def _deducted(self, key: str) -> Decimal:
        """Return what a sum adds to its box, by the prorrata of the year of its sector."""
        amount, sector = self.sums.amount(key), key.partition("@")[2]
        if not sector:
            return amount
        return round_to(amount * self.sectors.operations(int(sector))[2] / 100)

    def _settled(self, forms: Sequence[Close]) -> dict[str, Decimal]:
        """Return what only the forms of the year know: compensations, payments, refunds."""
        for form in forms:
            if form.model != "303" or form.period.year != self.period.year:
                raise FormError(f"form {form.model} of {form.period} is not one of the year")
        last = next((form for form in forms if form.period.is_last_of_year), None)
        before = forms[0]["110"] if forms else _ZERO
        used_up = sum((form["78"] for form in forms), _ZERO)
        ends = {"97": last["72"], "98": last["73"]} if last else {"97": _ZERO, "98": _ZERO}
        pending = sum((form["72"] for form in forms if form is not last), _ZERO)
        from_before = min(before, used_up)
        return {
            "63": sum((form["43"] for form in forms), _ZERO),
            "522": sum((form["44"] for form in forms), _ZERO),
            "658": sum((form["76"] for form in forms), _ZERO),
            "659": self.options.customs,
            "85": from_before,
            "95": sum((max(_ZERO, form["71"]) for form in forms), _ZERO),
            "96": sum((form["73"] for form in forms if form is not last), _ZERO),
            **ends,
            "662": max(_ZERO, pending - (used_up - from_before)),
        }


def _grouped(keys: Iterable[str]) -> Mapping[str, list[str]]:
    """Return the sums behind each box: one of its own, and one for each sector."""
    groups: dict[str, list[str]] = {}
    for key in keys:
        groups.setdefault(key.partition("@")[0], []).append(key)
    return groups


def _deduction(entry: Received) -> str:
    investment = "_investment" if entry.investment_good else ""
    match entry.operation:
        case Bought.IMPORT:
            return f"deducted_import{investment}"
        case Bought.ACQUISITION if investment:
            return "deducted_acquisition_investment"
        case Bought.ACQUISITION:
            return f"deducted_acquisition_{'services' if entry.services else 'goods'}"
    return "deducted_investment" if investment else "deducted_domestic"


def _plus(boxes: Iterable[str]) -> str:
    return " ".join(f"+{box}" for box in boxes)


def _words(box: str) -> tuple[str, str]:
    return _WORDS.get(box, ("importe del ejercicio", "amount of the year"))
