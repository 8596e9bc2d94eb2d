import json
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding

from as4_peppol import As4App, Receiver
from as4_peppol.cli import main
from as4_peppol.peppol import sbdh
from as4_peppol.peppol.smp import read_group
from as4_peppol.peppol.trust import PeppolTrust
from as4_peppol.profiles import PEPPOL
from as4_peppol.stores import MemoryStore, SqliteStore
from as4_peppol.testing import BILLING, INVOICE, RECIPIENT, SENDER, Pair
from as4_peppol.testing.names import serve_names
from einvoice_core import http
from einvoice_core.certificates import load_pkcs12


@pytest.fixture(scope="module")
def today() -> Pair:
    return Pair.new(datetime.now(UTC))


@pytest.fixture
def desk(today: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with keys; the authorities of the sandbox stand for those of the network."""
    (tmp_path / "key.p12").write_bytes(today.sender.credential.to_pkcs12(b"secret"))
    (tmp_path / "mine.p12").write_bytes(today.receiver.credential.to_pkcs12(b"secret"))
    pem = today.receiver.certificate.public_bytes(Encoding.PEM)
    (tmp_path / "receiver.pem").write_bytes(pem)
    (tmp_path / "authorities.pem").write_bytes(today.pki.pem)
    monkeypatch.setenv("AS4_KEY_PASSWORD", "secret")
    trust = PeppolTrust.of_sandbox(today.pki.ap_ca, today.pki.smp_ca)
    monkeypatch.setattr(PeppolTrust, "of_network", lambda *rest, **options: trust)
    return tmp_path


def run(*arguments: object) -> Any:
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture
def served(today: Pair) -> Any:
    store = MemoryStore()
    receiver = Receiver(PEPPOL, [today.receiver], store, trusted=today.trusted)
    config = uvicorn.Config(As4App(receiver), port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/as4", store
    server.should_exit = True
    thread.join(10)


def options(desk: Path) -> list[object]:
    return [
        *("--receiver", desk / "receiver.pem", "--authorities", desk / "authorities.pem"),
        *("--key", desk / "key.p12"),
    ]


def test_a_document_is_sent_and_its_evidence_kept(desk: Path, served: Any) -> None:
    url, store = served
    content = sbdh.wrap(
        b'<Invoice xmlns="urn:example:Invoice-2"/>',
        sender=SENDER,
        receiver=RECIPIENT,
        document_type=INVOICE,
        process=BILLING,
        country_c1="ES",
        now=datetime.now(UTC),
    )
    (desk / "sbd.xml").write_bytes(content)
    evidence = desk / "evidence"
    done = run("send", desk / "sbd.xml", "--url", url, *options(desk), "--evidence", evidence)
    assert done.exit_code == 0, done.output
    assert "delivered" in done.output
    assert len(store.pending()) == 1
    (kept,) = evidence.iterdir()
    assert b"NonRepudiationInformation" in (kept / "answer.xml").read_bytes()
    shown = run("inspect", kept / "answer.xml")
    assert shown.exit_code == 0
    assert "receipt for: " in shown.output


def test_a_sign_of_life(desk: Path, served: Any) -> None:
    url, store = served
    done = run("ping", url, *options(desk))
    assert (done.exit_code, store.pending()) == (0, []), done.output


def test_nobody_there(desk: Path) -> None:
    done = run("send", desk / "receiver.pem", "--url", "http://127.0.0.1:9", *options(desk))
    assert done.exit_code == 2  # it is no document


@pytest.mark.parametrize("key", ["mine.p12", None])
def test_a_captured_message_is_explained(desk: Path, today: Pair, key: str | None) -> None:
    sent = today.pack(b"<Invoice/>")
    head = f"Content-Type: {sent.content_type}\r\n\r\n".encode()
    (desk / "dump").write_bytes(head + sent.body())
    arguments = ["--key", desk / key] if key else []
    done = run("inspect", desk / "dump", *arguments, "--out", desk / "out", "--format", "json")
    shown = json.loads(done.output)
    assert shown["message"] == sent.message_id
    if key:
        assert done.exit_code == 0
        assert (desk / "out/payload-1").read_bytes() == b"<Invoice/>"
        assert "PES000001" in shown["signed by"]
        assert "Peppol would refuse it" not in shown
    else:
        assert done.exit_code == 1
        assert "EBMS:0102" in shown["cannot be read"]


def test_a_wrong_password(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AS4_KEY_PASSWORD", "other")
    done = run("ping", "http://127.0.0.1:9", *options(desk))
    assert done.exit_code == 2
    assert "other" not in done.output


def test_who_is_no_participant(desk: Path) -> None:
    done = run("lookup", "nobody", "--authorities", desk / "authorities.pem")
    assert done.exit_code == 2
    assert "participant" in done.output


def test_the_sandbox_sends_an_invoice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AS4_KEY_PASSWORD", "secret")
    (tmp_path / "invoice.xml").write_bytes(b'<Invoice xmlns="urn:example:Invoice-2"/>')
    places = ["--inbox", tmp_path / "in", "--keys", tmp_path / "keys"]
    done = run("sandbox", *places, "--send", tmp_path / "invoice.xml")
    assert done.exit_code == 0, done.output
    assert ": delivered" in done.output
    store = SqliteStore(tmp_path / "in/corner3")
    (message,) = store.pending()
    assert message.message_id in done.output
    store.close()
    assert b"BEGIN CERTIFICATE" in (tmp_path / "keys/authorities.pem").read_bytes()
    key = load_pkcs12((tmp_path / "keys/corner3.p12").read_bytes(), "secret")
    assert key.certificate.public_bytes(Encoding.PEM) == (
        (tmp_path / "keys/corner3.pem").read_bytes()
    )


def test_the_sandbox_refuses_another_document(tmp_path: Path) -> None:
    (tmp_path / "order.xml").write_bytes(b'<Order xmlns="urn:example:Order-2"/>')
    done = run("sandbox", "--send", tmp_path / "order.xml")
    assert done.exit_code == 2
    assert "AS4-SBDH-011" in done.output


def test_the_sandbox_runs_until_it_is_interrupted() -> None:
    command = [sys.executable, "-c", "from as4_peppol.cli import main; main()", "sandbox"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().strip() for _ in range(7)]
        with http.client() as client:
            place = f"{said[1].removeprefix('publisher: ')}/{RECIPIENT.encoded}"
            offered = read_group(client.get(place).content, RECIPIENT).document_types
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert list(offered) == [INVOICE]
    assert [line.partition(":")[0] for line in said] == [
        *("DNS", "publisher", "directory", "corner 2", "corner 3", "document", "process")
    ]


def test_what_the_sandbox_cannot_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AS4_KEY_PASSWORD", raising=False)
    assert "AS4_KEY_PASSWORD" in run("sandbox", "--keys", tmp_path).output
    with serve_names() as taken:
        done = run("sandbox", "--dns-port", taken.port)
    assert (done.exit_code, "cannot listen" in done.output) == (2, True)
    assert run("sandbox", "--port", 70000).exit_code == 2
