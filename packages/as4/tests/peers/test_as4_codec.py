"""Messages to and from the package ``as4`` of the public index (Peppol profile)."""

from typing import Any

import pytest

from as4_peppol import Payload, Receiver, pack, take
from as4_peppol.errors import EbmsError
from as4_peppol.peppol import sbdh
from as4_peppol.peppol.identifiers import DocumentTypeId
from as4_peppol.peppol.messages import user_message
from as4_peppol.profiles import PEPPOL
from as4_peppol.signals import check_answer
from as4_peppol.stores import MemoryStore
from as4_peppol.testing import BILLING, RECIPIENT, SENDER

_ROOT = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
KIND = DocumentTypeId.parse(
    f"busdox-docid-qns::{_ROOT}::Invoice"
    "##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1"
)
SIZES = [10_000, 10_000_000]


def invoice(size: int) -> bytes:
    line = b"<Note>una linea de una factura</Note>"
    return f'<Invoice xmlns="{_ROOT}">'.encode() + line * (size // len(line)) + b"</Invoice>"


def receiver(codec: Any, store: MemoryStore, **options: Any) -> Receiver:
    pair = codec.pair
    return Receiver(PEPPOL, [pair.receiver], store, trusted=pair.trusted, **options)


@pytest.mark.parametrize("size", SIZES)
def test_what_it_sends_arrives(codec: Any, size: int) -> None:
    headers, body, _ = codec.build(invoice(size), KIND.value)
    kind = {name.lower(): value for name, value in headers.items()}["content-type"]
    store = MemoryStore()
    reply = receiver(codec, store).receive(kind, [body])
    assert reply.verdict.error is None, reply.verdict
    (message,) = store.pending()
    document = sbdh.read(b"".join(store.chunks(message.message_id, 0)))
    assert document.sender.key == SENDER.key
    assert document.document_type == KIND
    assert len(document.content) > size - 100
    assert codec.check(reply.body) == []


@pytest.mark.parametrize("size", SIZES)
def test_what_we_send_arrives(codec: Any, size: int) -> None:
    pair = codec.pair
    content = sbdh.wrap(
        invoice(size),
        sender=SENDER,
        receiver=RECIPIENT,
        document_type=KIND,
        process=BILLING,
        country_c1="ES",
        now=pair.now,
    )
    header = user_message(
        sender=pair.sender.certificate,
        receiver=pair.receiver.certificate,
        original_sender=SENDER,
        final_recipient=RECIPIENT,
        document_type=KIND,
        process=BILLING,
        now=pair.now,
    )
    sent = pack(header, [Payload(content)], PEPPOL, pair.sender, pair.receiver.certificate)
    answer = codec.receive({"Content-Type": sent.content_type}, sent.body())
    assert answer["successful"], answer["signal"]
    assert invoice(size)[-1000:] in answer["payload"]
    kind = {name.lower(): value for name, value in answer["headers"].items()}["content-type"]
    proof = check_answer(sent, take(kind, [answer["signal"]], PEPPOL), PEPPOL, trusted=pair.trusted)
    assert proof.receipt is not None
    assert proof.errors == ()
    sent.close()


def test_it_reads_our_errors(codec: Any) -> None:
    codec.build(invoice(100), KIND.value)
    refused = receiver(codec, MemoryStore()).refuse(EbmsError("EBMS:0303", "broken"))
    assert codec.check(refused.body) == ["EBMS:0303"]


def test_we_read_its_errors(codec: Any) -> None:
    pair = codec.pair
    sent = pair.pack(b"<no-envelope/>")
    answer = codec.receive({"Content-Type": sent.content_type}, sent.body())
    assert not answer["successful"]
    kind = {name.lower(): value for name, value in answer["headers"].items()}["content-type"]
    read = check_answer(sent, take(kind, [answer["signal"]], PEPPOL), PEPPOL, trusted=pair.trusted)
    assert read.receipt is None
    assert read.errors[0].code.startswith("EBMS:")
