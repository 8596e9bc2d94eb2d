"""The VERI*FACTU records of each company, one after the other, in the transaction of the caller.

An invoice and its record are one commit. The row of the chain is locked by the transaction that
appends, so two issuers cannot put their records after the same one.
"""

import uuid
from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    update,
)

from aeat_sii.verifactu import chain as links
from aeat_sii.verifactu.records import ChainLink, RegistrationRecord
from einvoice_core.xml.binding import read, write
from einvoice_core.xml.parsing import parse
from reference_server.database import METADATA

__all__ = [
    "CHAINS",
    "PENDING",
    "RECORDS",
    "append",
    "of_invoice",
    "pause",
    "pause_left",
    "pending",
    "record_of",
    "settle",
    "walk",
]

CHAINS = Table(
    "verifactu_chains",
    METADATA,
    Column("company_id", String(36), primary_key=True),
    Column("length", Integer, nullable=False),
    Column("last_nif", String(9)),
    Column("last_number", String(60)),
    Column("last_issued_on", Date),
    Column("last_fingerprint", String(64)),
    Column("send_after", DateTime(timezone=True)),
)

RECORDS = Table(
    "verifactu_records",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("company_id", String(36), nullable=False),
    Column("position", Integer, nullable=False),
    Column("invoice_id", String(36), nullable=False, index=True),
    Column("number", String(60), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("xml", Text, nullable=False),
    Column("state", String(30), nullable=False),
    Column("csv", String(100)),
    Column("code", String(20)),
    Column("message", Text),
    Column("answered_at", DateTime(timezone=True)),
    UniqueConstraint("company_id", "position"),
)

PENDING = "pending"
"""The agency has not answered yet."""


def append(
    connection: Connection, company_id: str, invoice_id: str, record: RegistrationRecord
) -> RegistrationRecord:
    """Put a record at the end of the company's chain, in the caller's transaction.

    Args:
        connection: Of a writing transaction.
        company_id: Whose chain.
        invoice_id: Whose record.
        record: Complete but for its place and fingerprint.

    Returns:
        The record as it will be sent.
    """
    row = _locked(connection, company_id)
    previous = (
        ChainLink(
            issuer_nif=row.last_nif,
            number=row.last_number,
            issued_on=row.last_issued_on,
            fingerprint=row.last_fingerprint,
        )
        if row.length
        else None
    )
    linked = links.link(record, previous)
    connection.execute(
        insert(RECORDS).values(
            id=str(uuid.uuid4()),
            company_id=company_id,
            position=row.length + 1,
            invoice_id=invoice_id,
            number=linked.invoice.number,
            fingerprint=linked.fingerprint,
            xml=write(linked, declaration=False).decode("utf-8"),
            state=PENDING,
        )
    )
    connection.execute(
        update(CHAINS)
        .where(CHAINS.c.company_id == company_id)
        .values(
            length=row.length + 1,
            last_nif=linked.invoice.issuer_nif,
            last_number=linked.invoice.number,
            last_issued_on=linked.invoice.issued_on,
            last_fingerprint=linked.fingerprint,
        )
    )
    return linked


def _locked(connection: Connection, company_id: str) -> Row[tuple[object, ...]]:
    mine = CHAINS.c.company_id == company_id
    row = connection.execute(select(CHAINS).where(mine).with_for_update()).first()
    if row is None:
        connection.execute(insert(CHAINS).values(company_id=company_id, length=0))
        row = connection.execute(select(CHAINS).where(mine).with_for_update()).one()
    return row


def record_of(row: Row[tuple[object, ...]]) -> RegistrationRecord:
    """Read a stored record, text by text as it was hashed."""
    return read(parse(row.xml.encode("utf-8")), RegistrationRecord).require()


def pending(connection: Connection, company_id: str, limit: int) -> list[Row[tuple[object, ...]]]:
    """List the records that the agency has not answered, in the order of the chain."""
    query = (
        select(RECORDS)
        .where(RECORDS.c.company_id == company_id, RECORDS.c.state == PENDING)
        .order_by(RECORDS.c.position)
        .limit(limit)
    )
    return list(connection.execute(query))


def of_invoice(
    connection: Connection, company_id: str, invoice_id: str
) -> Row[tuple[object, ...]] | None:
    """Return the newest record of an invoice."""
    query = (
        select(RECORDS)
        .where(RECORDS.c.company_id == company_id, RECORDS.c.invoice_id == invoice_id)
        .order_by(RECORDS.c.position.desc())
        .limit(1)
    )
    return connection.execute(query).first()


def walk(connection: Connection, company_id: str) -> list[Row[tuple[object, ...]]]:
    """List the whole chain of a company."""
    query = select(RECORDS).where(RECORDS.c.company_id == company_id).order_by(RECORDS.c.position)
    return list(connection.execute(query))


def pause(connection: Connection, company_id: str, until: datetime) -> None:
    """Keep the instant before which the agency wants no other submission."""
    connection.execute(
        update(CHAINS).where(CHAINS.c.company_id == company_id).values(send_after=until)
    )


def pause_left(connection: Connection, company_id: str, now: datetime) -> float:
    """Return the seconds to wait before the next submission; 0 when there is no need to."""
    until: datetime | None = connection.execute(
        select(CHAINS.c.send_after).where(CHAINS.c.company_id == company_id)
    ).scalar()
    if until is None:
        return 0.0
    # SQLite keeps no time zone; the instants of this table are in UTC.
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def settle(
    connection: Connection,
    record_id: str,
    *,
    state: str,
    csv: str | None,
    code: str | None,
    message: str | None,
    answered_at: datetime,
) -> None:
    """Keep the agency's answer to a record."""
    connection.execute(
        update(RECORDS)
        .where(RECORDS.c.id == record_id)
        .values(state=state, csv=csv, code=code, message=message, answered_at=answered_at)
    )
