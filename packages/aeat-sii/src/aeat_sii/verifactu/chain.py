"""The chain of records: each carries the fingerprint (huella) of the one before it.

The fingerprint covers the text that stands in the XML, value by value: ``0.40`` and ``0.4`` give
different fingerprints, so a record must be sent exactly as it was hashed. The writer and this
module take the texts from the same codecs.

Source: tax agency, specification of the fingerprint, v0.1.2 (27/08/2024); Orden HAC/1177/2024,
arts. 7 and 13.
"""

from hashlib import sha256
from typing import TypeVar, overload

from aeat_sii.errors import ChainError, UnlinkedRecordError
from aeat_sii.verifactu.codes import FingerprintKind
from aeat_sii.verifactu.records import (
    FIRST,
    CancellationRecord,
    Chaining,
    ChainLink,
    RegistrationRecord,
)
from einvoice_core.lexical import AEAT_DATE, DECIMAL, XML_DATETIME
from einvoice_core.records import made

__all__ = ["AnyRecord", "fingerprint", "fingerprint_input", "link", "link_to"]

AnyRecord = RegistrationRecord | CancellationRecord
"""A record of an invoice: its registration or its cancellation."""

R = TypeVar("R", RegistrationRecord, CancellationRecord)
_OURS = (RegistrationRecord, CancellationRecord)


def fingerprint_input(record: AnyRecord) -> str:
    """Build the text whose SHA-256 is the fingerprint: ``name=value`` pairs joined by ``&``.

    Args:
        record: With its place in the chain; its own fingerprint is not looked at.

    Returns:
        The values as they stand in the XML, without the blanks around them.
    """
    return _input(record, record.chaining)


def fingerprint(record: AnyRecord) -> str:
    """Compute the fingerprint (huella) of a record.

    Args:
        record: With its place in the chain; its own fingerprint is not looked at.

    Returns:
        SHA-256 of :func:`fingerprint_input`: 64 hexadecimal digits in upper case.
    """
    return _digest(fingerprint_input(record))


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest().upper()


def _input(record: AnyRecord, chaining: Chaining) -> str:
    invoice = record.invoice
    number, nif = invoice.number.strip(), invoice.issuer_nif.strip()
    issued_on = AEAT_DATE.encode(invoice.issued_on)
    previous = chaining.previous.fingerprint.strip() if chaining.previous else ""
    recorded_at = XML_DATETIME.encode(record.recorded_at).strip()
    if isinstance(record, RegistrationRecord):
        return (
            f"IDEmisorFactura={nif}&NumSerieFactura={number}&FechaExpedicionFactura={issued_on}"
            f"&TipoFactura={record.kind.value}&CuotaTotal={DECIMAL.encode(record.total_tax).strip()}"
            f"&ImporteTotal={DECIMAL.encode(record.total).strip()}&Huella={previous}"
            f"&FechaHoraHusoGenRegistro={recorded_at}"
        )
    return (
        f"IDEmisorFacturaAnulada={nif}&NumSerieFacturaAnulada={number}"
        f"&FechaExpedicionFacturaAnulada={issued_on}&Huella={previous}"
        f"&FechaHoraHusoGenRegistro={recorded_at}"
    )


def link_to(record: AnyRecord) -> ChainLink:
    """Name a record as the one that comes before another.

    Raises:
        UnlinkedRecordError: The record has no fingerprint yet.
    """
    if not record.fingerprint:
        raise UnlinkedRecordError(
            f"the record of invoice {record.invoice.number} has no fingerprint: link it first",
            number=record.invoice.number,
        )
    # The values come from a record; checking them again would double the cost of a chain.
    invoice = record.invoice
    return made(
        ChainLink,
        {
            "issuer_nif": invoice.issuer_nif,
            "number": invoice.number,
            "issued_on": invoice.issued_on,
            "fingerprint": record.fingerprint,
        },
    )


@overload
def link(
    record: RegistrationRecord, previous: AnyRecord | ChainLink | None
) -> RegistrationRecord: ...
@overload
def link(
    record: CancellationRecord, previous: AnyRecord | ChainLink | None
) -> CancellationRecord: ...


def link(record: R, previous: AnyRecord | ChainLink | None) -> R:
    """Put a record at the end of a chain and compute its fingerprint.

    Args:
        record: Complete but for its place and its fingerprint; what it had of both is replaced.
        previous: The last record of the chain of this taxpayer and this invoicing system, or the
            link that names it; ``None`` when the record is the first one.

    Returns:
        The record that can be sent. The one given is not changed.

    Raises:
        UnlinkedRecordError: ``previous`` has no fingerprint yet.
        ChainError: ``previous`` is of another taxpayer.
    """
    if previous is None:
        chaining = FIRST
    else:
        named = previous if isinstance(previous, ChainLink) else link_to(previous)
        if named.issuer_nif != record.invoice.issuer_nif:
            raise ChainError(
                "each taxpayer has a chain of its own: the previous record has another issuer",
                number=named.number,
            )
        chaining = made(Chaining, {"is_first": None, "previous": named})
    placed = {
        "chaining": chaining,
        "fingerprint_kind": FingerprintKind.SHA_256,
        "fingerprint": _digest(_input(record, chaining)),
    }
    if type(record) in _OURS:
        return made(type(record), record.__dict__ | placed)
    return record.model_copy(update=placed)
