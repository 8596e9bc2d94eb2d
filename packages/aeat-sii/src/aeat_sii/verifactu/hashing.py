"""Fingerprints of records and events as they stand in an XML file, text by text.

:mod:`aeat_sii.verifactu.chain` computes the fingerprint of a record that is being made; this module
judges what somebody else wrote: it reads no values, so ``0.4`` and ``0.40`` stay what they are.

Source: tax agency, specification of the fingerprint, v0.1.2 (27/08/2024).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import cast

from lxml import etree

from aeat_sii.verifactu.records import SF
from einvoice_core.xml.parsing import parse

__all__ = ["SF_EVENTS", "Hashed", "fingerprints_in", "input_of", "previous_of", "text_at"]

SF_EVENTS = SF.replace("SuministroInformacion", "EventosSIF")
"""Namespace of the records of events."""

_FIELDS = {
    f"{{{SF}}}RegistroAlta": (
        "IDFactura/IDEmisorFactura",
        "IDFactura/NumSerieFactura",
        "IDFactura/FechaExpedicionFactura",
        "TipoFactura",
        "CuotaTotal",
        "ImporteTotal",
        "Encadenamiento/RegistroAnterior/Huella",
        "FechaHoraHusoGenRegistro",
    ),
    f"{{{SF}}}RegistroAnulacion": (
        "IDFactura/IDEmisorFacturaAnulada",
        "IDFactura/NumSerieFacturaAnulada",
        "IDFactura/FechaExpedicionFacturaAnulada",
        "Encadenamiento/RegistroAnterior/Huella",
        "FechaHoraHusoGenRegistro",
    ),
    f"{{{SF_EVENTS}}}Evento": (
        "SistemaInformatico/NIF",
        "SistemaInformatico/IDOtro/ID",
        "SistemaInformatico/IdSistemaInformatico",
        "SistemaInformatico/Version",
        "SistemaInformatico/NumeroInstalacion",
        "ObligadoEmision/NIF",
        "TipoEvento",
        "Encadenamiento/EventoAnterior/HuellaEvento",
        "FechaHoraHusoGenEvento",
    ),
}
_KINDS = {"RegistroAlta": "alta", "RegistroAnulacion": "anulacion", "Evento": "evento"}


@dataclass(frozen=True, slots=True)
class Hashed:
    """A record or an event of a file.

    Args:
        kind: ``alta``, ``anulacion`` or ``evento``.
        stated: The fingerprint that it states.
        computed: The fingerprint that its texts give.
        line: Where it begins in the file.
    """

    kind: str
    stated: str
    computed: str
    line: int | None

    @property
    def agrees(self) -> bool:
        """Whether both are the same."""
        return self.stated == self.computed


def fingerprints_in(xml: bytes) -> Iterator[Hashed]:
    """Recompute the fingerprint of every record and event in a file, in its order.

    Args:
        xml: A record, an event, a submission, or any document around them.

    Raises:
        XmlRefused: The file cannot be read.
    """
    for element in parse(xml).iter(*_FIELDS):
        kind = _KINDS[etree.QName(element).localname]
        stated = text_at(element, "HuellaEvento" if kind == "evento" else "Huella")
        computed = sha256(input_of(element).encode("utf-8")).hexdigest().upper()
        yield Hashed(kind, stated, computed, cast("int | None", element.sourceline))


def input_of(element: etree._Element) -> str:
    """Build the text whose SHA-256 is the fingerprint, from the texts of an element.

    Args:
        element: ``RegistroAlta``, ``RegistroAnulacion`` or ``Evento``.
    """
    paths = _FIELDS[str(element.tag)]
    return "&".join(f"{path.rpartition('/')[2]}={text_at(element, path)}" for path in paths)


def previous_of(element: etree._Element) -> str:
    """Return the fingerprint of the record before, as an element states it; empty for the first."""
    is_event = etree.QName(element).localname == "Evento"
    path = "EventoAnterior/HuellaEvento" if is_event else "RegistroAnterior/Huella"
    return text_at(element, f"Encadenamiento/{path}")


def text_at(element: etree._Element, path: str) -> str:
    """Return the text of an element inside another, without the blanks around it.

    Args:
        element: Where to begin.
        path: Names in the namespace of that element, separated by strokes.
    """
    namespace = etree.QName(element).namespace
    found = element.find("/".join(f"{{{namespace}}}{step}" for step in path.split("/")))
    # A comment inside a value is no part of it.
    return "" if found is None else str(found.xpath("string()")).strip()
