"""AS4 (ebMS 3.0) messages: pack, send, receive, acknowledge; for Peppol and eDelivery.

Import the subject that you need: ``from as4_peppol import Sender, Receiver``, ``from
as4_peppol.peppol import messages``, ``from as4_peppol.profiles import PEPPOL``.
"""

from as4_peppol.asgi import As4App
from as4_peppol.errors import As4Error, EbmsError
from as4_peppol.intake import take
from as4_peppol.packing import Outbound, Payload, pack
from as4_peppol.profile import Limits, Profile
from as4_peppol.receiver import Receiver, Reply
from as4_peppol.security.keys import Identity, LocalIdentity
from as4_peppol.sender import AsyncSender, Endpoint, Outcome, Retries, Sender, SendResult
from as4_peppol.signals import check_answer, make_error, make_receipt
from as4_peppol.unpacking import Inbound, anyone, unpack

__all__ = [
    "As4App",
    "As4Error",
    "AsyncSender",
    "EbmsError",
    "Endpoint",
    "Identity",
    "Inbound",
    "Limits",
    "LocalIdentity",
    "Outbound",
    "Outcome",
    "Payload",
    "Profile",
    "Receiver",
    "Reply",
    "Retries",
    "SendResult",
    "Sender",
    "anyone",
    "check_answer",
    "make_error",
    "make_receipt",
    "pack",
    "take",
    "unpack",
]
