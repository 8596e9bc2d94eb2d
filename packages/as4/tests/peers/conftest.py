"""Other programs that speak AS4; ``nox -s interop`` prepares them."""

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from as4_peppol import LocalIdentity
from as4_peppol.testing import BILLING, RECIPIENT, SENDER, Pair

PROGRAMS = Path(__file__).parent / "programs"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _pem(identity: LocalIdentity) -> dict[str, str]:
    key = identity.credential.key
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    certificate = identity.certificate.public_bytes(Encoding.PEM)
    return {"key": _text(private), "certificate": _text(certificate)}


class Codec:
    """The package ``as4`` of the public index, in an environment of its own."""

    def __init__(self, process: "subprocess.Popen[str]", pair: Pair) -> None:
        self._process = process
        self.pair = pair

    def build(self, payload: bytes, document_type: str) -> tuple[dict[str, str], bytes, float]:
        """Let it send a document to our receiver."""
        answer = self._ask(
            "build",
            **_pem(self.pair.sender),
            other=_text(self.pair.receiver.certificate.public_bytes(Encoding.PEM)),
            seat="PES000001",
            other_seat="PES000002",
            payload=_text(payload),
            sender=SENDER.value,
            recipient=RECIPIENT.value,
            document_type=document_type,
            process=BILLING.value,
        )
        return answer["headers"], base64.b64decode(answer["body"]), answer["seconds"]

    def check(self, signal: bytes) -> list[str]:
        """Let it judge our answer to the last message; codes of the errors in it."""
        errors: list[str] = self._ask("check", body=_text(signal))["errors"]
        return errors

    def receive(self, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        """Let it receive a message of our sender."""
        pki = self.pair.pki
        anchors = b"".join(c.public_bytes(Encoding.PEM) for c in (pki.root, pki.ap_ca))
        answer = self._ask(
            "receive",
            **_pem(self.pair.receiver),
            seat="PES000002",
            anchors=_text(anchors),
            headers=headers,
            body=_text(body),
        )
        for name in ("signal", "payload"):
            answer[name] = base64.b64decode(answer[name])
        return answer

    def _ask(self, do: str, **task: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **task}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert "failed" not in answer, answer["failed"]
        return answer


@pytest.fixture(scope="session")
def codec() -> Iterator[Codec]:
    python = os.environ.get("EINVOICE_PEER_AS4")
    if not python:
        reason = "EINVOICE_PEER_AS4 names no Python with the package as4: use nox -s interop"
        if os.environ.get("EINVOICE_PEERS") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    command = [python, str(PROGRAMS / "as4_codec.py")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Codec(process, Pair.new(now=datetime.now(UTC)))
        assert process.stdin is not None
        process.stdin.close()


class Phase4:
    """phase4, the Java implementation, started once for each direction."""

    def __init__(self, home: Path, folder: Path, pair: Pair) -> None:
        self.pair, self._folder, self.process = pair, folder, 0
        options = {
            "phase4.manager.inmemory": "true",
            "global.debug": "true",
            "global.datapath": str(folder / "data"),
            "org.slf4j.simpleLogger.defaultLogLevel": "error",
        }
        settings = [f"-D{name}={value}" for name, value in options.items()]
        path = f"{home / 'classes'}{os.pathsep}{home / 'lib' / '*'}"
        self._command = ["java", "-Xmx4g", *settings, "-cp", path, "Peer"]
        for name, identity in (("sender", pair.sender), ("receiver", pair.receiver)):
            store = identity.credential.to_pkcs12(b"peer", "peer")
            (folder / f"{name}.p12").write_bytes(store)
        pem = pair.receiver.certificate.public_bytes(Encoding.PEM)
        (folder / "receiver.pem").write_bytes(pem)

    def send(
        self, url: str, document: bytes, *, count: int = 1, compress: bool = True
    ) -> list[str]:
        """Let it send a document to our receiver; what it says of each attempt."""
        file = self._folder / "document.xml"
        file.write_bytes(document)
        places = [str(self._folder / "receiver.pem"), url, str(file)]
        arguments = ["send", str(self._folder / "sender.p12"), "PES000001", *places]
        done = subprocess.run(
            [*self._command, *arguments, str(count), str(compress).lower()],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        sent = [line for line in done.stdout.splitlines() if line.startswith("sent ")]
        assert len(sent) == count, done.stderr[-3000:]
        return sent

    @contextmanager
    def receiving(self) -> Iterator[tuple[str, Path]]:
        """Let it receive; its address, and the folder into which it writes."""
        inbox = self._folder / "inbox"
        inbox.mkdir(exist_ok=True)
        arguments = ["serve", str(self._folder / "receiver.p12"), str(inbox)]
        with (
            (self._folder / "log").open("w") as log,
            subprocess.Popen(
                [*self._command, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            ) as process,
        ):
            assert process.stdout is not None
            assert process.stdin is not None
            line = next((x for x in process.stdout if x.startswith("listening ")), "")
            assert line, (self._folder / "log").read_text()[-3000:]
            self.process = process.pid
            try:
                yield f"http://127.0.0.1:{int(line.split()[1])}/as4", inbox
            finally:
                process.stdin.close()


@pytest.fixture(scope="session")
def phase4(tmp_path_factory: pytest.TempPathFactory) -> Phase4:
    home = os.environ.get("EINVOICE_PEER_PHASE4")
    if not home:
        reason = "EINVOICE_PEER_PHASE4 names no folder with phase4: use nox -s interop"
        if os.environ.get("EINVOICE_PEERS") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("phase4")
    return Phase4(Path(home), folder, Pair.new(now=datetime.now(UTC)))
