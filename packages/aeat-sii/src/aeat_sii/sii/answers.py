"""What an authority says about a submission (``RespuestaLR...``).

An answer is a value with the authority's own codes and texts: a rejected record is not an
exception. The answers of all books have one form and differ in what identifies a record.

Source: RespuestaSuministro.xsd of the tax agency, version 1.1.
"""

from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, ClassVar, cast

from aeat_sii.sii._types import AEAT_TIME
from aeat_sii.sii.codes import (
    Communication,
    InsuranceOperation,
    LineState,
    StoredState,
    SubmissionState,
    Version,
)
from aeat_sii.sii.namespaces import R
from aeat_sii.sii.records.common import OtherId, Part, Person, Titular
from aeat_sii.sii.records.others import StockId
from aeat_sii.verifactu.answers import AGENCY_CODE
from einvoice_core.lexical import AEAT_DATE
from einvoice_core.records import Record, Xml, XmlType

__all__ = [
    "Answer",
    "AnswerHeader",
    "AnswerLine",
    "AnsweredInvoice",
    "AnsweredIssuer",
    "AnsweredPeriod",
    "Duplicate",
    "Presentation",
    "answer_type",
]


class Presentation(Part):
    """Who presented the submission and when (``DatosPresentacion``)."""

    presenter_nif: Annotated[str, Xml("NIFPresentador")]
    presented_at: Annotated[datetime, Xml("TimestampPresentacion", AEAT_TIME)]


class AnswerHeader(Part):
    """The header of the submission, as it came (``Cabecera``)."""

    version: Annotated[Version, Xml("IDVersionSii")]
    titular: Annotated[Titular, Xml("Titular")]
    communication: Annotated[Communication | None, Xml("TipoComunicacion")] = None


class AnsweredIssuer(Part):
    """Issuer of an invoice, in any of the forms of the books (``IDEmisorFactura``)."""

    name: Annotated[str | None, Xml("NombreRazon")] = None
    nif: Annotated[str | None, Xml("NIF", choice="identification")] = None
    other_id: Annotated[OtherId | None, Xml("IDOtro", choice="identification")] = None


class AnsweredInvoice(Part):
    """Identifies an invoice, in any of the forms of the books (``IDFactura``)."""

    issuer: Annotated[AnsweredIssuer, Xml("IDEmisorFactura")]
    number: Annotated[str, Xml("NumSerieFacturaEmisor")]
    last_number: Annotated[str | None, Xml("NumSerieFacturaEmisorResumenFin")] = None
    issued_on: Annotated[date, Xml("FechaExpedicionFacturaEmisor", AEAT_DATE)]


class AnsweredPeriod(Record):
    """Year and period (``PeriodoLiquidacion``)."""

    xml_type: ClassVar[XmlType | None] = XmlType(child_namespace=R)

    year: Annotated[str, Xml("Ejercicio")]
    code: Annotated[str, Xml("Periodo")]


class Duplicate(Part):
    """The record that the authority already holds (``RegistroDuplicado``)."""

    state: Annotated[StoredState, Xml("EstadoRegistro")]
    code: Annotated[str | None, Xml("CodigoErrorRegistro", AGENCY_CODE)] = None
    text: Annotated[str | None, Xml("DescripcionErrorRegistro")] = None


class AnswerLine(Record):
    """What became of one record (``RespuestaLinea``)."""

    xml_type: ClassVar[XmlType | None] = XmlType(child_namespace=R)

    period: Annotated[AnsweredPeriod | None, Xml("PeriodoLiquidacion")] = None
    invoice: Annotated[AnsweredInvoice | None, Xml("IDFactura")] = None
    stock: Annotated[StockId | None, Xml("IdRegistroDeclarado")] = None
    other_party: Annotated[Person | None, Xml("Contraparte")] = None
    good_id: Annotated[str | None, Xml("IdentificacionBien")] = None
    operation: Annotated[InsuranceOperation | None, Xml("ClaveOperacion")] = None
    external_reference: Annotated[str | None, Xml("RefExterna")] = None
    state: Annotated[LineState, Xml("EstadoRegistro")]
    code: Annotated[str | None, Xml("CodigoErrorRegistro", AGENCY_CODE)] = None
    text: Annotated[str | None, Xml("DescripcionErrorRegistro")] = None
    csv: Annotated[str | None, Xml("CSV")] = None
    """Verification code of the invoice where another submission brought it."""
    duplicate: Annotated[Duplicate | None, Xml("RegistroDuplicado")] = None
    """Present when the record is rejected because the authority holds one; no code says it."""

    @property
    def is_accepted(self) -> bool:
        """Whether the authority now holds this record, with errors or without."""
        return self.state is not LineState.INCORRECT

    @property
    def is_held(self) -> bool:
        """Whether the authority holds a record with this identification, from now or before."""
        return self.is_accepted or (
            self.duplicate is not None and self.duplicate.state is not StoredState.CANCELLED
        )


class Answer(Record):
    """What became of a submission; the class of each book has the name of its element."""

    xml_type: ClassVar[XmlType | None] = None

    csv: Annotated[str | None, Xml("CSV")] = None
    """Verification code (código seguro de verificación); absent when all records are rejected."""
    presentation: Annotated[Presentation | None, Xml("DatosPresentacion")] = None
    header: Annotated[AnswerHeader, Xml("Cabecera")]
    state: Annotated[SubmissionState, Xml("EstadoEnvio")]
    lines: Annotated[tuple[AnswerLine, ...], Xml("RespuestaLinea")] = ()


@cache
def answer_type(name: str) -> type[Answer]:
    """Return the class of the answers whose element has a name.

    Args:
        name: Local name, such as ``RespuestaLRFacturasEmitidas``.
    """
    metaclass: Any = type(Answer)
    content = {"__module__": __name__, "xml_type": XmlType(name, R, R)}
    return cast("type[Answer]", metaclass(name, (Answer,), content))
