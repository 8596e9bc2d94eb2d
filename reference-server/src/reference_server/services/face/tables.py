"""Table of what was handed to FACe."""

from sqlalchemy import Column, DateTime, Integer, String, Table, Text

from reference_server.database import METADATA

__all__ = ["SUBMISSIONS"]

SUBMISSIONS = Table(
    "face_submissions",
    METADATA,
    Column("invoice_id", String(36), primary_key=True),
    Column("company_id", String(36), nullable=False, index=True),
    Column("email", String(254), nullable=False),
    Column("state", String(10), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("registry_code", String(60)),
    Column("processing", String(10)),
    Column("cancellation", String(10)),
    Column("message", Text),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)
