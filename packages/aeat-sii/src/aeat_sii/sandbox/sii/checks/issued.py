"""What is judged of issued invoices."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from aeat_sii.sandbox.sii.checks.case import Case
from aeat_sii.sandbox.sii.checks.rates import worsens
from aeat_sii.sandbox.sii.checks.shared import of_building
from aeat_sii.sandbox.sii.contrast import issued_sums
from aeat_sii.sandbox.sii.tree import amount, many, sub, text

__all__ = ["admitted", "of_breakdown", "of_invoice"]

_ANONYMOUS = ("F2", "F4", "R5")
_WHOLE = ("F1", "F3", "R1", "R2", "R3", "R4")
_TRAVELLERS = ("A5", "A6")
_FUEL_SINCE = date(2026, 2, 1)
_AJ_SINCE = date(2023, 7, 1)
_OSS_SINCE = date(2021, 7, 1)


def of_invoice(case: Case) -> Iterator[str]:
    """Judge what is outside the breakdown."""
    if text(case.record, "IDFactura", "IDEmisorFactura", "NIF") != case.titular:
        yield "1112"
    if case.kind in _ANONYMOUS:
        if case.counterpart:
            yield "1332"
    elif case.kind == "AJ":
        if case.counterpart:
            yield "1551"
    elif not case.counterpart:
        yield "1158"
    if text(case.body, "Cupon") == "S" and case.kind not in ("R1", "R5", "F4"):
        yield "1160"
    if "06" in case.regimes and case.kind in ("F2", "F3", "F4", "R5"):
        yield "1276"
    by_others = text(case.body, "EmitidaPorTercerosODestinatario") == "S"
    gas = "FacturacionDispAdicionalTerceraYsextayDelMercadoOrganizadoDelGas"
    if by_others and text(case.body, gas) == "S":
        yield "1207"
    for building in many(case.body, "DatosInmueble", "DetalleInmueble"):
        yield from of_building(building)
    if "ImporteTransmisionInmueblesSujetoAIVA" in case.body and not case.counterpart:
        yield "1170"
    if "HidrocarburosExtraidosDeposito" in case.body and case.happened_on < _FUEL_SINCE:
        yield "1592"
    if "BaseImponibleACoste" in case.body and "06" not in case.regimes:
        yield "1281"
    if "06" in case.regimes and "BaseImponibleACoste" not in case.body:
        yield "1272"
    yield from _of_party(case)
    yield from _of_travellers(case)
    yield from _of_regime(case)
    if case.kind == "AJ":
        yield from _of_aj(case)


def _of_party(case: Case) -> Iterator[str]:
    other = sub(case.counterpart, "IDOtro")
    vat = text(other, "IDType") == "02"
    if vat and "CodigoPais" in other:
        yield "1314"
    if vat and case.kind not in _WHOLE:
        yield "1315"
    if case.kind in ("R2", "R3") and other:
        allowed = text(other, "IDType") == "07" or (case.kind == "R2" and vat)
        if not allowed:
            yield "1321"
    split = "DesgloseTipoOperacion" in sub(case.body, "TipoDesglose")
    if case.kind in ("R2", "R3") and split and not (case.kind == "R2" and vat):
        yield "1322"


def _of_travellers(case: Case) -> Iterator[str]:
    if case.purpose == "A4":
        refunded = any(text(line, "CausaExencion") == "E2" for line in case.exempt())
        if "02" not in case.regimes or not refunded:
            yield "1189"
        if case.operated_on is None or case.operated_on <= case.issued_on:
            yield "1294"
        if case.issued_on > date(2018, 12, 31):
            yield "1295"
    if case.purpose in ("A4", *_TRAVELLERS) and any(case.blocks("services")):
        yield "1296"
    if case.purpose not in _TRAVELLERS:
        return
    if case.kind != "F1" or case.regimes[:1] != ("02",):
        yield "1265"
    if any(case.exempt()) or any(case.not_subject()):
        yield "1264"
    for way, line in case.taxed():
        if way != "S1":
            yield "1265"
        if amount(line, "CuotaRepercutida") >= 0:
            yield "1262"
        if amount(line, "BaseImponible") >= 0:
            yield "1263"
        if amount(line, "TipoImpositivo") not in (4, 10, 21):
            yield "1277"


def _of_regime(case: Case) -> Iterator[str]:
    regime = case.only_regime
    if regime == "10":
        if case.kind != "F1":
            yield "1312"
        if not text(case.counterpart, "NIF"):
            yield "1313"
    if regime == "14":
        if case.operated_on is None or case.operated_on <= case.issued_on:
            yield "1307"
        if case.kind not in ("F1", "R1", "R2", "R3", "R4"):
            yield "1309"
        if text(case.counterpart, "NIF")[:1] not in ("P", "Q", "S", "V"):
            yield "1310"
    if "17" in case.regimes:
        if case.issued_on < _OSS_SINCE:
            yield "1362"
        if case.operated_on and case.operated_on < _OSS_SINCE:
            yield "1363"
    if {"03", "05", "09"} & set(case.regimes) and case.total is None:
        yield "1254"


def _of_aj(case: Case) -> Iterator[str]:
    if case.issued_on < _AJ_SINCE:
        yield "1548"
    if case.operated_on:
        yield "1549"
    if case.only_regime not in ("03", "05"):
        yield "1550"
    if "DesgloseFactura" not in sub(case.body, "TipoDesglose"):
        yield "1552"
    if any(case.exempt()):
        yield "1577"
    if any(case.not_subject()):
        yield "1578"
    if any(way != "S1" for way, _ in case.taxed()):
        yield "1553"


def of_breakdown(case: Case) -> Iterator[str]:
    """Judge the breakdown."""
    breakdown = sub(case.body, "TipoDesglose")
    if "DesgloseTipoOperacion" in breakdown and not any(case.blocks("services", "goods")):
        yield "1148"
    if "DesgloseFactura" in breakdown and not any(case.blocks("invoice")):
        yield "1141"
    for block in case.blocks():
        if not ({"Sujeta", "NoSujeta"} & block.keys()):
            yield "1141"
        if "Sujeta" in block and not ({"Exenta", "NoExenta"} & sub(block, "Sujeta").keys()):
            yield "1140"
        if "NoSujeta" in block and not sub(block, "NoSujeta"):
            yield "1115"
    yield from _of_not_subject(case)
    causes = {text(line, "CausaExencion") for line in case.exempt()}
    ways = {way for way, _ in case.taxed()}
    outside = any(case.not_subject())
    if case.only_regime == "01" and causes & {"E2", "E3"}:
        yield "1301"
    if "E5" in {text(line, "CausaExencion") for line in case.exempt("services")}:
        yield "1302"
    yield from _of_one_regime(case.only_regime, causes, ways, outside=outside)
    if case.purpose not in _TRAVELLERS:
        if case.only_regime == "02" and (ways or outside):
            yield "1252"
        if "02" in case.regimes and not causes:
            yield "1253"
    if "17" in case.regimes and ways - {"S1"}:
        yield "1360"
    if "S2" in ways and case.kind not in _WHOLE:
        yield "1316"
    if "S3" in ways and case.kind not in _WHOLE:
        yield "1347"
    if ways & {"S2", "S3"} and not {"01", "04", "05", "06", "07", "12"} & set(case.regimes):
        yield "1328"
    if case.kind == "F2" and _worth(case) > Decimal(3000):
        yield "1329"


def _of_not_subject(case: Case) -> Iterator[str]:
    elsewhere = any("ImporteTAIReglasLocalizacion" in part for part in case.not_subject())
    others = any("ImportePorArticulos7_14_Otros" in part for part in case.not_subject())
    if "08" in case.regimes and not elsewhere:
        yield "1171"
    if case.only_regime == "08" and others:
        yield "1298"
    if case.only_regime == "10" and elsewhere:
        yield "1311"


def _of_one_regime(
    regime: str, causes: set[str], ways: set[str], *, outside: bool
) -> Iterator[str]:
    if regime == "03":
        if outside:
            yield "1290"
        if ways - {"S1"}:
            yield "1291"
    if regime == "04":
        if outside:
            yield "1292"
        if ways - {"S2"}:
            yield "1293"
    if regime == "07":
        if outside:
            yield "1304"
        if ways - {"S1"}:
            yield "1305"
        if causes & {"E2", "E3", "E4", "E5"}:
            yield "1306"


def _worth(case: Case) -> Decimal:
    sums = issued_sums(case.body)
    total = sum(sums.values(), Decimal(0))
    for part in case.not_subject():
        total += amount(part, "ImportePorArticulos7_14_Otros")
        total += amount(part, "ImporteTAIReglasLocalizacion")
    return total


def admitted(case: Case) -> Iterator[str]:
    """Yield what is admitted with errors."""
    buildings = "DatosInmueble" in case.body
    if {"12", "13"} & set(case.regimes):
        if not buildings:
            yield "2000"
    elif buildings:
        yield "2002"
    split = "DesgloseTipoOperacion" in sub(case.body, "TipoDesglose")
    other = sub(case.counterpart, "IDOtro")
    # Identification 07 is a Spanish NIF that is not in the census: nobody abroad.
    abroad = text(other, "IDType") not in ("", "07") or text(case.counterpart, "NIF")[:1] == "N"
    if abroad and not split and case.kind not in _ANONYMOUS and case.kind not in ("R2", "R3"):
        yield "2006"
    if text(case.body, "FacturaSimplificadaArticulos7.2_7.3") == "S" and case.kind not in _WHOLE:
        yield "2022"
    unnamed = "FacturaSinIdentifDestinatarioAritculo6.1.d"
    if text(case.body, unnamed) == "S" and case.kind not in _ANONYMOUS:
        yield "2023"
    yield from worsens(case, [line for _, line in case.taxed()])
    if case.total is not None and case.differ(case.total, _worth(case)) and _is_summed(case):
        yield "2025"


def _is_summed(case: Case) -> bool:
    """Tell whether the regimes let the total be the sum of the lines."""
    return not {"03", "05", "06", "09"} & set(case.regimes)
