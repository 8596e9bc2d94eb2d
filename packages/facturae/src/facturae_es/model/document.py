"""The file and its invoices: header, batch, issue data, corrective data, attachments."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from einvoice_core.money import Amount
from einvoice_core.records import RawXml, Record, Xml, XmlType
from facturae_es.codes import (
    CURRENCIES,
    LANGUAGES,
    AttachmentCompression,
    AttachmentEncoding,
    AttachmentFormat,
    CorrectionMethod,
    InvoiceClass,
    InvoiceDocumentType,
    InvoiceIssuerType,
    Modality,
    ReasonCode,
)
from facturae_es.facets import TWO, Decimals, OneOf, Since, Text, Version
from facturae_es.lexical import LONG, MONEY, code
from facturae_es.model.lines import InvoiceLine, Period
from facturae_es.model.parties import Parties, ThirdParty
from facturae_es.model.payments import Installment, InvoiceTotals
from facturae_es.model.taxes import CurrencyAmount, OutputTax, WithheldTax

__all__ = [
    "DS",
    "AdditionalData",
    "Attachment",
    "Batch",
    "Corrective",
    "ExchangeRate",
    "FactoringAssignment",
    "FactoringDocument",
    "Facturae",
    "FileHeader",
    "Invoice",
    "InvoiceHeader",
    "IssueData",
    "PlaceOfIssue",
    "Repository",
]

DS = "http://www.w3.org/2000/09/xmldsig#"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CURRENCY = OneOf(CURRENCIES, "currency code")
LANGUAGE = OneOf(LANGUAGES, "language code")
REASONS = OneOf(frozenset(code.description for code in ReasonCode), "reason")
METHODS = OneOf(frozenset(code.description for code in CorrectionMethod), "correction method")


class Batch(Record):
    """Identifier and sums of the invoices of a file, lote (``BatchType``)."""

    identifier: Annotated[str, Xml("BatchIdentifier"), Text(70)]
    invoices_count: Annotated[int, Xml("InvoicesCount", LONG)]
    total_invoices: Annotated[CurrencyAmount, Xml("TotalInvoicesAmount")]
    total_outstanding: Annotated[CurrencyAmount, Xml("TotalOutstandingAmount")]
    total_executable: Annotated[CurrencyAmount, Xml("TotalExecutableAmount")]
    currency: Annotated[str, Xml("InvoiceCurrencyCode"), CURRENCY]


class Repository(Record):
    """Where a factoring document is kept (``RepositoryType``)."""

    name: Annotated[str, Xml("RepositoryName"), Text(20)]
    url: Annotated[str | None, Xml("URL"), Text(250)] = None
    reference: Annotated[str, Xml("Reference"), Text(250)]


class FactoringDocument(Record):
    """A document of the assignment of credit (``FactoringAssignmentDocumentType``)."""

    character: Annotated[str, Xml("DocumentCharacter"), Text(50)]
    representation: Annotated[str | None, Xml("RepresentationIdentity"), Text(80)] = None
    document_type: Annotated[str, Xml("DocumentType"), Text(50)]
    repository: Annotated[Repository | None, Xml("Repository")] = None


class FactoringAssignment(Record):
    """Assignment of the credit, cesión de factoring (``FactoringAssignmentDataType``)."""

    assignee: Annotated[ThirdParty, Xml("Assignee")]
    payment_details: Annotated[tuple[Installment, ...], Xml("Installment", inside="PaymentDetails")]
    clauses: Annotated[str, Xml("FactoringAssignmentClauses"), Text(2500)]
    documents: Annotated[
        tuple[FactoringDocument, ...],
        Xml("FactoringAssignmentDocument"),
        Since(Version.V3_2_2),
    ] = ()


class FileHeader(Record):
    """Version, issuer and sums of a file (``FileHeaderType``)."""

    schema_version: Annotated[str, Xml("SchemaVersion")]
    modality: Annotated[Modality, Xml("Modality", code(Modality))]
    issuer_type: Annotated[InvoiceIssuerType, Xml("InvoiceIssuerType", code(InvoiceIssuerType))]
    third_party: Annotated[ThirdParty | None, Xml("ThirdParty")] = None
    batch: Annotated[Batch, Xml("Batch")]
    factoring: Annotated[FactoringAssignment | None, Xml("FactoringAssignmentData")] = None


class Corrective(Record):
    """What a corrective invoice corrects, and how (``CorrectiveType``).

    The two descriptions are fixed texts: ``reason.description`` and ``method.description``.
    """

    invoice_number: Annotated[str | None, Xml("InvoiceNumber"), Text(20)] = None
    invoice_series: Annotated[str | None, Xml("InvoiceSeriesCode"), Text(20)] = None
    reason: Annotated[ReasonCode, Xml("ReasonCode", code(ReasonCode))]
    reason_description: Annotated[str, Xml("ReasonDescription"), REASONS]
    tax_period: Annotated[Period, Xml("TaxPeriod")]
    method: Annotated[CorrectionMethod, Xml("CorrectionMethod", code(CorrectionMethod))]
    method_description: Annotated[str, Xml("CorrectionMethodDescription"), METHODS]
    additional_reason: Annotated[str | None, Xml("AdditionalReasonDescription"), Text(2500)] = None
    invoice_issued_on: Annotated[date | None, Xml("InvoiceIssueDate"), Since(Version.V3_2_2)] = None


class InvoiceHeader(Record):
    """Number, series and class of an invoice (``InvoiceHeaderType``)."""

    number: Annotated[str, Xml("InvoiceNumber"), Text(20)]
    series: Annotated[str | None, Xml("InvoiceSeriesCode"), Text(20)] = None
    document_type: Annotated[
        InvoiceDocumentType, Xml("InvoiceDocumentType", code(InvoiceDocumentType))
    ]
    invoice_class: Annotated[InvoiceClass, Xml("InvoiceClass", code(InvoiceClass))]
    corrective: Annotated[Corrective | None, Xml("Corrective")] = None


class PlaceOfIssue(Record):
    """Where the invoice is issued (``PlaceOfIssueType``)."""

    post_code: Annotated[str, Xml("PostCode"), Text(5, minimum=5, pattern="[0-9]*")]
    description: Annotated[str | None, Xml("PlaceOfIssueDescription"), Text(20)] = None


class ExchangeRate(Record):
    """Rate to the euro and its day (``ExchangeRateDetailsType``)."""

    rate: Annotated[Amount, Xml("ExchangeRate", MONEY), Decimals(TWO)]
    rate_on: Annotated[date, Xml("ExchangeRateDate")]


class IssueData(Record):
    """Dates, currencies, language and references of an invoice (``InvoiceIssueDataType``)."""

    issued_on: Annotated[date, Xml("IssueDate")]
    operation_on: Annotated[date | None, Xml("OperationDate")] = None
    place_of_issue: Annotated[PlaceOfIssue | None, Xml("PlaceOfIssue")] = None
    invoicing_period: Annotated[Period | None, Xml("InvoicingPeriod")] = None
    currency: Annotated[str, Xml("InvoiceCurrencyCode"), CURRENCY]
    exchange_rate: Annotated[ExchangeRate | None, Xml("ExchangeRateDetails")] = None
    tax_currency: Annotated[str, Xml("TaxCurrencyCode"), CURRENCY]
    language: Annotated[str, Xml("LanguageName"), LANGUAGE]
    description: Annotated[
        str | None, Xml("InvoiceDescription"), Text(2500), Since(Version.V3_2_2)
    ] = None
    receiver_transaction: Annotated[
        str | None, Xml("ReceiverTransactionReference"), Text(20), Since(Version.V3_2_2)
    ] = None
    file_reference: Annotated[str | None, Xml("FileReference"), Text(20), Since(Version.V3_2_2)] = (
        None
    )
    receiver_contract: Annotated[
        str | None, Xml("ReceiverContractReference"), Text(20), Since(Version.V3_2_2)
    ] = None


class Attachment(Record):
    """A file that goes with the invoice (``AttachmentType``); ``data`` is usually base64."""

    compression: Annotated[
        AttachmentCompression | None,
        Xml("AttachmentCompressionAlgorithm", code(AttachmentCompression)),
    ] = None
    file_format: Annotated[AttachmentFormat, Xml("AttachmentFormat", code(AttachmentFormat))]
    encoding: Annotated[
        AttachmentEncoding | None, Xml("AttachmentEncoding", code(AttachmentEncoding))
    ] = None
    description: Annotated[str | None, Xml("AttachmentDescription"), Text(2500)] = None
    data: Annotated[str, Xml("AttachmentData")]


class AdditionalData(Record):
    """Related invoice, attachments, notes and extensions (``AdditionalDataType``)."""

    related_invoice: Annotated[str | None, Xml("RelatedInvoice"), Text(40)] = None
    attachments: Annotated[
        tuple[Attachment, ...], Xml("Attachment", inside="RelatedDocuments")
    ] = ()
    information: Annotated[str | None, Xml("InvoiceAdditionalInformation"), Text(2500)] = None
    extensions: Annotated[RawXml | None, Xml("Extensions")] = None


class Invoice(Record):
    """One invoice (``InvoiceType``)."""

    header: Annotated[InvoiceHeader, Xml("InvoiceHeader")]
    issue_data: Annotated[IssueData, Xml("InvoiceIssueData")]
    taxes_outputs: Annotated[tuple[OutputTax, ...], Xml("Tax", inside="TaxesOutputs")]
    taxes_withheld: Annotated[tuple[WithheldTax, ...], Xml("Tax", inside="TaxesWithheld")] = ()
    totals: Annotated[InvoiceTotals, Xml("InvoiceTotals")]
    lines: Annotated[tuple[InvoiceLine, ...], Xml("InvoiceLine", inside="Items")]
    payment_details: Annotated[
        tuple[Installment, ...], Xml("Installment", inside="PaymentDetails")
    ] = ()
    legal_literals: Annotated[
        tuple[str, ...] | None, Xml("LegalReference", inside="LegalLiterals"), Text(250)
    ] = None
    additional_data: Annotated[AdditionalData | None, Xml("AdditionalData")] = None


class Facturae(Record):
    """A Facturae file: header, parties, invoices, extensions and signature."""

    xml_type: ClassVar[XmlType | None] = XmlType(
        "Facturae", "http://www.facturae.gob.es/formato/Versiones/Facturaev3_2_2.xml"
    )

    file_header: Annotated[FileHeader, Xml("FileHeader")]
    parties: Annotated[Parties, Xml("Parties")]
    invoices: Annotated[tuple[Invoice, ...], Xml("Invoice", inside="Invoices")]
    extensions: Annotated[RawXml | None, Xml("Extensions")] = None
    signature: Annotated[RawXml | None, Xml("Signature", namespace=DS)] = None
    schema_location: Annotated[str | None, Xml("schemaLocation", namespace=XSI, attribute=True)] = (
        None
    )
