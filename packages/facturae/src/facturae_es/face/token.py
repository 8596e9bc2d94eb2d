"""The token that opens FACe's REST service.

A JSON Web Token under RS256 whose header carries the certificate. FACe names its user by a digest
of that certificate as text: this is how the manual has it, and nothing secret depends on it.

Source: FACe, manual API for suppliers 2.0.0, section 2.3; RFC 7515, RFC 7519.
"""

import base64
import hashlib
import json
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding

from einvoice_core.signing.algorithms import SignatureAlgorithm
from einvoice_core.signing.xmldsig import Signer

__all__ = ["bearer_token", "clean_pem"]


def clean_pem(signer: Signer) -> str:
    """Write the certificate of a signer on one line, without its first and last line."""
    return base64.b64encode(signer.certificate.public_bytes(Encoding.DER)).decode("ascii")


def bearer_token(signer: Signer, at: datetime, lifetime_s: int = 300) -> str:
    """Make a token.

    Args:
        signer: Key (RSA) and certificate that were registered with FACe.
        at: When it is made, with its zone.
        lifetime_s: Seconds for which it counts.

    Raises:
        UnsupportedKeyError: The key is not RSA, or too short.
    """
    pem = clean_pem(signer)
    issued = int(at.timestamp())
    header = {"typ": "JWT", "alg": "RS256", "x5c": [pem]}
    user = hashlib.sha1(pem.encode("ascii")).hexdigest()  # noqa: S324 - how FACe names its users
    payload = {"username": user, "iat": issued, "exp": issued + lifetime_s}
    signed = f"{_encoded(header)}.{_encoded(payload)}"
    value = signer.sign(signed.encode("ascii"), SignatureAlgorithm.RSA_SHA256)
    return f"{signed}.{_base64url(value)}"


def _encoded(content: object) -> str:
    return _base64url(json.dumps(content, separators=(",", ":")).encode("utf-8"))


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")
