"""What is judged of rates, surcharges and the tax that follows from them."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from aeat_sii.sandbox.sii.checks import taxed
from aeat_sii.sandbox.sii.checks.case import Case
from aeat_sii.sandbox.sii.tree import Tree, amount, text
from einvoice_core.timeline import load_timelines

__all__ = ["of_issued", "of_received", "worsens"]

_TABLES = load_timelines("aeat_sii", "sandbox/sii/rates.toml")
_COMPENSATIONS = frozenset(map(Decimal, tuple(_TABLES["compensations"])[-1].value))
_SPECIAL = {"03", "05", "06", "09"}


def _days(name: str) -> Mapping[Decimal, tuple[date, date, str]]:
    return {
        Decimal(rate): (date.fromisoformat(first), date.fromisoformat(last), code)
        for rate, first, last, code in tuple(_TABLES[name])[-1].value
    }


_RATE_DAYS, _SURCHARGE_DAYS = _days("rates"), _days("surcharges")

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
    yield from taxed.of_groups(case)
    at_cost = amount(case.body, "BaseImponibleACoste")
    lines = list(case.taxed())
    for way, line in lines:
        yield from _of_line(case, line)
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
        if not rate and way == "S1" and not (_SPECIAL | {"16"}) & set(case.regimes):
            yield from _of_day(case, rate, _RATE_DAYS)
        if "06" in case.regimes:
            if tax * at_cost < 0:
                yield "1232"
            if len(lines) == 1 and case.differ(tax, at_cost * rate / 100):
                yield "1234"
        if _SPECIAL & set(case.regimes):
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
    at_cost = amount(case.body, "BaseImponibleACoste")
    lines = list(case.borne())
    for line in lines:
        yield from _of_line(case, line)
        tax, base = amount(line, "CuotaSoportada"), amount(line, "BaseImponible")
        if "CuotaSoportada" in line and "TipoImpositivo" not in line:
            yield "1255"
        rate = amount(line, "TipoImpositivo")
        compensation = amount(line, "ImporteCompensacionREAGYP")
        if compensation * base < 0:
            yield "1245"
        if case.differ(compensation, base * amount(line, "PorcentCompensacionREAGYP") / 100):
            yield "1244"
        if amount(line, "PorcentCompensacionREAGYP") not in _COMPENSATIONS:
            yield "1178"
        if "06" in case.regimes:
            if tax * at_cost < 0:
                yield "1273"
            if len(lines) == 1 and case.differ(tax, at_cost * rate / 100):
                yield "1274"
        if {"03", "05", "06"} & set(case.regimes) or case.kind in ("F5", "LC"):
            continue
        if tax * base < 0:
            yield "1246"
        if case.differ(tax, base * rate / 100):
            yield "1247"


def worsens(case: Case, lines: list[Tree]) -> Iterator[str]:
    """Yield what is admitted with errors in the surcharges of some lines."""
    for line in lines:
        stated = amount(line, "CuotaRecargoEquivalencia")
        computed = amount(line, "BaseImponible") * amount(line, "TipoRecargoEquivalencia") / 100
        if not _SPECIAL & set(case.regimes) and case.differ(stated, computed):
            yield "2013"


def _of_line(case: Case, line: Tree) -> Iterator[str]:
    rate = amount(line, "TipoImpositivo")
    if rate not in _RATES:
        yield "1166"
    if rate:
        yield from _of_day(case, rate, _RATE_DAYS)
    if "TipoRecargoEquivalencia" not in line:
        return
    surcharge = amount(line, "TipoRecargoEquivalencia")
    if surcharge not in _ALLOWED:
        yield "1177"
    allowed, code = _SURCHARGES.get(rate, ((surcharge,), ""))
    if surcharge not in allowed:
        yield code
    if case.happened_on.year <= 2012:
        yield from _of_day(case, surcharge, _SURCHARGE_DAYS)


def _of_day(
    case: Case, rate: Decimal, days: Mapping[Decimal, tuple[date, date, str]]
) -> Iterator[str]:
    # A correction states the rate of what it corrects, whose day it need not state.
    first, last, code = days.get(rate, (date.min, date.max, ""))
    if not case.is_corrective and not first <= case.happened_on <= last:
        yield code
