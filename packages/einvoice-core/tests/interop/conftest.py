"""xmlsec1 as a judge: it resolves references and canonicalises without our help."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.judges import program

Judge = Callable[..., str]


@pytest.fixture
def xmlsec1(tmp_path: Path) -> Judge:
    """Verify a document with xmlsec1; the empty text means that it holds."""
    binary = program("xmlsec1")

    def verify(document: bytes, authority: ThrowawayAuthority, *id_elements: str) -> str:
        file, root, below = (tmp_path / name for name in ("signed.xml", "root.pem", "below.pem"))
        file.write_bytes(document)
        root.write_bytes(authority.pem)
        below.write_bytes(authority.intermediate.public_bytes(Encoding.PEM))
        trust = ["--trusted-pem", str(root), "--untrusted-pem", str(below)]
        ids = [part for name in id_elements for part in ("--id-attr:Id", name)]
        run = subprocess.run(
            [binary, "--verify", *trust, *ids, str(file)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return "" if run.returncode == 0 else run.stderr or "failed"

    return verify
