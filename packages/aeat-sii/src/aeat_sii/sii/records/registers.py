"""What is sent about one invoice or operation: registered, cancelled, paid.

Each record is the content of one ``RegistroLR...`` element of a submission.

Source: SuministroLR.xsd of the tax agency, version 1.1.
"""

from typing import Annotated

from pydantic import Field

from aeat_sii._types import Amount12, Text
from aeat_sii.sii.codes import DeclarantKind, InsuranceOperation, StockOperation
from aeat_sii.sii.namespaces import SII_LR
from aeat_sii.sii.records.common import (
    ForeignInvoiceId,
    IssuedInvoiceId,
    IssuedInvoiceKey,
    NamedInvoiceId,
    Part,
    Period,
    Person,
    ReceivedInvoiceId,
    SpanishPerson,
)
from aeat_sii.sii.records.igic import IgicIssuedRecord, IgicReceivedRecord
from aeat_sii.sii.records.invoices import IssuedInvoice, Property, ReceivedInvoice
from aeat_sii.sii.records.others import (
    Depot,
    IntraCommunity,
    InvestmentGood,
    Payment,
    Stock,
    StockId,
)
from einvoice_core.records import Xml

__all__ = [
    "AnyRecord",
    "CashCancellation",
    "CashReceipt",
    "CollectionsOfInvoice",
    "ConsignmentCancellation",
    "ConsignmentOperation",
    "InsuranceCancellation",
    "InsuranceRecord",
    "IntraCommunityCancellation",
    "IntraCommunityRecord",
    "InvestmentGoodCancellation",
    "InvestmentGoodRecord",
    "IssuedCancellation",
    "IssuedRecord",
    "PaymentsOfInvoice",
    "PropertiesOfInvoice",
    "ReceivedCancellation",
    "ReceivedRecord",
    "TravelAgencyCancellation",
    "TravelAgencyRecord",
]

_External = Annotated[Text | None, Xml("RefExterna", namespace=SII_LR), Field(max_length=60)]


class _OfPeriod(Part):
    period: Annotated[Period, Xml("PeriodoLiquidacion")]


class _OfInvoice(_OfPeriod):
    invoice: Annotated[ForeignInvoiceId, Xml("IDFactura", namespace=SII_LR)]


class _OfParty(_OfPeriod):
    other_party: Annotated[Person, Xml("Contraparte", namespace=SII_LR)]


class IssuedRecord(_OfPeriod):
    """An issued invoice (``RegistroLRFacturasEmitidas``)."""

    invoice: Annotated[IssuedInvoiceId, Xml("IDFactura", namespace=SII_LR)]
    content: Annotated[IssuedInvoice, Xml("FacturaExpedida", namespace=SII_LR)]


class IssuedCancellation(_OfPeriod):
    """Takes an issued invoice out of the book (``RegistroLRBajaExpedidas``)."""

    invoice: Annotated[IssuedInvoiceKey, Xml("IDFactura", namespace=SII_LR)]
    external_reference: _External = None


class ReceivedRecord(_OfPeriod):
    """A received invoice (``RegistroLRFacturasRecibidas``)."""

    invoice: Annotated[ReceivedInvoiceId, Xml("IDFactura", namespace=SII_LR)]
    content: Annotated[ReceivedInvoice, Xml("FacturaRecibida", namespace=SII_LR)]


class ReceivedCancellation(_OfPeriod):
    """Takes a received invoice out of the book (``RegistroLRBajaRecibidas``)."""

    invoice: Annotated[NamedInvoiceId, Xml("IDFactura", namespace=SII_LR)]
    external_reference: _External = None


class InvestmentGoodRecord(_OfInvoice):
    """An investment good (``RegistroLRBienesInversion``)."""

    content: Annotated[InvestmentGood, Xml("BienesInversion", namespace=SII_LR)]


class InvestmentGoodCancellation(_OfInvoice):
    """Takes an investment good out of the book (``RegistroLRBajaBienesInversion``)."""

    good_id: Annotated[Text, Xml("IdentificacionBien", namespace=SII_LR), Field(max_length=40)]
    external_reference: _External = None


class IntraCommunityRecord(_OfInvoice):
    """An intra-community operation (``RegistroLRDetOperacionIntracomunitaria``)."""

    other_party: Annotated[Person, Xml("Contraparte", namespace=SII_LR)]
    content: Annotated[IntraCommunity, Xml("OperacionIntracomunitaria", namespace=SII_LR)]


class IntraCommunityCancellation(_OfInvoice):
    """Takes an intra-community operation out of the book."""

    external_reference: _External = None


class CashReceipt(_OfParty):
    """Cash collected from one party in a year, over 6,000 (``RegistroLRCobrosMetalico``)."""

    total: Annotated[Amount12, Xml("ImporteTotal", namespace=SII_LR)]
    succeeded: Annotated[SpanishPerson | None, Xml("EntidadSucedida", namespace=SII_LR)] = None


class CashCancellation(_OfParty):
    """Takes the cash of one party out of the book (``RegistroLRBajaCobrosMetalico``)."""


class TravelAgencyRecord(CashReceipt):
    """Operations of a travel agency with one party in a year (``RegistroLRAgenciasViajes``)."""


class TravelAgencyCancellation(CashCancellation):
    """Takes the operations with one party out of the book (``RegistroLRBajaAgenciasViajes``)."""


class InsuranceRecord(_OfParty):
    """Insurance operations with one party in a year (``RegistroLROperacionesSeguros``)."""

    operation: Annotated[InsuranceOperation, Xml("ClaveOperacion", namespace=SII_LR)]
    total: Annotated[Amount12, Xml("ImporteTotal", namespace=SII_LR)]
    succeeded: Annotated[SpanishPerson | None, Xml("EntidadSucedida", namespace=SII_LR)] = None


class InsuranceCancellation(_OfParty):
    """Takes insurance operations out of the book (``RegistroLRBajaOperacionesSeguros``)."""

    operation: Annotated[InsuranceOperation, Xml("ClaveOperacion", namespace=SII_LR)]


class ConsignmentOperation(Part):
    """An operation with goods in consignment (venta de bienes en consigna)."""

    declarant: Annotated[DeclarantKind, Xml("ClaveDeclarante", namespace=SII_LR)]
    stock: Annotated[StockId, Xml("IdRegistroDeclarado", namespace=SII_LR)]
    operation: Annotated[StockOperation, Xml("TipoOperacion", namespace=SII_LR)]
    other_party: Annotated[Person | None, Xml("Contraparte", namespace=SII_LR)] = None
    substitute: Annotated[Person | None, Xml("SustitutoDestinatarioInicial", namespace=SII_LR)] = (
        None
    )
    depot: Annotated[Depot | None, Xml("Deposito", namespace=SII_LR)] = None
    content: Annotated[Stock, Xml("OperacionIntracomunitaria", namespace=SII_LR)]


class ConsignmentCancellation(Part):
    """Takes an operation with goods in consignment out of the book."""

    stock: Annotated[StockId, Xml("IdRegistroDeclarado", namespace=SII_LR)]
    external_reference: _External = None


class CollectionsOfInvoice(Part):
    """Collections of an issued invoice in cash accounting (``RegistroLRCobros``)."""

    invoice: Annotated[IssuedInvoiceKey, Xml("IDFactura", namespace=SII_LR)]
    payments: Annotated[
        tuple[Payment, ...], Xml("Cobro", inside=f"{{{SII_LR}}}Cobros"), Field(min_length=1)
    ]


class PaymentsOfInvoice(Part):
    """Payments of a received invoice in cash accounting (``RegistroLRPagos``)."""

    invoice: Annotated[NamedInvoiceId, Xml("IDFactura", namespace=SII_LR)]
    payments: Annotated[
        tuple[Payment, ...], Xml("Pago", inside=f"{{{SII_LR}}}Pagos"), Field(min_length=1)
    ]


class PropertiesOfInvoice(Part):
    """Further buildings of an issued invoice (``RegistroLRInmueblesAdicionales``)."""

    invoice: Annotated[IssuedInvoiceKey, Xml("IDFactura", namespace=SII_LR)]
    properties: Annotated[
        tuple[Property, ...],
        Xml("DetalleInmueble", namespace=SII_LR, inside="DatosInmueble"),
        Field(min_length=1, max_length=10_000),
    ]


AnyRecord = (
    IssuedRecord
    | IgicIssuedRecord
    | ReceivedRecord
    | IgicReceivedRecord
    | InvestmentGoodRecord
    | IntraCommunityRecord
    | CashReceipt
    | InsuranceRecord
    | TravelAgencyRecord
    | ConsignmentOperation
    | CollectionsOfInvoice
    | PaymentsOfInvoice
    | PropertiesOfInvoice
    | IssuedCancellation
    | ReceivedCancellation
    | InvestmentGoodCancellation
    | IntraCommunityCancellation
    | CashCancellation
    | InsuranceCancellation
    | TravelAgencyCancellation
    | ConsignmentCancellation
)
"""Any record that can be sent."""
