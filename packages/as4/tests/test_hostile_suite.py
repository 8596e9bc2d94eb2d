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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from as4_peppol import As4App, Limits, LocalIdentity, Outbound, Payload, Receiver, pack
from as4_peppol.peppol.trust import PeppolTrust
from as4_peppol.profiles import EDELIVERY_1_15, PEPPOL
from as4_peppol.security.encryption import UNREADABLE
from as4_peppol.stores import MemoryStore
from as4_peppol.testing import NOW, Pair, PeppolPki

DOCUMENT = b"<Invoice>" + b"<Line>uno</Line>" * 50 + b"</Invoice>"
OPEN = replace(EDELIVERY_1_15, encrypted=False, compressed=False)
"""Signed only: so a test can change what was signed, and leave the rest as it was."""
SMALL = replace(PEPPOL, limits=Limits(envelope=20_000, message=2_000_000, payload=1_000_000))
MULTIPART = "application/soap+xml"

Wire = tuple[str, bytes]


def wire(sent: Outbound) -> Wire:
    return sent.content_type, sent.body()


def signed_by(pair: Pair, identity: LocalIdentity) -> Wire:
    message = pair.message()
    return wire(pack(message, [Payload(DOCUMENT)], PEPPOL, identity, pair.receiver.certificate))


def changed(old: bytes, new: bytes, profile: Any = PEPPOL) -> Callable[[Pair], Wire]:
    def make(pair: Pair) -> Wire:
        kind, body = wire(pair.pack(DOCUMENT, profile=profile))
        assert re.search(old, body, re.S)
        return kind, re.sub(old, lambda found: found.expand(new), body, count=1, flags=re.S)

    return make


def soap(text: str) -> Callable[[Pair], Wire]:
    return lambda pair: (MULTIPART, text.encode())


def wrapped(pair: Pair) -> Wire:
    """The signed header moves aside; another one stands in its place, without its identifier."""
    kind, body = wire(pair.pack(DOCUMENT, profile=OPEN))
    found = re.search(rb"<eb:Messaging .*?</eb:Messaging>", body, re.S)
    assert found
    other = re.sub(rb' wsu:Id="[^"]*"', b"", found[0].replace(b"9915:test", b"9915:evil"), count=1)
    aside = b"<x:w xmlns:x='urn:x'>" + found[0] + b"</x:w>"
    return kind, body.replace(found[0], other + aside)


def two_of_one_id(pair: Pair) -> Wire:
    """The signed header and a false one have the same identifier."""
    kind, body = wire(pair.pack(DOCUMENT, profile=OPEN))
    found = re.search(rb"<eb:Messaging .*?</eb:Messaging>", body, re.S)
    assert found
    false = found[0].replace(b"9915:test", b"9915:evil")
    return kind, body.replace(found[0], false + b"<x:w xmlns:x='urn:x'>" + found[0] + b"</x:w>")


def valid(pair: Pair, begins: int, ends: int) -> Wire:
    times = {"valid_from": NOW + timedelta(begins), "valid_until": NOW + timedelta(ends)}
    return signed_by(pair, LocalIdentity(pair.pki.access_point("PES000001", **times)))


def foreign(pair: Pair) -> Wire:
    """The names are those of the network's authorities; the keys are not."""
    pki = PeppolPki("SANDBOX", clock=lambda: NOW)
    return signed_by(pair, LocalIdentity(pki.access_point("PES000001")))


def cut(pair: Pair) -> Wire:
    kind, body = wire(pair.pack(DOCUMENT))
    return kind, body[: len(body) * 3 // 4]


def unread(pair: Pair) -> Wire:
    """One octet of the ciphertext differs."""
    kind, body = wire(pair.pack(DOCUMENT))
    data = bytearray(body)
    data[body.rindex(b"\r\n--=_") - 20] ^= 1
    return kind, bytes(data)


def for_another(pair: Pair) -> Wire:
    mine = pair.sender.certificate
    return wire(pack(pair.message(), [Payload(DOCUMENT)], PEPPOL, pair.sender, mine))


@dataclass(frozen=True)
class Row:
    """One kind of harm: how it is made, and the error that answers it."""

    name: str
    make: Callable[[Pair], Wire]
    code: str
    text: str
    profile: Any = PEPPOL


_UNTRUSTED = "the certificate of the signature is not trusted"
ROWS = (
    Row(
        "an external entity",
        soap('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
        "EBMS:0009",
        "DOCTYPE",
    ),
    Row(
        "entities of entities",
        soap('<!DOCTYPE a [<!ENTITY x "yy"><!ENTITY z "&x;&x;">]><a>&z;</a>'),
        "EBMS:0009",
        "DOCTYPE",
    ),
    Row("an envelope without end", soap("<a>" * 300), "EBMS:0009", "the envelope cannot be read"),
    Row(
        "a wrapped header", wrapped, "EBMS:0103", "the signature does not cover eb:Messaging", OPEN
    ),
    Row("one identifier twice", two_of_one_id, "EBMS:0101", "the signature is refused", OPEN),
    Row(
        "a changed receiver",
        changed(rb"9915:test", rb"9915:evil"),
        "EBMS:0101",
        "the signature is refused: integrity",
    ),
    Row(
        "a payload with another digest",
        changed(rb"<Line>uno</Line>", rb"<Line>dos</Line>", OPEN),
        "EBMS:0101",
        "the signature is refused: integrity",
        OPEN,
    ),
    Row(
        "no signature",
        changed(rb"<ds:Signature .*?</ds:Signature>", b""),
        "EBMS:0103",
        "the message is not signed",
    ),
    Row(
        "no encryption",
        lambda pair: wire(pair.pack(DOCUMENT, profile=replace(PEPPOL, encrypted=False))),
        "EBMS:0103",
        "a part is not encrypted",
    ),
    Row("a changed ciphertext", unread, "EBMS:0102", UNREADABLE),
    Row("a key for somebody else", for_another, "EBMS:0102", UNREADABLE),
    Row(
        "a changed key",
        changed(rb"<xenc:CipherValue>....", rb"<xenc:CipherValue>AAAA"),
        "EBMS:0102",
        UNREADABLE,
    ),
    Row("an expired certificate", lambda p: valid(p, -9, -1), "EBMS:0101", _UNTRUSTED),
    Row("a certificate of tomorrow", lambda p: valid(p, 1, 9), "EBMS:0101", _UNTRUSTED),
    Row("a foreign certificate", foreign, "EBMS:0101", _UNTRUSTED),
    Row(
        "a publisher's certificate",
        lambda p: signed_by(p, LocalIdentity(p.pki.metadata_publisher("PES000001"))),
        "EBMS:0101",
        _UNTRUSTED,
    ),
    Row(
        "another access point than the header says",
        lambda p: signed_by(p, LocalIdentity(p.pki.access_point("PES000007"))),
        "EBMS:0101",
        "another party",
    ),
    Row("a bomb of gzip", lambda p: wire(p.pack(bytes(90_000_000))), "EBMS:0303", "", SMALL),
    Row(
        "a message too large",
        lambda p: (wire(p.pack(DOCUMENT))[0], wire(p.pack(DOCUMENT))[1] + bytes(3_000_000)),
        "EBMS:0007",
        "",
        SMALL,
    ),
    Row("an envelope too large", soap("<a>" + "x" * 30_000), "EBMS:0007", "envelope", SMALL),
    Row("a message cut off", cut, "EBMS:0007", ""),
    Row(
        "a multipart without boundary",
        lambda p: ("multipart/related", b"--x"),
        "EBMS:0007",
        "",
    ),
    Row("no message at all", lambda p: ("text/html", b"<html>"), "EBMS:0007", ""),
)


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


@pytest.mark.parametrize("row", ROWS, ids=[row.name.replace(" ", "-") for row in ROWS])
def test_what_is_sent_to_do_harm(pair: Pair, row: Row, caplog: pytest.LogCaptureFixture) -> None:
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
    texts = {row.text for row in ROWS if row.code == "EBMS:0102"}
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
