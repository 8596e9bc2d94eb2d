"""Invented records with identities that exist for trials only."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from aeat_sii.verifactu.codes import InvoiceKind, Qualification, Regime
from aeat_sii.verifactu.records import (
    BreakdownLine,
    CancellationRecord,
    CancelledInvoiceId,
    InvoiceId,
    InvoicingSystem,
    Person,
    RegistrationRecord,
)

__all__ = ["ISSUER", "NOW", "cancellation", "line", "registration", "system"]

ISSUER = "89890001K"
NOW = datetime(2026, 7, 1, 7, 0, 0, tzinfo=UTC).astimezone(timezone(timedelta(hours=2)))
"""The instant at which the invented records are made."""


def system(**changes: Any) -> InvoicingSystem:  # noqa: ANN401 - fields of the record
    """Make an invoicing system."""
    fields: dict[str, Any] = {
        "producer_name": "PROGRAMAS DE PRUEBA SL",
        "producer_nif": ISSUER,
        "name": "Facturador de prueba",
        "id": "77",
        "version": "1.0.3",
        "installation": "383",
        "only_verifactu": True,
        "can_serve_several": False,
        "serves_several": False,
    }
    return InvoicingSystem(**fields | changes)


def line(**changes: Any) -> BreakdownLine:  # noqa: ANN401 - fields of the record
    """Make a line of 100.00 at 21 %."""
    fields: dict[str, Any] = {
        "regime": Regime.GENERAL,
        "qualification": Qualification.S1,
        "rate_percent": Decimal(21),
        "taxable_base": Decimal("100.00"),
        "output_tax": Decimal("21.00"),
    }
    return BreakdownLine(**fields | changes)


def registration(
    number: str = "2026/0001",
    **changes: Any,  # noqa: ANN401 - fields of the record
) -> RegistrationRecord:
    """Make the record of an invoice of 121.00, without its place in a chain."""
    fields: dict[str, Any] = {
        "invoice": InvoiceId(issuer_nif=ISSUER, number=number, issued_on=date(2026, 7, 1)),
        "issuer_name": "CERTIFICADO UNO TELEMATICAS",
        "kind": InvoiceKind.F1,
        "description": "Servicios de prueba",
        "recipients": (Person(name="CERTIFICADO DOS TELEMATICAS", nif="89890002E"),),
        "breakdown": (line(),),
        "total_tax": Decimal("21.00"),
        "total": Decimal("121.00"),
        "system": system(),
        "recorded_at": NOW,
    }
    return RegistrationRecord(**fields | changes)


def cancellation(
    number: str = "2026/0001",
    **changes: Any,  # noqa: ANN401 - fields of the record
) -> CancellationRecord:
    """Make the cancellation of that record, without its place in a chain."""
    fields: dict[str, Any] = {
        "invoice": CancelledInvoiceId(issuer_nif=ISSUER, number=number, issued_on=date(2026, 7, 1)),
        "system": system(),
        "recorded_at": NOW,
    }
    return CancellationRecord(**fields | changes)
