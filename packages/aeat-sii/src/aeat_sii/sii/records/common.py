"""What the records of every book share: who, which invoice, which period.

Records without a namespace of their own take that of the message around them, which is that of the
tax agency; for the Canary Islands the message is moved to theirs as a whole
(:mod:`aeat_sii.sii.namespaces`).

Source: SuministroInformacion.xsd of the tax agency, version 1.1.
"""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from aeat_sii._types import Country, Text
from aeat_sii.sii._types import InvoiceNumber, PeriodCode, SiiNif, Year
from aeat_sii.sii.codes import Communication, IdKind, Version
from aeat_sii.sii.namespaces import SII
from einvoice_core.lexical import AEAT_DATE
from einvoice_core.records import Record, Xml, XmlType

__all__ = [
    "CancelHeader",
    "ForeignInvoiceId",
    "Header",
    "IssuedInvoiceId",
    "IssuedInvoiceKey",
    "Issuer",
    "NamedInvoiceId",
    "NamedIssuer",
    "OtherId",
    "Part",
    "Period",
    "Person",
    "ReceivedInvoiceId",
    "RelatedInvoice",
    "SpanishPerson",
    "Titular",
]


class Part(Record):
    """A record whose children live in the namespace of the SII records."""

    xml_type: ClassVar[XmlType | None] = XmlType(child_namespace=SII)


class OtherId(Part):
    """Identifies who has no NIF (``IDOtro``)."""

    country: Annotated[Country | None, Xml("CodigoPais")] = None
    kind: Annotated[IdKind, Xml("IDType")]
    id: Annotated[Text, Xml("ID"), Field(max_length=20)]


class SpanishPerson(Part):
    """A person or company with a NIF (``PersonaFisicaJuridicaUnicaESType``)."""

    name: Annotated[Text, Xml("NombreRazon"), Field(max_length=120)]
    nif: Annotated[SiiNif, Xml("NIF")]


class Titular(Part):
    """Whose books they are (``Titular``)."""

    name: Annotated[Text, Xml("NombreRazon"), Field(max_length=120)]
    representative_nif: Annotated[SiiNif | None, Xml("NIFRepresentante")] = None
    """Of a minor only."""
    nif: Annotated[SiiNif, Xml("NIF")]


class Person(Part):
    """A person or company, with a NIF or another identification (``PersonaFisicaJuridicaType``)."""

    name: Annotated[Text, Xml("NombreRazon"), Field(max_length=120)]
    representative_nif: Annotated[SiiNif | None, Xml("NIFRepresentante")] = None
    """Of a minor only."""
    nif: Annotated[SiiNif | None, Xml("NIF", choice="identification")] = None
    other_id: Annotated[OtherId | None, Xml("IDOtro", choice="identification")] = None


class Period(Part):
    """Year and period of the operations (``PeriodoLiquidacion``)."""

    year: Annotated[Year, Xml("Ejercicio")]
    code: Annotated[PeriodCode, Xml("Periodo")]
    """``01`` to ``12``, ``1T`` to ``4T``, or ``0A``."""

    @classmethod
    def of(cls, day: date) -> "Period":
        """Return the month of a day."""
        return cls(year=f"{day.year:04}", code=f"{day.month:02}")


class Header(Part):
    """Whose books a submission fills, and what it does (``CabeceraSii``)."""

    version: Annotated[Version, Xml("IDVersionSii")] = Version.V1_1
    titular: Annotated[Titular, Xml("Titular")]
    communication: Annotated[Communication, Xml("TipoComunicacion")] = Communication.REGISTER


class CancelHeader(Part):
    """Whose books a message is about (``CabeceraSiiBaja``): cancellations, payments, buildings."""

    version: Annotated[Version, Xml("IDVersionSii")] = Version.V1_1
    titular: Annotated[Titular, Xml("Titular")]


class Issuer(Part):
    """Issuer of a received invoice (``IDEmisorFactura``)."""

    nif: Annotated[SiiNif | None, Xml("NIF", choice="identification")] = None
    other_id: Annotated[OtherId | None, Xml("IDOtro", choice="identification")] = None


class NamedIssuer(Part):
    """Issuer with its name (``IDEmisorFactura``)."""

    name: Annotated[Text, Xml("NombreRazon"), Field(max_length=120)]
    nif: Annotated[SiiNif | None, Xml("NIF", choice="identification")] = None
    other_id: Annotated[OtherId | None, Xml("IDOtro", choice="identification")] = None


class IssuedInvoiceKey(Part):
    """Identifies an issued invoice (``IDFacturaExpedidaBCType``)."""

    issuer_nif: Annotated[SiiNif, Xml("NIF", inside="IDEmisorFactura")]
    number: Annotated[InvoiceNumber, Xml("NumSerieFacturaEmisor")]
    issued_on: Annotated[date, Xml("FechaExpedicionFacturaEmisor", AEAT_DATE)]


class IssuedInvoiceId(Part):
    """Identifies an issued invoice, or a summary entry of several (``IDFacturaExpedidaType``)."""

    issuer_nif: Annotated[SiiNif, Xml("NIF", inside="IDEmisorFactura")]
    number: Annotated[InvoiceNumber, Xml("NumSerieFacturaEmisor")]
    last_number: Annotated[InvoiceNumber | None, Xml("NumSerieFacturaEmisorResumenFin")] = None
    """Of a summary entry (F4): number of the last invoice."""
    issued_on: Annotated[date, Xml("FechaExpedicionFacturaEmisor", AEAT_DATE)]


class ReceivedInvoiceId(Part):
    """Identifies a received invoice (``IDFacturaRecibidaType``)."""

    issuer: Annotated[Issuer, Xml("IDEmisorFactura")]
    number: Annotated[InvoiceNumber, Xml("NumSerieFacturaEmisor")]
    last_number: Annotated[InvoiceNumber | None, Xml("NumSerieFacturaEmisorResumenFin")] = None
    issued_on: Annotated[date, Xml("FechaExpedicionFacturaEmisor", AEAT_DATE)]


class NamedInvoiceId(Part):
    """Identifies an invoice by its named issuer (``IDFacturaRecibidaNombreBCType``)."""

    issuer: Annotated[NamedIssuer, Xml("IDEmisorFactura")]
    number: Annotated[InvoiceNumber, Xml("NumSerieFacturaEmisor")]
    issued_on: Annotated[date, Xml("FechaExpedicionFacturaEmisor", AEAT_DATE)]


ForeignInvoiceId = NamedInvoiceId
"""The same structure in the books of assets and of intra-community operations
(``IDFacturaComunitariaType``)."""


class RelatedInvoice(Part):
    """An invoice that another one groups or corrects (``IDFacturaARType``)."""

    number: Annotated[InvoiceNumber, Xml("NumSerieFacturaEmisor")]
    issued_on: Annotated[date, Xml("FechaExpedicionFacturaEmisor", AEAT_DATE)]
