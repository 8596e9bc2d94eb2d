"""What the rules look at, where a value stands, and the dated values they compare with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from aeat_sii.clock import in_spain
from aeat_sii.verifactu.codes import TaxKind
from aeat_sii.verifactu.records import (
    BreakdownLine,
    CancellationRecord,
    Header,
    Person,
    RegistrationRecord,
)
from einvoice_core.errors import NotInForceError
from einvoice_core.findings import Location, RuleSet
from einvoice_core.timeline import Dated, load_timelines

__all__ = [
    "SOURCE",
    "CancellationCase",
    "Case",
    "HeaderCase",
    "Judged",
    "at",
    "dated",
    "dated_decimals",
    "rule_set",
    "value",
]

D = TypeVar("D")

SOURCE = "AEAT, validations of invoicing systems and VERI*FACTU systems, v1.2.2 (08/04/2026)"
_PARAMETERS = load_timelines("aeat_sii", "params/verifactu_rules.toml")


class Judged(Protocol):
    """What the rules on every record look at."""

    @property
    def record(self) -> RegistrationRecord | CancellationRecord:
        """The record that will be sent."""
        ...

    @property
    def now(self) -> datetime:
        """Instant of the submission."""
        ...

    def at(self, *steps: str) -> Location:
        """Name a place inside the record."""
        ...


@dataclass(frozen=True, slots=True)
class Case:
    """A record with what decides about it besides its own fields.

    Args:
        record: The record that will be sent.
        issuer_nif: NIF of the issuer in the header of the submission (``ObligadoEmision``).
        now: Instant of the submission.
    """

    record: RegistrationRecord
    issuer_nif: str
    now: datetime

    def at(self, *steps: str) -> Location:
        """Name a place inside the record."""
        return at(*steps)

    @property
    def today(self) -> date:
        """Day of the submission, in the time of Spain."""
        return in_spain(self.now).date()

    @property
    def operation_day(self) -> date:
        """Day that decides rates: of the operation, else of issue."""
        return self.record.operated_on or self.record.invoice.issued_on

    def lines(self, *taxes: TaxKind) -> Iterator[tuple[str, BreakdownLine]]:
        """Yield the path and the line of each part of the breakdown of those taxes, or of all.

        A line without tax is of IVA.
        """
        for index, line in enumerate(self.record.breakdown, start=1):
            if not taxes or (line.tax or TaxKind.IVA) in taxes:
                yield f"Desglose/DetalleDesglose[{index}]", line

    def people(self) -> Iterator[tuple[str, Person]]:
        """Yield the path and the identification of the third party and of each recipient."""
        if self.record.third_party:
            yield "Tercero", self.record.third_party
        yield from self.recipients()

    def recipients(self) -> Iterator[tuple[str, Person]]:
        """Yield the path and the identification of each recipient."""
        for index, person in enumerate(self.record.recipients, start=1):
            yield f"Destinatarios/IDDestinatario[{index}]", person


@dataclass(frozen=True, slots=True)
class CancellationCase:
    """A cancellation with what decides about it besides its own fields.

    Args:
        record: The record that will be sent.
        issuer_nif: NIF of the issuer in the header of the submission (``ObligadoEmision``).
        now: Instant of the submission.
    """

    record: CancellationRecord
    issuer_nif: str
    now: datetime

    def at(self, *steps: str) -> Location:
        """Name a place inside the record."""
        return Location("/".join(("/RegistroAnulacion", *steps)))


@dataclass(frozen=True, slots=True)
class HeaderCase:
    """The header of a submission with what decides about it.

    Args:
        header: The header that will be sent.
        count: How many records go with it.
        on_request: Whether it goes to the service for requests of the agency.
        now: Instant of the submission.
    """

    header: Header
    count: int
    on_request: bool
    now: datetime

    @property
    def today(self) -> date:
        """Day of the submission, in the time of Spain."""
        return in_spain(self.now).date()


def at(*steps: str) -> Location:
    """Name a place inside a registration record."""
    return Location("/".join(("/RegistroAlta", *steps)))


def dated(name: str, day: date) -> Dated[Any] | None:
    """Return the entry of a value on a day; ``None`` when the document says nothing of that day."""
    try:
        return _PARAMETERS[name].on(day) if name in _PARAMETERS else None
    except NotInForceError:
        return None


def value(name: str) -> Any:  # noqa: ANN401 - a value of a TOML file; its user knows its type
    """Return the newest entry of a value that has no history yet."""
    return tuple(_PARAMETERS[name])[-1].value


def dated_decimals(name: str, day: date) -> frozenset[Decimal] | None:
    """Return a list of numbers on a day; ``None`` when the document says nothing of that day."""
    entry = dated(name, day)
    return None if entry is None else frozenset(Decimal(number) for number in entry.value)


def rule_set(name: str) -> RuleSet[D]:
    """Open a set of rules of the agency's document."""
    return RuleSet(SOURCE, name)
