"""Routes of series and invoices."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from reference_server.context import (
    AgencyAddresses,
    AppClock,
    AppMetrics,
    AppSettings,
    Db,
    Linked,
)
from reference_server.links import Link
from reference_server.parties import party_from_json
from reference_server.problems import responses
from reference_server.security import CanRead, CanWrite
from reference_server.services.invoices import documents, received, service, signatures
from reference_server.services.invoices.schemas import (
    Draft,
    FacturaeConversion,
    FacturaeVerdict,
    InvoicePage,
    InvoiceView,
    Language,
    NewSeries,
    Party,
    Series,
    SignatureVerdict,
    Version,
)

__all__ = ["router"]

router = APIRouter(prefix="/invoices", tags=["invoices"])
_Key = Annotated[str | None, Header(max_length=100)]


@router.post("/series", status_code=201, responses=responses(401, 403, 409, 422))
def add_series(body: NewSeries, caller: CanWrite, db: Db) -> Series:
    """Open a series of numbers."""
    return service.add_series(db, caller, body)


@router.get("/series", responses=responses(401))
def series(caller: CanRead, db: Db) -> tuple[Series, ...]:
    """List the series of the company."""
    return service.series(db, caller)


@router.post("", status_code=201, responses=responses(401, 403, 404, 409, 422))
async def add_draft(
    body: Draft, caller: CanWrite, db: Db, link: Linked, idempotency_key: _Key = None
) -> InvoiceView:
    """Add a draft; its customer and seller are kept as they are now."""
    seller, buyer = await _parties(link, body)
    return await run_in_threadpool(
        service.add_draft, db, caller, seller, buyer, body, idempotency_key
    )


@router.get("", responses=responses(401))
def page(
    caller: CanRead,
    db: Db,
    after: Annotated[str, Query(max_length=36)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> InvoicePage:
    """List invoices."""
    return service.page(db, caller, after, limit)


@router.post("/facturae/validate", responses=responses(401, 413, 422))
async def validate_facturae(request: Request, caller: CanRead) -> FacturaeVerdict:
    """Judge structure and rules of a Facturae document, sent as the body."""
    del caller
    data = await request.body()
    return await run_in_threadpool(received.judge, data)


@router.post("/facturae/convert", responses=responses(401, 413, 422))
async def convert_facturae(
    request: Request, caller: CanRead, to: Annotated[Version, Query()] = Version.V3_2_2
) -> FacturaeConversion:
    """Convert a Facturae document, sent as the body, and list what does not fit."""
    del caller
    data = await request.body()
    return await run_in_threadpool(received.convert, data, to)


@router.post("/signature", responses=responses(401, 413, 422))
async def judge_signature(request: Request, caller: CanRead, clock: AppClock) -> SignatureVerdict:
    """Verify the signature of a Facturae document, sent as the body."""
    del caller
    data = await request.body()
    return await run_in_threadpool(signatures.judge, data, clock())


@router.get("/{invoice_id}", responses=responses(401, 404))
def find(invoice_id: str, caller: CanRead, db: Db) -> InvoiceView:
    """Return an invoice."""
    return service.find(db, caller, invoice_id)


@router.put("/{invoice_id}", responses=responses(401, 403, 404, 409, 412, 422))
async def change_draft(
    invoice_id: str,
    body: Draft,
    if_match: Annotated[int, Header()],
    caller: CanWrite,
    db: Db,
    link: Linked,
) -> InvoiceView:
    """Replace a draft; ``If-Match`` is the version that was read."""
    seller, buyer = await _parties(link, body)
    return await run_in_threadpool(
        service.change_draft, db, caller, invoice_id, if_match, seller, buyer, body
    )


@router.delete("/{invoice_id}", status_code=204, responses=responses(401, 403, 404, 409))
def remove_draft(invoice_id: str, caller: CanWrite, db: Db) -> None:
    """Delete a draft."""
    service.remove_draft(db, caller, invoice_id)


@router.post("/{invoice_id}/issue", responses=responses(401, 403, 404, 409, 422))
def issue(
    invoice_id: str,
    caller: CanWrite,
    db: Db,
    clock: AppClock,
    metrics: AppMetrics,
    on: Annotated[date | None, Query()] = None,
) -> InvoiceView:
    """Issue a draft; repeating the request returns the same invoice."""
    issued = service.issue(db, caller, invoice_id, on, clock)
    metrics.invoices.inc()
    return issued


@router.get("/{invoice_id}/facturae", responses=responses(401, 404, 409))
def facturae(
    invoice_id: str,
    caller: CanRead,
    db: Db,
    settings: AppSettings,
    signed: Annotated[bool, Query()] = True,
) -> Response:
    """Return the invoice as Facturae 3.2.2, signed with the company's certificate."""
    if signed:
        data = documents.signed_facturae(db, settings, caller, invoice_id)
    else:
        data = service.document_of(db, caller, invoice_id)[1]
    return Response(data, media_type="application/xml")


@router.get("/{invoice_id}/pdf", responses=responses(401, 404, 409))
def pdf(
    invoice_id: str,
    caller: CanRead,
    db: Db,
    settings: AppSettings,
    agency: AgencyAddresses,
    language: Annotated[Language, Query()] = Language.SPANISH,
) -> Response:
    """Return the page of the invoice with its tax QR."""
    data = documents.page_pdf(db, settings, agency, caller, invoice_id, language)
    return Response(data, media_type="application/pdf")


async def _parties(link: Link, body: Draft) -> tuple[Party, Party]:
    company = await link.get("/api/v1/auth/company")
    client = await link.get(f"/api/v1/clients/{body.client_id}")
    return party_from_json(company["party"]), party_from_json(client["party"])
