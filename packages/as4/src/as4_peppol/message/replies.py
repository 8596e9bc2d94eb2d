"""The header of an answer with business content: the second leg of Two-Way/Push-and-Push.

Source: OASIS ebMS 3.0 core, sections 2.2.7 and 5.2.2.1; eDelivery AS4 1.15, section 2.2.1.
"""

import uuid
from datetime import datetime

from as4_peppol.message.records import (
    CollaborationInfo,
    MessageInfo,
    PartyInfo,
    Property,
    Service,
    UserMessage,
)

__all__ = ["reply_to"]

_TURNED = {"originalSender": "finalRecipient", "finalRecipient": "originalSender"}


def reply_to(
    request: UserMessage,
    action: str,
    *,
    now: datetime,
    service: Service | None = None,
    message_id: str | None = None,
) -> UserMessage:
    """Make the header of a message that answers another one, to be pushed to its sender.

    It names the message that it answers, and stays in its conversation and under its agreement.
    The parties change their places and keep their roles; so do the original sender and the final
    recipient, where the request names them.

    Args:
        request: The message that is answered.
        action: Of the answer.
        now: The present, with a time zone.
        service: Of the answer; by default that of the request.
        message_id: By default a new one.
    """
    parties, asked = request.parties, request.collaboration
    corners = tuple(
        Property(name=_TURNED[each.name], value=each.value, type=each.type)
        for each in request.properties or ()
        if each.name in _TURNED
    )
    return UserMessage(
        info=MessageInfo(
            sent_at=now,
            message_id=message_id or f"{uuid.uuid4()}@as4",
            ref_to_message_id=request.info.message_id,
        ),
        parties=PartyInfo(sender=parties.receiver, receiver=parties.sender),
        collaboration=CollaborationInfo(
            agreement=asked.agreement,
            service=service or asked.service,
            action=action,
            conversation_id=asked.conversation_id,
        ),
        properties=corners or None,
    )
