"""Queries of customers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from reference_server.services.clients.tables import CLIENTS

__all__ = ["add", "change", "find", "page"]


def add(
    connection: Connection,
    company_id: str,
    client_id: str,
    nif: str,
    name: str,
    party: dict[str, Any],
    at: datetime,
) -> None:
    """Insert a customer."""
    connection.execute(
        insert(CLIENTS).values(
            id=client_id,
            company_id=company_id,
            nif=nif,
            name=name,
            party=party,
            version=1,
            created_at=at,
        )
    )


def find(connection: Connection, company_id: str, client_id: str) -> Row[Any] | None:
    """Find a customer of a company."""
    query = select(CLIENTS).where(CLIENTS.c.company_id == company_id, CLIENTS.c.id == client_id)
    return connection.execute(query).first()


def page(connection: Connection, company_id: str, after: str, limit: int) -> list[Row[Any]]:
    """List customers in the order of their ids, from the one after ``after``."""
    query = (
        select(CLIENTS)
        .where(CLIENTS.c.company_id == company_id, CLIENTS.c.id > after)
        .order_by(CLIENTS.c.id)
        .limit(limit)
    )
    return list(connection.execute(query))


def change(
    connection: Connection,
    company_id: str,
    client_id: str,
    version: int,
    nif: str,
    name: str,
    party: dict[str, Any],
) -> bool:
    """Replace a customer, if it is still at that version."""
    result = connection.execute(
        update(CLIENTS)
        .where(
            CLIENTS.c.company_id == company_id,
            CLIENTS.c.id == client_id,
            CLIENTS.c.version == version,
        )
        .values(nif=nif, name=name, party=party, version=version + 1)
    )
    return result.rowcount == 1
