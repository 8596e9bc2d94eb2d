"""Tables of series and invoices."""

from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from reference_server.database import METADATA

__all__ = ["INVOICES", "SERIES"]

SERIES = Table(
    "series",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("company_id", String(36), nullable=False),
    Column("code", String(20), nullable=False),
    Column("next_number", Integer, nullable=False),
    Column("last_issued_on", Date),
    UniqueConstraint("company_id", "code"),
)

INVOICES = Table(
    "invoices",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("company_id", String(36), nullable=False, index=True),
    Column("client_id", String(36), nullable=False),
    Column("series", String(20), nullable=False),
    Column("number", Integer),
    Column("state", String(10), nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("seller", JSON, nullable=False),
    Column("buyer", JSON, nullable=False),
    Column("issued_on", Date),
    Column("document", Text),
    Column("total", String(40)),
    Column("idempotency_key", String(100)),
    Column("request_digest", String(64)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("company_id", "series", "number"),
    UniqueConstraint("company_id", "idempotency_key", name="uq_invoices_idempotency_key"),
)
"""``document`` is the unsigned Facturae of an issued invoice, byte for byte."""
