"""What the service of files answers."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

__all__ = ["FilePage", "StoredFile"]


class StoredFile(BaseModel):
    """A file and the digest of its content."""

    model_config = ConfigDict(frozen=True)

    id: str
    subject: str
    name: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime


class FilePage(BaseModel):
    """Some files, and where the next ones begin."""

    items: tuple[StoredFile, ...]
    next_after: str | None
