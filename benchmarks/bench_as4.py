"""AS4 messages beside the package ``as4`` of the public index, and a gigabyte through the disk.

The peer runs in an environment of its own, which ``nox -s interop`` makes and
``EINVOICE_PEER_AS4`` names; without it, its columns are empty. Documents are lines that differ, so
that compression has work; both sides build for the same receiver and receive the same octets. A
figure is the best of several runs. The gigabyte is sent and received in a process of its own, whose
largest size is compared with that of the same process before.

``python benchmarks/bench_as4.py --no-gigabyte`` leaves the last table out.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from as4_peppol import Payload, Receiver, pack, take, unpack
from as4_peppol.peppol import sbdh
from as4_peppol.peppol.identifiers import DocumentTypeId
from as4_peppol.profiles import PEPPOL
from as4_peppol.stores import MemoryStore
from as4_peppol.testing import BILLING, RECIPIENT, SENDER, Pair

_ROOT = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
KIND = DocumentTypeId.parse(
    f"busdox-docid-qns::{_ROOT}::Invoice"
    "##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1"
)
PEERS = Path(__file__).parent.parent / "packages/as4/tests/peers"
MB = 1024 * 1024


def invoice(size: int) -> bytes:
    """Make a document of about that many octets."""
    rows: list[str] = []
    total = number = 0
    while total < size:
        amount = f"{number * 31 % 9999}.{number % 100:02}"
        rows.append(
            f"<Line><ID>{number}</ID><Item>Articulo {number * 7919 % 100_003}</Item>"
            f"<Amount>{amount}</Amount></Line>"
        )
        total += len(rows[-1])
        number += 1
    return f'<Invoice xmlns="{_ROOT}">{"".join(rows)}</Invoice>'.encode()


def best(work: Callable[[], float | None], times: int) -> float:
    """Return the best of several runs, in milliseconds; work may measure itself."""
    found = float("inf")
    for _ in range(times):
        started = time.perf_counter()
        own = work()
        found = min(found, time.perf_counter() - started if own is None else own)
    return found * 1_000


def show(name: str, ours: float, goal: float, peer: float | None) -> None:
    """Print a line of the table."""
    ratio = "" if peer is None else f"{peer:9.2f} ms {peer / ours:6.1f} x  as4 0.2.0"
    print(f"  {name:<34}{ours:9.2f} ms (goal {goal:g}) {ratio}")


class Peer:
    """The other package; built like the tests' peer, and asked the same questions."""

    def __init__(self, pair: Pair) -> None:
        sys.path.insert(0, str(PEERS))
        from conftest import PROGRAMS, Codec

        command = [os.environ["EINVOICE_PEER_AS4"], str(PROGRAMS / "as4_codec.py")]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._codec = Codec(self._process, pair)

    def build(self, document: bytes) -> float:
        """Return the seconds that it takes to build a message."""
        return self._codec.build(document, KIND.value)[2]

    def receive(self, kind: str, body: bytes) -> float:
        """Return the seconds that it takes to receive ours and to write the receipt."""
        answer = self._codec.receive({"Content-Type": kind}, body)
        seconds: float = answer["seconds"]
        return seconds

    def close(self) -> None:
        """End its process."""
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        self._process.stdin.close()
        self._process.wait(10)


def measure(pair: Pair, size: int, goals: tuple[float, float], peer: Peer | None) -> None:
    """Print the table of one size."""
    document = invoice(size)
    times = 60 if size < MB else 5

    def envelope() -> bytes:
        return sbdh.wrap(
            document,
            sender=SENDER,
            receiver=RECIPIENT,
            document_type=KIND,
            process=BILLING,
            country_c1="ES",
            now=pair.now,
        )

    content = envelope()
    message = pair.message()

    def build() -> None:
        sent = pair.pack(content, message=message)
        for _ in sent.chunks():
            pass
        sent.close()

    def whole() -> None:
        sent = pair.pack(envelope(), message=pair.message())
        sent.body()
        sent.close()

    sent = pair.pack(content, message=message)
    body = sent.body()
    pieces = [body[i : i + 65_536] for i in range(0, len(body), 65_536)]

    def receive() -> None:
        box = Receiver(PEPPOL, [pair.receiver], MemoryStore(), trusted=pair.trusted)
        assert box.receive(sent.content_type, pieces).verdict.error is None  # noqa: S101 - or it measures nothing

    print(f" {len(document) // 1000} kB document, {len(body) // 1000} kB on the wire")
    show("build", best(build, times), goals[0], None)
    peer_build = None if peer is None else best(lambda: peer.build(document), min(times, 20))
    show("build, with the envelope", best(whole, times), goals[0], peer_build)
    peer_receive = None
    if peer is not None:
        peer_receive = best(lambda: peer.receive(sent.content_type, body), min(times, 20))
    show("receive and acknowledge", best(receive, times), goals[1], peer_receive)
    sent.close()


def peak() -> float:
    """Return the largest size that this program had, in MiB."""
    # The figure of getrusage begins with that of whoever started the program.
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def gigabyte(size: int) -> None:
    """Send and receive that many octets; prints what the process grew by, in MiB."""
    pair = Pair.new(now=datetime.now(UTC))

    def exchange(octets: int) -> None:
        piece = os.urandom(MB)

        def chunks() -> Iterator[bytes]:
            for _ in range(octets // MB):
                yield piece

        payload = Payload(chunks(), "application/octet-stream")
        receiver = pair.receiver.certificate
        with_disk = pack(pair.message(), [payload], PEPPOL, pair.sender, receiver)
        incoming = take(with_disk.content_type, with_disk.chunks(), PEPPOL)
        inbound = unpack(incoming, PEPPOL, [pair.receiver], trusted=pair.trusted)
        assert inbound.payloads[0].size == octets // MB * MB  # noqa: S101 - or it measures nothing
        for _ in inbound.payloads[0].content.chunks():
            pass
        with_disk.close()
        inbound.close()

    idle = peak()
    started = time.perf_counter()
    exchange(size)
    seconds = time.perf_counter() - started
    print(f"  {size // MB} MiB both ways: {peak() - idle:.1f} MiB above the idle process", end="")
    print(f" (goal 40), {seconds:.1f} s, {size / MB / seconds:.0f} MiB/s")


def main() -> None:
    """Print the tables."""
    if sys.argv[1:2] == ["gigabyte"]:
        gigabyte(int(sys.argv[2]))
        return
    pair = Pair.new(now=datetime.now(UTC))
    peer = Peer(pair) if os.environ.get("EINVOICE_PEER_AS4") else None
    try:
        measure(pair, 10_000, (1.5, 2.5), peer)
        measure(pair, 10_000_000, (120, 60), peer)
    finally:
        if peer is not None:
            peer.close()
    if "--no-gigabyte" not in sys.argv:
        # A process of its own: this one has grown already.
        command = [sys.executable, __file__, "gigabyte", str(1024 * MB)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
