"""Who holds the private key: a credential, or a device that signs and opens keys."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from as4_peppol.errors import PackError
from as4_peppol.security.algorithms import KeyTransport
from einvoice_core.certificates import Credential
from einvoice_core.signing.algorithms import SignatureAlgorithm

__all__ = ["Identity", "LocalIdentity"]


@runtime_checkable
class Identity(Protocol):
    """A certificate with whatever can use its key."""

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate of the key."""

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The authorities above it, from the issuer upwards."""

    def sign(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """Sign octets."""

    def open_key(self, wrapped: bytes, transport: KeyTransport) -> bytes:
        """Decrypt a key that was encrypted for this certificate; ``ValueError`` when it is not."""


@dataclass(frozen=True, slots=True)
class LocalIdentity:
    """A credential in memory as an identity."""

    credential: Credential

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate of the key."""
        return self.credential.certificate

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The authorities above it, from the issuer upwards."""
        return self.credential.chain

    def sign(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """Sign octets."""
        return self.credential.sign(data, algorithm)

    def open_key(self, wrapped: bytes, transport: KeyTransport) -> bytes:
        """Decrypt a key that was encrypted for this certificate.

        Raises:
            PackError: The key is not RSA.
            ValueError: It was encrypted for another key, or was changed.
        """
        key = self.credential.key
        if not isinstance(key, rsa.RSAPrivateKey):
            raise PackError("keys are opened with RSA: this credential has another kind of key")
        return key.decrypt(wrapped, transport.padding())
