"""Issued and received invoices of IGIC, the tax of the Canary Islands.

They stand beside those of IVA: the breakdown is that of another tax without surcharges, and there
are the data of Ley 19/1994, art. 25, of AIEM and of the excise duties of the Islands. Records are
in the agency's namespaces and moved to those of the Islands with the message around them.

Source: SuministroInformacion.xsd and SuministroLR.xsd of the Canary tax agency, version 1.0.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from aeat_sii._types import YES_NO, Amount12, Percent, Text
from aeat_sii.sii._types import PeriodCode, Year
from aeat_sii.sii.codes import InvoiceKind, NotExempt, RectificationKind, Regime
from aeat_sii.sii.namespaces import SII_LR
from aeat_sii.sii.records.common import (
    IssuedInvoiceId,
    Part,
    Period,
    Person,
    ReceivedInvoiceId,
    RelatedInvoice,
    SpanishPerson,
)
from aeat_sii.sii.records.invoices import ExemptLine, Property
from einvoice_core.lexical import AEAT_DATE
from einvoice_core.records import Xml

__all__ = [
    "Aiem",
    "Article25",
    "Article25Document",
    "Article25DocumentKind",
    "Article25Good",
    "ExciseDuty",
    "ExciseDutyKind",
    "IgicBreakdown",
    "IgicByOperation",
    "IgicIssuedInvoice",
    "IgicIssuedLine",
    "IgicIssuedRecord",
    "IgicNotExempt",
    "IgicNotSubject",
    "IgicReceivedBreakdown",
    "IgicReceivedInvoice",
    "IgicReceivedLine",
    "IgicReceivedRecord",
    "IgicRectifiedIssued",
    "IgicRectifiedReceived",
    "IgicReverseChargeLine",
    "IgicSubject",
    "IgicTreatment",
]


class Article25Good(StrEnum):
    """Kind of good of Ley 19/1994, art. 25 (``TipoBienArt25``); the schema gives no names."""

    G01 = "01"
    G02 = "02"
    G03 = "03"
    G04 = "04"
    G05 = "05"


class Article25DocumentKind(StrEnum):
    """Kind of document (``TipoDocumArt25``); the schema gives no names."""

    D01 = "01"
    D02 = "02"
    D03 = "03"


class ExciseDutyKind(StrEnum):
    """Excise duty of the Islands (``ClaveImpuestoEspecial``); the schema gives no names."""

    E01 = "01"
    E02 = "02"
    E03 = "03"


class Article25Document(Part):
    """The document of an operation of art. 25 (``IDDocumentoArt25``)."""

    kind: Annotated[Article25DocumentKind | None, Xml("TipoDocumArt25")] = None
    protocol: Annotated[Text | None, Xml("NumeroProtocolo"), Field(max_length=6)] = None
    notary: Annotated[Text | None, Xml("ApellidosNombreNotario"), Field(max_length=120)] = None


class Article25(Part):
    """Goods of Ley 19/1994, art. 25 (``DetalleArticulo25``)."""

    is_paid_in_advance: Annotated[bool, Xml("PagoAnticipadoArt25", YES_NO)]
    good: Annotated[Article25Good, Xml("TipoBienArt25")]
    documents: Annotated[
        tuple[Article25Document, ...], Xml("IDDocumentoArt25"), Field(max_length=2)
    ] = ()


class Aiem(Part):
    """An operation under AIEM, the levy on imports and deliveries (``OperacionSujetaAIEM``)."""

    tax: Annotated[Amount12, Xml("CuotaAIEM")]


class ExciseDuty(Part):
    """An operation under an excise duty of the Islands (``OperacionSujetaIIEEgestCAC``)."""

    kind: Annotated[ExciseDutyKind, Xml("ClaveImpuestoEspecial")]
    is_exempt: Annotated[bool | None, Xml("Exenta", YES_NO)] = None
    is_suspended: Annotated[bool | None, Xml("RegimenSuspensivo", YES_NO)] = None
    tax: Annotated[Amount12, Xml("CuotaIIEECAC")]


class IgicRectifiedIssued(Part):
    """What a corrective invoice by substitution replaces (``ImporteRectificacion``)."""

    taxable_base: Annotated[Amount12, Xml("BaseRectificada")]
    tax: Annotated[Amount12, Xml("CuotaRectificada")]


class IgicRectifiedReceived(Part):
    """What a received corrective invoice replaces (``ImporteRectificacion``)."""

    taxable_base: Annotated[Amount12, Xml("BaseRectificada")]
    tax: Annotated[Amount12 | None, Xml("CuotaRectificada")] = None
    implicit_burden: Annotated[Amount12 | None, Xml("CargaImpositivaImplicitaRectificada")] = None


class IgicIssuedLine(Part):
    """The part of an issued invoice taxed at one rate (``DetalleIGIC``)."""

    rate_percent: Annotated[Percent | None, Xml("TipoImpositivo")] = None
    taxable_base: Annotated[Amount12, Xml("BaseImponible")]
    output_tax: Annotated[Amount12 | None, Xml("CuotaRepercutida")] = None


class IgicNotExempt(Part):
    """The taxed part (``NoExenta``)."""

    kind: Annotated[NotExempt, Xml("TipoNoExenta")]
    lines: Annotated[
        tuple[IgicIssuedLine, ...],
        Xml("DetalleIGIC", inside="DesgloseIGIC"),
        Field(min_length=1, max_length=9),
    ]


class IgicSubject(Part):
    """The part that is subject to the tax (``Sujeta``)."""

    exempt: Annotated[
        tuple[ExemptLine, ...], Xml("DetalleExenta", inside="Exenta"), Field(max_length=7)
    ] = ()
    taxed: Annotated[IgicNotExempt | None, Xml("NoExenta")] = None


class IgicNotSubject(Part):
    """The part that is not subject to the tax (``NoSujeta``)."""

    by_law: Annotated[Amount12 | None, Xml("ImportePorArticulos9_Otros")] = None
    """Ley 20/1991, art. 9, and others."""
    by_place: Annotated[Amount12 | None, Xml("ImporteTAIReglasLocalizacion")] = None


class IgicTreatment(Part):
    """How an invoice, its services or its goods are taxed."""

    subject: Annotated[IgicSubject | None, Xml("Sujeta")] = None
    not_subject: Annotated[IgicNotSubject | None, Xml("NoSujeta")] = None


class IgicByOperation(Part):
    """Breakdown by goods and services (``DesgloseTipoOperacion``)."""

    services: Annotated[IgicTreatment | None, Xml("PrestacionServicios")] = None
    goods: Annotated[IgicTreatment | None, Xml("Entrega")] = None


class IgicBreakdown(Part):
    """Breakdown of an issued invoice (``TipoDesglose``): as a whole or by operation."""

    whole: Annotated[IgicTreatment | None, Xml("DesgloseFactura", choice="breakdown")] = None
    by_operation: Annotated[
        IgicByOperation | None, Xml("DesgloseTipoOperacion", choice="breakdown")
    ] = None


class _Invoice(Part):
    """What issued and received invoices share (``FacturaEType``, ``FacturaRType``)."""

    kind: Annotated[InvoiceKind, Xml("TipoFactura")]
    rectification: Annotated[RectificationKind | None, Xml("TipoRectificativa")] = None
    grouped: Annotated[
        tuple[RelatedInvoice, ...], Xml("IDFacturaAgrupada", inside="FacturasAgrupadas")
    ] = ()
    rectified: Annotated[
        tuple[RelatedInvoice, ...], Xml("IDFacturaRectificada", inside="FacturasRectificadas")
    ] = ()
    rectified_amounts: Annotated[
        IgicRectifiedIssued | IgicRectifiedReceived | None, Xml("ImporteRectificacion")
    ] = None
    """Its class is narrowed by the kind of invoice."""
    operated_on: Annotated[date | None, Xml("FechaOperacion", AEAT_DATE)] = None
    regime: Annotated[Regime, Xml("ClaveRegimenEspecialOTrascendencia")]
    regime_2: Annotated[Regime | None, Xml("ClaveRegimenEspecialOTrascendenciaAdicional1")] = None
    regime_3: Annotated[Regime | None, Xml("ClaveRegimenEspecialOTrascendenciaAdicional2")] = None
    authorisation: Annotated[
        Text | None, Xml("NumRegistroAutorizacionFacturacion"), Field(max_length=12)
    ] = None
    total: Annotated[Amount12 | None, Xml("ImporteTotal")] = None
    base_at_cost: Annotated[Amount12 | None, Xml("BaseImponibleACoste")] = None
    description: Annotated[Text, Xml("DescripcionOperacion"), Field(max_length=500)]
    external_reference: Annotated[Text | None, Xml("RefExterna"), Field(max_length=60)] = None
    is_simplified_with_recipient: Annotated[
        bool | None, Xml("FacturaSimplificadaArticulos7.2_7.3", YES_NO)
    ] = None
    succeeded: Annotated[SpanishPerson | None, Xml("EntidadSucedida")] = None
    is_before_sii: Annotated[bool | None, Xml("RegPrevioGGEEoREDEME", YES_NO)] = None
    is_macrodata: Annotated[bool | None, Xml("Macrodato", YES_NO)] = None


class IgicIssuedInvoice(_Invoice):
    """Content of an issued invoice (``FacturaExpedida``)."""

    rectified_amounts: Annotated[IgicRectifiedIssued | None, Xml("ImporteRectificacion")] = None
    properties: Annotated[
        tuple[Property, ...], Xml("DetalleInmueble", inside="DatosInmueble"), Field(max_length=15)
    ] = ()
    article_25: Annotated[
        tuple[Article25, ...],
        Xml("DetalleArticulo25", inside="DatosArticulo25"),
        Field(max_length=3),
    ] = ()
    property_transfer_amount: Annotated[
        Amount12 | None, Xml("ImporteTransmisionInmueblesSujetoAIGIC")
    ] = None
    issued_by_other: Annotated[bool | None, Xml("EmitidaPorTercerosODestinatario", YES_NO)] = None
    gas_market: Annotated[
        bool | None,
        Xml("FacturacionDispAdicionalTerceraYsextayDelMercadoOrganizadoDelGas", YES_NO),
    ] = None
    has_several_recipients: Annotated[bool | None, Xml("VariosDestinatarios", YES_NO)] = None
    has_coupon: Annotated[bool | None, Xml("Cupon", YES_NO)] = None
    lacks_recipient: Annotated[
        bool | None, Xml("FacturaSinIdentifDestinatarioAritculo6.1.d", YES_NO)
    ] = None
    other_party: Annotated[Person | None, Xml("Contraparte")] = None
    breakdown: Annotated[IgicBreakdown, Xml("TipoDesglose")]
    aiem: Annotated[Aiem | None, Xml("OperacionSujetaAIEM")] = None
    excise_duty: Annotated[ExciseDuty | None, Xml("OperacionSujetaIIEEgestCAC")] = None


class IgicReceivedLine(Part):
    """The part of a received invoice taxed at one rate (``DetalleIGIC``)."""

    rate_percent: Annotated[Percent | None, Xml("TipoImpositivo")] = None
    taxable_base: Annotated[Amount12, Xml("BaseImponible")]
    input_tax: Annotated[Amount12 | None, Xml("CuotaSoportada")] = None
    implicit_burden: Annotated[Amount12 | None, Xml("CargaImpositivaImplicita")] = None
    """Tax in the price of retailers, which the invoice does not show."""
    retail_surcharge: Annotated[Amount12 | None, Xml("CuotaRecargoMinorista")] = None
    compensation_percent: Annotated[Percent | None, Xml("PorcentCompensacionREAGYP")] = None
    compensation: Annotated[Amount12 | None, Xml("ImporteCompensacionREAGYP")] = None
    is_investment_good: Annotated[bool | None, Xml("BienInversion", YES_NO)] = None


class IgicReverseChargeLine(Part):
    """The part of a received invoice under reverse charge at one rate (``DetalleIGIC``)."""

    rate_percent: Annotated[Percent, Xml("TipoImpositivo")]
    taxable_base: Annotated[Amount12, Xml("BaseImponible")]
    input_tax: Annotated[Amount12, Xml("CuotaSoportada")]
    is_investment_good: Annotated[bool | None, Xml("BienInversion", YES_NO)] = None


class IgicReceivedBreakdown(Part):
    """Breakdown of a received invoice (``DesgloseFactura``)."""

    reverse_charge: Annotated[
        tuple[IgicReverseChargeLine, ...],
        Xml("DetalleIGIC", inside="InversionSujetoPasivo"),
        Field(max_length=9),
    ] = ()
    lines: Annotated[
        tuple[IgicReceivedLine, ...],
        Xml("DetalleIGIC", inside="DesgloseIGIC"),
        Field(max_length=9),
    ] = ()


class IgicReceivedInvoice(_Invoice):
    """Content of a received invoice (``FacturaRecibida``)."""

    rectified_amounts: Annotated[IgicRectifiedReceived | None, Xml("ImporteRectificacion")] = None
    article_25: Annotated[
        tuple[Article25, ...],
        Xml("DetalleArticulo25", inside="DatosArticulo25"),
        Field(max_length=3),
    ] = ()
    breakdown: Annotated[IgicReceivedBreakdown, Xml("DesgloseFactura")]
    other_party: Annotated[Person, Xml("Contraparte")]
    entered_on: Annotated[date, Xml("FechaRegContable", AEAT_DATE)]
    """Day of the accounting entry; the deadline counts from it."""
    deductible_tax: Annotated[Amount12, Xml("CuotaDeducible")]
    is_deducted_later: Annotated[bool | None, Xml("ADeducirEnPeriodoPosterior", YES_NO)] = None
    deduction_year: Annotated[Year | None, Xml("EjercicioDeduccion")] = None
    deduction_period: Annotated[PeriodCode | None, Xml("PeriodoDeduccion")] = None
    aiem: Annotated[Aiem | None, Xml("OperacionSujetaAIEM")] = None
    excise_duty: Annotated[ExciseDuty | None, Xml("OperacionSujetaIIEEgestCAC")] = None


class IgicIssuedRecord(Part):
    """An issued invoice (``RegistroLRFacturasEmitidas``)."""

    period: Annotated[Period, Xml("PeriodoLiquidacion")]
    invoice: Annotated[IssuedInvoiceId, Xml("IDFactura", namespace=SII_LR)]
    content: Annotated[IgicIssuedInvoice, Xml("FacturaExpedida", namespace=SII_LR)]


class IgicReceivedRecord(Part):
    """A received invoice (``RegistroLRFacturasRecibidas``)."""

    period: Annotated[Period, Xml("PeriodoLiquidacion")]
    invoice: Annotated[ReceivedInvoiceId, Xml("IDFactura", namespace=SII_LR)]
    content: Annotated[IgicReceivedInvoice, Xml("FacturaRecibida", namespace=SII_LR)]
