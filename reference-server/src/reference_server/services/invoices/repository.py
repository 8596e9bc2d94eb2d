"""Queries of series and invoices."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from reference_server.services.invoices.tables import INVOICES, SERIES

__all__ = [
    "add",
    "add_series",
    "by_key",
    "change_draft",
    "find",
    "issue",
    "page",
    "remove_draft",
    "series_of",
    "take_number",
]


def add_series(connection: Connection, company_id: str, series_id: str, code: str) -> None:
    """Insert a series whose first number is 1."""
    connection.execute(
        insert(SERIES).values(id=series_id, company_id=company_id, code=code, next_number=1)
    )


def series_of(connection: Connection, company_id: str) -> list[Row[Any]]:
    """List the series of a company."""
    query = select(SERIES).where(SERIES.c.company_id == company_id).order_by(SERIES.c.code)
    return list(connection.execute(query))


def take_number(connection: Connection, company_id: str, code: str, issued_on: date) -> int | None:
    """Take the next number of a series; ``None`` when there is no such series or day.

    The row stays locked until the transaction ends, and the number returns if it fails: no gap.
    """
    row = connection.execute(
        update(SERIES)
        .where(
            SERIES.c.company_id == company_id,
            SERIES.c.code == code,
            or_(SERIES.c.last_issued_on.is_(None), SERIES.c.last_issued_on <= issued_on),
        )
        .values(next_number=SERIES.c.next_number + 1, last_issued_on=issued_on)
        .returning(SERIES.c.next_number)
    ).first()
    return None if row is None else row.next_number - 1


def add(connection: Connection, values: dict[str, Any]) -> None:
    """Insert a draft."""
    connection.execute(insert(INVOICES).values(**values))


def by_key(connection: Connection, company_id: str, key: str) -> Row[Any] | None:
    """Find the invoice that a request with an idempotency key made."""
    query = select(INVOICES).where(
        INVOICES.c.company_id == company_id, INVOICES.c.idempotency_key == key
    )
    return connection.execute(query).first()


def find(
    connection: Connection, company_id: str, invoice_id: str, *, lock: bool = False
) -> Row[Any] | None:
    """Find an invoice of a company."""
    query = select(INVOICES).where(INVOICES.c.company_id == company_id, INVOICES.c.id == invoice_id)
    return connection.execute(query.with_for_update() if lock else query).first()


def page(connection: Connection, company_id: str, after: str, limit: int) -> list[Row[Any]]:
    """List invoices in the order of their ids, from the one after ``after``."""
    query = (
        select(INVOICES)
        .where(INVOICES.c.company_id == company_id, INVOICES.c.id > after)
        .order_by(INVOICES.c.id)
        .limit(limit)
    )
    return list(connection.execute(query))


def change_draft(
    connection: Connection, company_id: str, invoice_id: str, version: int, values: dict[str, Any]
) -> bool:
    """Change a draft, if it is still a draft of that version."""
    result = connection.execute(
        update(INVOICES)
        .where(
            INVOICES.c.company_id == company_id,
            INVOICES.c.id == invoice_id,
            INVOICES.c.state == "draft",
            INVOICES.c.version == version,
        )
        .values(version=version + 1, **values)
    )
    return result.rowcount == 1


def remove_draft(connection: Connection, company_id: str, invoice_id: str) -> bool:
    """Delete a draft."""
    result = connection.execute(
        delete(INVOICES).where(
            INVOICES.c.company_id == company_id,
            INVOICES.c.id == invoice_id,
            INVOICES.c.state == "draft",
        )
    )
    return result.rowcount == 1


def issue(connection: Connection, invoice_id: str, values: dict[str, Any]) -> None:
    """Make an issued invoice of a draft."""
    connection.execute(
        update(INVOICES).where(INVOICES.c.id == invoice_id).values(state="issued", **values)
    )
