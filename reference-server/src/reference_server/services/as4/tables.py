"""Table of the documents that leave over AS4."""

from sqlalchemy import Column, DateTime, LargeBinary, String, Table, Text

from reference_server.database import METADATA

__all__ = ["SENDINGS"]

SENDINGS = Table(
    "as4_sendings",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("company_id", String(36), nullable=False, index=True),
    Column("message_id", String(100), nullable=False, unique=True),
    Column("receiver", String(200), nullable=False),
    Column("url", String(500), nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason", Text),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)
