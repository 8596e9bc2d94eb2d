"""A thousand messages at our receiver, in four processes, and at phase4, on the same machine."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from as4_peppol import Outbound, Payload, pack, take
from as4_peppol.peppol import sbdh
from as4_peppol.peppol.identifiers import DocumentTypeId, ProcessId
from as4_peppol.peppol.messages import user_message
from as4_peppol.profiles import PEPPOL
from as4_peppol.signals import check_answer
from as4_peppol.stores import SqliteStore
from as4_peppol.testing import RECIPIENT, SENDER, Pair
from einvoice_core import http

COUNT, AT_ONCE, WORKERS = 1_000, 8, 4
PROGRAMS = Path(__file__).parent / "programs"
_ROOT = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
KIND = DocumentTypeId.parse(
    f"busdox-docid-qns::{_ROOT}::Invoice"
    "##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1"
)
PROCESS = ProcessId.parse("cenbii-procid-ubl::urn:example:billing:01:1.0")


def message(pair: Pair) -> Outbound:
    lines = b"<Note>una linea de una factura</Note>" * 270
    content = sbdh.wrap(
        f'<Invoice xmlns="{_ROOT}">'.encode() + lines + b"</Invoice>",
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
    )
    return pack(header, [Payload(content)], PEPPOL, pair.sender, pair.receiver.certificate)


def peak_kib(process: int) -> int:
    """Return the largest size of a process and of those below it."""
    status = Path(f"/proc/{process}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    below = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return int(line.split()[1]) + sum(peak_kib(int(child)) for child in below)


@contextmanager
def ours(pair: Pair, folder: Path) -> Iterator[tuple[str, int]]:
    """Start our receiver; its address and its process."""
    (folder / "receiver.p12").write_bytes(pair.receiver.credential.to_pkcs12(b"peer"))
    (folder / "authorities.pem").write_bytes(pair.pki.ap_ca.public_bytes(Encoding.PEM))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--factory", "--app-dir", str(PROGRAMS), "--port", str(port), "--log-level", "error"]
    command = [sys.executable, "-m", "uvicorn", "receiver:make", *options]
    environment = {**os.environ, "RECEIVER_FOLDER": str(folder)}
    with subprocess.Popen(
        [*command, "--workers", str(WORKERS), "--lifespan", "off"], env=environment
    ) as process:
        limit = time.monotonic() + 60
        while time.monotonic() < limit:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(3)  # the other processes
        try:
            yield f"http://127.0.0.1:{port}/as4", process.pid
        finally:
            process.terminate()


def fire(pair: Pair, url: str, sent: list[Outbound]) -> float:
    """Post messages that are ready, several at once; every receipt is checked afterwards."""

    def post(each: Outbound) -> http.Reply:
        request = client.build_request(
            "POST", url, headers={"content-type": each.content_type}, content=each.body()
        )
        return http.send(client, request)

    with http.client(timeout=http.Timeout(60.0)) as client, ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(post, [message(pair) for _ in range(40)]))  # warm
        begun = time.perf_counter()
        replies = list(pool.map(post, sent))
        seconds = time.perf_counter() - begun
    for each, reply in zip(sent, replies, strict=True):
        incoming = take(reply.headers["content-type"], [reply.body], PEPPOL)
        assert check_answer(each, incoming, PEPPOL, trusted=pair.trusted).receipt is not None
    return seconds


@pytest.mark.long
def test_a_thousand_messages(phase4: Any, tmp_path: Path) -> None:
    pair = phase4.pair
    sent = [message(pair) for _ in range(COUNT)]
    with ours(pair, tmp_path) as (url, process):
        own_s = fire(pair, url, sent)
        own_kib = peak_kib(process)
    with SqliteStore(tmp_path / "box") as store:
        kept = {each.message_id for each in store.pending(2 * COUNT)}
    assert {each.message_id for each in sent} <= kept
    with phase4.receiving() as (url, inbox):
        peer_s = fire(pair, url, sent)
        peer_kib = peak_kib(phase4.process)
        assert len(list(inbox.glob("*.done"))) >= COUNT
    for name, seconds, kib in (
        (f"ours, {WORKERS} processes, durable", own_s, own_kib),
        ("phase4, one process, in memory", peer_s, peer_kib),
    ):
        print(f"{name}: {COUNT / seconds:.0f} messages/s, {kib // 1024} MiB")
