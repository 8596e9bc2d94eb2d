"""What needs no agency: the tax QR of an invoice, fingerprints recomputed, what a code means."""

from aeat_sii.environments import Environment
from aeat_sii.verifactu import advice, qr
from aeat_sii.verifactu.hashing import fingerprints_in
from reference_server import chain
from reference_server.database import Database
from reference_server.errors import NotFoundError
from reference_server.security import Caller
from reference_server.services.aeat.schemas import CodeAdvice, RecomputedFingerprint

__all__ = ["advice_on", "fingerprints", "qr_svg"]


def qr_svg(
    db: Database, environment: Environment, caller: Caller, invoice_id: str, size_mm: int
) -> str:
    """Draw the tax QR of an invoice.

    Raises:
        NotFoundError: The invoice has no record.
        ConflictError: Its record is cancelled.
    """
    with db.read() as tx:
        row = chain.of_invoice(tx, caller.company_id, invoice_id)
    if row is None:
        raise NotFoundError(f"invoice {invoice_id} has no record: issue it first")
    address = qr.url_of(chain.registration_of(row), environment=environment)
    return qr.svg(address, size_mm=size_mm)


def fingerprints(xml: bytes) -> list[RecomputedFingerprint]:
    """Recompute the fingerprint of every record and event in a document.

    Raises:
        XmlRefused: The document cannot be read.
    """
    return [
        RecomputedFingerprint(
            kind=each.kind, stated=each.stated, computed=each.computed, line=each.line
        )
        for each in fingerprints_in(xml)
    ]


def advice_on(code: str) -> CodeAdvice:
    """Tell what follows from a code of the agency."""
    found = advice(code)
    return CodeAdvice(
        code=found.code,
        consequence=found.consequence.value,
        step=found.step.value,
        note=found.note or None,
    )
