"""Signers whose key is elsewhere."""

import hashlib
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from einvoice_core.certificates import Credential, UnsupportedKeyError
from einvoice_core.signing import xmldsig
from einvoice_core.signing.algorithms import SignatureAlgorithm
from einvoice_core.signing.errors import CannotSignError
from einvoice_core.signing.remote import RemoteSigner
from einvoice_core.signing.xmldsig import Signer
from einvoice_core.testing.authority import ThrowawayAuthority, new_key

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
AUTHORITY = ThrowawayAuthority(keys="ec", clock=lambda: NOW)
RSA = AUTHORITY.issue("99999972C", key=new_key("rsa"))
EC = AUTHORITY.issue("99999972C")
DOCUMENT = b"<a>uno</a>"


class Service:
    """Signs digests, as services do; an ECDSA value is DER."""

    def __init__(self, credential: Credential) -> None:
        self.key = credential.key
        self.asked: list[tuple[bytes, SignatureAlgorithm]] = []

    def __call__(self, digest: bytes, algorithm: SignatureAlgorithm) -> bytes:
        self.asked.append((digest, algorithm))
        prehashed = utils.Prehashed(algorithm.new_hash())
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(digest, padding.PKCS1v15(), prehashed)
        return self.key.sign(digest, ec.ECDSA(prehashed))


@pytest.mark.parametrize("credential", [RSA, EC], ids=["rsa", "ec"])
@pytest.mark.parametrize("hash_name", ["sha256", "sha384", "sha512"])
def test_a_service_signs_digests(credential: Credential, hash_name: str) -> None:
    service = Service(credential)
    signer = RemoteSigner(credential.certificate, service, credential.chain)
    assert isinstance(signer, Signer)
    signed = xmldsig.sign(DOCUMENT, signer, hash_name=hash_name)
    assert xmldsig.verify(signed).certificate == credential.certificate
    ((digest, algorithm),) = service.asked
    assert len(digest) == hashlib.new(hash_name).digest_size
    assert algorithm.hash_name == hash_name


def test_a_service_may_answer_in_the_form_of_xml_signatures() -> None:
    def sign_digest(digest: bytes, algorithm: SignatureAlgorithm) -> bytes:
        r, s = utils.decode_dss_signature(Service(EC)(digest, algorithm))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    signed = xmldsig.sign(DOCUMENT, RemoteSigner(EC.certificate, sign_digest))
    assert xmldsig.verify(signed).certificate == EC.certificate


@pytest.mark.parametrize("answer", [b"", b"\x30\x00", b"garbage", bytes(64), bytes(256)])
@pytest.mark.parametrize("credential", [RSA, EC], ids=["rsa", "ec"])
def test_garbage_makes_no_signature(credential: Credential, answer: bytes) -> None:
    signer = RemoteSigner(credential.certificate, lambda digest, algorithm: answer)
    with pytest.raises(CannotSignError, match="did not sign"):
        xmldsig.sign(DOCUMENT, signer)


def test_another_key_makes_no_signature() -> None:
    other = AUTHORITY.issue("99999972C")
    with pytest.raises(CannotSignError, match="did not sign"):
        xmldsig.sign(DOCUMENT, RemoteSigner(EC.certificate, Service(other)))


def test_the_algorithm_must_fit_the_key() -> None:
    signer = RemoteSigner(RSA.certificate, Service(EC))
    with pytest.raises(UnsupportedKeyError, match="does not fit"):
        signer.sign(b"data", SignatureAlgorithm.ECDSA_SHA256)


def test_short_keys_do_not_sign() -> None:
    short = AUTHORITY.issue("99999972C", key=new_key("rsa", 1024))
    with pytest.raises(UnsupportedKeyError, match="1024"):
        xmldsig.sign(DOCUMENT, RemoteSigner(short.certificate, Service(short)))


def test_the_error_of_a_service_reaches_whoever_signs() -> None:
    def down(digest: bytes, algorithm: SignatureAlgorithm) -> bytes:
        raise ConnectionError("down")

    with pytest.raises(ConnectionError):
        xmldsig.sign(DOCUMENT, RemoteSigner(EC.certificate, down))


def test_a_signer_needs_two_members_only() -> None:
    class Minimal:
        certificate = EC.certificate
        sign = EC.sign

    signed = xmldsig.sign(DOCUMENT, Minimal())  # type: ignore[arg-type]  # a class attribute
    assert xmldsig.verify(signed).certificate == EC.certificate
