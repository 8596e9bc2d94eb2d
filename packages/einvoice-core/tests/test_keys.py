"""What can be wrong with a key or its file: each is an error with a code of its own."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from einvoice_core.certificates import (
    AmbiguousFileError,
    CertificateError,
    MissingKeyError,
    UnreadableFileError,
    UnsupportedKeyError,
    WrongPasswordError,
    load_pem,
    load_pkcs12,
)
from einvoice_core.signing import xmldsig
from einvoice_core.signing.algorithms import SignatureAlgorithm
from einvoice_core.signing.errors import CannotSignError, SignatureRefused
from einvoice_core.signing.report import CheckName
from einvoice_core.testing.authority import ThrowawayAuthority, new_key

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
AUTHORITY = ThrowawayAuthority(keys="ec", clock=lambda: NOW)
CREDENTIAL = AUTHORITY.issue("99999972C")
P12 = CREDENTIAL.to_pkcs12(b"clave")
PEM = CREDENTIAL.to_pem(b"clave")


def self_signed(key: ed25519.Ed25519PrivateKey | dsa.DSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "OTRA CLASE")])
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .sign(key, digest)
    )


@pytest.mark.parametrize("password", ["otra", "", None, b"\xff", "clave "])
def test_a_wrong_password_of_pkcs12(password: str | bytes | None) -> None:
    with pytest.raises(WrongPasswordError) as caught:
        load_pkcs12(P12, password)
    assert "clave" not in caught.value.message


@pytest.mark.parametrize("password", ["otra", b"\xff", None])
def test_a_wrong_password_of_pem(password: str | bytes | None) -> None:
    with pytest.raises(WrongPasswordError):
        load_pem(PEM, password)


def test_a_password_where_none_is_needed() -> None:
    plain = CREDENTIAL.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    certificate = CREDENTIAL.certificate.public_bytes(Encoding.PEM)
    assert load_pem(plain + certificate).certificate == CREDENTIAL.certificate
    with pytest.raises(WrongPasswordError, match="not encrypted"):
        load_pem(plain + certificate, "clave")


@pytest.mark.parametrize("cut", [1, 10, 200])
def test_a_file_that_is_cut_off(cut: int) -> None:
    with pytest.raises(CertificateError):
        load_pkcs12(P12[:-cut], "clave")
    with pytest.raises(CertificateError):
        load_pem(PEM[: PEM.index(b"-----END ENCRYPTED") - cut], "clave")


@pytest.mark.parametrize("data", [b"", b"no", b"0\x80", P12[:4], PEM])
def test_what_is_no_pkcs12(data: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        load_pkcs12(data, "clave")


def test_a_file_without_key() -> None:
    only = CREDENTIAL.certificate.public_bytes(Encoding.PEM)
    with pytest.raises(MissingKeyError):
        load_pem(only)
    file = pkcs12.serialize_key_and_certificates(
        b"x", None, None, [CREDENTIAL.certificate], BestAvailableEncryption(b"clave")
    )
    with pytest.raises(MissingKeyError):
        load_pkcs12(file, "clave")


def test_a_key_without_its_certificate() -> None:
    key = PEM[: PEM.index(b"-----BEGIN CERTIFICATE")]
    other = AUTHORITY.issue("99999972C").certificate.public_bytes(Encoding.PEM)
    for data in (key, key + other):
        with pytest.raises(MissingKeyError):
            load_pem(data, "clave")


def test_two_keys_in_one_file() -> None:
    with pytest.raises(AmbiguousFileError):
        load_pem(PEM + PEM, "clave")


def test_a_key_of_another_kind() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    certificate = self_signed(key)
    file = pkcs12.serialize_key_and_certificates(
        b"x", key, certificate, None, BestAvailableEncryption(b"clave")
    )
    with pytest.raises(UnsupportedKeyError):
        load_pkcs12(file, "clave")
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(UnsupportedKeyError):
        load_pem(pem + certificate.public_bytes(Encoding.PEM))
    exchange = x25519.X25519PrivateKey.generate()
    pem = exchange.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(CertificateError):
        load_pem(pem + certificate.public_bytes(Encoding.PEM))


@pytest.mark.parametrize("kind", ["ed25519", "dsa"])
def test_a_certificate_of_another_kind_neither_signs_nor_verifies(kind: str) -> None:
    key = (
        ed25519.Ed25519PrivateKey.generate()
        if kind == "ed25519"
        else dsa.generate_private_key(2048)
    )
    certificate = self_signed(key)

    class Signer:
        """Says that it can sign."""

        chain = ()

        def sign(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
            return bytes(64)

    signer = Signer()
    signer.certificate = certificate  # type: ignore[attr-defined]  # of a test
    with pytest.raises(CannotSignError, match="no algorithm for this key"):
        xmldsig.sign(b"<a>x</a>", signer)  # type: ignore[arg-type]  # as above
    signed = xmldsig.sign(b"<a>x</a>", CREDENTIAL)
    with pytest.raises(SignatureRefused) as caught:
        xmldsig.verify(signed, certificate=certificate)
    assert [check.name for check in caught.value.report.failed] == [CheckName.ALGORITHMS]


def test_an_algorithm_that_does_not_fit_the_key() -> None:
    rsa_credential = AUTHORITY.issue("99999972C", key=new_key("rsa"))
    with pytest.raises(UnsupportedKeyError, match="does not fit"):
        rsa_credential.sign(b"x", SignatureAlgorithm.ECDSA_SHA256)
    with pytest.raises(UnsupportedKeyError, match="does not fit"):
        CREDENTIAL.sign(b"x", SignatureAlgorithm.RSA_SHA256)
    signed = xmldsig.sign(b"<a>x</a>", CREDENTIAL)
    with pytest.raises(SignatureRefused) as caught:
        xmldsig.verify(signed, certificate=rsa_credential.certificate)
    assert [check.name for check in caught.value.report.failed] == [CheckName.ALGORITHMS]


def test_rsa_pss_is_not_taken_for_pkcs1() -> None:
    credential = AUTHORITY.issue("99999972C", key=new_key("rsa"))

    class Pss:
        """A signer that pads otherwise than its algorithm says."""

        certificate, chain = credential.certificate, credential.chain

        def sign(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
            assert isinstance(credential.key, rsa.RSAPrivateKey)
            pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH)
            return credential.key.sign(data, pss, hashes.SHA256())

    signed = xmldsig.sign(b"<a>x</a>", Pss())  # type: ignore[arg-type]  # class attributes
    with pytest.raises(SignatureRefused) as caught:
        xmldsig.verify(signed)
    assert [check.name for check in caught.value.report.failed] == [CheckName.INTEGRITY]


def test_nothing_secret_is_printed() -> None:
    numbers = CREDENTIAL.key.private_numbers()
    assert isinstance(numbers, ec.EllipticCurvePrivateNumbers)
    assert str(numbers.private_value) not in repr(CREDENTIAL)
    assert "key" not in repr(CREDENTIAL)
