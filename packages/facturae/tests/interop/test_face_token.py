"""joserfc, a library of others, takes the tokens that open FACe's REST service."""

import base64
import hashlib
import json
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

from einvoice_core.certificates import UnsupportedKeyError
from einvoice_core.testing.authority import ThrowawayAuthority
from facturae_es.face.token import bearer_token, clean_pem

LARGE = JWSRegistry(algorithms=["RS256"])
LARGE.max_header_length = 8192  # the certificate is in it
NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)


def test_a_token_says_who_is_asking() -> None:
    credential = ThrowawayAuthority(clock=lambda: NOW).issue("12345678Z")
    token = bearer_token(credential, NOW, 60)

    part = token.partition(".")[0]
    header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    certificate = x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0]))
    public = certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    decoded = jwt.decode(token, RSAKey.import_key(public), algorithms=["RS256"], registry=LARGE)

    assert certificate == credential.certificate
    assert (header["typ"], header["alg"]) == ("JWT", "RS256")
    assert "\n" not in header["x5c"][0]
    assert decoded.claims == {
        "username": hashlib.sha1(  # noqa: S324 - how FACe names its users
            clean_pem(credential).encode()
        ).hexdigest(),
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 60,
    }
    other = ThrowawayAuthority(clock=lambda: NOW).issue("12345678Z").certificate.public_key()
    wrong = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(JoseError):
        jwt.decode(token, RSAKey.import_key(wrong), algorithms=["RS256"], registry=LARGE)


def test_only_rsa_makes_tokens() -> None:
    credential = ThrowawayAuthority(keys="ec", clock=lambda: NOW).issue("12345678Z")
    with pytest.raises(UnsupportedKeyError):
        bearer_token(credential, NOW)
