"""The messages of the queries, one for each book.

Source: ConsultaLR.xsd of the tax agency, version 1.1.
"""

from typing import Annotated, ClassVar

from aeat_sii.sii.filters import (
    AggregatesFilter,
    CashFilter,
    ConsignmentFilter,
    CustomersCountFilter,
    CustomersFilter,
    CustomersHeader,
    Filter,
    InsuranceFilter,
    IntraCommunityFilter,
    InvestmentGoodsFilter,
    IssuedFilter,
    OfIssuedFilter,
    OfReceivedFilter,
    PropertiesFilter,
    QueryHeader,
    ReceivedFilter,
    SuppliersCountFilter,
    SuppliersFilter,
    SuppliersHeader,
    TravelAgenciesFilter,
)
from aeat_sii.sii.namespaces import CON, SII
from einvoice_core.records import Record, Xml, XmlType

__all__ = [
    "Query",
    "QueryAggregates",
    "QueryCash",
    "QueryCollections",
    "QueryConsignment",
    "QueryCustomers",
    "QueryCustomersCount",
    "QueryInsurance",
    "QueryIntraCommunity",
    "QueryInvestmentGoods",
    "QueryIssued",
    "QueryPayments",
    "QueryProperties",
    "QueryReceived",
    "QuerySuppliers",
    "QuerySuppliersCount",
    "QueryTravelAgencies",
]


class Query(Record):
    """What every query has; its filter stands in the class of its book."""

    @property
    def stated_header(self) -> QueryHeader | CustomersHeader | SuppliersHeader:
        """The header, whichever its kind."""
        stated: QueryHeader | CustomersHeader | SuppliersHeader = self.__dict__["header"]
        return stated

    @property
    def stated_filter(self) -> Filter:
        """The filter, whichever its kind."""
        stated: Filter = self.__dict__["filter"]
        return stated


def _named(name: str) -> XmlType:
    return XmlType(name, CON, CON)


class QueryIssued(Query):
    """Asks for issued invoices (``ConsultaLRFacturasEmitidas``)."""

    xml_type: ClassVar[XmlType | None] = _named("ConsultaLRFacturasEmitidas")

    header: Annotated[QueryHeader, Xml("Cabecera", namespace=SII)]
    filter: Annotated[IssuedFilter, Xml("FiltroConsulta")]


class QueryReceived(Query):
    """Asks for received invoices (``ConsultaLRFacturasRecibidas``)."""

    xml_type: ClassVar[XmlType | None] = _named("ConsultaLRFacturasRecibidas")

    header: Annotated[QueryHeader, Xml("Cabecera", namespace=SII)]
    filter: Annotated[ReceivedFilter, Xml("FiltroConsulta")]


class QueryInvestmentGoods(Query):
    """Asks for investment goods (``ConsultaLRBienesInversion``)."""

    xml_type: ClassVar[XmlType | None] = _named("ConsultaLRBienesInversion")

    header: Annotated[QueryHeader, Xml("Cabecera", namespace=SII)]
    filter: Annotated[InvestmentGoodsFilter, Xml("FiltroConsulta")]


class QueryIntraCommunity(Query):
    """Asks for intra-community operations (``ConsultaLRDetOperIntracomunitarias``)."""

    xml_type: ClassVar[XmlType | None] = _named("ConsultaLRDetOperIntracomunitarias")

    header: Annotated[QueryHeader, Xml("Cabecera", namespace=SII)]
    filter: Annotated[IntraCommunityFilter, Xml("FiltroConsulta")]


class QueryCash(Query):
    """Asks for cash (``ConsultaLRCobrosMetalico``)."""

    xml_type: ClassVar[XmlType | None] = _named("ConsultaLRCobrosMetalico")

    header: Annotated[QueryHeader, Xml("Cabecera", namespace=SII)]
    filter: Annotated[CashFilter, Xml("FiltroConsulta")]


class QueryInsurance(Query):
    """Asks for insurance operations (``ConsultaLROperacionesSeguros``)."""

    xml_type: ClassVar[XmlType | None] = _named("ConsultaLROperacionesSeguros")

    header: Annotated[QueryHeader, Xml("Cabecera", namespace=SII)]
    filter: Annotated[InsuranceFilter, Xml("FiltroConsulta")]


class QueryTravelAgencies(Query):
    """Asks for operations of travel agencies (``ConsultaLRAgenciasViajes``)."""

    xml_type: ClassVar[XmlType | None] = _named("ConsultaLRAgenciasViajes")

    header: Annotated[QueryHeader, Xml("Cabecera", namespace=SII)]
    filter: Annotated[TravelAgenciesFilter, Xml("FiltroConsulta")]


class QueryConsignment(Query):
    """Asks for operations with goods in consignment (``ConsultaLRConsultaVentaBienesConsigna``)."""

    xml_type: ClassVar[XmlType | None] = _named("ConsultaLRConsultaVentaBienesConsigna")

    header: Annotated[QueryHeader, Xml("Cabecera", namespace=SII)]
    filter: Annotated[ConsignmentFilter, Xml("FiltroConsulta")]


class QueryCollections(Query):
    """Asks for collections of an issued invoice (``ConsultaCobros``)."""

    xml_type: ClassVar[XmlType | None] = _named("ConsultaCobros")

    header: Annotated[QueryHeader, Xml("Cabecera", namespace=SII)]
    filter: Annotated[OfIssuedFilter, Xml("FiltroConsultaCobros")]


class QueryPayments(Query):
    """Asks for payments of a received invoice (``ConsultaPagos``)."""

    xml_type: ClassVar[XmlType | None] = _named("ConsultaPagos")

    header: Annotated[QueryHeader, Xml("Cabecera", namespace=SII)]
    filter: Annotated[OfReceivedFilter, Xml("FiltroConsultaPagos")]


class QueryProperties(Query):
    """Asks for further buildings of an issued invoice (``ConsultaInmueblesAdicionales``)."""

    xml_type: ClassVar[XmlType | None] = _named("ConsultaInmueblesAdicionales")

    header: Annotated[QueryHeader, Xml("Cabecera", namespace=SII)]
    filter: Annotated[PropertiesFilter, Xml("FiltroConsultaInmueblesAdicionales")]


class QueryCustomers(Query):
    """Asks for invoices that customers declared (``ConsultaLRFactInformadasCliente``)."""

    xml_type: ClassVar[XmlType | None] = _named("ConsultaLRFactInformadasCliente")

    header: Annotated[CustomersHeader, Xml("Cabecera", namespace=SII)]
    filter: Annotated[CustomersFilter, Xml("FiltroConsulta")]


class QueryCustomersCount(Query):
    """Asks how many invoices each customer declared."""

    xml_type: ClassVar[XmlType | None] = _named("ConsultaLRFactInformadasAgrupadasCliente")

    header: Annotated[CustomersHeader, Xml("Cabecera", namespace=SII)]
    filter: Annotated[CustomersCountFilter, Xml("FiltroConsulta")]


class QuerySuppliers(Query):
    """Asks for invoices that suppliers declared (``ConsultaLRFactInformadasProveedor``)."""

    xml_type: ClassVar[XmlType | None] = _named("ConsultaLRFactInformadasProveedor")

    header: Annotated[SuppliersHeader, Xml("Cabecera", namespace=SII)]
    filter: Annotated[SuppliersFilter, Xml("FiltroConsulta")]


class QuerySuppliersCount(Query):
    """Asks how many invoices each supplier declared."""

    xml_type: ClassVar[XmlType | None] = _named("ConsultaLRFactInformadasAgrupadasProveedor")

    header: Annotated[SuppliersHeader, Xml("Cabecera", namespace=SII)]
    filter: Annotated[SuppliersCountFilter, Xml("FiltroConsulta")]


class QueryAggregates(Query):
    """Asks for aggregated amounts (``ConsultaLLAA``)."""

    xml_type: ClassVar[XmlType | None] = _named("ConsultaLLAA")

    header: Annotated[QueryHeader, Xml("Cabecera", namespace=SII)]
    filter: Annotated[AggregatesFilter, Xml("FiltroConsulta")]
