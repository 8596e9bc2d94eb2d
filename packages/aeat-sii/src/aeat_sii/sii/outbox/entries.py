"""Entries of an outbox: what is to be sent to the books, and what is known of it there.

The states of an entry::

    pending ──> in_flight ──> accepted | accepted_with_errors | rejected | other_held
       │            └─ no answer: it stays, and the authority is asked
       └─> withdrawn

``in_flight`` is committed before a submission leaves, so that after a crash nobody takes an entry
for one that the authority cannot have.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from aeat_sii._database import Connection, run
from aeat_sii.errors import OutboxError
from aeat_sii.sii.authorities import Authority
from aeat_sii.sii.books import Book, home_of
from aeat_sii.sii.codes import Communication
from aeat_sii.sii.keys import key_of
from aeat_sii.sii.messages import build, prepare, read_submission
from aeat_sii.sii.records import (
    AnyRecord,
    Header,
    IgicIssuedRecord,
    IgicReceivedRecord,
    Titular,
)

__all__ = [
    "Box",
    "Entry",
    "EntryState",
    "Pace",
    "Waiting",
    "content_of",
    "entries",
    "mark_in_flight",
    "pace_of",
    "put",
    "set_pace",
    "settle",
    "unmark",
    "waiting",
    "with_content",
    "withdraw",
]

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_OF_ISSUED = (Book.COLLECTIONS, Book.PROPERTIES)


@dataclass(frozen=True, slots=True)
class Box:
    """Names an outbox.

    Args:
        tenant: Whose; any text of the application, such as the identifier of a company.
        name: Which of its outboxes.
    """

    tenant: str
    name: str = "main"

    def __post_init__(self) -> None:
        if not (1 <= len(self.tenant) <= 100 and 1 <= len(self.name) <= 100):
            raise OutboxError("the names of an outbox have 1 to 100 characters")


class EntryState(StrEnum):
    """What is known of an entry at the authority."""

    PENDING = "pending"
    """It was never sent."""
    IN_FLIGHT = "in_flight"
    """It was sent, or was about to be; the authority may hold it."""
    ACCEPTED = "accepted"
    """The authority holds it."""
    WITH_ERRORS = "accepted_with_errors"
    """The authority holds it, with an error."""
    REJECTED = "rejected"
    """The authority does not hold it; a correction is needed."""
    OTHER_HELD = "other_held"
    """The authority holds another content under the same identification: modify it (A1)."""
    WITHDRAWN = "withdrawn"
    """It was taken back before it was sent."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry with what is known of it.

    Args:
        position: From 1 on, in the order in which they were put.
        book: Which book it is for.
        xml: The submission of this one record.
        state: At the authority.
        attempts: How often it was sent, or about to be.
        csv: Verification code of the submission that brought it.
        code: The authority's code.
        text: The authority's text.
        answered_at: When the authority answered.
    """

    position: int
    book: Book
    xml: str
    state: EntryState
    attempts: int
    csv: str | None = None
    code: str | None = None
    text: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What decides with which others an entry may leave.

    Args:
        position: Of the entry.
        kind: Entries of one kind go in one submission.
        subject: Entries about one thing go one after the other.
        state: ``pending`` or ``in_flight``.
        attempts: How often it was sent.
    """

    position: int
    kind: str
    subject: str
    state: EntryState
    attempts: int


@dataclass(frozen=True, slots=True)
class Pace:
    """When the next submission may leave.

    Args:
        send_after: Not before this instant.
        failures: Submissions that failed one after the other; they make the pause longer.
        reason: Why sending stopped until somebody looks; empty while it goes on.
    """

    send_after: datetime = _LONG_AGO
    failures: int = 0
    reason: str = ""


def put(
    connection: Connection,
    box: Box,
    record: AnyRecord,
    titular: Titular,
    *,
    communication: Communication = Communication.REGISTER,
) -> int:
    """Put a record at the end of an outbox, in the transaction of the caller.

    An application saves an invoice and its entry in one commit: either both are there or none.

    Args:
        connection: Of ``sqlite3`` or ``psycopg``, in a transaction that may write; the caller
            commits. On SQLite it has begun ``IMMEDIATE``.
        box: Which outbox.
        record: Of any book, or a cancellation.
        titular: Whose books they are.
        communication: What the submission will do.

    Returns:
        The position of the entry.

    Raises:
        BatchError: It is no record of a book.
    """
    layout, cancels = home_of(record)
    igic = isinstance(record, IgicIssuedRecord | IgicReceivedRecord)
    authority = Authority.CANARIAS if igic else Authority.AEAT
    submission = prepare([record], titular, communication=communication, authority=authority)
    purpose = communication.value if isinstance(submission.stated_header, Header) else ""
    kind = [layout.book.value, cancels, authority.value, purpose, titular.nif, titular.name]
    position = run(
        connection,
        "INSERT INTO sii_box VALUES (?, ?, 1, ?, 0, '') ON CONFLICT (tenant, box) DO UPDATE"
        " SET length = sii_box.length + 1 RETURNING length",
        (box.tenant, box.name, _LONG_AGO.isoformat()),
    ).fetchone()[0]
    run(
        connection,
        "INSERT INTO sii_entry (tenant, box, position, book, kind, subject, xml, state, attempts)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', 0)",
        (
            *(box.tenant, box.name, position, layout.book.value, json.dumps(kind)),
            *(_subject(layout.book, record), build(submission, authority).decode()),
        ),
    )
    return int(position)


def _subject(book: Book, record: AnyRecord) -> str:
    """Return what an entry is about: payments and buildings are about their invoice."""
    of = {Book.PAYMENTS: Book.RECEIVED}.get(book, Book.ISSUED if book in _OF_ISSUED else book)
    return json.dumps([of.value, *(part.upper() for part in key_of(record))])


def content_of(entry: Entry) -> tuple[AnyRecord, Titular, Communication]:
    """Return the record of an entry, whose it is, and what its submission does."""
    submission = read_submission(entry.xml.encode())
    header = submission.stated_header
    does = header.communication if isinstance(header, Header) else Communication.REGISTER
    return submission.stated_records[0], header.titular, does


def waiting(connection: Connection, box: Box) -> list[Waiting]:
    """Return the entries that the authority has not answered, in their order."""
    found = run(
        connection,
        "SELECT position, kind, subject, state, attempts FROM sii_entry WHERE tenant = ?"
        " AND box = ? AND state IN ('pending', 'in_flight') ORDER BY position",
        (box.tenant, box.name),
    )
    return [
        Waiting(int(row[0]), row[1], row[2], EntryState(row[3]), int(row[4]))
        for row in found.fetchall()
    ]


_SELECT = (
    "SELECT position, book, xml, state, attempts, csv, code, text, answered_at FROM sii_entry"
    " WHERE tenant = ? AND box = ?"
)


def with_content(connection: Connection, box: Box, chosen: Sequence[Waiting]) -> list[Entry]:
    """Return the whole of some entries, in their order."""
    wanted = {each.position for each in chosen}
    found = run(
        connection,
        f"{_SELECT} AND position >= ? AND position <= ? ORDER BY position",
        (box.tenant, box.name, min(wanted), max(wanted)),
    )
    return [_entry(row) for row in found.fetchall() if int(row[0]) in wanted]


def entries(
    connection: Connection, box: Box, *, after: int = 0, limit: int = 10_000
) -> list[Entry]:
    """Return what is known of the entries of an outbox, in their order.

    Args:
        connection: Of the caller.
        box: Which outbox.
        after: Position after which they begin.
        limit: Entries at most.
    """
    found = run(
        connection,
        f"{_SELECT} AND position > ? ORDER BY position LIMIT ?",
        (box.tenant, box.name, after, limit),
    )
    return [_entry(row) for row in found.fetchall()]


def mark_in_flight(connection: Connection, box: Box, positions: Iterable[int]) -> None:
    """Note that entries are about to be sent; commit it before they leave."""
    for position in positions:
        run(
            connection,
            "UPDATE sii_entry SET state = 'in_flight', attempts = attempts + 1"
            " WHERE tenant = ? AND box = ? AND position = ?",
            (box.tenant, box.name, position),
        )


def unmark(connection: Connection, box: Box, before: Iterable[Waiting]) -> None:
    """Put entries back to what was known of them before :func:`mark_in_flight`."""
    for each in before:
        run(
            connection,
            "UPDATE sii_entry SET state = ?, attempts = ?"
            " WHERE tenant = ? AND box = ? AND position = ?",
            (each.state.value, each.attempts, box.tenant, box.name, each.position),
        )


def settle(
    connection: Connection,
    box: Box,
    position: int,
    state: EntryState,
    *,
    at: datetime,
    csv: str | None = None,
    code: str | None = None,
    text: str | None = None,
) -> None:
    """Keep what the authority said of an entry."""
    run(
        connection,
        "UPDATE sii_entry SET state = ?, csv = ?, code = ?, text = ?, answered_at = ?"
        " WHERE tenant = ? AND box = ? AND position = ?",
        (
            *(state.value, csv, code, (text or "")[:1500] or None, at.isoformat()),
            *(box.tenant, box.name, position),
        ),
    )


def withdraw(connection: Connection, box: Box, position: int) -> None:
    """Take back an entry that was never sent, in the transaction of the caller.

    Raises:
        OutboxError: It is not there, or it was sent.
    """
    changed = run(
        connection,
        "UPDATE sii_entry SET state = 'withdrawn' WHERE tenant = ? AND box = ? AND position = ?"
        " AND state = 'pending'",
        (box.tenant, box.name, position),
    )
    if changed.rowcount != 1:
        raise OutboxError(f"entry {position} is not pending: send a cancellation instead")


def pace_of(connection: Connection, box: Box) -> Pace:
    """Return when the next submission of an outbox may leave."""
    row = run(
        connection,
        "SELECT send_after, failures, reason FROM sii_box WHERE tenant = ? AND box = ?",
        (box.tenant, box.name),
    ).fetchone()
    return Pace() if row is None else Pace(datetime.fromisoformat(row[0]), int(row[1]), row[2])


def set_pace(connection: Connection, box: Box, pace: Pace) -> None:
    """Keep when the next submission of an outbox may leave."""
    run(
        connection,
        "UPDATE sii_box SET send_after = ?, failures = ?, reason = ? WHERE tenant = ? AND box = ?",
        (pace.send_after.isoformat(), pace.failures, pace.reason[:500], box.tenant, box.name),
    )


def _entry(row: Sequence[object]) -> Entry:
    position, book, xml, state, attempts, csv, code, text, answered_at = row
    return Entry(
        int(str(position)),
        Book(str(book)),
        str(xml),
        EntryState(str(state)),
        int(str(attempts)),
        None if csv is None else str(csv),
        None if code is None else str(code),
        None if text is None else str(text),
        None if answered_at is None else datetime.fromisoformat(str(answered_at)),
    )
