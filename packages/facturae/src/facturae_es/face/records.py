"""What is sent to FACe and what it tells, the same by whatever way it came."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from lxml import etree

from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import parse
from facturae_es.face.states import Status

__all__ = [
    "Attachment",
    "Cancellation",
    "Catalogue",
    "Centre",
    "File",
    "FileLink",
    "Identity",
    "Invoice",
    "Notification",
    "Page",
    "Party",
    "Relation",
    "Submission",
]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document beside the invoice.

    Args:
        name: With its suffix.
        content: Octets.
        media_type: Of the content; the older services want it.
    """

    name: str
    content: bytes = field(repr=False)
    media_type: str = "application/pdf"


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells an invoice from all others of its issuer.

    Args:
        seller: NIF as it stands in the document.
        number: ``InvoiceNumber``.
        series: ``InvoiceSeriesCode``; empty for none.
    """

    seller: str
    number: str
    series: str = ""


_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CII = "urn:un:unece:uncefact:data:standard:"
_PREFIXES = {
    "cbc": f"{_UBL}CommonBasicComponents-2",
    "cac": f"{_UBL}CommonAggregateComponents-2",
    "rsm": f"{_CII}CrossIndustryInvoice:100",
    "ram": f"{_CII}ReusableAggregateBusinessInformationEntity:100",
}
_FACTURAE = (
    "Parties/SellerParty/TaxIdentification/TaxIdentificationNumber",
    "Invoices/Invoice/InvoiceHeader/InvoiceNumber",
    "Invoices/Invoice/InvoiceHeader/InvoiceSeriesCode",
)
_IDENTITIES = {
    f"{{{_UBL}Invoice-2}}Invoice": (
        "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID",
        "cbc:ID",
        "",
    ),
    f"{{{_CII}CrossIndustryInvoice:100}}CrossIndustryInvoice": (
        "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/"
        "ram:SpecifiedTaxRegistration/ram:ID",
        "rsm:ExchangedDocument/ram:ID",
        "",
    ),
}
"""Where seller, number and series stand in each format."""


@dataclass(frozen=True, slots=True)
class Submission:
    """An invoice on its way.

    Args:
        name: File name.
        content: The signed document, octet by octet: Facturae, UBL or CII.
        email: Where FACe writes to.
        attachments: Further documents.
    """

    name: str
    content: bytes = field(repr=False)
    email: str
    attachments: tuple[Attachment, ...] = ()

    @property
    def identity(self) -> Identity | None:
        """Seller, number and series; ``None`` for a batch or a format that FACe does not take."""
        try:
            root = parse(self.content)
        except XmlRefused:
            return None
        seller_at, number_at, series_at = _IDENTITIES.get(str(root.tag), _FACTURAE)
        seller, numbers = root.find(seller_at, _PREFIXES), root.findall(number_at, _PREFIXES)
        if seller is None or len(numbers) != 1:
            return None
        series = root.find(series_at) if series_at else None
        return Identity(_text(seller), _text(numbers[0]), _text(series))


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody named in an invoice."""

    nif: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Centre:
    """A unit of the directory of the administration (DIR3)."""

    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """Three units that work together; an invoice names all three.

    Args:
        accounting_office: ``oficina contable``, role 01.
        managing_body: ``órgano gestor``, role 02.
        processing_unit: ``unidad tramitadora``, role 03.
        administration: To which they belong, where told.
        is_active: Whether invoices may be sent there.
    """

    accounting_office: Centre
    managing_body: Centre
    processing_unit: Centre
    administration: Centre | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file that the service holds, without its content."""

    identifier: str
    name: str = ""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file with its content."""

    name: str
    content: bytes = field(repr=False)
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """What the service tells about an invoice; what it leaves out is empty.

    Args:
        registry_code: Number in the register; ask for the invoice by it.
        registered_at: When it was registered.
        processing: State of processing.
        cancellation: State of the cancellation.
        assignment: State of the credit assignment.
        history: Earlier states of processing.
        number: Of the invoice.
        series: Of the invoice.
        amount: Total, in ``currency``.
        currency: ISO 4217.
        issued_at: Date of issue, as the service tells it.
        seller: Issuer.
        buyer: Addressee.
        relation: The three units.
        files: What the service holds.
    """

    registry_code: str
    registered_at: datetime | None = None
    processing: Status | None = None
    cancellation: Status | None = None
    assignment: Status | None = None
    history: tuple[Status, ...] = ()
    number: str = ""
    series: str = ""
    amount: Decimal | None = None
    currency: str = ""
    issued_at: datetime | None = None
    seller: Party | None = None
    buyer: Party | None = None
    relation: Relation | None = None
    files: tuple[FileLink, ...] = ()

    def is_that_of(self, identity: Identity | None) -> bool:
        """Whether nothing that is known says that this is another invoice."""
        if identity is None:
            return True
        seller = self.seller.nif if self.seller else ""
        known = {(self.number, identity.number), (self.series, identity.series)}
        known.add((seller.removeprefix("ES"), identity.seller.removeprefix("ES")))
        return all(not told or told == sent for told, sent in known)


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A request for cancellation, as the service took it.

    Args:
        registry_code: Of the invoice.
        identifier: Of the request.
        comment: The reason that was given.
        requested_at: When it was taken.
        is_processed: Whether the administration has decided.
    """

    registry_code: str
    identifier: str = ""
    comment: str = ""
    requested_at: datetime | None = None
    is_processed: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The states that the service knows, each with its name."""

    processing: tuple[Status, ...]
    cancellation: tuple[Status, ...]
    assignment: tuple[Status, ...] = ()


@dataclass(frozen=True, slots=True)
class Notification:
    """What the service tells its users.

    Args:
        identifier: Of the notification.
        title: One line.
        text: The rest.
        level: How urgent, in the words of the service.
    """

    identifier: str
    title: str
    text: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a long list of relations.

    Args:
        items: Of this page.
        number: Of this page, from 1.
        total: Relations in all.
    """

    items: tuple[Relation, ...]
    number: int
    total: int


def _text(element: etree._Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""
