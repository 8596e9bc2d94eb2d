"""The checks of one signature, and of the signatures that countersign it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import cast

from cryptography import x509
from lxml import etree

from einvoice_core.certificates import TrustStore, UntrustedError
from einvoice_core.certificates.revocation import RevocationCheck, RevocationStatus
from einvoice_core.signing.errors import MalformedSignature
from einvoice_core.signing.report import Checklist, CheckName, Outcome, SignatureReport
from einvoice_core.signing.timestamp import TimestampCheckName
from einvoice_core.signing.timestamp import examine as examine_timestamp
from einvoice_core.signing.xades import _properties as read
from einvoice_core.signing.xades._properties import Properties, properties_of
from einvoice_core.signing.xades._unsigned import countersignatures, require_few_inside, timestamps
from einvoice_core.signing.xades.profile import Profile
from einvoice_core.signing.xmldsig import Allowed, SignedReference
from einvoice_core.signing.xmldsig._references import DSIG, Ids
from einvoice_core.signing.xmldsig._verifying import certificates_of, inspect

_COUNTERSIGNED_OCTETS = 1024 * 1024
_CLOCKS_DIFFER_BY = timedelta(minutes=5)

# What may stand inside a signature that a profile describes: an invoice hidden there is not signed.
_FOREIGN = etree.XPath(
    ".//*[not("
    + " or ".join(
        f"namespace-uri()='{name}'"
        for name in (
            DSIG,
            "http://uri.etsi.org/01903/v1.3.2#",
            "http://uri.etsi.org/01903/v1.4.1#",
            "http://uri.etsi.org/01903/v1.2.2#",
            "http://www.w3.org/2001/10/xml-exc-c14n#",
            "http://www.w3.org/2009/xmldsig11#",
        )
    )
    + ")]"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller wants to know about a signature, and at which instant."""

    profile: Profile | None
    at: datetime | None
    trust: TrustStore | None
    timestamp_trust: TrustStore | None
    revocation: RevocationCheck | None
    allowed: Allowed
    now: datetime


class Examination:
    """One signature under examination; every step adds to the checklist.

    Args:
        root: Of the document.
        signature: Which one.
        asked: What is to be checked.
        ids: The identifiers of the document.
        countersigned: ``ds:SignatureValue`` that this signature must sign, for a countersignature.
    """

    def __init__(
        self,
        root: etree._Element,
        signature: etree._Element,
        asked: Asked,
        ids: Ids,
        countersigned: etree._Element | None = None,
    ) -> None:
        self._root, self._asked, self._ids = root, asked, ids
        self._profile = asked.profile
        self._countersigned = countersigned
        self._checks = Checklist()
        self.certificate: x509.Certificate | None = None
        self.references: tuple[SignedReference, ...] = ()
        self.chain: tuple[x509.Certificate, ...] = ()
        self.signed_at: datetime | None = None
        self.timestamped_at: datetime | None = None
        self.policy = ""
        self.roles: tuple[str, ...] = ()
        self._examine(signature)
        self.report = SignatureReport(
            self._checks.checks,
            self.certificate,
            self.signed_at,
            self.policy,
            self.roles,
            self.timestamped_at,
            self._countersignatures(signature),
            signature,
        )

    def _examine(self, signature: etree._Element) -> None:
        checks = self._checks
        properties = checks.run(CheckName.STRUCTURE, lambda: properties_of(signature))
        checks.run(CheckName.STRUCTURE, lambda: require_few_inside(signature))
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
            self._asked.allowed,
            self._ids,
        )
        self._read(properties)
        if result is not None:
            self.references, self.certificate, _ = result
            checks.run(CheckName.COVERAGE, lambda: self._check_coverage(signature, properties))
        self._check_profile(properties)
        self._check_timestamps(signature, offered)
        self._check_certificate(bound, offered)
        self._check_revocation()

    def _check_placement(self, signature: etree._Element) -> None:
        profile = self._profile
        if self._countersigned is not None:
            self._checks.skip(CheckName.PLACEMENT, "a countersignature stands in its signature")
            return
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
        checks = self._checks
        self.signed_at = checks.run(CheckName.SIGNING_TIME, lambda: read.signing_time(properties))
        self.policy = checks.run(CheckName.POLICY, lambda: read.policy_identifier(properties)) or ""
        self.roles = checks.run(CheckName.ROLE, lambda: read.roles(properties)) or ()

    def _check_coverage(self, signature: etree._Element, properties: Properties) -> None:
        covered = [r for r in self.references if r.element is properties.element]
        if not any(r.type == properties.reference_type for r in covered):
            raise MalformedSignature("the signed properties are not signed")
        if self._countersigned is not None:
            if not any(r.element is self._countersigned for r in self.references):
                raise MalformedSignature("the countersignature does not sign the signature value")
            return
        if not any(r.covers_document for r in self.references):
            raise MalformedSignature("the document is not signed as a whole")
        if self._profile is None:
            return
        key_info = signature.find(f"{{{DSIG}}}KeyInfo")
        if self._profile.sign_key_info and not any(r.element is key_info for r in self.references):
            raise MalformedSignature("KeyInfo is not signed")
        foreign = cast("list[etree._Element]", _FOREIGN(signature))
        if foreign:
            raise MalformedSignature(
                f"the signature holds an element {etree.QName(foreign[0]).localname}, "
                "which is no part of a signature"
            )

    def _check_profile(self, properties: Properties) -> None:
        checks, profile = self._checks, self._profile
        if profile is None or profile.policy is None:
            checks.skip(CheckName.POLICY, "no policy was asked for", although_read=True)
        else:
            policies = (profile.policy, *profile.older_policies)
            checks.run(CheckName.POLICY, lambda: read.require_policy(properties, policies))
        if profile is None or not profile.roles:
            checks.skip(CheckName.ROLE, "no roles were asked for", although_read=True)
        else:
            allowed = profile.roles
            checks.run(CheckName.ROLE, lambda: self._check_roles(allowed))

    def _check_roles(self, allowed: Sequence[str]) -> None:
        if not self.roles:
            raise MalformedSignature("the signer claims no role")
        unknown = [role for role in self.roles if role not in allowed]
        if unknown:
            raise MalformedSignature(f"the role {unknown[0]!r} is not one of {', '.join(allowed)}")

    def _check_certificate(
        self, certificate: x509.Certificate | None, offered: Sequence[x509.Certificate]
    ) -> None:
        checks, signed_at, trust = self._checks, self.signed_at, self._asked.trust
        if signed_at is None or certificate is None:
            return
        at = self._instant
        latest = (self._asked.at or self._asked.now) + _CLOCKS_DIFFER_BY
        stamped = self.timestamped_at

        def in_time() -> None:
            if signed_at > latest:
                raise MalformedSignature(f"it says {signed_at.isoformat()}, which is still to come")
            if stamped is not None and signed_at > stamped + _CLOCKS_DIFFER_BY:
                raise MalformedSignature(
                    f"it says {signed_at.isoformat()}, which is after the timestamp"
                )

        def valid() -> None:
            first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
            if not first <= signed_at <= last:
                raise MalformedSignature(
                    f"the certificate is valid from {first:%Y-%m-%d} to {last:%Y-%m-%d}, "
                    f"not at {signed_at.isoformat()}"
                )
            _require_signing_key(certificate)

        checks.run(CheckName.SIGNING_TIME, in_time)
        checks.run(CheckName.VALIDITY, valid)
        if trust is None:
            checks.skip(CheckName.CHAIN, "no trusted roots were given")
        else:
            chain = checks.run(CheckName.CHAIN, lambda: _path(trust, certificate, at, offered))
            self.chain = chain or ()

    @property
    def _instant(self) -> datetime:
        """When the chain must be valid: as asked, as proven by a timestamp, or as claimed."""
        return self._asked.at or self.timestamped_at or self.signed_at or self._asked.now

    def _check_timestamps(
        self, signature: etree._Element, offered: Sequence[x509.Certificate]
    ) -> None:
        checks, asked = self._checks, self._asked
        found = checks.run(CheckName.TIMESTAMP, lambda: timestamps(signature))
        if found is None:
            return
        if not found:
            checks.skip(CheckName.TIMESTAMP, "the signature carries none", although_read=True)
            return
        trust = asked.timestamp_trust or asked.trust
        reports = [
            examine_timestamp(
                token,
                octets,
                trust=trust,
                now=asked.now + _CLOCKS_DIFFER_BY,
                certificates=offered,
                revocation=asked.revocation,
            )
            for token, octets in found
        ]

        def all_hold() -> None:
            for report in reports:
                for check in report.failed:
                    raise MalformedSignature(f"{check.name}: {check.reason}")

        checks.run(CheckName.TIMESTAMP, all_hold)
        if trust is None:
            reason = "no trusted roots of timestamp authorities were given"
            checks.skip(CheckName.TIMESTAMP, reason, although_read=True)
        elif not checks.has_failed(CheckName.TIMESTAMP):
            chains = {
                check.outcome
                for report in reports
                for check in report.checks
                if check.name is TimestampCheckName.CHAIN
            }
            if chains == {Outcome.PASSED}:
                self.timestamped_at = min(token.generated_at for token, _ in found)

    def _check_revocation(self) -> None:
        checks, ask = self._checks, self._asked.revocation
        if ask is None:
            checks.skip(CheckName.REVOCATION, "no revocation lists were given")
            return
        if not self.chain:
            reason = "without a trusted chain nobody is known who may revoke"
            checks.skip(CheckName.REVOCATION, reason)
            return
        states = [ask(below, above, self._instant) for below, above in pairwise(self.chain)]

        def none_revoked() -> None:
            for state in states:
                if state.status is RevocationStatus.REVOKED:
                    raise MalformedSignature(state.reason)

        checks.run(CheckName.REVOCATION, none_revoked)
        unknown = [s.reason for s in states if s.status is RevocationStatus.UNKNOWN]
        if unknown:
            checks.skip(CheckName.REVOCATION, unknown[0], although_read=True)

    def _countersignatures(self, signature: etree._Element) -> tuple[SignatureReport, ...]:
        value = signature.find(f"{{{DSIG}}}SignatureValue")
        if value is None or self._checks.has_failed(CheckName.STRUCTURE):
            return ()
        # A countersigner follows no policy of the document's, and signs in a role of their own.
        # What they sign is small: a reference to a large document wants to make work.
        few = replace(self._asked.allowed, references=8, octets=_COUNTERSIGNED_OCTETS)
        asked = replace(self._asked, profile=None, allowed=few)
        return tuple(
            Examination(self._root, found, asked, self._ids, value).report
            for found in countersignatures(signature)
        )


def _path(
    trust: TrustStore,
    certificate: x509.Certificate,
    at: datetime,
    offered: Sequence[x509.Certificate],
) -> tuple[x509.Certificate, ...]:
    try:
        return trust.path_to_root(certificate, at, offered)
    except UntrustedError as error:
        raise MalformedSignature(error.message) from error


def _require_signing_key(certificate: x509.Certificate) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    except (ValueError, x509.DuplicateExtension) as error:
        raise MalformedSignature("the extensions of the certificate cannot be read") from error
    if not (usage.digital_signature or usage.content_commitment):
        raise MalformedSignature("the certificate may not be used for signatures")
