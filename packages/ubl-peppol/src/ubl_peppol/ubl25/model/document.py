"""The invoice as a whole, its totals and taxes."""

from datetime import date
from typing import Annotated

from einvoice_core.records import Term
from ubl_peppol.model.datatypes import Amount, Code, Group, Percentage, Text
from ubl_peppol.ubl25.model.lines import Line
from ubl_peppol.ubl25.model.parties import Delivery, Party, Payee, TaxRepresentative
from ubl_peppol.ubl25.plan import At

__all__ = [
    "AllowanceCharge",
    "Charged",
    "Invoice",
    "MonetaryTotal",
    "Note",
    "OtherTax",
    "OtherTaxes",
    "PaymentMeans",
    "PaymentTerms",
    "Period",
    "PrecedingInvoice",
    "SupportingDocument",
    "TaxTotal",
    "ThirdPartyCharge",
    "VatBreakdown",
    "Withholding",
    "WithholdingTotal",
]


class Note(Group):
    """A note of the invoice (BG-1)."""

    subject_code: Annotated[Code | None, Term("BT-21"), At("cbc:SubjectCode")] = None
    text: Annotated[Text | None, Term("BT-22"), At("cbc:AnnotationContent")] = None


class PrecedingInvoice(Group):
    """An earlier invoice that this one refers to (BG-3)."""

    number: Annotated[Text | None, Term("BT-25"), At("cac:InvoiceDocumentReference/cbc:ID")] = None
    issued_on: Annotated[
        date | None, Term("BT-26"), At("cac:InvoiceDocumentReference/cbc:IssueDate")
    ] = None
    type_code: Annotated[
        Code | None, Term("BT-202"), At("cac:InvoiceDocumentReference/cbc:DocumentTypeCode")
    ] = None


class SupportingDocument(Group):
    """A supporting document (BG-24), or what the Spanish profile writes as one.

    ``QR``, ``AUT``, ``RECT:TIPO``, ``RECT:MODALIDAD`` and ``RECT:IMPORTES`` have a meaning there.
    """

    id: Annotated[Text | None, Term("BT-122"), At("cbc:ID")] = None
    scheme_id: Annotated[Code | None, At("cbc:ID/@schemeID")] = None
    uuid: Annotated[Text | None, At("cbc:UUID")] = None
    """BT-ES-25 (address of the tax QR) or BT-ES-26 (number of the authorisation)."""
    type_code: Annotated[Code | None, At("cbc:DocumentTypeCode")] = None
    """BT-122-1, BT-ES-27, BT-ES-28 or BT-ES-29."""
    description: Annotated[Text | None, Term("BT-123"), At("cbc:DocumentDescription")] = None
    location: Annotated[
        Text | None, Term("BT-124"), At("cac:Attachment/cac:ExternalReference/cbc:URI")
    ] = None
    content: Annotated[
        Text | None, Term("BT-125"), At("cac:Attachment/cbc:EmbeddedDocumentBinaryObject")
    ] = None
    """Base64, as it stands in the document."""
    mime_code: Annotated[
        Code | None, At("cac:Attachment/cbc:EmbeddedDocumentBinaryObject/@mimeCode")
    ] = None
    filename: Annotated[
        Text | None, At("cac:Attachment/cbc:EmbeddedDocumentBinaryObject/@filename")
    ] = None


class Period(Group):
    """The period that is invoiced (BG-14)."""

    starts_on: Annotated[date | None, Term("BT-73"), At("cbc:StartDate")] = None
    ends_on: Annotated[date | None, Term("BT-74"), At("cbc:EndDate")] = None
    accrual_code: Annotated[Code | None, Term("BT-8"), At("cbc:DescriptionCode")] = None


class PaymentMeans(Group):
    """How to pay (BG-16 to BG-19)."""

    code: Annotated[Code | None, Term("BT-81"), At("cbc:PaymentMeansCode")] = None
    text: Annotated[Text | None, Term("BT-82"), At("cbc:PaymentMeansCode/@name")] = None
    reference: Annotated[Text | None, Term("BT-83"), At("cbc:PaymentID")] = None
    card: Annotated[
        Text | None, Term("BT-87"), At("cac:CardAccount/cbc:PrimaryAccountNumberID")
    ] = None
    card_network: Annotated[Text | None, At("cac:CardAccount/cbc:NetworkID")] = None
    card_holder: Annotated[Text | None, Term("BT-88"), At("cac:CardAccount/cbc:HolderName")] = None
    account: Annotated[Text | None, Term("BT-84"), At("cac:PayeeFinancialAccount/cbc:ID")] = None
    account_name: Annotated[
        Text | None, Term("BT-85"), At("cac:PayeeFinancialAccount/cbc:Name")
    ] = None
    provider: Annotated[
        Text | None,
        Term("BT-86"),
        At("cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID"),
    ] = None
    mandate: Annotated[Text | None, Term("BT-89"), At("cac:PaymentMandate/cbc:ID")] = None
    debited_account: Annotated[
        Text | None, Term("BT-91"), At("cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID")
    ] = None
    debited_name: Annotated[
        Text | None, Term("BT-216"), At("cac:PaymentMandate/cac:PayerFinancialAccount/cbc:Name")
    ] = None
    debited_provider: Annotated[
        Text | None,
        Term("BT-215"),
        At("cac:PaymentMandate/cac:PayerFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID"),
    ] = None


class PaymentTerms(Group):
    """Terms of payment (BG-33), a discount for early payment (BG-35) or a penalty (BG-36)."""

    note: Annotated[Text | None, Term("BT-20"), At("cbc:Note")] = None
    discount_percent: Annotated[
        Percentage | None, Term("BT-171"), At("cbc:SettlementDiscountPercent")
    ] = None
    discount_amount: Annotated[
        Amount | None, Term("BT-172"), At("cbc:SettlementDiscountAmount")
    ] = None
    discount_until: Annotated[
        date | None, Term("BT-170"), At("cac:SettlementPeriod/cbc:EndDate")
    ] = None
    penalty_amount: Annotated[Amount | None, Term("BT-183"), At("cbc:PenaltyAmount")] = None
    penalty_from: Annotated[date | None, Term("BT-181"), At("cac:PenaltyPeriod/cbc:StartDate")] = (
        None
    )
    penalty_percent: Annotated[
        Percentage | None, Term("BT-182"), At("cac:PenaltyInterestRate/cbc:InterestRatePercent")
    ] = None


class OtherTax(Group):
    """A tax other than VAT that is part of a charge (BG-ES-2)."""

    base: Annotated[Amount | None, Term("BT-ES-6"), At("cbc:TaxableAmount")] = None
    amount: Annotated[Amount | None, Term("BT-ES-8"), At("cbc:TaxAmount")] = None
    rate: Annotated[Percentage | None, Term("BT-ES-7"), At("cac:TaxCategory/cbc:Percent")] = None
    code: Annotated[
        Code | None, Term("BT-ES-9"), At("cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode")
    ] = None


class OtherTaxes(Group):
    """The taxes other than VAT of a charge, and their sum."""

    amount: Annotated[Amount | None, Term("BT-ES-8"), At("cbc:TaxAmount")] = None
    taxes: Annotated[tuple[OtherTax, ...], Term("BG-ES-2"), At("cac:TaxSubtotal")] = ()


class AllowanceCharge(Group):
    """A discount (BG-20) or a charge or tax (BG-21) of the invoice."""

    is_charge: Annotated[bool, At("cbc:ChargeIndicator")]
    reason_code: Annotated[Code | None, At("cbc:AllowanceChargeReasonCode")] = None
    """BT-98, BT-105; BT-177 where its list is 5153."""
    reason_list: Annotated[Code | None, At("cbc:AllowanceChargeReasonCode/@listID")] = None
    reason: Annotated[Text | None, At("cbc:AllowanceChargeReason")] = None
    """BT-97, BT-104."""
    percent: Annotated[Percentage | None, At("cbc:MultiplierFactorNumeric")] = None
    """BT-94, BT-101."""
    amount: Annotated[Amount | None, At("cbc:Amount")] = None
    """BT-92, BT-99."""
    base: Annotated[Amount | None, At("cbc:BaseAmount")] = None
    """BT-93, BT-100."""
    vat_category: Annotated[Code | None, At("cac:TaxCategory/cbc:ID")] = None
    """BT-95, BT-102."""
    vat_rate: Annotated[Percentage | None, At("cac:TaxCategory/cbc:Percent")] = None
    """BT-96, BT-103."""
    exemption_code: Annotated[Code | None, At("cac:TaxCategory/cbc:TaxExemptionReasonCode")] = None
    """BT-174, BT-176."""
    exemption_reason: Annotated[Text | None, At("cac:TaxCategory/cbc:TaxExemptionReason")] = None
    """BT-173, BT-175."""
    supply_type: Annotated[Code | None, At("cac:TaxCategory/cbc:SupplyTypeCode")] = None
    """BT-213, BT-214."""
    tax_scheme: Annotated[Code | None, At("cac:TaxCategory/cac:TaxScheme/cbc:ID")] = "VAT"
    other_taxes: Annotated[OtherTaxes | None, At("cac:TaxTotal")] = None


class VatBreakdown(Group):
    """Taxable amount and tax of one category and rate (BG-23)."""

    taxable_base: Annotated[Amount | None, Term("BT-116"), At("cbc:TaxableAmount")] = None
    tax: Annotated[Amount | None, Term("BT-117"), At("cbc:TaxAmount")] = None
    category: Annotated[Code | None, Term("BT-118"), At("cac:TaxCategory/cbc:ID")] = None
    rate: Annotated[Percentage | None, Term("BT-119"), At("cac:TaxCategory/cbc:Percent")] = None
    exemption_code: Annotated[
        Code | None, Term("BT-121"), At("cac:TaxCategory/cbc:TaxExemptionReasonCode")
    ] = None
    exemption_reason: Annotated[
        Text | None, Term("BT-120"), At("cac:TaxCategory/cbc:TaxExemptionReason")
    ] = None
    supply_type: Annotated[
        Code | None, Term("BT-210"), At("cac:TaxCategory/cbc:SupplyTypeCode")
    ] = None
    tax_scheme: Annotated[Code | None, At("cac:TaxCategory/cac:TaxScheme/cbc:ID")] = "VAT"


class TaxTotal(Group):
    """The VAT in one currency (BT-110 or BT-111), with its breakdown."""

    amount: Annotated[Amount | None, At("cbc:TaxAmount")] = None
    currency: Annotated[Code | None, At("cbc:TaxAmount/@currencyID")] = None
    breakdown: Annotated[tuple[VatBreakdown, ...], Term("BG-23"), At("cac:TaxSubtotal")] = ()


class Withholding(Group):
    """A withholding (BG-ES-4)."""

    base: Annotated[Amount | None, Term("BT-ES-18"), At("cbc:TaxableAmount")] = None
    amount: Annotated[Amount | None, Term("BT-ES-19"), At("cbc:TaxAmount")] = None
    category: Annotated[Code | None, At("cac:TaxCategory/cbc:ID")] = "S"
    rate: Annotated[Percentage | None, Term("BT-ES-20"), At("cac:TaxCategory/cbc:Percent")] = None
    tax_scheme: Annotated[Code | None, At("cac:TaxCategory/cac:TaxScheme/cbc:ID")] = "WTH"
    concept: Annotated[
        Code | None, Term("BT-ES-21"), At("cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode")
    ] = None


class WithholdingTotal(Group):
    """The withholdings and their sum (BT-ES-17)."""

    amount: Annotated[Amount | None, Term("BT-ES-17"), At("cbc:TaxAmount")] = None
    withholdings: Annotated[tuple[Withholding, ...], Term("BG-ES-4"), At("cac:TaxSubtotal")] = ()


class MonetaryTotal(Group):
    """Totals of the document (BG-22)."""

    lines: Annotated[Amount | None, Term("BT-106"), At("cbc:LineExtensionAmount")] = None
    without_vat: Annotated[Amount | None, Term("BT-109"), At("cbc:TaxExclusiveAmount")] = None
    with_vat: Annotated[Amount | None, Term("BT-112"), At("cbc:TaxInclusiveAmount")] = None
    allowances: Annotated[Amount | None, Term("BT-107"), At("cbc:AllowanceTotalAmount")] = None
    charges: Annotated[Amount | None, Term("BT-108"), At("cbc:ChargeTotalAmount")] = None
    paid: Annotated[Amount | None, Term("BT-113"), At("cbc:PrepaidAmount")] = None
    rounding: Annotated[Amount | None, Term("BT-114"), At("cbc:PayableRoundingAmount")] = None
    due: Annotated[Amount | None, Term("BT-115"), At("cbc:PayableAmount")] = None


class Charged(Group):
    """A tax or levy that is collected for somebody else (BG-ES-3)."""

    base: Annotated[Amount | None, Term("BT-ES-12"), At("cbc:TaxableAmount")] = None
    amount: Annotated[Amount | None, Term("BT-ES-14"), At("cbc:TaxAmount")] = None
    category: Annotated[Code | None, At("cac:TaxCategory/cbc:ID")] = "S"
    rate: Annotated[Percentage | None, Term("BT-ES-13"), At("cac:TaxCategory/cbc:Percent")] = None
    tax_scheme: Annotated[Code | None, At("cac:TaxCategory/cac:TaxScheme/cbc:ID")] = "VAT"


class ThirdPartyCharge(Group):
    """A charge, or a reduction, on behalf of a third party (BG-34)."""

    code: Annotated[Code | None, At("cbc:ID")] = None
    """BT-ES-10, 11, 15 or 16: ``SUPL``, ``IEDMT``, ``OTROS``, ``MINO`` or ``RETE``."""
    amount: Annotated[Amount | None, Term("BT-179"), At("cbc:TaxInclusiveLineExtensionAmount")] = (
        None
    )
    tax_amount: Annotated[Amount | None, At("cac:TaxTotal/cbc:TaxAmount")] = None
    taxes: Annotated[tuple[Charged, ...], Term("BG-ES-3"), At("cac:TaxTotal/cac:TaxSubtotal")] = ()
    description: Annotated[Text | None, Term("BT-180"), At("cac:Item/cbc:Description")] = None


class Invoice(Group):
    """An invoice of EN 16931-1:2026 in UBL 2.5."""

    specification: Annotated[Text | None, Term("BT-24"), At("cbc:CustomizationID")] = None
    business_process: Annotated[Text | None, Term("BT-23"), At("cbc:ProfileID")] = None
    number: Annotated[Text, Term("BT-1"), At("cbc:ID")]
    is_copy: Annotated[bool | None, Term("BT-ES-1"), At("cbc:CopyIndicator")] = None
    issued_on: Annotated[date, Term("BT-2"), At("cbc:IssueDate")]
    issued_at: Annotated[Text | None, Term("BT-166"), At("cbc:IssueTime")] = None
    due_on: Annotated[date | None, Term("BT-9"), At("cbc:DueDate")] = None
    type_code: Annotated[Code | None, Term("BT-3"), At("cbc:InvoiceTypeCode")] = None
    accrued_on: Annotated[date | None, Term("BT-7"), At("cbc:TaxPointDate")] = None
    currency: Annotated[Code, Term("BT-5"), At("cbc:DocumentCurrencyCode")]
    accounting_currency: Annotated[Code | None, Term("BT-6"), At("cbc:TaxCurrencyCode")] = None
    accounting_reference: Annotated[Text | None, Term("BT-19"), At("cbc:AccountingCost")] = None
    period: Annotated[Period | None, Term("BG-14"), At("cac:InvoicePeriod")] = None
    order: Annotated[Text | None, Term("BT-13"), At("cac:OrderReference/cbc:ID")] = None
    sales_order: Annotated[
        Text | None, Term("BT-14"), At("cac:OrderReference/cbc:SalesOrderID")
    ] = None
    preceding_invoices: Annotated[
        tuple[PrecedingInvoice, ...], Term("BG-3"), At("cac:BillingReference")
    ] = ()
    despatch_advice: Annotated[
        Text | None, Term("BT-16"), At("cac:DespatchDocumentReference/cbc:ID")
    ] = None
    receiving_advice: Annotated[
        Text | None, Term("BT-15"), At("cac:ReceiptDocumentReference/cbc:ID")
    ] = None
    tender: Annotated[Text | None, Term("BT-17"), At("cac:OriginatorDocumentReference/cbc:ID")] = (
        None
    )
    contract: Annotated[Text | None, Term("BT-12"), At("cac:ContractDocumentReference/cbc:ID")] = (
        None
    )
    supporting_documents: Annotated[
        tuple[SupportingDocument, ...], Term("BG-24"), At("cac:AdditionalDocumentReference")
    ] = ()
    project: Annotated[Text | None, Term("BT-11"), At("cac:ProjectReference/cbc:ID")] = None
    delivery_note: Annotated[
        Text | None, Term("BT-197"), At("cac:DeliveryNoteDocumentReference/cbc:ID")
    ] = None
    buyer_references: Annotated[
        tuple[Text, ...], Term("BT-10"), At("cac:BuyerAssignedReference/cbc:BuyerReference")
    ] = ()
    notes: Annotated[tuple[Note, ...], Term("BG-1"), At("cac:Annotation")] = ()
    seller: Annotated[Party, Term("BG-4"), At("cac:AccountingSupplierParty/cac:Party")]
    buyer: Annotated[Party, Term("BG-7"), At("cac:AccountingCustomerParty/cac:Party")]
    payee: Annotated[Payee | None, Term("BG-10"), At("cac:PayeeParty")] = None
    tax_representative: Annotated[
        TaxRepresentative | None, Term("BG-11"), At("cac:TaxRepresentativeParty")
    ] = None
    delivery: Annotated[Delivery | None, Term("BG-13"), At("cac:Delivery")] = None
    payment_means: Annotated[tuple[PaymentMeans, ...], Term("BG-16"), At("cac:PaymentMeans")] = ()
    payment_terms: Annotated[tuple[PaymentTerms, ...], Term("BG-33"), At("cac:PaymentTerms")] = ()
    paid_on: Annotated[date | None, Term("BT-ES-2"), At("cac:PrepaidPayment/cbc:PaidDate")] = None
    allowances_charges: Annotated[
        tuple[AllowanceCharge, ...], Term("BG-20"), At("cac:AllowanceCharge")
    ] = ()
    rate_source: Annotated[Code | None, At("cac:TaxExchangeRate/cbc:SourceCurrencyCode")] = None
    rate_target: Annotated[Code | None, At("cac:TaxExchangeRate/cbc:TargetCurrencyCode")] = None
    exchange_rate: Annotated[
        Amount | None, Term("BT-167"), At("cac:TaxExchangeRate/cbc:CalculationRate")
    ] = None
    tax_totals: Annotated[tuple[TaxTotal, ...], Term("BT-110"), At("cac:TaxTotal")] = ()
    withholding: Annotated[
        WithholdingTotal | None, Term("BT-ES-17"), At("cac:WithholdingTaxTotal")
    ] = None
    totals: Annotated[MonetaryTotal, Term("BG-22"), At("cac:LegalMonetaryTotal")]
    third_party_charges: Annotated[
        tuple[ThirdPartyCharge, ...], Term("BG-34"), At("cac:CollectionInvoiceLine")
    ] = ()
    lines: Annotated[tuple[Line, ...], Term("BG-25"), At("cac:InvoiceLine")]
