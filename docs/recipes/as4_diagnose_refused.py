"""Find out why a message was refused: what the answer says, and what a dump of it shows."""

import tempfile
from pathlib import Path

from as4_peppol import Endpoint, LocalIdentity, Outcome, Payload, Receiver, Retries, Sender
from as4_peppol.dumps import into
from as4_peppol.evidence import Archive
from as4_peppol.inspecting import explain
from as4_peppol.profiles import PEPPOL
from as4_peppol.stores import MemoryStore
from as4_peppol.testing import Pair, PeppolPki
from einvoice_core import http


class Wire(http.BaseTransport):
    """Carries a message to a receiver without a network."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver

    def handle_request(self, request: http.Request) -> http.Response:
        """Give a request to the receiver."""
        reply = self.receiver.receive(request.headers["content-type"], [request.read()])
        kind = {"content-type": reply.content_type}
        return http.Response(reply.status, content=reply.body, headers=kind)


def main(folder: Path) -> None:
    pair = Pair.new()
    there = Receiver(
        PEPPOL,
        [pair.receiver],
        MemoryStore(),
        trusted=pair.trusted,
        dump=into(folder / "dumps"),  # every request, octet by octet; as4 serve --dumps does it
        clock=lambda: pair.now,
    )

    # A sender whose certificate comes from another authority than the one that is trusted.
    other = PeppolPki("OTHER", clock=lambda: pair.now)
    sender = Sender(
        LocalIdentity(other.access_point("PES000001")),
        PEPPOL,
        trusted=pair.trusted,
        client=http.client(transport=Wire(there)),
        retries=Retries(attempts=1),
        clock=lambda: pair.now,
    )
    endpoint = Endpoint("https://ap.example.test/as4", pair.receiver.certificate)
    result = sender.send(pair.message(), [Payload(b"<Invoice/>")], endpoint)

    # 1. The sender's side: the code says whose turn it is, the detail why.
    assert result.outcome is Outcome.REFUSED
    assert not result.retry  # the same message will not do
    (error,) = result.errors
    print(f"{error.code} {error.name}: {error.detail}")
    assert error.code == "EBMS:0101"

    # 2. What was sent and answered, kept as proof.
    kept = Archive(folder / "evidence").keep(result)
    assert kept.is_dir()

    # 3. The receiver's side: open the dump with its key.
    (dump,) = (folder / "dumps").iterdir()
    found = explain(dump.read_bytes(), [pair.receiver])
    for name, value in found.as_json().items():
        print(f"{name}: {value}")
    assert found.error is None  # it can be read: the message is whole
    assert found.payloads == (b"<Invoice/>",)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        main(Path(name))
