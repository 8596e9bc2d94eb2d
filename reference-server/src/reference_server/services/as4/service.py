"""Use cases of Peppol over AS4.

A company is the participant of the NIF in its certificate: nobody else can claim its documents.
"""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Row

from as4_peppol import As4Error, Endpoint, Outcome, Retries, Sender
from as4_peppol.message.reading import read_envelope
from as4_peppol.message.records import UserMessage
from as4_peppol.packing import new_id
from as4_peppol.peppol import sbdh
from as4_peppol.peppol.identifiers import DocumentTypeId, ParticipantId, ProcessId
from as4_peppol.peppol.locator import LookupFailedError
from as4_peppol.peppol.sending import Finder, FixedEndpoint, PeppolSender
from as4_peppol.profiles import PEPPOL
from as4_peppol.profiles.peppol import FINAL_RECIPIENT, ORIGINAL_SENDER
from as4_peppol.stores import StoredMessage
from einvoice_core.certificates import load_certificates
from reference_server import credentials
from reference_server.access_point import SPANISH, Gateway
from reference_server.database import Database
from reference_server.errors import ConflictError, InvalidError, NotFoundError
from reference_server.events import Delivery, queue
from reference_server.security import Caller
from reference_server.services.as4 import repository
from reference_server.services.as4.schemas import NewSending, Received, Sending
from reference_server.settings import Settings

__all__ = [
    "SEND",
    "document",
    "done",
    "inbox",
    "send",
    "sender",
    "state_of",
]

SEND = "as4.send"
"""Kind of the delivery that sends a document."""

_KIND = DocumentTypeId.parse(
    "busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice"
    "##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1"
)
_PROCESS = ProcessId.parse("cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0")


def send(
    db: Database,
    settings: Settings,
    gateway: Gateway | None,
    caller: Caller,
    wanted: NewSending,
    invoice: bytes,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Sending:
    """Queue an invoice; its identifiers are fixed now, so that no attempt delivers it twice."""
    _require_way(_opened(gateway), wanted)
    receiver, now, sending_id = ParticipantId.parse(wanted.receiver), clock(), str(uuid.uuid4())
    envelope = sbdh.wrap(
        invoice,
        sender=_participant(db, settings, caller),
        receiver=receiver,
        document_type=_KIND,
        process=_PROCESS,
        country_c1="ES",
        now=now,
    )
    with db.write() as tx:
        repository.add(
            tx,
            now,
            id=sending_id,
            company_id=caller.company_id,
            message_id=new_id(),
            receiver=str(receiver),
            url=wanted.url or "",
            certificate=(wanted.certificate or "").encode(),
            document=envelope,
        )
        queue(tx, caller.company_id, SEND, f"as4:{sending_id}", {"sending_id": sending_id}, now)
    return state_of(db, caller, sending_id)


def sender(
    db: Database,
    gateway: Gateway | None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Callable[[Delivery], None]:
    """Make the handler that sends a document; it may see one twice, with the same identifiers."""

    def hand_over(delivery: Delivery) -> None:
        opened = _opened(gateway)
        with db.read() as tx:
            row = repository.find(tx, delivery.company_id, str(delivery.payload["sending_id"]))
        if row is None or row.state != "queued":
            return
        # The relay decides when something is sent again.
        once = Sender(
            opened.identity,
            PEPPOL,
            trusted=opened.trust.access_point,
            client=opened.client,
            retries=Retries(attempts=1),
            clock=clock,
        )
        try:
            result = PeppolSender(once, _finder(opened, row), clock).forward(
                row.document, row.message_id
            )
        except LookupFailedError:
            raise
        except As4Error as error:
            with db.write() as tx:
                repository.change(tx, row.id, clock(), "refused", f"{error.code}: {error.message}")
            return
        opened.archive.keep(result)
        if result.retry:
            result.require_delivered()
        state = "delivered" if result.outcome is Outcome.DELIVERED else "refused"
        reason = "; ".join(f"{e.code}: {e.detail}" for e in result.errors) or None
        with db.write() as tx:
            repository.change(tx, row.id, clock(), state, reason)

    return hand_over


def _require_way(gateway: Gateway, wanted: NewSending) -> None:
    if (wanted.url is None) != (wanted.certificate is None):
        raise InvalidError("give address and certificate of the access point, or neither")
    if wanted.certificate is None:
        if gateway.discovery is None:
            raise ConflictError("this server looks nobody up: set EINVOICE_AS4_ZONE")
    elif len(load_certificates(wanted.certificate.encode())) != 1:
        raise InvalidError("give one certificate, that of the receiving access point")


def _finder(gateway: Gateway, row: Row[tuple[object, ...]]) -> Finder:
    if row.url:
        (certificate,) = load_certificates(row.certificate)
        return FixedEndpoint(Endpoint(row.url, certificate))
    if gateway.discovery is None:
        raise ConflictError("this server looks nobody up: set EINVOICE_AS4_ZONE")
    return gateway.discovery


def state_of(db: Database, caller: Caller, sending_id: str) -> Sending:
    """Return where a document stands."""
    with db.read() as tx:
        row = repository.find(tx, caller.company_id, sending_id)
    if row is None:
        raise NotFoundError(f"nothing was sent under {sending_id}")
    return _sending(row)


def inbox(
    db: Database, settings: Settings, gateway: Gateway | None, caller: Caller
) -> tuple[Received, ...]:
    """Return the documents that came for a company and wait."""
    mine = _mine(db, settings, _opened(gateway), caller)
    return tuple(
        Received(
            message_id=message.message_id,
            received_at=message.received_at,
            sender=user.value_of(ORIGINAL_SENDER) or "",
            size=message.payloads[0].size,
        )
        for message, user in mine
    )


def document(
    db: Database, settings: Settings, gateway: Gateway | None, caller: Caller, message_id: str
) -> bytes:
    """Return a document that waits."""
    opened = _opened(gateway)
    _require_mine(db, settings, opened, caller, message_id)
    return b"".join(opened.store.chunks(message_id, 0))


def done(
    db: Database, settings: Settings, gateway: Gateway | None, caller: Caller, message_id: str
) -> None:
    """Say that a company has a document."""
    opened = _opened(gateway)
    _require_mine(db, settings, opened, caller, message_id)
    opened.store.done(message_id)


def _opened(gateway: Gateway | None) -> Gateway:
    if gateway is None:
        raise ConflictError("this server is no access point: set EINVOICE_AS4_KEY")
    return gateway


def _participant(db: Database, settings: Settings, caller: Caller) -> ParticipantId:
    with db.read() as tx:
        nif = credentials.load(tx, settings, caller.company_id).holder.nif
    if nif is None:
        raise ConflictError("the certificate of the company names no NIF")
    return ParticipantId.parse(f"{SPANISH}{nif}")


_MAX_WAITING = 1_000


def _mine(
    db: Database, settings: Settings, gateway: Gateway, caller: Caller
) -> list[tuple[StoredMessage, UserMessage]]:
    me = _participant(db, settings, caller).value.lower()
    found: list[tuple[StoredMessage, UserMessage]] = []
    for message in gateway.store.pending(_MAX_WAITING):
        user = read_envelope(message.envelope).user
        if user is not None and (user.value_of(FINAL_RECIPIENT) or "").lower() == me:
            found.append((message, user))
    return found


def _require_mine(
    db: Database, settings: Settings, gateway: Gateway, caller: Caller, message_id: str
) -> None:
    if message_id not in {m.message_id for m, _ in _mine(db, settings, gateway, caller)}:
        raise NotFoundError(f"no document waits under {message_id}")


def _sending(row: Row[tuple[object, ...]]) -> Sending:
    return Sending(
        id=row.id,
        message_id=row.message_id,
        receiver=row.receiver,
        state=row.state,
        reason=row.reason,
        changed_at=row.changed_at,
    )
