"""Tables of companies and users."""

from sqlalchemy import JSON, Column, DateTime, String, Table

from reference_server.database import METADATA

__all__ = ["COMPANIES", "USERS"]

COMPANIES = Table(
    "companies",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("nif", String(9), nullable=False),
    Column("party", JSON, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

USERS = Table(
    "users",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("company_id", String(36), nullable=False, index=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("password", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
