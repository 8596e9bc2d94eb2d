"""Routes of EN 16931."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from reference_server.context import Linked
from reference_server.problems import responses
from reference_server.security import CanRead
from reference_server.services.peppol import service, spfe
from reference_server.services.peppol.schemas import (
    Copied,
    Mended,
    Messages,
    Returned,
    RuleView,
    StatusView,
    Verdict,
)

__all__ = ["router"]

router = APIRouter(prefix="/peppol", tags=["peppol"])
_Profile = Annotated[
    Literal[
        "auto",
        "en16931",
        "peppol-bis-3",
        "peppol-selfbilling-3",
        "peppol-invoice-response-3",
        "peppol-message-response-3",
        "cius-es-face-1.0.0",
    ],
    Query(),
]


@router.get("/invoices/{invoice_id}/ubl", responses=responses(401, 404, 409, 422))
async def ubl(invoice_id: str, caller: CanRead, link: Linked) -> Response:
    """Return an issued invoice as UBL 2.1."""
    del caller
    document = await link.get_bytes(f"/api/v1/invoices/{invoice_id}/facturae?signed=false")
    data, _ = await run_in_threadpool(service.convert, document)
    return Response(data, media_type="application/xml")


@router.get("/invoices/{invoice_id}/cii", responses=responses(401, 404, 409, 422))
async def cii(invoice_id: str, caller: CanRead, link: Linked) -> Response:
    """Return an issued invoice as CII D16B."""
    del caller
    document = await link.get_bytes(f"/api/v1/invoices/{invoice_id}/facturae?signed=false")
    data = await run_in_threadpool(service.as_cii, document)
    return Response(data, media_type="application/xml")


@router.get("/invoices/{invoice_id}/verdict", responses=responses(401, 404, 409, 422))
async def verdict(
    invoice_id: str, caller: CanRead, link: Linked, profile: _Profile = "en16931"
) -> Verdict:
    """Judge an issued invoice as UBL, and list what the conversion lost."""
    del caller
    document = await link.get_bytes(f"/api/v1/invoices/{invoice_id}/facturae?signed=false")
    return await run_in_threadpool(service.judge_invoice, document, profile)


@router.post("/facturae", responses=responses(401, 413, 422))
async def facturae(
    request: Request, caller: CanRead, series: Annotated[str | None, Query(max_length=20)] = None
) -> Returned:
    """Make a Facturae file, unsigned, of a document in UBL or CII sent as the body."""
    del caller
    data = await request.body()
    return await run_in_threadpool(service.as_facturae, data, series)


@router.post("/validate", responses=responses(401, 413, 422))
async def validate(request: Request, caller: CanRead, profile: _Profile = "en16931") -> Verdict:
    """Judge a document in UBL or CII, sent as the body."""
    del caller
    data = await request.body()
    return await run_in_threadpool(service.judge, data, profile)


@router.get("/rules/{rule}", responses=responses(401, 404))
def explain(rule: str, caller: CanRead) -> RuleView:
    """Explain a rule by its id."""
    del caller
    return service.explain(rule)


@router.post("/fix", responses=responses(401, 409, 413, 422))
async def fix(request: Request, caller: CanRead, profile: _Profile = "auto") -> Mended:
    """Mend what is certain in a document sent as the body, and judge it again."""
    del caller
    data = await request.body()
    return await run_in_threadpool(service.fix, data, profile)


@router.post("/spfe/validate", responses=responses(401, 413, 422))
async def spfe_validate(request: Request, caller: CanRead) -> Verdict:
    """Judge an invoice or status message for the Spanish public solution."""
    del caller
    data = await request.body()
    return await run_in_threadpool(spfe.judge, data)


@router.post("/spfe/convert", responses=responses(401, 413, 422))
async def spfe_convert(request: Request, caller: CanRead) -> Copied:
    """Make the faithful copy of an invoice in UBL 2.1 or CII, with what it does not carry."""
    del caller
    data = await request.body()
    return await run_in_threadpool(spfe.convert, data)


@router.post("/spfe/status", responses=responses(401, 413, 422))
def spfe_status(told: Messages, caller: CanRead) -> StatusView:
    """Say what the status messages of one invoice make of it."""
    del caller
    return spfe.status(told)
