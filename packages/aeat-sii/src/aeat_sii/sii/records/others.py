"""Contents of the books besides those of invoices, and the payments of invoices.

Source: SuministroInformacion.xsd and SuministroLR.xsd of the tax agency, version 1.1.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from aeat_sii._types import YES_NO, Amount12, Percent, Text
from aeat_sii.sii._types import Days, MemberState, PeriodCode, Year
from aeat_sii.sii.codes import IntraCommunityOperation, PartyRole, PaymentMeans
from aeat_sii.sii.records.common import Part, Person, SpanishPerson
from einvoice_core.lexical import AEAT_DATE
from einvoice_core.records import Xml

__all__ = [
    "Depot",
    "FinalDestination",
    "FirstDispatch",
    "IntraCommunity",
    "InvestmentGood",
    "Movement",
    "Payment",
    "Stock",
    "StockId",
]


class Payment(Part):
    """A payment or collection of an invoice in cash accounting (``Pago``, ``Cobro``)."""

    paid_on: Annotated[date, Xml("Fecha", AEAT_DATE)]
    amount: Annotated[Amount12, Xml("Importe")]
    means: Annotated[PaymentMeans, Xml("Medio")]
    account: Annotated[Text | None, Xml("Cuenta_O_Medio"), Field(max_length=34)] = None


class InvestmentGood(Part):
    """An investment good and its yearly adjustment (``BienesInversion``)."""

    id: Annotated[Text, Xml("IdentificacionBien"), Field(max_length=40)]
    used_since: Annotated[date, Xml("FechaInicioUtilizacion", AEAT_DATE)]
    prorata_percent: Annotated[Percent, Xml("ProrrataAnualDefinitiva")]
    yearly_adjustment: Annotated[Amount12 | None, Xml("RegularizacionAnualDeduccion")] = None
    supply_id: Annotated[Text | None, Xml("IdentificacionEntrega"), Field(max_length=40)] = None
    adjustment_made: Annotated[Amount12 | None, Xml("RegularizacionDeduccionEfectuada")] = None
    external_reference: Annotated[Text | None, Xml("RefExterna"), Field(max_length=60)] = None
    agreement: Annotated[
        Text | None, Xml("NumRegistroAcuerdoFacturacion"), Field(max_length=15)
    ] = None
    succeeded: Annotated[SpanishPerson | None, Xml("EntidadSucedida")] = None


class IntraCommunity(Part):
    """An intra-community operation (``OperacionIntracomunitaria``)."""

    operation: Annotated[IntraCommunityOperation, Xml("TipoOperacion")]
    role: Annotated[PartyRole, Xml("ClaveDeclarado")]
    member_state: Annotated[MemberState, Xml("EstadoMiembro")]
    term_days: Annotated[Days | None, Xml("PlazoOperacion")] = None
    goods: Annotated[Text, Xml("DescripcionBienes"), Field(max_length=40)]
    address: Annotated[Text, Xml("DireccionOperador"), Field(max_length=120)]
    documents: Annotated[Text | None, Xml("FacturasODocumentacion"), Field(max_length=150)] = None
    external_reference: Annotated[Text | None, Xml("RefExterna"), Field(max_length=60)] = None
    agreement: Annotated[
        Text | None, Xml("NumRegistroAcuerdoFacturacion"), Field(max_length=15)
    ] = None
    succeeded: Annotated[SpanishPerson | None, Xml("EntidadSucedida")] = None
    is_before_sii: Annotated[bool | None, Xml("RegPrevioGGEEoREDEMEoCompetencia", YES_NO)] = None


class StockId(Part):
    """Identifies a record of goods in consignment (``IdRegistroDeclarado``)."""

    year: Annotated[Year, Xml("Ejercicio")]
    period: Annotated[PeriodCode, Xml("Periodo")]
    id: Annotated[Text, Xml("IdRegistro"), Field(max_length=60)]


class FirstDispatch(Part):
    """The first dispatch that a later operation is about (``IdRegistroExpInicial``)."""

    year: Annotated[Year, Xml("Ejercicio")]
    period: Annotated[PeriodCode, Xml("Periodo")]
    id: Annotated[Text, Xml("IdExpInicial"), Field(max_length=60)]


class Depot(Part):
    """Where the goods lie (``Deposito``)."""

    keeper: Annotated[Person | None, Xml("Depositario")] = None
    address: Annotated[Text, Xml("DireccionAlmacen"), Field(max_length=120)]


class Movement(Part):
    """Dispatch or arrival of the goods (``InfoExpedicionRecepcion``)."""

    value: Annotated[Amount12 | None, Xml("ValorBienes")] = None
    from_state: Annotated[MemberState | None, Xml("EmPartida")] = None
    to_state: Annotated[MemberState | None, Xml("EmLlegada")] = None
    sent_on: Annotated[date | None, Xml("FechaExpedicion", AEAT_DATE)] = None
    arrived_on: Annotated[date | None, Xml("FechaLlegada", AEAT_DATE)] = None
    quantity: Annotated[Text, Xml("Cantidad"), Field(max_length=120)]
    goods: Annotated[Text, Xml("DescripBienes"), Field(max_length=120)]
    substituted_on: Annotated[date | None, Xml("FechaSustitucion", AEAT_DATE)] = None


class FinalDestination(Part):
    """What became of the goods (``DestinoFinalExpedRecep``)."""

    goods: Annotated[Text, Xml("DescripBienes"), Field(max_length=120)]
    quantity: Annotated[Text, Xml("Cantidad"), Field(max_length=120)]
    operated_on: Annotated[date, Xml("FechaOpDeclarada", AEAT_DATE)]
    recipient: Annotated[Person | None, Xml("DestinatarioFinal")] = None
    taxable_base: Annotated[Amount12, Xml("BaseImponibleValor")]
    unit_price: Annotated[Amount12 | None, Xml("PrecioUnitario")] = None


class Stock(Part):
    """An operation with goods in consignment (``OperacionIntracomunitaria`` of that book)."""

    movement: Annotated[Movement | None, Xml("InfoExpedicionRecepcion")] = None
    first_dispatch: Annotated[FirstDispatch | None, Xml("IdRegistroExpInicial")] = None
    destination: Annotated[FinalDestination | None, Xml("DestinoFinalExpedRecep")] = None
    external_reference: Annotated[Text | None, Xml("RefExterna"), Field(max_length=60)] = None
    agreement: Annotated[
        Text | None, Xml("NumRegistroAcuerdoFacturacion"), Field(max_length=15)
    ] = None
    succeeded: Annotated[SpanishPerson | None, Xml("EntidadSucedida")] = None
    is_before_sii: Annotated[bool | None, Xml("RegPrevioGGEEoREDEMEoCompetencia", YES_NO)] = None
