"""Judges the security header of a message that came in.

Source: OASIS WS-Security 1.1.1; eDelivery AS4 1.15, section 2.2.6.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from lxml import etree

from as4_peppol._names import (
    ATTACHMENT_CIPHERTEXT,
    ATTACHMENT_CONTENT,
    ATTACHMENT_SIGNATURE,
    DS,
    WSSE,
    XENC,
)
from as4_peppol._text import octets_of
from as4_peppol.errors import As4Error, EbmsError
from as4_peppol.intake import RawPart
from as4_peppol.message.reading import Envelope
from as4_peppol.message.receipts import references_of
from as4_peppol.profile import Profile
from as4_peppol.security.algorithms import KEY_BYTES, KeyTransport, key_transport
from as4_peppol.security.encryption import UNREADABLE, decrypt
from as4_peppol.security.keys import Identity
from as4_peppol.security.parts import SignedPart
from as4_peppol.security.tokens import find_certificate
from einvoice_core.errors import EInvoiceError
from einvoice_core.signing import xmldsig
from einvoice_core.signing.algorithms import C14n
from einvoice_core.signing.errors import SignatureRefused

__all__ = ["SignerCheck", "Verified", "open_parts", "verify"]

SignerCheck = Callable[[x509.Certificate], None]
"""Raises an error of the suite when a signer is not to be trusted now."""

_MAX_KEYS = 8


@dataclass(frozen=True, slots=True)
class Verified:
    """Who signed, and what.

    Args:
        certificate: Of the signer.
        references: The ``ds:Reference`` elements, for a receipt.
        parts: URIs of the parts that are covered.
    """

    certificate: x509.Certificate
    references: Sequence[etree._Element] = field(repr=False)
    parts: frozenset[str] = frozenset()


def open_parts(
    security: etree._Element | None,
    parts: Mapping[str, RawPart],
    profile: Profile,
    identities: Sequence[Identity],
    folder: Path | None,
) -> dict[str, SignedPart]:
    """Decrypt the parts that are encrypted; return all of them by URI.

    Raises:
        EbmsError: EBMS:0102 when one cannot be decrypted; EBMS:0103 when the profile wants
            encryption and one is not, or when it is encrypted in a way that is not accepted.
    """
    limit = profile.limits.canonical
    sealed = _sealed(security)
    ready: dict[str, SignedPart] = {}
    keys = _keys(security, profile, identities, needed=bool(sealed))
    for uri, data in sealed.items():
        part = parts.get(uri.removeprefix("cid:"))
        if part is None:
            raise EbmsError("EBMS:0007", "an encrypted part is not in the message")
        key = _key_of(data, keys, profile)
        media = data.get("MimeType") or part.media
        ready[uri] = SignedPart(uri, decrypt(part.spool, key, folder), media, limit)
    for content_id, part in parts.items():
        uri = f"cid:{content_id}"
        if uri not in ready:
            if profile.encrypted:
                raise EbmsError("EBMS:0103", "a part is not encrypted")
            ready[uri] = SignedPart(uri, part.spool, part.media, limit)
    return ready


def _sealed(security: etree._Element | None) -> dict[str, etree._Element]:
    found: dict[str, etree._Element] = {}
    for data in [] if security is None else security.findall(f"{{{XENC}}}EncryptedData"):
        if data.get("Type") != ATTACHMENT_CONTENT:
            raise EbmsError("EBMS:0103", "something else than the content of parts is encrypted")
        path = f"{{{XENC}}}CipherData/{{{XENC}}}CipherReference"
        references = data.findall(path)
        transforms = [t.get("Algorithm") for r in references for t in r.iter(f"{{{DS}}}Transform")]
        if len(references) != 1 or transforms != [ATTACHMENT_CIPHERTEXT]:
            raise EbmsError("EBMS:0103", "an encrypted part is described in an unknown way")
        uri = references[0].get("URI", "")
        if uri in found or not uri.startswith("cid:"):
            raise EbmsError("EBMS:0103", "an encrypted part is described twice, or not by cid:")
        found[uri] = data
    return found


def _keys(
    security: etree._Element | None,
    profile: Profile,
    identities: Sequence[Identity],
    *,
    needed: bool,
) -> dict[str, bytes]:
    """Open the wrapped keys; return each by its own identifier and by those of its data."""
    if security is None or not needed:
        return {}
    found = security.findall(f"{{{XENC}}}EncryptedKey")
    if len(found) > _MAX_KEYS:
        raise EbmsError("EBMS:0103", f"the header has {len(found)} encrypted keys")
    keys: dict[str, bytes] = {}
    for wrapped in found:
        transport = key_transport(wrapped.find(f"{{{XENC}}}EncryptionMethod"))
        if transport is None or transport not in profile.key_transports:
            raise EbmsError("EBMS:0103", "the key is wrapped in a way that is not accepted")
        named = find_certificate(
            wrapped.find(f"{{{DS}}}KeyInfo"), security, [i.certificate for i in identities]
        )
        mine = [i for i in identities if named is None or i.certificate == named]
        key = _open(wrapped, mine, transport)
        listed = wrapped.findall(f"{{{XENC}}}ReferenceList/{{{XENC}}}DataReference")
        for name in (f"#{wrapped.get('Id')}", *(each.get("URI", "") for each in listed)):
            keys[name] = key
    return keys


def _open(
    wrapped: etree._Element, identities: Iterable[Identity], transport: KeyTransport
) -> bytes:
    text = wrapped.findtext(f"{{{XENC}}}CipherData/{{{XENC}}}CipherValue")
    for identity in identities:
        try:
            return identity.open_key(octets_of(text), transport)
        except (ValueError, As4Error):
            continue
    raise EbmsError("EBMS:0102", UNREADABLE)


def _key_of(data: etree._Element, keys: Mapping[str, bytes], profile: Profile) -> bytes:
    method = data.find(f"{{{XENC}}}EncryptionMethod")
    cipher = "" if method is None else method.get("Algorithm", "")
    if cipher not in profile.ciphers:
        raise EbmsError("EBMS:0103", "a part is encrypted in a way that is not accepted")
    path = f"{{{DS}}}KeyInfo/{{{WSSE}}}SecurityTokenReference/{{{WSSE}}}Reference"
    reference = data.find(path)
    name = f"#{data.get('Id')}" if reference is None else reference.get("URI", "")
    key = keys.get(name) or keys.get(f"#{data.get('Id')}")
    if key is None or len(key) != KEY_BYTES[cipher]:
        raise EbmsError("EBMS:0102", UNREADABLE)
    return key


def verify(
    envelope: Envelope,
    parts: Mapping[str, SignedPart],
    profile: Profile,
    known: Sequence[x509.Certificate],
    trusted: SignerCheck,
) -> Verified | None:
    """Verify the signature of an envelope and of its parts.

    Returns:
        Who signed; ``None`` for an unsigned message, where the profile accepts one.

    Raises:
        EbmsError: EBMS:0103 when a signature is missing or covers too little; EBMS:0101 when it
            does not hold, or its signer is not trusted.
    """
    security = envelope.security
    found = [] if security is None else security.findall(f"{{{DS}}}Signature")
    if not found:
        if profile.signed:
            raise EbmsError("EBMS:0103", "the message is not signed")
        return None
    if len(found) > 1 or security is None:
        raise EbmsError("EBMS:0103", "the message has several signatures")
    (signature,) = found
    certificate = find_certificate(signature.find(f"{{{DS}}}KeyInfo"), security, known)
    if certificate is None:
        raise EbmsError("EBMS:0101", "the certificate of the signature is not known here")
    if any(part.is_too_large for part in parts.values()):
        limit = profile.limits.canonical
        raise EbmsError(
            "EBMS:0007", f"XML or text of more than {limit} octets has to be sent compressed"
        )
    allowed = xmldsig.Allowed(
        signatures=profile.signature,
        digests=profile.digests,
        canonical_forms=frozenset({C14n.EXCLUSIVE, C14n.INCLUSIVE}),
        kept_transforms=frozenset({ATTACHMENT_SIGNATURE}),
        references=len(parts) + 8,
    )
    try:
        verified = xmldsig.verify(
            envelope.root,
            certificate=certificate,
            signature=signature,
            resolve=parts.get,
            allowed=allowed,
        )
    except SignatureRefused as error:
        failed = ", ".join(check.name.value for check in error.report.failed)
        raise EbmsError("EBMS:0101", f"the signature is refused: {failed}") from error
    covered = verified.elements
    if not any(e is envelope.messaging for e in covered):
        raise EbmsError("EBMS:0103", "the signature does not cover eb:Messaging")
    if not any(e is envelope.body for e in covered):
        raise EbmsError("EBMS:0103", "the signature does not cover the SOAP body")
    signed = frozenset(r.uri for r in verified.references if r.kept is not None and r.uri)
    if signed != frozenset(parts):
        raise EbmsError("EBMS:0103", "the signature does not cover every part")
    try:
        trusted(certificate)
    except EInvoiceError as error:
        raise EbmsError("EBMS:0101", "the certificate of the signature is not trusted") from error
    return Verified(certificate, references_of(signature), signed)
