"""Other programs that speak AS4; ``nox -s interop`` prepares them."""

import base64
import json
import os
import subprocess
from collections.abc import Iterator
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
