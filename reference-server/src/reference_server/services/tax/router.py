"""Routes of tax questions."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query

from reference_server.problems import responses
from reference_server.security import CanRead
from reference_server.services.tax import service
from reference_server.services.tax.schemas import NifAnswer, RateAnswer

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
