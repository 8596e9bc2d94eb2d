"""The invoice as a whole: header, totals, VAT breakdown (BG-1 to BG-3, BG-14, BG-20 to BG-24)."""

from datetime import date
from typing import Annotated

from pydantic import Field

from einvoice_core.records import Term
from ubl_peppol.model.datatypes import (
    Amount,
    Attachment,
    Code,
    DocumentReference,
    Group,
    Identifier,
    Percentage,
    Text,
)
from ubl_peppol.model.lines import Line
from ubl_peppol.model.parties import Buyer, Delivery, Payee, Seller, TaxRepresentative
from ubl_peppol.model.payment import PaymentInstructions

__all__ = [
    "DocumentAllowance",
    "DocumentCharge",
    "Invoice",
    "Note",
    "Period",
    "PrecedingInvoice",
    "ProcessControl",
    "SupportingDocument",
    "Totals",
    "VatBreakdown",
]


class Note(Group):
    """A note of the invoice (BG-1)."""

    subject_code: Annotated[Code | None, Term("BT-21")] = None
    text: Annotated[Text, Term("BT-22")]


class ProcessControl(Group):
    """Business process and rules that the document follows (BG-2)."""

    business_process: Annotated[Text | None, Term("BT-23")] = None
    specification: Annotated[Text, Term("BT-24")]


class PrecedingInvoice(Group):
    """An earlier invoice that this one refers to (BG-3)."""

    number: Annotated[DocumentReference, Term("BT-25")]
    issued_on: Annotated[date | None, Term("BT-26")] = None


class Period(Group):
    """Period of the invoice (BG-14)."""

    starts_on: Annotated[date | None, Term("BT-73")] = None
    ends_on: Annotated[date | None, Term("BT-74")] = None


class DocumentAllowance(Group):
    """A discount of the whole invoice (BG-20)."""

    amount: Annotated[Amount, Term("BT-92")]
    base: Annotated[Amount | None, Term("BT-93")] = None
    percent: Annotated[Percentage | None, Term("BT-94")] = None
    vat_category: Annotated[Code, Term("BT-95")]
    vat_rate: Annotated[Percentage | None, Term("BT-96")] = None
    reason: Annotated[Text | None, Term("BT-97")] = None
    reason_code: Annotated[Code | None, Term("BT-98")] = None


class DocumentCharge(Group):
    """A charge of the whole invoice (BG-21)."""

    amount: Annotated[Amount, Term("BT-99")]
    base: Annotated[Amount | None, Term("BT-100")] = None
    percent: Annotated[Percentage | None, Term("BT-101")] = None
    vat_category: Annotated[Code, Term("BT-102")]
    vat_rate: Annotated[Percentage | None, Term("BT-103")] = None
    reason: Annotated[Text | None, Term("BT-104")] = None
    reason_code: Annotated[Code | None, Term("BT-105")] = None


class Totals(Group):
    """Totals of the document (BG-22)."""

    lines: Annotated[Amount, Term("BT-106")]
    allowances: Annotated[Amount | None, Term("BT-107")] = None
    charges: Annotated[Amount | None, Term("BT-108")] = None
    without_vat: Annotated[Amount, Term("BT-109")]
    vat: Annotated[Amount | None, Term("BT-110")] = None
    vat_in_accounting_currency: Annotated[Amount | None, Term("BT-111")] = None
    with_vat: Annotated[Amount, Term("BT-112")]
    paid: Annotated[Amount | None, Term("BT-113")] = None
    rounding: Annotated[Amount | None, Term("BT-114")] = None
    due: Annotated[Amount, Term("BT-115")]


class VatBreakdown(Group):
    """Taxable amount and tax of one category and rate (BG-23)."""

    taxable_base: Annotated[Amount, Term("BT-116")]
    tax: Annotated[Amount, Term("BT-117")]
    category: Annotated[Code, Term("BT-118")]
    rate: Annotated[Percentage | None, Term("BT-119")] = None
    exemption_reason: Annotated[Text | None, Term("BT-120")] = None
    exemption_code: Annotated[Code | None, Term("BT-121")] = None


class SupportingDocument(Group):
    """A document that explains or proves the invoice (BG-24)."""

    reference: Annotated[DocumentReference, Term("BT-122")]
    description: Annotated[Text | None, Term("BT-123")] = None
    location: Annotated[Text | None, Term("BT-124")] = None
    attachment: Annotated[Attachment | None, Term("BT-125")] = None


class Invoice(Group):
    """An invoice or credit note of EN 16931-1:2017; BT-3 tells which."""

    number: Annotated[Text, Term("BT-1")]
    issued_on: Annotated[date, Term("BT-2")]
    type_code: Annotated[Code, Term("BT-3")]
    currency: Annotated[Code, Term("BT-5")]
    accounting_currency: Annotated[Code | None, Term("BT-6")] = None
    accrued_on: Annotated[date | None, Term("BT-7")] = None
    """Date on which the tax becomes due (devengo)."""
    accrual_code: Annotated[Code | None, Term("BT-8")] = None
    due_on: Annotated[date | None, Term("BT-9")] = None
    buyer_reference: Annotated[Text | None, Term("BT-10")] = None
    project: Annotated[DocumentReference | None, Term("BT-11")] = None
    contract: Annotated[DocumentReference | None, Term("BT-12")] = None
    purchase_order: Annotated[DocumentReference | None, Term("BT-13")] = None
    sales_order: Annotated[DocumentReference | None, Term("BT-14")] = None
    receiving_advice: Annotated[DocumentReference | None, Term("BT-15")] = None
    despatch_advice: Annotated[DocumentReference | None, Term("BT-16")] = None
    tender: Annotated[DocumentReference | None, Term("BT-17")] = None
    invoiced_object: Annotated[Identifier | None, Term("BT-18")] = None
    accounting_reference: Annotated[Text | None, Term("BT-19")] = None
    payment_terms: Annotated[Text | None, Term("BT-20")] = None
    notes: Annotated[tuple[Note, ...], Term("BG-1")] = ()
    process: Annotated[ProcessControl, Term("BG-2")]
    preceding_invoices: Annotated[tuple[PrecedingInvoice, ...], Term("BG-3")] = ()
    seller: Annotated[Seller, Term("BG-4")]
    buyer: Annotated[Buyer, Term("BG-7")]
    payee: Annotated[Payee | None, Term("BG-10")] = None
    tax_representative: Annotated[TaxRepresentative | None, Term("BG-11")] = None
    delivery: Annotated[Delivery | None, Term("BG-13")] = None
    period: Annotated[Period | None, Term("BG-14")] = None
    payment: Annotated[PaymentInstructions | None, Term("BG-16")] = None
    allowances: Annotated[tuple[DocumentAllowance, ...], Term("BG-20")] = ()
    charges: Annotated[tuple[DocumentCharge, ...], Term("BG-21")] = ()
    totals: Annotated[Totals, Term("BG-22")]
    vat_breakdown: Annotated[tuple[VatBreakdown, ...], Term("BG-23"), Field(min_length=1)]
    supporting_documents: Annotated[tuple[SupportingDocument, ...], Term("BG-24")] = ()
    lines: Annotated[tuple[Line, ...], Term("BG-25"), Field(min_length=1)]
