"""Judges a message that came in; what is handed over was decrypted, verified and decompressed.

Source: OASIS AS4 profile 1.0; eDelivery AS4 1.15.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from cryptography import x509
from lxml import etree

from as4_peppol._names import GZIP
from as4_peppol.compression import decompress
from as4_peppol.errors import EbmsError
from as4_peppol.intake import Incoming
from as4_peppol.message.reading import Envelope, read_envelope
from as4_peppol.message.records import PartInfo, Property, SignalMessage, UserMessage
from as4_peppol.profile import Profile
from as4_peppol.security.checking import SignerCheck, open_parts, verify
from as4_peppol.security.keys import Identity
from as4_peppol.security.parts import SignedPart
from as4_peppol.spool import Spool

__all__ = ["Inbound", "Received", "anyone", "unpack"]

_CHARSET = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")


def anyone(certificate: x509.Certificate) -> None:
    """Trust every signer: for tests, and for looking into a message."""
    del certificate


@dataclass(frozen=True, slots=True)
class Received:
    """A payload as its sender submitted it.

    Args:
        href: How the message names it.
        mime_type: What it is.
        charset: Of its text, where that was said.
        properties: Of the part.
        content: Its octets; closed with the message.
    """

    href: str
    mime_type: str
    charset: str | None
    properties: tuple[Property, ...]
    content: Spool = field(repr=False)

    @property
    def size(self) -> int:
        """Octets of the payload."""
        return self.content.size

    def open(self) -> BinaryIO:
        """Return the payload as a file."""
        return self.content.open()

    def read(self) -> bytes:
        """Return all octets at once: for what is known to be small."""
        return self.content.read()


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message that was found acceptable.

    Args:
        user: The user message, where it is one.
        signals: Receipts and errors that it holds.
        payloads: In the order in which the message names them.
        signer: Certificate of the signature; ``None`` for an unsigned message.
        references: The ``ds:Reference`` elements of the signature.
        envelope: The envelope as it came.
    """

    user: UserMessage | None
    signals: tuple[SignalMessage, ...]
    payloads: tuple[Received, ...]
    signer: x509.Certificate | None
    references: Sequence[etree._Element] = field(repr=False)
    envelope: bytes = field(repr=False)

    @property
    def message_id(self) -> str:
        """Identifier of the message."""
        first = self.user or self.signals[0]
        return first.info.message_id

    def close(self) -> None:
        """Give up what is kept on disk."""
        for payload in self.payloads:
            payload.content.close()


def unpack(
    incoming: Incoming,
    profile: Profile,
    identities: Sequence[Identity] = (),
    *,
    trusted: SignerCheck,
    known: Sequence[x509.Certificate] = (),
    folder: Path | None = None,
) -> Inbound:
    """Judge a message; what it kept on disk is given up, whatever comes out.

    Args:
        incoming: From :func:`as4_peppol.intake.take`.
        profile: What is demanded.
        identities: Who may be meant by the encryption, the current one first.
        trusted: Decides about the signer.
        known: Certificates that a key identifier or serial number may mean.
        folder: Where large parts are kept.

    Raises:
        EbmsError: What the sender is to be told.
    """
    message_id: str | None = None
    opened: dict[str, SignedPart] = {}
    payloads: list[Received] = []
    try:
        envelope = read_envelope(incoming.envelope, soap_11=profile.soap_11)
        message_id = envelope.message_id
        candidates = (*known, *(i.certificate for i in identities))
        opened = open_parts(envelope.security, incoming.parts, profile, identities, folder)
        verified = verify(envelope, opened, profile, candidates, trusted)
        signer = None if verified is None else verified.certificate
        _require_what_the_profile_wants(envelope, profile, signer)
        for info, part in _declared(envelope, opened):
            payloads.append(_payload(info, part, profile, folder))
    except EbmsError as error:
        for payload in payloads:
            payload.content.close()
        if error.message_id is None and message_id is not None:
            raise EbmsError(error.ebms, error.detail, message_id) from error
        raise
    finally:
        kept = {id(payload.content) for payload in payloads}
        for spool in [p.spool for p in opened.values()] + [
            p.spool for p in incoming.parts.values()
        ]:
            if id(spool) not in kept:
                spool.close()
    return Inbound(
        envelope.user,
        envelope.signals,
        tuple(payloads),
        signer,
        () if verified is None else verified.references,
        incoming.envelope,
    )


def _require_what_the_profile_wants(
    envelope: Envelope, profile: Profile, signer: x509.Certificate | None
) -> None:
    if envelope.user is None:
        return
    least, most = profile.payloads_of(envelope.user)
    count = len(envelope.user.payloads or ())
    if not least <= count <= most:
        raise EbmsError("EBMS:0003", f"the message has {count} payloads, not {least} to {most}")
    for check in profile.checks:
        refused = check(envelope.user, signer)
        if refused is not None:
            raise EbmsError(*refused)


def _declared(
    envelope: Envelope, parts: Mapping[str, SignedPart]
) -> list[tuple[PartInfo, SignedPart]]:
    """Pair what the header names with what came; nothing may be left over on either side."""
    infos = () if envelope.user is None else envelope.user.payloads or ()
    # Beside an error signal a SOAP fault may stand in the body; it says the same once more.
    if len(envelope.body) and envelope.user is not None:
        raise EbmsError("EBMS:0008", "a payload in the SOAP body is not read")
    paired: dict[str, tuple[PartInfo, SignedPart]] = {}
    for info in infos:
        href = info.href or ""
        if not href:
            raise EbmsError("EBMS:0008", "a payload in the SOAP body is not read")
        if not href.startswith("cid:"):
            raise EbmsError("EBMS:0011", "a payload outside the message is not fetched")
        if href in paired:
            raise EbmsError("EBMS:0003", "two payloads of the header are the same part")
        if href not in parts:
            raise EbmsError("EBMS:0007", "a payload that the header names is not in the message")
        paired[href] = (info, parts[href])
    if set(paired) != set(parts):
        raise EbmsError("EBMS:0003", "the message has a part that its header does not name")
    return list(paired.values())


def _payload(info: PartInfo, part: SignedPart, profile: Profile, folder: Path | None) -> Received:
    mime_type, charset = info.value_of("MimeType"), info.value_of("CharacterSet")
    kind = info.value_of("CompressionType")
    if charset is not None and not _CHARSET.fullmatch(charset):
        raise EbmsError("EBMS:0001", "the property CharacterSet names no character set")
    if kind is None:
        content = part.spool
        if content.size > profile.limits.payload:
            raise EbmsError("EBMS:0007", f"a payload has more than {profile.limits.payload} octets")
    elif kind != GZIP:
        raise EbmsError("EBMS:0303", "the property CompressionType names an unknown form")
    elif mime_type is None:
        raise EbmsError("EBMS:0303", "a compressed payload lacks the property MimeType")
    else:
        content = Spool.of(decompress(part.spool.chunks(), profile.limits.payload), folder)
    href = info.href or ""
    return Received(href, mime_type or part.media, charset, info.properties or (), content)
