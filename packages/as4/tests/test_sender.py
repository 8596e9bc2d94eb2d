import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from as4_peppol import (
    As4App,
    AsyncSender,
    Endpoint,
    Outcome,
    Payload,
    Receiver,
    Retries,
    Sender,
)
from as4_peppol.errors import EbmsError, ExchangeError
from as4_peppol.profiles import PEPPOL
from as4_peppol.stores import MemoryStore
from as4_peppol.testing import NOW, Pair
from einvoice_core import http

URL = "https://ap.example.test/as4"
DOCUMENT = b"<Invoice/>"
Act = Callable[[http.Request], http.Response]


class Wire(http.BaseTransport):
    """Answers with what a script says, one act for each attempt."""

    def __init__(self, *acts: Act) -> None:
        self.acts = list(acts)
        self.bodies: list[bytes] = []

    def handle_request(self, request: http.Request) -> http.Response:
        body = request.read()
        assert len(body) == int(request.headers["content-length"])
        self.bodies.append(body)
        return self.acts.pop(0)(request)


class Bench:
    """A sender on a scripted wire, and a receiver behind it."""

    def __init__(self, pair: Pair, *acts: str | Act, attempts: int = 3) -> None:
        self.pair, self.waits = pair, list[float]()
        self.now = NOW
        self.store = MemoryStore()
        self.box = Receiver(
            PEPPOL, [pair.receiver], self.store, trusted=pair.trusted, clock=lambda: NOW
        )
        known: dict[str, Act] = {
            "deliver": self.deliver,
            "lose the receipt": self.lose,
            "down": self.down,
            "500": lambda request: http.Response(500, content=b"<html>oops</html>"),
            "garbage": lambda request: http.Response(
                200, headers={"content-type": "application/soap+xml"}, content=b"\x00\x01"
            ),
        }
        self.wire = Wire(*(known[act] if isinstance(act, str) else act for act in acts))
        self.sender = Sender(
            pair.sender,
            PEPPOL,
            trusted=pair.trusted,
            client=http.client(transport=self.wire),
            retries=Retries(attempts, wait_s=10),
            clock=self.clock,
            sleep=self.sleep,
        )

    def clock(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)

    def deliver(self, request: http.Request) -> http.Response:
        reply = self.box.receive(request.headers["content-type"], [request.read()])
        headers = {"content-type": reply.content_type}
        return http.Response(reply.status, headers=headers, content=reply.body)

    def lose(self, request: http.Request) -> http.Response:
        self.deliver(request)
        raise http.ReadTimeout("gone")

    def down(self, request: http.Request) -> http.Response:
        raise http.ConnectError("refused")

    def send(self) -> Any:
        endpoint = Endpoint(URL, self.pair.receiver.certificate)
        return self.sender.send(self.pair.message(), [Payload(DOCUMENT)], endpoint)


def test_a_message_is_delivered(pair: Pair) -> None:
    bench = Bench(pair, "deliver")
    result = bench.send()
    assert result.outcome is Outcome.DELIVERED
    assert result.require_delivered() is result
    assert result.answer.receipt is not None
    assert not result.retry
    assert bench.waits == []
    assert [m.message_id for m in bench.store.pending()] == [result.message_id]


def test_a_lost_receipt_is_asked_for_again_and_nothing_is_delivered_twice(pair: Pair) -> None:
    bench = Bench(pair, "lose the receipt", "lose the receipt", "deliver")
    result = bench.send()
    assert result.outcome is Outcome.DELIVERED
    assert [a.outcome for a in result.attempts] == [
        Outcome.UNKNOWN,
        Outcome.UNKNOWN,
        Outcome.DELIVERED,
    ]
    assert bench.waits == [10.0, 20.0]
    assert len(bench.store.pending()) == 1


def test_a_receiver_that_stays_down_has_not_seen_it(pair: Pair) -> None:
    result = Bench(pair, "down", "down", "down").send()
    assert result.outcome is Outcome.NOT_SENT
    assert result.retry
    assert result.errors[-1].code == "EBMS:0301"
    with pytest.raises(ExchangeError, match="EBMS:0301") as caught:
        result.require_delivered()
    assert caught.value.details["retry"] is True


def test_once_it_may_have_arrived_it_stays_unknown(pair: Pair) -> None:
    result = Bench(pair, "lose the receipt", "down", "down").send()
    assert result.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("act", ["500", "garbage"])
def test_an_answer_that_is_none_is_no_receipt(pair: Pair, act: str) -> None:
    result = Bench(pair, act, act, act).send()
    assert result.outcome is Outcome.UNKNOWN
    assert {e.code for e in result.errors} == {"EBMS:0301", "EBMS:0302"}
    recovered = Bench(pair, act, "deliver").send()
    assert recovered.outcome is Outcome.DELIVERED


def test_a_refusal_is_not_repeated(pair: Pair) -> None:
    bench = Bench(pair)

    def refuse(request: http.Request) -> http.Response:
        request.read()
        reply = bench.box.refuse(EbmsError("EBMS:0004", "PEPPOL:NOT_SERVICED"))
        headers = {"content-type": reply.content_type}
        return http.Response(200, headers=headers, content=reply.body)

    bench.wire.acts.append(refuse)
    result = bench.send()
    assert result.outcome is Outcome.REFUSED
    assert not result.retry
    assert [(e.code, e.detail) for e in result.errors] == [("EBMS:0004", "PEPPOL:NOT_SERVICED")]


def test_a_refusal_that_may_pass_is_repeated(pair: Pair) -> None:
    bench = Bench(pair)

    def full(request: http.Request) -> http.Response:
        request.read()
        reply = bench.box.refuse(EbmsError("EBMS:0202", "the message was not kept"))
        headers = {"content-type": reply.content_type}
        return http.Response(200, headers=headers, content=reply.body)

    bench.wire.acts += [full, bench.deliver]
    assert bench.send().outcome is Outcome.DELIVERED


def test_a_receipt_of_somebody_else_proves_nothing(pair: Pair) -> None:
    other = pair.pack(DOCUMENT)
    bench = Bench(pair)
    reply = bench.box.receive(other.content_type, other.chunks())

    def replay(request: http.Request) -> http.Response:
        request.read()
        headers = {"content-type": reply.content_type}
        return http.Response(200, headers=headers, content=reply.body)

    bench.wire.acts += [replay, replay, replay]
    result = bench.send()
    assert result.outcome is Outcome.UNKNOWN
    assert "another message" in result.attempts[0].detail


def test_the_asynchronous_sender_and_the_application_speak_with_each_other(pair: Pair) -> None:
    store = MemoryStore()
    box = Receiver(PEPPOL, [pair.receiver], store, trusted=pair.trusted, clock=lambda: NOW)

    async def talk() -> Any:
        transport = http.ASGITransport(app=As4App(box))  # type: ignore[arg-type]
        client = http.async_client(transport=transport)
        async with (
            client,
            AsyncSender(
                pair.sender, PEPPOL, trusted=pair.trusted, client=client, clock=lambda: NOW
            ) as sender,
        ):
            endpoint = Endpoint(URL, pair.receiver.certificate)
            return await asyncio.gather(
                *(sender.send(pair.message(), [Payload(DOCUMENT)], endpoint) for _ in range(5))
            )

    results = asyncio.run(talk())
    assert {r.outcome for r in results} == {Outcome.DELIVERED}
    assert {m.message_id for m in store.pending()} == {r.message_id for r in results}


class TestApplication:
    def call(self, pair: Pair, method: str, chunks: list[bytes], **headers: str) -> Any:
        box = Receiver(PEPPOL, [pair.receiver], MemoryStore(), trusted=anyone_of(pair))
        app = As4App(box, body_seconds=0.2)
        sent: list[Any] = []
        waiting = list(chunks)

        async def receive() -> dict[str, Any]:
            if not waiting:
                await asyncio.sleep(5)
            chunk = waiting.pop(0)
            if chunk == b"gone":
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": chunk, "more_body": chunk != b"end"}

        async def send(event: Any) -> None:
            sent.append(event)

        scope = {
            "type": "http",
            "method": method,
            "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
        }
        asyncio.run(app(scope, receive, send))
        return sent

    def test_only_post(self, pair: Pair) -> None:
        start, _ = self.call(pair, "GET", [b"end"])
        assert start["status"] == 405

    def test_a_slow_body(self, pair: Pair) -> None:
        start, _ = self.call(pair, "POST", [b"<a"], content_type="application/soap+xml")
        assert start["status"] == 408

    def test_a_sender_that_goes_away(self, pair: Pair) -> None:
        assert self.call(pair, "POST", [b"gone"], content_type="application/soap+xml") == []

    def test_a_stated_length_that_is_too_much(self, pair: Pair) -> None:
        start, body = self.call(
            pair,
            "POST",
            [],
            content_type="application/soap+xml",
            content_length=str(10**12),
        )
        assert start["status"] == 200
        assert b"EBMS:0007" in body["body"]

    def test_no_type_of_content(self, pair: Pair) -> None:
        _, body = self.call(pair, "POST", [b"end"])
        assert b"EBMS:0007" in body["body"]


def anyone_of(pair: Pair) -> Any:
    return pair.trusted
