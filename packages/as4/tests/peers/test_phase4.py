"""Messages to and from phase4 (Peppol profile), over HTTP on this machine."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from as4_peppol import (
    As4App,
    Endpoint,
    Limits,
    LocalIdentity,
    Outcome,
    Payload,
    Receiver,
    Retries,
    Sender,
)
from as4_peppol.peppol import sbdh
from as4_peppol.peppol.identifiers import DocumentTypeId, ProcessId
from as4_peppol.peppol.messages import user_message
from as4_peppol.profiles import PEPPOL
from as4_peppol.stores import MemoryStore
from as4_peppol.testing import RECIPIENT, SENDER, PeppolPki
from as4_peppol.testing.hostile import ATTACKS
from einvoice_core import http

_ROOT = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
KIND = DocumentTypeId.parse(
    f"busdox-docid-qns::{_ROOT}::Invoice"
    "##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1"
)
PROCESS = ProcessId.parse("cenbii-procid-ubl::urn:example:billing:01:1.0")


def invoice(size: int) -> bytes:
    line = b"<Note>una linea de una factura</Note>"
    return f'<Invoice xmlns="{_ROOT}">'.encode() + line * (size // len(line)) + b"</Invoice>"


@contextmanager
def serving(receiver: Receiver) -> Iterator[str]:
    config = uvicorn.Config(As4App(receiver), port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/as4"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.mark.parametrize(
    ("size", "compress"),
    [
        (10_000, True),
        (10_000, False),
        (10_000_000, True),
        pytest.param(100_000_000, True, marks=pytest.mark.long),
        pytest.param(100_000_000, False, marks=pytest.mark.long),
    ],
)
def test_what_it_sends_arrives(phase4: Any, size: int, compress: bool) -> None:
    pair, store = phase4.pair, MemoryStore()
    # XML that is not compressed is held to be digested: by default 64 MB of it.
    profile = PEPPOL if compress else replace(PEPPOL, limits=Limits(canonical=128 * 1024 * 1024))
    receiver = Receiver(profile, [pair.receiver], store, trusted=pair.trusted)
    with serving(receiver) as url:
        (said,) = phase4.send(url, invoice(size), compress=compress)
    assert said.split()[1] == "SUCCESS", said
    (message,) = store.pending()
    document = sbdh.read(b"".join(store.chunks(message.message_id, 0)))
    assert (document.sender.key, document.receiver) == (SENDER.key, RECIPIENT)
    assert document.document_type == KIND
    assert len(document.content) > size - 100


def test_it_takes_our_refusal_for_one(phase4: Any) -> None:
    pair = phase4.pair
    receiver = Receiver(
        PEPPOL, [pair.receiver], MemoryStore(), trusted=pair.trusted, serves=lambda message: False
    )
    with serving(receiver) as url:
        (said,) = phase4.send(url, invoice(100))
    assert "SUCCESS" not in said
    assert "EBMS:0004 PEPPOL:NOT_SERVICED" in said


def test_what_we_send_arrives(phase4: Any) -> None:
    with phase4.receiving() as (url, inbox):
        for size in (10_000, 10_000_000):
            result = send(phase4, url, invoice(size))
            assert result.outcome is Outcome.DELIVERED, result.errors
            assert result.answer is not None
            assert result.answer.signer == phase4.pair.receiver.certificate
            arrived = newest(inbox)
            assert sbdh.read(arrived).content.count(b"una linea") == size // 37
        plain = send(phase4, url, invoice(1000), compressed=False)
        assert plain.outcome is Outcome.DELIVERED, plain.errors
        twice = send(phase4, url, invoice(10), message_id="one@twice")
        again = send(phase4, url, invoice(10), message_id="one@twice")
        assert twice.outcome is Outcome.DELIVERED
        # phase4 answers a duplicate with an error; the first receipt is the proof.
        assert again.outcome is Outcome.REFUSED
        assert "duplicate" in again.errors[0].detail
        count = len(list(inbox.glob("*.done")))
        stranger = LocalIdentity(PeppolPki("OTHER").access_point("PES000001"))
        refused = send(phase4, url, invoice(10), identity=stranger)
        assert refused.outcome is not Outcome.DELIVERED
        assert len(list(inbox.glob("*.done"))) == count


# phase4 leaves these to whoever configures it, or to the checks of its Peppol servlet, which the
# test program does not have.
_TAKEN = {
    "a wrapped header",
    "no signature",
    "no encryption",
    "another access point than the header says",
}


def test_what_harms_does_not_arrive(phase4: Any) -> None:
    small = [a for a in ATTACKS if "bomb" not in a.name and "large" not in a.name]
    arrived = set()
    with phase4.receiving() as (url, inbox), http.client(timeout=http.Timeout(60.0)) as client:
        for attack in small:
            before = len(list(inbox.glob("*.done")))
            kind, body = attack.make(phase4.pair)
            client.post(url, content=body, headers={"content-type": kind})
            if len(list(inbox.glob("*.done"))) > before:
                arrived.add(attack.name)
    assert arrived <= _TAKEN
    assert len(small) - len(arrived) >= 18


@pytest.mark.long
@pytest.mark.parametrize("compressed", [True, False])
def test_what_is_very_large_arrives(phase4: Any, compressed: bool) -> None:
    """Plain XML is signed in its canonical form: the peer needs minutes for 60 MB of it."""
    size = 100_000_000 if compressed else 10_000_000
    with phase4.receiving() as (url, inbox):
        result = send(phase4, url, invoice(size), compressed=compressed)
        assert result.outcome is Outcome.DELIVERED, result.errors
        assert newest(inbox).count(b"una linea") == size // 37


def newest(inbox: Path) -> bytes:
    return max(inbox.glob("*.done"), key=lambda file: file.stat().st_mtime_ns).read_bytes()


def send(
    phase4: Any,
    url: str,
    document: bytes,
    *,
    compressed: bool = True,
    message_id: str | None = None,
    identity: LocalIdentity | None = None,
) -> Any:
    pair = phase4.pair
    content = sbdh.wrap(
        document,
        sender=SENDER,
        receiver=RECIPIENT,
        document_type=KIND,
        process=PROCESS,
        country_c1="ES",
        now=pair.now,
    )
    header = user_message(
        sender=pair.sender.certificate,
        receiver=pair.receiver.certificate,
        original_sender=SENDER,
        final_recipient=RECIPIENT,
        document_type=KIND,
        process=PROCESS,
        now=pair.now,
        message_id=message_id,
    )
    profile = replace(PEPPOL, compressed=compressed)
    with http.client(timeout=http.Timeout(300.0)) as client:
        sender = Sender(
            identity or pair.sender,
            profile,
            trusted=pair.trusted,
            client=client,
            retries=Retries(1),
        )
        endpoint = Endpoint(url, pair.receiver.certificate)
        return sender.send(header, [Payload(content)], endpoint)
