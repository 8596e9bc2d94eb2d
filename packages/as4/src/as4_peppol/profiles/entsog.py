"""The AS4 profile of the European gas transporters (ENTSOG).

What its published test assertions demand of a message. Of the services only the form of the code
is looked at: the list is kept by EDIG@S.

Source: ENTSOG AS4 test assertions of eDelivery AS4 1.2 (AS4_ENTSOG_TA01 to TA12).
"""

import re
from dataclasses import replace

from cryptography import x509

from as4_peppol._names import DEFAULT_MPC, INITIATOR, RESPONDER
from as4_peppol.message.records import UserMessage
from as4_peppol.profile import Limits
from as4_peppol.profiles.edelivery import EDELIVERY_1_15

__all__ = ["ACTION", "DOCUMENT_TYPE", "ENTSOG", "PARTY_ID_TYPE", "SERVICE_TYPE"]

PARTY_ID_TYPE = "http://www.entsoe.eu/eic-codes/eic-party-codes-x"
"""Type of the identifier of a party: its Energy Identification Code."""

SERVICE_TYPE = "http://edigas.org/service"
"""Type of the service of a business message."""

ACTION = "http://docs.oasis-open.org/ebxml-msg/as4/200902/action"
"""Action of every business message."""

DOCUMENT_TYPE = "EDIGASDocumentType"
"""Part property that says which document it is; preferred."""

_EIC = re.compile(r"[0-9]{2}[A-Z][A-Z0-9-]{12}[A-Z0-9]")
_SERVICE = re.compile(r"A[0-9]{2}")
_PAYLOAD_BYTES = 10 * 1000 * 1000
_Refusal = tuple[str, str] | None


def _parties(message: UserMessage, signer: x509.Certificate | None) -> _Refusal:
    """Both parties are named by their code, in their roles."""
    del signer
    for party in (message.parties.sender, message.parties.receiver):
        for each in party.ids:
            if each.type != PARTY_ID_TYPE:
                return "EBMS:0003", f"eb:PartyId must be of type {PARTY_ID_TYPE}"
            if not _EIC.fullmatch(each.value):
                return "EBMS:0003", "eb:PartyId is no Energy Identification Code"
        if party.role not in (INITIATOR, RESPONDER):
            return "EBMS:0003", "eb:Role must be that of the initiator or the responder"
    return None


def _exchange(message: UserMessage, signer: x509.Certificate | None) -> _Refusal:
    """One channel, an agreement, a conversation; business messages have one action."""
    del signer
    about = message.collaboration
    if message.mpc not in (None, DEFAULT_MPC):
        return "EBMS:0010", "the message partition channel must be the default one"
    if about.agreement is None:
        return "EBMS:0010", "eb:AgreementRef is missing"
    if not about.conversation_id:
        return "EBMS:0003", "eb:ConversationId is empty"
    if message.is_test:
        return None
    if about.service.type not in (None, SERVICE_TYPE):
        return "EBMS:0010", f"eb:Service must be of type {SERVICE_TYPE}"
    if not _SERVICE.fullmatch(about.service.value):
        return "EBMS:0010", "eb:Service is no code such as A01"
    if about.action != ACTION:
        return "EBMS:0010", f"eb:Action must be {ACTION}"
    return None


ENTSOG = replace(
    EDELIVERY_1_15,
    name="ENTSOG AS4",
    checks=(_parties, _exchange),
    limits=Limits(payload=_PAYLOAD_BYTES),
)
"""The common profile with the demands of ENTSOG; a payload has less than 10 MB."""
