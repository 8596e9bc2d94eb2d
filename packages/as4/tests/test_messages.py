from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from as4_peppol import LocalIdentity, Payload, anyone, pack, take, unpack
from as4_peppol.errors import EbmsError, PackError, ReceiptRefusedError
from as4_peppol.message.records import Property
from as4_peppol.packing import signed_digests
from as4_peppol.peppol.messages import ping
from as4_peppol.profiles import EDELIVERY_1_15, PEPPOL
from as4_peppol.security.algorithms import AES_256_GCM, OAEP_LEGACY
from as4_peppol.security.tokens import TokenReference
from as4_peppol.signals import SIGNAL_TYPE, check_answer, make_error, make_receipt
from as4_peppol.testing import NOW, RECIPIENT, SENDER, Pair, PeppolPki

DOCUMENT = b"<Invoice>" + b"<Line>uno</Line>" * 100 + b"</Invoice>"


def test_a_message_arrives_and_its_receipt_proves_it(pair: Pair) -> None:
    sent = pair.pack(DOCUMENT)
    body = sent.body()
    assert len(body) == sent.size
    assert DOCUMENT not in body

    inbound = pair.unpack(sent.content_type, body, trusted=pair.trusted)
    assert inbound.signer == pair.sender.certificate
    assert [p.read() for p in inbound.payloads] == [DOCUMENT]
    assert inbound.payloads[0].mime_type == "application/xml"
    assert inbound.user is not None
    assert inbound.user.value_of("originalSender") == SENDER.value
    assert inbound.user.value_of("finalRecipient") == RECIPIENT.value

    receipt = make_receipt(inbound, PEPPOL, pair.receiver, NOW)
    answer = check_answer(sent, take(SIGNAL_TYPE, [receipt], PEPPOL), PEPPOL, trusted=pair.trusted)
    assert answer.receipt is not None
    assert answer.errors == ()
    assert answer.signer == pair.receiver.certificate


def test_a_message_can_be_sent_again(pair: Pair) -> None:
    sent = pair.pack(DOCUMENT)
    first, second = sent.body(), sent.body()
    assert first != second  # another vector
    for body in (first, second):
        inbound = pair.unpack(sent.content_type, body)
        assert inbound.message_id == sent.message_id
        assert inbound.payloads[0].read() == DOCUMENT


@pytest.mark.parametrize("token", list(TokenReference))
@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("encrypted", [True, False])
def test_every_way_of_saying_it(
    pair: Pair, token: TokenReference, compressed: bool, encrypted: bool
) -> None:
    profile = replace(EDELIVERY_1_15, token=token, compressed=compressed, encrypted=encrypted)
    payloads = [
        Payload(DOCUMENT),
        Payload(b"line\nline\r\n", "text/plain", charset="UTF-8"),
        Payload(bytes(range(256)), "application/pdf", properties=(Property(name="k", value="v"),)),
        Payload(b"", "application/octet-stream"),
    ]
    sent = pack(pair.message(), payloads, profile, pair.sender, pair.receiver.certificate)
    inbound = pair.unpack(sent.content_type, sent.body(), profile)
    assert [p.read() for p in inbound.payloads] == [p.content for p in payloads]
    assert [p.mime_type for p in inbound.payloads] == [p.mime_type for p in payloads]
    assert inbound.payloads[1].charset == "UTF-8"
    assert inbound.user is not None
    assert inbound.user.payloads is not None
    assert inbound.user.payloads[2].value_of("k") == "v"


@pytest.mark.parametrize("transport", sorted(OAEP_LEGACY, key=str))
def test_older_ways_to_wrap_a_key_come_in_where_the_profile_allows(
    pair: Pair, transport: Any
) -> None:
    old = replace(EDELIVERY_1_15, key_transport=transport)
    sent = pair.pack(DOCUMENT, profile=old)
    assert pair.unpack(sent.content_type, sent.body(), EDELIVERY_1_15).payloads[0].size
    with pytest.raises(EbmsError, match="not accepted") as caught:
        pair.unpack(sent.content_type, sent.body(), PEPPOL)
    assert caught.value.ebms == "EBMS:0103"


def test_a_cipher_that_the_profile_does_not_name(pair: Pair) -> None:
    strong = replace(PEPPOL, cipher=AES_256_GCM, ciphers=frozenset({AES_256_GCM}))
    sent = pair.pack(DOCUMENT, profile=strong)
    assert pair.unpack(sent.content_type, sent.body(), strong).payloads[0].read() == DOCUMENT
    with pytest.raises(EbmsError, match="not accepted"):
        pair.unpack(sent.content_type, sent.body(), PEPPOL)


@settings(max_examples=25)
@given(
    st.lists(st.binary(max_size=600), max_size=4),
    st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=20),
)
def test_any_content_arrives(pair: Pair, contents: list[bytes], value: str) -> None:
    properties = (Property(name="trackingIdentifier", value=value.strip() or "x"),)
    message = pair.message(properties=properties)
    sent = pack(
        message,
        [Payload(each, "application/octet-stream") for each in contents],
        EDELIVERY_1_15,
        pair.sender,
        pair.receiver.certificate,
    )
    inbound = pair.unpack(sent.content_type, sent.body(), EDELIVERY_1_15)
    assert [p.read() for p in inbound.payloads] == contents
    assert inbound.user is not None
    expected = " ".join((value.strip() or "x").split())
    assert inbound.user.value_of("trackingIdentifier") == expected


def test_a_large_payload_goes_through_disk(pair: Pair) -> None:
    piece = bytes(range(256)) * 1024
    sent = pack(
        pair.message(),
        [Payload((piece for _ in range(40)), "application/octet-stream")],
        PEPPOL,
        pair.sender,
        pair.receiver.certificate,
    )
    inbound = unpack(
        take(sent.content_type, sent.chunks(), PEPPOL), PEPPOL, [pair.receiver], trusted=anyone
    )
    assert inbound.payloads[0].size == 40 * len(piece)
    assert inbound.payloads[0].read() == piece * 40
    sent.close()
    inbound.close()


def test_a_test_message_needs_no_payload(pair: Pair) -> None:
    header = ping(
        sender=pair.sender.certificate,
        receiver=pair.receiver.certificate,
        original_sender=SENDER,
        final_recipient=RECIPIENT,
        now=NOW,
    )
    sent = pair.pack(message=header)
    assert sent.content_type.startswith("application/soap+xml")
    inbound = pair.unpack(sent.content_type, sent.body())
    assert inbound.user is not None
    assert inbound.user.is_test


def test_what_the_profile_demands_of_the_sender(pair: Pair) -> None:
    with pytest.raises(PackError, match="1 to 1 payloads"):
        pair.pack()
    with pytest.raises(PackError, match="certificate of the receiver"):
        pack(pair.message(), [Payload(b"x")], PEPPOL, pair.sender)


def test_an_error_is_read_as_what_it_says(pair: Pair) -> None:
    sent = pair.pack(DOCUMENT)
    error = EbmsError("EBMS:0303", "a payload is < broken", sent.message_id)
    body = make_error(error, PEPPOL, pair.receiver, NOW)
    answer = check_answer(sent, take(SIGNAL_TYPE, [body], PEPPOL), PEPPOL, trusted=pair.trusted)
    assert answer.receipt is None
    (reported,) = answer.errors
    assert (reported.code, reported.name) == ("EBMS:0303", "DecompressionFailure")
    assert reported.detail == "a payload is < broken"
    assert reported.severity == "failure"


class TestReceiptsThatProveNothing:
    def check(self, pair: Pair, sent: Any, receipt: bytes, trusted: Any = anyone) -> None:
        check_answer(sent, take(SIGNAL_TYPE, [receipt], PEPPOL), PEPPOL, trusted=trusted)

    def test_one_for_another_message(self, pair: Pair) -> None:
        sent, other = pair.pack(DOCUMENT), pair.pack(DOCUMENT)
        receipt = make_receipt(
            pair.unpack(other.content_type, other.body()), PEPPOL, pair.receiver, NOW
        )
        with pytest.raises(ReceiptRefusedError, match="another message"):
            self.check(pair, sent, receipt)

    def test_one_for_other_content(self, pair: Pair) -> None:
        header = pair.message()
        sent, other = pair.pack(DOCUMENT, message=header), pair.pack(b"<x/>", message=header)
        receipt = make_receipt(
            pair.unpack(other.content_type, other.body()), PEPPOL, pair.receiver, NOW
        )
        with pytest.raises(ReceiptRefusedError, match="repeat"):
            self.check(pair, sent, receipt)

    def test_one_that_nobody_signed(self, pair: Pair) -> None:
        sent = pair.pack(DOCUMENT)
        receipt = make_receipt(pair.unpack(sent.content_type, sent.body()), PEPPOL, None, NOW)
        with pytest.raises(ReceiptRefusedError, match="not signed"):
            self.check(pair, sent, receipt)

    def test_one_of_a_stranger(self, pair: Pair) -> None:
        stranger = LocalIdentity(PeppolPki("OTHER", clock=lambda: NOW).access_point())
        sent = pair.pack(DOCUMENT)
        inbound = pair.unpack(sent.content_type, sent.body())
        receipt = make_receipt(inbound, PEPPOL, stranger, NOW)
        with pytest.raises(ReceiptRefusedError, match="not trusted"):
            self.check(pair, sent, receipt, pair.trusted)

    def test_one_that_was_changed(self, pair: Pair) -> None:
        sent = pair.pack(DOCUMENT)
        receipt = make_receipt(
            pair.unpack(sent.content_type, sent.body()), PEPPOL, pair.receiver, NOW
        )
        changed = receipt.replace(b"2026-11-25T09:00:00", b"2026-11-25T09:00:01")
        assert changed != receipt
        with pytest.raises(ReceiptRefusedError, match="integrity"):
            self.check(pair, sent, changed)

    @pytest.mark.parametrize("body", [b"<html>504</html>", b"<a", b"\x00"])
    def test_something_else(self, pair: Pair, body: bytes) -> None:
        sent = pair.pack(DOCUMENT)
        with pytest.raises(ReceiptRefusedError, match="EBMS:0009"):
            self.check(pair, sent, body)


def test_the_signature_covers_header_body_and_every_part(pair: Pair) -> None:
    sent = pack(
        pair.message(),
        [Payload(b"1"), Payload(b"2", "application/pdf")],
        EDELIVERY_1_15,
        pair.sender,
        pair.receiver.certificate,
    )
    assert len(sent.digests) == 4
    assert sent.digests == signed_digests(sent.envelope)
    assert sum(d.uri.startswith("cid:") for d in sent.digests) == 2
