"""What a double keeps about each of its callers."""

from collections.abc import Callable
from threading import RLock
from typing import Generic, TypeVar

__all__ = ["PerCaller"]

T = TypeVar("T")


class PerCaller(Generic[T]):
    """State of its own for each caller, made when the caller first comes.

    Args:
        make: Makes the state of a new caller.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._states: dict[str, T] = {}
        self.lock = RLock()
        """Hold it while the state is changed: callers come at the same time."""

    def of(self, caller: str) -> T:
        """Return the state of a caller, by NIF or whatever else names one."""
        with self.lock:
            if caller not in self._states:
                self._states[caller] = self._make()
            return self._states[caller]

    @property
    def callers(self) -> tuple[str, ...]:
        """Who has been here, in the order of coming."""
        with self.lock:
            return tuple(self._states)

    def forget(self) -> None:
        """Forget all callers."""
        with self.lock:
            self._states.clear()
