"""Connections that are kept open between the transactions of a store."""

import os
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

__all__ = ["Pool"]


class _Connection(Protocol):
    def execute(self, statement: str, /) -> Any:  # noqa: ANN401 - of the driver
        """Run a statement."""

    def close(self) -> object:
        """Close the connection."""


class Pool:
    """Hands out connections, each to one caller at a time.

    Args:
        connect: Opens a connection that leaves transactions to the caller.
        begin: Statements that open a transaction that reads, and one that writes.
        errors: What the driver raises.
    """

    def __init__(
        self,
        connect: Callable[[], Any],
        begin: tuple[str, str],
        errors: tuple[type[Exception], ...],
    ) -> None:
        self._connect = connect
        self._begin = begin
        self._errors = errors
        self._idle: deque[_Connection]
        self._start()

    def _start(self) -> None:
        self._idle, self._process = deque(), os.getpid()
        weakref.finalize(self, _close_own, self._idle, self._process)

    @contextmanager
    def transaction(self, *, writes: bool) -> Iterator[Any]:
        """Open a transaction; it is committed at its end, durably, or rolled back."""
        connection = self._begun(self._begin[writes])
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            with suppress(*self._errors):
                connection.execute("ROLLBACK")
            with suppress(*self._errors):
                connection.close()
            raise
        self._idle.append(connection)

    def _begun(self, statement: str) -> _Connection:
        """Return a connection in a new transaction; one that died while it lay idle is replaced."""
        if self._process != os.getpid():
            # A forked process must not speak on the connections of its parent, nor end them.
            self._start()
        while True:
            try:
                idle = self._idle.pop()
            except IndexError:
                break
            try:
                idle.execute(statement)
            except self._errors:
                with suppress(*self._errors):
                    idle.close()
            else:
                return idle
        made: _Connection = self._connect()
        try:
            made.execute(statement)
        except BaseException:
            made.close()
            raise
        return made

    def close(self) -> None:
        """Close the connections that nobody uses."""
        _close_all(self._idle)


def _close_own(idle: "deque[_Connection]", process: int) -> None:
    if process == os.getpid():
        _close_all(idle)


def _close_all(idle: "deque[_Connection]") -> None:
    while idle:
        idle.pop().close()
