"""What the sandbox holds against the persons of a record: NIF, other identifications, their uses.

Its own reading of the agency's validations (v1.2.2, 08/04/2026), 3.1.3-11 to 13, 3.1.4 and 3.1.5.
"""

import re
from collections.abc import Iterator

from lxml import etree

from aeat_sii.sandbox.knowledge import Knowledge
from aeat_sii.sandbox.reading import has, limit, operation_day
from aeat_sii.sandbox.structure import SF, text_of
from tax_es.ids import nif

__all__ = ["of_cancellation", "of_people", "of_system", "unknown_recipient"]

_WITHOUT_RECIPIENT = ("F2", "R5")
_STRUCTURES = {
    letters: re.compile(form) for row, form in limit("vat_structure") for letters in row.split()
}


def of_people(record: etree._Element, known: Knowledge) -> Iterator[str]:
    """Yield the codes about issuer, third party and recipients of a registration."""
    issuer = text_of(record, "IDFactura", "IDEmisorFactura")
    issued_by = text_of(record, "EmitidaPorTerceroODestinatario")
    third_party = record.find(f"{{{SF}}}Tercero")
    if not _is_nif(issuer):
        yield "1123"
    if issued_by == "T" and third_party is None:
        yield "1186"
    if issued_by == "D" and not has(record, "Destinatarios"):
        yield "1158"
    if third_party is not None:
        if issued_by != "T":
            yield "1187"
        if text_of(third_party, "NIF") == issuer:
            yield "1188"
        yield from _of_person(third_party, record, known, "1109")
        yield from _of_spanish(third_party, ("03",), "1232")
        if text_of(third_party, "IDOtro", "IDType") == "07":
            yield "1211"
    yield from _of_recipients(record, known)
    for name in ("FacturasRectificadas", "FacturasSustituidas"):
        for other in record.iterfind(f"{{{SF}}}{name}/*/{{{SF}}}IDEmisorFactura"):
            if not known.is_known(text_of(other)):
                yield "1154"


def _of_recipients(record: etree._Element, known: Knowledge) -> Iterator[str]:
    kind = text_of(record, "TipoFactura")
    recipients = record.findall(f"{{{SF}}}Destinatarios/{{{SF}}}IDDestinatario")
    if kind in _WITHOUT_RECIPIENT and recipients:
        yield "1190"
    if kind not in _WITHOUT_RECIPIENT and not recipients:
        yield "1189"
    for person in recipients:
        yield from _of_person(person, record, known, "1110")
        other = text_of(person, "IDOtro", "IDType")
        country = text_of(person, "IDOtro", "CodigoPais")
        identification = text_of(person, "IDOtro", "ID")
        if other == "07" and country not in ("", "ES"):
            yield "1126"
        yield from _of_spanish(person, ("03", "07"), "1234")
        if other == "02" and kind in _WITHOUT_RECIPIENT:
            yield "1156"
        if other == "07" and not _is_nif(identification):
            yield "1290"
        elif other == "07" and nif.check(identification).is_entity:
            yield "1131"
        if kind == "R3" and other not in ("", "07"):
            yield "1191"
        if kind == "R2" and other not in ("", "02", "07"):
            yield "1192"


def unknown_recipient(record: etree._Element, known: Knowledge) -> bool:
    """Tell whether a recipient of kind 07 has a good NIF that is not in the census."""
    path = f"{{{SF}}}Destinatarios/{{{SF}}}IDDestinatario/{{{SF}}}IDOtro"
    return any(
        text_of(other, "IDType") == "07"
        and _is_nif(text_of(other, "ID"))
        and not known.is_known(text_of(other, "ID"))
        for other in record.iterfind(path)
    )


def of_cancellation(record: etree._Element, issuer: str, known: Knowledge) -> Iterator[str]:
    """Yield the codes about who made a cancellation."""
    recorder, by = record.find(f"{{{SF}}}Generador"), text_of(record, "GeneradoPor")
    if not _is_nif(text_of(record, "IDFactura", "IDEmisorFacturaAnulada")):
        yield "1123"
    if (recorder is None) != (not by):
        yield "1224"
    if recorder is None:
        return
    stated = text_of(recorder, "NIF")
    if stated and not _is_nif(stated):
        yield "1258"
    # The document does not except the issuer (E), who can hardly have another NIF.
    elif stated and by != "E" and (stated == issuer or not known.is_known(stated)):
        yield "1259"
    if by == "E" and not stated:
        yield "1227"
    if by == "T" and text_of(recorder, "IDOtro", "IDType") == "07":
        yield "1229"
    if by == "D":
        yield from _of_spanish(recorder, ("03", "07"), "1230")
    if by == "T":
        yield from _of_spanish(recorder, ("03",), "1232")
    yield from _of_other(recorder, None, known)


def of_system(record: etree._Element, known: Knowledge) -> Iterator[str]:
    """Yield the codes about the invoicing system and its producer."""
    system = record.find(f"{{{SF}}}SistemaInformatico")
    if system is None:
        return
    producer = text_of(system, "NIF")
    if producer and not _is_nif(producer):
        yield "1176"
    kind = text_of(system, "IDOtro", "IDType")
    yield from _of_spanish(system, ("03",), "1232")
    if kind and kind != "02" and not text_of(system, "IDOtro", "CodigoPais"):
        yield "1111"
    if kind == "07":
        yield "1221"
    if kind == "02" and not _is_vat_number(text_of(system, "IDOtro", "ID")):
        yield "1222"
    if not re.fullmatch("[A-Z0-9]{2}", text_of(system, "IdSistemaInformatico")):
        yield "1177"
    if not text_of(system, "NombreSistemaInformatico"):
        yield "1220"
    agreement = text_of(record, "IdAcuerdoSistemaInformatico")
    if agreement and not known.has_agreement(agreement):
        yield "1242"


def _of_person(
    person: etree._Element, record: etree._Element, known: Knowledge, unknown: str
) -> Iterator[str]:
    stated = text_of(person, "NIF")
    if stated and not _is_nif(stated):
        yield "1123"
    elif stated and not known.is_known(stated):
        yield unknown
    yield from _of_other(person, record, known)


def _of_other(
    person: etree._Element, record: etree._Element | None, known: Knowledge
) -> Iterator[str]:
    """Yield the codes about an identification that is not a NIF."""
    other = person.find(f"{{{SF}}}IDOtro")
    if other is None:
        return
    kind, country, text = (text_of(other, name) for name in ("IDType", "CodigoPais", "ID"))
    if kind != "02":
        if not country:
            yield "1111"
        return
    if not _is_vat_number(text):
        yield "1103"
    letters = {"EL": "GR"}.get(text[:2], text[:2])
    if country and letters not in (country, "XI"):
        yield "1122"
    if record is not None:
        for prefix, first, last, code in limit("vat_letters"):
            on = operation_day(record).isoformat()
            if text.startswith(prefix) and not first <= on <= last:
                yield code
    if _is_vat_number(text) and not known.is_known_abroad(text):
        yield "1121"


def _of_spanish(person: etree._Element, kinds: tuple[str, ...], code: str) -> Iterator[str]:
    other = person.find(f"{{{SF}}}IDOtro")
    if text_of(other, "CodigoPais") == "ES" and text_of(other, "IDType") not in kinds:
        yield code


def _is_vat_number(text: str) -> bool:
    form = _STRUCTURES.get(text[:2])
    return form is not None and form.fullmatch(text[2:]) is not None


def _is_nif(text: str) -> bool:
    verdict = nif.check(text)
    return verdict.valid and verdict.normalised == text
