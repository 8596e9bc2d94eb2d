"""What an authority holds, as the answers to queries say it (``RespuestaConsultaLR...``).

The content of a record stays as it came (:attr:`HeldRecord.data`); :func:`values_of` reads it.

Source: RespuestaConsultaLR.xsd of the tax agency, version 1.1.
"""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from lxml import etree

from aeat_sii._types import YES_NO
from aeat_sii.sii._types import AEAT_TIME
from aeat_sii.sii.answers import AnsweredInvoice
from aeat_sii.sii.codes import ContrastState, StoredState, Version
from aeat_sii.sii.namespaces import RC, SII
from aeat_sii.sii.records import Part, SpanishPerson, StockId
from aeat_sii.verifactu.answers import AGENCY_CODE
from einvoice_core.money import Amount
from einvoice_core.records import RawXml, Record, Xml, XmlType
from einvoice_core.xml.parsing import parse

__all__ = [
    "Aggregates",
    "AggregatesAnswer",
    "AnswerHeader",
    "CashAnswer",
    "CollectionsAnswer",
    "ConsignmentAnswer",
    "CustomersAnswer",
    "CustomersCountAnswer",
    "HeldCash",
    "HeldCollections",
    "HeldConsignment",
    "HeldCustomers",
    "HeldInsurance",
    "HeldIntraCommunity",
    "HeldInvestmentGoods",
    "HeldIssued",
    "HeldPayments",
    "HeldPeriod",
    "HeldPresentation",
    "HeldProperties",
    "HeldReceived",
    "HeldRecord",
    "HeldState",
    "HeldSuppliers",
    "HeldTravelAgencies",
    "InsuranceAnswer",
    "IntraCommunityAnswer",
    "InvestmentGoodsAnswer",
    "IssuedAnswer",
    "Mismatch",
    "PaymentsAnswer",
    "PropertiesAnswer",
    "QueryAnswer",
    "ReceivedAnswer",
    "SuppliersAnswer",
    "SuppliersCountAnswer",
    "TravelAgenciesAnswer",
    "values_of",
]


class _Found(Record):
    xml_type: ClassVar[XmlType | None] = XmlType(child_namespace=RC)


class AnswerHeader(Part):
    """Who asked (``Cabecera``)."""

    version: Annotated[Version, Xml("IDVersionSii")]
    titular: Annotated[SpanishPerson | None, Xml("Titular", choice="asker")] = None
    issuer: Annotated[SpanishPerson | None, Xml("TitularLRFE", choice="asker")] = None
    recipient: Annotated[SpanishPerson | None, Xml("TitularLRFR", choice="asker")] = None


class HeldPeriod(_Found):
    """Year and period of the answer (``PeriodoLiquidacion``)."""

    year: Annotated[str, Xml("Ejercicio")]
    code: Annotated[str, Xml("Periodo")]


class HeldPresentation(Part):
    """Who presented a record, when, and with which verification code."""

    presenter_nif: Annotated[str, Xml("NIFPresentador")]
    presented_at: Annotated[datetime, Xml("TimestampPresentacion", AEAT_TIME)]
    csv: Annotated[str | None, Xml("CSV")] = None


class HeldState(_Found):
    """How the authority holds a record, and what the contrast says."""

    contrast: Annotated[ContrastState | None, Xml("EstadoCuadre")] = None
    contrasted_at: Annotated[datetime | None, Xml("TimestampEstadoCuadre", AEAT_TIME)] = None
    changed_at: Annotated[datetime | None, Xml("TimestampUltimaModificacion", AEAT_TIME)] = None
    state: Annotated[StoredState | None, Xml("EstadoRegistro")] = None
    code: Annotated[str | None, Xml("CodigoErrorRegistro", AGENCY_CODE)] = None
    text: Annotated[str | None, Xml("DescripcionErrorRegistro")] = None


class Mismatch(_Found):
    """What the other party declared, where it differs (``DatosDescuadreContraparte``)."""

    reverse_charge_base: Annotated[Amount | None, Xml("SumBaseImponibleISP")] = None
    taxable_base: Annotated[Amount | None, Xml("SumBaseImponible")] = None
    tax: Annotated[Amount | None, Xml("SumCuota")] = None
    equivalence_surcharge: Annotated[Amount | None, Xml("SumCuotaRecargoEquivalencia")] = None
    total: Annotated[Amount | None, Xml("ImporteTotal")] = None


class HeldRecord(_Found):
    """A record that the authority holds; the class of each book names its content."""

    invoice: Annotated[AnsweredInvoice | None, Xml("IDFactura")] = None
    stock: Annotated[StockId | None, Xml("IdRegistroDeclarado")] = None
    period: Annotated[HeldPeriod | None, Xml("PeriodoLiquidacion")] = None
    data: Annotated[RawXml | None, Xml("Datos")] = None
    customer: Annotated[SpanishPerson | None, Xml("Cliente")] = None
    supplier: Annotated[SpanishPerson | None, Xml("Proveedor")] = None
    count: Annotated[str | None, Xml("NumeroFacturas")] = None
    presentation: Annotated[HeldPresentation | None, Xml("DatosPresentacion")] = None
    state: Annotated[HeldState | None, Xml("EstadoFactura")] = None
    mismatch: Annotated[Mismatch | None, Xml("DatosDescuadreContraparte")] = None

    @property
    def values(self) -> dict[str, str]:
        """The texts of its content by the path of their element, such as ``ImporteTotal``."""
        return {} if self.data is None else values_of(parse(self.data.encode("utf-8")))


def values_of(element: etree._Element) -> dict[str, str]:
    """Return the texts below an element by their path.

    Args:
        element: Of any book.

    Returns:
        ``{"Contraparte/NIF": "89890002E", ...}``; the second of two equal steps has ``[2]``.
    """
    found: dict[str, str] = {}
    waiting: list[tuple[str, etree._Element]] = [("", element)]
    while waiting:
        path, current = waiting.pop()
        counts: dict[str, int] = {}
        for child in current.iterchildren("*"):
            name = etree.QName(child).localname
            counts[name] = counts.get(name, 0) + 1
            step = name if counts[name] == 1 else f"{name}[{counts[name]}]"
            whole = f"{path}/{step}" if path else step
            if len(child):
                waiting.append((whole, child))
            else:
                found[whole] = (child.text or "").strip()
    return found


class QueryAnswer(Record):
    """One page of what the authority holds; the class of each book names its records."""

    xml_type: ClassVar[XmlType | None] = XmlType("", RC, RC)

    header: Annotated[AnswerHeader, Xml("Cabecera", namespace=SII)]
    period: Annotated[HeldPeriod | None, Xml("PeriodoLiquidacion")] = None
    stock_year: Annotated[str | None, Xml("Ejercicio")] = None
    stock_period: Annotated[str | None, Xml("Periodo")] = None
    invoice: Annotated[AnsweredInvoice | None, Xml("IDFactura")] = None
    has_more: Annotated[bool | None, Xml("IndicadorPaginacion", YES_NO)] = None
    result: Annotated[Literal["ConDatos", "SinDatos"] | None, Xml("ResultadoConsulta")] = None
    records: Annotated[tuple[HeldRecord, ...], Xml("Registro")] = ()
    next_after: Annotated[str | None, Xml("ClavePaginacion")] = None


def _named(name: str) -> XmlType:
    return XmlType(name, RC, RC)


class HeldIssued(HeldRecord):
    """One record of issued invoices."""

    data: Annotated[RawXml | None, Xml("DatosFacturaEmitida")] = None


class IssuedAnswer(QueryAnswer):
    """Page of issued invoices (``RespuestaConsultaLRFacturasEmitidas``)."""

    xml_type: ClassVar[XmlType | None] = _named("RespuestaConsultaLRFacturasEmitidas")

    records: Annotated[
        tuple[HeldIssued, ...], Xml("RegistroRespuestaConsultaLRFacturasEmitidas")
    ] = ()


class HeldReceived(HeldRecord):
    """One record of received invoices."""

    data: Annotated[RawXml | None, Xml("DatosFacturaRecibida")] = None


class ReceivedAnswer(QueryAnswer):
    """Page of received invoices (``RespuestaConsultaLRFacturasRecibidas``)."""

    xml_type: ClassVar[XmlType | None] = _named("RespuestaConsultaLRFacturasRecibidas")

    records: Annotated[
        tuple[HeldReceived, ...], Xml("RegistroRespuestaConsultaLRFacturasRecibidas")
    ] = ()


class HeldInvestmentGoods(HeldRecord):
    """One record of investment goods."""

    data: Annotated[RawXml | None, Xml("DatosBienInversion")] = None


class InvestmentGoodsAnswer(QueryAnswer):
    """Page of investment goods (``RespuestaConsultaLRBienesInversion``)."""

    xml_type: ClassVar[XmlType | None] = _named("RespuestaConsultaLRBienesInversion")

    records: Annotated[
        tuple[HeldInvestmentGoods, ...], Xml("RegistroRespuestaConsultaLRBienesInversion")
    ] = ()


class HeldIntraCommunity(HeldRecord):
    """One record of intra-community operations."""

    data: Annotated[RawXml | None, Xml("DatosDetOperIntracomunitarias")] = None


class IntraCommunityAnswer(QueryAnswer):
    """Page of intra-community operations (``RespuestaConsultaLRDetOperIntracomunitarias``)."""

    xml_type: ClassVar[XmlType | None] = _named("RespuestaConsultaLRDetOperIntracomunitarias")

    records: Annotated[
        tuple[HeldIntraCommunity, ...], Xml("RegistroRespuestaConsultaLRDetOperIntracomunitarias")
    ] = ()


class HeldCash(HeldRecord):
    """One record of cash."""

    data: Annotated[RawXml | None, Xml("DatosCobroMetalico")] = None
    state: Annotated[HeldState | None, Xml("EstadoCobroMetalico")] = None


class CashAnswer(QueryAnswer):
    """Page of cash (``RespuestaConsultaLRCobrosMetalico``)."""

    xml_type: ClassVar[XmlType | None] = _named("RespuestaConsultaLRCobrosMetalico")

    records: Annotated[tuple[HeldCash, ...], Xml("RegistroRespuestaConsultaLRCobrosMetalico")] = ()


class HeldInsurance(HeldRecord):
    """One record of insurance operations."""

    data: Annotated[RawXml | None, Xml("DatosOperacionesSeguros")] = None
    state: Annotated[HeldState | None, Xml("EstadoOperacionesSeguros")] = None


class InsuranceAnswer(QueryAnswer):
    """Page of insurance operations (``RespuestaConsultaLROperacionesSeguros``)."""

    xml_type: ClassVar[XmlType | None] = _named("RespuestaConsultaLROperacionesSeguros")

    records: Annotated[
        tuple[HeldInsurance, ...], Xml("RegistroRespuestaConsultaLROperacionesSeguros")
    ] = ()


class HeldTravelAgencies(HeldRecord):
    """One record of operations of travel agencies."""

    data: Annotated[RawXml | None, Xml("DatosAgenciasViajes")] = None
    state: Annotated[HeldState | None, Xml("EstadoAgenciasViajes")] = None


class TravelAgenciesAnswer(QueryAnswer):
    """Page of operations of travel agencies (``RespuestaConsultaLRAgenciasViajes``)."""

    xml_type: ClassVar[XmlType | None] = _named("RespuestaConsultaLRAgenciasViajes")

    records: Annotated[
        tuple[HeldTravelAgencies, ...], Xml("RegistroRespuestaConsultaLRAgenciasViajes")
    ] = ()


class HeldConsignment(HeldRecord):
    """One record of operations with goods in consignment."""

    data: Annotated[RawXml | None, Xml("DatosVentaBienesConsigna")] = None
    state: Annotated[HeldState | None, Xml("EstadoVentaBienesConsigna")] = None


class ConsignmentAnswer(QueryAnswer):
    """Page of operations with goods in consignment (``RespuestaConsultaLRVentaBienesConsigna``)."""

    xml_type: ClassVar[XmlType | None] = _named("RespuestaConsultaLRVentaBienesConsigna")

    records: Annotated[
        tuple[HeldConsignment, ...],
        Xml("RegistroRespuestaConsultaLRDetOperacionIntracomunitariaVentasEnConsigna"),
    ] = ()


class HeldCollections(HeldRecord):
    """One record of collections of an issued invoice."""

    data: Annotated[RawXml | None, Xml("DatosCobro")] = None


class CollectionsAnswer(QueryAnswer):
    """Page of collections of an issued invoice (``RespuestaConsultaCobros``)."""

    xml_type: ClassVar[XmlType | None] = _named("RespuestaConsultaCobros")

    records: Annotated[tuple[HeldCollections, ...], Xml("RegistroRespuestaConsultaCobros")] = ()


class HeldPayments(HeldRecord):
    """One record of payments of a received invoice."""

    data: Annotated[RawXml | None, Xml("DatosPago")] = None


class PaymentsAnswer(QueryAnswer):
    """Page of payments of a received invoice (``RespuestaConsultaPagos``)."""

    xml_type: ClassVar[XmlType | None] = _named("RespuestaConsultaPagos")

    records: Annotated[tuple[HeldPayments, ...], Xml("RegistroRespuestaConsultaPagos")] = ()


class HeldProperties(HeldRecord):
    """One record of further buildings of an issued invoice."""

    data: Annotated[RawXml | None, Xml("DatosInmueblesAdicionales")] = None


class PropertiesAnswer(QueryAnswer):
    """Further buildings of an issued invoice (``RespuestaConsultaInmueblesAdicionales``)."""

    xml_type: ClassVar[XmlType | None] = _named("RespuestaConsultaInmueblesAdicionales")

    records: Annotated[
        tuple[HeldProperties, ...], Xml("RegistroRespuestaConsultaInmueblesAdicionales")
    ] = ()


class HeldCustomers(HeldRecord):
    """One record of the invoices that customers declared."""

    data: Annotated[RawXml | None, Xml("DatosFacturaInformadaCliente")] = None


class CustomersAnswer(QueryAnswer):
    """Page of invoices that customers declared (``RespuestaConsultaLRFactInformadasCliente``)."""

    xml_type: ClassVar[XmlType | None] = _named("RespuestaConsultaLRFactInformadasCliente")

    records: Annotated[
        tuple[HeldCustomers, ...], Xml("RegistroRespuestaConsultaLRFactInformadasCliente")
    ] = ()


class CustomersCountAnswer(QueryAnswer):
    """How many invoices each customer declared."""

    xml_type: ClassVar[XmlType | None] = _named("RespuestaConsultaLRFactInformadasAgrupadasCliente")

    records: Annotated[
        tuple[HeldRecord, ...], Xml("RegistroRespuestaConsultaLRFactInformadasAgrupadasCliente")
    ] = ()


class HeldSuppliers(HeldRecord):
    """One record of invoices that suppliers declared."""

    data: Annotated[RawXml | None, Xml("DatosFacturaInformadaProveedor")] = None


class SuppliersAnswer(QueryAnswer):
    """Page of invoices that suppliers declared (``RespuestaConsultaLRFactInformadasProveedor``)."""

    xml_type: ClassVar[XmlType | None] = _named("RespuestaConsultaLRFactInformadasProveedor")

    records: Annotated[
        tuple[HeldSuppliers, ...], Xml("RegistroRespuestaConsultaLRFactInformadasProveedor")
    ] = ()


class SuppliersCountAnswer(QueryAnswer):
    """How many invoices each supplier declared."""

    xml_type: ClassVar[XmlType | None] = _named(
        "RespuestaConsultaLRFactInformadasAgrupadasProveedor"
    )

    records: Annotated[
        tuple[HeldRecord, ...], Xml("RegistroRespuestaConsultaLRFactInformadasAgrupadasProveedor")
    ] = ()


class Aggregates(_Found):
    """Aggregated amounts of a period; each block as it came (``RegistroRespuestaConsultaLLAA``)."""

    notice: Annotated[str | None, Xml("MensajeAviso")] = None
    output: Annotated[RawXml, Xml("IvaDevengado")]
    input: Annotated[RawXml, Xml("IvaDeducible")]
    further: Annotated[RawXml, Xml("InfoAdicional")]
    year_so_far: Annotated[RawXml | None, Xml("OperacionesEjercicio")] = None

    @property
    def values(self) -> dict[str, str]:
        """The amounts by the path of their element, such as ``IvaDevengado/TotalCuota``."""
        blocks = {
            "IvaDevengado": self.output,
            "IvaDeducible": self.input,
            "InfoAdicional": self.further,
            "OperacionesEjercicio": self.year_so_far,
        }
        return {
            f"{name}/{path}": text
            for name, block in blocks.items()
            if block is not None
            for path, text in values_of(parse(block.encode("utf-8"))).items()
        }


class AggregatesAnswer(QueryAnswer):
    """Answer with aggregated amounts (``RespuestaConsultaLLAA``)."""

    xml_type: ClassVar[XmlType | None] = _named("RespuestaConsultaLLAA")

    aggregates: Annotated[Aggregates | None, Xml("RegistroRespuestaConsultaLLAA")] = None
