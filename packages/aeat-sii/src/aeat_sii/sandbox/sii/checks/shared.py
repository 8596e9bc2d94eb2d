"""What is judged of every record, or of invoices issued and received alike."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from aeat_sii.sandbox.sii.checks.case import Case
from aeat_sii.sandbox.sii.tree import Tree, amount, day, many, sub, text
from tax_es.ids import nif as nif_ids

__all__ = [
    "admitted",
    "first_month",
    "of_building",
    "of_invoice",
    "of_payments",
    "of_people",
    "of_period",
]

_CORRECTIVE = ("R1", "R2", "R3", "R4", "R5")
_MRN = re.compile(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{14}")
"""Number of a customs declaration: year, country, 14 characters (DUA and H7 alike)."""
_LATER = ("14", "15")
_MACRODATA = Decimal(100_000_000)
_LEGAL_PERSONS = "ABCDEFGHJNPQRSUVW"
_QUARTERS = {"1T": 3, "2T": 6, "3T": 9, "4T": 12, "0A": 12}


def of_period(case: Case) -> Iterator[str]:
    """Judge the period of settlement."""
    period = sub(case.record, "PeriodoLiquidacion")
    if not period:
        return
    year, part = int(text(period, "Ejercicio")), text(period, "Periodo")
    month = first_month(part)
    operated = case.operated_on
    if operated and operated > case.now.date() and case.operation.book == "issued":
        yield from _of_future(year, month, operated)
    else:
        if year > case.now.year:
            yield "1126"
        if year == case.now.year and month > case.now.month:
            yield "1145"
    if part.endswith("T") and year < 2018:
        yield "1211"
    # Key 16 of issued invoices and 14 of received ones are for what was before SII.
    joined = case.known.joined_sii_on(case.titular)
    before, code = {"issued": ("16", "1331"), "received": ("14", "1346")}.get(
        case.operation.book, ("", "")
    )
    if before in case.regimes and (year, month) >= (joined.year, joined.month):
        yield code
    if "17" in case.regimes and (year, month) < (2021, 7):
        yield "1361"
    if case.kind == "AJ" and year < 2023:
        yield "1547"


def first_month(part: str) -> int:
    """Return the first month of a period of settlement."""
    if part not in _QUARTERS:
        return int(part)
    return _QUARTERS[part] - 2 if part.endswith("T") else 1


def _of_future(year: int, month: int, operated: date) -> Iterator[str]:
    """Judge the period of an operation that is still to come."""
    if year < operated.year:
        yield "1187"
    if year > operated.year:
        yield "1186"
    if year == operated.year and month < operated.month:
        yield "1188"


def of_people(case: Case) -> Iterator[str]:
    """Judge who the record names."""
    for other in _identified(case):
        kind, country = text(other, "IDType"), text(other, "CodigoPais")
        if not country and kind != "02":
            yield "1124"
        if country == "ES" and kind not in ("03", "07"):
            yield "1168"
        if kind == "07" and country != "ES":
            yield "1168"
        if kind == "02":
            # Of issued invoices 1314 says that there is no country at all.
            if country and text(other, "ID")[:2] != country and case.operation.book != "issued":
                yield "1146"
            if not case.known.is_known_abroad(text(other, "ID")):
                yield "1149"
        if kind == "07":
            yield from _of_uncounted(text(other, "ID"))
    by_vat = text(case.counterpart, "IDOtro", "IDType") in ("", "02")
    if case.operation.book == "intra_community" and not by_vat:
        yield "1133"
    yield from _of_unnamed(case)
    nif = text(case.counterpart, "NIF")
    if nif and not case.known.is_known(nif):
        yield "1117"


def _of_uncounted(text_: str) -> Iterator[str]:
    """Judge the NIF of a person who is not in the census."""
    if not nif_ids.check(text_).valid:
        yield "1169"
    elif text_[0] in _LEGAL_PERSONS:
        yield "1192"


def _of_unnamed(case: Case) -> Iterator[str]:
    """Judge the NIF that stand without a name, and those of minors."""
    person = case.counterpart
    representative = text(person, "NIFRepresentante")
    if text(person, "NIF").startswith("K"):
        if not representative:
            yield "1122"
        if representative == text(person, "NIF"):
            yield "1123"
    issuer = text(case.record, "IDFactura", "IDEmisorFactura", "NIF")
    for stated in (issuer if case.operation.book == "received" else "", representative):
        if stated and not case.known.is_known(stated):
            yield "1116"


def _identified(case: Case) -> Iterator[Tree]:
    yield from many(case.record, "IDFactura", "IDEmisorFactura", "IDOtro")
    yield from many(case.counterpart, "IDOtro")


def of_invoice(case: Case) -> Iterator[str]:
    """Judge the fields that invoices issued and received share."""
    today = case.now.date()
    if case.issued_on > today:
        yield "1125"
    if _twenty_years_before(case.issued_on, today):
        yield "1196"
    operated = case.operated_on
    if operated:
        if _twenty_years_before(operated, today):
            yield "1197"
        later = case.purpose == "A4" or any(regime in _LATER for regime in case.regimes)
        if later and operated.year > today.year + 1:
            yield "1167"
        if case.issued_on < operated and not later:
            yield "1300"
    yield from _of_kind(case)
    agreement = text(case.body, "NumRegistroAcuerdoFacturacion")
    if agreement and not case.known.has_agreement(agreement):
        yield "1183"
    large = case.total is not None and abs(case.total) >= _MACRODATA
    if large and text(case.body, "Macrodato") != "S":
        yield "1208"
    if not large and text(case.body, "Macrodato") == "S":
        yield "1204"


def _of_kind(case: Case) -> Iterator[str]:
    kind, way = case.kind, text(case.body, "TipoRectificativa")
    corrective, summary = kind in _CORRECTIVE, kind == "F4"
    if corrective and not way:
        yield "1134"
    if way and not corrective:
        yield "1135"
    if "FacturasAgrupadas" in case.body and kind != "F3":
        yield "1136"
    if "FacturasRectificadas" in case.body and not (corrective or summary):
        yield "1137"
    if corrective and way == "S" and "ImporteRectificacion" not in case.body:
        yield "1138"
    substituted = corrective and way == "S"
    if "ImporteRectificacion" in case.body and not (substituted or summary):
        yield "1139"
    last = text(case.record, "IDFactura", "NumSerieFacturaEmisorResumenFin")
    number = text(case.record, "IDFactura", "NumSerieFacturaEmisor")
    if kind == "F5" and not _MRN.fullmatch(number):
        yield "1270"
    if summary and not last:
        yield "1127"
    if last and not summary:
        yield "1128"
    if last and last == number:
        yield "1165"


def of_payments(case: Case) -> Iterator[str]:
    """Judge collections, payments and buildings that are added to an invoice."""
    for payment in (*many(case.body, "Cobro"), *many(case.body, "Pago")):
        if text(payment, "Medio") == "03":
            if "Cuenta_O_Medio" in payment:
                yield "1152"
            paid = day(payment, "Fecha")
            if paid and (paid.month, paid.day) != (12, 31):
                yield "1151"
    for building in many(case.body, "DetalleInmueble"):
        yield from of_building(building)


def of_building(building: Tree) -> Iterator[str]:
    """Judge a building."""
    place = text(building, "SituacionInmueble")
    if place not in ("3", "4") and not text(building, "ReferenciaCatastral"):
        yield "1155"


def admitted(case: Case) -> Iterator[str]:
    """Yield what is admitted with errors in any book."""
    if text(case.counterpart, "IDOtro", "IDType") == "07":
        yield "2011"
    amount_stated = amount(case.record, "ImporteTotal")
    if case.operation.book == "cash" and amount_stated <= Decimal("6000"):
        yield "2007"
    large = abs(amount_stated) >= Decimal("3005.06")
    if case.operation.book in ("insurance", "travel_agencies") and not large:
        yield "2010"


def _twenty_years_before(day_: date, today: date) -> bool:
    return (day_.year + 20, day_.month, day_.day) < (today.year, today.month, today.day)
