"""Whether a certificate was revoked, as far as the lists and answers at hand tell.

Nothing is fetched: the caller brings certificate revocation lists and OCSP responses. There are
three outcomes, and *unknown* is not *good*.

Source: RFC 5280, sections 5 and 6.3, without delta and indirect lists; RFC 6960.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from einvoice_core.certificates.errors import DAMAGED, UnreadableFileError

__all__ = [
    "Evidence",
    "Revocation",
    "RevocationCheck",
    "RevocationStatus",
    "load_crls",
    "load_ocsp",
    "revocation_status",
]

_MAX_FILE_BYTES = 64 * 1024 * 1024
_PEM_CRL = b"-----BEGIN X509 CRL-----"
_PEM_END = b"-----END X509 CRL-----"
_CRL_UNDERSTOOD = {ExtensionOID.ISSUING_DISTRIBUTION_POINT, ExtensionOID.CRL_NUMBER}
_UNKNOWN_ENTRY = {x509.ReasonFlags.remove_from_crl}


class RevocationStatus(StrEnum):
    """What is known about a certificate at an instant."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Revocation:
    """The state of a certificate, and where it is known from.

    Args:
        status: One of three.
        reason: In words, with the dates that count.
        revoked_at: When it was revoked, also when that was after the instant asked for.
        source: ``crl`` or ``ocsp``; empty when nothing told.
    """

    status: RevocationStatus
    reason: str
    revoked_at: datetime | None = None
    source: str = ""


RevocationCheck = Callable[[x509.Certificate, x509.Certificate, datetime], Revocation]
"""Tells the state of a certificate, given its issuer, at an instant."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The lists and responses at hand; calling it tells the state of a certificate.

    Args:
        crls: Certificate revocation lists.
        responses: OCSP responses.
    """

    crls: tuple[x509.CertificateRevocationList, ...] = field(default=(), repr=False)
    responses: tuple[ocsp.OCSPResponse, ...] = field(default=(), repr=False)

    def __call__(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> Revocation:
        """Tell the state of a certificate at an instant; see :func:`revocation_status`."""
        return revocation_status(certificate, issuer, at, crls=self.crls, responses=self.responses)


def load_crls(data: bytes) -> tuple[x509.CertificateRevocationList, ...]:
    """Read revocation lists: PEM text with one or more, or one in DER.

    Raises:
        UnreadableFileError: There is none, or one cannot be read.
    """
    if len(data) > _MAX_FILE_BYTES:
        raise UnreadableFileError("the revocation list is larger than 64 MB")
    try:
        if data[:1] == b"\x30":
            return (x509.load_der_x509_crl(data),)
        parts = [part.partition(_PEM_END)[0] for part in data.split(_PEM_CRL)[1:]]
        lists = tuple(x509.load_pem_x509_crl(_PEM_CRL + p + _PEM_END + b"\n") for p in parts)
    except DAMAGED as error:
        raise UnreadableFileError("a revocation list cannot be read") from error
    if not lists:
        raise UnreadableFileError("the file holds no revocation list")
    return lists


def load_ocsp(data: bytes) -> ocsp.OCSPResponse:
    """Read an OCSP response in DER.

    Raises:
        UnreadableFileError: It cannot be read.
    """
    if len(data) > _MAX_FILE_BYTES:
        raise UnreadableFileError("the OCSP response is larger than 64 MB")
    try:
        return ocsp.load_der_ocsp_response(data)
    except DAMAGED as error:
        raise UnreadableFileError("the OCSP response cannot be read") from error


def revocation_status(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    at: datetime,
    *,
    crls: Iterable[x509.CertificateRevocationList] = (),
    responses: Iterable[ocsp.OCSPResponse] = (),
) -> Revocation:
    """Tell whether a certificate was revoked at an instant.

    A list or response counts when the issuer (or whom it named for that) signed it and when it
    speaks of that instant: it must not be out of date then. A revocation counts from its date, or
    from the date of invalidity where the entry has an earlier one.

    Args:
        certificate: The one in question.
        issuer: The certificate of the authority that issued it.
        at: The instant, with its zone.
        crls: Lists, of any authority.
        responses: OCSP responses, about any certificate.

    Returns:
        *revoked* if anything that counts says so; *good* if something that counts says that;
        otherwise *unknown*, with what was wrong with the last thing at hand.
    """
    name = certificate.subject.rfc4514_string()
    verdicts = [
        *(_by_ocsp(certificate, issuer, response, at) for response in responses),
        *(_by_list(certificate, issuer, one, at) for one in crls),
    ]
    for status in (RevocationStatus.REVOKED, RevocationStatus.GOOD):
        for verdict in verdicts:
            if verdict.status is status:
                return verdict
    reasons = [verdict.reason for verdict in verdicts]
    if reasons:
        return _unknown(f"nothing at hand tells about {name!r}: {reasons[-1]}")
    return _unknown(f"no revocation list or response was given for {name!r}")


def _by_list(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    crl: x509.CertificateRevocationList,
    at: datetime,
) -> Revocation:
    try:
        return _by_crl(certificate, issuer, crl, at)
    except DAMAGED:
        return _unknown("the list cannot be read")


def _by_crl(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    crl: x509.CertificateRevocationList,
    at: datetime,
) -> Revocation:
    fault = _crl_fault(certificate, issuer, crl, at)
    if fault:
        return _unknown(fault)
    entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
    if entry is None:
        if certificate.not_valid_after_utc < crl.last_update_utc:
            return _unknown("the list is from after the certificate expired: it may have left it")
        issued = crl.last_update_utc
        return Revocation(
            RevocationStatus.GOOD, f"not in the list of {issued:%Y-%m-%d %H:%M} UTC", source="crl"
        )
    reason, since = _entry(entry)
    if reason in _UNKNOWN_ENTRY:
        return _unknown("the list is one of changes only")
    return _revoked(since, entry.revocation_date_utc, reason.value if reason else "", at, "crl")


def _crl_fault(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    crl: x509.CertificateRevocationList,
    at: datetime,
) -> str:
    if crl.issuer != certificate.issuer or issuer.subject != certificate.issuer:
        return "the list is of another authority"
    extensions = crl.extensions
    key = issuer.public_key()
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        return "the key of the authority is neither RSA nor elliptic curve"
    if not crl.is_signature_valid(key):
        return "the signature of the list does not hold"
    if not _may(issuer, "crl_sign"):
        return "the authority may not sign lists"
    for extension in extensions:
        if extension.critical and extension.oid not in _CRL_UNDERSTOOD:
            return f"the list has a critical extension that is not understood: {extension.oid}"
    if crl.next_update_utc is None or crl.next_update_utc < at:
        return f"the list is out of date at {at.isoformat()}"
    return _scope_fault(certificate, extensions)


def _scope_fault(certificate: x509.Certificate, extensions: x509.Extensions) -> str:
    """Say why a list that covers a part of the certificates does not cover this one."""
    try:
        scope = extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return ""
    if scope.indirect_crl or scope.only_some_reasons or scope.only_contains_attribute_certs:
        return "the list covers some reasons or other authorities only"
    authority = _is_authority(certificate)
    if (scope.only_contains_user_certs and authority) or (
        scope.only_contains_ca_certs and not authority
    ):
        return "the list covers other kinds of certificates"
    if scope.full_name is None and scope.relative_name is None:
        return ""
    named = {name for point in _points(certificate) for name in point.full_name or ()}
    if scope.full_name is None or not named & set(scope.full_name):
        return "the list covers another part of the authority's certificates"
    return ""


def _points(certificate: x509.Certificate) -> Sequence[x509.DistributionPoint]:
    try:
        kind = x509.CRLDistributionPoints
        return list(certificate.extensions.get_extension_for_class(kind).value)
    except (x509.ExtensionNotFound, *DAMAGED):
        return ()


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        kind = x509.BasicConstraints
        return certificate.extensions.get_extension_for_class(kind).value.ca
    except (x509.ExtensionNotFound, *DAMAGED):
        return False


def _may(certificate: x509.Certificate, usage: str) -> bool:
    try:
        found = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except DAMAGED:
        return False
    return bool(getattr(found, usage))


def _entry(entry: x509.RevokedCertificate) -> tuple[x509.ReasonFlags | None, datetime]:
    """Return the reason of an entry and the instant from which it counts."""
    reason, since = None, entry.revocation_date_utc
    try:
        for extension in entry.extensions:
            if isinstance(extension.value, x509.CRLReason):
                reason = extension.value.reason
            elif isinstance(extension.value, x509.InvalidityDate):
                since = min(since, extension.value.invalidity_date_utc)
    except DAMAGED:
        return None, entry.revocation_date_utc
    return reason, since


def _by_ocsp(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    response: ocsp.OCSPResponse,
    at: datetime,
) -> Revocation:
    try:
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return _unknown(f"the responder answered {response.response_status.name.lower()}")
        fault = _responder_fault(response, issuer)
        if fault:
            return _unknown(fault)
        for answer in response.responses:
            if _speaks_of(answer, certificate, issuer):
                return _answered(answer, at)
    except DAMAGED:
        return _unknown("the response cannot be read")
    return _unknown("the response is about another certificate")


def _answered(answer: ocsp.OCSPSingleResponse, at: datetime) -> Revocation:
    last = answer.next_update_utc or answer.this_update_utc
    if last < at:
        return _unknown(f"the response is out of date at {at.isoformat()}")
    if answer.certificate_status is ocsp.OCSPCertStatus.GOOD:
        said = answer.this_update_utc
        return Revocation(
            RevocationStatus.GOOD,
            f"good in the response of {said:%Y-%m-%d %H:%M} UTC",
            source="ocsp",
        )
    if answer.certificate_status is ocsp.OCSPCertStatus.REVOKED:
        since = answer.revocation_time_utc
        reason = answer.revocation_reason
        if since is not None:
            return _revoked(since, since, reason.value if reason else "", at, "ocsp")
    return _unknown("the responder does not know the certificate")


def _speaks_of(
    answer: ocsp.OCSPSingleResponse, certificate: x509.Certificate, issuer: x509.Certificate
) -> bool:
    if answer.serial_number != certificate.serial_number:
        return False
    names, keys = hashes.Hash(answer.hash_algorithm), hashes.Hash(answer.hash_algorithm)
    names.update(issuer.subject.public_bytes())
    keys.update(_key_bits(issuer))
    return (names.finalize(), keys.finalize()) == (answer.issuer_name_hash, answer.issuer_key_hash)


def _key_bits(certificate: x509.Certificate) -> bytes:
    """Return the key of a certificate without the algorithm around it."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    raise UnsupportedAlgorithm("the key is neither RSA nor elliptic curve")


def _responder_fault(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> str:
    for candidate in _responders(response, issuer):
        if _signed_by(response, candidate):
            return ""
    return "neither the authority nor a responder that it named signed the response"


def _responders(
    response: ocsp.OCSPResponse, issuer: x509.Certificate
) -> Iterator[x509.Certificate]:
    yield issuer
    for certificate in response.certificates:
        try:
            certificate.verify_directly_issued_by(issuer)
            purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except (InvalidSignature, x509.ExtensionNotFound, *DAMAGED):
            continue
        first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if (
            ExtendedKeyUsageOID.OCSP_SIGNING in purposes
            and first <= response.produced_at_utc <= last
        ):
            yield certificate


def _signed_by(response: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    algorithm = response.signature_hash_algorithm
    if algorithm is None or isinstance(algorithm, hashes.SHA1):
        return False
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(
                response.signature, response.tbs_response_bytes, padding.PKCS1v15(), algorithm
            )
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _revoked(
    since: datetime, stated: datetime, reason: str, at: datetime, source: str
) -> Revocation:
    why = f" ({reason})" if reason else ""
    if since <= at:
        text = f"revoked since {since:%Y-%m-%d %H:%M} UTC{why}"
        return Revocation(RevocationStatus.REVOKED, text, stated, source)
    text = f"revoked later, on {since:%Y-%m-%d %H:%M} UTC{why}"
    return Revocation(RevocationStatus.GOOD, text, stated, source)


def _unknown(reason: str) -> Revocation:
    return Revocation(RevocationStatus.UNKNOWN, reason)
