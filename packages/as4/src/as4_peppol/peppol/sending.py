"""Sends a document to a participant: looked up, put into its envelope, sent, acknowledged.

Source: Peppol AS4 profile 2.0.3; Peppol Business Message Envelope 2.0.2.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from cryptography import x509
from lxml import etree

from as4_peppol.message.records import UserMessage
from as4_peppol.packing import Payload
from as4_peppol.peppol import sbdh
from as4_peppol.peppol.discovery import AsyncDiscovery
from as4_peppol.peppol.identifiers import (
    PROCESS_SCHEME,
    QNS,
    DocumentTypeId,
    IdentifierError,
    ParticipantId,
    ProcessId,
)
from as4_peppol.peppol.messages import user_message
from as4_peppol.peppol.smp import MetadataRefusedError
from as4_peppol.sender import AsyncSender, Endpoint, Sender, SendResult
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import parse

__all__ = ["AsyncPeppolSender", "Dispatch", "Finder", "FixedEndpoint", "PeppolSender", "kind_of"]

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CBC = f"{{{_UBL}CommonBasicComponents-2}}"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Who sends what to whom.

    Args:
        sender: Participant at corner 1.
        receiver: Participant at corner 4.
        document_type: What it is.
        process: In which process.
        country_c1: Country of corner 1, two letters.
        mls_to: Who gets the message level status, where that is not the sending access point.
        mls_type: ``ALWAYS_SEND`` or ``FAILURE_ONLY``; the network takes the second for granted.
        message_id: By default a new one; give the same to send the same message again.
    """

    sender: ParticipantId
    receiver: ParticipantId
    document_type: DocumentTypeId
    process: ProcessId
    country_c1: str
    mls_to: ParticipantId | None = None
    mls_type: str | None = None
    message_id: str | None = None

    def wrap(self, document: bytes, now: datetime) -> bytes:
        """Put a document into its envelope, as :func:`as4_peppol.peppol.sbdh.wrap` does."""
        return sbdh.wrap(
            document,
            sender=self.sender,
            receiver=self.receiver,
            document_type=self.document_type,
            process=self.process,
            country_c1=self.country_c1,
            now=now,
            mls_to=self.mls_to,
            mls_type=self.mls_type,
        )


class Finder(Protocol):
    """Finds access points; a :class:`~as4_peppol.peppol.discovery.Discovery` is one."""

    def find(
        self, participant: ParticipantId, document_type: DocumentTypeId, process: ProcessId
    ) -> Endpoint:
        """Return the access point that takes a document for a participant."""


@dataclass(frozen=True, slots=True)
class FixedEndpoint:
    """A finder that knows one access point, whoever is asked for."""

    endpoint: Endpoint

    def find(
        self, participant: ParticipantId, document_type: DocumentTypeId, process: ProcessId
    ) -> Endpoint:
        """Return it."""
        return self.endpoint


def kind_of(document: bytes) -> tuple[DocumentTypeId, ProcessId]:
    """Return document type and process as an UBL document of Peppol states them.

    Raises:
        IdentifierError: It is no UBL document, or lacks ``CustomizationID`` or ``ProfileID``.

    Source:
        OpenPeppol policy for use of identifiers 4.4.0, policies 16 and 21.
    """
    try:
        root = parse(document)
    except XmlRefused as error:
        raise IdentifierError(f"the document cannot be read: {error.message}") from error
    name = etree.QName(root)
    customization, profile = (
        " ".join(root.findtext(f"{_CBC}{each}", "").split())
        for each in ("CustomizationID", "ProfileID")
    )
    if not (name.namespace or "").startswith(_UBL) or not customization or not profile:
        raise IdentifierError(
            f"{name.localname} does not say its type: give CustomizationID and ProfileID"
        )
    kind = f"{name.namespace}::{name.localname}##{customization}::2.1"
    return DocumentTypeId.parse(f"{QNS}::{kind}"), ProcessId.parse(f"{PROCESS_SCHEME}::{profile}")


class PeppolSender:
    """Finds the receiver of a document and sends it there.

    Args:
        sender: Signs, sends and checks the receipt.
        discovery: Finds the access point and its certificate.
        clock: The present, with a time zone.
    """

    def __init__(
        self, sender: Sender, discovery: Finder, clock: Callable[[], datetime] = _now
    ) -> None:
        self._sender, self._discovery, self._clock = sender, discovery, clock

    def send(self, document: bytes, dispatch: Dispatch) -> SendResult:
        """Put a document into its envelope, send it, and return what became of it.

        Args:
            document: XML in UTF-8, without envelope.
            dispatch: Who sends it to whom.

        Raises:
            NotRegisteredError: The receiver is unknown, or does not take the document.
            LookupFailedError: Something did not answer; nothing was sent, so try again later.
            MetadataRefusedError: What is published of the receiver cannot be relied on.
            NotTrustedError: The certificate of its access point is not one of the network.
            SbdhError: The document is not of its type, or not XML.
            PackError: The message cannot be built.
        """
        return self._post(dispatch.wrap(document, self._clock()), dispatch)

    def forward(self, envelope: bytes, message_id: str | None = None) -> SendResult:
        """Send a document that stands in its envelope already; raises what :meth:`send` does."""
        return self._post(envelope, _said_in(envelope, message_id))

    def _post(self, envelope: bytes, said: Dispatch) -> SendResult:
        endpoint = self._discovery.find(said.receiver, said.document_type, said.process)
        own, now = self._sender.identity.certificate, self._clock()
        message = _message(said, own, endpoint, now)
        return self._sender.send(message, [Payload(envelope)], endpoint)


class AsyncPeppolSender:
    """The same with ``await``; the arguments are those of :class:`PeppolSender`."""

    def __init__(
        self, sender: AsyncSender, discovery: AsyncDiscovery, clock: Callable[[], datetime] = _now
    ) -> None:
        self._sender, self._discovery, self._clock = sender, discovery, clock

    async def send(self, document: bytes, dispatch: Dispatch) -> SendResult:
        """Put a document into its envelope and send it; see :meth:`PeppolSender.send`."""
        envelope = await asyncio.to_thread(dispatch.wrap, document, self._clock())
        return await self._post(envelope, dispatch)

    async def forward(self, envelope: bytes, message_id: str | None = None) -> SendResult:
        """Send a document that stands in its envelope; see :meth:`PeppolSender.forward`."""
        said = await asyncio.to_thread(_said_in, envelope, message_id)
        return await self._post(envelope, said)

    async def _post(self, envelope: bytes, said: Dispatch) -> SendResult:
        endpoint = await self._discovery.find(said.receiver, said.document_type, said.process)
        own, now = self._sender.identity.certificate, self._clock()
        message = _message(said, own, endpoint, now)
        return await self._sender.send(message, [Payload(envelope)], endpoint)


def _said_in(envelope: bytes, message_id: str | None) -> Dispatch:
    read = sbdh.read(envelope)
    return Dispatch(
        read.sender,
        read.receiver,
        read.document_type,
        read.process,
        read.country_c1,
        read.mls_to,
        read.mls_type,
        message_id,
    )


def _message(
    said: Dispatch, own: x509.Certificate, endpoint: Endpoint, now: datetime
) -> UserMessage:
    if endpoint.certificate is None:
        raise MetadataRefusedError("the endpoint has no certificate that can be read")
    return user_message(
        sender=own,
        receiver=endpoint.certificate,
        original_sender=said.sender,
        final_recipient=said.receiver,
        document_type=said.document_type,
        process=said.process,
        now=now,
        message_id=said.message_id,
    )
