"""The clients of phoss for metadata publishers ask those of our sandbox: both versions, signed."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from as4_peppol.testing import BILLING, INVOICE, RECIPIENT
from as4_peppol.testing.sandbox import Sandbox, sandbox


@pytest.fixture
def ask(phase4: Any, tmp_path: Path) -> Any:
    """Let the client ask for the recipient's access point; what it says, or why not."""
    del phase4  # skips where it is missing
    home = Path(os.environ["EINVOICE_PEER_PHASE4"])
    path = f"{home / 'classes'}{os.pathsep}{home / 'lib' / '*'}"

    def asked(running: Sandbox, version: int, signer: Any = None) -> tuple[list[str], str]:
        signer = signer or running.publisher.identity
        store = tmp_path / f"publisher{version}.p12"
        store.write_bytes(signer.to_pkcs12(b"peer", "peer"))
        arguments = [str(store), str(version), running.publisher.base, str(RECIPIENT)]
        level = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"
        done = subprocess.run(
            ["java", level, "-cp", path, "Lookup", *arguments, str(INVOICE), str(BILLING)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        found = [line.split()[1:] for line in done.stdout.splitlines() if line[:6] == "found "]
        return (found[0] if found else []), done.stderr

    return asked


@pytest.mark.parametrize("version", [1, 2])
def test_an_access_point_is_found(ask: Any, version: int) -> None:
    with sandbox() as running:
        corner3 = running.corner3
        if version == 2:
            running.publisher.group_2(RECIPIENT, INVOICE)
            running.publisher.publish_2(RECIPIENT, address=running.address(corner3))
        found, log = ask(running, version)
    serial = str(corner3.identity.certificate.serial_number)
    assert found == [running.address(corner3), serial, "1"], log[-2000:]


@pytest.mark.parametrize("version", [1, 2])
def test_a_publisher_of_another_network_is_refused(ask: Any, version: int) -> None:
    with sandbox() as running, sandbox() as other:
        if version == 2:
            running.publisher.group_2(RECIPIENT, INVOICE)
            running.publisher.publish_2(RECIPIENT)
        found, log = ask(running, version, other.publisher.identity)
    assert found == []
    assert "ignature" in log or "rust" in log
