"""A store that forgets everything when the program ends: for tests and trials."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from as4_peppol.errors import StoreError
from as4_peppol.spool import CHUNK_BYTES
from as4_peppol.stores.base import (
    IdentifierTakenError,
    Kept,
    StoredMessage,
    content_digest,
    described,
    signed_digest,
)
from as4_peppol.unpacking import Inbound

__all__ = ["MemoryStore"]


@dataclass(slots=True)
class _Row:
    message: StoredMessage
    digest: str
    signed: str
    contents: tuple[bytes, ...]
    waits: bool


class MemoryStore:
    """Keeps messages in memory."""

    def __init__(self) -> None:
        self._rows: dict[str, _Row] = {}
        self._lock = Lock()

    def accept(
        self, message: Inbound, receipt: bytes, received_at: datetime, *, deliver: bool = True
    ) -> Kept:
        """Keep a message, or recognise it; see :class:`~as4_peppol.stores.base.Store`."""
        contents = tuple(payload.read() for payload in message.payloads) if deliver else ()
        stored = StoredMessage(
            message.message_id, received_at, message.envelope, receipt, described(message)
        )
        with self._lock:
            known = self._known(message)
            if known is not None:
                return known
            row = _Row(stored, content_digest(message), signed_digest(message), contents, deliver)
            self._rows[message.message_id] = row
        return Kept(True, receipt)

    def find(self, message: Inbound) -> Kept | None:
        """Return what is known of a message that was kept before."""
        with self._lock:
            return self._known(message)

    def _known(self, message: Inbound) -> Kept | None:
        row = self._rows.get(message.message_id)
        if row is None:
            return None
        if row.digest != content_digest(message):
            raise IdentifierTakenError("the identifier of the message belongs to another one")
        return Kept(False, row.message.receipt, row.signed == signed_digest(message))

    def pending(self, limit: int = 100) -> Sequence[StoredMessage]:
        """Return messages that wait for their consumer, the oldest first."""
        with self._lock:
            return [row.message for row in self._rows.values() if row.waits][:limit]

    def chunks(self, message_id: str, position: int) -> Iterator[bytes]:
        """Yield a payload in pieces."""
        with self._lock:
            row = self._rows.get(message_id)
        if row is None or not 0 <= position < len(row.contents):
            raise StoreError(f"there is no payload {position} of that message")
        content = row.contents[position]
        yield from (content[i : i + CHUNK_BYTES] for i in range(0, len(content), CHUNK_BYTES))

    def done(self, message_id: str) -> None:
        """Say that the consumer has the message."""
        with self._lock:
            row = self._rows.get(message_id)
            if row is not None:
                row.waits, row.contents = False, ()

    def forget(self, before: datetime) -> int:
        """Drop what was done and came before an instant."""
        with self._lock:
            old = [
                name
                for name, row in self._rows.items()
                if not row.waits and row.message.received_at < before
            ]
            for name in old:
                del self._rows[name]
        return len(old)
