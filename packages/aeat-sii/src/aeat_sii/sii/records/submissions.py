"""Messages that carry records to one book: a header and 1 to 10,000 records.

Source: SuministroLR.xsd of the tax agency, version 1.1.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from aeat_sii.sii.namespaces import SII, SII_LR
from aeat_sii.sii.records.common import CancelHeader, Header
from aeat_sii.sii.records.igic import IgicIssuedRecord, IgicReceivedRecord
from aeat_sii.sii.records.registers import (
    AnyRecord,
    CashCancellation,
    CashReceipt,
    CollectionsOfInvoice,
    ConsignmentCancellation,
    ConsignmentOperation,
    InsuranceCancellation,
    InsuranceRecord,
    IntraCommunityCancellation,
    IntraCommunityRecord,
    InvestmentGoodCancellation,
    InvestmentGoodRecord,
    IssuedCancellation,
    IssuedRecord,
    PaymentsOfInvoice,
    PropertiesOfInvoice,
    ReceivedCancellation,
    ReceivedRecord,
    TravelAgencyCancellation,
    TravelAgencyRecord,
)
from einvoice_core.records import Record, Xml, XmlType

__all__ = [
    "MAX_RECORDS",
    "CancelCash",
    "CancelConsignment",
    "CancelInsurance",
    "CancelIntraCommunity",
    "CancelInvestmentGoods",
    "CancelIssued",
    "CancelReceived",
    "CancelTravelAgencies",
    "Submission",
    "SubmitCash",
    "SubmitCollections",
    "SubmitConsignment",
    "SubmitIgicIssued",
    "SubmitIgicReceived",
    "SubmitInsurance",
    "SubmitIntraCommunity",
    "SubmitInvestmentGoods",
    "SubmitIssued",
    "SubmitPayments",
    "SubmitProperties",
    "SubmitReceived",
    "SubmitTravelAgencies",
]

MAX_RECORDS = 10_000
"""Records that one submission may carry."""

_MANY = Field(min_length=1, max_length=MAX_RECORDS)


def _named(name: str) -> XmlType:
    return XmlType(name, SII_LR, SII_LR)


class Submission(Record):
    """What every message with records has; its records stand in the class of its book."""

    @property
    def stated_header(self) -> Header | CancelHeader:
        """The header, whichever its kind."""
        header: Header | CancelHeader = self.__dict__["header"]
        return header

    @property
    def stated_records(self) -> tuple[AnyRecord, ...]:
        """The records, whichever their kind."""
        records: tuple[AnyRecord, ...] = self.__dict__["records"]
        return records


class SubmitIssued(Submission):
    """Submission of issued invoices (``SuministroLRFacturasEmitidas``)."""

    xml_type: ClassVar[XmlType | None] = _named("SuministroLRFacturasEmitidas")

    header: Annotated[Header, Xml("Cabecera", namespace=SII)]
    records: Annotated[tuple[IssuedRecord, ...], Xml("RegistroLRFacturasEmitidas"), _MANY]


class SubmitReceived(Submission):
    """Submission of received invoices (``SuministroLRFacturasRecibidas``)."""

    xml_type: ClassVar[XmlType | None] = _named("SuministroLRFacturasRecibidas")

    header: Annotated[Header, Xml("Cabecera", namespace=SII)]
    records: Annotated[tuple[ReceivedRecord, ...], Xml("RegistroLRFacturasRecibidas"), _MANY]


class SubmitIgicIssued(Submission):
    """Submission of issued invoices of IGIC (``SuministroLRFacturasEmitidas``)."""

    xml_type: ClassVar[XmlType | None] = _named("SuministroLRFacturasEmitidas")

    header: Annotated[Header, Xml("Cabecera", namespace=SII)]
    records: Annotated[tuple[IgicIssuedRecord, ...], Xml("RegistroLRFacturasEmitidas"), _MANY]


class SubmitIgicReceived(Submission):
    """Submission of received invoices of IGIC (``SuministroLRFacturasRecibidas``)."""

    xml_type: ClassVar[XmlType | None] = _named("SuministroLRFacturasRecibidas")

    header: Annotated[Header, Xml("Cabecera", namespace=SII)]
    records: Annotated[tuple[IgicReceivedRecord, ...], Xml("RegistroLRFacturasRecibidas"), _MANY]


class SubmitInvestmentGoods(Submission):
    """Submission of investment goods (``SuministroLRBienesInversion``)."""

    xml_type: ClassVar[XmlType | None] = _named("SuministroLRBienesInversion")

    header: Annotated[Header, Xml("Cabecera", namespace=SII)]
    records: Annotated[tuple[InvestmentGoodRecord, ...], Xml("RegistroLRBienesInversion"), _MANY]


class SubmitIntraCommunity(Submission):
    """Submission of intra-community operations (``SuministroLRDetOperacionIntracomunitaria``)."""

    xml_type: ClassVar[XmlType | None] = _named("SuministroLRDetOperacionIntracomunitaria")

    header: Annotated[Header, Xml("Cabecera", namespace=SII)]
    records: Annotated[
        tuple[IntraCommunityRecord, ...], Xml("RegistroLRDetOperacionIntracomunitaria"), _MANY
    ]


class SubmitCash(Submission):
    """Submission of cash collected (``SuministroLRCobrosMetalico``)."""

    xml_type: ClassVar[XmlType | None] = _named("SuministroLRCobrosMetalico")

    header: Annotated[Header, Xml("Cabecera", namespace=SII)]
    records: Annotated[tuple[CashReceipt, ...], Xml("RegistroLRCobrosMetalico"), _MANY]


class SubmitInsurance(Submission):
    """Submission of insurance operations (``SuministroLROperacionesSeguros``)."""

    xml_type: ClassVar[XmlType | None] = _named("SuministroLROperacionesSeguros")

    header: Annotated[Header, Xml("Cabecera", namespace=SII)]
    records: Annotated[tuple[InsuranceRecord, ...], Xml("RegistroLROperacionesSeguros"), _MANY]


class SubmitTravelAgencies(Submission):
    """Submission of operations of travel agencies (``SuministroLRAgenciasViajes``)."""

    xml_type: ClassVar[XmlType | None] = _named("SuministroLRAgenciasViajes")

    header: Annotated[Header, Xml("Cabecera", namespace=SII)]
    records: Annotated[tuple[TravelAgencyRecord, ...], Xml("RegistroLRAgenciasViajes"), _MANY]


class SubmitConsignment(Submission):
    """Submission of operations with goods in consignment (``SuministroLRVentaBienesConsigna``)."""

    xml_type: ClassVar[XmlType | None] = _named("SuministroLRVentaBienesConsigna")

    header: Annotated[Header, Xml("Cabecera", namespace=SII)]
    records: Annotated[
        tuple[ConsignmentOperation, ...],
        Xml("RegistroLRDetOperacionIntracomunitariaVentasEnConsigna"),
        _MANY,
    ]


class SubmitCollections(Submission):
    """Submission of collections of issued invoices (``SuministroLRCobrosEmitidas``)."""

    xml_type: ClassVar[XmlType | None] = _named("SuministroLRCobrosEmitidas")

    header: Annotated[CancelHeader, Xml("Cabecera", namespace=SII)]
    records: Annotated[tuple[CollectionsOfInvoice, ...], Xml("RegistroLRCobros"), _MANY]


class SubmitPayments(Submission):
    """Submission of payments of received invoices (``SuministroLRPagosRecibidas``)."""

    xml_type: ClassVar[XmlType | None] = _named("SuministroLRPagosRecibidas")

    header: Annotated[CancelHeader, Xml("Cabecera", namespace=SII)]
    records: Annotated[tuple[PaymentsOfInvoice, ...], Xml("RegistroLRPagos"), _MANY]


class SubmitProperties(Submission):
    """Submission of further buildings of issued invoices (``SuministroLRInmueblesAdicionales``)."""

    xml_type: ClassVar[XmlType | None] = _named("SuministroLRInmueblesAdicionales")

    header: Annotated[CancelHeader, Xml("Cabecera", namespace=SII)]
    records: Annotated[
        tuple[PropertiesOfInvoice, ...], Xml("RegistroLRInmueblesAdicionales"), _MANY
    ]


class CancelIssued(Submission):
    """Cancellation of issued invoices (``BajaLRFacturasEmitidas``)."""

    xml_type: ClassVar[XmlType | None] = _named("BajaLRFacturasEmitidas")

    header: Annotated[CancelHeader, Xml("Cabecera", namespace=SII)]
    records: Annotated[tuple[IssuedCancellation, ...], Xml("RegistroLRBajaExpedidas"), _MANY]


class CancelReceived(Submission):
    """Cancellation of received invoices (``BajaLRFacturasRecibidas``)."""

    xml_type: ClassVar[XmlType | None] = _named("BajaLRFacturasRecibidas")

    header: Annotated[CancelHeader, Xml("Cabecera", namespace=SII)]
    records: Annotated[tuple[ReceivedCancellation, ...], Xml("RegistroLRBajaRecibidas"), _MANY]


class CancelInvestmentGoods(Submission):
    """Cancellation of investment goods (``BajaLRBienesInversion``)."""

    xml_type: ClassVar[XmlType | None] = _named("BajaLRBienesInversion")

    header: Annotated[CancelHeader, Xml("Cabecera", namespace=SII)]
    records: Annotated[
        tuple[InvestmentGoodCancellation, ...], Xml("RegistroLRBajaBienesInversion"), _MANY
    ]


class CancelIntraCommunity(Submission):
    """Cancellation of intra-community operations (``BajaLRDetOperacionIntracomunitaria``)."""

    xml_type: ClassVar[XmlType | None] = _named("BajaLRDetOperacionIntracomunitaria")

    header: Annotated[CancelHeader, Xml("Cabecera", namespace=SII)]
    records: Annotated[
        tuple[IntraCommunityCancellation, ...],
        Xml("RegistroLRBajaDetOperacionIntracomunitaria"),
        _MANY,
    ]


class CancelCash(Submission):
    """Cancellation of cash (``BajaLRCobrosMetalico``)."""

    xml_type: ClassVar[XmlType | None] = _named("BajaLRCobrosMetalico")

    header: Annotated[CancelHeader, Xml("Cabecera", namespace=SII)]
    records: Annotated[tuple[CashCancellation, ...], Xml("RegistroLRBajaCobrosMetalico"), _MANY]


class CancelInsurance(Submission):
    """Cancellation of insurance operations (``BajaLROperacionesSeguros``)."""

    xml_type: ClassVar[XmlType | None] = _named("BajaLROperacionesSeguros")

    header: Annotated[CancelHeader, Xml("Cabecera", namespace=SII)]
    records: Annotated[
        tuple[InsuranceCancellation, ...], Xml("RegistroLRBajaOperacionesSeguros"), _MANY
    ]


class CancelTravelAgencies(Submission):
    """Cancellation of operations of travel agencies (``BajaLRAgenciasViajes``)."""

    xml_type: ClassVar[XmlType | None] = _named("BajaLRAgenciasViajes")

    header: Annotated[CancelHeader, Xml("Cabecera", namespace=SII)]
    records: Annotated[
        tuple[TravelAgencyCancellation, ...], Xml("RegistroLRBajaAgenciasViajes"), _MANY
    ]


class CancelConsignment(Submission):
    """Cancellation of operations with goods in consignment (``BajaLRVentaBienesConsigna``)."""

    xml_type: ClassVar[XmlType | None] = _named("BajaLRVentaBienesConsigna")

    header: Annotated[CancelHeader, Xml("Cabecera", namespace=SII)]
    records: Annotated[
        tuple[ConsignmentCancellation, ...], Xml("RegistroLRBajaVentaBienesConsigna"), _MANY
    ]
