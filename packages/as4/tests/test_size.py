"""Messages larger than the memory that they may use, over HTTP, from file to file."""

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from as4_peppol.testing import Pair

PROGRAM = Path(__file__).parent / "giant.py"
MOST_KIB = 40 * 1024


@pytest.mark.parametrize("mebibytes", [pytest.param(64, id="64MiB"), pytest.param(1024, id="1GiB")])
@pytest.mark.long
def test_memory_stays_small_on_both_sides(pair: Pair, tmp_path: Path, mebibytes: int) -> None:
    for name, identity in (("left", pair.sender), ("right", pair.receiver)):
        (tmp_path / f"{name}.p12").write_bytes(identity.credential.to_pkcs12(b"x"))
    pem = tmp_path / "right.pem"
    pem.write_bytes(pair.receiver.certificate.public_bytes(Encoding.PEM))

    def command(verb: str, key: str, url: str) -> list[str]:
        places = [str(tmp_path), str(tmp_path / key), str(pem)]
        return [sys.executable, str(PROGRAM), verb, *places, url, str(mebibytes)]

    with subprocess.Popen(
        command("serve", "right.p12", "-"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}/as4"
        sent = subprocess.run(
            command("send", "left.p12", url), capture_output=True, text=True, check=False
        )
        assert sent.returncode == 0, sent.stderr[-3000:]
        server.stdin.write("\n")
        server.stdin.flush()
        size, receiver_grew = map(int, server.stdout.readline().split())
    sender_grew = int(sent.stdout)
    print(f"{mebibytes} MiB: sender +{sender_grew} KiB, receiver +{receiver_grew} KiB")
    assert size == mebibytes * 1024 * 1024
    assert sender_grew < MOST_KIB
    assert receiver_grew < MOST_KIB
