"""Builds messages: compress, digest, encrypt, sign; nothing is sent here.

Source: OASIS AS4 profile 1.0; OASIS WS-Security 1.1.1 and its SwA profile; eDelivery AS4 1.15.
"""

import uuid
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

from cryptography import x509

from as4_peppol._names import (
    ATTACHMENT_CIPHERTEXT,
    ATTACHMENT_CONTENT,
    ATTACHMENT_SIGNATURE,
    DS,
    EB,
    ENCRYPTED_KEY,
    GZIP,
    SOAP_12,
    WSSE,
    WSSE_11,
    WSU,
    XENC,
)
from as4_peppol.compression import compress
from as4_peppol.errors import PackError
from as4_peppol.message.receipts import SignedDigest, digests_of, references_of
from as4_peppol.message.records import PartInfo, Property, UserMessage
from as4_peppol.mime import part_header
from as4_peppol.profile import Profile
from as4_peppol.security.encryption import OVERHEAD_BYTES, encrypt, new_key, seal
from as4_peppol.security.keys import Identity
from as4_peppol.security.parts import SignedPart
from as4_peppol.security.tokens import TokenReference, binary_token, reference_to
from as4_peppol.spool import CHUNK_BYTES, Spool
from einvoice_core.signing import xmldsig
from einvoice_core.signing.algorithms import C14n
from einvoice_core.xml.binding import write
from einvoice_core.xml.parsing import parse

__all__ = ["Outbound", "Payload", "envelope_of", "new_id", "pack", "signed_digests"]

_ENVELOPE_TYPE = "application/soap+xml"
_PREFIXES = {"eb": EB}


def new_id() -> str:
    """Make an identifier that nobody else has, in the form of a message identifier."""
    return f"{uuid.uuid4()}@as4"


@dataclass(frozen=True, slots=True)
class Payload:
    """Octets to send.

    Args:
        content: All of them, or pieces of them.
        mime_type: What they are, before compression.
        charset: Of text or XML, where it shall be said.
        properties: Further properties of the part.
        content_id: Identifier of the part; by default a new one.
    """

    content: bytes | Iterable[bytes] = field(repr=False)
    mime_type: str = "application/xml"
    charset: str | None = None
    properties: tuple[Property, ...] = ()
    content_id: str = field(default_factory=new_id)

    def chunks(self) -> Iterator[bytes]:
        """Yield the octets in pieces."""
        if isinstance(self.content, bytes):
            view = self.content
            yield from (view[i : i + CHUNK_BYTES] for i in range(0, len(view), CHUNK_BYTES))
        else:
            yield from self.content


@dataclass(frozen=True, slots=True)
class _Prepared:
    payload: Payload
    info: PartInfo
    part: SignedPart

    @property
    def href(self) -> str:
        return f"cid:{self.payload.content_id}"


@dataclass(frozen=True, slots=True)
class Outbound:
    """A message that is ready to be sent, as often as needed.

    Args:
        message_id: Of the user message or signal.
        envelope: The SOAP envelope as it was signed.
        content_type: Header ``Content-Type`` of the request.
        size: Octets of the body.
        digests: Of each signed thing: what a receipt has to repeat.
    """

    message_id: str
    envelope: bytes = field(repr=False)
    content_type: str
    size: int
    digests: tuple[SignedDigest, ...] = field(default=(), repr=False)
    _boundary: str = field(default="", repr=False)
    _parts: tuple[_Prepared, ...] = field(default=(), repr=False)
    _key: bytes | None = field(default=None, repr=False)

    def chunks(self) -> Iterator[bytes]:
        """Yield the body; parts are encrypted on the way, each time with a new vector."""
        if not self._boundary:
            yield self.envelope
            return
        yield _root_header(self._boundary)
        yield self.envelope
        for prepared in self._parts:
            yield _header_of(self._boundary, prepared, encrypted=self._key is not None)
            spool = prepared.part.spool
            yield from spool.chunks() if self._key is None else encrypt(spool, self._key)
        yield _closing(self._boundary)

    def body(self) -> bytes:
        """Return the whole body at once: for what is known to be small."""
        return b"".join(self.chunks())

    def close(self) -> None:
        """Give up what is kept on disk; the message cannot be sent any more."""
        for prepared in self._parts:
            prepared.part.spool.close()


def pack(
    message: UserMessage,
    payloads: Sequence[Payload],
    profile: Profile,
    identity: Identity,
    receiver: x509.Certificate | None = None,
    *,
    folder: Path | None = None,
    ids: Callable[[], str] = lambda: uuid.uuid4().hex,
) -> Outbound:
    """Build a message with its payloads.

    Args:
        message: The header; its ``payloads`` are filled in from the payloads.
        payloads: In their order: the leading document first.
        profile: What is demanded.
        identity: Who signs.
        receiver: Certificate of whoever shall decrypt; needed when the profile encrypts.
        folder: Where large parts are kept until the message is closed.
        ids: Makes the identifiers inside the envelope.

    Raises:
        PackError: The profile demands what is not given.
    """
    least, most = profile.payloads_of(message)
    if not least <= len(payloads) <= most:
        raise PackError(
            f"{profile.name} wants {least} to {most} payloads; there are {len(payloads)}"
        )
    if profile.encrypted and receiver is None and payloads:
        raise PackError(f"{profile.name} encrypts: give the certificate of the receiver")
    prepared: list[_Prepared] = []
    try:
        prepared.extend(_prepare(payload, profile, folder) for payload in payloads)
        infos = tuple(p.info for p in prepared)
        header = message.model_copy(update={"payloads": infos or None})
        to = receiver if profile.encrypted and prepared else None
        key = new_key(profile.cipher) if to is not None else None
        sealing = "" if to is None or key is None else _sealing(prepared, key, to, profile, ids)
        text = write(header, prefixes=_PREFIXES, declaration=False).decode("utf-8")
        envelope = envelope_of(
            text, profile, identity, sealing=sealing, parts=[p.part for p in prepared], ids=ids
        )
    except BaseException:
        for each in prepared:
            each.part.spool.close()
        raise
    return _outbound(message.info.message_id, envelope, prepared, key, ids())


def envelope_of(
    entries: str,
    profile: Profile,
    identity: Identity | None,
    *,
    sealing: str = "",
    parts: Sequence[SignedPart] = (),
    ids: Callable[[], str] = lambda: uuid.uuid4().hex,
) -> bytes:
    """Write a SOAP envelope around the entries of ``eb:Messaging``, and sign it.

    Args:
        entries: Text of the user or signal messages.
        profile: Says how to sign.
        identity: Who signs; without one the envelope is not signed.
        sealing: Text that precedes the signature in the security header.
        parts: Further things to sign.
        ids: Makes identifiers.
    """
    messaging_id, body_id, token_id = (f"_{ids()}" for _ in range(3))
    token = info = ""
    if identity is not None:
        if profile.token is TokenReference.BINARY:
            token = binary_token(identity.certificate, token_id)
        info = reference_to(identity.certificate, profile.token, token_id)
    security = (
        f'<wsse:Security xmlns:wsse="{WSSE}" S12:mustUnderstand="true">'
        f"{sealing}{token}</wsse:Security>"
        if sealing or identity is not None
        else ""
    )
    plain = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<S12:Envelope xmlns:S12="{SOAP_12}" xmlns:wsu="{WSU}"><S12:Header>'
        f'<eb:Messaging xmlns:eb="{EB}" S12:mustUnderstand="true" wsu:Id="{messaging_id}">'
        f"{entries}</eb:Messaging>{security}</S12:Header>"
        f'<S12:Body wsu:Id="{body_id}"/></S12:Envelope>'
    ).encode()
    if identity is None:
        return plain
    return _signed(plain, profile, identity, info, (messaging_id, body_id), parts)


def _signed(
    plain: bytes,
    profile: Profile,
    identity: Identity,
    info: str,
    element_ids: Sequence[str],
    parts: Sequence[SignedPart],
) -> bytes:
    by_uri = {part.uri: part for part in parts}
    references = [
        *(xmldsig.Reference(f"#{each}", (C14n.EXCLUSIVE,)) for each in element_ids),
        *(xmldsig.Reference(uri, (ATTACHMENT_SIGNATURE,)) for uri in by_uri),
    ]
    allowed = xmldsig.Allowed(kept_transforms=frozenset({ATTACHMENT_SIGNATURE}))
    return xmldsig.sign(
        plain,
        identity,
        references=references,
        hash_name=profile.hash_name,
        canonical_form=C14n.EXCLUSIVE,
        key_info=f'<ds:KeyInfo xmlns:wsse="{WSSE}">{info}</ds:KeyInfo>',
        path=f"{{{SOAP_12}}}Header {{{WSSE}}}Security",
        resolve=by_uri.get,
        allowed=allowed,
    )


def _prepare(payload: Payload, profile: Profile, folder: Path | None) -> _Prepared:
    properties = [Property(name="MimeType", value=payload.mime_type)]
    if payload.charset:
        properties.append(Property(name="CharacterSet", value=payload.charset))
    media = payload.mime_type
    chunks = payload.chunks()
    if profile.compressed:
        properties.append(Property(name="CompressionType", value=GZIP))
        media = GZIP
        chunks = compress(chunks, profile.compression_level)
    spool = Spool.of(chunks, folder)
    info = PartInfo(href=f"cid:{payload.content_id}", properties=(*properties, *payload.properties))
    part = SignedPart(f"cid:{payload.content_id}", spool, media, profile.limits.canonical)
    return _Prepared(payload, info, part)


def _sealing(
    prepared: Sequence[_Prepared],
    key: bytes,
    receiver: x509.Certificate,
    profile: Profile,
    ids: Callable[[], str],
) -> str:
    """Write the key for the receiver and a description of each encrypted part."""
    token_id, key_id = f"_{ids()}", f"_{ids()}"
    data_ids = [f"_{ids()}" for _ in prepared]
    token = ""
    if profile.token is TokenReference.BINARY:
        token = binary_token(receiver, token_id)
    sealed = b64encode(seal(key, receiver, profile.key_transport).wrapped).decode("ascii")
    named = reference_to(receiver, profile.token, token_id)
    listed = "".join(f'<xenc:DataReference URI="#{each}"/>' for each in data_ids)
    encrypted_key = (
        f'<xenc:EncryptedKey xmlns:xenc="{XENC}" Id="{key_id}">{profile.key_transport.text()}'
        f'<ds:KeyInfo xmlns:ds="{DS}">{named}</ds:KeyInfo>'
        f"<xenc:CipherData><xenc:CipherValue>{sealed}</xenc:CipherValue></xenc:CipherData>"
        f"<xenc:ReferenceList>{listed}</xenc:ReferenceList></xenc:EncryptedKey>"
    )
    data = "".join(
        f'<xenc:EncryptedData xmlns:xenc="{XENC}" Id="{data_id}"'
        f' MimeType={quoteattr(each.part.media)} Type="{ATTACHMENT_CONTENT}">'
        f'<xenc:EncryptionMethod Algorithm="{profile.cipher}"/>'
        f'<ds:KeyInfo xmlns:ds="{DS}"><wsse:SecurityTokenReference xmlns:wsse11="{WSSE_11}"'
        f' wsse11:TokenType="{ENCRYPTED_KEY}"><wsse:Reference URI="#{key_id}"/>'
        "</wsse:SecurityTokenReference></ds:KeyInfo><xenc:CipherData>"
        f"<xenc:CipherReference URI={quoteattr(each.href)}><xenc:Transforms>"
        f'<ds:Transform xmlns:ds="{DS}" Algorithm="{ATTACHMENT_CIPHERTEXT}"/></xenc:Transforms>'
        "</xenc:CipherReference></xenc:CipherData></xenc:EncryptedData>"
        for data_id, each in zip(data_ids, prepared, strict=True)
    )
    return token + encrypted_key + data


def _outbound(
    message_id: str,
    envelope: bytes,
    prepared: Sequence[_Prepared],
    key: bytes | None,
    boundary_id: str,
) -> Outbound:
    digests = signed_digests(envelope)
    if not prepared:
        kind = f"{_ENVELOPE_TYPE}; charset=UTF-8"
        return Outbound(message_id, envelope, kind, len(envelope), digests)
    boundary = f"=_{boundary_id}"
    size = len(_root_header(boundary)) + len(envelope) + len(_closing(boundary))
    for each in prepared:
        grown = OVERHEAD_BYTES if key is not None else 0
        header = _header_of(boundary, each, encrypted=key is not None)
        size += len(header) + each.part.spool.size + grown
    kind = f'multipart/related; boundary="{boundary}"; type="{_ENVELOPE_TYPE}"; start="{_ROOT}"'
    return Outbound(message_id, envelope, kind, size, digests, boundary, tuple(prepared), key)


def signed_digests(envelope: bytes) -> tuple[SignedDigest, ...]:
    """Return what the signature of an envelope covers; nothing when it is not signed."""
    path = f"{{{SOAP_12}}}Header/{{{WSSE}}}Security/{{{DS}}}Signature"
    signature = parse(envelope).find(path)
    return () if signature is None else digests_of(references_of(signature))


_ROOT = "<root@as4>"


def _root_header(boundary: str) -> bytes:
    fields = (
        ("Content-Type", f"{_ENVELOPE_TYPE}; charset=UTF-8"),
        ("Content-Transfer-Encoding", "binary"),
        ("Content-ID", _ROOT),
    )
    return part_header(boundary, fields, first=True)


def _header_of(boundary: str, prepared: _Prepared, *, encrypted: bool) -> bytes:
    fields = (
        ("Content-Type", "application/octet-stream" if encrypted else prepared.part.media),
        ("Content-Transfer-Encoding", "binary"),
        ("Content-ID", f"<{prepared.payload.content_id}>"),
    )
    return part_header(boundary, fields, first=False)


def _closing(boundary: str) -> bytes:
    return f"\r\n--{boundary}--\r\n".encode("ascii")
