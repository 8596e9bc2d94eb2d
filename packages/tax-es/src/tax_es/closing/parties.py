"""Forms 347 and 349: what was done with each customer and supplier.

Source:
    Real Decreto 1065/2007 (BOE-A-2007-15984), arts. 31 to 35; Orden EHA/3012/2008
    (BOE-A-2008-16973); RIVA, Real Decreto 1624/1992 (BOE-A-1992-28925), arts. 78 to 81; Orden
    EHA/769/2010.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tax_es._territories import require_common
from tax_es.calendar import Period
from tax_es.closing.result import Close, as_record, held
from tax_es.errors import FormError
from tax_es.ids import nif, vat
from tax_es.ledger.entries import Bought, Issued, Ledger, Received
from tax_es.parameters import series
from tax_es.trace import Step, Used, used

__all__ = ["close_347", "close_349", "is_monthly_349"]

_ZERO = Decimal(0)
_SALES_347 = frozenset({
    "domestic", "reverse_charge", "exempt_inland", "exempt_other", "cash_accounting",
    "margin_used_goods", "margin_art", "margin_antiques", "travel_agency", "investment_gold",
    "not_located", "simplified_regime", "equivalence_retailer", "not_subject",
})  # fmt: skip
_PURCHASES_347 = frozenset({Bought.DOMESTIC, Bought.REVERSE_CHARGE, Bought.EXEMPT, Bought.FARMING})
_KEYS_349 = {"intra_community_supply": "E", "service_to_union_business": "S"}


@dataclass(slots=True)
class _Group:
    name: str = ""
    province: str = ""
    quarters: list[Decimal] = field(default_factory=lambda: [_ZERO] * 4)
    cash: Decimal = _ZERO
    entries: list[str] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        return sum(self.quarters, _ZERO)


def close_347(ledger: Ledger, year: int) -> Close:
    """Close form 347: who passed 3,005.06 euros in the year, VAT included.

    Left out is what other forms tell already: invoices with withholding (190, 180), operations of
    the Union (349), imports and exports. Who keeps the books through the SII files no form 347.

    Args:
        ledger: The books; entries of other years are passed over.
        year: The year.

    Returns:
        ``persons``, ``amount`` as boxes, and a record for each person and key (A bought, B sold),
        apart where the customer pays the tax or in cash accounting.

    Raises:
        TerritoryError: The ledger is of a foral territory, or of an unknown one.
        FormError: A person has no valid NIF, an entry is not in euros, or a field of the record
            does not hold an amount.
    """
    require_common(ledger.territory)
    period = Period(year, "0A")
    limit = series("thresholds.toml", "form_347").on(period.last_day)
    cash_limit = series("thresholds.toml", "form_347_cash").on(period.last_day)
    groups: dict[tuple[str, str, bool, bool], _Group] = {}
    for sale in ledger.issued:
        if sale.on in period and sale.operation in _SALES_347 and not sale.withheld:
            group = _group_347(groups, sale, "B", sale.operation == "reverse_charge")
            group.cash += sale.received_in_cash
    for purchase in ledger.received:
        if purchase.on in period and purchase.operation in _PURCHASES_347 and not purchase.withheld:
            _group_347(groups, purchase, "A", purchase.operation is Bought.REVERSE_CHARGE)
    whole: dict[tuple[str, str], Decimal] = {}
    for (tax_id, key, *_), group in groups.items():
        whole[tax_id, key] = whole.get((tax_id, key), _ZERO) + group.amount
    records: list[Mapping[str, str]] = []
    entries: list[str] = []
    total = _ZERO
    for (tax_id, key, reverse, cash), group in sorted(groups.items()):
        if abs(whole[tax_id, key]) <= limit.value:
            continue
        amounts = {"amount": group.amount}
        amounts |= {f"quarter_{n}": amount for n, amount in enumerate(group.quarters, 1)}
        told = {"cash": group.cash if group.cash > cash_limit.value else _ZERO}
        records.append(as_record(
            tax_id=tax_id, name=group.name, province=group.province, key=key,
            **held("347", tax_id, amounts, digits=13, signed=True),
            **held("347", tax_id, told, digits=13, signed=False),
            reverse_charge=reverse, cash_accounting=cash,
        ))  # fmt: skip
        entries += group.entries
        total += group.amount
    persons = Decimal(len({(record["tax_id"], record["key"]) for record in records}))
    return _closed("347", period, persons, total, records, entries, (used(limit),),
                   "RD 1065/2007, art. 33")  # fmt: skip


def _group_347(
    groups: dict[tuple[str, str, bool, bool], _Group], entry: Issued | Received, key: str, rc: bool
) -> _Group:
    _in_euros(entry)
    verdict = nif.check(entry.party.tax_id)
    if not verdict.valid:
        raise FormError(f"{entry.id}: form 347 needs a NIF: {verdict.reason}", entry=entry.id)
    group = groups.setdefault((verdict.normalised, key, rc, entry.cash_accounting), _Group())
    group.name = group.name or entry.party.name
    group.province = group.province or entry.party.province
    amount = entry.taxable_base if rc else entry.total
    group.quarters[(entry.on.month - 1) // 3] += amount
    group.entries.append(entry.id)
    return group


def close_349(ledger: Ledger, period: Period) -> Close:
    """Close form 349: operations with businesses of other Member States.

    Args:
        ledger: The books.
        period: Month or quarter.

    Returns:
        ``persons``, ``amount``, ``corrections`` and ``corrected_amount`` as boxes, and a record for
        each operator and key: E and S for goods and services supplied, A and I for those acquired.
        An entry that says which period it corrects becomes a record of rectification.

    Raises:
        TerritoryError: The ledger is of a foral territory, or of an unknown one.
        FormError: A VAT number is wrong, an entry is not in euros, a correction does not say what
            was declared before, or a record is negative, for which the form has no sign: say with
            ``corrects`` which period a credit note corrects.
    """
    require_common(ledger.territory)
    if period.code == "0A":
        raise FormError("form 349 is for a month or a quarter")
    groups: dict[tuple[str, str], _Group] = {}
    corrections: list[Mapping[str, str]] = []
    for entry, key in _of_the_union(ledger, period):
        _in_euros(entry)
        number = entry.party.tax_id
        verdict = vat.check(number)
        if not verdict.valid or verdict.country == "ES":
            reason = verdict.reason or "it is a Spanish number"
            raise FormError(f"{entry.id}: not a VAT number of the Union: {reason}", entry=entry.id)
        if entry.corrects:
            if entry.declared_before is None:
                raise FormError(f"{entry.id} corrects {entry.corrects}: say declared_before",
                                entry=entry.id)  # fmt: skip
            bases = {
                "corrected": entry.declared_before + entry.taxable_base,
                "declared_before": entry.declared_before,
            }
            corrections.append(as_record(
                tax_id=verdict.normalised, name=entry.party.name, key=key, period=entry.corrects,
                **held("349", verdict.normalised, bases, digits=11, signed=False),
            ))  # fmt: skip
            continue
        group = groups.setdefault((verdict.normalised, key), _Group())
        group.name = group.name or entry.party.name
        group.quarters[0] += entry.taxable_base
        group.entries.append(entry.id)
    records = [
        as_record(
            tax_id=tax_id,
            name=group.name,
            key=key,
            **held("349", tax_id, {"amount": group.amount}, digits=11, signed=False),
        )
        for (tax_id, key), group in sorted(groups.items())
    ]
    entries = [entry for group in groups.values() for entry in group.entries]
    total = sum((group.amount for group in groups.values()), _ZERO)
    closed = _closed("349", period, Decimal(len(records)), total, records, entries, (),
                     "RIVA, art. 80")  # fmt: skip
    corrected = sum((Decimal(each["corrected"]) for each in corrections), _ZERO)
    boxes = {
        **closed.boxes,
        "corrections": Decimal(len(corrections)),
        "corrected_amount": corrected,
    }
    return Close("349", period, boxes, closed.trace, (*records, *corrections), "349 2020")


def is_monthly_349(period: Period, supplies: tuple[Decimal, ...]) -> bool:
    """Whether form 349 is monthly, by the supplies of the quarter and of the four before it.

    Source:
        RIVA, art. 81.
    """
    limit: Decimal = series("thresholds.toml", "form_349_monthly").on(period.last_day).value
    return any(amount > limit for amount in supplies)


def _of_the_union(ledger: Ledger, period: Period) -> list[tuple[Issued | Received, str]]:
    found: list[tuple[Issued | Received, str]] = [
        (sale, _KEYS_349[sale.operation])
        for sale in ledger.issued
        if sale.operation in _KEYS_349 and sale.on in period
    ]
    found += [
        (purchase, "I" if purchase.services else "A")
        for purchase in ledger.received
        if purchase.operation is Bought.ACQUISITION and purchase.on in period
    ]
    return found


def _in_euros(entry: Issued | Received) -> None:
    if entry.currency != "EUR":
        raise FormError(f"{entry.id} is in {entry.currency}: give its amounts in euros",
                        entry=entry.id)  # fmt: skip


def _closed(
    model: str, period: Period, persons: Decimal, total: Decimal,
    records: list[Mapping[str, str]], entries: list[str], parameters: tuple[Used, ...],
    article: str,
) -> Close:  # fmt: skip
    boxes = {"persons": persons, "amount": total}
    words = {"persons": ("número de declarados", "persons"), "amount": ("importe", "amount")}
    steps = tuple(
        Step(key, value, "sum of entries", (), article, *words[key], parameters, tuple(entries))
        for key, value in boxes.items()
    )
    return Close(model, period, boxes, steps, tuple(records), f"{model} {period.year}")
