"""Looks into a message that was captured, and says what it is and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509

from as4_peppol.captured import split
from as4_peppol.errors import EbmsError
from as4_peppol.intake import take
from as4_peppol.profile import Profile
from as4_peppol.profiles import PEPPOL
from as4_peppol.security.algorithms import KEY_BYTES, OAEP_LEGACY, OAEP_SHA256
from as4_peppol.security.keys import Identity
from as4_peppol.unpacking import Inbound, anyone, unpack
from einvoice_core.signing.algorithms import DigestAlgorithm, SignatureAlgorithm

__all__ = ["LENIENT", "Explanation", "explain"]

LENIENT = Profile(
    name="whatever can be read",
    signed=False,
    encrypted=False,
    soap_11=True,
    signature=frozenset(SignatureAlgorithm),
    digests=frozenset(DigestAlgorithm),
    key_transports=OAEP_LEGACY | {OAEP_SHA256},
    ciphers=frozenset(KEY_BYTES),
)
"""Takes every algorithm, and what is neither signed nor encrypted: to look, not to accept."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a message is.

    Args:
        facts: What it says, by name.
        payloads: Their octets, where the message could be read.
        error: Why it cannot be read at all; ``None`` when it can.
        peppol: What Peppol would refuse it for; ``None`` when it would take it.
    """

    facts: dict[str, Any]
    payloads: tuple[bytes, ...] = field(default=(), repr=False)
    error: str | None = None
    peppol: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return everything but the payloads as plain values."""
        verdict = {"cannot be read": self.error} if self.error else {}
        refused = {"Peppol would refuse it": self.peppol} if self.peppol else {}
        return {**self.facts, **verdict, **refused}


def explain(
    data: bytes, identities: Sequence[Identity] = (), known: Sequence[x509.Certificate] = ()
) -> Explanation:
    """Explain a captured message.

    Args:
        data: As :func:`as4_peppol.captured.split` takes it.
        identities: Keys that may decrypt it.
        known: Certificates that a key identifier or serial number may mean.
    """
    kind, body = split(data)
    try:
        inbound = unpack(
            take(kind, [body], LENIENT), LENIENT, identities, trusted=anyone, known=known
        )
    except EbmsError as error:
        return Explanation({"message": error.message_id or ""}, error=error.message)
    try:
        payloads = tuple(payload.read() for payload in inbound.payloads)
        return Explanation(
            _facts(inbound), payloads, peppol=_refusal(kind, body, inbound, identities, known)
        )
    finally:
        inbound.close()


def _refusal(
    kind: str,
    body: bytes,
    inbound: Inbound,
    identities: Sequence[Identity],
    known: Sequence[x509.Certificate],
) -> str | None:
    if inbound.user is None:
        return None
    try:
        unpack(take(kind, [body], PEPPOL), PEPPOL, identities, trusted=anyone, known=known).close()
    except EbmsError as error:
        return error.message
    return None


def _facts(inbound: Inbound) -> dict[str, Any]:
    signer = inbound.signer
    facts: dict[str, Any] = {
        "message": inbound.message_id,
        "signed by": signer.subject.rfc4514_string() if signer else "nobody",
    }
    user = inbound.user
    if user is not None:
        facts |= {
            "sent at": user.info.sent_at.isoformat(),
            "from": ", ".join(i.value for i in user.parties.sender.ids),
            "to": ", ".join(i.value for i in user.parties.receiver.ids),
            "service": user.collaboration.service.value,
            "action": user.collaboration.action,
            "property": [f"{p.name} = {p.value}" for p in user.properties or ()],
            "payload": [f"{p.href} {p.mime_type}, {p.size} octets" for p in inbound.payloads],
        }
    for signal in inbound.signals:
        if signal.receipt is not None:
            facts["receipt for"] = signal.info.ref_to_message_id or "?"
        if signal.errors:
            facts["error"] = [f"{e.code} {e.name}: {e.detail or ''}" for e in signal.errors]
    return facts
