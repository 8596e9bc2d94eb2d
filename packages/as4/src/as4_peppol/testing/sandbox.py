"""A Peppol of your own on this machine: authorities, DNS, publisher, directory, access points.

Nothing of it is trusted by anybody else, and nothing leaves the machine: the addresses are HTTP on
loopback. Everything else is as in the network: names in the DNS, signed metadata, certificates of
the two roles, signed and encrypted messages, receipts. Needs ``as4-peppol[testing]``::

    with sandbox() as peppol:
        result = peppol.send(invoice).require_delivered()
        (message,) = peppol.corner3.store.pending()
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding

from as4_peppol.asgi import As4App
from as4_peppol.message.records import UserMessage
from as4_peppol.peppol import mls
from as4_peppol.peppol.discovery import Discovery
from as4_peppol.peppol.dns import DnsResolver
from as4_peppol.peppol.identifiers import DocumentTypeId, ParticipantId, ProcessId
from as4_peppol.peppol.sbdh import BusinessDocument
from as4_peppol.peppol.sending import Dispatch, PeppolSender
from as4_peppol.peppol.statuses import Decision, StatusDesk, seat_participant
from as4_peppol.peppol.trust import PeppolTrust
from as4_peppol.profiles import PEPPOL
from as4_peppol.profiles.peppol import FINAL_RECIPIENT, common_name
from as4_peppol.receiver import Observer, Receiver
from as4_peppol.security.keys import LocalIdentity
from as4_peppol.sender import Retries, Sender, SendResult
from as4_peppol.stores import MemoryStore, SqliteStore
from as4_peppol.testing.directory import Directory, Listed
from as4_peppol.testing.names import NameServer, serve_names
from as4_peppol.testing.pair import BILLING, INVOICE, RECIPIENT, SENDER
from as4_peppol.testing.pki import PeppolPki
from as4_peppol.testing.publisher import Publisher
from einvoice_core import http
from einvoice_core.testing.service.app import AsgiApp, Receive, Scope, Send
from einvoice_core.testing.service.server import serve

__all__ = ["ZONE", "AccessPoint", "Sandbox", "sandbox"]

ZONE = "participant.sandbox.test"
"""Where the DNS names of the participants end."""

_Store = MemoryStore | SqliteStore


@dataclass(slots=True)
class AccessPoint:
    """An access point of the sandbox.

    Args:
        identity: Its key and certificate.
        store: What it received.
        path: Of its address.
        participants: Whom it serves; it answers for others that it does not.
    """

    identity: LocalIdentity
    store: _Store
    path: str
    participants: set[str] = field(default_factory=set)

    def serves(self, message: UserMessage) -> bool:
        """Whether the receiver of a message is one of its participants."""
        finals = [each for each in message.properties or () if each.name == FINAL_RECIPIENT]
        return any(f"{each.type}::{each.value.lower()}" in self.participants for each in finals)


@dataclass(slots=True)
class Sandbox:
    """The sandbox while it runs.

    Args:
        pki: Its authorities; it issues further certificates.
        url: Address of publisher and access points, without path.
        names: Its name server.
        publisher: Its metadata publisher, at ``/smp``.
        directory: Its directory, at ``/directory``.
        corner2: The access point that sends, at ``/corner2``.
        corner3: The access point that receives, at ``/corner3``.
    """

    pki: PeppolPki
    url: str
    names: NameServer
    publisher: Publisher
    directory: Directory
    corner2: AccessPoint
    corner3: AccessPoint

    @property
    def trust(self) -> PeppolTrust:
        """Trusts the authorities of this sandbox, and no others."""
        return PeppolTrust.of_sandbox(self.pki.ap_ca, self.pki.smp_ca)

    def address(self, access_point: AccessPoint) -> str:
        """Return where an access point takes messages."""
        return f"{self.url}{access_point.path}"

    def summary(self) -> dict[str, str]:
        """Say where everything is."""
        return {
            "DNS": f"127.0.0.1 port {self.names.port}, zone {ZONE}",
            "publisher": self.publisher.base,
            "directory": f"{self.url}/directory",
            "corner 2": f"{self.address(self.corner2)} for {SENDER}",
            "corner 3": f"{self.address(self.corner3)} for {RECIPIENT}",
            "document": f"{INVOICE}",
            "process": f"{BILLING}",
        }

    def write_keys(self, folder: Path, password: str) -> None:
        """Write ``authorities.pem``, ``network.json``, and certificate and key of access points.

        The keys are files of PKCS#12. The folder is what ``as4 --network sandbox`` wants.

        Args:
            folder: Made where it is missing.
            password: Of the keys; not empty.

        Raises:
            ValueError: The password is empty.
        """
        if not password:
            raise ValueError("choose a password for the keys of the sandbox")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "authorities.pem").write_bytes(self.pki.pem)
        place = {"zone": ZONE, "dns_port": self.names.port, "url": self.url}
        (folder / "network.json").write_text(json.dumps(place), "utf-8")
        for corner in (self.corner2, self.corner3):
            name = corner.path.removeprefix("/")
            identity = corner.identity
            (folder / f"{name}.pem").write_bytes(identity.certificate.public_bytes(Encoding.PEM))
            key = identity.credential.to_pkcs12(password.encode())
            (folder / f"{name}.p12").write_bytes(key)

    def register(
        self,
        participant: ParticipantId,
        access_point: AccessPoint,
        document_type: DocumentTypeId = INVOICE,
        process: ProcessId = BILLING,
        name: str = "Empresa de Pruebas, S. L.",
        *,
        is_listed: bool = True,
    ) -> None:
        """Let a participant be found, with the only document that it gets.

        Args:
            participant: Who gets it.
            access_point: Who receives for it.
            document_type: What it gets.
            process: In which process.
            name: On its business card and in the directory.
            is_listed: Whether it has a business card and the directory knows it.
        """
        now = datetime.now(UTC)
        access_point.participants.add(participant.key)
        self.publisher.access_point = access_point.identity.certificate
        self.publisher.group(participant, document_type)
        self.publisher.publish(
            participant,
            document_type,
            process,
            **{
                "address": self.address(access_point),
                "from": f"{now - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
                "until": f"{now + timedelta(days=365):%Y-%m-%dT%H:%M:%SZ}",
            },
        )
        if is_listed:
            self.publisher.card(participant, name, "ES")
            self.directory.add(Listed(participant, name, "ES", document_type))
        self.names.leads_to(participant.dns_name(ZONE), self.publisher.base)

    def discovery(self, client: http.Client) -> Discovery:
        """Look participants up in this sandbox."""
        resolver = DnsResolver(["127.0.0.1"], self.names.port)
        return Discovery(ZONE, resolver, client, self.trust, plain_http=True)

    @contextmanager
    def statuses(self, hand_over: Callable[[BusinessDocument], Decision]) -> Iterator[StatusDesk]:
        """Let corner 3 hand over what it received and answer with a status, while the block runs.

        Args:
            hand_over: Says what became of a document.
        """
        with http.client() as client, self._sender(self.corner3, client) as out:
            sender = PeppolSender(out, self.discovery(client))
            seat = common_name(self.corner3.identity.certificate)
            desk = StatusDesk(self.corner3.store, sender, hand_over, seat=seat)
            try:
                yield desk
            finally:
                desk.close()

    def send(
        self,
        document: bytes,
        *,
        sender: ParticipantId = SENDER,
        receiver: ParticipantId = RECIPIENT,
        document_type: DocumentTypeId = INVOICE,
        process: ProcessId = BILLING,
        mls_type: str | None = None,
    ) -> SendResult:
        """Send a document from corner 2 to whoever the look-up finds.

        Args:
            document: XML, without envelope.
            sender: Participant at corner 1.
            receiver: Participant at corner 4.
            document_type: What it is.
            process: In which process.
            mls_type: When corner 3 is to send a message level status.

        Raises:
            NotRegisteredError: Nobody takes the document for the receiver.
            LookupFailedError: The look-up was not answered.
            SbdhError: The document is not of its type.
        """
        dispatch = Dispatch(sender, receiver, document_type, process, "ES", mls_type=mls_type)
        return self.dispatch(document, dispatch)

    def dispatch(self, document: bytes, dispatch: Dispatch) -> SendResult:
        """Send a document from corner 2 as it is told; it raises what :meth:`send` raises."""
        with http.client() as client, self._sender(self.corner2, client) as out:
            return PeppolSender(out, self.discovery(client)).send(document, dispatch)

    def _sender(self, corner: AccessPoint, client: http.Client) -> Sender:
        trusted = self.trust.access_point
        once = Retries(attempts=1)
        return Sender(corner.identity, PEPPOL, trusted=trusted, client=client, retries=once)


@contextmanager
def sandbox(
    folder: Path | None = None,
    *,
    port: int = 0,
    dns_port: int = 0,
    observer: Observer = lambda verdict: None,
) -> Iterator[Sandbox]:
    """Run a sandbox until the block ends.

    :data:`~as4_peppol.testing.SENDER` is registered at corner 2 and
    :data:`~as4_peppol.testing.RECIPIENT` at corner 3, both with one type of document.

    Args:
        folder: Keeps the received messages, one folder for each access point; by default they are
            forgotten at the end.
        port: Of publisher and access points (TCP); 0 takes a free one.
        dns_port: Of the name server (UDP); 0 takes a free one.
        observer: Told about every message that comes in.

    Raises:
        DoubleError: The port is taken.
    """
    pki = PeppolPki()
    trusted = PeppolTrust.of_sandbox(pki.ap_ca, pki.smp_ca).access_point
    corners = [
        AccessPoint(
            LocalIdentity(pki.access_point(f"PES00000{number}")),
            MemoryStore() if folder is None else SqliteStore(folder / f"corner{number}"),
            f"/corner{number}",
        )
        for number in (2, 3)
    ]
    publisher = Publisher(pki, corners[1].identity.certificate, "")
    directory = Directory()
    apps: dict[str, AsgiApp] = {
        each.path: As4App(
            Receiver(
                PEPPOL,
                [each.identity],
                each.store,
                trusted=trusted,
                serves=each.serves,
                observer=observer,
            )
        )
        for each in corners
    }
    try:
        with (
            serve_names(dns_port) as names,
            serve(
                _routes(publisher, directory, apps), port=port, tls=False, name="AS4 sandbox"
            ) as running,
        ):
            publisher.base = f"{running.url}/smp"
            made = Sandbox(pki, running.url, names, publisher, directory, *corners)
            made.register(SENDER, made.corner2)
            made.register(RECIPIENT, made.corner3)
            for each in corners:
                seat = seat_participant(common_name(each.identity.certificate))
                made.register(seat, each, mls.DOCUMENT_TYPE, mls.PROCESS, is_listed=False)
            yield made
    finally:
        for each in corners:
            if isinstance(each.store, SqliteStore):
                each.store.close()


def _routes(publisher: Publisher, directory: Directory, apps: dict[str, AsgiApp]) -> AsgiApp:
    """Lead a request to an access point, the directory, or the publisher."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        chosen = apps.get(scope["path"])
        if chosen is not None:
            await chosen(scope, receive, send)
            return
        if scope["path"] == "/directory/search/1.0/xml":
            found = directory.search(scope["query_string"].decode("latin-1"))
            status, body = (400, b"") if found is None else (200, found)
        else:
            origin = urlsplit(publisher.base)
            answer = publisher.respond(f"{origin.scheme}://{origin.netloc}{scope['path']}")
            status, body = answer.status_code, answer.read()
        length = (b"content-length", str(len(body)).encode("ascii"))
        headers = [(b"content-type", b"text/xml; charset=utf-8"), length]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app
