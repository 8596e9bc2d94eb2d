"""Which files are kept for which subject, in the transaction of the caller.

The service that made a document and the service that hands files out both know the row of a file;
neither imports the other.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    insert,
    select,
)

from reference_server.database import METADATA

__all__ = ["FILES", "add", "by_subject"]

FILES = Table(
    "files",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("company_id", String(36), nullable=False, index=True),
    Column("subject", String(100), nullable=False),
    Column("name", String(200), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("company_id", "subject"),
)


def add(
    connection: Connection,
    company_id: str,
    file_id: str,
    subject: str,
    name: str,
    media_type: str,
    size: int,
    sha256: str,
    at: datetime,
) -> None:
    """Insert a file."""
    connection.execute(
        insert(FILES).values(
            id=file_id,
            company_id=company_id,
            subject=subject,
            name=name,
            media_type=media_type,
            size=size,
            sha256=sha256,
            created_at=at,
        )
    )


def by_subject(connection: Connection, company_id: str, subject: str) -> Row[Any] | None:
    """Find the file of a subject, such as ``facturae:<invoice>``."""
    query = select(FILES).where(FILES.c.company_id == company_id, FILES.c.subject == subject)
    return connection.execute(query).first()
