"""What the sandbox holds against a record beyond its structure, in the order of the document.

A small reading of its own of the agency's validations (v1.2.2, 08/04/2026): the rules that decide
most rejections, not all of them. The rest is accepted here and may be rejected by the agency.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from lxml import etree

from aeat_sii.sandbox.fingerprint import fingerprints
from aeat_sii.sandbox.structure import SF, text_of
from einvoice_core.timeline import load_timelines

__all__ = ["instant_of", "rejections", "warnings"]

_LIMITS = load_timelines("aeat_sii.sandbox", "limits.toml")


def _limit(name: str) -> Any:  # noqa: ANN401 - a value of a TOML file; its user knows its type
    return tuple(_LIMITS[name])[-1].value


_REFUSED_CHARACTERS = re.compile("[^ -~]|[\"'<=>]")
_CORRECTIVE = ("R1", "R2", "R3", "R4", "R5")
_WITHOUT_RECIPIENT = ("F2", "R5")
_TAX_FIELDS = (
    "TipoImpositivo",
    "CuotaRepercutida",
    "TipoRecargoEquivalencia",
    "CuotaRecargoEquivalencia",
)
_UNCHECKED_TOTALS = frozenset(_limit("unchecked_totals"))
_RATES = frozenset(Decimal(rate) for rate in _limit("rates"))


def rejections(record: etree._Element, issuer: str, now: datetime) -> Iterator[str]:
    """Yield the codes for which the record is rejected.

    Args:
        record: ``RegistroAlta`` or ``RegistroAnulacion``, of good structure and types.
        issuer: NIF of the header.
        now: The service's clock.
    """
    if str(record.tag).endswith("}RegistroAnulacion"):
        if text_of(record, "IDFactura", "IDEmisorFacturaAnulada") != issuer:
            yield "1108"
        if _has(record, "GeneradoPor") != _has(record, "Generador"):
            yield "1224"
    else:
        yield from _of_identification(record, issuer, now)
        yield from _of_kind(record)
        yield from _of_people(record)
        for line in record.iterfind(f"{{{SF}}}Desglose/{{{SF}}}DetalleDesglose"):
            yield from _of_line(record, line)
    if not re.fullmatch(
        "[A-Z0-9]{2}", text_of(record, "SistemaInformatico", "IdSistemaInformatico")
    ):
        yield "1177"
    if not text_of(record, "SistemaInformatico", "NombreSistemaInformatico"):
        yield "1220"


def warnings(record: etree._Element, now: datetime) -> Iterator[str]:
    """Yield the codes with which the record is accepted with errors."""
    stated = text_of(record, "Huella")
    if stated not in fingerprints(record):
        yield "2000"
    if _has(record, "Encadenamiento", "RegistroAnterior"):
        previous = text_of(record, "Encadenamiento", "RegistroAnterior", "Huella")
        if len(previous) != 64:
            yield "2002"
        elif not re.fullmatch("[0-9A-F]*", previous):
            yield "2003"
        elif previous == stated:
            yield "2008"
    if instant_of(text_of(record, "FechaHoraHusoGenRegistro"), now) > now + timedelta(
        seconds=_limit("clock_margin_s")
    ):
        yield "2004"
    if str(record.tag).endswith("}RegistroAlta"):
        yield from _of_totals(record)


def instant_of(text: str, now: datetime) -> datetime:
    """Read an instant whose form has been looked at; without zone it is of the service's clock."""
    try:
        instant = datetime.fromisoformat(re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", text))
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
    return instant if instant.tzinfo else instant.replace(tzinfo=now.tzinfo)


def _of_identification(record: etree._Element, issuer: str, now: datetime) -> Iterator[str]:
    if text_of(record, "IDFactura", "IDEmisorFactura") != issuer:
        yield "1108"
    issued = _day(text_of(record, "IDFactura", "FechaExpedicionFactura"))
    if issued > now.date():
        yield "1112"
    if issued < _limit("earliest_issue"):
        yield "1152"
    if _REFUSED_CHARACTERS.search(text_of(record, "IDFactura", "NumSerieFactura")):
        yield "1130"


def _of_kind(record: etree._Element) -> Iterator[str]:
    kind, rectification = text_of(record, "TipoFactura"), text_of(record, "TipoRectificativa")
    corrects = text_of(record, "Subsanacion") == "S"
    rejection = text_of(record, "RechazoPrevio")
    if rejection == "X" and not corrects:
        yield "1153"
    if rejection == "S" and not corrects:
        yield "1161"
    if rectification and kind not in _CORRECTIVE:
        yield "1115"
    if kind in _CORRECTIVE and not rectification:
        yield "1114"
    if _has(record, "FacturasRectificadas") and kind not in _CORRECTIVE:
        yield "1117"
    if _has(record, "FacturasSustituidas") and kind != "F3":
        yield "1116"
    if _has(record, "ImporteRectificacion") and rectification != "S":
        yield "1119"
    if rectification == "S" and not _has(record, "ImporteRectificacion"):
        yield "1118"
    large = abs(_amount(record, "ImporteTotal")) >= Decimal(_limit("macrodata"))
    if large and text_of(record, "Macrodato") != "S":
        yield "1139"
    if not large and text_of(record, "Macrodato") == "S":
        yield "1138"
    if text_of(record, "Cupon") == "S" and kind not in ("R1", "R5"):
        yield "1157"


def _of_people(record: etree._Element) -> Iterator[str]:
    kind, issued_by = (
        text_of(record, "TipoFactura"),
        text_of(record, "EmitidaPorTerceroODestinatario"),
    )
    if issued_by == "T" and not _has(record, "Tercero"):
        yield "1186"
    if issued_by != "T" and _has(record, "Tercero"):
        yield "1187"
    if kind in _WITHOUT_RECIPIENT and _has(record, "Destinatarios"):
        yield "1190"
    if kind not in _WITHOUT_RECIPIENT and not _has(record, "Destinatarios"):
        yield "1189"
    for other in record.iter(f"{{{SF}}}IDOtro"):
        if text_of(other, "IDType") != "02" and not text_of(other, "CodigoPais"):
            yield "1111"


def _of_line(record: etree._Element, line: etree._Element) -> Iterator[str]:
    tax = text_of(line, "Impuesto") or "01"
    treatment = text_of(line, "CalificacionOperacion")
    if tax in ("01", "03") and not text_of(line, "ClaveRegimen"):
        yield "1245"
    charged = tax == "01" and treatment == "S1" and _has(line, "TipoImpositivo")
    if charged and _amount(line, "TipoImpositivo") not in _RATES:
        yield "1124"
    if treatment == "S2" and (
        not _has(line, "TipoImpositivo")
        or not _has(line, "CuotaRepercutida")
        or _amount(line, "TipoImpositivo")
        or _amount(line, "CuotaRepercutida")
    ):
        yield "1198"
    has_tax = any(_has(line, name) for name in _TAX_FIELDS)
    if tax == "01" and treatment in ("N1", "N2") and has_tax:
        yield "1237"
    if _has(line, "OperacionExenta") and has_tax:
        yield "1238"
    if treatment != "S1" and _amount(line, "CuotaRepercutida"):
        yield "1207"
    if treatment == "S1" and not _has(line, "BaseImponibleACoste"):
        if not _has(line, "TipoImpositivo") or not _has(line, "CuotaRepercutida"):
            yield "1208"
        elif _is_arithmetic_checked(record) and _differs(
            _amount(line, "CuotaRepercutida"),
            _amount(line, "BaseImponibleOimporteNoSujeto") * _amount(line, "TipoImpositivo") / 100,
        ):
            yield "1142"


def _is_arithmetic_checked(record: etree._Element) -> bool:
    return text_of(record, "TipoRectificativa") != "I" and text_of(record, "TipoFactura") not in (
        "R2",
        "R3",
    )


def _of_totals(record: etree._Element) -> Iterator[str]:
    lines = record.findall(f"{{{SF}}}Desglose/{{{SF}}}DetalleDesglose")
    if any(text_of(line, "ClaveRegimen") in _UNCHECKED_TOTALS for line in lines):
        return
    tax = sum(
        (
            _amount(line, "CuotaRepercutida") + _amount(line, "CuotaRecargoEquivalencia")
            for line in lines
        ),
        Decimal(0),
    )
    base = sum((_amount(line, "BaseImponibleOimporteNoSujeto") for line in lines), Decimal(0))
    if _differs(_amount(record, "ImporteTotal"), base + tax):
        yield "2005"
    if _differs(_amount(record, "CuotaTotal"), tax):
        yield "2006"


def _differs(stated: Decimal, computed: Decimal) -> bool:
    return abs(stated - computed) > Decimal(_limit("tolerance"))


def _has(element: etree._Element, *steps: str) -> bool:
    return element.find("/".join(f"{{{SF}}}{step}" for step in steps)) is not None


def _amount(element: etree._Element, name: str) -> Decimal:
    return Decimal(text_of(element, name) or "0")


def _day(text: str) -> date:
    return date(int(text[6:]), int(text[3:5]), int(text[:2]))
