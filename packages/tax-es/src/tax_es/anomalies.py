"""What looks wrong in the books: deterministic checks first, then robust statistics.

Each finding says the check, the entry and what to look at. Nothing is corrected here.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from itertools import pairwise
from statistics import median

from einvoice_core.errors import EInvoiceError
from einvoice_core.money import round_to
from tax_es._checks import exact
from tax_es.calendar import Period
from tax_es.errors import ArgumentError, UnknownKindError
from tax_es.ids import nif, vat
from tax_es.iva import equivalence, operations, rates, temporary
from tax_es.ledger.entries import Bought, Issued, Ledger, Received, TaxLine, surcharge_of

__all__ = ["Anomaly", "audit", "isolated", "outliers", "round_trip"]

_CENT = Decimal("0.01")
_NUMBER = re.compile(r"(.*?)(\d+)$", re.DOTALL)
_LONGEST_GAP = 1_000
_FEWEST = 32


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something to look at.

    Attributes:
        check: Name of the check, such as ``duplicate``.
        entry: The entry.
        message: What was found, and what would be expected.
        is_certain: Whether the rule is broken for sure, rather than unusual.
    """

    check: str
    entry: str
    message: str
    is_certain: bool = True


def audit(ledger: Ledger, period: Period | None = None) -> tuple[Anomaly, ...]:
    """Run every deterministic check.

    The checks are ``duplicate``, ``gap``, ``rate_not_in_force``, ``surcharge_not_in_force``,
    ``tax_mismatch``, ``invalid_tax_id``, ``out_of_period``, ``currency``, ``negative_base`` and
    ``order``.

    Args:
        ledger: The books.
        period: Entries outside it are reported, where given.

    Returns:
        Anomalies in the order of the checks.
    """
    entries: tuple[Issued | Received, ...] = (*ledger.issued, *ledger.received)
    return (
        *_duplicates(ledger),
        *_gaps(ledger.issued),
        *_disorder(ledger.issued),
        *(found for entry in entries for found in _of_entry(entry, period)),
    )


def _duplicates(ledger: Ledger) -> Iterator[Anomaly]:
    issued = Counter(entry.id for entry in ledger.issued)
    for number, times in issued.items():
        if times > 1:
            yield Anomaly("duplicate", number, f"the number was issued {times} times")
    received = Counter((nif.normalise(e.party.tax_id), e.id) for e in ledger.received)
    for (party, number), times in received.items():
        if times > 1:
            yield Anomaly("duplicate", number, f"{times} invoices of {party} have this number")


def _series_of(entries: Iterable[Issued]) -> dict[str, list[tuple[int, Issued]]]:
    found: dict[str, list[tuple[int, Issued]]] = defaultdict(list)
    for entry in entries:
        if match := _NUMBER.fullmatch(entry.id):
            found[match[1]].append((int(match[2][-18:]), entry))
    return found


def _gaps(entries: Iterable[Issued]) -> Iterator[Anomaly]:
    for prefix, numbered in _series_of(entries).items():
        numbers = sorted({number for number, _ in numbered})
        for before, after in pairwise(numbers):
            missing = after - before - 1
            if 0 < missing <= _LONGEST_GAP:
                words = (
                    f"{prefix}{before + 1}"
                    if missing == 1
                    else (f"{prefix}{before + 1} to {prefix}{after - 1}")
                )
                yield Anomaly("gap", f"{prefix}{after}", f"missing in the series: {words}")


def _disorder(entries: Iterable[Issued]) -> Iterator[Anomaly]:
    for numbered in _series_of(entries).values():
        ordered = sorted(numbered, key=lambda each: each[0])
        for (_, before), (_, after) in pairwise(ordered):
            if after.issued_on < before.issued_on:
                yield Anomaly("order", after.id, f"issued before {before.id}, which precedes it")


def _of_entry(entry: Issued | Received, period: Period | None) -> Iterator[Anomaly]:
    if period is not None and entry.on not in period:
        yield Anomaly("out_of_period", entry.id, f"{entry.on} lies outside {period}")
    if entry.currency != "EUR":
        yield Anomaly("currency", entry.id, f"in {entry.currency}: forms are in euros")
    if not entry.modifies and entry.taxable_base < 0:
        yield Anomaly("negative_base", entry.id, "a negative base that corrects no invoice")
    yield from _identity(entry)
    day = entry.accrued_on or entry.issued_on
    charged = _is_charged(entry)
    for line in entry.lines:
        if line.tax is not None and line.percent is not None:
            expected = round_to(line.taxable_base * line.percent / 100)
            if abs(line.tax - expected) > _CENT:
                yield Anomaly("tax_mismatch", entry.id, f"tax {line.tax}, expected {expected}")
        if charged and line.percent is not None and not entry.modifies:
            yield from _rates(entry.id, line, day)


def _is_charged(entry: Issued | Received) -> bool:
    if isinstance(entry, Issued):
        if entry.operation not in operations.names():
            return False
        return operations.by_name(entry.operation).box == "by_rate"
    return entry.operation in (Bought.DOMESTIC, Bought.IMPORT, Bought.ACQUISITION,
                               Bought.REVERSE_CHARGE)  # fmt: skip


def _rates(entry: str, line: TaxLine, day: date) -> Iterator[Anomaly]:
    if line.percent is None:
        return
    known = {rate.percent for rate in (*rates.rates_on(day), *temporary.temporary_rates_on(day))}
    if line.percent not in known:
        yield Anomaly("rate_not_in_force", entry, f"no rate of {line.percent} % on {day}")
        return
    if line.surcharge_percent is None:
        return
    try:
        due = {equivalence.surcharge(day, line.percent, allow_unverified=True).percent}
        due.add(equivalence.surcharge(day, "tobacco", allow_unverified=True).percent)
    except EInvoiceError:
        due = set()
    if line.surcharge_percent not in due:
        words = f"{line.surcharge_percent} % does not go with {line.percent} % on {day}"
        yield Anomaly("surcharge_not_in_force", entry, words)


def _identity(entry: Issued | Received) -> Iterator[Anomaly]:
    number = entry.party.tax_id
    if not number:
        return
    spanish = entry.party.country == "ES"
    verdict = nif.check(number) if spanish else None
    if verdict is not None and not verdict.valid:
        yield Anomaly("invalid_tax_id", entry.id, f"NIF: {verdict.reason}")
    prefix = {"GR": "EL"}.get(entry.party.country, entry.party.country)
    if not spanish and prefix in vat.countries():
        found = vat.check(number)
        if not found.valid:
            yield Anomaly("invalid_tax_id", entry.id, f"VAT number: {found.reason}")


def round_trip(ledger: Ledger, other: Ledger) -> tuple[Anomaly, ...]:
    """Compare books with what came back from another system, entry by entry.

    Args:
        ledger: The books.
        other: The same entries, as another system holds them.

    Returns:
        ``missing``, ``unknown`` and ``round_trip`` (an amount differs), in the order of the books.
    """
    found: list[Anomaly] = []
    for side in ("issued", "received"):
        ours = {_key(entry): entry for entry in getattr(ledger, side)}
        theirs = {_key(entry): entry for entry in getattr(other, side)}
        for key, entry in ours.items():
            match = theirs.get(key)
            if match is None:
                found.append(Anomaly("missing", entry.id, "the other system does not have it"))
                continue
            for what, mine, its in (
                ("base", entry.taxable_base, match.taxable_base),
                ("tax", entry.tax, match.tax),
                ("surcharge", _surcharge(entry), _surcharge(match)),
            ):
                if mine != its:
                    words = f"{what} {mine} here, {its} in the other system"
                    found.append(Anomaly("round_trip", entry.id, words))
        found += [Anomaly("unknown", entry.id, "only the other system has it")
                  for key, entry in theirs.items() if key not in ours]  # fmt: skip
    return tuple(found)


def _key(entry: Issued | Received) -> tuple[str, str]:
    party = nif.normalise(entry.party.tax_id) if isinstance(entry, Received) else ""
    return party, entry.id


def _surcharge(entry: Issued | Received) -> Decimal:
    return sum(map(surcharge_of, entry.lines), Decimal(0))


def outliers(
    entries: Iterable[Issued | Received], *, limit: Decimal = Decimal("3.5"), least: int = 8
) -> tuple[Anomaly, ...]:
    """Find entries whose base is far from the others of the same party.

    The distance is the modified z-score: 0.6745 times the difference to the median, over the median
    of the absolute differences. A party needs ``least`` entries to be judged.

    Args:
        entries: Of one side of the books.
        limit: Distance from which an entry is reported.
        least: Entries that a party needs.

    Returns:
        Anomalies that are unusual, not certain.

    Source:
        Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993).
    """
    groups: dict[str, list[Issued | Received]] = defaultdict(list)
    for entry in entries:
        groups[nif.normalise(entry.party.tax_id) or entry.party.name].append(entry)
    found: list[Anomaly] = []
    for party, group in groups.items():
        if len(group) < least:
            continue
        middle = median(entry.taxable_base for entry in group)
        spread = median(abs(entry.taxable_base - middle) for entry in group)
        if not spread:
            continue
        for entry in group:
            score = Decimal("0.6745") * abs(entry.taxable_base - middle) / spread
            if score > limit:
                words = f"base {entry.taxable_base}, usual for {party}: {middle}"
                found.append(Anomaly("outlier", entry.id, words, is_certain=False))
    return tuple(found)


def isolated(
    entries: Iterable[Issued | Received], *, share: Decimal = Decimal(1)
) -> tuple[Anomaly, ...]:
    """Find entries that an isolation forest sets apart by base, tax, weekday and day of the month.

    Needs the extra ``anomalies`` (scikit-learn). The same entries give the same answer.

    Args:
        entries: Of one side of the books.
        share: Percent of entries to set apart, above 0 and up to 50.

    Returns:
        Anomalies that are unusual, not certain; none when there are fewer than 32 entries.

    Raises:
        ArgumentError: The share is out of range.
        UnknownKindError: The extra is not installed.
    """
    if not 0 < exact(share, "a share") <= 50:
        raise ArgumentError("the share is above 0 and up to 50 percent")
    if find_spec("sklearn") is None:
        raise UnknownKindError("an isolation forest needs the extra 'anomalies'")
    chosen = list(entries)
    if len(chosen) < _FEWEST:
        return ()
    from tax_es._statistics import isolation_ranks

    rows = [[e.taxable_base, e.tax, Decimal(e.on.weekday()), Decimal(e.on.day)] for e in chosen]
    apart = isolation_ranks(rows, share)
    return tuple(
        Anomaly("isolated", entry.id, f"base {entry.taxable_base} on {entry.on}", is_certain=False)
        for entry, is_apart in zip(chosen, apart, strict=True)
        if is_apart
    )
