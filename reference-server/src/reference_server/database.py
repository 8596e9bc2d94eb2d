"""The database: one transaction for each use case, and one writer at a time where there is one.

SQLite runs in WAL mode and synchronises each commit (``synchronous=FULL``): what was acknowledged
survives a power cut. A writing transaction begins ``IMMEDIATE`` behind a lock of the process,
because SQLite's own waiting lets some wait for seconds.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry

__all__ = ["METADATA", "Database", "in_transaction", "migrate"]

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of every service; the services never join across their borders."""

_open = threading.local()


class Database:
    """Connections to one database.

    Args:
        url: SQLAlchemy address.
        pool_size: Connections kept open.
    """

    def __init__(self, url: str, pool_size: int = 8) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        self._write_lock = threading.Lock()
        self.engine = create_engine(parsed, pool_size=pool_size, max_overflow=8)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _configure)
            event.listen(self.engine, "begin", _begin)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that may write; it commits at the end of the block."""
        with self._write_lock if self.is_sqlite else nullcontext(), self.engine.connect() as c:
            connection = c.execution_options(einvoice_writes=True)
            with connection.begin(), _marked():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads, beside any writer."""
        with self.engine.connect() as connection, connection.begin(), _marked():
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def in_transaction() -> bool:
    """Tell whether this thread has a transaction open: then no link may be called."""
    return bool(getattr(_open, "depth", 0))


@contextmanager
def _marked() -> Iterator[None]:
    _open.depth = getattr(_open, "depth", 0) + 1
    try:
        yield
    finally:
        _open.depth -= 1


def _configure(connection: Any, entry: ConnectionPoolEntry) -> None:  # noqa: ANN401 - DBAPI
    connection.isolation_level = None  # SQLAlchemy's own BEGIN, below, is the only one
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("einvoice_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def migrate(url: str) -> None:
    """Bring the tables of a database to the newest form."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "reference_server:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    command.upgrade(config, "head")
