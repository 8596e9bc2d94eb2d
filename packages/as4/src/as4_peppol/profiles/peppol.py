"""Peppol AS4 2.0.3 (on eDelivery AS4 1.14).

Source: Peppol AS4 profile 2.0.3 of 2024-04-22; values as they stand in messages of the network.
"""

from cryptography import x509
from cryptography.x509.oid import NameOID

from as4_peppol.message.records import UserMessage
from as4_peppol.profile import Profile

__all__ = [
    "AGREEMENT",
    "FINAL_RECIPIENT",
    "ORIGINAL_SENDER",
    "PARTY_ID_TYPE",
    "PEPPOL",
    "common_name",
]

PARTY_ID_TYPE = "urn:fdc:peppol.eu:2017:identifiers:ap"
"""Type of the identifier of an access point: the common name of its certificate."""

AGREEMENT = "urn:fdc:peppol.eu:2017:agreements:tia:ap_provider"
"""Under which access points exchange messages (``eb:AgreementRef``)."""

ORIGINAL_SENDER = "originalSender"
"""Message property: the participant at corner 1."""

FINAL_RECIPIENT = "finalRecipient"
"""Message property: the participant at corner 4."""


def common_name(certificate: x509.Certificate) -> str:
    """Return the common name of a certificate's subject: the seat of an access point."""
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def _sender_is_the_signer(
    message: UserMessage, signer: x509.Certificate | None
) -> tuple[str, str] | None:
    """The party that sends is the one whose certificate signed."""
    ids = message.parties.sender.ids
    if len(ids) != 1 or ids[0].type != PARTY_ID_TYPE:
        return "EBMS:0003", f"eb:From must hold one eb:PartyId of type {PARTY_ID_TYPE}"
    if signer is not None and common_name(signer) != ids[0].value:
        return "EBMS:0101", "eb:From names another party than the certificate of the signature"
    return None


def _agreement(message: UserMessage, signer: x509.Certificate | None) -> tuple[str, str] | None:
    """Access points exchange under one agreement."""
    del signer
    agreement = message.collaboration.agreement
    if agreement is None or agreement.value != AGREEMENT:
        return "EBMS:0010", f"eb:AgreementRef must be {AGREEMENT}"
    return None


def _corners(message: UserMessage, signer: x509.Certificate | None) -> tuple[str, str] | None:
    """Both ends of the four corners are named."""
    del signer
    for name in (ORIGINAL_SENDER, FINAL_RECIPIENT):
        if not message.value_of(name):
            return "EBMS:0003", f"the message property {name} is missing"
    return None


PEPPOL = Profile(
    name="Peppol AS4 2.0.3",
    payloads=(1, 1),
    checks=(_sender_is_the_signer, _agreement, _corners),
)
"""One compressed payload, signed and encrypted, between access points that the PKI names."""
