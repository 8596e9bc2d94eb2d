"""The tables of a store in a database, and the statements that both kinds of database share.

Large payloads lie in files beside the database: written under a temporary name, synchronised and
renamed before the row that names them is committed.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from as4_peppol.errors import StoreError
from as4_peppol.spool import CHUNK_BYTES, Spool
from as4_peppol.stores.base import (
    IdentifierTakenError,
    Kept,
    StoredMessage,
    StoredPayload,
    content_digest,
    described,
    signed_digest,
)
from as4_peppol.stores.pool import Pool
from as4_peppol.unpacking import Inbound

__all__ = ["INLINE_BYTES", "Connection", "SqlStore"]

INLINE_BYTES = 256 * 1024
"""A payload up to this size lies in its row."""


class Connection(Protocol):
    """What a store asks of a connection to a database."""

    def execute(self, statement: str, values: Sequence[Any] = ...) -> Any:  # noqa: ANN401 - of the driver
        """Run a statement."""

    def close(self) -> object:
        """Close the connection."""


class SqlStore:
    """Keeps messages in a database; use one of its kinds, and close it.

    Connections are kept open between calls; a store that nobody closed gives them up when it is
    collected.

    Args:
        connect: Opens a connection.
        folder: Where large payloads lie.
        placeholder: How the database marks a value in a statement.
        begin: Statements that open a transaction that reads, and one that writes.
        errors: What its driver raises.
        checkpoint: Called with a name at each step of ``accept``; tests stop the program there.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        folder: Path,
        *,
        placeholder: str,
        begin: tuple[str, str],
        errors: tuple[type[Exception], ...],
        checkpoint: Callable[[str], None] = lambda name: None,
    ) -> None:
        self._pool = Pool(connect, begin, errors)
        self._folder = folder
        self._placeholder = placeholder
        self._errors: tuple[type[Exception], ...] = (*errors, OSError)
        self._reach = checkpoint
        folder.mkdir(parents=True, exist_ok=True)

    def _sql(self, statement: str) -> str:
        return statement.replace("?", self._placeholder)

    def _transaction(self, *, writes: bool) -> AbstractContextManager[Connection]:
        return self._pool.transaction(writes=writes)

    def _run(self, act: Callable[[Connection], Any], *, writes: bool = True) -> Any:  # noqa: ANN401 - what the caller made
        try:
            with self._transaction(writes=writes) as connection:
                return act(connection)
        except StoreError:
            raise
        except self._errors as error:
            raise StoreError(f"the store did not answer: {type(error).__name__}") from error

    def accept(
        self, message: Inbound, receipt: bytes, received_at: datetime, *, deliver: bool = True
    ) -> Kept:
        """Keep a message durably, or recognise it; see :class:`~as4_peppol.stores.base.Store`."""
        known = self.find(message)
        if known is not None:
            return known
        contents = [p.content for p in message.payloads] if deliver else []
        files: list[Path] = []
        in_doubt = False

        def insert(connection: Connection) -> Kept:
            nonlocal in_doubt
            made = self._insert(connection, message, receipt, received_at, places, deliver=deliver)
            in_doubt = True
            return made

        try:
            places = [self._place(content, files) for content in contents]
            self._reach("accept.files")
            kept: Kept = self._run(insert)
        except (StoreError, OSError) as error:
            # A commit whose answer is lost may have happened: its files stay, for ``sweep``.
            if not in_doubt:
                _remove(files)
            if isinstance(error, StoreError):
                raise
            raise StoreError(f"the message was not kept: {type(error).__name__}") from error
        self._reach("accept.committed")
        if not kept.is_new:
            _remove(files)
        return kept

    def _place(self, content: Spool, files: list[Path]) -> tuple[bytes | None, str | None]:
        """Return what goes into the row: the octets, or the name of a file that holds them."""
        if content.size <= INLINE_BYTES:
            return content.read(), None
        descriptor, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        partial = Path(name)
        files.append(partial)
        with os.fdopen(descriptor, "wb") as file:
            for chunk in content.chunks():
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        final = partial.with_suffix(".payload")
        partial.rename(final)
        files[-1] = final
        _sync_folder(self._folder)
        return None, final.name

    def _insert(
        self,
        connection: Connection,
        message: Inbound,
        receipt: bytes,
        received_at: datetime,
        places: Sequence[tuple[bytes | None, str | None]],
        *,
        deliver: bool,
    ) -> Kept:
        added = connection.execute(
            self._sql(
                "INSERT INTO as4_messages"
                " (message_id, received_at, digest, signed, envelope, receipt, waits)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (message_id) DO NOTHING"
            ),
            (
                message.message_id,
                _text(received_at),
                content_digest(message),
                signed_digest(message),
                message.envelope,
                receipt,
                int(deliver),
            ),
        )
        if added.rowcount != 1:
            known = self._known(connection, message)
            if known is None:
                raise StoreError("the message was dropped while it came again")
            return known
        rows = zip(described(message), places, strict=False) if deliver else ()
        for payload, (content, file) in rows:
            connection.execute(
                self._sql(
                    "INSERT INTO as4_payloads"
                    " (message_id, position, href, mime_type, charset, size, content, file)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                ),
                (
                    message.message_id,
                    payload.position,
                    payload.href,
                    payload.mime_type,
                    payload.charset,
                    payload.size,
                    content,
                    file,
                ),
            )
        self._reach("accept.rows")
        return Kept(True, receipt)

    def find(self, message: Inbound) -> Kept | None:
        """Return what is known of a message that was kept before."""
        found: Kept | None = self._run(lambda c: self._known(c, message), writes=False)
        return found

    def _known(self, connection: Connection, message: Inbound) -> Kept | None:
        row = connection.execute(
            self._sql("SELECT digest, receipt, signed FROM as4_messages WHERE message_id = ?"),
            (message.message_id,),
        ).fetchone()
        if row is None:
            return None
        if row[0] != content_digest(message):
            raise IdentifierTakenError("the identifier of the message belongs to another one")
        return Kept(False, bytes(row[1]), row[2] == signed_digest(message))

    def pending(self, limit: int = 100) -> Sequence[StoredMessage]:
        """Return messages that wait for their consumer, the oldest first."""
        found: Sequence[StoredMessage] = self._run(lambda c: self._pending(c, limit), writes=False)
        return found

    def _pending(self, connection: Connection, limit: int) -> Sequence[StoredMessage]:
        rows = connection.execute(
            self._sql(
                "SELECT message_id, received_at, envelope, receipt FROM as4_messages"
                " WHERE waits = 1 ORDER BY received_at, message_id LIMIT ?"
            ),
            (limit,),
        ).fetchall()
        return [
            StoredMessage(
                row[0],
                datetime.fromisoformat(row[1]),
                bytes(row[2]),
                bytes(row[3]),
                self._payloads(connection, row[0]),
            )
            for row in rows
        ]

    def _payloads(self, connection: Connection, message_id: str) -> tuple[StoredPayload, ...]:
        rows = connection.execute(
            self._sql(
                "SELECT position, href, mime_type, charset, size FROM as4_payloads"
                " WHERE message_id = ? ORDER BY position"
            ),
            (message_id,),
        ).fetchall()
        return tuple(StoredPayload(*row) for row in rows)

    def chunks(self, message_id: str, position: int) -> Iterator[bytes]:
        """Yield a payload in pieces.

        Raises:
            StoreError: There is no such payload.
        """
        row = self._run(
            lambda c: c.execute(
                self._sql(
                    "SELECT content, file FROM as4_payloads WHERE message_id = ? AND position = ?"
                ),
                (message_id, position),
            ).fetchone(),
            writes=False,
        )
        if row is None:
            raise StoreError(f"there is no payload {position} of that message")
        if row[1] is None:
            yield bytes(row[0])
            return
        try:
            with (self._folder / row[1]).open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    yield chunk
        except OSError as error:
            raise StoreError("the file of a payload cannot be read") from error

    def done(self, message_id: str) -> None:
        """Say that the consumer has the message; its payloads are dropped."""

        def act(connection: Connection) -> list[str]:
            named = (message_id,)
            connection.execute(
                self._sql("UPDATE as4_messages SET waits = 0 WHERE message_id = ?"), named
            )
            rows = connection.execute(
                self._sql(
                    "SELECT file FROM as4_payloads WHERE message_id = ? AND file IS NOT NULL"
                ),
                named,
            ).fetchall()
            connection.execute(self._sql("DELETE FROM as4_payloads WHERE message_id = ?"), named)
            return [row[0] for row in rows]

        for name in self._run(act):
            (self._folder / name).unlink(missing_ok=True)

    def forget(self, before: datetime) -> int:
        """Drop what was done and came before an instant."""
        count: int = self._run(
            lambda c: (
                c.execute(
                    self._sql("DELETE FROM as4_messages WHERE waits = 0 AND received_at < ?"),
                    (_text(before),),
                ).rowcount
            )
        )
        return count

    def sweep(self) -> int:
        """Remove files that no row names, left by a crash before its commit; say how many.

        Call it while nothing is being received.
        """
        named = self._run(
            lambda c: {
                row[0]
                for row in c.execute(
                    "SELECT file FROM as4_payloads WHERE file IS NOT NULL"
                ).fetchall()
            },
            writes=False,
        )
        left = [
            file
            for file in self._folder.iterdir()
            if file.suffix in {".part", ".payload"} and file.name not in named
        ]
        for file in left:
            file.unlink(missing_ok=True)
        return len(left)

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def _remove(files: Sequence[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
