"""Checks what a token proves, and lists what was checked."""

import hashlib
import hmac
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from einvoice_core.certificates import TrustStore, UntrustedError, der
from einvoice_core.certificates.errors import DAMAGED, UnreadableFileError
from einvoice_core.certificates.revocation import RevocationCheck, RevocationStatus
from einvoice_core.signing.algorithms import DigestAlgorithm
from einvoice_core.signing.report import Outcome
from einvoice_core.signing.timestamp._messages import DIGESTS, Token
from einvoice_core.signing.timestamp.errors import TimestampRefused

__all__ = ["TimestampCheck", "TimestampCheckName", "TimestampReport", "check", "examine"]

_CONTENT_TYPE = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
_SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
_TST_INFO = "1.2.840.113549.1.9.16.1.4"
_MIN_RSA_BITS = 2048

# Signature algorithms that name their digest; the others take that of the signer.
_SIGNATURES: dict[str, DigestAlgorithm | None] = {
    "1.2.840.113549.1.1.1": None,
    "1.2.840.113549.1.1.11": DigestAlgorithm.SHA256,
    "1.2.840.113549.1.1.12": DigestAlgorithm.SHA384,
    "1.2.840.113549.1.1.13": DigestAlgorithm.SHA512,
    "1.2.840.10045.2.1": None,
    "1.2.840.10045.4.3.2": DigestAlgorithm.SHA256,
    "1.2.840.10045.4.3.3": DigestAlgorithm.SHA384,
    "1.2.840.10045.4.3.4": DigestAlgorithm.SHA512,
}


class TimestampCheckName(StrEnum):
    """What is looked at in a timestamp, in this order."""

    IMPRINT = "imprint"
    NONCE = "nonce"
    POLICY = "policy"
    SIGNATURE = "signature"
    CERTIFICATE_BOUND = "certificate bound"
    PURPOSE = "purpose"
    TIME = "time"
    CHAIN = "chain"
    REVOCATION = "revocation"


@dataclass(frozen=True, slots=True)
class TimestampCheck:
    """One check: what was looked at, how it came out, and why when it did not pass."""

    name: TimestampCheckName
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TimestampReport:
    """All checks of one timestamp.

    Args:
        token: The timestamp.
        checks: In the order of :class:`TimestampCheckName`.
        certificate: That signed the token; ``None`` when none that came along did.
    """

    token: Token
    checks: tuple[TimestampCheck, ...]
    certificate: x509.Certificate | None = field(default=None, repr=False)

    @property
    def failed(self) -> tuple[TimestampCheck, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if check.outcome is Outcome.FAILED)

    @property
    def not_run(self) -> tuple[TimestampCheck, ...]:
        """The checks that could not run, each with the reason."""
        return tuple(check for check in self.checks if check.outcome is Outcome.NOT_RUN)

    @property
    def ok(self) -> bool:
        """Whether no check failed; a check that could not run is not one that passed."""
        return not self.failed


class _FailedError(Exception):
    """A check did not pass; the text says why."""


class _NotRunError(Exception):
    """A check could not run; the text says why."""


def check(
    token: Token,
    data: bytes,
    *,
    trust: TrustStore | None = None,
    now: datetime | None = None,
    nonce: int | None = None,
    policies: Collection[str] = (),
    certificates: Sequence[x509.Certificate] = (),
    revocation: RevocationCheck | None = None,
) -> TimestampReport:
    """Make sure that a timestamp proves that data existed; the arguments are those of `examine`.

    Raises:
        TimestampRefused: A check failed.
    """
    report = examine(
        token,
        data,
        trust=trust,
        now=now,
        nonce=nonce,
        policies=policies,
        certificates=certificates,
        revocation=revocation,
    )
    if not report.ok:
        raise TimestampRefused(report)
    return report


def examine(
    token: Token,
    data: bytes,
    *,
    trust: TrustStore | None = None,
    now: datetime | None = None,
    nonce: int | None = None,
    policies: Collection[str] = (),
    certificates: Sequence[x509.Certificate] = (),
    revocation: RevocationCheck | None = None,
) -> TimestampReport:
    """Check a timestamp and report on it.

    Args:
        token: From :func:`read_response` or :func:`read_token`.
        data: The octets that it shall prove.
        trust: Roots of timestamp authorities; without them the chain is not checked.
        now: The instant that the timestamp may not lie after; by default that is not checked.
        nonce: Of the request.
        policies: Identifiers of the policies that are accepted; none accepts all.
        certificates: Further ones, where the token does not hold that of its signer.
        revocation: Tells the state of certificates; without it revocation is not checked.
    """
    names = TimestampCheckName
    checks: list[TimestampCheck] = []
    candidates = (*token.certificates, *certificates)
    signer = _signer_certificate(token, candidates)

    def run(name: TimestampCheckName, body: Callable[[], object]) -> None:
        try:
            body()
        except _NotRunError as missing:
            checks.append(TimestampCheck(name, Outcome.NOT_RUN, str(missing)))
        except _FailedError as wrong:
            checks.append(TimestampCheck(name, Outcome.FAILED, str(wrong)))
        else:
            checks.append(TimestampCheck(name, Outcome.PASSED))

    run(names.IMPRINT, lambda: _imprint(token, data))
    run(names.NONCE, lambda: _nonce(token, nonce))
    run(names.POLICY, lambda: _policy(token, policies))
    run(names.SIGNATURE, lambda: _signature(token, signer))
    run(names.CERTIFICATE_BOUND, lambda: _bound(token, signer))
    run(names.PURPOSE, lambda: _purpose(signer))
    run(names.TIME, lambda: _time(token, signer, now))
    run(names.CHAIN, lambda: _path(token, signer, candidates, trust))
    run(names.REVOCATION, lambda: _revocation(token, signer, candidates, trust, revocation))
    return TimestampReport(token, tuple(checks), signer)


def _signer_certificate(
    token: Token, candidates: Sequence[x509.Certificate]
) -> x509.Certificate | None:
    identifier = token.signer.identifier
    for certificate in candidates:
        if identifier.tag == der.SEQUENCE:
            name = certificate.issuer.public_bytes()
            if identifier.content == name + der.integer(certificate.serial_number):
                return certificate
        elif identifier.content == _key_identifier(certificate):
            return certificate
    return None


def _key_identifier(certificate: x509.Certificate) -> bytes | None:
    try:
        kind = x509.SubjectKeyIdentifier
        return certificate.extensions.get_extension_for_class(kind).value.digest
    except (x509.ExtensionNotFound, *DAMAGED):
        return None


def _imprint(token: Token, data: bytes) -> None:
    digest = hashlib.new(token.digest.hash_name, data).digest()
    if not hmac.compare_digest(digest, token.imprint):
        raise _FailedError("it is about other data")
    if token.digest is DigestAlgorithm.SHA1:
        raise _FailedError("its digest is SHA-1, which no longer proves anything")


def _nonce(token: Token, nonce: int | None) -> None:
    if nonce is None:
        raise _NotRunError("no nonce was given")
    if nonce != token.nonce:
        raise _FailedError("it does not repeat the nonce of the request")


def _policy(token: Token, policies: Collection[str]) -> None:
    if not policies:
        raise _NotRunError("every policy is accepted")
    if token.policy not in policies:
        raise _FailedError(f"its policy {token.policy} is not one of those accepted")


def _signature(token: Token, certificate: x509.Certificate | None) -> None:
    signer = token.signer
    certificate = _required(certificate)
    digest = DIGESTS.get(signer.digest)
    named = _SIGNATURES.get(signer.algorithm, DigestAlgorithm.SHA1)
    if named is DigestAlgorithm.SHA1 or digest in (None, DigestAlgorithm.SHA1):
        raise _FailedError(f"signatures with {signer.algorithm} are not allowed")
    assert digest is not None  # noqa: S101 - for the type checker; the line above refused it
    _require_attribute(token, _CONTENT_TYPE, der.object_identifier(_TST_INFO))
    content = hashlib.new(digest.hash_name, signer.content).digest()
    _require_attribute(token, _MESSAGE_DIGEST, der.octet_string(content))
    _verify_value(token, certificate, named or digest)


def _require_attribute(token: Token, name: str, expected: bytes) -> None:
    value = token.signer.attributes.get(name)
    if value is None or value.raw != expected:
        raise _FailedError("what is signed is not the content of the timestamp")


def _verify_value(token: Token, certificate: x509.Certificate, digest: DigestAlgorithm) -> None:
    value, octets = token.signer.value, token.signer.attributes_octets
    try:
        key = certificate.public_key()
        if isinstance(key, rsa.RSAPublicKey) and token.signer.algorithm.startswith("1.2.840.113"):
            if key.key_size < _MIN_RSA_BITS:
                raise _FailedError(f"RSA keys of {key.key_size} bits are not allowed")
            key.verify(value, octets, padding.PKCS1v15(), digest.new_hash())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, octets, ec.ECDSA(digest.new_hash()))
        else:
            raise _FailedError("the key of the authority does not fit its signature")
    except (InvalidSignature, *DAMAGED) as error:
        raise _FailedError("the signature does not hold: the timestamp was changed") from error


def _bound(token: Token, certificate: x509.Certificate | None) -> None:
    """The signed attributes name the certificate, or another could take its place."""
    encoded = _required(certificate).public_bytes(Encoding.DER)
    attributes = token.signer.attributes
    try:
        if _SIGNING_CERTIFICATE_V2 in attributes:
            first = attributes[_SIGNING_CERTIFICATE_V2].children[0].children[0].children
            stated = first[0].tag == der.SEQUENCE
            dotted = first[0].children[0].object_identifier() if stated else ""
            digest = DIGESTS.get(dotted) if stated else DigestAlgorithm.SHA256
            value = first[1] if stated else first[0]
        elif _SIGNING_CERTIFICATE in attributes:
            first = attributes[_SIGNING_CERTIFICATE].children[0].children[0].children
            digest, value = DigestAlgorithm.SHA1, first[0]
        else:
            raise _FailedError("it does not name the certificate of its signer")
    except (UnreadableFileError, IndexError) as error:
        raise _FailedError("the name of its signer's certificate cannot be read") from error
    if digest is None:
        raise _FailedError("the digest of its signer's certificate is not known")
    if hashlib.new(digest.hash_name, encoded).digest() != value.content:
        raise _FailedError("it names another certificate than the one that signed")


def _purpose(certificate: x509.Certificate | None) -> None:
    try:
        extensions = _required(certificate).extensions
        found = extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, *DAMAGED) as error:
        raise _FailedError("the certificate is not one for timestamps") from error
    if list(found.value) != [ExtendedKeyUsageOID.TIME_STAMPING] or not found.critical:
        raise _FailedError(
            "the certificate must be for timestamps alone, and say so in a critical extension"
        )


def _time(token: Token, certificate: x509.Certificate | None, now: datetime | None) -> None:
    signer, at = _required(certificate), token.generated_at
    if not signer.not_valid_before_utc <= at <= signer.not_valid_after_utc:
        raise _FailedError(f"the authority's certificate was not valid at {at.isoformat()}")
    if now is not None and at > now:
        raise _FailedError(f"it was made at {at.isoformat()}, after {now.isoformat()}")


def _path(
    token: Token,
    certificate: x509.Certificate | None,
    candidates: Sequence[x509.Certificate],
    trust: TrustStore | None,
) -> tuple[x509.Certificate, ...]:
    if trust is None:
        raise _NotRunError("no roots of timestamp authorities were given")
    try:
        return trust.path_to_root(_required(certificate), token.generated_at, candidates)
    except UntrustedError as error:
        raise _FailedError(error.message) from error


def _revocation(
    token: Token,
    certificate: x509.Certificate | None,
    candidates: Sequence[x509.Certificate],
    trust: TrustStore | None,
    revocation: RevocationCheck | None,
) -> None:
    if revocation is None:
        raise _NotRunError("nobody was named who knows about revocation")
    try:
        path = _path(token, certificate, candidates, trust)
    except _FailedError as error:
        raise _NotRunError("there is no chain to a trusted root") from error
    for below, above in pairwise(path):
        state = revocation(below, above, token.generated_at)
        if state.status is RevocationStatus.REVOKED:
            raise _FailedError(state.reason)
        if state.status is RevocationStatus.UNKNOWN:
            raise _NotRunError(state.reason)


def _required(certificate: x509.Certificate | None) -> x509.Certificate:
    if certificate is None:
        raise _FailedError("the certificate of its signer did not come along: give it")
    return certificate
