"""Compares an invoice in the books of both parties, as the agency does (contraste).

What the agency compares is only named by its schemas (``DatosDescuadreContraparte``); that the two
agree when these sums do is inferred.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from aeat_sii.sandbox.sii.register import Held, Register, State
from aeat_sii.sandbox.sii.tree import Tree, amount, many, text
from aeat_sii.sandbox.sii.writing import moment

__all__ = ["Contrast", "contrast_of", "counterpart_of", "difference", "issued_sums", "state_of"]

_SUMS = ("SumBaseImponibleISP", "SumBaseImponible", "SumCuota", "SumCuotaRecargoEquivalencia")
_WITHOUT_PARTY = ("F2", "F4", "R5")


class Contrast(StrEnum):
    """State of the comparison, by its official number."""

    NOT_APPLICABLE = "1"
    IN_PROCESS = "2"
    NOT_FOUND = "3"
    PARTIAL = "4"
    AGREED = "5"


def counterpart_of(held: Held, register: Register) -> Held | None:
    """Return what the other party holds of an invoice."""
    if held.book == "issued":
        return _alive(register.find(text(held.record, "Contraparte", "NIF"), "received", held.key))
    return _alive(register.find(held.key[0], "issued", held.key))


def contrast_of(held: Held, register: Register, now: datetime, delay_s: int) -> Contrast:
    """Return the state of the comparison.

    Args:
        held: An invoice issued or received.
        register: The books of everybody.
        now: The service's clock.
        delay_s: Seconds that the comparison takes.
    """
    party = text(held.record, "Contraparte", "NIF")
    if not party or text(held.record, "TipoFactura") in _WITHOUT_PARTY:
        return Contrast.NOT_APPLICABLE
    other = counterpart_of(held, register)
    last = max(held.changed_at, other.changed_at) if other else held.changed_at
    if now < last + timedelta(seconds=delay_s):
        return Contrast.IN_PROCESS
    if other is None:
        return Contrast.NOT_FOUND
    return Contrast.PARTIAL if difference(held, other) else Contrast.AGREED


def difference(held: Held, other: Held) -> Tree:
    """Return the sums of the other party when they are not those of an invoice."""
    mine, theirs = _sums(held), _sums(other)
    return {} if mine == theirs else {name: f"{value:.2f}" for name, value in theirs.items()}


def state_of(held: Held, register: Register, now: datetime, delay_s: int) -> Tree:
    """Return the part of the state of an invoice that is about the comparison."""
    state = contrast_of(held, register, now, delay_s)
    found = {"EstadoCuadre": str(state)}
    if state not in (Contrast.NOT_APPLICABLE, Contrast.IN_PROCESS):
        other = counterpart_of(held, register)
        last = max(held.changed_at, other.changed_at) if other else held.changed_at
        found["TimestampEstadoCuadre"] = moment(last + timedelta(seconds=delay_s))
    return found


def issued_sums(record: Tree) -> dict[str, Decimal]:
    """Return base, tax, surcharge and reversed base of an issued invoice."""
    sums = dict.fromkeys(_SUMS, Decimal(0))
    for taxed in _subject(record):
        for block in many(taxed, "NoExenta"):
            reverses = text(block, "TipoNoExenta") == "S2"
            for line in many(block, "DesgloseIVA", "DetalleIVA"):
                name = "SumBaseImponibleISP" if reverses else "SumBaseImponible"
                sums[name] += amount(line, "BaseImponible")
                sums["SumCuota"] += amount(line, "CuotaRepercutida")
                sums["SumCuotaRecargoEquivalencia"] += amount(line, "CuotaRecargoEquivalencia")
        for exempt in many(taxed, "Exenta", "DetalleExenta"):
            sums["SumBaseImponible"] += amount(exempt, "BaseImponible")
    return sums


def _subject(record: Tree) -> list[Tree]:
    return [
        taxed
        for path in (
            ("DesgloseFactura",),
            ("DesgloseTipoOperacion", "PrestacionServicios"),
            ("DesgloseTipoOperacion", "Entrega"),
        )
        for taxed in many(record, "TipoDesglose", *path, "Sujeta")
    ]


def _received_sums(record: Tree) -> dict[str, Decimal]:
    sums = dict.fromkeys(_SUMS, Decimal(0))
    for line in many(record, "DesgloseFactura", "InversionSujetoPasivo", "DetalleIVA"):
        # The issuer charges no tax on these: what the recipient states is its own.
        sums["SumBaseImponibleISP"] += amount(line, "BaseImponible")
    for line in many(record, "DesgloseFactura", "DesgloseIVA", "DetalleIVA"):
        sums["SumBaseImponible"] += amount(line, "BaseImponible")
        sums["SumCuota"] += amount(line, "CuotaSoportada")
        sums["SumCuotaRecargoEquivalencia"] += amount(line, "CuotaRecargoEquivalencia")
    return sums


def _sums(held: Held) -> dict[str, Decimal]:
    sums = issued_sums(held.record) if held.book == "issued" else _received_sums(held.record)
    if text(held.record, "ImporteTotal"):
        sums["ImporteTotal"] = amount(held.record, "ImporteTotal")
    else:
        sums["ImporteTotal"] = sum(sums.values(), Decimal(0))
    return sums


def _alive(held: Held | None) -> Held | None:
    return held if held and held.state is not State.CANCELLED else None
