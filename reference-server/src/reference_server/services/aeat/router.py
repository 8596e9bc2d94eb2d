"""Routes of the tax agency."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from reference_server.context import (
    AgencyAddresses,
    AgencyConnect,
    AppDeclaration,
    AppRelay,
    AppSettings,
    CensusConnect,
    Db,
    Linked,
    SiiConnect,
)
from reference_server.errors import InvalidError
from reference_server.links import Link
from reference_server.parties import party_from_json
from reference_server.problems import responses
from reference_server.security import CanRead, CanWrite
from reference_server.services.aeat import asking, books, looking, service
from reference_server.services.aeat.schemas import (
    BookedInvoice,
    BookedState,
    CensusAnswer,
    ChainAudit,
    CodeAdvice,
    DeliveryResult,
    HeldPage,
    OutboxEntry,
    OutboxStep,
    Party,
    PlaceInQuery,
    RecomputedFingerprint,
    RecordState,
)

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


@router.get("/invoices/{invoice_id}/qr", responses=responses(401, 404, 409, 422))
def qr(
    invoice_id: str,
    caller: CanRead,
    db: Db,
    agency: AgencyAddresses,
    size_mm: Annotated[int, Query(ge=30, le=40)] = 35,
) -> Response:
    """Draw the tax QR of an invoice as an SVG in millimetres."""
    drawing = looking.qr_svg(db, agency, caller, invoice_id, size_mm)
    return Response(drawing, media_type="image/svg+xml")


@router.post("/fingerprints", responses=responses(401, 413, 422))
async def fingerprints(request: Request, caller: CanRead) -> list[RecomputedFingerprint]:
    """Recompute the fingerprints of the records and events in a document, sent as the body."""
    del caller
    data = await request.body()
    return await run_in_threadpool(looking.fingerprints, data)


@router.get("/codes/{code}", responses=responses(401, 422))
def code(code: Annotated[str, Path(pattern="^[0-9]{4}$")], caller: CanRead) -> CodeAdvice:
    """Tell what a code of the agency means for the record, and what to do next."""
    del caller
    return looking.advice_on(code)


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


@router.get("/chain/export", responses=responses(401))
def export_chain(caller: CanRead, db: Db) -> Response:
    """Return the company's records as they were hashed, in an archive with an index."""
    headers = {"Content-Disposition": 'attachment; filename="chain.zip"'}
    return Response(asking.export_chain(db, caller), headers=headers, media_type="application/zip")


@router.get("/held", responses=responses(401, 404, 422, 502))
async def held(
    caller: CanRead,
    db: Db,
    settings: AppSettings,
    connect: AgencyConnect,
    link: Linked,
    year: Annotated[int, Query(ge=2024, le=2100)],
    month: Annotated[int, Query(ge=1, le=12)],
    number: Annotated[str | None, Query(min_length=1, max_length=60)] = None,
    after_number: Annotated[str | None, Query(min_length=1, max_length=60)] = None,
    after_issued_on: date | None = None,
) -> HeldPage:
    """Ask the agency what it holds of a month of the company's invoices."""
    after = None
    if after_number is not None and after_issued_on is not None:
        after = PlaceInQuery(number=after_number, issued_on=after_issued_on)
    elif after_number is not None or after_issued_on is not None:
        raise InvalidError("after_number and after_issued_on go together")
    company = await _company(link)
    return await run_in_threadpool(
        asking.held, db, settings, connect, caller, company, date(year, month, 1), number, after
    )


@router.get("/census/{nif}", responses=responses(401, 404, 422, 502))
def census(
    nif: Annotated[str, Path(pattern="^[A-Za-z0-9]{9}$")],
    name: Annotated[str, Query(min_length=1, max_length=120)],
    caller: CanRead,
    db: Db,
    settings: AppSettings,
    connect: CensusConnect,
) -> CensusAnswer:
    """Ask the agency's census whether a NIF belongs to a name."""
    return asking.census_says(db, settings, connect, caller, nif, name)


@router.get("/declaration", responses=responses(404))
def declaration(made: AppDeclaration) -> Response:
    """Return the producer's declaration (declaración responsable); anybody may read it."""
    return Response(asking.declaration_page(made), media_type="text/html")


@router.post("/sii/issued/{invoice_id}", responses=responses(401, 403, 404, 409, 422, 502))
async def book(
    invoice_id: str,
    caller: CanWrite,
    db: Db,
    settings: AppSettings,
    connect: SiiConnect,
    link: Linked,
    *,
    changes: bool = False,
) -> BookedState:
    """Send the entry of an issued invoice to the SII; ``changes`` replaces the one that is held."""
    company = await _company(link)
    return await run_in_threadpool(
        books.send, db, settings, connect, caller, company, invoice_id, changes=changes
    )


@router.post("/sii/outbox/deliveries", responses=responses(401, 403, 404))
async def send_kept(
    caller: CanWrite, db: Db, settings: AppSettings, connect: SiiConnect
) -> OutboxStep:
    """Send one submission of what waits in the company's outbox of the SII."""
    return await run_in_threadpool(books.send_kept, db, settings, connect, caller)


@router.post("/sii/outbox/{invoice_id}", responses=responses(401, 403, 404, 409, 422))
async def keep(
    invoice_id: str, caller: CanWrite, db: Db, link: Linked, *, changes: bool = False
) -> OutboxEntry:
    """Keep the entry of an issued invoice for the SII; ``changes`` replaces the one it holds."""
    company = await _company(link)
    return await run_in_threadpool(books.keep, db, caller, company, invoice_id, changes=changes)


@router.get("/sii/outbox", responses=responses(401))
def kept(caller: CanRead, db: Db, after: Annotated[int, Query(ge=0)] = 0) -> list[OutboxEntry]:
    """Return what waits for the SII, and what it has said of the rest; up to a thousand."""
    return books.kept(db, caller, after)


@router.get("/sii/issued/{year}/{period}", responses=responses(401, 404, 422, 502))
async def booked(
    year: Annotated[int, Path(ge=2017, le=2100)],
    period: Annotated[str, Path(pattern="^(0[1-9]|1[0-2]|[1-4]T)$")],
    caller: CanRead,
    db: Db,
    settings: AppSettings,
    connect: SiiConnect,
    link: Linked,
) -> list[BookedInvoice]:
    """Ask the SII for the issued invoices that it holds of a period, with their contrast."""
    company = await _company(link)
    return await run_in_threadpool(books.held, db, settings, connect, caller, company, year, period)


async def _company(link: Link) -> Party:
    return party_from_json((await link.get("/api/v1/auth/company"))["party"])
