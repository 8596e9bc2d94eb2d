"""What is judged of rates, surcharges and the tax that follows from them."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from aeat_sii.sandbox.sii.checks.case import Case
from aeat_sii.sandbox.sii.tree import Tree, amount, text

__all__ = ["of_issued", "of_received"]

_RATES = frozenset(map(Decimal, ["0", "2", "4", "5", "7", "7.5", "8", "10", "16", "18", "21"]))
_SURCHARGES: Mapping[Decimal, tuple[tuple[Decimal, ...], str]] = {
    Decimal(rate): (tuple(Decimal(each) for each in allowed), code)
    for rate, allowed, code in (
        ("21", ("5.2", "1.75"), "1323"),
        ("10", ("1.4",), "1324"),
        ("5", ("0.5", "0.62"), "1573"),
        ("4", ("0.5",), "1572"),
        ("2", ("0.26",), "1582"),
        ("7.5", ("1",), "1583"),
        ("0", ("0",), "1574"),
    )
}
_ALLOWED = frozenset(
    Decimal(r) for r in ("0", "0.26", "0.5", "0.62", "1", "1.4", "1.75", "4", "5.2")
)


def of_issued(case: Case) -> Iterator[str]:
    """Judge the taxed lines of an issued invoice."""
    for way, line in case.taxed():
        yield from _of_line(line)
        rate, tax = amount(line, "TipoImpositivo"), amount(line, "CuotaRepercutida")
        base = amount(line, "BaseImponible")
        if way == "S2":
            if rate:
                yield "1235"
            if tax:
                yield "1237"
            continue
        if rate and "CuotaRepercutida" not in line:
            yield "1242"
        if case.only_regime in ("11", "12", "13") and rate != 21 and way == "S1":
            yield "1327"
        if {"03", "05", "06", "09"} & set(case.regimes):
            continue
        if tax * base < 0:
            yield "1231"
        if case.differ(tax, base * rate / 100):
            yield "1233"
        party = text(case.counterpart, "NIF")
        if "CuotaRecargoEquivalencia" in line and not party and case.kind not in ("F2", "F4"):
            yield "1326"


def of_received(case: Case) -> Iterator[str]:
    """Judge the lines of a received invoice."""
    for line in case.borne():
        yield from _of_line(line)
        tax, base = amount(line, "CuotaSoportada"), amount(line, "BaseImponible")
        if "CuotaSoportada" in line and "TipoImpositivo" not in line:
            yield "1255"
        compensation = amount(line, "ImporteCompensacionREAGYP")
        if compensation * base < 0:
            yield "1245"
        if case.differ(compensation, base * amount(line, "PorcentCompensacionREAGYP") / 100):
            yield "1244"
        if {"03", "05", "06"} & set(case.regimes) or case.kind in ("F5", "LC"):
            continue
        if tax * base < 0:
            yield "1246"
        if case.differ(tax, base * amount(line, "TipoImpositivo") / 100):
            yield "1247"


def _of_line(line: Tree) -> Iterator[str]:
    rate = amount(line, "TipoImpositivo")
    if rate not in _RATES:
        yield "1166"
    if "TipoRecargoEquivalencia" not in line:
        return
    surcharge = amount(line, "TipoRecargoEquivalencia")
    if surcharge not in _ALLOWED:
        yield "1177"
    allowed, code = _SURCHARGES.get(rate, ((surcharge,), ""))
    if surcharge not in allowed:
        yield code
