"""Examines signatures: every check is listed, with how it came out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509
from lxml import etree

from einvoice_core.certificates import Holder, TrustStore, holder_of
from einvoice_core.certificates.revocation import RevocationCheck
from einvoice_core.signing.errors import MalformedSignature, SignatureRefused
from einvoice_core.signing.report import Checklist, CheckName, Outcome, SignatureReport
from einvoice_core.signing.xades._checking import Asked, Examination
from einvoice_core.signing.xades.profile import Profile
from einvoice_core.signing.xmldsig import ALLOWED, Allowed, SignedReference, signatures_of
from einvoice_core.signing.xmldsig._references import Ids
from einvoice_core.signing.xmldsig._verifying import the_signature
from einvoice_core.xml.parsing import LIMITS, Limits, parse

_MAX_SIGNATURES = 16
_INDISPENSABLE = (
    CheckName.STRUCTURE,
    CheckName.DUPLICATE_IDS,
    CheckName.ALGORITHMS,
    CheckName.INTEGRITY,
    CheckName.COVERAGE,
    CheckName.CERTIFICATE_BOUND,
    CheckName.SIGNING_TIME,
    CheckName.VALIDITY,
)
"""What nobody relies on a signature without, whatever a report leaves open."""

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Verified:
    """What a signature that holds says, and what it covers.

    Args:
        root: The root of the document, all of which is signed but for the signature.
        signature: The element ``ds:Signature``.
        references: What was signed, with the octets that were digested.
        certificate: Of the signer.
        chain: From that certificate to a trusted root; empty when no roots were given.
        signed_at: When the signer says that it was signed.
        policy: Identifier of the policy; empty for none.
        roles: In which roles the signer claims to have signed.
        report: The checks, with those that did not run.
    """

    root: etree._Element
    signature: etree._Element
    references: tuple[SignedReference, ...]
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    signed_at: datetime
    policy: str
    roles: tuple[str, ...]
    report: SignatureReport = field(repr=False)

    @property
    def holder(self) -> Holder:
        """Who the signer's certificate was issued to."""
        return holder_of(self.certificate)

    @property
    def document(self) -> bytes:
        """Exactly what was signed: the document in canonical form, without signature and comments.

        Whoever wants to rely on nothing but what was signed reads these octets.
        """
        return next(r.octets for r in self.references if r.covers_document)


def verify(
    xml: bytes,
    profile: Profile | None = None,
    *,
    at: datetime | None = None,
    trust: TrustStore | None = None,
    timestamp_trust: TrustStore | None = None,
    revocation: RevocationCheck | None = None,
    allowed: Allowed | None = None,
    limits: Limits = LIMITS,
    clock: Clock = _now,
) -> Verified:
    """Verify the signature of a document and return what was signed.

    Args:
        xml: The document.
        profile: What its signature must say; without it, policy, role and place are not checked.
        at: The instant at which the chain must be valid, and after which nothing can have been
            signed; by default that of a trusted timestamp, or else the signing time that the signer
            claims. Whoever receives a document and has no timestamp gives the instant of receipt:
            who stole a key may claim any time.
        trust: The roots that are trusted; without them the chain is not checked, and says so.
        timestamp_trust: The roots of timestamp authorities; by default ``trust``.
        revocation: Tells whether certificates were revoked, such as
            :class:`einvoice_core.certificates.revocation.Evidence`; without it that is not checked,
            and says so.
        allowed: What the signature may ask for; by default what the profile says.
        limits: Of the document.
        clock: Says what time it is: no signature comes from the future.

    Raises:
        XmlRefused: The bytes cannot be read.
        SignatureRefused: A check failed; it carries the report.
    """
    root = parse(xml, limits)
    permitted = _allowed(profile, allowed)
    asked = Asked(profile, at, trust, timestamp_trust, revocation, permitted, clock())
    checks = Checklist()
    signature = checks.run(CheckName.STRUCTURE, lambda: the_signature(root))
    if signature is None:
        raise SignatureRefused(SignatureReport(checks.checks))
    examination = Examination(root, signature, asked, Ids(root))
    report = examination.report
    passed = all(report.outcome(name) is Outcome.PASSED for name in _INDISPENSABLE)
    if not (report.ok and passed and examination.certificate and examination.signed_at):
        raise SignatureRefused(report)
    return Verified(
        root,
        signature,
        examination.references,
        examination.certificate,
        examination.chain,
        examination.signed_at,
        examination.policy,
        examination.roles,
        report,
    )


def examine(
    xml: bytes,
    profile: Profile | None = None,
    *,
    at: datetime | None = None,
    trust: TrustStore | None = None,
    timestamp_trust: TrustStore | None = None,
    revocation: RevocationCheck | None = None,
    allowed: Allowed | None = None,
    limits: Limits = LIMITS,
    clock: Clock = _now,
) -> SignatureReport:
    """Run the checks of :func:`verify` and return the report, whatever it says.

    Raises:
        XmlRefused: The bytes cannot be read.
    """
    try:
        verified = verify(
            xml,
            profile,
            at=at,
            trust=trust,
            timestamp_trust=timestamp_trust,
            revocation=revocation,
            allowed=allowed,
            limits=limits,
            clock=clock,
        )
    except SignatureRefused as refusal:
        return refusal.report
    return verified.report


def examine_all(
    xml: bytes,
    profile: Profile | None = None,
    *,
    at: datetime | None = None,
    trust: TrustStore | None = None,
    timestamp_trust: TrustStore | None = None,
    revocation: RevocationCheck | None = None,
    allowed: Allowed | None = None,
    limits: Limits = LIMITS,
    clock: Clock = _now,
) -> tuple[SignatureReport, ...]:
    """Run the checks of :func:`verify` on every signature of a document, each for itself.

    Of several signatures that cover the whole document only the last one made can hold: it covers
    the others, and each of them was made before it stood there.

    Returns:
        A report for each, in the order of the document; none for an unsigned one. Countersignatures
        are in the report of the signature that they sign.

    Raises:
        XmlRefused: The bytes cannot be read.
        MalformedSignature: There are more than 16.
    """
    root = parse(xml, limits)
    found = signatures_of(root)
    if len(found) > _MAX_SIGNATURES:
        raise MalformedSignature(
            f"the document has {len(found)} signatures; at most {_MAX_SIGNATURES} are examined"
        )
    ids = Ids(root)
    permitted = _allowed(profile, allowed)
    asked = Asked(profile, at, trust, timestamp_trust, revocation, permitted, clock())
    return tuple(Examination(root, signature, asked, ids).report for signature in found)


def _allowed(profile: Profile | None, allowed: Allowed | None) -> Allowed:
    return allowed or (profile.allowed if profile else ALLOWED)
