"""Form 303: IVA of a period, box by box, by the record design of the period.

Quotas are the sums of the taxes of the invoices, not percentages of the sums of the bases: what was
charged is what is due (LIVA, art. 88).

Source:
    RIVA, Real Decreto 1624/1992 (BOE-A-1992-28925), art. 71; Orden EHA/3786/2008
    (BOE-A-2008-20954); record designs of the tax agency of 2022 to 2026.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from einvoice_core.money import round_to
from tax_es.calendar import Period
from tax_es.closing.design303 import Design, design, totals
from tax_es.closing.result import Close, Sums, finish, refuse_foral
from tax_es.closing.sectors import BySector, Sector
from tax_es.closing.year303 import YearOf303
from tax_es.errors import FormError
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
from tax_es.trace import Step

__all__ = ["Builder", "Options", "close"]

_ZERO = Decimal(0)
_HUNDRED = Decimal(100)
_DEDUCTIBLE = {
    # operation and whether it is an investment good: boxes of base and quota
    (Bought.DOMESTIC, False): ("28", "29"),
    (Bought.DOMESTIC, True): ("30", "31"),
    (Bought.REVERSE_CHARGE, False): ("28", "29"),
    (Bought.REVERSE_CHARGE, True): ("30", "31"),
    (Bought.IMPORT, False): ("32", "33"),
    (Bought.IMPORT, True): ("34", "35"),
    (Bought.ACQUISITION, False): ("36", "37"),
    (Bought.ACQUISITION, True): ("38", "39"),
}
_SELF_CHARGED = {Bought.ACQUISITION: ("10", "11"), Bought.REVERSE_CHARGE: ("12", "13")}
_PRORATED = ("29", "31", "33", "35", "37", "39", "41", "42")


@dataclass(frozen=True, slots=True)
class Options:
    """What a form 303 needs beside the ledger, in euros.

    Attributes:
        prorrata: Percentage that is deducted, 0 to 100; ``None`` for all. With sectors, that of
            what several of them share (art. 101.Uno).
        special_prorrata: Whether it applies to common purchases alone.
        sectors: Differentiated sectors by their number, which entries name.
        regularisation: Of investment goods (box 43); positive when more is deducted.
        final_prorrata: Regularisation by the definitive percentage (box 44).
        simplified: Boxes 47 to 57 of the simplified regime, by number.
        unpaid_regularisation: Of art. 80.Cinco.5 LIVA (box 76).
        state_percent: Share of the State (box 65).
        customs_pending: IVA at importation pending of payment (box 77).
        to_compensate: Of earlier periods (box 110).
        applied: Part of it applied now (box 78); by default as much as the law lets.
        foral_regularisation: Yearly regularisation of who files with foral authorities (box 68).
        disagreement: Corrective form by disagreement with a criterion (box 108).
        fuel_payment: Payment on account for fuels (box 112, from 2026).
        rectifies: Earlier forms of the same period, in their order, or nothing.
        refunds_agreed: Refunds already agreed for the period (box 109).
        ask_refund: Whether a negative result is asked back rather than compensated.
        yearly_volume: Whether the boxes of the year (80 to 99, and those of the sectors) are
            filled, by who need not file form 390; the entries of the whole year count in them.
    """

    prorrata: Decimal | None = None
    special_prorrata: bool = False
    sectors: Mapping[int, Sector] = field(default_factory=dict)
    regularisation: Decimal = _ZERO
    final_prorrata: Decimal = _ZERO
    simplified: Mapping[str, Decimal] | None = None
    unpaid_regularisation: Decimal = _ZERO
    state_percent: Decimal = _HUNDRED
    customs_pending: Decimal = _ZERO
    to_compensate: Decimal = _ZERO
    applied: Decimal | None = None
    foral_regularisation: Decimal = _ZERO
    disagreement: Decimal = _ZERO
    fuel_payment: Decimal = _ZERO
    rectifies: tuple[Mapping[str, Decimal], ...] = ()
    refunds_agreed: Decimal = _ZERO
    ask_refund: bool = False
    yearly_volume: bool = False


@cache
def _kind(name: str) -> operations.Classification:
    return operations.by_name(name)


class Builder:
    """Adds up entries one by one, in constant memory when the entries are not kept.

    Args:
        period: The period that is declared; entries of other periods are passed over.
        options: What the form needs beside the ledger.
        keep_entries: Whether the entries behind each box are remembered.

    Raises:
        NotInForceError: The design of that period is not recorded.
        FormError: An option has no box in the design, or contradicts another.
    """

    def __init__(
        self, period: Period, options: Options | None = None, *, keep_entries: bool = True
    ) -> None:
        self.period = period
        self.options = options or Options()
        self.design: Design = design(period)
        self._sums = Sums(keep_entries=keep_entries)
        self._first, self._last = period.first_day, period.last_day
        self._places: dict[tuple[str, Decimal], tuple[str, str]] = {}
        self.passed_over = 0
        self._check_options()
        sectors = self.options.sectors
        self._sectors = BySector(sectors, keep_entries=False)
        self._year = (
            YearOf303(self.design, sectors, keep_entries=keep_entries)
            if self.options.yearly_volume
            else None
        )

    def add(self, entry: Issued | Received) -> None:
        """Add an entry to its boxes.

        Raises:
            FormError: The entry has a currency, an operation or a percentage that the form lacks.
        """
        self._add_cash_accounting(entry)
        if self._year is not None and entry.on.year == self.period.year:
            self._in_euros(entry)
            self._year.add(entry)
        if not self._first <= entry.on <= self._last:
            self.passed_over += 1
            return
        self._in_euros(entry)
        if isinstance(entry, Issued):
            self._add_issued(entry)
        else:
            self._add_received(entry)

    @staticmethod
    def _in_euros(entry: Issued | Received) -> None:
        if entry.currency != "EUR":
            raise FormError(
                f"{entry.id} is in {entry.currency}: the form is in euros, give its bases in them",
                entry=entry.id,
            )

    def _add_cash_accounting(self, entry: Issued | Received) -> None:
        """Inform of what would have accrued by the general rule, whenever it is paid."""
        is_cash = entry.cash_accounting or entry.operation == "cash_accounting"
        if not is_cash or not self._first <= entry.issued_on <= self._last:
            return
        boxes = ("62", "63") if isinstance(entry, Issued) else ("74", "75")
        self._sums.add(boxes[0], entry.taxable_base, entry.id)
        self._sums.add(boxes[1], entry.tax, entry.id)

    def _add_issued(self, entry: Issued) -> None:
        kind = _kind(entry.operation)
        if entry.operation in ("igic", "ipsi"):
            raise FormError(f"{entry.id} bears another tax: it has no box here", entry=entry.id)
        if kind.box == "by_rate":
            for line in entry.lines:
                self._charge(entry, line)
        elif kind.box and kind.name != "simplified_regime":
            self._sums.add(kind.box, entry.taxable_base, entry.id)

    def _charge(self, entry: Issued, line: TaxLine) -> None:
        tax, surcharge = tax_of(line), surcharge_of(line)
        add = self._sums.add
        if entry.modifies:
            add("14", line.taxable_base, entry.id)
            add("15", tax, entry.id)
            if line.surcharge_percent is not None:
                add("25", line.taxable_base, entry.id)
                add("26", surcharge, entry.id)
            return
        if line.percent is None:
            raise FormError(f"{entry.id} has a line without a percentage", entry=entry.id)
        base_box, quota_box = self._place("vat", line.percent, entry.id)
        add(base_box, line.taxable_base, entry.id)
        add(quota_box, tax, entry.id)
        if line.surcharge_percent is not None:
            base_box, quota_box = self._place("surcharge", line.surcharge_percent, entry.id)
            add(base_box, line.taxable_base, entry.id)
            add(quota_box, surcharge, entry.id)

    def _place(self, what: str, percent: Decimal, entry: str) -> tuple[str, str]:
        found = self._places.get((what, percent))
        if found is None:
            found = self.design.placeholder(what, percent, entry)
            self._places[what, percent] = found
        return found

    def _rows(self) -> tuple[dict[str, str], dict[str, Decimal]]:
        """Return the box of each placeholder, and the percentages of the rows that are used."""
        names: dict[str, str] = {}
        percents = dict(self.design.percents)
        for what in ("vat", "surcharge"):
            wanted = {percent for kind, percent in self._places if kind == what}
            for percent, row in self.design.rows_for(what, wanted).items():
                base, quota = self._places[what, percent]
                names |= {base: row[0], quota: row[2]}
                percents[row[1]] = percent
        return names, percents

    def _add_received(self, entry: Received) -> None:
        base, tax, add = entry.taxable_base, entry.tax, self._sums.add
        charged = _SELF_CHARGED.get(entry.operation)
        if charged:
            boxes = ("14", "15") if entry.modifies else charged
            add(boxes[0], base, entry.id)
            add(boxes[1], tax, entry.id)
        share, special, group = entry.deductible_percent, self.options.special_prorrata, ""
        if entry.sector:
            special, group = self._sectors.of(entry).special, f"@{entry.sector}"
        if special and entry.use is Use.NO_RIGHT:
            share = _ZERO
        if not share or entry.operation in (Bought.EXEMPT, Bought.NOT_SUBJECT):
            return
        if entry.operation is Bought.FARMING:
            add(f"42{group}", tax, entry.id)
            return
        deducted_base, deducted = base, tax
        if share != _HUNDRED:
            deducted_base = round_to(base * share / 100)
            deducted = round_to(tax * share / 100)
        boxes = _DEDUCTIBLE[entry.operation, entry.investment_good]
        if entry.modifies:
            boxes = ("40", "41")
        add(boxes[0], deducted_base, entry.id)
        if special and entry.use is Use.RIGHT:
            group = "!"
        add(f"{boxes[1]}{group}", deducted, entry.id)

    def _check_options(self) -> None:
        given = self.options
        if given.prorrata is not None and not 0 <= given.prorrata <= 100:
            raise FormError("a prorrata is a percentage of 0 to 100")
        if not 0 <= given.state_percent <= 100:
            raise FormError("the share of the State is a percentage of 0 to 100")
        if given.to_compensate < 0 or (given.applied or _ZERO) < 0 or given.customs_pending < 0:
            raise FormError("boxes 77, 78 and 110 are not negative")
        if (given.applied or _ZERO) > given.to_compensate:
            raise FormError("no more can be applied (78) than what is pending (110)")
        for box, amount in (("108", given.disagreement), ("112", given.fuel_payment),
                            ("109", given.refunds_agreed)):  # fmt: skip
            if amount and box not in self.design.extra:
                raise FormError(f"the design of {self.period} has no box {box}", box=box)
        last = self.period.is_last_of_year
        if given.final_prorrata and not last:
            raise FormError("box 44 is filled in the last period of the year")
        if given.yearly_volume and not last:
            raise FormError("boxes 80 to 99 are filled in the last period of the year")

    def finish(self) -> Close:
        """Compute every box.

        Raises:
            FormError: The form cannot hold the amounts.
        """
        boxes, steps = self._given()
        graph = totals(self.design, self.period, volume=self.options.yearly_volume)
        boxes |= self._settle(boxes)
        closed = finish("303", self.period, boxes, steps, graph, self.design.name)
        return self._end(closed)

    def _given(self) -> tuple[dict[str, Decimal], list[Step]]:
        """Return the boxes that entries and options fill, with their steps."""
        sums, boxes = self._sums, dict.fromkeys(self.design.filled, _ZERO)
        steps: list[Step] = []
        names, percents = self._rows()
        if self._year is not None:
            steps += self._year.steps()
            boxes |= {step.key: step.value for step in steps}
        groups: dict[str, list[str]] = {}
        # What is deducted whole comes last, so that its entries follow those of the prorrata.
        for key in sorted(sums.boxes, key=lambda each: each.endswith("!")):
            groups.setdefault(key.rstrip("!").partition("@")[0], []).append(key)
        for name, keys in groups.items():
            box = names.get(name, name)
            shares = [self._share(box, key) for key in keys]
            boxes[box] = sum((amount for amount, _ in shares), _ZERO)
            entries = tuple(entry for key in keys for entry in sums.entries(key))
            formula = " + ".join(dict.fromkeys(formula for _, formula in shares))
            steps.append(self._step(box, boxes[box], entries, formula))
        boxes |= percents
        options = self.options
        chosen = {
            "43": options.regularisation
            + sum((each.regularisation for each in options.sectors.values()), _ZERO),
            "44": options.final_prorrata,
            "76": options.unpaid_regularisation,
            "65": options.state_percent,
            "77": options.customs_pending,
            "110": options.to_compensate,
            "68": options.foral_regularisation,
            "108": options.disagreement,
            "109": options.refunds_agreed,
            "112": options.fuel_payment,
            **(options.simplified or {}),
        }
        unknown = sorted(chosen.keys() - self.design.filled.keys() - {"108", "109", "112"})
        if unknown:
            raise FormError(f"the simplified regime has no box {', '.join(unknown)}")
        for box, amount in chosen.items():
            if box in self.design.filled:
                boxes[box] = amount
                if amount:
                    steps.append(self._step(box, amount, (), "given"))
        return boxes, steps

    def _share(self, box: str, key: str) -> tuple[Decimal, str]:
        """Return what a sum adds to its box by its prorrata, and the formula."""
        amount, sector = self._sums.amount(key), key.partition("@")[2]
        percent = self.options.prorrata if box in _PRORATED and not key.endswith("!") else None
        whose = ""
        if sector:
            percent, whose = self.options.sectors[int(sector)].percent, f" of sector {sector}"
        if percent is None:
            return amount, f"sum of entries{whose}"
        return round_to(amount * percent / 100), f"{percent} % of the sum of entries{whose}"

    def _step(
        self,
        box: str,
        amount: Decimal,
        entries: tuple[str, ...],
        formula: str = "sum of entries",
    ) -> Step:
        es, en, article = self.design.words(box)
        return Step(box, amount, formula, (), article, es, en, self.design.used, entries)

    def _settle(self, boxes: Mapping[str, Decimal]) -> dict[str, Decimal]:
        """Compute what of earlier periods is applied, and what earlier forms of the period paid."""
        options = self.options
        graph = totals(self.design, self.period, volume=False)
        trial = graph.run({**boxes, "78": _ZERO, "70": _ZERO})
        most = max(_ZERO, trial["66"] + options.customs_pending)
        applied = min(options.to_compensate, most) if options.applied is None else options.applied
        if applied > most:
            raise FormError(f"box 78 is at most {most}: 66 + 77 when positive", most=most)
        paid = _ZERO
        for earlier in options.rectifies:
            paid += max(_ZERO, earlier.get("71", earlier.get("69", _ZERO)))
        return {"78": applied, "70": paid}

    def _end(self, closed: Close) -> Close:
        """Say whether a negative result is compensated, asked back, or returns what was paid."""
        result, options = closed["71"], self.options
        boxes = dict(closed.boxes)
        ends = {"72": _ZERO, "73": _ZERO}
        if "111" in self.design.extra:
            ends["111"] = _ZERO
            if options.rectifies and result < 0:
                ends["111"] = min(-result, closed["70"])
        elif options.rectifies:
            self._refuse_in_favour(closed["69"], options.rectifies[-1])
        left = -min(result, _ZERO) - ends.get("111", _ZERO)
        ends["73" if options.ask_refund else "72"] = left
        formulas = {
            "72": "-71 - 111 when no refund is asked",
            "73": "-71 - 111 when a refund is asked",
            "111": "min(-71, 70)",
        }
        steps = []
        for box, amount in ends.items():
            es, en, article = self.design.words(box)
            steps.append(Step(box, amount, formulas[box], (("71", result),), article, es, en))
        boxes |= ends
        return Close("303", self.period, boxes, (*closed.trace, *steps), design=self.design.name)

    def _refuse_in_favour(self, result: Decimal, earlier: Mapping[str, Decimal]) -> None:
        """Refuse what a complementary form cannot do: it pays more, or asks for less back.

        Source:
            LGT, Ley 58/2003 (BOE-A-2003-23186), art. 122.2. Forms that correct in favour of the
            taxpayer are of the design of September 2024.
        """
        if result < earlier.get("69", earlier.get("71", result)):
            raise FormError(
                f"{self.design.name} corrects no form in favour of who files it (LGT, art. 122.2): "
                "ask for a rectification"
            )
        if earlier.get("73", _ZERO) > 0 and "109" not in self.design.extra:
            raise FormError(f"{self.design.name} has no box for a refund of the earlier form")


def close(
    ledger: Ledger, period: Period, options: Options | None = None, *, keep_entries: bool = True
) -> Close:
    """Close form 303 for a period.

    Args:
        ledger: The books; entries of other periods are passed over.
        period: Month or quarter.
        options: What the form needs beside the ledger.
        keep_entries: Whether the entries behind each box are remembered.

    Returns:
        Every box of the design of that period.

    Raises:
        TerritoryError: The ledger is declared to a foral authority.
        NotInForceError: The design of that period is not recorded.
        FormError: An entry or an option has no place in the form.
    """
    refuse_foral(ledger.territory)
    if period.code == "0A":
        raise FormError("form 303 is for a month or a quarter; the year is form 390")
    builder = Builder(period, options, keep_entries=keep_entries)
    _add_all(builder, ledger.issued)
    _add_all(builder, ledger.received)
    return builder.finish()


def _add_all(builder: Builder, entries: Iterable[Issued | Received]) -> None:
    for entry in entries:
        builder.add(entry)
