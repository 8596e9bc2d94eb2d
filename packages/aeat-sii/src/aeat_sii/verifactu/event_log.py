"""The log of events of a system that does not send its records, with a chain of its own.

It lives in the chain store under a key of its own, in the transaction of the caller: what happened
and its event are one commit.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from aeat_sii.clock import now
from aeat_sii.verifactu.codes import EventKind
from aeat_sii.verifactu.events import (
    Event,
    EventCount,
    EventData,
    EventIssuer,
    EventLink,
    EventRecord,
    EventsSummary,
    EventSystem,
    ExportedRecord,
    RecordsExported,
    link_event,
)
from aeat_sii.verifactu.records import InvoicingSystem, RegistrationRecord, SpanishPerson
from aeat_sii.verifactu.signing import sign_event
from aeat_sii.verifactu.store import Connection, Key, StoredRecord, record_of
from aeat_sii.verifactu.store.appending import Entry, head_of, insert, stamp
from einvoice_core.money import total
from einvoice_core.signing.xmldsig import Signer
from einvoice_core.xml.binding import read
from einvoice_core.xml.parsing import parse

__all__ = ["append_event", "event_of", "make_event", "records_exported", "summary"]


def make_event(
    kind: EventKind,
    *,
    system: InvoicingSystem,
    issuer: SpanishPerson,
    recorded_at: datetime,
    data: EventData | None = None,
    details: str | None = None,
) -> EventRecord:
    """Make an event without its place in the chain.

    Args:
        kind: What happened.
        system: The program, as in the records.
        issuer: Whose invoices it keeps.
        recorded_at: When; :func:`append_event` may stamp it anew.
        data: What this kind of event says of its own.
        details: In words.
    """
    fields: dict[str, Any] = system.model_dump()
    return EventRecord(
        event=Event(
            system=EventSystem(**fields),
            issuer=EventIssuer(name=issuer.name, nif=issuer.nif),
            recorded_at=recorded_at,
            kind=kind,
            data=data,
            details=details,
        )
    )


def append_event(
    connection: Connection,
    key: Key,
    record: EventRecord,
    credential: Signer,
    *,
    clock: Callable[[], datetime] | None = now,
) -> EventRecord:
    """Put an event at the end of the log, signed, in the transaction of the caller.

    Args:
        connection: As :func:`aeat_sii.verifactu.store.append` takes it.
        key: Of the log; not that of the records.
        record: Complete but for its place.
        credential: Signs it.
        clock: Stamps it; ``None`` keeps its own instant.

    Returns:
        The event as it is kept; its signature stands in the store only.

    Raises:
        ClockWentBackError: The instant is before that of the last event.
        ChainError: The event has not the data of its kind.
    """
    head = head_of(connection, key, lock=True)
    instant = stamp(head, record.event.recorded_at, clock)
    event = record.event.model_copy(update={"recorded_at": instant})
    previous = None
    if head.link and head.recorded_at:
        previous = EventLink(
            kind=EventKind(head.link.number),
            recorded_at=head.recorded_at,
            fingerprint=head.link.fingerprint,
        )
    linked = link_event(record.model_copy(update={"event": event}), previous)
    signed = sign_event(linked, credential, clock=lambda: instant)
    entry = Entry(
        "evento",
        linked.event.issuer.nif,
        linked.event.kind.value,
        instant.date(),
        linked.event.fingerprint,
        instant,
        signed.decode("utf-8"),
    )
    insert(connection, key, head, entry)
    return linked


def event_of(stored: StoredRecord) -> EventRecord:
    """Read a stored event."""
    return read(parse(stored.xml.encode("utf-8")), EventRecord).require()


def _exported(stored: StoredRecord) -> ExportedRecord:
    record = record_of(stored)
    return ExportedRecord(
        issuer_nif=record.invoice.issuer_nif,
        number=record.invoice.number,
        issued_on=record.invoice.issued_on,
        fingerprint=stored.fingerprint,
    )


def _sums(records: Iterable[StoredRecord]) -> tuple[int, int, Decimal, Decimal]:
    """Return how many registrations and cancellations, and what the former add up to."""
    made = [record_of(each) for each in records]
    registrations = [each for each in made if isinstance(each, RegistrationRecord)]
    return (
        len(registrations),
        len(made) - len(registrations),
        total(each.total_tax for each in registrations),
        total(each.total for each in registrations),
    )


def records_exported(
    records: list[StoredRecord], *, begins_at: datetime, ends_at: datetime, are_dropped: bool
) -> EventData:
    """Make the data of the event of an export (kind 08).

    Args:
        records: What was exported, in the order of the chain; at least one.
        begins_at: First instant of the period.
        ends_at: Last instant of the period.
        are_dropped: The system no longer keeps them.
    """
    registrations, cancellations, tax, amount = _sums(records)
    return EventData(
        records_exported=RecordsExported(
            begins_at=begins_at,
            ends_at=ends_at,
            first=_exported(records[0]),
            last=_exported(records[-1]),
            registrations=registrations,
            total_tax=tax,
            total=amount,
            cancellations=cancellations,
            are_dropped=are_dropped,
        )
    )


def summary(events: Iterable[EventRecord], records: list[StoredRecord]) -> EventData:
    """Make the data of a summary (kind 10): what happened and was made since the last one.

    Args:
        events: Since the last summary, without it; at least one.
        records: Made since the last summary, in the order of the chain.
    """
    counts = Counter(each.event.kind for each in events)
    registrations, cancellations, tax, amount = _sums(records)
    return EventData(
        summary=EventsSummary(
            events=tuple(EventCount(kind=kind, count=counts[kind]) for kind in sorted(counts)),
            first=_exported(records[0]) if records else None,
            last=_exported(records[-1]) if records else None,
            registrations=registrations,
            total_tax=tax,
            total=amount,
            cancellations=cancellations,
        )
    )
