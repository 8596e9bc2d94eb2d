"""WS-Security: a timestamp, the certificate of the sender, and a signature over parts.

The header holds ``wsu:Timestamp``, ``wsse:BinarySecurityToken`` (X.509 v3) and a ``ds:Signature``
that refers to the token. References are by ``wsu:Id`` with exclusive canonical form, as the Basic
Security Profile has it.

Source: OASIS WS-Security: SOAP Message Security 1.1.1; X.509 Token Profile 1.1.1.

SecurityRefused                 soap.security    (``details["reason"]``)
"""

import base64
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from einvoice_core.certificates import TrustStore, UntrustedError, load_der_certificate
from einvoice_core.certificates.errors import UnreadableFileError
from einvoice_core.signing import xmldsig
from einvoice_core.signing.algorithms import C14n, DigestAlgorithm
from einvoice_core.signing.errors import SignatureRefused
from einvoice_core.signing.xmldsig import ALLOWED, DSIG, Allowed, Reference, Signer
from einvoice_core.soap.envelope import SOAP_11, version_of
from einvoice_core.soap.fault import SoapError, SoapVersion
from einvoice_core.xml.parsing import LIMITS, Limits, parse

__all__ = [
    "PARTS",
    "SECURITY",
    "WSSE",
    "WSU",
    "Part",
    "SecuredMessage",
    "SecurityRefused",
    "secure",
    "verify_security",
]

_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = _WSS + "wssecurity-secext-1.0.xsd"
WSU = _WSS + "wssecurity-utility-1.0.xsd"
_X509_V3 = _WSS + "x509-token-profile-1.0#X509v3"
_BASE64 = _WSS + "soap-message-security-1.0#Base64Binary"
SECURITY = f"{{{WSSE}}}Security"
"""The header entry, in Clark notation: what a reader that verifies it understands."""

_ID = f"{{{WSU}}}Id"
_DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\?>\s*")
_SKEW = timedelta(minutes=5)


class Part(StrEnum):
    """What a signature may cover."""

    BODY = "Body"
    TIMESTAMP = "Timestamp"
    TOKEN = "BinarySecurityToken"  # noqa: S105 - the name of an element


PARTS = (Part.BODY, Part.TIMESTAMP, Part.TOKEN)


class SecurityRefused(SoapError):  # noqa: N818 - the outcome is a refusal, and is named so
    """The header is missing, does not hold, is out of date or is not trusted."""

    code = "soap.security"


@dataclass(frozen=True, slots=True)
class SecuredMessage:
    """A message whose signature holds.

    Args:
        root: The envelope.
        body: The signed body.
        message: The element inside it.
        certificate: Of the sender.
        created_at: When the sender says that the message was made.
        expires_at: Until when the sender says that it counts.
        covered: The parts that are signed.
    """

    root: etree._Element = field(repr=False)
    body: etree._Element = field(repr=False)
    message: etree._Element = field(repr=False)
    certificate: x509.Certificate = field(repr=False)
    created_at: datetime
    expires_at: datetime | None
    covered: frozenset[Part]


def secure(
    body: bytes,
    signer: Signer,
    *,
    at: datetime,
    lifetime_s: int = 300,
    parts: Collection[Part] = PARTS,
    version: SoapVersion = SOAP_11,
    hash_name: str = "sha256",
    must_understand: bool = True,
    name: str = "1",
) -> bytes:
    """Put a message into an envelope with a signed security header.

    Args:
        body: XML of the message in UTF-8; a declaration in front of it is dropped.
        signer: Key and certificate of the sender.
        at: When the message is made, with its zone.
        lifetime_s: Seconds for which it counts.
        parts: What the signature covers.
        version: Of SOAP.
        hash_name: ``sha256``, ``sha384`` or ``sha512``, for digests and signature.
        must_understand: Whether a receiver that does not verify has to refuse.
        name: End of the identifiers, to tell messages apart in logs.

    Raises:
        CannotSignError: The key does not fit.
        UnsupportedKeyError: The key cannot be used.
        XmlRefused: The message is not XML.
    """
    made = at.astimezone(UTC).replace(microsecond=0)
    ends = made + timedelta(seconds=lifetime_s)
    token = base64.b64encode(signer.certificate.public_bytes(Encoding.DER)).decode("ascii")
    must = ' soap:mustUnderstand="1"' if must_understand else ""
    header = (
        f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}"{must}>'
        f'<wsse:BinarySecurityToken wsu:Id="{Part.TOKEN}-{name}" ValueType="{_X509_V3}"'
        f' EncodingType="{_BASE64}">{token}</wsse:BinarySecurityToken>'
        f'<wsu:Timestamp wsu:Id="{Part.TIMESTAMP}-{name}">'
        f"<wsu:Created>{_instant(made)}</wsu:Created>"
        f"<wsu:Expires>{_instant(ends)}</wsu:Expires></wsu:Timestamp></wsse:Security>"
    )
    envelope = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{version.value}">'
        f'<soap:Header>{header}</soap:Header><soap:Body xmlns:wsu="{WSU}"'
        f' wsu:Id="{Part.BODY}-{name}">'
    )
    content = _DECLARATION.sub(b"", body, count=1)
    document = envelope.encode() + content + b"</soap:Body></soap:Envelope>"
    key_info = (
        "<ds:KeyInfo><wsse:SecurityTokenReference>"
        f'<wsse:Reference URI="#{Part.TOKEN}-{name}" ValueType="{_X509_V3}"/>'
        "</wsse:SecurityTokenReference></ds:KeyInfo>"
    )
    transforms = (C14n.EXCLUSIVE.value,)
    digest = DigestAlgorithm[hash_name.upper()]
    return xmldsig.sign(
        document,
        signer,
        references=[
            Reference(f"#{part}-{name}", transforms, digest) for part in PARTS if part in parts
        ],
        hash_name=hash_name,
        canonical_form=C14n.EXCLUSIVE,
        key_info=key_info,
        path=f"{{{version.value}}}Header {SECURITY}",
    )


def verify_security(
    document: "bytes | etree._Element",
    *,
    now: datetime,
    required: Collection[Part] = (Part.BODY, Part.TIMESTAMP),
    trust: TrustStore | None = None,
    skew: timedelta = _SKEW,
    allowed: Allowed = ALLOWED,
    limits: Limits = LIMITS,
) -> SecuredMessage:
    """Verify the security header of an envelope, and return what it covers.

    Args:
        document: The bytes, or the root that :func:`~einvoice_core.xml.parsing.parse` returned.
        now: The instant of reception, with its zone.
        required: The parts that must be signed.
        trust: Roots; without them the certificate is not judged.
        skew: How far the clocks of both sides may differ.
        allowed: The algorithms.
        limits: Of the document.

    Raises:
        XmlRefused: The bytes cannot be read.
        EnvelopeRefused: They are no envelope.
        SecurityRefused: A check failed.
    """
    root = parse(document, limits) if isinstance(document, bytes) else document
    of = f"{{{version_of(root).value}}}"
    security = _only(root.findall(f"{of}Header/{SECURITY}"), "header Security")
    body = _only(root.findall(f"{of}Body"), "Body")
    message = _only(body.findall("*"), "element in the Body")
    signature = _only(security.findall(f"{{{DSIG}}}Signature"), "Signature")
    token = _token(root, security, signature)
    certificate = _certificate(token)
    try:
        verified = xmldsig.verify(
            root, certificate=certificate, signature=signature, allowed=allowed
        )
    except SignatureRefused as error:
        raise SecurityRefused(f"the message is refused: {error.message}") from error
    stamp = _only(security.findall(f"{{{WSU}}}Timestamp"), "Timestamp")
    # What counts is which element was signed, not which identifier was written.
    places = {Part.BODY: body, Part.TIMESTAMP: stamp, Part.TOKEN: token}
    covered = frozenset(
        part for part, place in places.items() if any(place is e for e in verified.elements)
    )
    missing = [part.value for part in required if part not in covered]
    if missing:
        raise SecurityRefused(f"the signature does not cover {', '.join(missing)}")
    created, expires = _times(stamp, now, skew)
    if trust is not None:
        try:
            trust.path_to_root(certificate, now)
        except UntrustedError as error:
            raise SecurityRefused(f"the sender is not trusted: {error.message}") from error
    return SecuredMessage(root, body, message, certificate, created, expires, covered)


def _token(
    root: etree._Element, security: etree._Element, signature: etree._Element
) -> etree._Element:
    path = f"{{{DSIG}}}KeyInfo/{{{WSSE}}}SecurityTokenReference/{{{WSSE}}}Reference"
    uri = _only(signature.findall(path), "reference to the token").get("URI", "")
    tokens = security.findall(f"{{{WSSE}}}BinarySecurityToken")
    return _only([t for t in tokens if uri == f"#{t.get(_ID, '')}"], "token that is referred to")


def _certificate(token: etree._Element) -> x509.Certificate:
    if token.get("ValueType", _X509_V3) != _X509_V3:
        raise SecurityRefused("the token is no X.509 certificate")
    try:
        octets = base64.b64decode("".join((token.text or "").split()), validate=True)
        return load_der_certificate(octets)
    except (ValueError, UnreadableFileError) as error:
        raise SecurityRefused("the certificate in the token cannot be read") from error


def _times(
    stamp: etree._Element, now: datetime, skew: timedelta
) -> tuple[datetime, datetime | None]:
    created = _read_instant(_only(stamp.findall(f"{{{WSU}}}Created"), "Created"))
    found = stamp.findall(f"{{{WSU}}}Expires")
    expires = _read_instant(_only(found, "Expires")) if found else None
    if created > now + skew:
        raise SecurityRefused(f"the message was made at {created.isoformat()}, in the future")
    if expires is not None and expires < now - skew:
        raise SecurityRefused(f"the message ended at {expires.isoformat()}")
    return created, expires


def _read_instant(element: etree._Element) -> datetime:
    text = (element.text or "").strip()
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise SecurityRefused(f"{text[:40]!r} is no instant") from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _only(found: list[etree._Element], what: str) -> etree._Element:
    if len(found) != 1:
        raise SecurityRefused(f"there are {len(found)} of: {what}; one was expected")
    return found[0]
