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
from as4_peppol.dumps import into, nothing
from as4_peppol.peppol import sbdh
from as4_peppol.peppol.identifiers import IdentifierError
from as4_peppol.peppol.sending import kind_of
from as4_peppol.peppol.smp import read_group
from as4_peppol.peppol.trust import PeppolTrust
from as4_peppol.profiles import PEPPOL
from as4_peppol.stores import MemoryStore, SqliteStore
from as4_peppol.testing import BILLING, INVOICE, RECIPIENT, SENDER, Pair
from as4_peppol.testing.names import serve_names
from as4_peppol.testing.sandbox import Sandbox
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


INVOICE_UBL = b"""<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:example:billing:3.0</cbc:CustomizationID>
<cbc:ProfileID>urn:example:billing:01:1.0</cbc:ProfileID><cbc:ID>1</cbc:ID></Invoice>"""


class TestTheSandboxOfThisMachine:
    @pytest.fixture
    def keys(self, as4_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        as4_sandbox.write_keys(tmp_path / "keys", "secret")
        monkeypatch.setenv("AS4_KEY_PASSWORD", "secret")
        monkeypatch.setenv("AS4_SANDBOX", str(tmp_path / "keys"))
        return tmp_path

    def test_it_is_looked_up(self, keys: Path, as4_sandbox: Sandbox) -> None:
        listed = run("lookup", RECIPIENT.value, "--network", "sandbox")
        assert (listed.exit_code, listed.output) == (0, f"{INVOICE}\n")
        found = run("lookup", RECIPIENT.value, INVOICE, BILLING, "--network", "sandbox")
        assert found.output == f"{as4_sandbox.address(as4_sandbox.corner3)} PES000003\n"
        assert run("lookup", "9920:ESA1", "--network", "sandbox").exit_code == 1

    def test_a_document_without_envelope_finds_its_way(
        self, keys: Path, as4_sandbox: Sandbox
    ) -> None:
        path = keys / "invoice.xml"
        path.write_bytes(INVOICE_UBL)
        ends = ("--from", SENDER.value, "--to", RECIPIENT.value)
        refused = run("send", path, *ends, "--network", "sandbox")
        assert refused.exit_code == 1  # the type of the document is not registered
        kind, process = kind_of(INVOICE_UBL)
        as4_sandbox.register(RECIPIENT, as4_sandbox.corner3, kind, process)
        sent = run("send", path, *ends, "--network", "sandbox", "--evidence", keys / "proof")
        assert (sent.exit_code, "delivered" in sent.output) == (0, True), sent.output
        assert len(as4_sandbox.corner3.store.pending()) == 1
        only = run("send", path, "--from", SENDER.value, "--network", "sandbox")
        assert "both --from and --to" in only.output

    def test_corner_3_is_alive(self, keys: Path, as4_sandbox: Sandbox) -> None:
        answered = run("ping", "--network", "sandbox")
        assert (answered.exit_code, "delivered" in answered.output) == (0, True)
        assert not as4_sandbox.corner3.store.pending()

    def test_without_its_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("AS4_SANDBOX", raising=False)
        assert "--sandbox" in run("lookup", RECIPIENT.value, "--network", "sandbox").output
        empty = run("ping", "--network", "sandbox", "--sandbox", tmp_path)
        assert "as4 sandbox --keys" in empty.output


def test_what_the_network_wants(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(INVOICE_UBL)
    assert "--authorities" in run("lookup", RECIPIENT.value).output
    assert "name the URL" in run("ping").output


@pytest.mark.parametrize("document", [b"", b"<a/>", INVOICE_UBL.replace(b"ProfileID", b"Other")])
def test_a_document_that_does_not_say_its_type(document: bytes) -> None:
    with pytest.raises(IdentifierError):
        kind_of(document)


def test_every_request_is_dumped(desk: Path, today: Pair) -> None:
    opened = into(desk / "dumps")
    receiver = Receiver(PEPPOL, [today.receiver], MemoryStore(), trusted=today.trusted, dump=opened)
    sent = today.pack(b"<x/>")
    for _ in range(2):
        receiver.receive(sent.content_type, sent.chunks())
    dumps = sorted((desk / "dumps").iterdir())
    assert len(dumps) == 2
    told = run("inspect", dumps[0], "--key", desk / "mine.p12", "--known", desk / "receiver.pem")
    assert sent.message_id in told.output
    assert nothing() is None
