"""Messages of people who mean harm, or of programs that do not know better."""

import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from as4_peppol import Limits, LocalIdentity, Outbound, Payload, Profile, anyone, pack, take, unpack
from as4_peppol._names import EB
from as4_peppol.errors import EbmsError
from as4_peppol.message.records import PartInfo, Property, UserMessage
from as4_peppol.packing import envelope_of
from as4_peppol.profiles import EDELIVERY_1_15, PEPPOL
from as4_peppol.security.encryption import UNREADABLE
from as4_peppol.testing import NOW, Pair, PeppolPki
from einvoice_core.xml.binding import write

DOCUMENT = b"<Invoice>" + b"<Line>uno</Line>" * 50 + b"</Invoice>"
OPEN = replace(EDELIVERY_1_15, encrypted=False)
"""Signed and not encrypted, so that a test can change what was signed."""


def refused(
    pair: Pair,
    content_type: str,
    body: bytes,
    profile: Profile = PEPPOL,
    trusted: Callable[..., None] = anyone,
) -> EbmsError:
    with pytest.raises(EbmsError) as caught:
        pair.unpack(content_type, body, profile, trusted)
    return caught.value


def test_an_unsigned_message(pair: Pair) -> None:
    sent = pair.pack(DOCUMENT)
    body = re.sub(rb"<ds:Signature .*?</ds:Signature>", b"", sent.body(), flags=re.S)
    error = refused(pair, sent.content_type, body)
    assert (error.ebms, error.detail) == ("EBMS:0103", "the message is not signed")
    assert error.message_id == sent.message_id


def test_a_message_that_is_not_encrypted(pair: Pair) -> None:
    sent = pair.pack(DOCUMENT, profile=replace(PEPPOL, encrypted=False))
    error = refused(pair, sent.content_type, sent.body())
    assert (error.ebms, error.detail) == ("EBMS:0103", "a part is not encrypted")


def test_a_signature_that_leaves_the_part_out(pair: Pair) -> None:
    sent = pair.pack(DOCUMENT, profile=OPEN)
    head, _, rest = sent.body().partition(b"<?xml")
    _, _, part = rest.partition(b"</S12:Envelope>")
    entries = re.search(rb"<eb:UserMessage.*</eb:UserMessage>", rest, re.S)
    assert entries
    alone = envelope_of(entries[0].decode(), OPEN, pair.sender)
    error = refused(pair, sent.content_type, head + alone + part, OPEN)
    assert (error.ebms, error.detail) == ("EBMS:0103", "the signature does not cover every part")


def test_a_changed_part(pair: Pair) -> None:
    profile = replace(OPEN, compressed=False)
    sent = pair.pack(DOCUMENT, profile=profile)
    body = sent.body().replace(b"<Line>uno</Line>", b"<Line>dos</Line>", 1)
    error = refused(pair, sent.content_type, body, profile)
    assert (error.ebms, error.detail) == ("EBMS:0101", "the signature is refused: integrity")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"9915:test", b"9915:tesT"),
        (b"PES000001", b"PES000003"),
        (b"2026-11-25T", b"2026-11-26T"),
        (b'S12:Body wsu:Id="', b'S12:Body xmlns:x="urn:x" x:a="1" wsu:Id="'),
    ],
)
def test_a_changed_header(pair: Pair, old: bytes, new: bytes) -> None:
    sent = pair.pack(DOCUMENT)
    body = sent.body().replace(old, new, 1)
    assert refused(pair, sent.content_type, body).ebms == "EBMS:0101"


def test_a_second_header_wrapped_around_the_signed_one(pair: Pair) -> None:
    """The signed header moves elsewhere; another one takes its place and its identifier."""
    sent = pair.pack(DOCUMENT, profile=OPEN)
    found = re.search(rb"<eb:Messaging .*?</eb:Messaging>", sent.body(), re.S)
    assert found
    signed = found[0]
    other = signed.replace(b"9915:test", b"9915:evil")
    same_id = sent.body().replace(signed, other + b"<x:w xmlns:x='urn:x'>" + signed + b"</x:w>")
    assert refused(pair, sent.content_type, same_id, OPEN).ebms == "EBMS:0101"
    no_id = re.sub(rb' wsu:Id="[^"]*"', b"", other, count=1)
    moved = sent.body().replace(signed, no_id + b"<x:w xmlns:x='urn:x'>" + signed + b"</x:w>")
    error = refused(pair, sent.content_type, moved, OPEN)
    assert (error.ebms, error.detail) == (
        "EBMS:0103",
        "the signature does not cover eb:Messaging",
    )


def test_two_headers(pair: Pair) -> None:
    sent = pair.pack(DOCUMENT, profile=OPEN)
    found = re.search(rb"<eb:Messaging .*?</eb:Messaging>", sent.body(), re.S)
    assert found
    body = sent.body().replace(found[0], found[0] * 2)
    assert refused(pair, sent.content_type, body, OPEN).ebms == "EBMS:0009"


def test_another_body_than_the_signed_one(pair: Pair) -> None:
    sent = pair.pack(DOCUMENT, profile=OPEN)
    body = re.sub(rb"<S12:Body [^>]*/>", b"<S12:Body/>", sent.body())
    assert refused(pair, sent.content_type, body, OPEN).ebms == "EBMS:0101"


class TestCiphertext:
    """One text for everything that cannot be decrypted."""

    def test_every_changed_octet(self, pair: Pair) -> None:
        sent = pair.pack(b"<x/>")
        body = sent.body()
        start = body.rindex(b"\r\n\r\n") + 4
        end = body.rindex(b"\r\n--=_")
        for position in range(start, end):
            changed = bytearray(body)
            changed[position] ^= 1
            error = refused(pair, sent.content_type, bytes(changed))
            assert (error.ebms, error.detail) == ("EBMS:0102", UNREADABLE)

    def test_a_changed_key(self, pair: Pair) -> None:
        sent = pair.pack(DOCUMENT)
        body = re.sub(rb"(<xenc:CipherValue>)....", rb"\1AAAA", sent.body())
        error = refused(pair, sent.content_type, body)
        assert (error.ebms, error.detail) == ("EBMS:0102", UNREADABLE)

    def test_a_key_for_somebody_else(self, pair: Pair) -> None:
        sent = pack(
            pair.message(), [Payload(DOCUMENT)], PEPPOL, pair.sender, pair.sender.certificate
        )
        error = refused(pair, sent.content_type, sent.body())
        assert (error.ebms, error.detail) == ("EBMS:0102", UNREADABLE)

    def test_a_part_shorter_than_its_tag(self, pair: Pair) -> None:
        sent = pair.pack(DOCUMENT)
        body = re.sub(
            rb"(Content-ID: <(?!root)[^\r]*\r\n\r\n).*(\r\n--=_)",
            rb"\1short\2",
            sent.body(),
            flags=re.S,
        )
        error = refused(pair, sent.content_type, body)
        assert (error.ebms, error.detail) == ("EBMS:0102", UNREADABLE)


class TestSigners:
    def test_a_stranger(self, pair: Pair) -> None:
        stranger = LocalIdentity(PeppolPki("OTHER", clock=lambda: NOW).access_point("PES000001"))
        sent = pack(
            pair.message(), [Payload(DOCUMENT)], PEPPOL, stranger, pair.receiver.certificate
        )
        error = refused(pair, sent.content_type, sent.body(), trusted=pair.trusted)
        assert error.ebms == "EBMS:0101"
        assert "not trusted" in error.detail

    @pytest.mark.parametrize(
        ("valid_from", "valid_until"),
        [(NOW - timedelta(9), NOW - timedelta(1)), (NOW + timedelta(1), NOW + timedelta(9))],
    )
    def test_not_valid_now(self, pair: Pair, valid_from: object, valid_until: object) -> None:
        old = LocalIdentity(
            pair.pki.access_point("PES000001", valid_from=valid_from, valid_until=valid_until)  # type: ignore[arg-type]
        )
        sent = pack(pair.message(), [Payload(DOCUMENT)], PEPPOL, old, pair.receiver.certificate)
        error = refused(pair, sent.content_type, sent.body(), trusted=pair.trusted)
        assert error.ebms == "EBMS:0101"

    def test_a_metadata_publisher_is_no_access_point(self, pair: Pair) -> None:
        publisher = LocalIdentity(pair.pki.metadata_publisher("PES000001"))
        sent = pack(
            pair.message(), [Payload(DOCUMENT)], PEPPOL, publisher, pair.receiver.certificate
        )
        error = refused(pair, sent.content_type, sent.body(), trusted=pair.trusted)
        assert error.ebms == "EBMS:0101"

    def test_somebody_else_than_the_header_says(self, pair: Pair) -> None:
        other = LocalIdentity(pair.pki.access_point("PES000007"))
        sent = pack(pair.message(), [Payload(DOCUMENT)], PEPPOL, other, pair.receiver.certificate)
        error = refused(pair, sent.content_type, sent.body(), trusted=pair.trusted)
        assert error.ebms == "EBMS:0101"
        assert "another party" in error.detail


class TestPayloads:
    def test_a_bomb(self, pair: Pair) -> None:
        small = replace(PEPPOL, limits=Limits(payload=1_000_000))
        sent = pair.pack(bytes(50_000_000))
        error = refused(pair, sent.content_type, sent.body(), small)
        assert error.ebms == "EBMS:0303"

    def test_text_too_large_to_be_held(self, pair: Pair) -> None:
        plain = replace(PEPPOL, compressed=False)
        sent = pair.pack(DOCUMENT, profile=plain)
        small = replace(PEPPOL, limits=Limits(canonical=100))
        error = refused(pair, sent.content_type, sent.body(), small)
        assert (error.ebms, "compressed" in error.detail) == ("EBMS:0007", True)

    def test_what_is_not_compressed_as_it_says(self, pair: Pair) -> None:
        info = (
            Property(name="MimeType", value="application/xml"),
            Property(name="CompressionType", value="application/gzip"),
        )
        plain = replace(PEPPOL, compressed=False)
        payload = Payload(DOCUMENT, "application/octet-stream", properties=info[1:])
        sent = pack(pair.message(), [payload], plain, pair.sender, pair.receiver.certificate)
        assert refused(pair, sent.content_type, sent.body()).ebms == "EBMS:0303"

    def test_a_damaged_one(self, pair: Pair) -> None:
        broken = gzip.compress(DOCUMENT)[:-9]
        plain = replace(PEPPOL, compressed=False)
        info = (Property(name="CompressionType", value="application/gzip"),)
        payload = Payload(broken, "application/octet-stream", properties=info)
        sent = pack(pair.message(), [payload], plain, pair.sender, pair.receiver.certificate)
        assert refused(pair, sent.content_type, sent.body()).ebms == "EBMS:0303"

    def test_another_kind_of_compression(self, pair: Pair) -> None:
        plain = replace(PEPPOL, compressed=False)
        info = (Property(name="CompressionType", value="application/brotli"),)
        payload = Payload(DOCUMENT, "application/octet-stream", properties=info)
        sent = pack(pair.message(), [payload], plain, pair.sender, pair.receiver.certificate)
        assert refused(pair, sent.content_type, sent.body()).ebms == "EBMS:0303"

    def test_a_character_set_that_is_none(self, pair: Pair) -> None:
        payload = Payload(DOCUMENT, charset="!utf*")
        sent = pack(pair.message(), [payload], PEPPOL, pair.sender, pair.receiver.certificate)
        assert refused(pair, sent.content_type, sent.body()).ebms == "EBMS:0001"

    @pytest.mark.parametrize(
        ("hrefs", "code"),
        [
            (["https://example.org/x"], "EBMS:0011"),
            ([None], "EBMS:0008"),
            (["cid:nobody"], "EBMS:0007"),
            ([], "EBMS:0003"),
        ],
    )
    def test_header_and_parts_that_do_not_agree(
        self, pair: Pair, hrefs: list[str | None], code: str
    ) -> None:
        free = replace(EDELIVERY_1_15, payloads=(0, 9))
        sent = pair.pack(DOCUMENT, profile=free)
        message = pair.message(payloads=tuple(PartInfo(href=h) for h in hrefs) or None)
        forged = _with_header(pair, sent, message, free)
        assert refused(pair, sent.content_type, forged, free).ebms == code


def _with_header(pair: Pair, sent: Outbound, message: UserMessage, profile: Profile) -> bytes:
    """Sign another header over the parts of a message, as its own sender could."""
    parts = [prepared.part for prepared in sent._parts]
    sealing = re.search(rb"<wsse:BinarySecurityToken.*?</xenc:EncryptedData>", sent.envelope, re.S)
    assert sealing
    text = write(message, prefixes={"eb": EB}, declaration=False).decode()
    envelope = envelope_of(text, profile, pair.sender, sealing=sealing[0].decode(), parts=parts)
    return sent.body().replace(sent.envelope, envelope)


class TestEnvelopes:
    @pytest.mark.parametrize(
        "envelope",
        [
            b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
            b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
            b"<a>" * 400 + b"</a>" * 400,
            b"not xml",
            b"\xff\xfe<\x00a\x00",
            b'<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"/>',
            b'<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Header/><Body/></Envelope>',
        ],
    )
    def test_what_is_no_envelope(self, pair: Pair, envelope: bytes) -> None:
        assert refused(pair, "application/soap+xml", envelope).ebms == "EBMS:0009"

    def test_one_that_is_too_large(self, pair: Pair) -> None:
        small = replace(PEPPOL, limits=Limits(envelope=1000))
        with pytest.raises(EbmsError, match="envelope has more") as caught:
            take("application/soap+xml", [b"<a>" + b"x" * 2000], small)
        assert caught.value.ebms == "EBMS:0007"

    def test_a_message_that_is_too_large(self, pair: Pair) -> None:
        small = replace(PEPPOL, limits=Limits(message=5000))
        sent = pair.pack(DOCUMENT)
        with pytest.raises(EbmsError, match="message has more"):
            take(sent.content_type, [sent.body()], small)

    def test_a_header_that_must_be_understood(self, pair: Pair) -> None:
        sent = pair.pack(DOCUMENT)
        body = sent.body().replace(
            b"<S12:Header>", b'<S12:Header><x:y xmlns:x="urn:x" S12:mustUnderstand="true"/>'
        )
        assert refused(pair, sent.content_type, body).ebms == "EBMS:0009"

    @pytest.mark.parametrize(
        "kind", ["text/html", "", "multipart/related", "multipart/mixed; boundary=a"]
    )
    def test_another_type_of_content(self, pair: Pair, kind: str) -> None:
        with pytest.raises(EbmsError) as caught:
            take(kind, [b"x"], PEPPOL)
        assert caught.value.ebms == "EBMS:0007"

    def test_a_message_cut_off_anywhere(self, pair: Pair) -> None:
        sent = pair.pack(b"<x/>")
        body = sent.body()
        for length in range(0, len(body) - 8, 97):
            error = refused(pair, sent.content_type, body[:length])
            assert error.ebms == "EBMS:0007"


def test_nothing_stays_open_when_a_message_is_refused(pair: Pair) -> None:
    sent = pair.pack(DOCUMENT)
    incoming = take(sent.content_type, [sent.body().replace(b"9915:test", b"9915:evil")], PEPPOL)
    with pytest.raises(EbmsError):
        unpack(incoming, PEPPOL, [pair.receiver], trusted=anyone)
    assert all(part.spool.closed for part in incoming.parts.values())
