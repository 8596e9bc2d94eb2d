"""Table of customers."""

from sqlalchemy import JSON, Column, DateTime, Integer, String, Table

from reference_server.database import METADATA

__all__ = ["CLIENTS"]

CLIENTS = Table(
    "clients",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("company_id", String(36), nullable=False, index=True),
    Column("nif", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("party", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
