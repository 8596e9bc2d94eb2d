"""Routes of tax questions."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query

from reference_server.problems import responses
from reference_server.security import CanRead
from reference_server.services.tax import service
from reference_server.services.tax.schemas import (
    Anomaly,
    Books,
    Choice,
    DocumentQuestion,
    FormAnswer,
    NifAnswer,
    Obligation,
    RateAnswer,
    Requirement,
    Term,
)

__all__ = ["router"]

router = APIRouter(prefix="/tax", tags=["tax"])


@router.get("/nif/{text}", responses=responses(401))
def check_nif(text: Annotated[str, Path(max_length=40)], caller: CanRead) -> NifAnswer:
    """Check a NIF and say what to change."""
    del caller
    return service.check_nif(text)


@router.get("/iva/rates/{kind}", responses=responses(401, 422))
def iva_rate(
    kind: Annotated[str, Path(max_length=40)],
    on: Annotated[date, Query()],
    caller: CanRead,
    territory: Annotated[str, Query(max_length=40)] = "peninsula",
) -> RateAnswer:
    """Return the rate of IVA (IGIC in ``canarias``) on a day."""
    del caller
    return service.iva_rate(on, kind, territory)


@router.get("/irpf/withholding/{kind}", responses=responses(401, 422))
def withholding_rate(
    kind: Annotated[str, Path(max_length=60)], on: Annotated[date, Query()], caller: CanRead
) -> RateAnswer:
    """Return the withholding rate of IRPF on a day."""
    del caller
    return service.withholding_rate(on, kind)


@router.post("/forms/{model}", responses=responses(401, 422))
def close(
    model: Annotated[str, Path(max_length=3)],
    period: Annotated[str, Query(max_length=7)],
    ledger: Books,
    caller: CanRead,
    allow_unverified: bool = False,
    option: Annotated[list[str], Query(max_length=20)] = [],  # noqa: B006 - FastAPI copies it
) -> FormAnswer:
    """Close a form from a ledger: boxes, entries and trace; an option is ``name=value``."""
    del caller
    return service.close(model, period, ledger, allow_unverified, option)


@router.post("/audit", responses=responses(401, 422))
def audit(ledger: Books, caller: CanRead) -> list[Anomaly]:
    """Look for what is wrong in the books."""
    del caller
    return service.audit(ledger)


@router.post("/cases", responses=responses(401, 422))
def compute_case(case: Annotated[dict[str, Any], Body()], caller: CanRead) -> dict[str, Any]:
    """Compute the outputs of a worked case."""
    del caller
    return service.compute_case(case)


@router.post("/options", responses=responses(401, 422))
def compare_options(question: Annotated[dict[str, Any], Body()], caller: CanRead) -> list[Choice]:
    """Compare legal options, the best first."""
    del caller
    return service.compare_options(question)


@router.get("/terms/{year}", responses=responses(401, 422))
def terms(
    year: Annotated[int, Path(ge=2000, le=2100)],
    caller: CanRead,
    form: Annotated[list[str], Query(max_length=20)] = ["303", "130"],  # noqa: B006 - FastAPI copies it
) -> list[Term]:
    """Return the terms of the forms of a year."""
    del caller
    return service.terms(year, form)


@router.get("/obligations/{number}", responses=responses(401, 422))
def regimes(
    number: Annotated[str, Path(max_length=20)],
    turnover: Annotated[Decimal, Query(ge=0)],
    on: Annotated[date, Query()],
    caller: CanRead,
    postal_code: Annotated[str, Query(max_length=10)] = "28001",
) -> list[Obligation]:
    """Tell which regimes of invoicing oblige a company on a day."""
    del caller
    return service.regimes(number, turnover, postal_code, on)


@router.get("/obligations/{number}/document", responses=responses(401, 422))
def requirements(
    number: Annotated[str, Path(max_length=20)],
    question: Annotated[DocumentQuestion, Query()],
    caller: CanRead,
) -> list[Requirement]:
    """Tell which regimes and formats apply to a document to a counterpart, and by when."""
    del caller
    return service.requirements(number, question)
