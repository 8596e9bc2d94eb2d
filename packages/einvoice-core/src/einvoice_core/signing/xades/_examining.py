"""Examines a signature: every check is listed, with how it came out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from lxml import etree

from einvoice_core.certificates import Holder, TrustStore, UntrustedError, holder_of
from einvoice_core.signing.errors import MalformedSignature, SignatureRefused
from einvoice_core.signing.report import Checklist, CheckName, SignatureReport
from einvoice_core.signing.xades import _properties as read
from einvoice_core.signing.xades._properties import Properties, properties_of
from einvoice_core.signing.xades.profile import Profile
from einvoice_core.signing.xmldsig import ALLOWED, Allowed, SignedReference
from einvoice_core.signing.xmldsig._references import DSIG
from einvoice_core.signing.xmldsig._verifying import certificates_of, inspect, the_signature
from einvoice_core.xml.parsing import LIMITS, Limits, parse

_CLOCKS_DIFFER_BY = timedelta(minutes=5)


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


def verify(
    xml: bytes,
    profile: Profile | None = None,
    *,
    at: datetime | None = None,
    trust: TrustStore | None = None,
    allowed: Allowed | None = None,
    limits: Limits = LIMITS,
) -> Verified:
    """Verify the signature of a document and return what was signed.

    Args:
        xml: The document.
        profile: What its signature must say; without it, policy, role and place are not checked.
        at: The instant at which the chain must be valid, and after which nothing can have been
            signed; by default the signing time that the signer claims.
        trust: The roots that are trusted; without them the chain is not checked, and says so.
        allowed: What the signature may ask for; by default what the profile says.
        limits: Of the document.

    Raises:
        XmlRefused: The bytes cannot be read.
        SignatureRefused: A check failed; it carries the report.
    """
    examination = _Examination(xml, profile, at, trust, allowed, limits)
    verified = examination.verified()
    if verified is None:
        raise SignatureRefused(examination.report)
    return verified


def examine(
    xml: bytes,
    profile: Profile | None = None,
    *,
    at: datetime | None = None,
    trust: TrustStore | None = None,
    allowed: Allowed | None = None,
    limits: Limits = LIMITS,
) -> SignatureReport:
    """Run the checks of :func:`verify` and return the report, whatever it says.

    Raises:
        XmlRefused: The bytes cannot be read.
    """
    return _Examination(xml, profile, at, trust, allowed, limits).report


class _Examination:
    """One signature under examination; every step adds to the checklist."""

    def __init__(
        self,
        xml: bytes,
        profile: Profile | None,
        at: datetime | None,
        trust: TrustStore | None,
        allowed: Allowed | None,
        limits: Limits,
    ) -> None:
        self._root = parse(xml, limits)
        self._profile, self._at, self._trust = profile, at, trust
        self._allowed = allowed or (profile.allowed if profile else ALLOWED)
        self._checks = Checklist()
        self._certificate: x509.Certificate | None = None
        self._references: tuple[SignedReference, ...] = ()
        self._chain: tuple[x509.Certificate, ...] = ()
        self._signed_at: datetime | None = None
        self._policy = ""
        self._roles: tuple[str, ...] = ()
        self._signature = self._checks.run(CheckName.STRUCTURE, lambda: the_signature(self._root))
        if self._signature is not None:
            self._examine(self._signature)
        self.report = SignatureReport(
            self._checks.checks, self._certificate, self._signed_at, self._policy, self._roles
        )

    def verified(self) -> Verified | None:
        """What the signature says; ``None`` when a check failed."""
        if (
            not self.report.ok
            or self._signature is None
            or self._certificate is None
            or self._signed_at is None
        ):
            return None
        return Verified(
            self._root,
            self._signature,
            self._references,
            self._certificate,
            self._chain,
            self._signed_at,
            self._policy,
            self._roles,
            self.report,
        )

    def _examine(self, signature: etree._Element) -> None:
        checks = self._checks
        properties = checks.run(CheckName.STRUCTURE, lambda: properties_of(signature))
        self._check_placement(signature)
        if properties is None:
            return
        offered = checks.run(CheckName.CERTIFICATE_BOUND, lambda: certificates_of(signature))
        if offered is None:
            return
        bound = checks.run(
            CheckName.CERTIFICATE_BOUND, lambda: read.bound_certificate(properties, offered)
        )
        result = inspect(
            checks,
            self._root,
            signature,
            offered if bound is None else [bound],
            None,
            self._allowed,
        )
        self._read(properties)
        if result is not None:
            self._references, self._certificate, _ = result
            checks.run(CheckName.COVERAGE, lambda: self._check_coverage(signature, properties))
        self._check_profile(properties)
        self._check_certificate(bound, offered)

    def _check_placement(self, signature: etree._Element) -> None:
        profile = self._profile
        if profile is None:
            self._checks.skip(CheckName.PLACEMENT, "no profile says where it must stand")
            return

        def check() -> None:
            path = [parent.tag for parent in signature.iterancestors()][::-1][1:]
            if path != profile.path.split():
                raise MalformedSignature(f"the signature does not stand where {profile.name} says")
            if profile.last_child and next(signature.itersiblings("*"), None) is not None:
                raise MalformedSignature("the signature is not the last element of its parent")

        self._checks.run(CheckName.PLACEMENT, check)

    def _read(self, properties: Properties) -> None:
        self._signed_at = self._checks.run(
            CheckName.SIGNING_TIME, lambda: read.signing_time(properties)
        )
        self._policy = read.policy_identifier(properties)
        self._roles = read.roles(properties)

    def _check_coverage(self, signature: etree._Element, properties: Properties) -> None:
        covered = [r for r in self._references if r.element is properties.element]
        if not any(r.type == properties.reference_type for r in covered):
            raise MalformedSignature("the signed properties are not signed")
        if not any(r.covers_document for r in self._references):
            raise MalformedSignature("the document is not signed as a whole")
        key_info = signature.find(f"{{{DSIG}}}KeyInfo")
        wanted = self._profile is not None and self._profile.sign_key_info
        if wanted and not any(r.element is key_info for r in self._references):
            raise MalformedSignature("KeyInfo is not signed")

    def _check_profile(self, properties: Properties) -> None:
        checks, profile = self._checks, self._profile
        if profile is None or profile.policy is None:
            checks.skip(CheckName.POLICY, "no policy was asked for")
        else:
            policy = profile.policy
            checks.run(CheckName.POLICY, lambda: read.require_policy(properties, policy))
        if profile is None or not profile.roles:
            checks.skip(CheckName.ROLE, "no roles were asked for")
        else:
            allowed = profile.roles
            checks.run(CheckName.ROLE, lambda: self._check_roles(allowed))

    def _check_roles(self, allowed: Sequence[str]) -> None:
        if not self._roles:
            raise MalformedSignature("the signer claims no role")
        unknown = [role for role in self._roles if role not in allowed]
        if unknown:
            raise MalformedSignature(f"the role {unknown[0]!r} is not one of {', '.join(allowed)}")

    def _check_certificate(
        self, certificate: x509.Certificate | None, offered: Sequence[x509.Certificate]
    ) -> None:
        checks, signed_at = self._checks, self._signed_at
        if signed_at is None or certificate is None:
            return
        at = self._at or signed_at

        def in_time() -> None:
            if signed_at > at + _CLOCKS_DIFFER_BY:
                raise MalformedSignature(f"it says {signed_at.isoformat()}, which is still to come")

        def valid() -> None:
            first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
            if not first <= signed_at <= last:
                raise MalformedSignature(
                    f"the certificate is valid from {first:%Y-%m-%d} to {last:%Y-%m-%d}, "
                    f"not at {signed_at.isoformat()}"
                )
            _require_signing_key(certificate)

        def trusted() -> None:
            assert self._trust is not None, "the chain is checked with roots"  # noqa: S101 - for mypy
            try:
                self._chain = self._trust.path_to_root(certificate, at, offered)
            except UntrustedError as error:
                raise MalformedSignature(error.message) from error

        checks.run(CheckName.SIGNING_TIME, in_time)
        checks.run(CheckName.VALIDITY, valid)
        if self._trust is None:
            checks.skip(CheckName.CHAIN, "no trusted roots were given")
        else:
            checks.run(CheckName.CHAIN, trusted)


def _require_signing_key(certificate: x509.Certificate) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    except (ValueError, x509.DuplicateExtension) as error:
        raise MalformedSignature("the extensions of the certificate cannot be read") from error
    if not (usage.digital_signature or usage.content_commitment):
        raise MalformedSignature("the certificate may not be used for signatures")
