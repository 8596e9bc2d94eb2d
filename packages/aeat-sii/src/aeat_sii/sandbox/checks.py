"""What the sandbox holds against a record beyond its structure, in the order of the document.

Its own reading of the agency's validations (v1.2.2, 08/04/2026); what the document leaves open is
read here as docs/limits.md says.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from lxml import etree

from aeat_sii.sandbox.fingerprint import fingerprints
from aeat_sii.sandbox.knowledge import Knowledge
from aeat_sii.sandbox.lines import missing_ipsi_regime, of_lines
from aeat_sii.sandbox.people import of_cancellation, of_people, of_system, unknown_recipient
from aeat_sii.sandbox.reading import amount, day, differs, has, instant_of, limit, lines_of
from aeat_sii.sandbox.structure import text_of

__all__ = ["rejections", "warnings"]

_REFUSED_CHARACTERS = re.compile("[^ -~]|[\"'<=>]")
_CORRECTIVE = ("R1", "R2", "R3", "R4", "R5")
_UNCHECKED_TOTALS = frozenset(limit("unchecked_totals"))


def rejections(
    record: etree._Element, issuer: str, now: datetime, known: Knowledge
) -> Iterator[str]:
    """Yield the codes for which the record is rejected.

    Args:
        record: ``RegistroAlta`` or ``RegistroAnulacion``, of good structure and types.
        issuer: NIF of the header.
        now: The service's clock.
        known: What only the agency knows.
    """
    if str(record.tag).endswith("}RegistroAnulacion"):
        if text_of(record, "IDFactura", "IDEmisorFacturaAnulada") != issuer:
            yield "1108"
        yield from of_cancellation(record, issuer, known)
    else:
        yield from _of_identification(record, issuer, now)
        yield from _of_kind(record)
        yield from of_people(record, known)
        yield from of_lines(record, now.date())
        agreement = text_of(record, "NumRegistroAcuerdoFacturacion")
        if agreement and not known.has_agreement(agreement):
            yield "1128"
    yield from of_system(record, known)
    stated = text_of(record, "Huella")
    if not (stated.isascii() and stated.isalnum()):
        yield "1292"


def warnings(record: etree._Element, now: datetime, known: Knowledge) -> Iterator[str]:
    """Yield the codes with which the record is accepted with errors."""
    stated = text_of(record, "Huella")
    if stated not in fingerprints(record):
        yield "2000"
    if has(record, "Encadenamiento", "RegistroAnterior"):
        previous = text_of(record, "Encadenamiento", "RegistroAnterior", "Huella")
        if len(previous) != 64:
            yield "2002"
        if not re.fullmatch("[0-9A-F]*", previous):
            yield "2003"
        if previous == stated:
            yield "2008"
    margin = timedelta(seconds=limit("clock_margin_s"))
    if instant_of(text_of(record, "FechaHoraHusoGenRegistro"), now) > now + margin:
        yield "2004"
    if str(record.tag).endswith("}RegistroAlta"):
        yield from _of_totals(record)
        if missing_ipsi_regime(record, now.date()):
            yield "2009"
        if unknown_recipient(record, known):
            yield "2001"


def _of_identification(record: etree._Element, issuer: str, now: datetime) -> Iterator[str]:
    if text_of(record, "IDFactura", "IDEmisorFactura") != issuer:
        yield "1108"
    issued = day(text_of(record, "IDFactura", "FechaExpedicionFactura"))
    if issued > now.date():
        yield "1112"
    if issued < limit("earliest_issue"):
        yield "1152"
    if _REFUSED_CHARACTERS.search(text_of(record, "IDFactura", "NumSerieFactura")):
        yield "1130"
    if has(record, "FechaOperacion"):
        yield from _of_operation(record, day(text_of(record, "FechaOperacion")), issued, now.date())


def _of_operation(
    record: etree._Element, operated: date, issued: date, today: date
) -> Iterator[str]:
    later = [
        text_of(line, "ClaveRegimen") in ("14", "15")
        for line in lines_of(record)
        if text_of(line, "Impuesto") in ("", "01", "03")
    ]
    if issued < operated and not all(later):
        yield "1146"
    if (operated.year + 20, operated.month, operated.day) < (today.year, today.month, today.day):
        yield "1134"
    if operated.year > today.year + 1:
        yield "1125"
    if operated > today and not all(later):
        yield "1173"


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
    if has(record, "FacturasRectificadas") and kind not in _CORRECTIVE:
        yield "1117"
    if has(record, "FacturasSustituidas") and kind != "F3":
        yield "1116"
    if has(record, "ImporteRectificacion") and rectification != "S":
        yield "1119"
    if rectification == "S" and not has(record, "ImporteRectificacion"):
        yield "1118"
    if text_of(record, "FacturaSimplificadaArt7273") == "S" and kind in ("F2", "R5"):
        yield "1183"
    if text_of(record, "FacturaSinIdentifDestinatarioArt61d") == "S" and kind not in ("F2", "R5"):
        yield "1185"
    large = abs(amount(record, "ImporteTotal")) >= Decimal(limit("macrodata"))
    if large and text_of(record, "Macrodato") != "S":
        yield "1139"
    if not large and text_of(record, "Macrodato") == "S":
        yield "1138"
    if text_of(record, "Cupon") == "S" and kind not in ("R1", "R5"):
        yield "1157"


def _of_totals(record: etree._Element) -> Iterator[str]:
    lines = lines_of(record)
    if any(text_of(line, "ClaveRegimen") in _UNCHECKED_TOTALS for line in lines):
        return
    tax = sum(
        (
            amount(line, "CuotaRepercutida") + amount(line, "CuotaRecargoEquivalencia")
            for line in lines
        ),
        Decimal(0),
    )
    base = sum((amount(line, "BaseImponibleOimporteNoSujeto") for line in lines), Decimal(0))
    if differs(amount(record, "ImporteTotal"), base + tax):
        yield "2005"
    if differs(amount(record, "CuotaTotal"), tax):
        yield "2006"
