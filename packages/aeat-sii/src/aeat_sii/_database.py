"""SQLite and PostgreSQL by the Python database interface, and how they differ."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

__all__ = ["Connection", "Cursor", "is_sqlite", "run", "transactions"]


class Cursor(Protocol):
    """A cursor of the Python database interface (PEP 249)."""

    rowcount: int

    def execute(self, sql: str, parameters: Any = ..., /) -> Any:  # noqa: ANN401 - as PEP 249
        """Run a statement."""
        ...

    def fetchone(self) -> Any:  # noqa: ANN401 - as PEP 249
        """Return the next row."""
        ...

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        ...


class Connection(Protocol):
    """A connection of the Python database interface: ``sqlite3`` or ``psycopg``."""

    def cursor(self) -> Any:  # noqa: ANN401 - drivers type their cursors in their own ways
        """Open a cursor."""
        ...


def is_sqlite(connection: Connection) -> bool:
    """Tell which of the two databases a connection speaks to."""
    return type(connection).__module__.partition(".")[0] == "sqlite3"


def run(connection: Connection, sql: str, parameters: Sequence[object] = ()) -> Any:  # noqa: ANN401 - a cursor
    """Run a statement written with ``?`` and return its cursor."""
    cursor = connection.cursor()
    cursor.execute(sql if is_sqlite(connection) else sql.replace("?", "%s"), tuple(parameters))
    return cursor


def transactions(connection: Any) -> "Callable[[], AbstractContextManager[Connection]]":  # noqa: ANN401 - either driver
    """Make what opens transactions that may write on a connection, and commits them at their end.

    Args:
        connection: From ``open_sqlite`` or ``open_postgresql``; of one thread at a time.
    """

    @contextmanager
    def transaction() -> Iterator[Connection]:
        if not is_sqlite(connection):
            with connection.transaction():
                yield connection
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()

    return transaction
