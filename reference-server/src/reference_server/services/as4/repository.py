"""Queries of the documents that leave over AS4."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from reference_server.services.as4.tables import SENDINGS

__all__ = ["add", "change", "find"]


def add(connection: Connection, at: datetime, **values: object) -> None:
    """Insert a document that is queued."""
    connection.execute(insert(SENDINGS).values(**values, state="queued", changed_at=at))


def find(connection: Connection, company_id: str, sending_id: str) -> Row[Any] | None:
    """Find a document of a company."""
    mine = SENDINGS.c.company_id == company_id
    return connection.execute(select(SENDINGS).where(mine, SENDINGS.c.id == sending_id)).first()


def change(
    connection: Connection, sending_id: str, at: datetime, state: str, reason: str | None
) -> None:
    """Change the state of a document."""
    this = SENDINGS.c.id == sending_id
    connection.execute(
        update(SENDINGS).where(this).values(state=state, reason=reason, changed_at=at)
    )
