"""Queries to each book (``ConsultaLR...``): who asks, for which period, and after which record.

Source: ConsultaLR.xsd of the tax agency, version 1.1.
"""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from aeat_sii._types import YES_NO, Text
from aeat_sii.sii._types import (
    InvoiceNumber,
    PageNumber,
    PeriodCode,
    ReportedContrast,
    SiiNif,
    Year,
)
from aeat_sii.sii.codes import ContrastState, InsuranceOperation, Version
from aeat_sii.sii.namespaces import CON, SII
from aeat_sii.sii.records import (
    IssuedInvoiceKey,
    NamedInvoiceId,
    NamedIssuer,
    OtherId,
    Part,
    Period,
    Person,
    SpanishPerson,
)
from einvoice_core.lexical import AEAT_DATE
from einvoice_core.records import Record, Xml, XmlType

__all__ = [
    "AggregatesFilter",
    "AttributionPeriod",
    "CashFilter",
    "ConsignmentFilter",
    "CustomerPlace",
    "CustomersCountFilter",
    "CustomersFilter",
    "CustomersHeader",
    "DateRange",
    "Filter",
    "GoodPlace",
    "InsuranceFilter",
    "InsurancePlace",
    "IntraCommunityFilter",
    "InvestmentGoodsFilter",
    "InvoiceFilter",
    "IssuedFilter",
    "IssuedInvoiceFilter",
    "OfIssuedFilter",
    "OfReceivedFilter",
    "PartyPlace",
    "PropertiesFilter",
    "QueriedParty",
    "QueryHeader",
    "ReceivedFilter",
    "StockPlace",
    "SupplierPlace",
    "SuppliersCountFilter",
    "SuppliersFilter",
    "SuppliersHeader",
    "TravelAgenciesFilter",
]


class QueryHeader(Part):
    """Whose books are asked for (``Cabecera``)."""

    version: Annotated[Version, Xml("IDVersionSii")] = Version.V1_1
    titular: Annotated[SpanishPerson, Xml("Titular")]


class CustomersHeader(Part):
    """Titular of the book of issued invoices, who asks what customers declared."""

    version: Annotated[Version, Xml("IDVersionSii")] = Version.V1_1
    titular: Annotated[SpanishPerson, Xml("TitularLRFE")]


class SuppliersHeader(Part):
    """Titular of the book of received invoices, who asks what suppliers declared."""

    version: Annotated[Version, Xml("IDVersionSii")] = Version.V1_1
    titular: Annotated[SpanishPerson, Xml("TitularLRFR")]


class DateRange(Part):
    """Days, from and to."""

    first: Annotated[date | None, Xml("Desde", AEAT_DATE)] = None
    last: Annotated[date | None, Xml("Hasta", AEAT_DATE)] = None


class QueriedParty(Part):
    """The other party that is asked for (``Contraparte``)."""

    name: Annotated[Text, Xml("NombreRazon"), Field(max_length=120)]
    nif: Annotated[SiiNif | None, Xml("NIF", choice="identification")] = None
    other_id: Annotated[OtherId | None, Xml("IDOtro", choice="identification")] = None


class IssuedInvoiceFilter(Part):
    """Number and day of an issued invoice (``IDFactura``)."""

    number: Annotated[InvoiceNumber | None, Xml("NumSerieFacturaEmisor")] = None
    issued_on: Annotated[date | None, Xml("FechaExpedicionFacturaEmisor", AEAT_DATE)] = None


class InvoiceFilter(Part):
    """Issuer, number and day of an invoice (``IDFactura``)."""

    issuer: Annotated[NamedIssuer | None, Xml("IDEmisorFactura")] = None
    number: Annotated[InvoiceNumber | None, Xml("NumSerieFacturaEmisor")] = None
    issued_on: Annotated[date | None, Xml("FechaExpedicionFacturaEmisor", AEAT_DATE)] = None


class Filter(Record):
    """What is asked for; ``after`` is the last record of the page before."""

    xml_type: ClassVar[XmlType | None] = XmlType(child_namespace=CON)


class _OfPeriod(Filter):
    period: Annotated[Period, Xml("PeriodoLiquidacion", namespace=SII)]


class IssuedFilter(_OfPeriod):
    """Issued invoices."""

    invoice: Annotated[IssuedInvoiceFilter | None, Xml("IDFactura")] = None
    other_party: Annotated[QueriedParty | None, Xml("Contraparte")] = None
    presented: Annotated[DateRange | None, Xml("FechaPresentacion")] = None
    contrasted: Annotated[DateRange | None, Xml("FechaCuadre")] = None
    is_modified: Annotated[bool | None, Xml("FacturaModificada", YES_NO)] = None
    contrast: Annotated[ContrastState | None, Xml("EstadoCuadre")] = None
    after: Annotated[IssuedInvoiceKey | None, Xml("ClavePaginacion")] = None


class ReceivedFilter(_OfPeriod):
    """Received invoices."""

    invoice: Annotated[InvoiceFilter | None, Xml("IDFactura")] = None
    presented: Annotated[DateRange | None, Xml("FechaPresentacion")] = None
    contrasted: Annotated[DateRange | None, Xml("FechaCuadre")] = None
    is_modified: Annotated[bool | None, Xml("FacturaModificada", YES_NO)] = None
    contrast: Annotated[ContrastState | None, Xml("EstadoCuadre")] = None
    after: Annotated[NamedInvoiceId | None, Xml("ClavePaginacion")] = None


class GoodPlace(Part):
    """An investment good, as the last one of a page."""

    issuer: Annotated[NamedIssuer, Xml("IDEmisorFactura")]
    number: Annotated[InvoiceNumber, Xml("NumSerieFacturaEmisor")]
    issued_on: Annotated[date, Xml("FechaExpedicionFacturaEmisor", AEAT_DATE)]
    good_id: Annotated[Text, Xml("IdentificacionBien"), Field(max_length=40)]


class InvestmentGoodsFilter(_OfPeriod):
    """Investment goods."""

    invoice: Annotated[InvoiceFilter | None, Xml("IDFactura")] = None
    presented: Annotated[DateRange | None, Xml("FechaPresentacion")] = None
    is_modified: Annotated[bool | None, Xml("FacturaModificada", YES_NO)] = None
    good_id: Annotated[Text | None, Xml("IdentificacionBien"), Field(max_length=40)] = None
    after: Annotated[GoodPlace | None, Xml("ClavePaginacion")] = None


class IntraCommunityFilter(_OfPeriod):
    """Intra-community operations."""

    invoice: Annotated[InvoiceFilter | None, Xml("IDFactura")] = None
    presented: Annotated[DateRange | None, Xml("FechaPresentacion")] = None
    is_modified: Annotated[bool | None, Xml("FacturaModificada", YES_NO)] = None
    after: Annotated[NamedInvoiceId | None, Xml("ClavePaginacion")] = None


class InsurancePlace(Filter):
    """Insurance operations with one party, as the last ones of a page."""

    other_party: Annotated[Person, Xml("Contraparte")]
    operation: Annotated[InsuranceOperation, Xml("ClaveOperacion")]


class InsuranceFilter(_OfPeriod):
    """Insurance operations."""

    other_party: Annotated[QueriedParty | None, Xml("Contraparte")] = None
    operation: Annotated[InsuranceOperation | None, Xml("ClaveOperacion")] = None
    presented: Annotated[DateRange | None, Xml("FechaPresentacion")] = None
    is_modified: Annotated[bool | None, Xml("OperacionModificada", YES_NO)] = None
    after: Annotated[InsurancePlace | None, Xml("ClavePaginacion")] = None


class PartyPlace(Filter):
    """Operations with one party, as the last ones of a page."""

    other_party: Annotated[Person, Xml("Contraparte")]


class CashFilter(_OfPeriod):
    """Cash collected."""

    other_party: Annotated[QueriedParty | None, Xml("Contraparte")] = None
    presented: Annotated[DateRange | None, Xml("FechaPresentacion")] = None
    is_modified: Annotated[bool | None, Xml("CobroModificado", YES_NO)] = None
    after: Annotated[PartyPlace | None, Xml("ClavePaginacion")] = None


class TravelAgenciesFilter(_OfPeriod):
    """Operations of travel agencies."""

    other_party: Annotated[QueriedParty | None, Xml("Contraparte")] = None
    presented: Annotated[DateRange | None, Xml("FechaPresentacion")] = None
    is_modified: Annotated[bool | None, Xml("RegistroModificado", YES_NO)] = None
    after: Annotated[PartyPlace | None, Xml("ClavePaginacion")] = None


class StockPlace(Filter):
    """A record of goods in consignment, as the last one of a page."""

    id: Annotated[Text, Xml("IdRegistro"), Field(max_length=60)]


class ConsignmentFilter(Filter):
    """Operations with goods in consignment."""

    year: Annotated[Year, Xml("Ejercicio")]
    period: Annotated[PeriodCode, Xml("Periodo")]
    id: Annotated[Text | None, Xml("IdRegistro"), Field(max_length=60)] = None
    presented: Annotated[DateRange | None, Xml("FechaPresentacion")] = None
    is_modified: Annotated[bool | None, Xml("OperacionModificada", YES_NO)] = None
    after: Annotated[StockPlace | None, Xml("ClavePaginacion")] = None


class OfIssuedFilter(Filter):
    """Collections of an issued invoice."""

    invoice: Annotated[IssuedInvoiceKey, Xml("IDFactura")]
    after: Annotated[PageNumber | None, Xml("ClavePaginacion")] = None
    """A number that the authority gave with the page before."""


class PropertiesFilter(Filter):
    """Further buildings of an issued invoice."""

    invoice: Annotated[IssuedInvoiceKey, Xml("IDFactura")]


class OfReceivedFilter(Filter):
    """Payments of a received invoice."""

    invoice: Annotated[NamedInvoiceId, Xml("IDFactura")]
    after: Annotated[PageNumber | None, Xml("ClavePaginacion")] = None
    """A number that the authority gave with the page before."""


class AttributionPeriod(Part):
    """Year and period to which the other party attributes the invoice (``PeriodoImputacion``)."""

    year: Annotated[Year, Xml("EjercicioImputacion")]
    code: Annotated[PeriodCode, Xml("PeriodoImputacion")]


class _Attributed(Filter):
    period: Annotated[AttributionPeriod, Xml("PeriodoImputacion", namespace=SII)]


class CustomerPlace(Part):
    """An invoice that a customer declared, as the last one of a page."""

    issuer: Annotated[SpanishPerson, Xml("IDEmisorFactura")]
    number: Annotated[InvoiceNumber, Xml("NumSerieFacturaEmisor")]
    issued_on: Annotated[date, Xml("FechaExpedicionFacturaEmisor", AEAT_DATE)]
    customer: Annotated[SpanishPerson, Xml("Cliente")]


class SupplierPlace(Part):
    """An invoice that a supplier declared, as the last one of a page."""

    issuer: Annotated[SpanishPerson, Xml("IDEmisorFactura")]
    number: Annotated[InvoiceNumber, Xml("NumSerieFacturaEmisor")]
    issued_on: Annotated[date, Xml("FechaExpedicionFacturaEmisor", AEAT_DATE)]


class CustomersFilter(_Attributed):
    """Invoices that customers declared as received from the titular."""

    customer: Annotated[SpanishPerson | None, Xml("Cliente")] = None
    number: Annotated[InvoiceNumber | None, Xml("NumSerieFacturaEmisor")] = None
    contrast: Annotated[ReportedContrast | None, Xml("EstadoCuadre")] = None
    issued: Annotated[DateRange | None, Xml("FechaExpedicion")] = None
    operated: Annotated[DateRange | None, Xml("FechaOperacion")] = None
    after: Annotated[CustomerPlace | None, Xml("ClavePaginacion")] = None


class CustomersCountFilter(_Attributed):
    """How many invoices each customer declared."""

    customer: Annotated[SpanishPerson | None, Xml("Cliente")] = None
    contrast: Annotated[ReportedContrast | None, Xml("EstadoCuadre")] = None


class SuppliersFilter(_Attributed):
    """Invoices that suppliers declared as issued to the titular."""

    supplier: Annotated[SpanishPerson | None, Xml("Proveedor")] = None
    number: Annotated[InvoiceNumber | None, Xml("NumSerieFacturaEmisor")] = None
    contrast: Annotated[ReportedContrast | None, Xml("EstadoCuadre")] = None
    issued: Annotated[DateRange | None, Xml("FechaExpedicion")] = None
    operated: Annotated[DateRange | None, Xml("FechaOperacion")] = None
    after: Annotated[SupplierPlace | None, Xml("ClavePaginacion")] = None


class SuppliersCountFilter(_Attributed):
    """How many invoices each supplier declared."""

    supplier: Annotated[SpanishPerson | None, Xml("Proveedor")] = None
    contrast: Annotated[ReportedContrast | None, Xml("EstadoCuadre")] = None


class AggregatesFilter(_OfPeriod):
    """Aggregated amounts of a period (libros agregados)."""
