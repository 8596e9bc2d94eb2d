"""What a store of messages promises.

``accept`` keeps a message, its payloads and its receipt in one durable step, before the receipt
leaves. A message that comes again is recognised by its identifier and gets the very same receipt;
one that has the identifier of another message and other content is refused.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from as4_peppol.message.receipts import digests_of
from as4_peppol.unpacking import Inbound

__all__ = ["Kept", "Store", "StoredMessage", "StoredPayload", "content_digest", "described"]


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a message that was handed to a store.

    Args:
        is_new: Whether it had not come before.
        receipt: The receipt to send: that of the first time.
    """

    is_new: bool
    receipt: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredPayload:
    """A payload that waits for its consumer.

    Args:
        position: In the message, from 0.
        href: How the message names it.
        mime_type: What it is.
        charset: Of its text, where that was said.
        size: Octets.
    """

    position: int
    href: str
    mime_type: str
    charset: str | None
    size: int


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message that waits for its consumer.

    Args:
        message_id: Its identifier.
        received_at: When it came.
        envelope: As it came, with its signature.
        receipt: What was answered.
        payloads: In the order of the message.
    """

    message_id: str
    received_at: datetime
    envelope: bytes = field(repr=False)
    receipt: bytes = field(repr=False)
    payloads: tuple[StoredPayload, ...]


class Store(Protocol):
    """Keeps messages; every method may be called from several threads at once."""

    def accept(
        self, message: Inbound, receipt: bytes, received_at: datetime, *, deliver: bool = True
    ) -> Kept:
        """Keep a message durably, or recognise it.

        Args:
            message: What came in and was found acceptable.
            receipt: Its receipt.
            received_at: The present, with a time zone.
            deliver: Whether a consumer waits for it; a test message is only remembered.

        Raises:
            StoreError: It could not be kept, or its identifier belongs to another message.
        """

    def receipt_of(self, message: Inbound) -> bytes | None:
        """Return the receipt of a message that was kept before, ``None`` when it is new.

        Raises:
            StoreError: Its identifier belongs to a message with other content.
        """

    def pending(self, limit: int = 100) -> Sequence[StoredMessage]:
        """Return messages that wait for their consumer, the oldest first."""

    def chunks(self, message_id: str, position: int) -> Iterator[bytes]:
        """Yield a payload in pieces."""

    def done(self, message_id: str) -> None:
        """Say that the consumer has the message; its receipt stays known."""

    def forget(self, before: datetime) -> int:
        """Drop what was done and came before an instant; say how many messages."""


def content_digest(message: Inbound) -> str:
    """Digest what a message says: equal for a repetition, whatever its signature value."""
    digests = digests_of(message.references)
    if not digests:
        return hashlib.sha256(message.envelope).hexdigest()
    # The identifiers of the elements and parts may change when a message is built again.
    text = "\n".join(sorted(f"{d.algorithm} {d.value.hex()}" for d in digests))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def described(message: Inbound) -> tuple[StoredPayload, ...]:
    """Describe the payloads of a message."""
    return tuple(
        StoredPayload(n, p.href, p.mime_type, p.charset, p.size)
        for n, p in enumerate(message.payloads)
    )
