"""Queries of files."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from reference_server.services.storage.tables import FILES

__all__ = ["add", "by_subject", "find", "page"]


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


def find(connection: Connection, company_id: str, file_id: str) -> Row[Any] | None:
    """Find a file of a company."""
    query = select(FILES).where(FILES.c.company_id == company_id, FILES.c.id == file_id)
    return connection.execute(query).first()


def page(connection: Connection, company_id: str, after: str, limit: int) -> list[Row[Any]]:
    """List files in the order of their ids, from the one after ``after``."""
    query = (
        select(FILES)
        .where(FILES.c.company_id == company_id, FILES.c.id > after)
        .order_by(FILES.c.id)
        .limit(limit)
    )
    return list(connection.execute(query))
