"""The sums of a period that the service of aggregated books answers with (``ConsultaLLAA``).

Summed are taxed lines by rate, surcharges, reversed charge, exempt and not subject amounts, and
what was borne on goods in use and on investment goods. The other boxes are left out.
"""

from collections import defaultdict
from decimal import Decimal

from aeat_sii.sandbox.sii.register import Register, State
from aeat_sii.sandbox.sii.tree import Tree, amount, many, sub, text

__all__ = ["totals_of"]

_RATES = {Decimal(rate): rate for rate in ("0", "2", "4", "5", "7.5", "10", "21")}
_SURCHARGES = {Decimal(rate): rate for rate in ("1.75", "0.5", "1", "1.4", "5.2")}
_Sums = defaultdict[str, Decimal]


def totals_of(register: Register, nif: str, year: str, period: str) -> Tree:
    """Return the sums of a taxpayer.

    Args:
        register: What is held.
        nif: Of the taxpayer.
        year: ``Ejercicio``.
        period: ``Periodo``.
    """
    charged, deducted, more = _Sums(Decimal), _Sums(Decimal), _Sums(Decimal)
    for held in register.of(nif):
        own = sub(held.record, "PeriodoLiquidacion")
        if held.state is State.CANCELLED:
            continue
        if (text(own, "Ejercicio"), text(own, "Periodo")) != (year, period):
            continue
        if held.book == "issued":
            _issued(held.record, charged, more)
        elif held.book == "received":
            _received(held.record, charged, deducted)
    charged["TotalCuota"] = _tax(charged)
    deducted["TotalDeducir"] = _tax(deducted)
    return {
        "IvaDevengado": _written(charged),
        "IvaDeducible": _written(deducted),
        "InfoAdicional": _written(more),
    }


def _tax(sums: _Sums) -> Decimal:
    return sum((value for name, value in sums.items() if name.startswith("CI_")), Decimal(0))


def _written(sums: _Sums) -> Tree:
    return {name: f"{value:.2f}" for name, value in sums.items()}


def _issued(record: Tree, charged: _Sums, more: _Sums) -> None:
    operation = many(record, "TipoDesglose", "DesgloseTipoOperacion")
    blocks = many(record, "TipoDesglose", "DesgloseFactura")
    blocks += [b for each in operation for b in many(each, "PrestacionServicios")]
    blocks += [b for each in operation for b in many(each, "Entrega")]
    for block in blocks:
        for exempt in many(block, "Sujeta", "Exenta", "DetalleExenta"):
            cause = text(exempt, "CausaExencion")
            name = {
                "E5": "EntregasIntracBienesServicios",
                "E2": "ExportacionesYoperacAsimiladas",
                "E3": "ExportacionesYoperacAsimiladas",
            }.get(cause)
            if name:
                more[name] += amount(exempt, "BaseImponible")
        for taxed in many(block, "Sujeta", "NoExenta"):
            for line in many(taxed, "DesgloseIVA", "DetalleIVA"):
                base = amount(line, "BaseImponible")
                if text(taxed, "TipoNoExenta") == "S2":
                    more["OperSujetasISP"] += base
                    continue
                _by_rate(line, base, "CuotaRepercutida", charged)
        for outside in many(block, "NoSujeta"):
            name = "OperNoSujetasReglasLocalizExcepto123"
            more[name] += amount(outside, "ImporteTAIReglasLocalizacion")


def _by_rate(line: Tree, base: Decimal, tax: str, sums: _Sums) -> None:
    rate = _RATES.get(amount(line, "TipoImpositivo"))
    if rate is not None:
        sums[f"BI_RegimenGeneral{rate}"] += base
        sums[f"CI_RegimenGeneral{rate}"] += amount(line, tax)
    surcharge = _SURCHARGES.get(amount(line, "TipoRecargoEquivalencia"))
    if surcharge is not None and text(line, "TipoRecargoEquivalencia"):
        sums[f"BI_RecargoEquivalencia{surcharge}"] += base
        sums[f"CI_RecargoEquivalencia{surcharge}"] += amount(line, "CuotaRecargoEquivalencia")


def _received(record: Tree, charged: _Sums, deducted: _Sums) -> None:
    regime = text(record, "ClaveRegimenEspecialOTrascendencia")
    imported = text(record, "TipoFactura") in ("F5", "LC")
    for line in many(record, "DesgloseFactura", "InversionSujetoPasivo", "DetalleIVA"):
        name = "AIBBienesYservicios" if regime == "09" else "OtrasOperacionesISP"
        charged[f"BI_{name}"] += amount(line, "BaseImponible")
        charged[f"CI_{name}"] += amount(line, "CuotaSoportada")
        _deducted(line, deducted, imported=imported, regime=regime)
    for line in many(record, "DesgloseFactura", "DesgloseIVA", "DetalleIVA"):
        if regime == "02":
            deducted["CI_CompensacionesRegimenAGYP"] += amount(line, "ImporteCompensacionREAGYP")
            continue
        if regime == "09":
            charged["BI_AIBBienesYservicios"] += amount(line, "BaseImponible")
            charged["CI_AIBBienesYservicios"] += amount(line, "CuotaSoportada")
        _deducted(line, deducted, imported=imported, regime=regime)


def _deducted(line: Tree, sums: _Sums, *, imported: bool, regime: str) -> None:
    invested = text(line, "BienInversion") == "S"
    if regime == "09":
        name = "AIBBienesInversion" if invested else "AIBBienesServiciosCorrientes"
    else:
        what = "ImportacionesBienes" if imported else "OperacInteriores"
        if imported:
            kind = "Inversion" if invested else "Corrientes"
        else:
            kind = "BienesInversion" if invested else "Corrientes"
        name = f"CuotasSoportadas{what}{kind}"
    sums[f"BI_{name}"] += amount(line, "BaseImponible")
    sums[f"CI_{name}"] += amount(line, "CuotaSoportada")
