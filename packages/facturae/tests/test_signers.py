"""Whoever keeps the key: the signature is the same, and so is what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

import facturae_es
from einvoice_core.certificates import Credential, TrustStore, load_pem, load_pkcs12
from einvoice_core.signing.algorithms import SignatureAlgorithm
from einvoice_core.signing.errors import CannotSignError
from einvoice_core.signing.remote import RemoteSigner
from einvoice_core.signing.xmldsig import Signer
from einvoice_core.testing.authority import ThrowawayAuthority, new_key
from facturae_es.model import Facturae

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
AUTHORITY = ThrowawayAuthority(keys="ec", clock=lambda: NOW)
TRUST = TrustStore((AUTHORITY.root,))
KEEPERS = {
    kind: AUTHORITY.issue("12345678Z", "Inventada Pérez", key=new_key(kind))
    for kind in ("rsa", "ec")
}
PASSWORD = b"secreta"


def far_away(credential: Credential) -> RemoteSigner:
    """A service that signs digests, and knows neither documents nor XML."""

    def sign_digest(digest: bytes, algorithm: SignatureAlgorithm) -> bytes:
        name = {"sha256": hashes.SHA256(), "sha512": hashes.SHA512()}[algorithm.hash_name]
        if isinstance(credential.key, rsa.RSAPrivateKey):
            return credential.key.sign(digest, padding.PKCS1v15(), Prehashed(name))
        return credential.key.sign(digest, ec.ECDSA(Prehashed(name)))

    return RemoteSigner(credential.certificate, sign_digest, credential.chain)


SIGNERS: dict[str, Callable[[Credential], Signer]] = {
    "PKCS#12": lambda c: load_pkcs12(c.to_pkcs12(PASSWORD), PASSWORD),
    "PEM": lambda c: load_pem(c.to_pem(PASSWORD), PASSWORD),
    "remote": far_away,
}


@pytest.mark.parametrize("hash_name", ["sha256", "sha512"])
@pytest.mark.parametrize("keys", KEEPERS)
@pytest.mark.parametrize("where", SIGNERS)
def test_a_signature_is_the_same_wherever_the_key_is(
    where: str, keys: str, hash_name: str, simple: Facturae
) -> None:
    credential = KEEPERS[keys]
    xml = facturae_es.write(simple)

    def sign(signer: Signer) -> bytes:
        return facturae_es.sign(
            xml, signer, hash_name=hash_name, clock=lambda: NOW, ids=lambda: "1"  # type: ignore[arg-type]  # one of the names
        )  # fmt: skip

    signed = sign(SIGNERS[where](credential))
    verified = facturae_es.verify(signed, trust=TRUST)
    assert (verified.certificate, verified.holder.nif) == (credential.certificate, "12345678Z")
    if keys == "rsa":
        assert signed == sign(credential)


def test_a_service_that_answers_with_another_key_signs_nothing(simple: Facturae) -> None:
    other = far_away(AUTHORITY.issue("12345678Z", "Inventada Pérez", key=new_key("rsa")))
    signer = RemoteSigner(KEEPERS["rsa"].certificate, other.sign_digest)
    with pytest.raises(CannotSignError):
        facturae_es.sign(facturae_es.write(simple), signer, clock=lambda: NOW)
