"""The store with a connection of its own: many issuers, one synchronised commit for all who wait.

For programs without a database. Each call returns once its record is on the disk; the calls that
arrive while the disk works share the next commit.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from aeat_sii.clock import now
from aeat_sii.errors import ChainError
from aeat_sii.verifactu.records import CancellationRecord, RegistrationRecord
from aeat_sii.verifactu.store._sql import Connection, create_tables, is_sqlite
from aeat_sii.verifactu.store.appending import Key, StoredRecord, append, walk

if TYPE_CHECKING:
    import psycopg

__all__ = ["MAX_GROUP", "ChainStore", "Reached", "open_postgresql", "open_sqlite"]

R = TypeVar("R", RegistrationRecord, CancellationRecord)

Reached = Callable[[str], None]
"""Called with the name of each point that a write passes: ``begin``, ``written``, ``committed``,
``acknowledged``; tests kill the process there."""

MAX_GROUP = 512
"""Records that share one commit at most."""


@dataclass(slots=True)
class _Waiting:
    key: Key
    record: Any
    done: "Future[Any]" = field(default_factory=Future)


def open_sqlite(path: Path | str) -> sqlite3.Connection:
    """Open a file so that a commit returns when it is on the disk (``synchronous=FULL``, WAL).

    Args:
        path: Made if it is not there.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def open_postgresql(conninfo: str) -> "psycopg.Connection":
    """Open a database of PostgreSQL; needs the extra ``aeat-sii[postgresql]``.

    Args:
        conninfo: Address, as libpq takes it.

    Raises:
        ChainError: The driver is not installed, or the server synchronises no commits.
    """
    try:
        import psycopg
    except ImportError as error:
        raise ChainError("PostgreSQL needs psycopg: install aeat-sii[postgresql]") from error
    connection = psycopg.connect(conninfo, autocommit=True)
    row = connection.execute("SHOW fsync").fetchone()
    if row is None or row[0] != "on":
        connection.close()
        raise ChainError("the server has fsync off: a power cut would lose records")
    connection.execute("SET synchronous_commit TO on")
    return connection


class ChainStore:
    """Appends to chains over a connection of its own; for any number of threads.

    Use it in a ``with`` statement, or close it.

    Args:
        connection: From :func:`open_sqlite` or :func:`open_postgresql`; the store closes it.
        clock: Stamps the records.
        sign: Signs the text of each record, for systems that do not send theirs.
        reached: Called at each named point of a write.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        clock: Callable[[], datetime] | None = now,
        sign: Callable[[bytes], bytes] | None = None,
        reached: Reached = lambda point: None,
    ) -> None:
        self._sign = sign
        self._connection: Any = connection
        self._clock = clock
        self._reached = reached
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._gate = threading.Lock()  # of the queue, so that others may queue while one writes
        self._lock = threading.Lock()  # of the connection
        self._closed = False
        with self._transaction():
            create_tables(connection)
        self._writer = threading.Thread(target=self._write, name="verifactu-chain", daemon=True)
        self._writer.start()

    def append(self, key: Key, record: R) -> R:
        """Put a record at the end of a chain and return once it is on the disk.

        Args:
            key: Which chain.
            record: Complete but for its place and fingerprint.

        Returns:
            The record as it will be sent.

        Raises:
            ChainError: It cannot stand there, the database failed, or the store is closed. Nothing
                was written.
        """
        waiting = _Waiting(key, record)
        with self._gate:
            if self._closed:
                raise ChainError("the store is closed")
            self._queue.put(waiting)
        result: R = waiting.done.result()
        return result

    def records(self, key: Key, *, after: int = 0) -> list[StoredRecord]:
        """Return the records of a chain, in its order, behind a position."""
        with self._lock:
            return list(walk(self._connection, key, after=after))

    def close(self) -> None:
        """Write what waits and close the connection."""
        with self._gate:
            if self._closed:
                return
            self._closed = True
        self._queue.put(None)
        self._writer.join()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _write(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                return
            group = [first]
            while len(group) < MAX_GROUP and not self._queue.empty():
                following = self._queue.get()
                if following is None:
                    self._queue.put(None)
                    break
                group.append(following)
            self._commit(group)

    def _commit(self, group: list[_Waiting]) -> None:
        written: list[tuple[_Waiting, Any]] = []
        try:
            with self._lock, self._transaction():
                # Every store locks chains in one order, or two of them wait for each other.
                for waiting in sorted(group, key=lambda each: repr(each.key)):
                    linked = self._one(waiting)
                    if linked is not None:
                        written.append((waiting, linked))
                self._reached("written")
        except Exception as error:  # noqa: BLE001 - whoever waits has to hear of it, whatever it is
            failure = ChainError(f"nothing was written: {type(error).__name__}: {error}")
            failure.__cause__ = error
            for waiting in group:
                if not waiting.done.done():
                    waiting.done.set_exception(failure)
            return
        self._reached("committed")
        for waiting, linked in written:
            waiting.done.set_result(linked)
        self._reached("acknowledged")

    def _one(self, waiting: _Waiting) -> RegistrationRecord | CancellationRecord | None:
        """Append one record; its own error concerns nobody else of the group."""
        try:
            linked: RegistrationRecord | CancellationRecord = append(
                self._connection, waiting.key, waiting.record, clock=self._clock, sign=self._sign
            )
        except ChainError as error:
            waiting.done.set_exception(error)
            return None
        return linked

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        begin = "BEGIN IMMEDIATE" if is_sqlite(self._connection) else "BEGIN"
        self._connection.execute(begin)
        self._reached("begin")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
