"""A name server on loopback that answers questions for NAPTR records from a table."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from einvoice_core.testing.service.server import DoubleError

__all__ = ["NameServer", "serve_names"]

_STOP_S = 10


@dataclass(slots=True)
class NameServer:
    """A name server that runs.

    Args:
        port: Its UDP port on 127.0.0.1.
        table: Records in their textual form, by name with its final point; a name without row does
            not exist, and one whose row is ``None`` gets the answer that the server failed.
    """

    port: int
    table: dict[str, Sequence[str] | None] = field(default_factory=dict)

    def leads_to(self, name: str, address: str) -> None:
        """Say where the metadata of a participant are.

        Args:
            name: In the DNS, without final point.
            address: Of the publisher.
        """
        self.table[f"{name}."] = [f'100 10 "U" "Meta:SMP" "!.*!{address}!" .']

    def reply(self, question: bytes) -> bytes | None:
        """Answer a datagram; ``None`` for what is no question, which gets none."""
        try:
            query = dns.message.from_wire(question)
            answer = dns.message.make_response(query)
            asked = query.question[0]
        except (dns.exception.DNSException, IndexError):
            return None
        name = str(asked.name)
        records = self.table.get(name.lower(), ())
        if name.lower() not in self.table:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif records is None:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif records and asked.rdtype == dns.rdatatype.NAPTR:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "NAPTR", *records))
        return answer.to_wire()


@contextmanager
def serve_names(port: int = 0) -> Iterator[NameServer]:
    """Run a name server on 127.0.0.1 until the block ends.

    Args:
        port: 0 takes a free one.

    Raises:
        DoubleError: The port is taken.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        try:
            wire.bind(("127.0.0.1", port))
        except OSError as error:
            text = f"the name server cannot listen on UDP port {port}: {error.strerror}"
            raise DoubleError(text, port=port) from error
        server = NameServer(wire.getsockname()[1])
        ended = threading.Event()

        def work() -> None:
            while True:
                data, peer = wire.recvfrom(4096)
                if ended.is_set():
                    return
                if (reply := server.reply(data)) is not None:
                    wire.sendto(reply, peer)

        thread = threading.Thread(target=work, name="name server", daemon=True)
        thread.start()
        try:
            yield server
        finally:
            ended.set()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
                waker.sendto(b"", ("127.0.0.1", server.port))
            thread.join(_STOP_S)
