"""Messages of peppol-py, over HTTP on this machine; it sends and does not receive."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from as4_peppol import As4App, LocalIdentity, Receiver
from as4_peppol.peppol import sbdh
from as4_peppol.profiles import PEPPOL
from as4_peppol.stores import MemoryStore
from as4_peppol.testing import RECIPIENT, SENDER, Pair, PeppolPki

PROGRAMS = Path(__file__).parent / "programs"
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
NOTE = "<cbc:Note>una linea de una factura</cbc:Note>"
_KIND = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"


def invoice(size: int) -> bytes:
    return (
        f'<Invoice xmlns="{_UBL}Invoice-2" xmlns:cbc="{_UBL}CommonBasicComponents-2">'
        f"<cbc:CustomizationID>{_KIND}</cbc:CustomizationID>"
        "<cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>"
        f"<cbc:ID>1</cbc:ID>{NOTE * (size // len(NOTE))}</Invoice>"
    ).encode()


@contextmanager
def serving(receiver: Receiver) -> Iterator[str]:
    config = uvicorn.Config(As4App(receiver), port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/as4"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def today() -> Pair:
    return Pair.new(datetime.now(UTC))


@pytest.fixture
def sends(today: Pair, tmp_path: Path) -> Callable[..., str]:
    """Let it send; what it says of it."""
    python = os.environ.get("EINVOICE_PEER_PEPPOL_PY")
    if not python:
        reason = "EINVOICE_PEER_PEPPOL_PY names no Python with peppol-py: use nox -s interop"
        if os.environ.get("EINVOICE_PEERS") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    xmlsec = tmp_path / "xmlsec1"
    xmlsec.write_text(f'#!/bin/sh\nexec "{python}" "{PROGRAMS / "xmlsec_encrypt.py"}" "$@"\n')
    xmlsec.chmod(0o700)

    def send(url: str, document: bytes, identity: LocalIdentity = today.sender) -> str:
        receiver = today.receiver.certificate.public_bytes(Encoding.PEM)
        own = identity.certificate.public_bytes(Encoding.PEM)
        key = identity.credential.key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        files = {"receiver.pem": receiver, "key.pem": key, "own.pem": own, "doc.xml": document}
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        places = [str(tmp_path / name) for name in ("receiver.pem", "key.pem", "own.pem")]
        done = subprocess.run(
            [
                python,
                str(PROGRAMS / "peppol_py_sender.py"),
                url,
                *places,
                str(xmlsec),
                str(tmp_path / "doc.xml"),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.stdout, done.stderr[-2000:]
        return done.stdout

    return send


@pytest.mark.parametrize("size", [100, 10_000, 10_000_000])
def test_what_it_sends_arrives(today: Pair, sends: Callable[..., str], size: int) -> None:
    store = MemoryStore()
    receiver = Receiver(PEPPOL, [today.receiver], store, trusted=today.trusted)
    with serving(receiver) as url:
        said = sends(url, invoice(size))
    assert said == "sent\n"
    (message,) = store.pending()
    document = sbdh.read(b"".join(store.chunks(message.message_id, 0)))
    assert (document.sender, document.receiver) == (SENDER, RECIPIENT)
    assert document.content.count(b"una linea") == size // len(NOTE)


def test_it_takes_our_refusal_for_one(today: Pair, sends: Callable[..., str]) -> None:
    receiver = Receiver(
        PEPPOL, [today.receiver], MemoryStore(), trusted=today.trusted, serves=lambda message: False
    )
    with serving(receiver) as url:
        assert "PEPPOL:NOT_SERVICED" in sends(url, invoice(100))


def test_a_stranger_is_refused(today: Pair, sends: Callable[..., str]) -> None:
    store = MemoryStore()
    receiver = Receiver(PEPPOL, [today.receiver], store, trusted=today.trusted)
    stranger = LocalIdentity(PeppolPki("OTHER").access_point("PES000001"))
    with serving(receiver) as url:
        assert "not trusted" in sends(url, invoice(100), stranger)
    assert not store.pending()
