"""The signature of records and events in systems that do not send them (NO VERI*FACTU).

XAdES-EPES inside each record or event, with the signature policy of the Administration, never
around several of them. A signed record is a document of its own: keep and hand over its octets.

Source: tax agency, specification of the signature v0.1.5 (06/03/2025); Orden HAC/1177/2024,
art. 14.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from aeat_sii.verifactu.chain import AnyRecord
from aeat_sii.verifactu.events import EventRecord
from aeat_sii.verifactu.hashing import SF_EVENTS
from aeat_sii.verifactu.records import SF
from einvoice_core.certificates import TrustStore
from einvoice_core.signing import xades
from einvoice_core.signing.algorithms import C14n, DigestAlgorithm
from einvoice_core.signing.report import SignatureReport
from einvoice_core.signing.xades import (
    CertificateForm,
    DataFormat,
    Profile,
    SignaturePolicy,
    Verified,
)
from einvoice_core.signing.xmldsig import Signer
from einvoice_core.xml.binding import write

__all__ = [
    "EVENT_PROFILE",
    "POLICY",
    "PROFILE",
    "examine_signature",
    "sign",
    "sign_event",
    "sign_text",
    "verify",
]

POLICY = SignaturePolicy(
    identifier="urn:oid:2.16.724.1.3.1.1.2.1.9",
    # The agency's specification names the policy by its SHA-1.
    digests={DigestAlgorithm.SHA1: "G7roucf600+f03r/o0bAOQ6WAs0="},
    uri="https://sede.administracion.gob.es/politica_de_firma_anexo_1.pdf",
)
"""The signature policy of the Administration, version 1.9."""


def _profile(name: str, path: str) -> Profile:
    return Profile(
        name=name,
        policy=POLICY,
        hash_name="sha256",
        digest=DigestAlgorithm.SHA256,
        certificate_digest=DigestAlgorithm.SHA256,
        certificate_form=CertificateForm.V1,
        sign_key_info=False,
        canonical_form=C14n.INCLUSIVE,
        data_format=DataFormat(
            mime_type="text/xml", encoding="UTF-8", identifier="urn:oid:1.2.840.10003.5.109.10"
        ),
        path=path,
    )


PROFILE = _profile("the signature of a VERI*FACTU record", "")
"""What the signature of a registration or a cancellation contains: it is their last child."""

EVENT_PROFILE = _profile("the signature of a VERI*FACTU event", f"{{{SF_EVENTS}}}Evento")
"""What the signature of an event contains: it is the last child of ``Evento``."""


def sign(
    record: AnyRecord,
    credential: Signer,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ids: Callable[[], str] = lambda: str(uuid4()),
) -> bytes:
    """Sign a record; the result is the document to keep.

    Args:
        record: Linked into its chain.
        credential: Of the taxpayer or who acts for it; valid on the day.
        clock: Says the signing time, with a time zone.
        ids: Gives one text that makes the identifiers of this signature unique.

    Raises:
        CannotSignError: It is signed already.
        NotValidAtError: The certificate is not valid at the signing time.
        UnsupportedKeyError: The key cannot be used.
    """
    return sign_text(write(record, prefixes={"sum1": SF}), credential, clock=clock, ids=ids)


def sign_text(
    xml: bytes,
    credential: Signer,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ids: Callable[[], str] = lambda: str(uuid4()),
) -> bytes:
    """Sign a record that is written already; raises as :func:`sign`."""
    return xades.sign(xml, credential, PROFILE, clock=clock, ids=ids)


def sign_event(
    record: EventRecord,
    credential: Signer,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ids: Callable[[], str] = lambda: str(uuid4()),
) -> bytes:
    """Sign an event that is linked into its chain; raises as :func:`sign`."""
    xml = write(record, prefixes={"sf": SF_EVENTS})
    return xades.sign(xml, credential, EVENT_PROFILE, clock=clock, ids=ids)


def verify(xml: bytes, *, trust: TrustStore | None = None) -> Verified:
    """Return what a signed record or event really says.

    Args:
        xml: The document as it is kept.
        trust: Authorities that the certificate must come from.

    Raises:
        SignatureRefused: A check failed; it carries the whole report.
    """
    return xades.verify(xml, _profile_of(xml), trust=trust)


def examine_signature(xml: bytes, *, trust: TrustStore | None = None) -> SignatureReport:
    """Run every check on a signed record or event, and report."""
    return xades.examine(xml, _profile_of(xml), trust=trust)


def _profile_of(xml: bytes) -> Profile:
    return EVENT_PROFILE if SF_EVENTS.encode("ascii") in xml else PROFILE
