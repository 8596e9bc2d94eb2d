"""Routes of customers."""

from typing import Annotated

from fastapi import APIRouter, Header, Query

from reference_server.context import Db
from reference_server.problems import responses
from reference_server.security import CanRead, CanWrite
from reference_server.services.clients import service
from reference_server.services.clients.schemas import Client, ClientBody, ClientPage

__all__ = ["router"]

router = APIRouter(prefix="/clients", tags=["clients"])


@router.post("", status_code=201, responses=responses(401, 403, 422))
def add(body: ClientBody, caller: CanWrite, db: Db) -> Client:
    """Add a customer; its NIF is checked."""
    return service.add(db, caller, body.party)


@router.get("", responses=responses(401))
def page(
    caller: CanRead,
    db: Db,
    after: Annotated[str, Query(max_length=36)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ClientPage:
    """List customers."""
    return service.page(db, caller, after, limit)


@router.get("/{client_id}", responses=responses(401, 404))
def find(client_id: str, caller: CanRead, db: Db) -> Client:
    """Return a customer."""
    return service.find(db, caller, client_id)


@router.put("/{client_id}", responses=responses(401, 403, 404, 412, 422))
def change(
    client_id: str, body: ClientBody, if_match: Annotated[int, Header()], caller: CanWrite, db: Db
) -> Client:
    """Replace a customer; ``If-Match`` is the version that was read."""
    return service.change(db, caller, client_id, if_match, body.party)
