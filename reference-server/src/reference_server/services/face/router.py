"""Routes of FACe."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool

from reference_server.context import AppClock, AppSettings, Db, FaceConnect, Linked
from reference_server.problems import responses
from reference_server.security import CanRead, CanWrite
from reference_server.services.face import service
from reference_server.services.face.schemas import FaceState, NewSubmission

__all__ = ["router"]

router = APIRouter(prefix="/face", tags=["face"])


@router.post("/invoices/{invoice_id}", status_code=202, responses=responses(401, 403, 404, 409))
async def submit(
    invoice_id: str, body: NewSubmission, caller: CanWrite, db: Db, link: Linked, clock: AppClock
) -> FaceState:
    """Queue an issued invoice for FACe, signed."""
    await link.get_bytes(f"/api/v1/invoices/{invoice_id}/facturae")
    return await run_in_threadpool(service.submit, db, caller, invoice_id, body.email, clock)


@router.get("/invoices/{invoice_id}", responses=responses(401, 404))
def state_of(invoice_id: str, caller: CanRead, db: Db) -> FaceState:
    """Return where an invoice stands, as FACe last said."""
    return service.state_of(db, caller, invoice_id)


@router.post("/invoices/{invoice_id}/refresh", responses=responses(401, 403, 404, 409, 502))
def refresh(
    invoice_id: str,
    caller: CanWrite,
    db: Db,
    settings: AppSettings,
    connect: FaceConnect,
    clock: AppClock,
) -> FaceState:
    """Ask FACe where an invoice stands."""
    return service.refresh(db, settings, connect, caller, invoice_id, clock)
