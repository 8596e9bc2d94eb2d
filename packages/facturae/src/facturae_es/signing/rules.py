"""Why FACe would refuse a signature: each failed check as a finding with place and remedy.

The checks are those of :func:`facturae_es.verify`; here they speak to whoever mends a document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import cast

from cryptography import x509
from lxml import etree

from einvoice_core.certificates import TrustStore, holder_of
from einvoice_core.certificates.revocation import RevocationCheck
from einvoice_core.findings import Breach, Location, Report, RuleSet, Severity
from einvoice_core.signing import xades
from einvoice_core.signing.algorithms import SignatureAlgorithm
from einvoice_core.signing.errors import MalformedSignature
from einvoice_core.signing.report import CheckName, Outcome, SignatureReport
from einvoice_core.signing.xmldsig import DSIG, Signer
from einvoice_core.xml.parsing import LIMITS, Limits
from facturae_es.signing.policy import OLD_PROFILE, PROFILE

__all__ = ["LAYER", "SignatureReading", "check_signature", "check_signer", "signature"]

LAYER = "signature"
"""Name of the layer in a report."""

signature: RuleSet[SignatureReading] = RuleSet(
    "Signature policy of Facturae 3.1; ETSI TS 101 903; Orden HAP/1650/2015", LAYER
)
"""What a signature must fulfil so that FACe accepts the invoice."""

_SHA1 = "sha1"


@dataclass(frozen=True, slots=True)
class SignatureReading:
    """What was read of the signatures of a document.

    Args:
        report: Of the signature that is judged; ``None`` where there is none.
        count: How many signatures the document has.
        fault: Why the document could not be examined; empty when it was.
        signer: Certificate of whoever signs; that of the report where there is one.
    """

    report: SignatureReport | None
    count: int = 1
    fault: str = ""
    signer: x509.Certificate | None = None

    def failed(self, name: CheckName) -> str:
        """The reason for which a check failed; empty when it did not fail."""
        if self.report is None:
            return ""
        check = self.report.check(name)
        return check.reason if check.outcome is Outcome.FAILED else ""

    def at(self, *names: str) -> Location:
        """The place of the first element inside the signature that has one of the names."""
        found = self.report.element if self.report is not None else None
        if found is None:
            return Location("/*")
        for name in names:
            inside = next(found.iter(f"{{*}}{name}"), None)
            if inside is not None:
                found = inside
                break
        path = found.getroottree().getpath(found)
        return Location(path, cast("int | None", found.sourceline))

    def breach(self, name: CheckName, *names: str) -> Iterator[Breach]:
        """Yield a breach when a check failed."""
        reason = self.failed(name)
        if reason:
            yield Breach(self.at(*names), reason=reason)


def check_signature(
    xml: bytes,
    *,
    at: datetime | None = None,
    trust: TrustStore | None = None,
    timestamp_trust: TrustStore | None = None,
    revocation: RevocationCheck | None = None,
    allow_sha1: bool = False,
    limits: Limits = LIMITS,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Report:
    """Explain why FACe would refuse the signature of a document.

    Args:
        xml: The document.
        at: The instant at which the chain must be valid; by default that of a trusted timestamp, or
            else the signing time.
        trust: Trusted roots; without them the chain is listed as skipped.
        timestamp_trust: Trusted roots of timestamp authorities; by default ``trust``.
        revocation: Tells whether certificates were revoked; without it that is listed as skipped.
        allow_sha1: Accept the algorithms and the policy of signatures made before 2015; they are
            warnings then.
        limits: How large the document may be.
        clock: Says what time it is.

    Returns:
        The findings of the layer ``signature``, each with its rule, its place, why it is refused
        and what to do. Checks that could not run are skipped layers, such as ``signature: chain``.

    Raises:
        XmlRefused: The bytes cannot be read.
    """
    profile = OLD_PROFILE if allow_sha1 else PROFILE
    try:
        reports = xades.examine_all(
            xml,
            profile,
            at=at,
            trust=trust,
            timestamp_trust=timestamp_trust,
            revocation=revocation,
            limits=limits,
            clock=clock,
        )
    except MalformedSignature as error:
        return signature.validate(SignatureReading(None, 2, error.message))
    if not reports:
        return signature.validate(SignatureReading(None, 0))
    whole = Report()
    for report in reports:
        reading = SignatureReading(report, len(reports), signer=report.certificate)
        judged = signature.validate(reading)
        whole += Report(judged.findings, (), _skipped(report))
    return whole + Report(layers_run=(LAYER,))


def check_signer(signer: Signer) -> Report:
    """Explain what FACe would object to in every signature of a signer.

    :func:`facturae_es.sign` raises where the certificate cannot sign; this says what it may do and
    should not, such as sign without naming a taxpayer.

    Args:
        signer: Key and certificate, as :func:`facturae_es.sign` takes them.
    """
    return signature.validate(SignatureReading(None, signer=signer.certificate))


def _skipped(report: SignatureReport) -> Mapping[str, str]:
    reasons = {f"{LAYER}: {check.name}": check.reason for check in report.not_run}
    # A timestamp is no demand of the policy: that there is none is nothing left undone.
    if report.timestamped_at is None and not _find(report, "SignatureTimeStamp"):
        reasons.pop(f"{LAYER}: {CheckName.TIMESTAMP}", None)
    return MappingProxyType(reasons)


def _find(report: SignatureReport, name: str) -> list[etree._Element]:
    return [] if report.element is None else list(report.element.iter(f"{{*}}{name}"))


@signature.rule(
    "FACTURAE-SIG-01",
    terms=["Firma electrónica"],
    message="The document carries no signature. FACe takes signed invoices only: sign it last, "
    "when nothing in it will change any more.",
)
def the_document_is_signed(reading: SignatureReading) -> Iterator[Breach]:
    """The document carries an electronic signature."""
    if reading.count == 0:
        yield Breach(Location("/*"))


@signature.rule(
    "FACTURAE-SIG-02",
    terms=["Firma electrónica"],
    message="The document has {count} signatures. The format has room for one, and each signature "
    "covers the whole document, so that a second one breaks the first: sign once; whoever has to "
    "confirm it countersigns.",
)
def the_document_is_signed_once(reading: SignatureReading) -> Iterator[Breach]:
    """The document carries one signature, which others may countersign."""
    if reading.count > 1:
        yield Breach(reading.at(), count=reading.count)


@signature.rule(
    "FACTURAE-SIG-03",
    terms=["Formato de la firma (XAdES)"],
    message="The signature is not built as XAdES demands: {reason}. FACe cannot read it: sign "
    "again with XAdES-EPES, enveloped.",
)
def the_signature_is_xades(reading: SignatureReading) -> Iterator[Breach]:
    """The signature is XAdES: it has qualifying properties of its own."""
    yield from reading.breach(CheckName.STRUCTURE)


@signature.rule(
    "FACTURAE-SIG-04",
    terms=["Posición de la firma"],
    message="{reason}. The policy and the schema want the signature as the last child of Facturae: "
    "sign the finished document, and put nothing behind its signature.",
)
def the_signature_is_the_last_child_of_the_root(reading: SignatureReading) -> Iterator[Breach]:
    """The signature is enveloped and stands as the last child of the root."""
    yield from reading.breach(CheckName.PLACEMENT)


@signature.rule(
    "FACTURAE-SIG-05",
    terms=["Identificadores (Id)"],
    message="{reason}. A reference would not say which of them was signed, which is how signed "
    "documents are forged: let every Id occur once, and sign again.",
)
def identifiers_are_unique(reading: SignatureReading) -> Iterator[Breach]:
    """Every identifier in the document belongs to one element."""
    yield from reading.breach(CheckName.DUPLICATE_IDS)


@signature.rule(
    "FACTURAE-SIG-06",
    terms=["Algoritmos de firma"],
    message="{reason}. Sign with RSA of at least 2048 bits or ECDSA, with SHA-256, SHA-384 or "
    "SHA-512 and Canonical XML.",
)
def algorithms_are_known_and_strong(reading: SignatureReading) -> Iterator[Breach]:
    """The algorithms are on the list of those that are allowed."""
    yield from reading.breach(CheckName.ALGORITHMS, "SignatureMethod", "SignedInfo")


@signature.rule(
    "FACTURAE-SIG-07",
    terms=["Integridad de la firma"],
    message="The signature does not hold: {reason}. FACe answers that it is not valid: the "
    "document was changed after signing (also white space counts), or the key is not that of the "
    "certificate. Sign the final document again and send exactly those bytes.",
)
def nothing_was_changed_after_signing(reading: SignatureReading) -> Iterator[Breach]:
    """The signature value and the digest of every reference hold."""
    yield from reading.breach(CheckName.INTEGRITY, "SignedInfo")


@signature.rule(
    "FACTURAE-SIG-08",
    terms=["Referencias firmadas"],
    message="{reason}. The policy wants three references: the whole document, the signed "
    "properties and the certificate. Sign again with all of them.",
)
def all_that_must_be_signed_is_signed(reading: SignatureReading) -> Iterator[Breach]:
    """Document, signed properties and KeyInfo are signed, and nothing else is inside."""
    yield from reading.breach(CheckName.COVERAGE, "SignedInfo")


@signature.rule(
    "FACTURAE-SIG-09",
    terms=["Certificado firmante (SigningCertificate)"],
    message="{reason}. The policy wants the signer's certificate in KeyInfo and its digest in "
    "SigningCertificate, so that no other certificate of the same key can take its place.",
)
def the_certificate_is_bound(reading: SignatureReading) -> Iterator[Breach]:
    """The signed properties name the certificate that stands in KeyInfo."""
    names = ("SigningCertificate", "SigningCertificateV2", "KeyInfo")
    yield from reading.breach(CheckName.CERTIFICATE_BOUND, *names)


@signature.rule(
    "FACTURAE-SIG-10",
    terms=["Política de firma (SignaturePolicyIdentifier)"],
    message="{reason}. FACe checks policy 3.1 and compares its digest with that of the document as "
    "published in 2009: write that digest as a constant, do not compute it from a download.",
)
def the_policy_is_that_of_the_format(reading: SignatureReading) -> Iterator[Breach]:
    """The signature names the policy of Facturae 3.1 with its digest."""
    yield from reading.breach(CheckName.POLICY, "SignaturePolicyIdentifier")


@signature.rule(
    "FACTURAE-SIG-11",
    terms=["Rol del firmante (ClaimedRole)"],
    message="{reason}. Say who signs: emisor, receptor or tercero (or supplier, customer, third "
    "party).",
)
def the_signer_claims_a_known_role(reading: SignatureReading) -> Iterator[Breach]:
    """The signer claims one of the roles of the policy."""
    yield from reading.breach(CheckName.ROLE, "SignerRole", "SignerRoleV2")


@signature.rule(
    "FACTURAE-SIG-12",
    terms=["Fecha de la firma (SigningTime)"],
    message="The signing time is not acceptable: {reason}. It is an instant with a time zone that "
    "has passed: set the clock of the signing machine.",
)
def the_signing_time_has_passed(reading: SignatureReading) -> Iterator[Breach]:
    """The signing time is an instant with a time zone, and has passed."""
    yield from reading.breach(CheckName.SIGNING_TIME, "SigningTime")


@signature.rule(
    "FACTURAE-SIG-13",
    terms=["Sello de tiempo (SignatureTimeStamp)"],
    message="The timestamp does not hold: {reason}. Leave it out (XAdES-EPES is enough) or ask a "
    "trusted authority for one on this signature.",
)
def the_timestamp_holds(reading: SignatureReading) -> Iterator[Breach]:
    """A timestamp, where there is one, was made on this signature by a trusted authority."""
    yield from reading.breach(CheckName.TIMESTAMP, "SignatureTimeStamp")


@signature.rule(
    "FACTURAE-SIG-14",
    terms=["Vigencia del certificado"],
    message="The certificate could not sign then: {reason}. FACe answers that it has expired or is "
    "not valid yet: sign with a certificate for signatures that is valid today.",
)
def the_certificate_was_valid(reading: SignatureReading) -> Iterator[Breach]:
    """The certificate was valid at the signing time and is made for signatures."""
    yield from reading.breach(CheckName.VALIDITY, "X509Certificate", "KeyInfo")


@signature.rule(
    "FACTURAE-SIG-15",
    terms=["Cadena de certificación"],
    message="No trusted authority stands behind the certificate: {reason}. FACe accepts the "
    "qualified certificates of the Spanish trusted list: sign with one of those, and send the "
    "authorities in between along.",
)
def the_chain_leads_to_a_trusted_root(reading: SignatureReading) -> Iterator[Breach]:
    """A chain of certificates leads to a root that the caller trusts."""
    yield from reading.breach(CheckName.CHAIN, "X509Certificate", "KeyInfo")


@signature.rule(
    "FACTURAE-SIG-16",
    terms=["Revocación del certificado"],
    message="{reason}. FACe answers that the certificate is revoked: sign with another one.",
)
def the_certificate_was_not_revoked(reading: SignatureReading) -> Iterator[Breach]:
    """Neither the certificate nor an authority above it was revoked when it signed."""
    yield from reading.breach(CheckName.REVOCATION, "X509Certificate", "KeyInfo")


@signature.rule(
    "FACTURAE-SIG-17",
    terms=["NIF del firmante"],
    severity=Severity.WARNING,
    message="The certificate names no NIF, so that nobody can tell which taxpayer signed: sign "
    "with a certificate of a person, of a representative or with a seal.",
)
def the_certificate_names_a_taxpayer(reading: SignatureReading) -> Iterator[Breach]:
    """The certificate was issued to somebody with a NIF."""
    if reading.signer is not None and holder_of(reading.signer).nif is None:
        yield Breach(reading.at("X509Certificate"))


@signature.rule(
    "FACTURAE-SIG-18",
    terms=["Algoritmos de firma"],
    severity=Severity.WARNING,
    message="The signature uses {algorithm}, which new signatures must not: it was accepted "
    "because the caller allows what was usual before 2015.",
)
def the_algorithms_are_those_of_today(reading: SignatureReading) -> Iterator[Breach]:
    """Signature and references are made with SHA-2."""
    report = reading.report
    if report is None or report.element is None:
        return
    info = report.element.find(f"{{{DSIG}}}SignedInfo")
    if info is None or reading.failed(CheckName.ALGORITHMS):
        return
    named = [element.get("Algorithm", "") for element in info.iter("{*}SignatureMethod")]
    digests = [element.get("Algorithm", "") for element in info.iter("{*}DigestMethod")]
    old = [name for name in named if name == SignatureAlgorithm.RSA_SHA1]
    old += [name for name in digests if name.endswith(_SHA1)]
    if old:
        yield Breach(reading.at("SignatureMethod"), algorithm=old[0])


@signature.rule(
    "FACTURAE-SIG-19",
    terms=["Refrendo (CounterSignature)"],
    severity=Severity.WARNING,
    message="A countersignature does not hold: {reason}. It does not touch the signature itself; "
    "leave it out or countersign again.",
)
def countersignatures_hold(reading: SignatureReading) -> Iterator[Breach]:
    """Every countersignature holds and signs the signature value."""
    for other in reading.report.countersignatures if reading.report is not None else ():
        inner = SignatureReading(other)
        for check in other.failed:
            yield Breach(inner.at(), reason=f"{check.name}: {check.reason}")


@signature.rule(
    "FACTURAE-SIG-20",
    terms=["Firma electrónica"],
    message="The signatures were not examined: {fault}.",
)
def the_signatures_can_be_examined(reading: SignatureReading) -> Iterator[Breach]:
    """The document has no more signatures than can be examined."""
    if reading.fault:
        yield Breach(Location("/*"), fault=reading.fault)
