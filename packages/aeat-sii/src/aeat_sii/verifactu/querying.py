"""Asks the agency what it holds (``ConsultaFactuSistemaFacturacion``), page by page.

Source: ConsultaLR.xsd and RespuestaConsultaLR.xsd of the tax agency, version 1.0; description of
the web service v1.0.3, 6.4.3.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from aeat_sii._types import ONLY_YES, YES_NO, Nif, Text
from aeat_sii.conversation import content_of
from aeat_sii.errors import ProtocolError
from aeat_sii.verifactu.answers import AGENCY_CODE
from aeat_sii.verifactu.codes import InvoiceKind, PreviousRejection, Version
from aeat_sii.verifactu.records import SF, InvoiceId, OtherId, Person, SpanishPerson
from einvoice_core.http import Reply
from einvoice_core.lexical import AEAT_DATE
from einvoice_core.records import RawXml, Record, Xml, XmlType
from einvoice_core.soap import envelope
from einvoice_core.xml.binding import read, write
from einvoice_core.xml.errors import DocumentRefused

__all__ = [
    "SF_C",
    "SF_CR",
    "DateFilter",
    "DateRange",
    "Filter",
    "HeldData",
    "HeldPresentation",
    "HeldRecord",
    "HeldState",
    "HeldStateData",
    "Options",
    "Period",
    "Query",
    "QueryAnswer",
    "QueryHeader",
    "SystemFilter",
    "build_query",
    "next_page",
    "read_query_answer",
]

SF_C = SF.replace("SuministroInformacion", "ConsultaLR")
"""Namespace of the query."""
SF_CR = SF.replace("SuministroInformacion", "RespuestaConsultaLR")
"""Namespace of its answer."""


class _Part(Record):
    xml_type: ClassVar[XmlType | None] = XmlType(child_namespace=SF)


class QueryHeader(_Part):
    """Who asks (``Cabecera``): the issuer of the invoices, or a recipient."""

    version: Annotated[Version, Xml("IDVersion")] = Version.V1_0
    issuer: Annotated[SpanishPerson | None, Xml("ObligadoEmision", choice="asker")] = None
    recipient: Annotated[SpanishPerson | None, Xml("Destinatario", choice="asker")] = None
    as_representative: Annotated[Literal[True] | None, Xml("IndicadorRepresentante", ONLY_YES)] = (
        None
    )


class Period(_Part):
    """The month of the operations (``PeriodoImputacion``)."""

    year: Annotated[str, Xml("Ejercicio"), Field(pattern=r"^[0-9]{4}$")]
    month: Annotated[str, Xml("Periodo"), Field(pattern=r"^(0[1-9]|1[012])$")]

    @classmethod
    def of(cls, day: date) -> "Period":
        """Return the period of a day."""
        return cls(year=f"{day.year:04}", month=f"{day.month:02}")


class DateRange(_Part):
    """Days of issue, from and to (``RangoFechaExpedicion``)."""

    first: Annotated[date | None, Xml("Desde", AEAT_DATE)] = None
    last: Annotated[date | None, Xml("Hasta", AEAT_DATE)] = None


class DateFilter(_Part):
    """One day of issue, or a range of them."""

    issued_on: Annotated[date | None, Xml("FechaExpedicionFactura", AEAT_DATE, choice="day?")] = (
        None
    )
    between: Annotated[DateRange | None, Xml("RangoFechaExpedicion", choice="day?")] = None


class SystemFilter(_Part):
    """The program that made the records (``SistemaInformatico``); it may be incomplete."""

    producer_name: Annotated[Text, Xml("NombreRazon"), Field(max_length=120)]
    producer_nif: Annotated[Nif | None, Xml("NIF", choice="producer")] = None
    producer_other_id: Annotated[OtherId | None, Xml("IDOtro", choice="producer")] = None
    name: Annotated[Text | None, Xml("NombreSistemaInformatico"), Field(max_length=30)] = None
    id: Annotated[Text, Xml("IdSistemaInformatico"), Field(max_length=2)]
    version: Annotated[Text | None, Xml("Version"), Field(max_length=50)] = None
    installation: Annotated[Text, Xml("NumeroInstalacion"), Field(max_length=100)]


class Filter(Record):
    """What is asked for (``FiltroConsulta``)."""

    xml_type: ClassVar[XmlType | None] = XmlType(child_namespace=SF_C)

    period: Annotated[Period, Xml("PeriodoImputacion")]
    number: Annotated[Text | None, Xml("NumSerieFactura"), Field(min_length=1, max_length=60)] = (
        None
    )
    other_party: Annotated[Person | None, Xml("Contraparte")] = None
    """The recipient, when the issuer asks; the issuer, when a recipient asks."""
    issued: Annotated[DateFilter | None, Xml("FechaExpedicionFactura")] = None
    system: Annotated[SystemFilter | None, Xml("SistemaInformatico")] = None
    external_reference: Annotated[Text | None, Xml("RefExterna"), Field(max_length=60)] = None
    after: Annotated[InvoiceId | None, Xml("ClavePaginacion")] = None
    """The last invoice of the page before."""


class Options(Record):
    """What the answer shows besides (``DatosAdicionalesRespuesta``); it takes longer."""

    xml_type: ClassVar[XmlType | None] = XmlType(child_namespace=SF_C)

    issuer_name: Annotated[bool | None, Xml("MostrarNombreRazonEmisor", YES_NO)] = None
    system: Annotated[bool | None, Xml("MostrarSistemaInformatico", YES_NO)] = None


class Query(Record):
    """A query (``ConsultaFactuSistemaFacturacion``)."""

    xml_type: ClassVar[XmlType | None] = XmlType("ConsultaFactuSistemaFacturacion", SF_C, SF_C)

    header: Annotated[QueryHeader, Xml("Cabecera")]
    filter: Annotated[Filter, Xml("FiltroConsulta")]
    options: Annotated[Options | None, Xml("DatosAdicionalesRespuesta")] = None


class HeldState(StrEnum):
    """State of a record in the answer to a query (``EstadoRegistro``)."""

    CORRECT = "Correcto"
    WITH_ERRORS = "AceptadoConErrores"
    CANCELLED = "Anulado"


class _Found(Record):
    xml_type: ClassVar[XmlType | None] = XmlType(child_namespace=SF_CR)


class HeldStateData(_Found):
    """How the agency holds a record, and since when."""

    changed_at: Annotated[datetime, Xml("TimestampUltimaModificacion")]
    state: Annotated[HeldState, Xml("EstadoRegistro")]
    code: Annotated[str | None, Xml("CodigoErrorRegistro", AGENCY_CODE)] = None
    text: Annotated[str | None, Xml("DescripcionErrorRegistro")] = None


class HeldData(_Found):
    """What the agency holds of a record; other elements stay as they came."""

    others: Annotated[tuple[RawXml, ...], Xml("*")] = ()

    def text(self, name: str) -> str | None:
        """Return the text of an element by its official name, such as ``Huella``."""
        from einvoice_core.xml.parsing import parse

        for raw in self.others:
            element = parse(raw.encode("utf-8"))
            if element.tag == f"{{{SF_CR}}}{name}":
                return (element.text or "").strip()
        return None

    @property
    def fingerprint(self) -> str | None:
        """The fingerprint (``Huella``)."""
        return self.text("Huella")

    @property
    def kind(self) -> InvoiceKind | None:
        """The kind of invoice (``TipoFactura``)."""
        found = self.text("TipoFactura")
        return InvoiceKind(found) if found else None

    @property
    def total(self) -> Decimal | None:
        """The total (``ImporteTotal``), in euros."""
        found = self.text("ImporteTotal")
        return Decimal(found) if found else None

    @property
    def previous_rejection(self) -> PreviousRejection | None:
        """Whether an earlier attempt was rejected (``RechazoPrevio``)."""
        found = self.text("RechazoPrevio")
        return PreviousRejection(found) if found else None


class HeldPresentation(_Part):
    """Who presented a record and when (``DatosPresentacion``)."""

    presenter_nif: Annotated[str, Xml("NIFPresentador")]
    presented_at: Annotated[datetime, Xml("TimestampPresentacion")]
    request_id: Annotated[str, Xml("IdPeticion")]


class HeldRecord(_Found):
    """A record that the agency holds."""

    invoice: Annotated[InvoiceId, Xml("IDFactura")]
    data: Annotated[HeldData, Xml("DatosRegistroFacturacion")]
    presentation: Annotated[HeldPresentation | None, Xml("DatosPresentacion")] = None
    state: Annotated[HeldStateData, Xml("EstadoRegistro")]


class _AnswerPeriod(_Found):
    year: Annotated[str, Xml("Ejercicio")]
    month: Annotated[str, Xml("Periodo")]


class QueryAnswer(Record):
    """One page of what the agency holds."""

    xml_type: ClassVar[XmlType | None] = XmlType(
        "RespuestaConsultaFactuSistemaFacturacion", SF_CR, SF_CR
    )

    header: Annotated[QueryHeader, Xml("Cabecera")]
    period: Annotated[_AnswerPeriod, Xml("PeriodoImputacion")]
    has_more: Annotated[bool, Xml("IndicadorPaginacion", YES_NO)]
    result: Annotated[Literal["ConDatos", "SinDatos"], Xml("ResultadoConsulta")]
    records: Annotated[
        tuple[HeldRecord, ...], Xml("RegistroRespuestaConsultaFactuSistemaFacturacion")
    ] = ()
    next_after: Annotated[InvoiceId | None, Xml("ClavePaginacion")] = None


def build_query(query: Query) -> bytes:
    """Write the SOAP envelope of a query."""
    return envelope.wrap(write(query, prefixes={"con": SF_C, "sum": SF}, declaration=False))


def read_query_answer(reply: Reply) -> QueryAnswer:
    """Read the answer to a query; raises as :func:`aeat_sii.verifactu.read_answer`."""
    message = content_of(reply)
    try:
        return read(message, QueryAnswer).require()
    except DocumentRefused as error:
        raise ProtocolError(
            f"the answer does not have its structure: {error.message}", delivery="none"
        ) from error


def next_page(query: Query, answer: QueryAnswer) -> Query | None:
    """Return the query for the page after an answer; ``None`` when it was the last.

    Raises:
        ProtocolError: The answer announces more and does not say where to go on.
    """
    if not answer.has_more:
        return None
    if answer.next_after is None or answer.next_after == query.filter.after:
        raise ProtocolError("the answer announces more and says no new place", delivery="none")
    changed = query.filter.model_copy(update={"after": answer.next_after})
    return query.model_copy(update={"filter": changed})
