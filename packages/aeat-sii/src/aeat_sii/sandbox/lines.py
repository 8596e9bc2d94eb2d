"""What the sandbox holds against the lines of the breakdown.

Its own reading of the agency's validations (v1.2.2, 08/04/2026), 3.1.3-15.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from lxml import etree

from aeat_sii.sandbox.reading import amount, differs, has, limit, lines_of, operation_day
from aeat_sii.sandbox.structure import SF, text_of

__all__ = ["missing_ipsi_regime", "of_lines"]

_TAX_FIELDS = (
    "TipoImpositivo",
    "CuotaRepercutida",
    "TipoRecargoEquivalencia",
    "CuotaRecargoEquivalencia",
)
_RATES = frozenset(Decimal(rate) for rate in limit("rates"))
_SURCHARGES = frozenset(Decimal(rate) for rate in limit("surcharges"))
_LIST_OF = {"01": "regimes_iva", "02": "regimes_ipsi", "03": "regimes_igic"}


def of_lines(record: etree._Element, today: date) -> Iterator[str]:
    """Yield the codes about the lines, line by line and then about all of them."""
    kind = text_of(record, "TipoFactura")
    for line in lines_of(record):
        tax = text_of(line, "Impuesto") or "01"
        yield from _of_regime(line, tax, today)
        yield from _of_treatment(line, tax, kind)
        yield from _of_special_regimes(record, line, tax, kind)
        if tax == "01" and text_of(line, "CalificacionOperacion") == "S1":
            yield from _of_rates(line, operation_day(record).isoformat())
        yield from _of_amounts(record, line, tax)
    small = kind == "F2" and not text_of(record, "NumRegistroAcuerdoFacturacion")
    if small and text_of(record, "FacturaSinIdentifDestinatarioArt61d") != "S":
        summed = sum(
            amount(line, "BaseImponibleOimporteNoSujeto") + amount(line, "CuotaRepercutida")
            for line in lines_of(record)
        )
        if summed > Decimal(limit("simplified_most")):
            yield "1150"


def missing_ipsi_regime(record: etree._Element, today: date) -> bool:
    """Tell whether a line of IPSI has no regime while that is only a warning."""
    return today < limit("ipsi_rejects_from") and any(
        text_of(line, "Impuesto") == "02" and not text_of(line, "ClaveRegimen")
        for line in lines_of(record)
    )


def _of_regime(line: etree._Element, tax: str, today: date) -> Iterator[str]:
    regime = text_of(line, "ClaveRegimen")
    if tax == "05":
        if regime:
            yield "1260"
        return
    if tax == "02" and today < limit("ipsi_rejects_from"):
        return
    if not regime:
        yield "1245"
    elif regime not in limit(_LIST_OF[tax]).split():
        yield "1246"


def _of_treatment(line: etree._Element, tax: str, kind: str) -> Iterator[str]:
    treatment, exempt = text_of(line, "CalificacionOperacion"), text_of(line, "OperacionExenta")
    regime = text_of(line, "ClaveRegimen")
    has_tax = any(has(line, name) for name in _TAX_FIELDS)
    if treatment == "S2":
        if kind in ("F2", "R5"):
            yield "1197"
        if any(text_of(line, name) == "" or amount(line, name) for name in _TAX_FIELDS[:2]):
            yield "1198"
    if tax == "01" and treatment in ("N1", "N2") and has_tax:
        yield "1237"
    if exempt and has_tax:
        yield "1238"
    if (tax == "01" and exempt in ("E7", "E8")) or (tax == "03" and exempt not in _exemptions()):
        yield "1182"
    if tax in ("01", "03") and regime == "01" and exempt in ("E2", "E3"):
        yield "1199"
    for name, allowed, or_exempt, taxes, code in limit("treatments"):
        if regime != name or tax not in taxes.split():
            continue
        if (treatment and treatment not in allowed.split()) or (exempt and not or_exempt):
            yield code


def _exemptions() -> tuple[str, ...]:
    return ("", *(f"E{number}" for number in range(1, 9)))


def _of_special_regimes(
    record: etree._Element, line: etree._Element, tax: str, kind: str
) -> Iterator[str]:
    treatment, exempt = text_of(line, "CalificacionOperacion"), text_of(line, "OperacionExenta")
    if tax not in ("01", "03"):
        return
    recipients = record.findall(f"{{{SF}}}Destinatarios/{{{SF}}}IDDestinatario")
    match text_of(line, "ClaveRegimen"):
        case "06" if kind in ("F2", "F3", "R5") or not has(line, "BaseImponibleACoste"):
            yield "1202"
        case "07" if treatment in ("S2", "N1", "N2") or exempt in ("E2", "E3", "E4", "E5"):
            yield "1203"
        case "10" if (
            treatment != "N1"
            or kind != "F1"
            or not all(has(person, "NIF") for person in recipients)
        ):
            yield "1205"
        case "11" if tax == "01" and amount(line, "TipoImpositivo") != 21:
            yield "1206"
        case "14":
            issued = text_of(record, "IDFactura", "FechaExpedicionFactura")
            operated = text_of(record, "FechaOperacion")
            if not operated or _turned(operated) <= _turned(issued):
                yield "1147"
            if not all(text_of(person, "NIF")[:1] in tuple("PQSV") for person in recipients):
                yield "1149"
            if kind not in ("F1", "R1", "R2", "R3", "R4"):
                yield "1148"
    if tax == "01" and exempt == "E5" and any(has(person, "NIF") for person in recipients):
        yield "1289"


def _of_rates(line: etree._Element, on: str) -> Iterator[str]:
    rate = amount(line, "TipoImpositivo") if has(line, "TipoImpositivo") else None
    if rate is not None and rate not in _RATES:
        yield "1124"
    for text, first, last, code in limit("rate_days"):
        if rate == Decimal(text) and not first <= on <= last:
            yield code
    if not has(line, "TipoRecargoEquivalencia"):
        return
    surcharge = amount(line, "TipoRecargoEquivalencia")
    if surcharge not in _SURCHARGES:
        yield "1127"
    for text, allowed, first, last, code in limit("surcharges_of_rate"):
        fits = surcharge in {Decimal(each) for each in allowed.split()}
        if rate == Decimal(text) and first <= on <= last and not fits:
            yield code


def _of_amounts(record: etree._Element, line: etree._Element, tax: str) -> Iterator[str]:
    charged = text_of(line, "CalificacionOperacion") == "S1"
    rated = has(line, "TipoRecargoEquivalencia"), has(line, "CuotaRecargoEquivalencia")
    at_cost = has(line, "BaseImponibleACoste")
    if at_cost and text_of(line, "ClaveRegimen") != "06" and tax not in ("02", "05"):
        yield "1257"
    if rated[0] != rated[1]:
        yield "1284"
    if any(rated) and not charged:
        yield "1281"
    output_tax = amount(line, "CuotaRepercutida")
    if output_tax and not charged:
        yield "1207"
    if not charged:
        return
    base = amount(line, "BaseImponibleACoste" if at_cost else "BaseImponibleOimporteNoSujeto")
    complete = has(line, "TipoImpositivo") and has(line, "CuotaRepercutida")
    if not complete:
        yield "1209" if at_cost else "1208"
    by_difference = text_of(record, "TipoRectificativa") == "I"
    if by_difference or text_of(record, "TipoFactura") in ("R2", "R3"):
        return
    if output_tax * base < 0:
        yield "1140" if at_cost else "1143"
    if complete and differs(output_tax, base * amount(line, "TipoImpositivo") / 100):
        yield "1144" if at_cost else "1142"


def _turned(text: str) -> str:
    return text[6:] + text[3:5] + text[:2]
