"""A store in one SQLite file."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from as4_peppol.stores.sql import SqlStore

__all__ = ["SqliteStore"]

_TABLES = """
CREATE TABLE IF NOT EXISTS as4_messages (
    message_id TEXT PRIMARY KEY,
    received_at TEXT NOT NULL,
    digest TEXT NOT NULL,
    signed TEXT NOT NULL,
    envelope BLOB NOT NULL,
    receipt BLOB NOT NULL,
    waits INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS as4_waiting ON as4_messages (received_at) WHERE waits = 1;
CREATE TABLE IF NOT EXISTS as4_payloads (
    message_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    href TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    charset TEXT,
    size INTEGER NOT NULL,
    content BLOB,
    file TEXT,
    PRIMARY KEY (message_id, position)
);
"""
_WAIT_S = 30.0


class SqliteStore(SqlStore):
    """Keeps messages in a folder: a SQLite file, and large payloads beside it.

    Every commit is on the disk before it returns (``synchronous=FULL``).

    Args:
        folder: Is made when it is not there.
        checkpoint: For tests; see :class:`~as4_peppol.stores.sql.SqlStore`.
    """

    def __init__(
        self, folder: Path | str, *, checkpoint: Callable[[str], None] = lambda name: None
    ) -> None:
        self._path = Path(folder) / "messages.sqlite"
        super().__init__(
            self._connect,
            Path(folder),
            placeholder="?",
            begin=("BEGIN", "BEGIN IMMEDIATE"),
            errors=(sqlite3.Error,),
            checkpoint=checkpoint,
        )
        with closing(self._connect()) as connection:
            connection.executescript(_TABLES)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        return connection
