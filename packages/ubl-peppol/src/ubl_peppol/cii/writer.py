"""From the semantic model to CII D16B, as text.

Source: CEN/TS 16931-3-3 (binding to CII), UN/CEFACT D16B for the order of the elements.
"""

from base64 import b64encode

from ubl_peppol.cii import _lines, _parties
from ubl_peppol.cii._text import account_is_iban, day, group, value
from ubl_peppol.errors import NotExpressibleError
from ubl_peppol.model import (
    CreditTransfer,
    DocumentAllowance,
    DocumentCharge,
    Invoice,
    SupportingDocument,
    Totals,
    VatBreakdown,
)
from ubl_peppol.syntax_cii import ACCRUAL_CODES, CII_NAMESPACES
from ubl_peppol.ubl._text import attribute, encoded

__all__ = ["PROJECT_NAME", "write"]

PROJECT_NAME = "Project reference"
"""Stands for the name of the project, which CII wants beside its reference (BT-11)."""


def write(invoice: Invoice) -> bytes:
    """Write an invoice as CII D16B.

    Args:
        invoice: The document; credit notes differ in their type code (BT-3) only.

    Returns:
        UTF-8, with declaration, valid against the D16B schema.

    Raises:
        NotExpressibleError: A combination of terms that CII cannot hold.

    Source:
        CEN/TS 16931-3-3.
    """
    names = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in CII_NAMESPACES.items())
    transaction = "".join(
        (
            *(_lines.line(line) for line in invoice.lines),
            _agreement(invoice),
            _delivery(invoice),
            _settlement(invoice),
        )
    )
    return encoded(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<rsm:CrossIndustryInvoice{names}>{_context(invoice)}{_document(invoice)}"
        f"<rsm:SupplyChainTradeTransaction>{transaction}</rsm:SupplyChainTradeTransaction>"
        "</rsm:CrossIndustryInvoice>\n"
    )


def _context(invoice: Invoice) -> str:
    content = group(
        "BusinessProcessSpecifiedDocumentContextParameter",
        value("ID", invoice.process.business_process),
    ) + group(
        "GuidelineSpecifiedDocumentContextParameter", value("ID", invoice.process.specification)
    )
    return f"<rsm:ExchangedDocumentContext>{content}</rsm:ExchangedDocumentContext>"


def _document(invoice: Invoice) -> str:
    content = "".join(
        (
            value("ID", invoice.number),
            value("TypeCode", invoice.type_code),
            day("IssueDateTime", invoice.issued_on),
            *(
                group(
                    "IncludedNote",
                    value("Content", note.text),
                    value("SubjectCode", note.subject_code),
                )
                for note in invoice.notes
            ),
        )
    )
    return f"<rsm:ExchangedDocument>{content}</rsm:ExchangedDocument>"


def _agreement(invoice: Invoice) -> str:
    content = "".join(
        (
            value("BuyerReference", invoice.buyer_reference),
            _parties.seller(invoice.seller),
            _parties.buyer(invoice.buyer),
            _parties.tax_representative(invoice.tax_representative),
            _reference("SellerOrderReferencedDocument", invoice.sales_order),
            _reference("BuyerOrderReferencedDocument", invoice.purchase_order),
            _reference("ContractReferencedDocument", invoice.contract),
            *(_supporting_document(entry) for entry in invoice.supporting_documents),
            group(
                "AdditionalReferencedDocument",
                value("IssuerAssignedID", invoice.tender),
                value("TypeCode", "50"),
            )
            if invoice.tender is not None
            else "",
            _lines.object_reference(invoice.invoiced_object),
            group(
                "SpecifiedProcuringProject",
                value("ID", invoice.project),
                value("Name", PROJECT_NAME),
            )
            if invoice.project is not None
            else "",
        )
    )
    return f"<ram:ApplicableHeaderTradeAgreement>{content}</ram:ApplicableHeaderTradeAgreement>"


def _reference(name: str, number: str | None) -> str:
    return group(name, value("IssuerAssignedID", number))


def _supporting_document(document: SupportingDocument) -> str:
    content = ""
    if document.attachment is not None:
        content = value(
            "AttachmentBinaryObject",
            b64encode(document.attachment.content).decode("ascii"),
            attribute("mimeCode", document.attachment.mime_code)
            + attribute("filename", document.attachment.filename),
        )
    return group(
        "AdditionalReferencedDocument",
        value("IssuerAssignedID", document.reference),
        value("URIID", document.location),
        value("TypeCode", "916"),
        value("Name", document.description),
        content,
    )


def _delivery(invoice: Invoice) -> str:
    content = "".join(
        (
            _parties.delivery(invoice.delivery),
            _reference("DespatchAdviceReferencedDocument", invoice.despatch_advice),
            _reference("ReceivingAdviceReferencedDocument", invoice.receiving_advice),
        )
    )
    return f"<ram:ApplicableHeaderTradeDelivery>{content}</ram:ApplicableHeaderTradeDelivery>"


def _settlement(invoice: Invoice) -> str:
    debit = invoice.payment.direct_debit if invoice.payment else None
    terms = group(
        "SpecifiedTradePaymentTerms",
        value("Description", invoice.payment_terms),
        day("DueDateDateTime", invoice.due_on),
        value("DirectDebitMandateID", debit.mandate if debit else None),
    )
    if len(invoice.preceding_invoices) > 1:
        raise NotExpressibleError(
            f"CII D16B has room for one preceding invoice (BG-3), not for "
            f"{len(invoice.preceding_invoices)}",
            term="BG-3",
        )
    content = "".join(
        (
            value("CreditorReferenceID", debit.creditor if debit else None),
            value("PaymentReference", invoice.payment.remittance if invoice.payment else None),
            value("TaxCurrencyCode", invoice.accounting_currency),
            value("InvoiceCurrencyCode", invoice.currency),
            _parties.payee(invoice.payee),
            _payment(invoice),
            *(
                _breakdown(entry, invoice, first=number == 0)
                for number, entry in enumerate(invoice.vat_breakdown)
            ),
            _lines.period(invoice.period),
            *(_allowance_or_charge(entry) for entry in invoice.allowances),
            *(_allowance_or_charge(entry) for entry in invoice.charges),
            terms,
            _totals(invoice, invoice.totals),
            *(
                group(
                    "InvoiceReferencedDocument",
                    value("IssuerAssignedID", earlier.number),
                    day("FormattedIssueDateTime", earlier.issued_on, "qdt:DateTimeString"),
                )
                for earlier in invoice.preceding_invoices
            ),
            group(
                "ReceivableSpecifiedTradeAccountingAccount",
                value("ID", invoice.accounting_reference),
            ),
        )
    )
    return f"<ram:ApplicableHeaderTradeSettlement>{content}</ram:ApplicableHeaderTradeSettlement>"


def _payment(invoice: Invoice) -> str:
    payment = invoice.payment
    if payment is None:
        return ""
    card = ""
    if payment.card is not None:
        card = group(
            "ApplicableTradeSettlementFinancialCard",
            value("ID", payment.card.account_number),
            value("CardholderName", payment.card.holder),
        )
    debited = group(
        "PayerPartyDebtorFinancialAccount",
        value("IBANID", payment.direct_debit.debited_account if payment.direct_debit else None),
    )
    # One element for each account: CII has no place for two accounts in one payment means.
    transfers = [_transfer(entry) for entry in payment.credit_transfers] or [""]
    return "".join(
        group(
            "SpecifiedTradeSettlementPaymentMeans",
            value("TypeCode", payment.means_code),
            value("Information", payment.means_text),
            card if number == 0 else "",
            debited if number == 0 else "",
            transfer,
        )
        for number, transfer in enumerate(transfers)
    )


def _transfer(entry: CreditTransfer) -> str:
    account, scheme = entry.account.value, attribute("schemeID", entry.account.scheme_id)
    iban = account_is_iban(account)
    provider = ""
    if entry.service_provider is not None:
        provider = value(
            "BICID",
            entry.service_provider.value,
            attribute("schemeID", entry.service_provider.scheme_id),
        )
    return group(
        "PayeePartyCreditorFinancialAccount",
        value("IBANID", account, scheme) if iban else "",
        value("AccountName", entry.account_name),
        "" if iban else value("ProprietaryID", account, scheme),
    ) + group("PayeeSpecifiedCreditorFinancialInstitution", provider)


def _breakdown(entry: VatBreakdown, invoice: Invoice, *, first: bool) -> str:
    accrual = invoice.accrual_code
    if accrual is not None and accrual in ACCRUAL_CODES.values():
        raise NotExpressibleError(
            f"the tax point code {accrual} (BT-8) is not one of UNTDID 2005, as the norm has it",
            term="BT-8",
        )
    return group(
        "ApplicableTradeTax",
        value("CalculatedAmount", entry.tax),
        value("TypeCode", "VAT"),
        value("ExemptionReason", entry.exemption_reason),
        value("BasisAmount", entry.taxable_base),
        value("CategoryCode", entry.category),
        value("ExemptionReasonCode", entry.exemption_code),
        day("TaxPointDate", invoice.accrued_on if first else None, "udt:DateString"),
        value("DueDateTypeCode", None if accrual is None else ACCRUAL_CODES.get(accrual, accrual)),
        value("RateApplicablePercent", entry.rate),
    )


def _allowance_or_charge(entry: DocumentAllowance | DocumentCharge) -> str:
    category = group(
        "CategoryTradeTax",
        value("TypeCode", "VAT"),
        value("CategoryCode", entry.vat_category),
        value("RateApplicablePercent", entry.vat_rate),
    )
    return _lines.allowance_or_charge(entry, category)


def _totals(invoice: Invoice, totals: Totals) -> str:
    accounting = ""
    if totals.vat_in_accounting_currency is not None:
        if invoice.accounting_currency is None or invoice.accounting_currency == invoice.currency:
            raise NotExpressibleError(
                "BT-111 needs a VAT accounting currency (BT-6) other than that of the invoice",
                term="BT-111",
            )
        accounting = value(
            "TaxTotalAmount",
            totals.vat_in_accounting_currency,
            attribute("currencyID", invoice.accounting_currency),
        )
    return group(
        "SpecifiedTradeSettlementHeaderMonetarySummation",
        value("LineTotalAmount", totals.lines),
        value("ChargeTotalAmount", totals.charges),
        value("AllowanceTotalAmount", totals.allowances),
        value("TaxBasisTotalAmount", totals.without_vat),
        value("TaxTotalAmount", totals.vat, attribute("currencyID", invoice.currency)),
        accounting,
        value("RoundingAmount", totals.rounding),
        value("GrandTotalAmount", totals.with_vat),
        value("TotalPrepaidAmount", totals.paid),
        value("DuePayableAmount", totals.due),
    )
