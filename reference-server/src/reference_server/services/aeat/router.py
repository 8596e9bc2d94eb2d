"""Routes of the tax agency."""

from fastapi import APIRouter, Response

from reference_server.context import AppRelay, Db
from reference_server.problems import responses
from reference_server.security import CanRead, CanWrite
from reference_server.services.aeat import service
from reference_server.services.aeat.schemas import ChainAudit, DeliveryResult, RecordState

__all__ = ["router"]

router = APIRouter(prefix="/aeat", tags=["aeat"])


@router.get("/invoices/{invoice_id}", responses=responses(401, 404))
def state_of(invoice_id: str, caller: CanRead, db: Db) -> RecordState:
    """Return where the record of an invoice stands."""
    return service.state_of(db, caller, invoice_id)


@router.get("/invoices/{invoice_id}/record", responses=responses(401, 404))
def record(invoice_id: str, caller: CanRead, db: Db) -> Response:
    """Return the record of an invoice as it was hashed."""
    return Response(service.record_xml(db, caller, invoice_id), media_type="application/xml")


@router.post("/deliveries", responses=responses(401, 403))
def deliver(caller: CanWrite, relay: AppRelay) -> DeliveryResult:
    """Deliver now what is due for the company."""
    return service.deliver(relay, caller)


@router.post("/deliveries/retry", responses=responses(401, 403))
def retry(caller: CanWrite, db: Db, relay: AppRelay) -> DeliveryResult:
    """Deliver now what failed before, without waiting for its pause."""
    return service.retry(db, relay, caller)


@router.get("/chain", responses=responses(401))
def audit(caller: CanRead, db: Db) -> ChainAudit:
    """Judge the company's chain, and say how to repair it where it is broken."""
    return service.audit(db, caller)
