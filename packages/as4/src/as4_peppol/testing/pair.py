"""Two access points of a small infrastructure, and messages between them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from cryptography import x509

from as4_peppol import (
    Inbound,
    LocalIdentity,
    Outbound,
    Payload,
    Profile,
    anyone,
    pack,
    take,
    unpack,
)
from as4_peppol.message.records import UserMessage
from as4_peppol.peppol.identifiers import DocumentTypeId, ParticipantId, ProcessId
from as4_peppol.peppol.messages import user_message
from as4_peppol.profiles import PEPPOL
from as4_peppol.testing.pki import PeppolPki
from einvoice_core.certificates.trust import TrustStore

__all__ = ["BILLING", "INVOICE", "NOW", "RECIPIENT", "SENDER", "Pair"]

NOW = datetime(2026, 11, 25, 9, 0, 0, tzinfo=UTC)
"""The present of these tests."""

SENDER, RECIPIENT = ParticipantId.parse("9920:ESB12345674"), ParticipantId.parse("9915:test")
"""Participants at corners 1 and 4."""

INVOICE = DocumentTypeId.parse(
    "busdox-docid-qns::urn:example:Invoice-2::Invoice##urn:example:billing:3.0::2.1"
)
"""What is sent."""

BILLING = ProcessId.parse("urn:example:billing:01:1.0")
"""In which process."""


@dataclass(frozen=True)
class Pair:
    """A sender, a receiver, and what they do.

    Args:
        pki: Who issued their certificates.
        sender: The access point at corner 2.
        receiver: The access point at corner 3.
        now: Their present.
    """

    pki: PeppolPki
    sender: LocalIdentity
    receiver: LocalIdentity
    now: datetime = NOW

    @classmethod
    def new(cls, now: datetime = NOW) -> Self:
        """Make an infrastructure and two access points of it."""
        pki = PeppolPki(clock=lambda: now)
        sender = LocalIdentity(pki.access_point("PES000001"))
        return cls(pki, sender, LocalIdentity(pki.access_point("PES000002")), now)

    def message(self, **changes: object) -> UserMessage:
        """Make a header from one to the other."""
        made = user_message(
            sender=self.sender.certificate,
            receiver=self.receiver.certificate,
            original_sender=SENDER,
            final_recipient=RECIPIENT,
            document_type=INVOICE,
            process=BILLING,
            now=self.now,
        )
        return made.model_copy(update=changes)

    def pack(
        self, *payloads: bytes, profile: Profile = PEPPOL, message: UserMessage | None = None
    ) -> Outbound:
        """Build a message with XML payloads."""
        return pack(
            message or self.message(),
            [Payload(each) for each in payloads],
            profile,
            self.sender,
            self.receiver.certificate,
        )

    def unpack(
        self,
        content_type: str,
        body: bytes,
        profile: Profile = PEPPOL,
        trusted: Callable[[x509.Certificate], None] = anyone,
    ) -> Inbound:
        """Judge a message as the receiver."""
        return unpack(
            take(content_type, [body], profile),
            profile,
            [self.receiver],
            trusted=trusted,
            known=[self.sender.certificate],
        )

    @property
    def trusted(self) -> Callable[[x509.Certificate], None]:
        """Trust the access points of this infrastructure."""
        store = TrustStore((self.pki.ap_ca,))
        return lambda certificate: _require(store, certificate, self.now)


def _require(store: TrustStore, certificate: x509.Certificate, now: datetime) -> None:
    store.path_to_root(certificate, now)
