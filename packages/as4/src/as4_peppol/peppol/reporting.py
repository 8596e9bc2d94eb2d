"""What a service provider has to count: every document that went out or came in.

The two monthly reports of Peppol (transaction statistics and end users) are drawn from these
counts. A document is counted once, however often it is told. The reports themselves are not
written here.

Source: Peppol reporting, transaction statistics 1.0 and end user statistics 1.1 (what is counted).
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

from as4_peppol.peppol.identifiers import DocumentTypeId, ParticipantId, ProcessId
from as4_peppol.peppol.sbdh import BusinessDocument
from as4_peppol.peppol.sending import Dispatch
from as4_peppol.peppol.smp import AS4_PROFILE
from as4_peppol.sender import SendResult
from as4_peppol.stores.base import StoredMessage

__all__ = ["Book", "Counted", "Direction", "Exchange", "Month"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS exchanges (
    direction TEXT NOT NULL, message_id TEXT NOT NULL, day TEXT NOT NULL, provider TEXT NOT NULL,
    end_user TEXT NOT NULL, document_type TEXT NOT NULL, process TEXT NOT NULL,
    transport TEXT NOT NULL, country_c1 TEXT NOT NULL,
    PRIMARY KEY (direction, message_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS exchanges_by_day ON exchanges (day);
"""


class Direction(StrEnum):
    """Whether a document left or came."""

    OUTGOING = "outgoing"
    INCOMING = "incoming"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A document that was exchanged.

    Args:
        direction: Whether it left or came.
        message_id: Of the message; with the direction, what makes it one.
        exchanged_at: When its receipt was given or got, with a time zone.
        provider: Seat of the access point at the other end.
        end_user: Participant at our end: corner 1 of what leaves, corner 4 of what comes.
        document_type: What it is.
        process: In which process.
        country_c1: Country of corner 1.
        transport: Transport profile.
    """

    direction: Direction
    message_id: str
    exchanged_at: datetime
    provider: str
    end_user: ParticipantId
    document_type: DocumentTypeId
    process: ProcessId
    country_c1: str
    transport: str = AS4_PROFILE


@dataclass(frozen=True, slots=True)
class Counted:
    """How many documents have the same of everything.

    Args:
        direction: Whether they left or came.
        provider: Seat at the other end.
        document_type: What they are.
        process: In which process.
        country_c1: Country of corner 1.
        transport: Transport profile.
        documents: How many.
    """

    direction: Direction
    provider: str
    document_type: DocumentTypeId
    process: ProcessId
    country_c1: str
    transport: str
    documents: int


@dataclass(frozen=True, slots=True)
class Month:
    """The counts of a month.

    Args:
        begins_on: Its first day, in UTC.
        counts: In groups, in a fixed order.
        senders: How many different participants of ours sent something.
        receivers: How many different ones received something.
        end_users: How many different ones did either.
    """

    begins_on: date
    counts: tuple[Counted, ...]
    senders: int
    receivers: int
    end_users: int

    def total(self, direction: Direction) -> int:
        """Return how many documents left or came."""
        return sum(c.documents for c in self.counts if c.direction is direction)


class Book:
    """Counts in a file, durably; threads and processes may share it.

    Args:
        path: File of the data base; its folder is made where it is missing. It holds who exchanged
            something: keep it as long as the reports of its months may be asked for, no longer.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._turn = threading.Lock()
        with self._open() as connection:
            connection.executescript(_SCHEMA)

    def add(self, exchange: Exchange) -> bool:
        """Count a document; ``False`` when it was counted before."""
        day = exchange.exchanged_at.astimezone(UTC).date().isoformat()
        row = (
            exchange.direction.value,
            exchange.message_id,
            day,
            exchange.provider,
            exchange.end_user.key,
            str(exchange.document_type),
            str(exchange.process),
            exchange.transport,
            exchange.country_c1,
        )
        marks = ",".join("?" * len(row))
        with self._open() as connection:
            done = connection.execute(f"INSERT OR IGNORE INTO exchanges VALUES ({marks})", row)  # noqa: S608 - only marks
            return done.rowcount == 1

    def sent(self, result: SendResult, dispatch: Dispatch, seat: str) -> None:
        """Count what left; fits ``PeppolSender(delivered=...)``."""
        self.add(
            Exchange(
                Direction.OUTGOING,
                result.message_id,
                result.attempts[-1].started_at,
                seat,
                dispatch.sender,
                dispatch.document_type,
                dispatch.process,
                dispatch.country_c1,
            )
        )

    def received(self, message: StoredMessage, document: BusinessDocument, seat: str) -> None:
        """Count what came; fits ``StatusDesk(received=...)``."""
        self.add(
            Exchange(
                Direction.INCOMING,
                message.message_id,
                message.received_at,
                seat,
                document.receiver,
                document.document_type,
                document.process,
                document.country_c1,
            )
        )

    def month(self, year: int, month: int) -> Month:
        """Return the counts of a month, in UTC."""
        begins_on = date(year, month, 1)
        ends_on = date(year + month // 12, month % 12 + 1, 1)
        days = (begins_on.isoformat(), ends_on.isoformat())
        with self._open() as connection:
            rows = connection.execute(
                "SELECT direction, provider, document_type, process, country_c1, transport,"
                " count(*) FROM exchanges WHERE day >= ? AND day < ?"
                " GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6",
                days,
            ).fetchall()
            users = dict(
                connection.execute(
                    "SELECT direction, count(DISTINCT end_user) FROM exchanges"
                    " WHERE day >= ? AND day < ? GROUP BY 1",
                    days,
                ).fetchall()
            )
            (either,) = connection.execute(
                "SELECT count(DISTINCT end_user) FROM exchanges WHERE day >= ? AND day < ?", days
            ).fetchone()
        counts = tuple(
            Counted(
                Direction(row[0]),
                row[1],
                DocumentTypeId.parse(row[2]),
                ProcessId.parse(row[3]),
                row[4],
                row[5],
                row[6],
            )
            for row in rows
        )
        return Month(
            begins_on,
            counts,
            users.get(Direction.OUTGOING.value, 0),
            users.get(Direction.INCOMING.value, 0),
            either,
        )

    def forget(self, before: date) -> int:
        """Drop what was exchanged before a day; say how many documents."""
        with self._open() as connection:
            done = connection.execute("DELETE FROM exchanges WHERE day < ?", (before.isoformat(),))
            return done.rowcount

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._turn:
            connection = sqlite3.connect(self._path, timeout=30)
            try:
                connection.execute("PRAGMA synchronous=FULL")
                with connection:
                    yield connection
            finally:
                connection.close()
