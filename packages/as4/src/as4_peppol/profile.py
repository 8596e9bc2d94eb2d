"""Processing modes as data: what a kind of exchange demands of its messages.

Source: OASIS ebMS 3.0 core, appendix D (P-Mode); OASIS AS4 profile 1.0.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography import x509

from as4_peppol.compression import LEVEL
from as4_peppol.message.records import UserMessage
from as4_peppol.security.algorithms import AES_128_GCM, OAEP_SHA256, KeyTransport
from as4_peppol.security.tokens import TokenReference
from einvoice_core.signing.algorithms import DigestAlgorithm, SignatureAlgorithm

__all__ = ["Check", "Limits", "Profile"]

Check = Callable[[UserMessage, x509.Certificate | None], tuple[str, str] | None]
"""Looks at a message that came in and at its signer's certificate; gives the code and the text of
an ebMS error, or ``None``."""

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a message may be.

    Args:
        envelope: Octets of the SOAP envelope.
        message: Octets of the whole message on the wire.
        payload: Octets of one payload after decompression.
        canonical: Octets of an XML or text part that has to be held to digest it.
    """

    envelope: int = 4 * _MB
    message: int = 4096 * _MB
    payload: int = 4096 * _MB
    canonical: int = 64 * _MB


@dataclass(frozen=True, slots=True)
class Profile:
    """What a kind of exchange demands.

    Args:
        name: For people.
        signed: Whether messages must be signed.
        encrypted: Whether parts must be encrypted.
        soap_11: Whether SOAP 1.1 is accepted, too.
        signature: Algorithms of a signature that is accepted.
        digests: Digests that are accepted.
        hash_name: Hash of the signatures that are made.
        key_transports: Ways to wrap a key that are accepted.
        key_transport: The one that is used.
        ciphers: Ways to encrypt parts that are accepted.
        cipher: The one that is used.
        token: How certificates are named.
        compressed: Whether payloads are compressed.
        compression_level: 1 to 9.
        payloads: How many payloads a message may have, at least and at most.
        checks: Further demands on messages that come in.
        limits: How large a message may be.
    """

    name: str
    signed: bool = True
    encrypted: bool = True
    soap_11: bool = False
    signature: frozenset[SignatureAlgorithm] = frozenset({SignatureAlgorithm.RSA_SHA256})
    digests: frozenset[DigestAlgorithm] = frozenset({DigestAlgorithm.SHA256})
    hash_name: str = "sha256"
    key_transports: frozenset[KeyTransport] = frozenset({OAEP_SHA256})
    key_transport: KeyTransport = OAEP_SHA256
    ciphers: frozenset[str] = frozenset({AES_128_GCM})
    cipher: str = AES_128_GCM
    token: TokenReference = TokenReference.BINARY
    compressed: bool = True
    compression_level: int = LEVEL
    payloads: tuple[int, int] = (0, 64)
    checks: tuple[Check, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def payloads_of(self, message: UserMessage) -> tuple[int, int]:
        """Return how many payloads a message may have; a test message needs none."""
        least, most = self.payloads
        return (0 if message.is_test else least), most
