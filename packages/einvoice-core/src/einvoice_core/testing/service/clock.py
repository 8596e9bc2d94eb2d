"""A clock that stands still until it is moved."""

from datetime import UTC, datetime, timedelta
from threading import Lock

__all__ = ["VirtualClock"]


class VirtualClock:
    """Tells the time to a double and to its client, and passes it without waiting.

    Args:
        start: The first instant, with its zone.
    """

    def __init__(self, start: datetime = datetime(2026, 7, 1, 9, tzinfo=UTC)) -> None:
        if start.tzinfo is None:
            raise ValueError("the first instant needs a time zone")
        self._now = start
        self._lock = Lock()

    def __call__(self) -> datetime:
        """Tell the time."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self._now += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        """Take the place of :func:`asyncio.sleep`: the time passes at once."""
        self.advance(seconds)
