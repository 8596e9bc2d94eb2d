"""The tables of the store, for SQLite and PostgreSQL."""

from aeat_sii._database import Connection, Cursor, is_sqlite, run

__all__ = ["TABLES", "Connection", "Cursor", "create_tables", "is_sqlite", "run"]


TABLES = ("verifactu_chain", "verifactu_record", "verifactu_delivery", "verifactu_pace")
"""Names of the tables of the store, for an application that keeps others beside them."""

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS verifactu_chain (
        tenant VARCHAR(100) NOT NULL,
        chain VARCHAR(100) NOT NULL,
        length INTEGER NOT NULL,
        last_nif VARCHAR(9) NOT NULL,
        last_number VARCHAR(60) NOT NULL,
        last_issued_on VARCHAR(10) NOT NULL,
        last_fingerprint VARCHAR(64) NOT NULL,
        last_recorded_at VARCHAR(35) NOT NULL,
        PRIMARY KEY (tenant, chain)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS verifactu_record (
        tenant VARCHAR(100) NOT NULL,
        chain VARCHAR(100) NOT NULL,
        position INTEGER NOT NULL,
        kind VARCHAR(10) NOT NULL,
        number VARCHAR(60) NOT NULL,
        issued_on VARCHAR(10) NOT NULL,
        fingerprint VARCHAR(64) NOT NULL,
        xml TEXT NOT NULL,
        PRIMARY KEY (tenant, chain, position)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS verifactu_delivery (
        tenant VARCHAR(100) NOT NULL,
        chain VARCHAR(100) NOT NULL,
        position INTEGER NOT NULL,
        state VARCHAR(20) NOT NULL,
        attempts INTEGER NOT NULL,
        csv VARCHAR(100),
        code VARCHAR(10),
        text VARCHAR(1500),
        answered_at VARCHAR(35),
        PRIMARY KEY (tenant, chain, position)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS verifactu_pace (
        tenant VARCHAR(100) NOT NULL,
        chain VARCHAR(100) NOT NULL,
        send_after VARCHAR(35) NOT NULL,
        failures INTEGER NOT NULL,
        reason VARCHAR(500) NOT NULL,
        PRIMARY KEY (tenant, chain)
    )
    """,
    "CREATE INDEX IF NOT EXISTS ix_verifactu_record_invoice"
    " ON verifactu_record (tenant, number, issued_on)",
    "CREATE INDEX IF NOT EXISTS ix_verifactu_delivery_state"
    " ON verifactu_delivery (tenant, chain, state, position)",
)

_GUARDS_SQLITE = tuple(
    f"CREATE TRIGGER IF NOT EXISTS verifactu_record_{what.lower()} BEFORE {what} ON"
    " verifactu_record BEGIN SELECT RAISE(ABORT, 'the chain of records is append-only'); END"
    for what in ("UPDATE", "DELETE")
)
_GUARDS_POSTGRESQL = (
    """
    DO $$ BEGIN
        IF to_regproc('verifactu_append_only') IS NULL THEN
            CREATE FUNCTION verifactu_append_only() RETURNS trigger AS $guard$
            BEGIN RAISE EXCEPTION 'the chain of records is append-only'; END;
            $guard$ LANGUAGE plpgsql;
        END IF;
        IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'verifactu_record_guard'
                       AND tgrelid = to_regclass('verifactu_record')) THEN
            CREATE TRIGGER verifactu_record_guard BEFORE UPDATE OR DELETE ON verifactu_record
            FOR EACH ROW EXECUTE FUNCTION verifactu_append_only();
        END IF;
    END $$
    """,
)
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7310534402)"
"""Processes that start together create the tables one after the other; the number is any."""


def create_tables(connection: Connection) -> None:
    """Create the tables and what keeps them append-only; those that are there stay.

    Args:
        connection: Of the caller, who commits.
    """
    if is_sqlite(connection):
        for statement in (*_TABLES, *_GUARDS_SQLITE):
            connection.cursor().execute(statement)
        return
    # In one message, so that the lock holds to its end even where each message is a transaction.
    connection.cursor().execute(";".join((_ONE_AT_A_TIME, *_TABLES, *_GUARDS_POSTGRESQL)))
