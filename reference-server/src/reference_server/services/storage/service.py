"""Use cases of files."""

from typing import Any

from sqlalchemy import Row

from reference_server import files
from reference_server.database import Database
from reference_server.errors import NotFoundError
from reference_server.security import Caller
from reference_server.services.storage import repository
from reference_server.services.storage.schemas import FilePage, StoredFile
from reference_server.settings import Settings

__all__ = ["content", "find", "page"]


def find(db: Database, caller: Caller, file_id: str) -> StoredFile:
    """Return what is known of a file."""
    with db.read() as tx:
        row = repository.find(tx, caller.company_id, file_id)
    if row is None:
        raise NotFoundError(f"there is no file {file_id}")
    return _stored(row)


def content(
    db: Database, settings: Settings, caller: Caller, file_id: str
) -> tuple[StoredFile, bytes]:
    """Return a file with its content."""
    file = find(db, caller, file_id)
    return file, files.read(settings.files, file.sha256)


def page(db: Database, caller: Caller, after: str, limit: int) -> FilePage:
    """List files."""
    with db.read() as tx:
        rows = repository.page(tx, caller.company_id, after, limit)
    items = tuple(_stored(row) for row in rows)
    return FilePage(items=items, next_after=items[-1].id if len(items) == limit else None)


def _stored(row: Row[Any]) -> StoredFile:
    """Make the answer of a row."""
    return StoredFile(
        id=row.id,
        subject=row.subject,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        created_at=row.created_at,
    )
