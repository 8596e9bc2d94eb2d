"""Events that a system which does not send its records notes down (``RegistroEvento``).

Each event is chained after the one before it and signed. They are kept, exported and handed over on
request; nothing sends them on its own.

Source: EventosSIF.xsd of the tax agency, version 1.0; Orden HAC/1177/2024, art. 9.
"""

from decimal import Decimal
from hashlib import sha256
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from aeat_sii._types import (
    ONLY_YES,
    YES_NO,
    Amount12,
    Fingerprint,
    Moment,
    Nif,
    Text,
)
from aeat_sii.errors import ChainError
from aeat_sii.verifactu.codes import (
    AnomalyKind,
    EventKind,
    FingerprintKind,
    IssuedBy,
    Version,
)
from aeat_sii.verifactu.hashing import SF_EVENTS
from aeat_sii.verifactu.records import (
    DS,
    ChainLink,
    InvoiceId,
    InvoicingSystem,
    OtherId,
    Person,
    SpanishPerson,
)
from einvoice_core.lexical import XML_DATETIME, Codec
from einvoice_core.records import RawXml, Record, Xml, XmlType

__all__ = [
    "FIRST_EVENT",
    "Event",
    "EventAnomaly",
    "EventChaining",
    "EventCheck",
    "EventCount",
    "EventData",
    "EventInvoiceId",
    "EventIssuer",
    "EventLink",
    "EventOtherId",
    "EventPerson",
    "EventRecord",
    "EventReference",
    "EventSystem",
    "EventsExported",
    "EventsSummary",
    "ExportedRecord",
    "RecordAnomaly",
    "RecordCheck",
    "RecordsExported",
    "event_fingerprint",
    "link_event",
]


def _digits(text: str) -> int:
    stripped = text.strip(" \t\r\n")
    if not (stripped.isascii() and stripped.isdigit() and len(stripped) <= 9):
        raise ValueError(f"{stripped[:20]!r} is not a count of up to 9 digits")
    return int(stripped)


_COUNT: Codec[int] = Codec("count", _digits, str)


class EventOtherId(OtherId):
    """Identifies who has no NIF (``IDOtro``), in an event."""

    xml_type: ClassVar[XmlType | None] = None


class EventSystem(InvoicingSystem):
    """The program that notes down an event (``SistemaInformatico``)."""

    xml_type: ClassVar[XmlType | None] = None

    producer_other_id: Annotated[EventOtherId | None, Xml("IDOtro", choice="producer")] = None


class EventIssuer(SpanishPerson):
    """Whose invoices the program keeps (``ObligadoEmision``)."""

    xml_type: ClassVar[XmlType | None] = None


class EventPerson(Person):
    """A third party or recipient (``TerceroODestinatario``)."""

    xml_type: ClassVar[XmlType | None] = None

    other_id: Annotated[EventOtherId | None, Xml("IDOtro", choice="identification")] = None


class EventInvoiceId(InvoiceId):
    """Identifies the invoice of a record, in an event."""

    xml_type: ClassVar[XmlType | None] = None


class ExportedRecord(ChainLink):
    """Identifies a record with its fingerprint, in an event."""

    xml_type: ClassVar[XmlType | None] = None


class EventReference(Record):
    """Names another event (``RegEventoType``)."""

    kind: Annotated[EventKind, Xml("TipoEvento")]
    happened_at: Annotated[Moment, Xml("FechaHoraHusoEvento")]
    fingerprint: Annotated[Fingerprint, Xml("HuellaEvento")]


class RecordCheck(Record):
    """A check of the records was launched (``LanzamientoProcesoDeteccion...RegFacturacion``)."""

    fingerprints: Annotated[
        bool, Xml("RealizadoProcesoSobreIntegridadHuellasRegFacturacion", YES_NO)
    ]
    fingerprints_count: Annotated[
        int | None,
        Xml("NumeroDeRegistrosFacturacionProcesadosSobreIntegridadHuellas", _COUNT),
        Field(ge=0, lt=10**7),
    ] = None
    signatures: Annotated[bool, Xml("RealizadoProcesoSobreIntegridadFirmasRegFacturacion", YES_NO)]
    signatures_count: Annotated[
        int | None,
        Xml("NumeroDeRegistrosFacturacionProcesadosSobreIntegridadFirmas", _COUNT),
        Field(ge=0, lt=10**7),
    ] = None
    chain: Annotated[bool, Xml("RealizadoProcesoSobreTrazabilidadCadenaRegFacturacion", YES_NO)]
    chain_count: Annotated[
        int | None,
        Xml("NumeroDeRegistrosFacturacionProcesadosSobreTrazabilidadCadena", _COUNT),
        Field(ge=0, lt=10**7),
    ] = None
    dates: Annotated[bool, Xml("RealizadoProcesoSobreTrazabilidadFechasRegFacturacion", YES_NO)]
    dates_count: Annotated[
        int | None,
        Xml("NumeroDeRegistrosFacturacionProcesadosSobreTrazabilidadFechas", _COUNT),
        Field(ge=0, lt=10**7),
    ] = None


class RecordAnomaly(Record):
    """Something is wrong with a record (``DeteccionAnomaliasRegFacturacion``)."""

    kind: Annotated[AnomalyKind, Xml("TipoAnomalia")]
    details: Annotated[Text | None, Xml("OtrosDatosAnomalia"), Field(max_length=100)] = None
    record: Annotated[EventInvoiceId | None, Xml("RegistroFacturacionAnomalo")] = None


class EventCheck(Record):
    """A check of the events was launched (``LanzamientoProcesoDeteccion...RegEvento``)."""

    fingerprints: Annotated[bool, Xml("RealizadoProcesoSobreIntegridadHuellasRegEvento", YES_NO)]
    fingerprints_count: Annotated[
        int | None,
        Xml("NumeroDeRegistrosEventoProcesadosSobreIntegridadHuellas", _COUNT),
        Field(ge=0, lt=10**5),
    ] = None
    signatures: Annotated[bool, Xml("RealizadoProcesoSobreIntegridadFirmasRegEvento", YES_NO)]
    signatures_count: Annotated[
        int | None,
        Xml("NumeroDeRegistrosEventoProcesadosSobreIntegridadFirmas", _COUNT),
        Field(ge=0, lt=10**5),
    ] = None
    chain: Annotated[bool, Xml("RealizadoProcesoSobreTrazabilidadCadenaRegEvento", YES_NO)]
    chain_count: Annotated[
        int | None,
        Xml("NumeroDeRegistrosEventoProcesadosSobreTrazabilidadCadena", _COUNT),
        Field(ge=0, lt=10**5),
    ] = None
    dates: Annotated[bool, Xml("RealizadoProcesoSobreTrazabilidadFechasRegEvento", YES_NO)]
    dates_count: Annotated[
        int | None,
        Xml("NumeroDeRegistrosEventoProcesadosSobreTrazabilidadFechas", _COUNT),
        Field(ge=0, lt=10**5),
    ] = None


class EventAnomaly(Record):
    """Something is wrong with an event (``DeteccionAnomaliasRegEvento``)."""

    kind: Annotated[AnomalyKind, Xml("TipoAnomalia")]
    details: Annotated[Text | None, Xml("OtrosDatosAnomalia"), Field(max_length=100)] = None
    event: Annotated[EventReference | None, Xml("RegEventoAnomalo")] = None


class RecordsExported(Record):
    """Records of a period were exported (``ExportacionRegFacturacionPeriodo``)."""

    begins_at: Annotated[Moment, Xml("FechaHoraHusoInicioPeriodoExport")]
    ends_at: Annotated[Moment, Xml("FechaHoraHusoFinPeriodoExport")]
    first: Annotated[ExportedRecord, Xml("RegistroFacturacionInicialPeriodo")]
    last: Annotated[ExportedRecord, Xml("RegistroFacturacionFinalPeriodo")]
    registrations: Annotated[
        int, Xml("NumeroDeRegistrosFacturacionAltaExportados", _COUNT), Field(ge=0, lt=10**9)
    ]
    total_tax: Annotated[Amount12, Xml("SumaCuotaTotalAlta")] = Decimal(0)
    total: Annotated[Amount12, Xml("SumaImporteTotalAlta")] = Decimal(0)
    cancellations: Annotated[
        int, Xml("NumeroDeRegistrosFacturacionAnulacionExportados", _COUNT), Field(ge=0, lt=10**9)
    ]
    are_dropped: Annotated[bool, Xml("RegistrosFacturacionExportadosDejanDeConservarse", YES_NO)]
    """The system no longer keeps what it exported."""


class EventsExported(Record):
    """Events of a period were exported (``ExportacionRegEventoPeriodo``)."""

    begins_at: Annotated[Moment, Xml("FechaHoraHusoInicioPeriodoExport")]
    ends_at: Annotated[Moment, Xml("FechaHoraHusoFinPeriodoExport")]
    first: Annotated[EventReference, Xml("RegistroEventoInicialPeriodo")]
    last: Annotated[EventReference, Xml("RegistroEventoFinalPeriodo")]
    count: Annotated[int, Xml("NumeroDeRegEventoExportados", _COUNT), Field(ge=0, lt=10**7)]
    are_dropped: Annotated[bool, Xml("RegEventoExportadosDejanDeConservarse", YES_NO)]


class EventCount(Record):
    """How many events of a kind happened (``TipoEventoAgrType``)."""

    kind: Annotated[EventKind, Xml("TipoEvento")]
    count: Annotated[int, Xml("NumeroDeEventos", _COUNT), Field(ge=0, lt=10**4)]


class EventsSummary(Record):
    """What happened since the last summary (``ResumenEventos``)."""

    events: Annotated[tuple[EventCount, ...], Xml("TipoEvento"), Field(min_length=1, max_length=20)]
    first: Annotated[ExportedRecord | None, Xml("RegistroFacturacionInicialPeriodo")] = None
    last: Annotated[ExportedRecord | None, Xml("RegistroFacturacionFinalPeriodo")] = None
    registrations: Annotated[
        int, Xml("NumeroDeRegistrosFacturacionAltaGenerados", _COUNT), Field(ge=0, lt=10**6)
    ] = 0
    total_tax: Annotated[Amount12, Xml("SumaCuotaTotalAlta")] = Decimal(0)
    total: Annotated[Amount12, Xml("SumaImporteTotalAlta")] = Decimal(0)
    cancellations: Annotated[
        int, Xml("NumeroDeRegistrosFacturacionAnulacionGenerados", _COUNT), Field(ge=0, lt=10**6)
    ] = 0


class EventData(Record):
    """What a kind of event says beyond its kind (``DatosPropiosEvento``): one of these."""

    record_check: Annotated[
        RecordCheck | None,
        Xml("LanzamientoProcesoDeteccionAnomaliasRegFacturacion", choice="data"),
    ] = None
    record_anomaly: Annotated[
        RecordAnomaly | None, Xml("DeteccionAnomaliasRegFacturacion", choice="data")
    ] = None
    event_check: Annotated[
        EventCheck | None, Xml("LanzamientoProcesoDeteccionAnomaliasRegEvento", choice="data")
    ] = None
    event_anomaly: Annotated[
        EventAnomaly | None, Xml("DeteccionAnomaliasRegEvento", choice="data")
    ] = None
    records_exported: Annotated[
        RecordsExported | None, Xml("ExportacionRegFacturacionPeriodo", choice="data")
    ] = None
    events_exported: Annotated[
        EventsExported | None, Xml("ExportacionRegEventoPeriodo", choice="data")
    ] = None
    summary: Annotated[EventsSummary | None, Xml("ResumenEventos", choice="data")] = None


class EventLink(Record):
    """Names the event before this one (``EventoAnterior``)."""

    kind: Annotated[EventKind, Xml("TipoEvento")]
    recorded_at: Annotated[Moment, Xml("FechaHoraHusoGenEvento")]
    fingerprint: Annotated[Fingerprint, Xml("HuellaEvento")]


class EventChaining(Record):
    """Place of an event in its chain (``Encadenamiento``)."""

    is_first: Annotated[Literal[True] | None, Xml("PrimerEvento", ONLY_YES, choice="place")] = None
    previous: Annotated[EventLink | None, Xml("EventoAnterior", choice="place")] = None


FIRST_EVENT = EventChaining(is_first=True)
"""The place of the first event of a chain."""


class Event(Record):
    """Something that happened in the program (``Evento``)."""

    system: Annotated[EventSystem, Xml("SistemaInformatico")]
    issuer: Annotated[EventIssuer, Xml("ObligadoEmision")]
    issued_by: Annotated[IssuedBy | None, Xml("EmitidaPorTerceroODestinatario")] = None
    third_party: Annotated[EventPerson | None, Xml("TerceroODestinatario")] = None
    recorded_at: Annotated[Moment, Xml("FechaHoraHusoGenEvento")]
    kind: Annotated[EventKind, Xml("TipoEvento")]
    data: Annotated[EventData | None, Xml("DatosPropiosEvento")] = None
    details: Annotated[Text | None, Xml("OtrosDatosEvento"), Field(max_length=100)] = None
    chaining: Annotated[EventChaining, Xml("Encadenamiento")] = FIRST_EVENT
    fingerprint_kind: Annotated[FingerprintKind, Xml("TipoHuella")] = FingerprintKind.SHA_256
    fingerprint: Annotated[Fingerprint, Xml("HuellaEvento")] = ""
    """Empty until :func:`link_event` computes it."""
    signature: Annotated[RawXml | None, Xml("Signature", namespace=DS)] = None
    """Every event is signed; :func:`aeat_sii.verifactu.signing.sign_event` does it."""


class EventRecord(Record):
    """An event with the version of its layout (``RegistroEvento``)."""

    xml_type: ClassVar[XmlType | None] = XmlType("RegistroEvento", SF_EVENTS, SF_EVENTS)

    version: Annotated[Version, Xml("IDVersion")] = Version.V1_0
    event: Annotated[Event, Xml("Evento")]


_REQUIRED_DATA = {
    EventKind.RECORD_CHECK_LAUNCHED: "record_check",
    EventKind.RECORD_ANOMALY: "record_anomaly",
    EventKind.EVENT_CHECK_LAUNCHED: "event_check",
    EventKind.EVENT_ANOMALY: "event_anomaly",
    EventKind.RECORDS_EXPORTED: "records_exported",
    EventKind.EVENTS_EXPORTED: "events_exported",
    EventKind.SUMMARY: "summary",
}


def event_fingerprint(event: Event) -> str:
    """Compute the fingerprint of an event: SHA-256 of its fields, in upper case."""
    return _digest(event, event.chaining)


def link_event(record: EventRecord, previous: EventRecord | EventLink | None) -> EventRecord:
    """Put an event at the end of a chain and compute its fingerprint.

    Args:
        record: Complete but for its place and its fingerprint.
        previous: The last event of the chain, or the link that names it; ``None`` for the first.

    Returns:
        The event that can be signed. The one given is not changed.

    Raises:
        ChainError: The event lacks the data of its kind, or has those of another; or the one before
            has no fingerprint.
    """
    event = record.event
    wanted = _REQUIRED_DATA.get(event.kind)
    given = {name for name in _REQUIRED_DATA.values() if event.data and getattr(event.data, name)}
    if given != ({wanted} if wanted else set()):
        raise ChainError(
            f"an event of kind {event.kind.value} has {wanted or 'no'} data of its own, not "
            f"{', '.join(sorted(given)) or 'none'}"
        )
    chaining = FIRST_EVENT
    if previous is not None:
        named = previous if isinstance(previous, EventLink) else _link_to(previous.event)
        chaining = EventChaining(previous=named)
    changes = {"chaining": chaining, "fingerprint": _digest(event, chaining)}
    return record.model_copy(update={"event": event.model_copy(update=changes)})


def _link_to(event: Event) -> EventLink:
    if not event.fingerprint:
        raise ChainError("the event before has no fingerprint: link it first")
    return EventLink(kind=event.kind, recorded_at=event.recorded_at, fingerprint=event.fingerprint)


def _digest(event: Event, chaining: EventChaining) -> str:
    system = event.system
    other: str = system.producer_other_id.id if system.producer_other_id else ""
    producer: Nif = system.producer_nif or ""
    pairs = (
        ("NIF", producer),
        ("ID", other),
        ("IdSistemaInformatico", system.id),
        ("Version", system.version),
        ("NumeroInstalacion", system.installation),
        ("NIF", event.issuer.nif),
        ("TipoEvento", event.kind.value),
        ("HuellaEvento", chaining.previous.fingerprint if chaining.previous else ""),
        ("FechaHoraHusoGenEvento", XML_DATETIME.encode(event.recorded_at)),
    )
    text = "&".join(f"{name}={value.strip()}" for name, value in pairs)
    return sha256(text.encode("utf-8")).hexdigest().upper()
