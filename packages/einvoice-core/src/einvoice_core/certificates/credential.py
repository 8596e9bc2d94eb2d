"""A private key with its certificate and chain, loaded once and used many times.

Loading a key costs some 40 ms; signing with it less than one. Keep the credential.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

from einvoice_core.certificates.errors import (
    DAMAGED,
    AmbiguousFileError,
    MissingKeyError,
    NotValidAtError,
    UnreadableFileError,
    UnsupportedKeyError,
    WrongPasswordError,
)
from einvoice_core.certificates.holder import Holder, holder_of
from einvoice_core.signing.algorithms import SignatureAlgorithm

__all__ = [
    "MIN_RSA_BITS",
    "Credential",
    "PrivateKey",
    "load_certificates",
    "load_der_certificate",
    "load_pem",
    "load_pkcs12",
    "ordered_chain",
]

MIN_RSA_BITS = 2048
"""Shorter RSA keys do not sign."""

_MAX_FILE_BYTES = 1024 * 1024
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Credential:
    """Whoever holds this can sign as ``certificate``'s subject.

    Args:
        certificate: The certificate of the key.
        key: The private key; it is not shown when the credential is printed.
        chain: Certificates of the authorities above, from the issuer upwards, as far as known.
    """

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)
    chain: tuple[x509.Certificate, ...] = field(default=(), repr=False)

    @property
    def holder(self) -> Holder:
        """Who the certificate was issued to."""
        return holder_of(self.certificate)

    @property
    def default_algorithm(self) -> SignatureAlgorithm:
        """The SHA-256 algorithm that fits the key."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return SignatureAlgorithm.RSA_SHA256
        return SignatureAlgorithm.ECDSA_SHA256

    def require_valid_at(self, instant: datetime) -> None:
        """Refuse to go on with a certificate that is not valid at an instant.

        Raises:
            NotValidAtError: It has expired or is not valid yet.
        """
        first, last = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        if not first <= instant <= last:
            raise NotValidAtError(
                f"the certificate is valid from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} "
                f"UTC, not at {instant.isoformat()}",
                first=first,
                last=last,
            )

    def sign(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """Sign octets; an ECDSA value is r and s side by side, as XML signatures want it.

        Raises:
            UnsupportedKeyError: The key is of another kind, too short, or the algorithm is SHA-1.
        """
        if algorithm is SignatureAlgorithm.RSA_SHA1:
            raise UnsupportedKeyError("SHA-1 signatures are verified, never made: use RSA_SHA256")
        if isinstance(self.key, rsa.RSAPrivateKey) and algorithm.key_type == "RSA":
            if self.key.key_size < MIN_RSA_BITS:
                raise UnsupportedKeyError(
                    f"an RSA key of {self.key.key_size} bits is too short: "
                    f"use one of {MIN_RSA_BITS} or more"
                )
            return self.key.sign(data, padding.PKCS1v15(), algorithm.new_hash())
        if isinstance(self.key, ec.EllipticCurvePrivateKey) and algorithm.key_type == "ECDSA":
            r, s = decode_dss_signature(self.key.sign(data, ec.ECDSA(algorithm.new_hash())))
            size = (self.key.curve.key_size + 7) // 8
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")
        raise UnsupportedKeyError(f"{algorithm.name} does not fit the key of this certificate")

    def to_pem(self, password: bytes) -> bytes:
        """Write key (encrypted), certificate and chain as PEM, for programs that read files."""
        key = self.key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password)
        )
        certificates = (self.certificate, *self.chain)
        return key + b"".join(c.public_bytes(Encoding.PEM) for c in certificates)

    def to_pkcs12(self, password: bytes, name: str = "credential") -> bytes:
        """Write key, certificate and chain as a PKCS#12 file."""
        return pkcs12.serialize_key_and_certificates(
            name.encode(), self.key, self.certificate, self.chain, BestAvailableEncryption(password)
        )


def load_pkcs12(data: bytes, password: str | bytes | None = None) -> Credential:
    """Read a credential from the bytes of a PKCS#12 file (``.p12``, ``.pfx``).

    Raises:
        UnreadableFileError: It is not PKCS#12, or uses a cipher that is no longer supported.
        WrongPasswordError: The password does not open it.
        MissingKeyError: It holds no key, or no certificate for the key.
        UnsupportedKeyError: The key is neither RSA nor elliptic curve.
    """
    _limit(data)
    if not _looks_like_pkcs12(data):
        raise UnreadableFileError("the file is not PKCS#12: give the bytes of a .p12 or .pfx file")
    try:
        content = pkcs12.load_pkcs12(data, _bytes(password))
    except UnsupportedAlgorithm as error:
        raise UnreadableFileError(
            "the file is encrypted with a cipher of the past: export it again with AES"
        ) from error
    except (ValueError, TypeError) as error:
        raise WrongPasswordError("the password does not open the PKCS#12 file") from error
    if content.key is None or content.cert is None:
        raise MissingKeyError("the file holds no private key with its certificate: export both")
    others = [extra.certificate for extra in content.additional_certs]
    return _credential(content.key, content.cert.certificate, others)


def load_pem(data: bytes, password: str | bytes | None = None) -> Credential:
    """Read a credential from PEM text: one private key, its certificate, and its chain if any.

    Raises:
        UnreadableFileError: It is not PEM.
        WrongPasswordError: The key is encrypted and the password does not open it.
        MissingKeyError: The key or its certificate is not there.
        AmbiguousFileError: There is more than one private key.
        UnsupportedKeyError: The key is neither RSA nor elliptic curve.
    """
    _limit(data)
    keys = data.count(b"PRIVATE KEY-----") // 2
    if keys > 1:
        raise AmbiguousFileError("the file holds several private keys: keep one in it")
    if keys == 0:
        raise MissingKeyError("the file holds no private key in PEM form")
    try:
        key = load_pem_private_key(data, _bytes(password))
    except TypeError as error:
        raise WrongPasswordError(
            "the private key is encrypted: give its password"
            if password is None
            else "the private key is not encrypted: give no password"
        ) from error
    except UnsupportedAlgorithm as error:
        raise UnreadableFileError("the key is encrypted with an unsupported cipher") from error
    except ValueError as error:
        if b"ENCRYPTED" in data:
            raise WrongPasswordError("the password does not open the private key") from error
        raise UnreadableFileError("the private key cannot be read") from error
    certificates = load_certificates(data)
    mine = [c for c in certificates if c.public_key() == key.public_key()]
    if not mine:
        raise MissingKeyError("no certificate in the file belongs to its private key")
    return _credential(key, mine[0], [c for c in certificates if c is not mine[0]])


def load_certificates(data: bytes) -> tuple[x509.Certificate, ...]:
    """Read certificates from PEM text or from one DER certificate; none is an empty tuple.

    Raises:
        UnreadableFileError: A certificate cannot be read.
    """
    _limit(data)
    try:
        if data[:1] == b"\x30":
            return (_parsed(x509.load_der_x509_certificate(data)),)
        if b"-----BEGIN CERTIFICATE-----" not in data:
            return ()
        return tuple(map(_parsed, x509.load_pem_x509_certificates(data)))
    except DAMAGED as error:
        raise UnreadableFileError("a certificate in the file cannot be read") from error


def load_der_certificate(data: bytes) -> x509.Certificate:
    """Read one certificate of a stranger in DER.

    Raises:
        UnreadableFileError: It cannot be read, or not to its end.
    """
    _limit(data)
    try:
        return _parsed(x509.load_der_x509_certificate(data))
    except DAMAGED as error:
        raise UnreadableFileError("a certificate cannot be read") from error


def _parsed(certificate: x509.Certificate) -> x509.Certificate:
    """Look at the parts that are only parsed when they are used, so that they fail here."""
    _ = (certificate.subject, certificate.issuer, certificate.serial_number)
    if certificate.not_valid_before_utc > certificate.not_valid_after_utc:
        raise ValueError("it ends before it begins")
    return certificate


def _credential(
    key: object, certificate: x509.Certificate, others: Sequence[x509.Certificate]
) -> Credential:
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise UnsupportedKeyError("the key is neither RSA nor elliptic curve")
    if certificate.public_key() != key.public_key():
        raise MissingKeyError("the certificate does not belong to the private key")
    return Credential(certificate, key, ordered_chain(certificate, others))


def ordered_chain(
    certificate: x509.Certificate, others: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """Return the authorities above a certificate, from its issuer upwards, as far as known."""
    chain: list[x509.Certificate] = []
    current, left = certificate, list(others)
    while current.issuer != current.subject:
        issuer = next((c for c in left if c.subject == current.issuer), None)
        if issuer is None:
            break
        left.remove(issuer)
        chain.append(issuer)
        current = issuer
    return tuple(chain)


def _looks_like_pkcs12(data: bytes) -> bool:
    """Whether this is a DER sequence that begins with the version number 3, as a PFX does."""
    if data[:1] != b"\x30" or len(data) < 8:
        return False
    header = 2 + (data[1] & 0x7F if data[1] > 0x80 else 0)
    return data[header : header + 3] == b"\x02\x01\x03"


def _limit(data: bytes) -> None:
    if len(data) > _MAX_FILE_BYTES:
        raise UnreadableFileError("the file is larger than 1 MB: it is not a certificate file")


def _bytes(password: str | bytes | None) -> bytes | None:
    return password.encode() if isinstance(password, str) else password
