"""A store in PostgreSQL, for several receivers at once (extra ``[postgresql]``)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from as4_peppol.stores.sql import SqlStore

__all__ = ["PostgresqlStore"]

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS as4_messages (
        message_id text PRIMARY KEY,
        received_at text NOT NULL,
        digest text NOT NULL,
        signed text NOT NULL,
        envelope bytea NOT NULL,
        receipt bytea NOT NULL,
        waits integer NOT NULL
    )
    """,
    "CREATE INDEX IF NOT EXISTS as4_waiting ON as4_messages (received_at) WHERE waits = 1",
    """
    CREATE TABLE IF NOT EXISTS as4_payloads (
        message_id text NOT NULL,
        position integer NOT NULL,
        href text NOT NULL,
        mime_type text NOT NULL,
        charset text,
        size bigint NOT NULL,
        content bytea,
        file text,
        PRIMARY KEY (message_id, position)
    )
    """,
)
_ONE_AT_A_TIME = 4_718_920_611
"""Number of the lock under which the tables are made."""


class PostgresqlStore(SqlStore):
    """Keeps messages in a database that several programs share.

    Args:
        address: Connection string.
        folder: Where large payloads lie; all programs that share the database must see it.
        checkpoint: For tests; see :class:`~as4_peppol.stores.sql.SqlStore`.
    """

    def __init__(
        self,
        address: str,
        folder: Path | str,
        *,
        checkpoint: Callable[[str], None] = lambda name: None,
    ) -> None:
        self._address = address
        super().__init__(
            self._connect,
            Path(folder),
            placeholder="%s",
            begin=("BEGIN READ ONLY", "BEGIN"),
            errors=(psycopg.Error,),
            checkpoint=checkpoint,
        )
        with self._transaction(writes=True) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_ONE_AT_A_TIME,))
            for statement in _TABLES:
                connection.execute(statement)

    def _connect(self) -> "psycopg.Connection[tuple[Any, ...]]":
        connection = psycopg.connect(self._address, autocommit=True)
        # Whatever the server's default is: a receipt leaves after the message is on the disk.
        connection.execute("SET synchronous_commit TO on")
        return connection
