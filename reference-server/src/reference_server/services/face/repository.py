"""Queries of what was handed to FACe."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from reference_server.services.face.tables import SUBMISSIONS

__all__ = ["add", "change", "find"]


def find(connection: Connection, company_id: str, invoice_id: str) -> Row[Any] | None:
    """Find the submission of an invoice."""
    mine = SUBMISSIONS.c.company_id == company_id
    query = select(SUBMISSIONS).where(mine, SUBMISSIONS.c.invoice_id == invoice_id)
    return connection.execute(query).first()


def add(connection: Connection, company_id: str, invoice_id: str, email: str, at: datetime) -> None:
    """Insert a submission that is queued."""
    connection.execute(
        insert(SUBMISSIONS).values(
            invoice_id=invoice_id,
            company_id=company_id,
            email=email,
            state="queued",
            tries=1,
            changed_at=at,
        )
    )


def change(
    connection: Connection, company_id: str, invoice_id: str, at: datetime, **values: object
) -> None:
    """Change a submission."""
    mine = SUBMISSIONS.c.company_id == company_id
    this = SUBMISSIONS.c.invoice_id == invoice_id
    connection.execute(update(SUBMISSIONS).where(mine, this).values(**values, changed_at=at))
