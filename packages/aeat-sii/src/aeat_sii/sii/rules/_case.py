"""A record with what its rules ask about it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from aeat_sii.clock import in_spain
from aeat_sii.sii.codes import Communication, InvoiceKind, NotExempt, Regime
from aeat_sii.sii.records import (
    AnyRecord,
    ExemptLine,
    IssuedInvoice,
    IssuedLine,
    IssuedRecord,
    NotSubject,
    Part,
    Period,
    Person,
    ReceivedInvoice,
    ReceivedLine,
    ReceivedRecord,
    ReverseChargeLine,
    ServiceLine,
    ServicesTreatment,
    Subject,
    SubjectServices,
    Titular,
    Treatment,
)
from einvoice_core.findings import Location, RuleSet
from einvoice_core.timeline import load_timelines

__all__ = ["MARGIN", "Case", "at", "differ", "people", "rule_set", "sum_of", "value"]

_VALUES = load_timelines("aeat_sii", "params/sii_rules.toml")
_SOURCE = "AEAT, validations of the SII v1.1, rev. 17 (22/12/2025), list of codes"
_PERIOD = re.compile(r"[0-9]{4}/(?:0[1-9]|1[0-2]|0A|[1-4]T)", re.ASCII)

MARGIN = frozenset({Regime.R03, Regime.R05, Regime.R09})
"""Regimes whose tax is that of a margin, which the lines do not show."""


def rule_set(name: str) -> "RuleSet[Case]":
    """Make a set of rules on records."""
    return RuleSet(_SOURCE, name)


def value(name: str) -> Any:  # noqa: ANN401 - a value of a TOML file; its user knows its type
    """Return a value of ``params/sii_rules.toml``."""
    return tuple(_VALUES[name])[-1].value


def at(*steps: str) -> Location:
    """Return a place in a record, by the names of the elements."""
    return Location("/".join(("", *steps)))


def sum_of(amounts: Iterable[Decimal | None]) -> Decimal:
    """Add amounts; one that is not stated counts 0."""
    return sum((amount or Decimal(0) for amount in amounts), Decimal(0))


def differ(stated: Decimal, computed: Decimal) -> bool:
    """Tell whether two amounts differ by more than is tolerated."""
    return abs(stated - computed) > Decimal(value("tolerance"))


def people(part: Part, path: str = "") -> Iterator[tuple[str, Part]]:
    """Yield every part of a record with its path."""
    yield path, part
    for name in type(part).model_fields:
        found = getattr(part, name)
        for each in found if isinstance(found, tuple) else (found,):
            if isinstance(each, Part):
                yield from people(each, f"{path}/{name}")


@dataclass(frozen=True, slots=True)
class Case:
    """A record with what decides about it besides its own fields.

    Args:
        record: What will be sent.
        titular: Whose books they are.
        communication: What the submission does.
        now: Instant of the submission.
    """

    record: AnyRecord
    titular: Titular
    communication: Communication
    now: datetime

    @property
    def today(self) -> date:
        """Day of the submission, in the time of Spain."""
        return in_spain(self.now).date()

    @property
    def invoice(self) -> IssuedInvoice | ReceivedInvoice | None:
        """Content of an invoice, where the record is one."""
        return self.issued or self.received

    @property
    def issued(self) -> IssuedInvoice | None:
        """Content of an issued invoice, where the record is one."""
        record = self.record
        return record.content if isinstance(record, IssuedRecord) else None

    @property
    def received(self) -> ReceivedInvoice | None:
        """Content of a received invoice, where the record is one."""
        record = self.record
        return record.content if isinstance(record, ReceivedRecord) else None

    @property
    def issued_on(self) -> date:
        """Day of issue of an invoice; that of the submission in other books."""
        record = self.record
        if isinstance(record, IssuedRecord | ReceivedRecord):
            return record.invoice.issued_on
        return self.today

    @property
    def happened_on(self) -> date:
        """Day of the operation: that of issue where no other is stated."""
        return (self.invoice.operated_on if self.invoice else None) or self.issued_on

    @property
    def period(self) -> Period | None:
        """The period of settlement, where the record has one that is written as it should be."""
        found = getattr(self.record, "period", None)
        if not isinstance(found, Period) or not _PERIOD.fullmatch(f"{found.year}/{found.code}"):
            return None
        return found

    @property
    def kind(self) -> InvoiceKind | None:
        """Kind of the invoice, where the record is one."""
        return self.invoice.kind if self.invoice else None

    @property
    def regimes(self) -> tuple[Regime, ...]:
        """Keys of regime of the invoice, the first one first."""
        return self.invoice.regimes if self.invoice else ()

    @property
    def only_regime(self) -> Regime | None:
        """The key of regime where there is one alone."""
        return self.regimes[0] if len(self.regimes) == 1 else None

    @property
    def other_party(self) -> Person | None:
        """The other party of the invoice."""
        return self.invoice.other_party if self.invoice else None

    def treatments(self) -> Iterator[Treatment | ServicesTreatment]:
        """Yield the breakdowns of an issued invoice: as a whole, or services and goods."""
        if self.issued is None:
            return
        whole, apart = self.issued.breakdown.whole, self.issued.breakdown.by_operation
        for each in [whole] if apart is None else [apart.services, apart.goods]:
            if each is not None:
                yield each

    def subjects(self) -> Iterator[Subject | SubjectServices]:
        """Yield the parts of an issued invoice that are subject to the tax."""
        for treatment in self.treatments():
            if treatment.subject is not None:
                yield treatment.subject

    def not_subject(self) -> Iterator[NotSubject]:
        """Yield the parts of an issued invoice that are not subject to the tax."""
        for treatment in self.treatments():
            if treatment.not_subject is not None:
                yield treatment.not_subject

    def exempt(self) -> Iterator[ExemptLine]:
        """Yield the exempt lines of an issued invoice."""
        for subject in self.subjects():
            yield from subject.exempt

    def taxed(self) -> Iterator[tuple[NotExempt, IssuedLine | ServiceLine]]:
        """Yield the taxed lines of an issued invoice with their kind."""
        for subject in self.subjects():
            if subject.taxed is not None:
                for line in subject.taxed.lines:
                    yield subject.taxed.kind, line

    def ways(self) -> set[NotExempt]:
        """Return the kinds of taxed parts of an issued invoice."""
        return {way for way, _ in self.taxed()}

    def borne(self) -> Iterator[ReceivedLine | ReverseChargeLine]:
        """Yield the lines of a received invoice."""
        if self.received is not None:
            yield from self.received.breakdown.reverse_charge
            yield from self.received.breakdown.lines
