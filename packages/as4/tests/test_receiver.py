import io
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from as4_peppol import Inbound, Limits, Outbound, Receiver, Reply, anyone, take
from as4_peppol.errors import EbmsError, StoreError
from as4_peppol.inspecting import explain
from as4_peppol.message.records import UserMessage
from as4_peppol.peppol.messages import ping
from as4_peppol.profiles import PEPPOL
from as4_peppol.receiver import NOT_SERVICED, Verdict
from as4_peppol.signals import Answer, check_answer
from as4_peppol.stores import Kept, MemoryStore
from as4_peppol.testing import NOW, RECIPIENT, SENDER, Pair

DOCUMENT = b"<Invoice/>"


def receiver(pair: Pair, store: Any = None, **options: Any) -> Receiver:
    return Receiver(
        options.pop("profile", PEPPOL),
        [pair.receiver],
        store or MemoryStore(),
        trusted=pair.trusted,
        clock=lambda: NOW,
        **options,
    )


def answered(pair: Pair, sent: Outbound, reply: Reply) -> Answer:
    incoming = take(reply.content_type, [reply.body], PEPPOL)
    return check_answer(sent, incoming, PEPPOL, trusted=pair.trusted)


def test_a_message_is_kept_and_acknowledged(pair: Pair) -> None:
    store, told, seen = MemoryStore(), list[str](), list[Verdict]()
    box = receiver(pair, store, notify=told.append, observer=seen.append)
    sent = pair.pack(DOCUMENT)
    reply = box.receive(sent.content_type, sent.chunks())
    assert reply.status == 200
    assert answered(pair, sent, reply).receipt is not None
    assert told == [sent.message_id]
    assert seen == [Verdict(sent.message_id, None, "", False, NOW)]
    assert [m.message_id for m in store.pending()] == [sent.message_id]


def test_a_repetition_is_acknowledged_and_delivered_once(pair: Pair) -> None:
    told: list[str] = []
    box = receiver(pair, notify=told.append)
    sent = pair.pack(DOCUMENT)
    first, second = (box.receive(sent.content_type, sent.chunks()) for _ in range(2))
    assert first.body == second.body
    assert second.verdict.duplicate
    assert told == [sent.message_id]


def test_a_message_that_was_built_anew_gets_a_receipt_of_its_own(pair: Pair) -> None:
    told: list[str] = []
    box, header = receiver(pair, notify=told.append), pair.message()
    for _ in range(2):
        sent = pair.pack(DOCUMENT, message=header)
        reply = box.receive(sent.content_type, sent.chunks())
        assert answered(pair, sent, reply).receipt is not None
    assert told == [header.info.message_id]


def test_another_content_under_a_known_identifier_is_refused(pair: Pair) -> None:
    box, header = receiver(pair), pair.message()
    first, other = pair.pack(DOCUMENT, message=header), pair.pack(b"<other/>", message=header)
    box.receive(first.content_type, first.chunks())
    reply = box.receive(other.content_type, other.chunks())
    assert reply.verdict.error == "EBMS:0003"


def test_a_test_message_is_acknowledged_and_delivered_to_nobody(pair: Pair) -> None:
    store, told = MemoryStore(), list[str]()
    box = receiver(pair, store, notify=told.append, serves=lambda message: False)
    header = ping(
        sender=pair.sender.certificate,
        receiver=pair.receiver.certificate,
        original_sender=SENDER,
        final_recipient=RECIPIENT,
        now=NOW,
    )
    sent = pair.pack(message=header)
    reply = box.receive(sent.content_type, sent.chunks())
    assert answered(pair, sent, reply).receipt is not None
    assert told == []
    assert store.pending() == []


def test_a_participant_that_is_not_served(pair: Pair) -> None:
    asked: list[str | None] = []

    def serves(message: UserMessage) -> bool:
        asked.append(message.value_of("finalRecipient"))
        return False

    sent = pair.pack(DOCUMENT)
    reply = receiver(pair, serves=serves).receive(sent.content_type, sent.chunks())
    (error,) = answered(pair, sent, reply).errors
    assert (error.code, error.detail) == ("EBMS:0004", NOT_SERVICED)
    assert asked == [RECIPIENT.value]


class Broken:
    """A store that fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def find(self, message: Inbound) -> Kept | None:
        return None

    def accept(self, message: Inbound, receipt: bytes, at: datetime, *, deliver: bool) -> Kept:
        raise self.error


@pytest.mark.parametrize(
    ("error", "code"),
    [(StoreError("the disk is full"), "EBMS:0202"), (RuntimeError("secret"), "EBMS:0004")],
)
def test_what_is_not_kept_is_not_acknowledged(
    pair: Pair, error: Exception, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    sent = pair.pack(DOCUMENT)
    reply = receiver(pair, Broken(error)).receive(sent.content_type, sent.chunks())
    (reported,) = answered(pair, sent, reply).errors
    assert reported.code == code
    for leak in (b"Traceback", b"secret", b"RuntimeError", b".py"):
        assert leak not in reply.body


def test_a_consumer_that_fails_does_not_take_the_receipt_back(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    store = MemoryStore()

    def notify(message_id: str) -> None:
        raise RuntimeError(message_id)

    def observer(verdict: Verdict) -> None:
        raise RuntimeError(verdict)

    sent = pair.pack(DOCUMENT)
    box = receiver(pair, store, notify=notify, observer=observer)
    assert answered(pair, sent, box.receive(sent.content_type, sent.chunks())).receipt is not None
    assert len(store.pending()) == 1


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", b"<html/>"),
        ("application/soap+xml", b""),
        ("application/soap+xml", b"<a"),
        ("multipart/related; boundary=x", b"--x\r\n"),
        ("multipart/related", b""),
    ],
)
def test_garbage_gets_an_error_that_is_signed(pair: Pair, kind: str, body: bytes) -> None:
    reply = receiver(pair).receive(kind, [body])
    assert reply.status == 200
    assert reply.verdict.error in {"EBMS:0007", "EBMS:0009"}
    answer = answered(pair, pair.pack(DOCUMENT), reply)
    assert answer.signer == pair.receiver.certificate


def test_a_receipt_is_not_taken_as_a_message(pair: Pair) -> None:
    sent = pair.pack(DOCUMENT)
    box = receiver(pair)
    receipt = box.receive(sent.content_type, sent.chunks())
    reply = box.receive(receipt.content_type, [receipt.body])
    assert reply.verdict.error == "EBMS:0010"


def test_what_is_too_large_stops_being_read(pair: Pair) -> None:
    small = replace(PEPPOL, limits=Limits(message=10_000))
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        yield b"--x\r\n\r\n"
        while True:
            read += 1000
            yield b"x" * 1000

    reply = receiver(pair, profile=small).receive("multipart/related; boundary=x", endless())
    assert reply.verdict.error == "EBMS:0007"
    assert read < 20_000


def test_a_key_that_cannot_sign_still_gives_an_error(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)

    class Mute:
        certificate = pair.receiver.certificate
        chain = ()

        def sign(self, data: bytes, algorithm: object) -> bytes:
            raise OSError("the device is gone")

        def open_key(self, wrapped: bytes, transport: object) -> bytes:
            raise ValueError

    box = Receiver(PEPPOL, [Mute()], MemoryStore(), trusted=anyone, clock=lambda: NOW)
    reply = box.refuse(EbmsError("EBMS:0009", "x"))
    assert b"EBMS:0009" in reply.body
    assert b"Signature" not in reply.body


class TestDumps:
    def test_a_dump_can_be_inspected(self, pair: Pair, tmp_path: Path) -> None:
        file = tmp_path / "dump"
        box = receiver(pair, dump=lambda: file.open("wb"))
        sent = pair.pack(DOCUMENT)
        body = sent.body()
        reply = box.receive(sent.content_type, [body[:1000], body[1000:]])
        assert reply.verdict.error is None
        assert file.read_bytes().endswith(body)
        assert explain(file.read_bytes(), [pair.receiver], []).payloads == (DOCUMENT,)

    @pytest.mark.parametrize("kind", ["text/html", "multipart/related; boundary=x"])
    def test_what_is_refused_is_dumped_too(self, pair: Pair, tmp_path: Path, kind: str) -> None:
        file = tmp_path / "dump"
        box = receiver(pair, dump=lambda: file.open("wb"))
        assert box.receive(kind, [b"--x\r\n"]).verdict.error == "EBMS:0007"
        assert file.read_bytes().startswith(f"Content-Type: {kind}".encode())

    def test_a_full_disk_does_not_disturb(
        self, pair: Pair, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.CRITICAL)

        class Full(io.BytesIO):
            def write(self, data: object, /) -> int:
                raise OSError(28, "No space left on device")

        def closed() -> BinaryIO:
            raise OSError("no folder")

        for dump in (Full, closed):
            sent = pair.pack(DOCUMENT)
            reply = receiver(pair, dump=dump).receive(sent.content_type, sent.chunks())
            assert reply.verdict.error is None
