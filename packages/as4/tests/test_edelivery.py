"""The common profile of eDelivery between two message handlers, as its test assertions ask."""

import gzip
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from lxml import etree

from as4_peppol import (
    Endpoint,
    Outbound,
    Outcome,
    Payload,
    Profile,
    Receiver,
    Retries,
    Sender,
    SendResult,
    check_answer,
    make_error,
    pack,
    take,
)
from as4_peppol._names import DS, EB, INITIATOR, RESPONDER, SOAP_12, TEST_ACTION, TEST_SERVICE, XENC
from as4_peppol.ebms import CODES
from as4_peppol.errors import EbmsError
from as4_peppol.message.records import (
    AgreementRef,
    CollaborationInfo,
    MessageInfo,
    Party,
    PartyId,
    PartyInfo,
    Property,
    Service,
    UserMessage,
)
from as4_peppol.message.replies import reply_to
from as4_peppol.packing import new_id
from as4_peppol.peppol.messages import ping
from as4_peppol.peppol.trust import NotTrustedError
from as4_peppol.profiles import EDELIVERY_1_15, PEPPOL
from as4_peppol.receiver import Verdict
from as4_peppol.security.algorithms import AES_128_GCM
from as4_peppol.signals import SIGNAL_TYPE
from as4_peppol.stores import MemoryStore
from as4_peppol.testing import NOW, RECIPIENT, SENDER, Pair
from einvoice_core import http

DOCUMENT = b"<?xml version='1.0'?>\n<Order>" + b"<Line>uno</Line>\n" * 40 + b"</Order>"
PICTURE = bytes(range(256)) * 3
OPEN = replace(EDELIVERY_1_15, encrypted=False)
NAMES = {"eb": EB, "s": SOAP_12, "ds": DS, "xenc": XENC}


class Corner:
    """A message handler: what it received, and a wire on which others reach it."""

    def __init__(self, pair: Pair, identity: Any, profile: Profile = EDELIVERY_1_15) -> None:
        self.identity, self.store = identity, MemoryStore()
        self.verdicts: list[Verdict] = []
        self.posted: list[bytes] = []
        self.receiver = Receiver(
            profile,
            [identity],
            self.store,
            trusted=pair.trusted,
            observer=self.verdicts.append,
            clock=lambda: NOW,
        )

    def handle(self, request: http.Request) -> http.Response:
        body = request.read()
        self.posted.append(body)
        reply = self.receiver.receive(request.headers["content-type"], [body])
        headers = {"content-type": reply.content_type}
        return http.Response(reply.status, headers=headers, content=reply.body)

    def contents(self) -> list[list[bytes]]:
        return [
            [b"".join(self.store.chunks(m.message_id, p.position)) for p in m.payloads]
            for m in self.store.pending()
        ]


class Wire(http.BaseTransport):
    def __init__(self, corner: Corner) -> None:
        self.corner = corner

    def handle_request(self, request: http.Request) -> http.Response:
        return self.corner.handle(request)


@pytest.fixture
def left(pair: Pair) -> Corner:
    return Corner(pair, pair.sender)


@pytest.fixture
def right(pair: Pair) -> Corner:
    return Corner(pair, pair.receiver)


def header(**changes: Any) -> UserMessage:
    def party(name: str, role: str) -> Party:
        return Party(ids=(PartyId(value=name, type="urn:example:parties"),), role=role)

    made = UserMessage(
        info=MessageInfo(sent_at=NOW, message_id=new_id()),
        parties=PartyInfo(
            sender=party("gateway-left", INITIATOR), receiver=party("gateway-right", RESPONDER)
        ),
        collaboration=CollaborationInfo(
            agreement=AgreementRef(value="urn:example:agreement"),
            service=Service(value="urn:example:ordering", type="urn:example:services"),
            action="order",
            conversation_id="conversation-1",
        ),
        properties=(
            Property(name="originalSender", value="buyer", type="urn:example:parties"),
            Property(name="finalRecipient", value="seller"),
            Property(name="trackingIdentifier", value="track-1"),
        ),
    )
    return made.model_copy(update=changes)


def send(
    pair: Pair,
    source: Corner,
    target: Corner,
    message: UserMessage,
    payloads: Sequence[Payload] = (),
    profile: Profile = EDELIVERY_1_15,
) -> SendResult:
    payloads = payloads or [Payload(DOCUMENT)]
    with http.client(transport=Wire(target)) as client:
        sender = Sender(
            source.identity,
            profile,
            trusted=pair.trusted,
            client=client,
            retries=Retries(1),
            clock=lambda: NOW,
        )
        endpoint = Endpoint("https://right.example.test/as4", target.identity.certificate)
        return sender.send(message, payloads, endpoint)


def packed(
    pair: Pair,
    *payloads: Payload,
    profile: Profile = EDELIVERY_1_15,
    message: UserMessage | None = None,
) -> Outbound:
    certificate = pair.receiver.certificate
    return pack(message or header(), payloads, profile, pair.sender, certificate)


def found(envelope: bytes, path: str) -> list[Any]:
    matches = etree.fromstring(envelope).xpath(path, namespaces=NAMES)
    assert isinstance(matches, list)
    return matches


def test_an_answer_is_pushed_back(pair: Pair, left: Corner, right: Corner) -> None:
    """Two-Way/Push-and-Push: each leg has its own receipt; the second names the first."""
    first = header()
    assert send(pair, left, right, first).outcome is Outcome.DELIVERED
    second = reply_to(first, "confirm", now=NOW + timedelta(minutes=1))
    result = send(pair, right, left, second, [Payload(b"<Confirmation/>")])
    assert result.outcome is Outcome.DELIVERED
    assert second.info.ref_to_message_id == first.info.message_id
    assert second.collaboration.conversation_id == first.collaboration.conversation_id
    assert second.collaboration.service == first.collaboration.service
    assert second.collaboration.action == "confirm"
    assert second.parties.sender == first.parties.receiver
    assert second.parties.receiver == first.parties.sender
    assert (second.value_of("originalSender"), second.value_of("finalRecipient")) == (
        "seller",
        "buyer",
    )
    (envelope,) = [m.envelope for m in left.store.pending()]
    assert found(envelope, "//eb:RefToMessageId/text()") == [first.info.message_id]
    assert found(envelope, "//eb:ConversationId/text()") == ["conversation-1"]
    assert left.contents() == [[b"<Confirmation/>"]]


def test_one_sender_and_one_receiver_which_are_the_handlers(
    pair: Pair, left: Corner, right: Corner
) -> None:
    for _ in range(3):
        assert send(pair, left, right, header()).outcome is Outcome.DELIVERED
    for message in right.store.pending():
        for end, name in (("From", "gateway-left"), ("To", "gateway-right")):
            assert found(message.envelope, f"//eb:{end}/eb:PartyId/text()") == [name]
        properties = found(message.envelope, "//eb:MessageProperties/eb:Property")
        assert {p.get("name"): p.text for p in properties} == {
            "originalSender": "buyer",
            "finalRecipient": "seller",
            "trackingIdentifier": "track-1",
        }


def test_payloads_stand_in_parts_of_their_own_in_their_order(
    pair: Pair, left: Corner, right: Corner
) -> None:
    payloads = [
        Payload(DOCUMENT),
        Payload(PICTURE, "image/png"),
        Payload(b"%PDF-1.7", "application/pdf"),
        Payload(b"<Annex/>", "text/xml"),
    ]
    result = send(pair, left, right, header(), payloads)
    assert result.outcome is Outcome.DELIVERED
    hrefs = found(result.request, "//eb:PayloadInfo/eb:PartInfo/@href")
    assert hrefs == [f"cid:{p.content_id}" for p in payloads]
    assert found(result.request, "//s:Body/node()") == []
    (body,) = right.posted
    assert re.findall(rb"Content-ID: <([^>]*)>", body)[1:] == [
        p.content_id.encode() for p in payloads
    ]
    assert right.contents() == [[DOCUMENT, PICTURE, b"%PDF-1.7", b"<Annex/>"]]


def test_what_is_said_of_a_payload(pair: Pair) -> None:
    """It is compressed, and its kind, its character set and its form are said."""
    texts = {"UTF-8": "á".encode(), "UTF-16": "á".encode("utf-16")}
    for charset, content in texts.items():
        sent = packed(pair, Payload(content, "application/xml", charset=charset), profile=OPEN)
        rows = found(sent.envelope, "//eb:PartProperties/eb:Property")
        assert {row.get("name"): row.text for row in rows} == {
            "MimeType": "application/xml",
            "CharacterSet": charset,
            "CompressionType": "application/gzip",
        }
        _, _, part = sent.body().rpartition(b"\r\n\r\n")
        assert gzip.decompress(part[: part.rindex(b"\r\n--")]) == content
        with pair.unpack(sent.content_type, sent.body(), OPEN).payloads[0].content as arrived:
            assert arrived.read() == content


def test_a_payload_that_is_not_compressed(pair: Pair, left: Corner, right: Corner) -> None:
    plain = replace(EDELIVERY_1_15, compressed=False)
    for payload in (Payload(DOCUMENT), Payload(PICTURE, "image/png")):
        result = send(pair, left, right, header(), [payload], plain)
        assert result.outcome is Outcome.DELIVERED
    assert right.contents() == [[DOCUMENT], [PICTURE]]


def test_the_algorithms_on_the_wire(pair: Pair) -> None:
    sent = packed(pair, Payload(DOCUMENT))
    method = "//ds:SignedInfo/ds:SignatureMethod/@Algorithm"
    assert found(sent.envelope, method) == ["http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"]
    digests = found(sent.envelope, "//ds:SignedInfo/ds:Reference/ds:DigestMethod/@Algorithm")
    assert set(digests) == {"http://www.w3.org/2001/04/xmlenc#sha256"}
    cipher = "//xenc:EncryptedData/xenc:EncryptionMethod/@Algorithm"
    assert found(sent.envelope, cipher) == [AES_128_GCM]
    # Encrypted to the receiver: its key opens the message, and no other does.
    assert pair.unpack(sent.content_type, sent.body(), EDELIVERY_1_15).payloads[0].size
    with pytest.raises(EbmsError):
        replace(pair, receiver=pair.sender).unpack(sent.content_type, sent.body(), EDELIVERY_1_15)


@pytest.mark.parametrize(
    "properties",
    [
        None,
        (Property(name="a", value="1", type="urn:example:types"),),
        (Property(name="a", value="1"), Property(name="b", value="")),
        (Property(name="a", value="1"), Property(name="a", value="2", type="t")),
    ],
)
def test_properties_of_message_and_part(
    pair: Pair, left: Corner, right: Corner, properties: tuple[Property, ...] | None
) -> None:
    payload = Payload(DOCUMENT, properties=properties or ())
    result = send(pair, left, right, header(properties=properties), [payload])
    assert result.outcome is Outcome.DELIVERED
    (message,) = right.store.pending()
    for place in ("MessageProperties", "PartProperties"):
        rows = found(message.envelope, f"//eb:{place}/eb:Property")
        stated = [(r.get("name"), r.text or "", r.get("type")) for r in rows]
        own = [row for row in stated if row[0] not in {"MimeType", "CompressionType"}]
        assert own == [(p.name, p.value, p.type) for p in properties or ()]


def test_a_ping_of_edelivery(pair: Pair, left: Corner, right: Corner) -> None:
    asked = header().collaboration.model_copy(
        update={"service": Service(value=TEST_SERVICE), "action": TEST_ACTION}
    )
    result = send(pair, left, right, header(collaboration=asked))
    assert result.outcome is Outcome.DELIVERED
    assert right.store.pending() == []


def test_a_conversation_is_begun_where_none_is_given(pair: Pair) -> None:
    first, second = pair.message(), pair.message()
    ids = {first.collaboration.conversation_id, second.collaboration.conversation_id}
    assert len(ids - {""}) == 2
    own = ping(
        sender=pair.sender.certificate,
        receiver=pair.receiver.certificate,
        original_sender=SENDER,
        final_recipient=RECIPIENT,
        now=NOW,
    )
    assert own.collaboration.conversation_id


class TestWhatIsAnsweredWithAnError:
    """Synchronously, and nothing is delivered."""

    def error(self, corner: Corner, kind: str, body: bytes) -> str:
        reply = corner.receiver.receive(kind, [body])
        assert reply.status == 200
        assert corner.store.pending() == []
        assert corner.verdicts[-1].error is not None  # the consumer's side is told, too
        code = found(reply.body, "//eb:Error/@errorCode")
        assert code == [corner.verdicts[-1].error]
        return str(code[0])

    def test_a_payload_that_is_only_linked(self, pair: Pair) -> None:
        right = Corner(pair, pair.receiver, replace(OPEN, signed=False))
        sent = packed(pair, Payload(DOCUMENT), profile=OPEN)
        body = re.sub(rb'href="cid:[^"]*"', b'href="https://example.test/x"', sent.body())
        body = re.sub(rb"<ds:Signature .*?</ds:Signature>", b"", body, flags=re.S)
        assert self.error(right, sent.content_type, body) == "EBMS:0011"

    def test_a_compressed_payload_without_its_kind(self, pair: Pair) -> None:
        right = Corner(pair, pair.receiver, replace(OPEN, signed=False))
        sent = packed(pair, Payload(DOCUMENT), profile=OPEN)
        body = sent.body().replace(b'name="MimeType"', b'name="Mime-Type"')
        body = re.sub(rb"<ds:Signature .*?</ds:Signature>", b"", body, flags=re.S)
        assert self.error(right, sent.content_type, body) == "EBMS:0303"

    def test_damaged_gzip(self, pair: Pair, right: Corner) -> None:
        said = (Property(name="CompressionType", value="application/gzip"),)
        broken = gzip.compress(DOCUMENT)[:-6] + b"broken"
        payload = Payload(broken, "application/octet-stream", properties=said)
        sent = packed(pair, payload, profile=replace(EDELIVERY_1_15, compressed=False))
        reply = right.receiver.receive(sent.content_type, sent.chunks())
        (row,) = found(reply.body, "//eb:Error")
        assert (row.get("errorCode"), row.get("shortDescription")) == (
            "EBMS:0303",
            "DecompressionFailure",
        )
        assert (row.get("severity"), row.get("category")) == ("failure", "Communication")
        assert right.verdicts[-1].error == "EBMS:0303"
        assert right.store.pending() == []

    def test_signed_and_then_compressed(self, pair: Pair) -> None:
        right = Corner(pair, pair.receiver, OPEN)
        plain = replace(OPEN, compressed=False)
        sent = packed(pair, Payload(PICTURE, "image/png"), profile=plain)
        body = sent.body().replace(PICTURE, gzip.compress(PICTURE))
        assert self.error(right, sent.content_type, body) == "EBMS:0101"

    def test_encrypted_and_then_compressed(self, pair: Pair, right: Corner) -> None:
        sent = packed(pair, Payload(DOCUMENT))
        head, gap, part = sent.body().rpartition(b"\r\n\r\n")
        sealed, end, rest = part.rpartition(b"\r\n--=_")
        body = head + gap + gzip.compress(sealed) + end + rest
        assert self.error(right, sent.content_type, body) == "EBMS:0102"


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_error_of_the_table_is_written_and_read(pair: Pair, code: str) -> None:
    row, sent = CODES[code], pair.pack(DOCUMENT)
    body = make_error(EbmsError(code, "why", sent.message_id), PEPPOL, pair.receiver, NOW)
    (error,) = found(body, "//eb:Error")
    stated = tuple(error.get(n) for n in ("errorCode", "severity", "shortDescription", "category"))
    assert stated == (row.code, row.severity, row.name, row.category)
    answer = check_answer(sent, take(SIGNAL_TYPE, [body], PEPPOL), PEPPOL, trusted=pair.trusted)
    (reported,) = answer.errors
    assert (reported.code, reported.severity, reported.name) == (row.code, row.severity, row.name)
    assert reported.detail == "why"


def test_a_sender_tells_nobody_else_of_its_errors(pair: Pair, left: Corner) -> None:
    deaf = Corner(pair, pair.receiver)
    deaf.receiver = Receiver(
        EDELIVERY_1_15, [pair.receiver], MemoryStore(), trusted=refuse, clock=lambda: NOW
    )
    result = send(pair, left, deaf, header())
    assert result.outcome is Outcome.REFUSED
    # One request, with the user message and no signal, has left.
    (body,) = deaf.posted
    assert b"SignalMessage" not in body


def refuse(certificate: x509.Certificate) -> None:
    raise NotTrustedError(f"{certificate.serial_number} is nobody")


def test_a_policy_that_the_signer_does_not_fulfil(pair: Pair, right: Corner) -> None:
    """Certificate policies are part of whom one trusts."""

    def wants_a_policy(certificate: x509.Certificate) -> None:
        pair.trusted(certificate)
        try:
            certificate.extensions.get_extension_for_class(x509.CertificatePolicies)
        except x509.ExtensionNotFound:
            raise NotTrustedError("the certificate has no policy") from None

    strict = Receiver(
        EDELIVERY_1_15,
        [pair.receiver],
        right.store,
        trusted=wants_a_policy,
        clock=lambda: NOW,
    )
    sent = packed(pair, Payload(DOCUMENT))
    assert strict.receive(sent.content_type, sent.chunks()).verdict.error == "EBMS:0101"
    assert right.store.pending() == []


def test_an_envelope_with_a_manifest_goes_first(pair: Pair, left: Corner, right: Corner) -> None:
    """The envelope of documents leads, and names the other payloads."""
    others = [Payload(PICTURE, "image/png"), Payload(b"%PDF", "application/pdf")]
    items = "".join(
        f"<ManifestItem><MimeTypeQualifierCode>{p.mime_type}</MimeTypeQualifierCode>"
        f"<UniformResourceIdentifier>cid:{p.content_id}</UniformResourceIdentifier></ManifestItem>"
        for p in others
    )
    space = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
    leading = (
        f'<StandardBusinessDocument xmlns="{space}"><StandardBusinessDocumentHeader><Manifest>'
        f"<NumberOfItems>2</NumberOfItems>{items}</Manifest></StandardBusinessDocumentHeader>"
        "</StandardBusinessDocument>"
    ).encode()
    result = send(pair, left, right, header(), [Payload(leading), *others])
    assert result.outcome is Outcome.DELIVERED
    (message,) = right.store.pending()
    assert [p.mime_type for p in message.payloads] == [
        "application/xml",
        "image/png",
        "application/pdf",
    ]
    arrived = b"".join(right.store.chunks(message.message_id, 0))
    named = found(arrived, "//*[local-name()='UniformResourceIdentifier']/text()")
    assert named == [p.href for p in message.payloads[1:]]


class TestWhomTheReceiptIsFrom:
    def test_another_party_of_the_network(self, pair: Pair, left: Corner) -> None:
        other = Corner(pair, pair.receiver)
        stranger = type(pair.receiver)(pair.pki.access_point("PES000077"))
        other.receiver = Receiver(
            EDELIVERY_1_15,
            [stranger, pair.receiver],
            other.store,
            trusted=pair.trusted,
            clock=lambda: NOW,
        )
        result = send(pair, left, other, header())
        assert result.outcome is Outcome.UNKNOWN
        assert "another party" in result.attempts[0].detail
        assert result.errors[-1].code == "EBMS:0301"

    def test_a_renewed_certificate_of_the_same_party(self, pair: Pair, left: Corner) -> None:
        renewed = type(pair.receiver)(pair.pki.access_point("PES000002"))
        other = Corner(pair, pair.receiver)
        other.receiver = Receiver(
            EDELIVERY_1_15,
            [renewed, pair.receiver],
            other.store,
            trusted=pair.trusted,
            clock=lambda: NOW,
        )
        assert send(pair, left, other, header()).outcome is Outcome.DELIVERED
