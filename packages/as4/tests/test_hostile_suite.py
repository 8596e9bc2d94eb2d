"""What harm can be sent to an access point, and what it answers: one row for each.

Every row goes through the application, octet by octet as from a network. Whatever comes, the answer
is an error of the standard with a constant text, nothing of this program shows in it, and nothing
is delivered.
"""

import asyncio
import gc
import logging
import re
import tracemalloc
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from as4_peppol import As4App, Outbound, Receiver
from as4_peppol.peppol.trust import PeppolTrust
from as4_peppol.profiles import PEPPOL
from as4_peppol.security.encryption import UNREADABLE
from as4_peppol.stores import MemoryStore
from as4_peppol.testing import NOW, Pair
from as4_peppol.testing.hostile import ATTACKS, SMALL, Attack

DOCUMENT = b"<Invoice>" + b"<Line>uno</Line>" * 50 + b"</Invoice>"


class Access:
    """An access point behind its application, and what it kept."""

    def __init__(self, pair: Pair, profile: Any = PEPPOL, seconds: float = 30) -> None:
        self.store = MemoryStore()
        self.verdicts: list[Any] = []
        receiver = Receiver(
            profile,
            [pair.receiver],
            self.store,
            trusted=PeppolTrust.of_sandbox(
                pair.pki.ap_ca, pair.pki.smp_ca, clock=lambda: NOW
            ).access_point,
            known=[pair.sender.certificate],
            observer=self.verdicts.append,
            clock=lambda: NOW,
        )
        self._app = As4App(receiver, body_seconds=seconds)

    def post(self, kind: str, chunks: Sequence[bytes], pause: float = 0) -> tuple[int, bytes]:
        return asyncio.run(self._post(kind, chunks, pause))

    async def _post(self, kind: str, chunks: Sequence[bytes], pause: float) -> tuple[int, bytes]:
        waiting = [
            {"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks
        ] + [{"type": "http.request", "body": b"", "more_body": False}]
        events: list[Any] = []

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(pause)
            return waiting.pop(0)

        async def send(event: Any) -> None:
            events.append(event)

        headers = [(b"content-type", kind.encode())]
        await self._app({"type": "http", "method": "POST", "headers": headers}, receive, send)
        return events[0]["status"], events[1]["body"]


def pieces(body: bytes, size: int = 1 << 14) -> list[bytes]:
    return [body[start : start + size] for start in range(0, len(body), size)]


def error_in(answer: bytes) -> tuple[str, str]:
    """The code and the text of an error signal."""
    code = re.search(rb'errorCode="(EBMS:[0-9]{4})"', answer)
    detail = re.search(rb"<eb:ErrorDetail>(.*?)</eb:ErrorDetail>", answer, re.S)
    assert code
    return code[1].decode(), detail[1].decode() if detail else ""


_LEAKS = re.compile(rb"Traceback|File &quot;|\.py|lxml|cryptography|openssl|0x[0-9a-f]{6}", re.I)


def wire(sent: Outbound) -> tuple[str, bytes]:
    return sent.content_type, sent.body()


@pytest.mark.parametrize("row", ATTACKS, ids=[row.name.replace(" ", "-") for row in ATTACKS])
def test_what_is_sent_to_do_harm(pair: Pair, row: Attack, caplog: pytest.LogCaptureFixture) -> None:
    access = Access(pair, row.profile)
    kind, body = row.make(pair)
    with caplog.at_level(logging.ERROR):
        answers = [access.post(kind, pieces(body)) for _ in range(2)]
    for status, answer in answers:
        code, text = error_in(answer)
        assert (status, code) == (200, row.code)
        assert row.text in text
        assert not _LEAKS.search(answer)
        assert len(text) < 300
    # The text is the same every time, nothing was delivered, and nothing failed unexpectedly.
    assert error_in(answers[0][1]) == error_in(answers[1][1])
    assert not access.store.pending()
    assert [v.error for v in access.verdicts] == [row.code] * 2
    assert caplog.records == []


def test_what_is_decrypted_wrongly_tells_nothing(pair: Pair) -> None:
    """Every reason why something cannot be decrypted has one and the same answer."""
    texts = {row.text for row in ATTACKS if row.code == "EBMS:0102"}
    assert texts == {UNREADABLE}


def test_a_replay_gets_the_same_receipt_and_is_delivered_once(pair: Pair) -> None:
    access = Access(pair)
    kind, body = wire(pair.pack(DOCUMENT))
    answers = {access.post(kind, pieces(body)) for _ in range(3)}
    assert len(answers) == 1
    assert len(access.store.pending()) == 1
    # The same identifier with other content is no replay.
    message = pair.message(info=pair.message().info)
    first = pair.pack(DOCUMENT, message=message)
    other = pair.pack(DOCUMENT + b" ", message=message)
    access.post(*[wire(first)[0], pieces(wire(first)[1])])
    _, answer = access.post(wire(other)[0], pieces(wire(other)[1]))
    assert error_in(answer)[0] == "EBMS:0003"
    assert len(access.store.pending()) == 2


def test_a_slow_body_is_given_up(pair: Pair) -> None:
    access = Access(pair, seconds=0.3)
    kind, body = wire(pair.pack(DOCUMENT))
    status, answer = access.post(kind, pieces(body, 50), pause=0.05)
    assert (status, answer) == (408, b"the message came too slowly\n")
    assert not access.store.pending()


@pytest.fixture
def traced() -> Iterator[None]:
    gc.collect()
    tracemalloc.start()
    yield
    tracemalloc.stop()


def test_a_bomb_takes_little_memory(pair: Pair, traced: None) -> None:
    kind, body = wire(pair.pack(bytes(90_000_000)))
    access = Access(pair, SMALL)
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    _, answer = access.post(kind, pieces(body))
    _, peak = tracemalloc.get_traced_memory()
    assert error_in(answer)[0] == "EBMS:0303"
    assert peak - before < 16_000_000
