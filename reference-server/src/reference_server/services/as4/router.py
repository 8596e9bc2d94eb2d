"""Routes of Peppol over AS4."""

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from reference_server.context import AppClock, AppSettings, As4Gateway, Db, Linked
from reference_server.problems import responses
from reference_server.security import CanRead, CanWrite
from reference_server.services.as4 import service
from reference_server.services.as4.schemas import NewSending, NewStatus, Received, Sending, Told

__all__ = ["router"]

router = APIRouter(prefix="/as4", tags=["as4"])


@router.post("/sendings", status_code=202, responses=responses(401, 403, 404, 409, 422))
async def send(
    body: NewSending,
    caller: CanWrite,
    db: Db,
    settings: AppSettings,
    gateway: As4Gateway,
    link: Linked,
    clock: AppClock,
) -> Sending:
    """Queue an issued invoice, as UBL in its envelope, for the access point of its receiver."""
    document = await link.get_bytes(f"/api/v1/peppol/invoices/{body.invoice_id}/ubl")
    return await run_in_threadpool(
        service.send, db, settings, gateway, caller, body, document, clock
    )


@router.get("/sendings/{sending_id}", responses=responses(401, 404))
def state_of(sending_id: str, caller: CanRead, db: Db) -> Sending:
    """Return where a document stands."""
    return service.state_of(db, caller, sending_id)


@router.get("/inbox", responses=responses(401, 404, 409))
def inbox(
    caller: CanRead, db: Db, settings: AppSettings, gateway: As4Gateway
) -> tuple[Received, ...]:
    """Return the documents that came for the company and wait, the oldest first."""
    return service.inbox(db, settings, gateway, caller)


@router.get("/inbox/{message_id}", responses=responses(401, 404, 409))
def document(
    message_id: str, caller: CanRead, db: Db, settings: AppSettings, gateway: As4Gateway
) -> Response:
    """Return a document that waits, in its envelope."""
    data = service.document(db, settings, gateway, caller, message_id)
    return Response(data, media_type="application/xml")


@router.delete("/inbox/{message_id}", status_code=204, responses=responses(401, 403, 404, 409))
def done(
    message_id: str, caller: CanWrite, db: Db, settings: AppSettings, gateway: As4Gateway
) -> None:
    """Say that the company has a document; its receipt stays known."""
    service.done(db, settings, gateway, caller, message_id)


@router.post("/inbox/{message_id}/status", responses=responses(401, 403, 404, 409, 422))
def settle(
    message_id: str,
    body: NewStatus,
    caller: CanWrite,
    db: Db,
    settings: AppSettings,
    gateway: As4Gateway,
    clock: AppClock,
) -> Told:
    """Say what became of a document; its sender gets a message level status where it is due."""
    return service.settle(db, settings, gateway, caller, message_id, body, clock)
