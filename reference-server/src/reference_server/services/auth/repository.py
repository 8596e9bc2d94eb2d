"""Queries of companies and users."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from reference_server.services.auth.tables import COMPANIES, USERS

__all__ = ["add_company", "add_user", "company", "user_by_email", "users_of"]


def add_company(
    connection: Connection, company_id: str, nif: str, party: dict[str, Any], at: datetime
) -> None:
    """Insert a company."""
    connection.execute(insert(COMPANIES).values(id=company_id, nif=nif, party=party, created_at=at))


def add_user(
    connection: Connection,
    user_id: str,
    company_id: str,
    email: str,
    password: str,
    role: str,
    at: datetime,
) -> None:
    """Insert a user; ``password`` is its hash."""
    connection.execute(
        insert(USERS).values(
            id=user_id,
            company_id=company_id,
            email=email,
            password=password,
            role=role,
            created_at=at,
        )
    )


def company(connection: Connection, company_id: str) -> Row[Any] | None:
    """Find a company."""
    return connection.execute(select(COMPANIES).where(COMPANIES.c.id == company_id)).first()


def user_by_email(connection: Connection, email: str) -> Row[Any] | None:
    """Find a user by the address used to log in."""
    return connection.execute(select(USERS).where(USERS.c.email == email)).first()


def users_of(connection: Connection, company_id: str) -> list[Row[Any]]:
    """List the users of a company."""
    query = select(USERS).where(USERS.c.company_id == company_id).order_by(USERS.c.email)
    return list(connection.execute(query))
