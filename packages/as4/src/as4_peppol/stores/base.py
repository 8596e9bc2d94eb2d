"""What a store of messages promises.

``accept`` keeps a message, its payloads and its receipt in one durable step, before the receipt
leaves. A message that comes again is recognised by its identifier and gets the very same receipt;
one that has the identifier of another message and other content is refused. A sender that builds
its message anew signs other octets around the same content: the first receipt does not fit those,
so it gets one of its own, and nothing is delivered twice.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from as4_peppol.errors import StoreError
from as4_peppol.message.receipts import digests_of
from as4_peppol.unpacking import Inbound
from einvoice_core.signing.algorithms import DigestAlgorithm

__all__ = [
    "IdentifierTakenError",
    "Kept",
    "Store",
    "StoredMessage",
    "StoredPayload",
    "content_digest",
    "described",
    "signed_digest",
]


class IdentifierTakenError(StoreError):
    """The identifier of a message belongs to one with other content; a repetition will not do."""

    code = "as4.store.taken"


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a message that was handed to a store.

    Args:
        is_new: Whether it had not come before.
        receipt: The receipt of the first time.
        fits: Whether that receipt repeats what this very message signed.
    """

    is_new: bool
    receipt: bytes = field(repr=False)
    fits: bool = True


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
            IdentifierTakenError: Its identifier belongs to a message with other content.
            StoreError: It could not be kept.
        """

    def find(self, message: Inbound) -> Kept | None:
        """Return what is known of a message that was kept before, ``None`` when it is new.

        Raises:
            IdentifierTakenError: Its identifier belongs to a message with other content.
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
    """Digest what a message brings: equal for a repetition, however it was built and signed."""
    contents = [p.content.digest(DigestAlgorithm.SHA256).hex() for p in message.payloads]
    return hashlib.sha256("\n".join(contents).encode("ascii")).hexdigest()


def signed_digest(message: Inbound) -> str:
    """Digest what a message signed: what its receipt repeats."""
    digests = sorted(digests_of(message.references))
    text = "\n".join(f"{d.uri} {d.algorithm} {d.value.hex()}" for d in digests)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def described(message: Inbound) -> tuple[StoredPayload, ...]:
    """Describe the payloads of a message."""
    return tuple(
        StoredPayload(n, p.href, p.mime_type, p.charset, p.size)
        for n, p in enumerate(message.payloads)
    )
