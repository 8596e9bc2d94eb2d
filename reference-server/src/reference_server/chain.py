"""The VERI*FACTU records of each company, in the chain store of the package.

The store works in the transaction of the caller: an invoice and its record are one commit. Here
stands only which record belongs to which invoice of the server.
"""

from typing import Any

from sqlalchemy import Column, Connection, Integer, String, Table, insert, select

from aeat_sii.verifactu import store
from aeat_sii.verifactu.records import RegistrationRecord
from aeat_sii.verifactu.store import deliveries
from aeat_sii.verifactu.store.deliveries import Delivery
from reference_server.database import METADATA
from reference_server.errors import ConflictError

__all__ = [
    "INVOICES",
    "append",
    "forget_failures",
    "hold",
    "key_of",
    "of_invoice",
    "raw",
    "registration_of",
    "walk",
]

INVOICES = Table(
    "verifactu_invoices",
    METADATA,
    Column("company_id", String(36), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("invoice_id", String(36), nullable=False, index=True),
)


def key_of(company_id: str) -> store.Key:
    """Return the chain of a company."""
    return store.Key(company_id)


def raw(connection: Connection) -> Any:  # noqa: ANN401 - the connection of the driver
    """Return the driver's connection, which is in the same transaction."""
    return connection.connection.driver_connection


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
    key = key_of(company_id)
    linked = store.append(raw(connection), key, record)
    position = store.head_of(raw(connection), key).length
    values = {"company_id": company_id, "position": position, "invoice_id": invoice_id}
    connection.execute(insert(INVOICES).values(values))
    return linked


def hold(connection: Connection, company_id: str) -> None:
    """Lock the chain of a company until the transaction ends."""
    store.head_of(raw(connection), key_of(company_id), lock=True)


def of_invoice(connection: Connection, company_id: str, invoice_id: str) -> Delivery | None:
    """Return the newest record of an invoice, with what is known of it at the agency."""
    position = connection.execute(
        select(INVOICES.c.position)
        .where(INVOICES.c.company_id == company_id, INVOICES.c.invoice_id == invoice_id)
        .order_by(INVOICES.c.position.desc())
        .limit(1)
    ).scalar()
    if position is None:
        return None
    return deliveries.delivery_at(raw(connection), key_of(company_id), position)


def registration_of(delivery: Delivery) -> RegistrationRecord:
    """Read the registration of an invoice, text by text as it was hashed.

    Raises:
        ConflictError: The newest record of the invoice cancels it.
    """
    record = store.record_of(delivery.record)
    if not isinstance(record, RegistrationRecord):
        raise ConflictError(f"the record of invoice {delivery.record.number} is cancelled")
    return record


def walk(connection: Connection, company_id: str) -> list[store.StoredRecord]:
    """List the whole chain of a company."""
    return list(store.walk(raw(connection), key_of(company_id)))


def forget_failures(connection: Connection, company_id: str) -> None:
    """Let the next submission leave without the pause that failures ask for."""
    key = key_of(company_id)
    pace = deliveries.pace_of(raw(connection), key)
    if pace.failures or pace.reason:
        deliveries.set_pace(raw(connection), key, deliveries.Pace())
