"""What the readers of metadata of both versions share."""

import re
from datetime import UTC, datetime

from cryptography import x509
from lxml import etree

from as4_peppol._text import octets_of
from as4_peppol.errors import As4Error
from as4_peppol.peppol.identifiers import ParticipantId
from einvoice_core.signing import xmldsig
from einvoice_core.signing.errors import SignatureRefused
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import Limits, parse

_LIMITS = Limits(document=4 * 1024 * 1024, depth=64)
_ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"


class MetadataRefusedError(As4Error):
    """The answer of a metadata publisher is not one that can be relied on."""

    code = "as4.metadata"


def parsed(data: bytes) -> etree._Element:
    """Parse an answer, with limits."""
    try:
        return parse(data, _LIMITS)
    except XmlRefused as error:
        raise MetadataRefusedError(f"the answer cannot be read: {error.message}") from error


def signer_of(
    root: etree._Element, allowed: xmldsig.Allowed, *, canonical_forms: tuple[str, ...] = ()
) -> x509.Certificate:
    """Return who signed an answer as a whole.

    Args:
        root: The answer.
        allowed: What the signature may ask for.
        canonical_forms: Transforms that may follow the removal of the signature.
    """
    found = [s for s in xmldsig.signatures_of(root) if s.getparent() is root]
    if len(found) != 1:
        raise MetadataRefusedError(f"the answer has {len(found)} signatures of its own, not one")
    try:
        verified = xmldsig.verify(root, signature=found[0], allowed=allowed)
    except SignatureRefused as error:
        raise MetadataRefusedError(error.message) from error
    (first, *others) = verified.references
    transforms = [
        t.get("Algorithm", "")
        for t in found[0].iterfind(".//{*}Reference/{*}Transforms/{*}Transform")
    ]
    expected = transforms[:1] == [_ENVELOPED] and set(transforms[1:]) <= set(canonical_forms)
    if others or not first.covers_document or not expected:
        raise MetadataRefusedError("the signature does not cover the answer as a whole")
    return verified.certificate


def require(found: ParticipantId, asked: ParticipantId) -> None:
    """Refuse an answer about another participant than the one that was asked for."""
    if found.key != asked.key:
        raise MetadataRefusedError(f"the answer is about {found}, not about {asked}")


def certificate_of(text: str) -> x509.Certificate | None:
    """Read a certificate; ``None`` when it is none."""
    # Some publishers leave the armour of PEM around the octets.
    plain = re.sub(r"-----(BEGIN|END) CERTIFICATE-----", "", text)
    try:
        return x509.load_der_x509_certificate(octets_of(plain))
    except ValueError:
        return None


def instant_of(text: str) -> datetime | None:
    """Read an instant; some publishers write a day, with or without a time zone."""
    plain = text.strip()
    if not plain:
        return None
    day = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?", plain)
    if day is not None:
        plain = f"{day[1]}T00:00:00{day[2] or 'Z'}"
    try:
        value = datetime.fromisoformat(re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", plain))
    except ValueError as error:
        raise MetadataRefusedError(f"an endpoint has the date {text[:40]!r}") from error
    return value if value.tzinfo else value.replace(tzinfo=UTC)
