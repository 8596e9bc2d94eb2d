"""What is judged of received invoices."""

from collections.abc import Iterator
from decimal import Decimal

from aeat_sii.sandbox.sii.checks.case import Case
from aeat_sii.sandbox.sii.checks.rates import worsens
from aeat_sii.sandbox.sii.tree import amount, day, many, sub, text

__all__ = ["admitted", "of_invoice"]

_CUSTOMS = ("F5", "LC")


def of_invoice(case: Case) -> Iterator[str]:
    """Judge a received invoice."""
    breakdown = sub(case.body, "DesgloseFactura")
    if not breakdown.keys() & {"InversionSujetoPasivo", "DesgloseIVA"}:
        yield "1157"
    accounted = day(case.body, "FechaRegContable")
    if accounted and accounted < case.issued_on:
        yield "1176"
    yield from _of_parties(case)
    reverses = "InversionSujetoPasivo" in breakdown
    if reverses:
        for regime, code in (("07", "1285"), ("08", "1286"), ("09", "1287")):
            if case.regimes[0] == regime:
                yield code
        for kind, code in (("LC", "1288"), ("F5", "1289")):
            if case.kind == kind:
                yield code
    yield from _of_regime(case)
    yield from _of_lines(case)
    yield from _of_deduction(case)
    yield from _of_later_deduction(case)
    yield from _of_small_invoices(case)


def _of_parties(case: Case) -> Iterator[str]:
    issuer, other = sub(case.record, "IDFactura", "IDEmisorFactura"), case.counterpart
    if case.kind in _CUSTOMS:
        if text(issuer, "NIF") != case.titular:
            yield "1248"
        return
    if "NIF" in issuer and "NIF" in other:
        if text(issuer, "NIF") != text(other, "NIF"):
            yield "1121"
    elif "IDOtro" in issuer and "IDOtro" in other:
        for name, code in (("CodigoPais", "1118"), ("IDType", "1119"), ("ID", "1120")):
            if text(issuer, "IDOtro", name) != text(other, "IDOtro", name):
                yield code
    else:
        yield "1144"


def _of_regime(case: Case) -> Iterator[str]:
    main = case.regimes[0]
    if case.kind in _CUSTOMS and (main not in ("01", "04", "05", "08") or len(case.regimes) > 1):
        yield "1335"
    if main == "09" and case.kind not in ("F1", "R1", "R2", "R3", "R4"):
        yield "1336"
    if "06" in case.regimes and case.kind not in ("F1", "R1", "R2", "R3", "R4"):
        yield "1338"
    if "06" in case.regimes and "BaseImponibleACoste" not in case.body:
        yield "1275"
    if "06" not in case.regimes and "BaseImponibleACoste" in case.body:
        yield "1280"
    if main == "02" and "IDOtro" in case.counterpart:
        yield "1343"
    invested = any(text(line, "BienInversion") == "S" for line in case.borne())
    if invested and main == "02":
        yield "1357"
    if invested and "08" in case.regimes:
        yield "1358"


def _of_lines(case: Case) -> Iterator[str]:
    compensated = ("BaseImponible", "PorcentCompensacionREAGYP", "ImporteCompensacionREAGYP")
    for line in many(case.body, "DesgloseFactura", "DesgloseIVA", "DetalleIVA"):
        if case.regimes[0] == "02" and not all(name in line for name in compensated):
            yield "1179"
        if case.only_regime == "08" and set(line) - {"BaseImponible"}:
            yield "1340"


def _of_deduction(case: Case) -> Iterator[str]:
    deducted = amount(case.body, "CuotaDeducible")
    lines = list(case.borne())
    declared = text(case.record, "IDFactura", "NumSerieFacturaEmisor")
    if deducted and case.kind == "F5" and declared[2:4] != "ES":
        yield "1579"
    if deducted and "13" in case.regimes:
        yield "1212"
    if deducted and case.kind == "F2":
        yield "1279"
    if deducted and case.only_regime == "08":
        yield "1337"
    if deducted and any(amount(line, "CuotaRecargoEquivalencia") for line in lines):
        yield "1344"
    if case.regimes[0] == "02":
        paid = sum((amount(line, "ImporteCompensacionREAGYP") for line in lines), Decimal(0))
        if deducted > max(paid, Decimal(0)) + 1:
            yield "1214"
        return
    taxes = (amount(line, "CuotaSoportada") for line in lines)
    if deducted > sum((tax for tax in taxes if tax > 0), Decimal(0)) + 1:
        yield "1213"


def _of_later_deduction(case: Case) -> Iterator[str]:
    year, part = text(case.body, "EjercicioDeduccion"), text(case.body, "PeriodoDeduccion")
    if year and not part:
        yield "1348"
    if part and not year:
        yield "1349"
    if not (year and part):
        return
    if text(case.body, "ADeducirEnPeriodoPosterior") != "S":
        yield "1350"
    own = sub(case.record, "PeriodoLiquidacion")
    own_year, own_part = text(own, "Ejercicio"), text(own, "Periodo")
    if year == own_year and own_part.endswith("T") and not part.endswith("T"):
        yield "1354"
    if year == own_year and not own_part.endswith("T") and part.endswith("T"):
        yield "1355"
    same_kind = part.endswith("T") == own_part.endswith("T")
    if year < own_year or (year == own_year and same_kind and part <= own_part):
        yield "1356"


def _of_small_invoices(case: Case) -> Iterator[str]:
    lines = list(case.borne())
    bases = sum((amount(line, "BaseImponible") for line in lines), Decimal(0))
    taxes = sum((amount(line, "CuotaSoportada") for line in lines), Decimal(0))
    if case.kind in ("F2", "R5"):
        if case.total is not None and case.total > 3000:
            yield "1339"
        if case.total is None and bases + taxes > 3000:
            yield "1341"
    if case.kind == "F4" and bases > 6000:
        yield "1342"


def admitted(case: Case) -> Iterator[str]:
    """Yield what is admitted with errors."""
    lines = list(case.borne())
    agrarian = "02" in case.regimes
    for name, code in (
        ("PorcentCompensacionREAGYP", "2008"),
        ("ImporteCompensacionREAGYP", "2009"),
    ):
        if not agrarian and any(name in line for line in lines):
            yield code
    if case.regimes[0] == "02" and any(
        name in line for line in lines for name in ("TipoImpositivo", "CuotaSoportada")
    ):
        yield "2014"
    yield from worsens(case, lines)
    names = (
        "BaseImponible",
        "CuotaSoportada",
        "CuotaRecargoEquivalencia",
        "ImporteCompensacionREAGYP",
    )
    worth = sum((amount(line, name) for line in lines for name in names), Decimal(0))
    reversed_tax = sum(
        (
            amount(line, "CuotaSoportada")
            for line in many(case.body, "DesgloseFactura", "InversionSujetoPasivo", "DetalleIVA")
        ),
        Decimal(0),
    )
    special = {"03", "05", "06", "09"} & set(case.regimes) or case.kind in _CUSTOMS
    if case.total is not None and not special and case.differ(case.total, worth - reversed_tax):
        yield "2024"
