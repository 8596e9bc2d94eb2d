"""Messages between access points.

Source: Peppol AS4 profile 2.0.3.
"""

import uuid
from datetime import datetime

from cryptography import x509

from as4_peppol._names import INITIATOR, RESPONDER, TEST_ACTION, TEST_SERVICE
from as4_peppol.message.records import (
    AgreementRef,
    CollaborationInfo,
    MessageInfo,
    Party,
    PartyId,
    PartyInfo,
    Property,
    Service,
    UserMessage,
)
from as4_peppol.packing import new_id
from as4_peppol.peppol.identifiers import (
    PARTICIPANT_SCHEME,
    DocumentTypeId,
    ParticipantId,
    ProcessId,
)
from as4_peppol.profiles.peppol import (
    AGREEMENT,
    FINAL_RECIPIENT,
    ORIGINAL_SENDER,
    PARTY_ID_TYPE,
    common_name,
)

__all__ = ["ping", "user_message"]


def user_message(
    *,
    sender: x509.Certificate,
    receiver: x509.Certificate,
    original_sender: ParticipantId,
    final_recipient: ParticipantId,
    document_type: DocumentTypeId,
    process: ProcessId,
    now: datetime,
    message_id: str | None = None,
    conversation_id: str | None = None,
) -> UserMessage:
    """Make the header of a message from one access point to another.

    Args:
        sender: Certificate of the sending access point; its common name is its seat.
        receiver: Certificate of the receiving one.
        original_sender: Participant at corner 1.
        final_recipient: Participant at corner 4.
        document_type: What is sent.
        process: In which process.
        now: The present, with a time zone.
        message_id: By default a new one.
        conversation_id: By default a new one.
    """
    return UserMessage(
        info=MessageInfo(sent_at=now, message_id=message_id or new_id()),
        parties=_parties(sender, receiver),
        collaboration=CollaborationInfo(
            agreement=AgreementRef(value=AGREEMENT),
            service=Service(value=process.value, type=process.scheme),
            action=str(document_type),
            conversation_id=conversation_id or str(uuid.uuid4()),
        ),
        properties=_corners(original_sender, final_recipient),
    )


def ping(
    *,
    sender: x509.Certificate,
    receiver: x509.Certificate,
    original_sender: ParticipantId,
    final_recipient: ParticipantId,
    now: datetime,
) -> UserMessage:
    """Make the header of a test message: it is acknowledged and delivered to nobody."""
    return UserMessage(
        info=MessageInfo(sent_at=now, message_id=new_id()),
        parties=_parties(sender, receiver),
        collaboration=CollaborationInfo(
            agreement=AgreementRef(value=AGREEMENT),
            service=Service(value=TEST_SERVICE),
            action=TEST_ACTION,
            conversation_id=str(uuid.uuid4()),
        ),
        properties=_corners(original_sender, final_recipient),
    )


def _parties(sender: x509.Certificate, receiver: x509.Certificate) -> PartyInfo:
    def party(certificate: x509.Certificate, role: str) -> Party:
        identifier = PartyId(value=common_name(certificate), type=PARTY_ID_TYPE)
        return Party(ids=(identifier,), role=role)

    return PartyInfo(sender=party(sender, INITIATOR), receiver=party(receiver, RESPONDER))


def _corners(sender: ParticipantId, recipient: ParticipantId) -> tuple[Property, ...]:
    pairs = ((ORIGINAL_SENDER, sender), (FINAL_RECIPIENT, recipient))
    return tuple(
        Property(name=name, value=who.value, type=who.scheme or PARTICIPANT_SCHEME)
        for name, who in pairs
    )
