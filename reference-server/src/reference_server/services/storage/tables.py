"""Table of files."""

from sqlalchemy import Column, DateTime, Integer, String, Table, UniqueConstraint

from reference_server.database import METADATA

__all__ = ["FILES"]

FILES = Table(
    "files",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("company_id", String(36), nullable=False, index=True),
    Column("subject", String(100), nullable=False),
    Column("name", String(200), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("company_id", "subject"),
)
