"""Issued and received invoices (libros de facturas expedidas y recibidas).

Source: SuministroInformacion.xsd of the tax agency, version 1.1 (in production since 01/02/2026).
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from aeat_sii._types import YES_NO, Amount12, Percent, Text
from aeat_sii.sii._types import PeriodCode, Year
from aeat_sii.sii.codes import (
    Exemption,
    InvoiceKind,
    NotExempt,
    PropertySituation,
    RectificationKind,
    Regime,
)
from aeat_sii.sii.records.common import Part, Person, RelatedInvoice, SpanishPerson
from einvoice_core.lexical import AEAT_DATE
from einvoice_core.records import Xml

__all__ = [
    "ByOperation",
    "ExemptLine",
    "IssuedBreakdown",
    "IssuedInvoice",
    "IssuedLine",
    "NotExemptPart",
    "NotSubject",
    "Property",
    "ReceivedBreakdown",
    "ReceivedInvoice",
    "ReceivedLine",
    "RectifiedAmounts",
    "ReverseChargeLine",
    "ServiceLine",
    "ServiceNotExemptPart",
    "ServicesTreatment",
    "Subject",
    "SubjectServices",
    "Treatment",
]


class RectifiedAmounts(Part):
    """What a corrective invoice by substitution replaces (``ImporteRectificacion``)."""

    taxable_base: Annotated[Amount12, Xml("BaseRectificada")]
    tax: Annotated[Amount12, Xml("CuotaRectificada")]
    equivalence_surcharge: Annotated[Amount12 | None, Xml("CuotaRecargoRectificado")] = None


class Property(Part):
    """A building (``DetalleInmueble``)."""

    situation: Annotated[PropertySituation, Xml("SituacionInmueble")]
    cadastral_reference: Annotated[
        Text | None, Xml("ReferenciaCatastral"), Field(max_length=25)
    ] = None


class IssuedLine(Part):
    """The part of an issued invoice taxed at one rate (``DetalleIVA``)."""

    rate_percent: Annotated[Percent | None, Xml("TipoImpositivo")] = None
    taxable_base: Annotated[Amount12, Xml("BaseImponible")]
    output_tax: Annotated[Amount12 | None, Xml("CuotaRepercutida")] = None
    surcharge_percent: Annotated[Percent | None, Xml("TipoRecargoEquivalencia")] = None
    equivalence_surcharge: Annotated[Amount12 | None, Xml("CuotaRecargoEquivalencia")] = None


class ServiceLine(Part):
    """The part of an invoice of services taxed at one rate: there is no surcharge."""

    rate_percent: Annotated[Percent | None, Xml("TipoImpositivo")] = None
    taxable_base: Annotated[Amount12, Xml("BaseImponible")]
    output_tax: Annotated[Amount12 | None, Xml("CuotaRepercutida")] = None


class ExemptLine(Part):
    """A part of an invoice that is exempt for one cause (``DetalleExenta``)."""

    cause: Annotated[Exemption | None, Xml("CausaExencion")] = None
    taxable_base: Annotated[Amount12, Xml("BaseImponible")]


class NotExemptPart(Part):
    """The taxed part (``NoExenta``)."""

    kind: Annotated[NotExempt, Xml("TipoNoExenta")]
    lines: Annotated[
        tuple[IssuedLine, ...],
        Xml("DetalleIVA", inside="DesgloseIVA"),
        Field(min_length=1, max_length=12),
    ]


class ServiceNotExemptPart(Part):
    """The taxed part of services (``NoExenta``)."""

    kind: Annotated[NotExempt, Xml("TipoNoExenta")]
    lines: Annotated[
        tuple[ServiceLine, ...],
        Xml("DetalleIVA", inside="DesgloseIVA"),
        Field(min_length=1, max_length=12),
    ]


class Subject(Part):
    """The part that is subject to the tax (``Sujeta``): exempt, taxed, or both."""

    exempt: Annotated[
        tuple[ExemptLine, ...], Xml("DetalleExenta", inside="Exenta"), Field(max_length=7)
    ] = ()
    taxed: Annotated[NotExemptPart | None, Xml("NoExenta")] = None


class SubjectServices(Part):
    """The part of services that is subject to the tax (``Sujeta``)."""

    exempt: Annotated[
        tuple[ExemptLine, ...], Xml("DetalleExenta", inside="Exenta"), Field(max_length=7)
    ] = ()
    taxed: Annotated[ServiceNotExemptPart | None, Xml("NoExenta")] = None


class NotSubject(Part):
    """The part that is not subject to the tax (``NoSujeta``)."""

    by_law: Annotated[Amount12 | None, Xml("ImportePorArticulos7_14_Otros")] = None
    """Ley 37/1992, arts. 7 and 14, and others."""
    by_place: Annotated[Amount12 | None, Xml("ImporteTAIReglasLocalizacion")] = None
    """Because of the rules on the place of supply."""


class Treatment(Part):
    """How an invoice, or its goods, are taxed (``DesgloseFactura``, ``Entrega``)."""

    subject: Annotated[Subject | None, Xml("Sujeta")] = None
    not_subject: Annotated[NotSubject | None, Xml("NoSujeta")] = None


class ServicesTreatment(Part):
    """How the services of an invoice are taxed (``PrestacionServicios``)."""

    subject: Annotated[SubjectServices | None, Xml("Sujeta")] = None
    not_subject: Annotated[NotSubject | None, Xml("NoSujeta")] = None


class ByOperation(Part):
    """Breakdown by goods and services (``DesgloseTipoOperacion``), for foreign customers."""

    services: Annotated[ServicesTreatment | None, Xml("PrestacionServicios")] = None
    goods: Annotated[Treatment | None, Xml("Entrega")] = None


class IssuedBreakdown(Part):
    """Breakdown of an issued invoice (``TipoDesglose``): as a whole or by operation."""

    whole: Annotated[Treatment | None, Xml("DesgloseFactura", choice="breakdown")] = None
    by_operation: Annotated[
        ByOperation | None, Xml("DesgloseTipoOperacion", choice="breakdown")
    ] = None


class _Invoice(Part):
    """What issued and received invoices share (``FacturaType``)."""

    kind: Annotated[InvoiceKind, Xml("TipoFactura")]
    rectification: Annotated[RectificationKind | None, Xml("TipoRectificativa")] = None
    grouped: Annotated[
        tuple[RelatedInvoice, ...], Xml("IDFacturaAgrupada", inside="FacturasAgrupadas")
    ] = ()
    """Simplified invoices that this one replaces (F3)."""
    rectified: Annotated[
        tuple[RelatedInvoice, ...], Xml("IDFacturaRectificada", inside="FacturasRectificadas")
    ] = ()
    rectified_amounts: Annotated[RectifiedAmounts | None, Xml("ImporteRectificacion")] = None
    operated_on: Annotated[date | None, Xml("FechaOperacion", AEAT_DATE)] = None
    """Day of the operation, where it is not the day of issue."""
    regime: Annotated[Regime, Xml("ClaveRegimenEspecialOTrascendencia")]
    regime_2: Annotated[Regime | None, Xml("ClaveRegimenEspecialOTrascendenciaAdicional1")] = None
    regime_3: Annotated[Regime | None, Xml("ClaveRegimenEspecialOTrascendenciaAdicional2")] = None
    agreement: Annotated[
        Text | None, Xml("NumRegistroAcuerdoFacturacion"), Field(max_length=15)
    ] = None
    total: Annotated[Amount12 | None, Xml("ImporteTotal")] = None
    base_at_cost: Annotated[Amount12 | None, Xml("BaseImponibleACoste")] = None
    description: Annotated[Text, Xml("DescripcionOperacion"), Field(max_length=500)]
    external_reference: Annotated[Text | None, Xml("RefExterna"), Field(max_length=60)] = None
    is_simplified_with_recipient: Annotated[
        bool | None, Xml("FacturaSimplificadaArticulos7.2_7.3", YES_NO)
    ] = None
    succeeded: Annotated[SpanishPerson | None, Xml("EntidadSucedida")] = None
    """Company whose obligations the titular has taken over."""
    is_before_sii: Annotated[bool | None, Xml("RegPrevioGGEEoREDEMEoCompetencia", YES_NO)] = None
    """Of a period before the titular entered the SII of this authority."""
    is_macrodata: Annotated[bool | None, Xml("Macrodato", YES_NO)] = None
    """The total reaches the amount from which the agency wants to be told."""

    @property
    def regimes(self) -> tuple[Regime, ...]:
        """The regimes that the invoice names, the first one first."""
        return tuple(r for r in (self.regime, self.regime_2, self.regime_3) if r is not None)


class IssuedInvoice(_Invoice):
    """Content of an issued invoice (``FacturaExpedida``)."""

    properties: Annotated[
        tuple[Property, ...], Xml("DetalleInmueble", inside="DatosInmueble"), Field(max_length=15)
    ] = ()
    property_transfer_amount: Annotated[
        Amount12 | None, Xml("ImporteTransmisionInmueblesSujetoAIVA")
    ] = None
    issued_by_other: Annotated[bool | None, Xml("EmitidaPorTercerosODestinatario", YES_NO)] = None
    gas_market: Annotated[
        bool | None,
        Xml("FacturacionDispAdicionalTerceraYsextayDelMercadoOrganizadoDelGas", YES_NO),
    ] = None
    """Issued under the third or sixth additional provision of RD 1619/2012, or in the gas market.
    """
    has_several_recipients: Annotated[bool | None, Xml("VariosDestinatarios", YES_NO)] = None
    has_coupon: Annotated[bool | None, Xml("Cupon", YES_NO)] = None
    lacks_recipient: Annotated[
        bool | None, Xml("FacturaSinIdentifDestinatarioAritculo6.1.d", YES_NO)
    ] = None
    is_fuel_from_depot: Annotated[bool | None, Xml("HidrocarburosExtraidosDeposito", YES_NO)] = None
    """Fuel taken out of a depot; since 01/02/2026."""
    other_party: Annotated[Person | None, Xml("Contraparte")] = None
    breakdown: Annotated[IssuedBreakdown, Xml("TipoDesglose")]


class ReceivedLine(Part):
    """The part of a received invoice taxed at one rate (``DetalleIVA``)."""

    rate_percent: Annotated[Percent | None, Xml("TipoImpositivo")] = None
    taxable_base: Annotated[Amount12, Xml("BaseImponible")]
    input_tax: Annotated[Amount12 | None, Xml("CuotaSoportada")] = None
    surcharge_percent: Annotated[Percent | None, Xml("TipoRecargoEquivalencia")] = None
    equivalence_surcharge: Annotated[Amount12 | None, Xml("CuotaRecargoEquivalencia")] = None
    compensation_percent: Annotated[Percent | None, Xml("PorcentCompensacionREAGYP")] = None
    compensation: Annotated[Amount12 | None, Xml("ImporteCompensacionREAGYP")] = None
    is_investment_good: Annotated[bool | None, Xml("BienInversion", YES_NO)] = None


class ReverseChargeLine(Part):
    """The part of a received invoice under reverse charge at one rate (``DetalleIVA``)."""

    rate_percent: Annotated[Percent, Xml("TipoImpositivo")]
    taxable_base: Annotated[Amount12, Xml("BaseImponible")]
    input_tax: Annotated[Amount12, Xml("CuotaSoportada")]
    surcharge_percent: Annotated[Percent | None, Xml("TipoRecargoEquivalencia")] = None
    equivalence_surcharge: Annotated[Amount12 | None, Xml("CuotaRecargoEquivalencia")] = None
    is_investment_good: Annotated[bool | None, Xml("BienInversion", YES_NO)] = None


class ReceivedBreakdown(Part):
    """Breakdown of a received invoice (``DesgloseFactura``)."""

    reverse_charge: Annotated[
        tuple[ReverseChargeLine, ...],
        Xml("DetalleIVA", inside="InversionSujetoPasivo"),
        Field(max_length=12),
    ] = ()
    lines: Annotated[
        tuple[ReceivedLine, ...], Xml("DetalleIVA", inside="DesgloseIVA"), Field(max_length=12)
    ] = ()


class ReceivedInvoice(_Invoice):
    """Content of a received invoice (``FacturaRecibida``)."""

    breakdown: Annotated[ReceivedBreakdown, Xml("DesgloseFactura")]
    other_party: Annotated[Person, Xml("Contraparte")]
    entered_on: Annotated[date, Xml("FechaRegContable", AEAT_DATE)]
    """Day of the accounting entry; the deadline counts from it."""
    deductible_tax: Annotated[Amount12, Xml("CuotaDeducible")]
    is_deducted_later: Annotated[bool | None, Xml("ADeducirEnPeriodoPosterior", YES_NO)] = None
    deduction_year: Annotated[Year | None, Xml("EjercicioDeduccion")] = None
    deduction_period: Annotated[PeriodCode | None, Xml("PeriodoDeduccion")] = None
