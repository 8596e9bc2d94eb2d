"""What is known of each record at the agency, and when the next submission may leave.

The states of a record::

    pending ──> in_flight ──> accepted | accepted_with_errors | rejected
                    └─ no answer: it stays, and is sent again

``in_flight`` is committed before a submission leaves, so that after a crash nobody takes a record
for one that the agency cannot have.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from aeat_sii.verifactu.store._sql import Connection, run
from aeat_sii.verifactu.store.appending import Key, StoredRecord, row_of

__all__ = [
    "Delivery",
    "DeliveryState",
    "Pace",
    "deliveries",
    "deliveries_of_invoice",
    "delivery_at",
    "mark_in_flight",
    "pace_of",
    "set_pace",
    "settle",
    "undelivered",
    "unmark",
]


class DeliveryState(StrEnum):
    """What is known of a record at the agency."""

    PENDING = "pending"
    """It was never sent."""
    IN_FLIGHT = "in_flight"
    """It was sent, or was about to be; the agency may hold it."""
    ACCEPTED = "accepted"
    """The agency holds it."""
    WITH_ERRORS = "accepted_with_errors"
    """The agency holds it, with an error."""
    REJECTED = "rejected"
    """The agency does not hold it; a correction is needed."""
    IMPORTED = "imported"
    """Another system has delivered it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A record with what is known of it.

    Args:
        record: As it stands in the store.
        state: At the agency.
        attempts: How often it was sent, or about to be.
        csv: Verification code of the submission that brought it.
        code: The agency's code.
        text: The agency's text.
        answered_at: When the agency answered.
    """

    record: StoredRecord
    state: DeliveryState
    attempts: int
    csv: str | None = None
    code: str | None = None
    text: str | None = None
    answered_at: datetime | None = None


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pace:
    """When the next submission may leave.

    Args:
        send_after: Not before this instant, unless a full batch is waiting.
        failures: Submissions that failed one after the other; they make the pause longer.
        reason: Why sending stopped until somebody looks; empty while it goes on.
    """

    send_after: datetime = _LONG_AGO
    failures: int = 0
    reason: str = ""


_SELECT = (
    "SELECT r.position, r.kind, r.number, r.issued_on, r.fingerprint, r.xml, d.state, d.attempts,"
    " d.csv, d.code, d.text, d.answered_at FROM verifactu_record r JOIN verifactu_delivery d"
    " ON d.tenant = r.tenant AND d.chain = r.chain AND d.position = r.position"
    " WHERE d.tenant = ? AND d.chain = ?"
)


def undelivered(connection: Connection, key: Key, limit: int) -> list[Delivery]:
    """Return the first records that the agency has not answered, in the order of the chain."""
    found = run(
        connection,
        f"{_SELECT} AND d.state IN ('pending', 'in_flight') ORDER BY d.position LIMIT ?",
        (key.tenant, key.chain, limit),
    )
    return [_delivery(row) for row in found.fetchall()]


def deliveries(connection: Connection, key: Key) -> list[Delivery]:
    """Return what is known of every record of a chain, in its order."""
    found = run(connection, f"{_SELECT} ORDER BY d.position", (key.tenant, key.chain))
    return [_delivery(row) for row in found.fetchall()]


def delivery_at(connection: Connection, key: Key, position: int) -> Delivery | None:
    """Return what is known of one record."""
    found = run(connection, f"{_SELECT} AND d.position = ?", (key.tenant, key.chain, position))
    row = found.fetchone()
    return _delivery(row) if row else None


def deliveries_of_invoice(connection: Connection, key: Key, record: StoredRecord) -> list[Delivery]:
    """Return what is known of every record of the same invoice, in the order of the chain."""
    found = run(
        connection,
        f"{_SELECT} AND r.number = ? AND r.issued_on = ? ORDER BY d.position",
        (key.tenant, key.chain, record.number, record.issued_on.isoformat()),
    )
    return [_delivery(row) for row in found.fetchall()]


def mark_in_flight(connection: Connection, key: Key, positions: Iterable[int]) -> None:
    """Note that records are about to be sent; commit it before they leave."""
    for position in positions:
        run(
            connection,
            "UPDATE verifactu_delivery SET state = 'in_flight', attempts = attempts + 1"
            " WHERE tenant = ? AND chain = ? AND position = ?",
            (key.tenant, key.chain, position),
        )


def unmark(connection: Connection, key: Key, before: Iterable[Delivery]) -> None:
    """Put records back to what was known of them before :func:`mark_in_flight`."""
    for each in before:
        run(
            connection,
            "UPDATE verifactu_delivery SET state = ?, attempts = ?"
            " WHERE tenant = ? AND chain = ? AND position = ?",
            (each.state.value, each.attempts, key.tenant, key.chain, each.record.position),
        )


def settle(
    connection: Connection,
    key: Key,
    position: int,
    state: DeliveryState,
    *,
    at: datetime,
    csv: str | None = None,
    code: str | None = None,
    text: str | None = None,
) -> None:
    """Keep what the agency said of a record."""
    run(
        connection,
        "UPDATE verifactu_delivery SET state = ?, csv = ?, code = ?, text = ?, answered_at = ?"
        " WHERE tenant = ? AND chain = ? AND position = ?",
        (
            *(state.value, csv, code, (text or "")[:1500] or None, at.isoformat()),
            *(key.tenant, key.chain, position),
        ),
    )


def pace_of(connection: Connection, key: Key) -> Pace:
    """Return when the next submission of a chain may leave."""
    row = run(
        connection,
        "SELECT send_after, failures, reason FROM verifactu_pace WHERE tenant = ? AND chain = ?",
        (key.tenant, key.chain),
    ).fetchone()
    return Pace() if row is None else Pace(datetime.fromisoformat(row[0]), row[1], row[2])


def set_pace(connection: Connection, key: Key, pace: Pace) -> None:
    """Keep when the next submission of a chain may leave."""
    run(
        connection,
        "INSERT INTO verifactu_pace VALUES (?, ?, ?, ?, ?) ON CONFLICT (tenant, chain) DO UPDATE"
        " SET send_after = excluded.send_after, failures = excluded.failures,"
        " reason = excluded.reason",
        (
            *(key.tenant, key.chain, pace.send_after.isoformat()),
            *(pace.failures, pace.reason[:500]),
        ),
    )


def _delivery(row: tuple[object, ...]) -> Delivery:
    state, attempts, csv, code, text, answered_at = row[6:]
    return Delivery(
        row_of(row[:6]),
        DeliveryState(str(state)),
        int(str(attempts)),
        None if csv is None else str(csv),
        None if code is None else str(code),
        None if text is None else str(text),
        None if answered_at is None else datetime.fromisoformat(str(answered_at)),
    )
