"""The three things to do with a signature: make it, rely on it, look at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

from einvoice_core.certificates import TrustStore
from einvoice_core.certificates.revocation import RevocationCheck
from einvoice_core.signing import xades
from einvoice_core.signing.algorithms import DigestAlgorithm
from einvoice_core.signing.errors import CannotSignError
from einvoice_core.signing.report import SignatureReport
from einvoice_core.signing.timestamp import TimestampClient
from einvoice_core.signing.xades import Verified
from einvoice_core.signing.xmldsig import Signer
from einvoice_core.xml.parsing import LIMITS, Limits
from facturae_es.signing.policy import OLD_PROFILE, PROFILE, Role

__all__ = ["examine_signature", "sign", "verify"]

_PROFILES = {
    name: replace(PROFILE, hash_name=name, digest=digest, certificate_digest=digest)
    for name, digest in (
        ("sha256", DigestAlgorithm.SHA256),
        ("sha384", DigestAlgorithm.SHA384),
        ("sha512", DigestAlgorithm.SHA512),
    )
}


def sign(
    xml: bytes,
    credential: Signer,
    *,
    role: str = Role.SUPPLIER,
    hash_name: Literal["sha256", "sha384", "sha512"] = "sha256",
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ids: Callable[[], str] = lambda: str(uuid4()),
    timestamps: TimestampClient | None = None,
) -> bytes:
    """Sign a document under the policy of the format.

    Args:
        xml: The document, as :func:`facturae_es.write` makes it.
        credential: Key and certificate of the signer.
        role: ``emisor``, ``receptor`` or ``tercero``.
        hash_name: Hash of the signature, of its references and of the certificate.
        clock: Says the signing time, with a time zone.
        ids: Gives one text that makes the identifiers of this signature unique.
        timestamps: Who proves when the signature existed (XAdES-T), such as
            :class:`einvoice_core.signing.timestamp.service.TimestampService`; by default nobody.

    Returns:
        The same document with the signature as the last child of its root.

    Raises:
        XmlRefused: The document cannot be read.
        CannotSignError: It is signed already, or role or hash are not of the policy.
        NotValidAtError: The certificate is not valid at the signing time.
        UnsupportedKeyError: The key is too short, or neither RSA nor elliptic curve.
        TimestampError: The timestamp authority refuses, or answers something else.
    """
    if hash_name not in _PROFILES:
        raise CannotSignError(f"there is no signature with {hash_name}: use sha256 or better")
    return xades.sign(
        xml,
        credential,
        _PROFILES[hash_name],
        clock=clock,
        ids=ids,
        role=str(role),
        timestamps=timestamps,
    )


def verify(
    xml: bytes,
    *,
    at: datetime | None = None,
    trust: TrustStore | None = None,
    timestamp_trust: TrustStore | None = None,
    revocation: RevocationCheck | None = None,
    allow_sha1: bool = False,
    limits: Limits = LIMITS,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Verified:
    """Verify the signature of a document and return what was signed.

    Args:
        xml: The document.
        at: The instant at which the chain must be valid; by default that of a trusted timestamp, or
            else the signing time. FACe looks at the instant of receipt, and so should whoever
            receives an invoice: who stole a key may claim any signing time.
        trust: Trusted roots; without them the chain is reported as not checked.
        timestamp_trust: Trusted roots of timestamp authorities; by default ``trust``.
        revocation: Tells whether certificates were revoked, such as
            :class:`einvoice_core.certificates.revocation.Evidence` with the lists of their issuers;
            without it that is reported as not checked.
        allow_sha1: Accept the algorithms and the policy of signatures made before 2015.
        limits: How large the document may be.
        clock: Says what time it is: no signature comes from the future.

    Returns:
        What the signature says. Read the invoice from its ``document``, which is exactly what was
        signed, rather than from the bytes that came in.

    Raises:
        XmlRefused: The bytes cannot be read.
        SignatureRefused: A check failed; the error carries the report.
    """
    profile = OLD_PROFILE if allow_sha1 else PROFILE
    return xades.verify(
        xml,
        profile,
        at=at,
        trust=trust,
        timestamp_trust=timestamp_trust,
        revocation=revocation,
        limits=limits,
        clock=clock,
    )


def examine_signature(
    xml: bytes,
    *,
    at: datetime | None = None,
    trust: TrustStore | None = None,
    timestamp_trust: TrustStore | None = None,
    revocation: RevocationCheck | None = None,
    allow_sha1: bool = False,
    limits: Limits = LIMITS,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> SignatureReport:
    """Run the checks of :func:`verify` and return the report, whatever it says.

    Args:
        xml: The document.
        at: As in :func:`verify`.
        trust: As in :func:`verify`.
        timestamp_trust: As in :func:`verify`.
        revocation: As in :func:`verify`.
        allow_sha1: As in :func:`verify`.
        limits: As in :func:`verify`.
        clock: As in :func:`verify`.

    Raises:
        XmlRefused: The bytes cannot be read.
    """
    profile = OLD_PROFILE if allow_sha1 else PROFILE
    return xades.examine(
        xml,
        profile,
        at=at,
        trust=trust,
        timestamp_trust=timestamp_trust,
        revocation=revocation,
        limits=limits,
        clock=clock,
    )
