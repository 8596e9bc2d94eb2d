"""Published extensions that have records: the units of FACeB2B, and the traces of Correos."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from einvoice_core.records import Record, Xml, XmlType
from facturae_es.facets import Text
from facturae_es.lexical import code

__all__ = [
    "CorreosDelivery",
    "CorreosExtension",
    "CorreosTrace",
    "FaceB2BBuyerCentres",
    "FaceB2BCentre",
    "FaceB2BExtension",
    "FaceB2BPublicSector",
    "FaceB2BReceiver",
    "FaceB2BRole",
    "FaceB2BSellerCentres",
]

FACEB2B = "http://www.facturae.es/Facturae/Extensions/FaceB2BExtensionv1_1"
CORREOS = "http://www.facturae.es/Facturae/Extensions/Correos"


class FaceB2BRole(StrEnum):
    """Task of a unit of the DIRe directory (``AdministrativeCentreRoleType``)."""

    FISCAL = "Fiscal"
    PAYER = "Payer"
    BUYER = "Buyer"
    COLLECTOR = "Collector"
    SELLER = "Seller"
    PAYMENT_RECEIVER = "Payment receiver"
    COLLECTION_RECEIVER = "Collection receiver"
    ISSUER = "Issuer"


class FaceB2BPublicSector(Record):
    """The public contract behind a subcontract (``PublicSectorInformationType``)."""

    organism_code: Annotated[str, Xml("publicOrganismCode"), Text(30)]
    contract: Annotated[str | None, Xml("contractReference")] = None


class FaceB2BReceiver(Record):
    """The unit that receives the invoice (``ReceiverAdministrativeCentreType``)."""

    unit_code: Annotated[str, Xml("code"), Text(30)]
    name: Annotated[str | None, Xml("name")] = None


class FaceB2BCentre(Record):
    """Another unit, with its task (``DIReAdministrativeCentreType``)."""

    unit_code: Annotated[str, Xml("code"), Text(30)]
    name: Annotated[str | None, Xml("name")] = None
    role: Annotated[FaceB2BRole, Xml("role", code(FaceB2BRole))]


class FaceB2BBuyerCentres(Record):
    """Units of the buyer (``buyerCentresType``)."""

    receiver: Annotated[FaceB2BReceiver, Xml("receiverAdministrativeCentre")]
    centres: Annotated[
        tuple[FaceB2BCentre, ...], Xml("centre", inside="administrativeCentres")
    ] = ()


class FaceB2BSellerCentres(Record):
    """Units of the seller (``sellerCentresType``)."""

    centres: Annotated[
        tuple[FaceB2BCentre, ...], Xml("centre", inside="administrativeCentres")
    ] = ()


class FaceB2BExtension(Record):
    """Units of the DIRe directory, for invoices between companies (FACeB2B, version 1.1)."""

    xml_type: ClassVar[XmlType | None] = XmlType("FaceB2BExtension", FACEB2B)

    public_sector: Annotated[FaceB2BPublicSector | None, Xml("publicSectorInformation")] = None
    buyer_centres: Annotated[FaceB2BBuyerCentres, Xml("buyerCentres")]
    seller_centres: Annotated[FaceB2BSellerCentres | None, Xml("sellerCentres")] = None


class CorreosDelivery(Record):
    """A delivery (``DeliveryNoteType``)."""

    rectified_invoice: Annotated[str | None, Xml("RectifiedInvoice"), Text(80)] = None
    delivery: Annotated[str | None, Xml("Delivery"), Text(80)] = None
    customer_reference: Annotated[str | None, Xml("RefCustomer"), Text(80)] = None
    delivered_on: Annotated[date, Xml("Date")]


class CorreosTrace(Record):
    """The deliveries of a zone (``TrazaType``)."""

    zone: Annotated[str, Xml("Zone"), Text(128)]
    deliveries: Annotated[tuple[CorreosDelivery, ...], Xml("DeliveryNote")]


class CorreosExtension(Record):
    """Traces of the post office's deliveries (Correos, version 1.0)."""

    xml_type: ClassVar[XmlType | None] = XmlType("CorreosExtension", CORREOS)

    version: Annotated[str, Xml("Version"), Text(10)]
    traces: Annotated[tuple[CorreosTrace, ...], Xml("Trace", inside="Trazability")]
