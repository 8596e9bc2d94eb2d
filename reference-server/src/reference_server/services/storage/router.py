"""Routes of files."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from reference_server.context import AppSettings, Db
from reference_server.problems import responses
from reference_server.security import CanRead
from reference_server.services.storage import service
from reference_server.services.storage.schemas import FilePage, StoredFile

__all__ = ["router"]

router = APIRouter(prefix="/storage", tags=["storage"])


@router.get("/files", responses=responses(401))
def page(
    caller: CanRead,
    db: Db,
    after: Annotated[str, Query(max_length=36)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> FilePage:
    """List the files of the company."""
    return service.page(db, caller, after, limit)


@router.get("/files/{file_id}", responses=responses(401, 404))
def find(file_id: str, caller: CanRead, db: Db) -> StoredFile:
    """Return what is known of a file."""
    return service.find(db, caller, file_id)


@router.get("/files/{file_id}/content", responses=responses(401, 404))
def content(file_id: str, caller: CanRead, db: Db, settings: AppSettings) -> Response:
    """Return the bytes of a file."""
    file, data = service.content(db, settings, caller, file_id)
    disposition = f'attachment; filename="{file.name}"'
    return Response(data, media_type=file.media_type, headers={"content-disposition": disposition})
