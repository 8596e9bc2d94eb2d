"""Queries of files."""

from typing import Any

from sqlalchemy import Connection, Row, select

from reference_server.kept import FILES

__all__ = ["find", "page"]


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
