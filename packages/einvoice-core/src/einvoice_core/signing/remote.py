"""Signers whose key is elsewhere: in a service, in a device.

Only a digest goes there. What comes back is verified with the certificate before it is used, so
that a service that answers with garbage, or with another key, makes no signature.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from einvoice_core.certificates.errors import UnsupportedKeyError
from einvoice_core.signing.algorithms import SignatureAlgorithm
from einvoice_core.signing.errors import CannotSignError, ForbiddenAlgorithm, MalformedSignature
from einvoice_core.signing.xmldsig import ALLOWED
from einvoice_core.signing.xmldsig._verifying import verify_value

__all__ = ["DigestSigner", "RemoteSigner"]

DigestSigner = Callable[[bytes, SignatureAlgorithm], bytes]
"""Signs a digest that was made with the hash of the algorithm: RSA with PKCS #1 v1.5, ECDSA as r
and s side by side or in DER."""


@dataclass(frozen=True, slots=True)
class RemoteSigner:
    """Signs with a key that somebody else keeps.

    Args:
        certificate: Of that key.
        sign_digest: Asks whoever keeps the key; its errors reach whoever signs.
        chain: The authorities above the certificate, from the issuer upwards.
    """

    certificate: x509.Certificate
    sign_digest: DigestSigner = field(repr=False)
    chain: tuple[x509.Certificate, ...] = field(default=(), repr=False)

    def sign(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """Sign octets; an ECDSA value is r and s side by side.

        Raises:
            UnsupportedKeyError: The key is too short, or does not fit the algorithm.
            CannotSignError: What came back is no signature of these octets with this key.
        """
        digest = hashlib.new(algorithm.hash_name, data).digest()
        value = self.sign_digest(digest, algorithm)
        reason = ""
        for form in self._forms(value):
            try:
                verify_value(self.certificate, form, data, algorithm, ALLOWED)
            except ForbiddenAlgorithm as error:
                raise UnsupportedKeyError(error.message) from error
            except MalformedSignature as error:
                reason = error.message
            else:
                return form
        raise CannotSignError(f"whoever keeps the key did not sign with it: {reason}")

    def _forms(self, value: bytes) -> list[bytes]:
        """Return the value as it came, and an ECDSA one in DER also side by side."""
        key = self.certificate.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return [value]
        size = (key.curve.key_size + 7) // 8
        try:
            r, s = decode_dss_signature(value)
            return [value, r.to_bytes(size, "big") + s.to_bytes(size, "big")]
        except (ValueError, OverflowError):
            return [value]
