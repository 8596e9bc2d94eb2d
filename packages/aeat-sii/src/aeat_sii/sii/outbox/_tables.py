"""The tables of the outbox, for SQLite and PostgreSQL."""

from aeat_sii._database import Connection, is_sqlite

__all__ = ["TABLES", "create_tables"]

TABLES = ("sii_box", "sii_entry")
"""Names of the tables of the outbox, for an application that keeps others beside them."""

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS sii_box (
        tenant VARCHAR(100) NOT NULL,
        box VARCHAR(100) NOT NULL,
        length INTEGER NOT NULL,
        send_after VARCHAR(35) NOT NULL,
        failures INTEGER NOT NULL,
        reason VARCHAR(500) NOT NULL,
        PRIMARY KEY (tenant, box)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS sii_entry (
        tenant VARCHAR(100) NOT NULL,
        box VARCHAR(100) NOT NULL,
        position INTEGER NOT NULL,
        book VARCHAR(30) NOT NULL,
        kind VARCHAR(400) NOT NULL,
        subject VARCHAR(600) NOT NULL,
        xml TEXT NOT NULL,
        state VARCHAR(20) NOT NULL,
        attempts INTEGER NOT NULL,
        csv VARCHAR(100),
        code VARCHAR(10),
        text VARCHAR(1500),
        answered_at VARCHAR(35),
        PRIMARY KEY (tenant, box, position)
    )
    """,
    "CREATE INDEX IF NOT EXISTS ix_sii_entry_state ON sii_entry (tenant, box, state, position)",
)
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7310534403)"
"""Processes that start together create the tables one after the other; the number is any."""


def create_tables(connection: Connection) -> None:
    """Create the tables; those that are there stay.

    Args:
        connection: Of the caller, who commits.
    """
    if is_sqlite(connection):
        for statement in _TABLES:
            connection.cursor().execute(statement)
        return
    # In one message, so that the lock holds to its end even where each message is a transaction.
    connection.cursor().execute(";".join((_ONE_AT_A_TIME, *_TABLES)))
