"""From the semantic model to UBL 2.1, as text.

Source: CEN/TS 16931-3-2 (binding to UBL), OASIS UBL 2.1 for the order of the elements.
"""

from base64 import b64encode

from ubl_peppol.errors import NotExpressibleError
from ubl_peppol.model import Identifier, Invoice, Note, SupportingDocument, VatBreakdown
from ubl_peppol.syntax import CAC, CBC, CREDIT_NOTE, INVOICE, is_credit_note
from ubl_peppol.ubl import _lines, _parties
from ubl_peppol.ubl._text import amount, attribute, basic, encoded, group, identifier, join

__all__ = ["NO_CARD_NETWORK", "NO_ORDER", "write"]

NO_ORDER = "NA"
"""Stands for the purchase order (BT-13) where UBL wants one because there is a sales order."""

NO_CARD_NETWORK = "NA"
"""Stands for the network of a card, which UBL wants and the norm does not know."""


def write(invoice: Invoice) -> bytes:
    """Write an invoice as UBL 2.1.

    Args:
        invoice: The document; its type code (BT-3) decides between ``Invoice`` and ``CreditNote``.

    Returns:
        UTF-8, with declaration, valid against the UBL 2.1 schema.

    Raises:
        NotExpressibleError: A combination of terms that UBL cannot hold.

    Source:
        CEN/TS 16931-3-2.
    """
    credit = is_credit_note(invoice.type_code)
    name, namespace = ("CreditNote", CREDIT_NOTE) if credit else ("Invoice", INVOICE)
    content = join(_header(invoice, credit), _references(invoice, credit), _rest(invoice, credit))
    return encoded(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{name} xmlns="{namespace}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}">{content}</{name}>\n'
    )


def _header(invoice: Invoice, credit: bool) -> str:
    notes = join(*(basic("Note", _note(note)) for note in invoice.notes))
    accrued = basic("TaxPointDate", invoice.accrued_on)
    if credit:
        kind = join(accrued, basic("CreditNoteTypeCode", invoice.type_code), notes)
    else:
        kind = join(
            basic("DueDate", invoice.due_on),
            basic("InvoiceTypeCode", invoice.type_code),
            notes,
            accrued,
        )
    return join(
        basic("CustomizationID", invoice.process.specification),
        basic("ProfileID", invoice.process.business_process),
        basic("ID", invoice.number),
        basic("IssueDate", invoice.issued_on),
        kind,
        basic("DocumentCurrencyCode", invoice.currency),
        basic("TaxCurrencyCode", invoice.accounting_currency),
        basic("AccountingCost", invoice.accounting_reference),
        basic("BuyerReference", invoice.buyer_reference),
        _lines.period(invoice.period, basic("DescriptionCode", invoice.accrual_code)),
    )


def _note(note: Note) -> str:
    """Join BT-21 and BT-22 as ``#AAI#text``."""
    if note.subject_code is None:
        if _looks_coded(note.text):
            raise NotExpressibleError(
                "a note (BT-22) that begins like #AAI# is read as one with a subject code (BT-21)",
                term="BT-22",
            )
        return note.text
    if len(note.subject_code) != 3 or "#" in note.subject_code:
        raise NotExpressibleError(
            f"the subject code {note.subject_code!r} (BT-21) has not three characters",
            term="BT-21",
        )
    return f"#{note.subject_code}#{note.text}"


def _looks_coded(text: str) -> bool:
    return len(text) >= 5 and text[0] == "#" == text[4] and "#" not in text[1:4]


def _references(invoice: Invoice, credit: bool) -> str:
    order = invoice.purchase_order
    if order is None and invoice.sales_order is not None:
        order = NO_ORDER
    contract = group("ContractDocumentReference", basic("ID", invoice.contract))
    tender = group("OriginatorDocumentReference", basic("ID", invoice.tender))
    additional = join(
        _object(invoice.invoiced_object),
        group("AdditionalDocumentReference", basic("ID", invoice.project), _type_code("50"))
        if credit and invoice.project is not None
        else "",
        *(_supporting_document(entry) for entry in invoice.supporting_documents),
    )
    return join(
        group("OrderReference", basic("ID", order), basic("SalesOrderID", invoice.sales_order)),
        *(
            group(
                "BillingReference",
                group(
                    "InvoiceDocumentReference",
                    basic("ID", earlier.number),
                    basic("IssueDate", earlier.issued_on),
                ),
            )
            for earlier in invoice.preceding_invoices
        ),
        group("DespatchDocumentReference", basic("ID", invoice.despatch_advice)),
        group("ReceiptDocumentReference", basic("ID", invoice.receiving_advice)),
        join(contract, additional, tender) if credit else join(tender, contract, additional),
        "" if credit else group("ProjectReference", basic("ID", invoice.project)),
    )


def _type_code(code: str) -> str:
    return basic("DocumentTypeCode", code)


def _object(value: Identifier | None) -> str:
    if value is None:
        return ""
    return group("AdditionalDocumentReference", identifier("ID", value), _type_code("130"))


def _supporting_document(document: SupportingDocument) -> str:
    content = ""
    if document.attachment is not None:
        content = basic(
            "EmbeddedDocumentBinaryObject",
            b64encode(document.attachment.content).decode("ascii"),
            attribute("mimeCode", document.attachment.mime_code)
            + attribute("filename", document.attachment.filename),
        )
    return group(
        "AdditionalDocumentReference",
        basic("ID", document.reference),
        basic("DocumentDescription", document.description),
        group("Attachment", content, group("ExternalReference", basic("URI", document.location))),
    )


def _rest(invoice: Invoice, credit: bool) -> str:
    debit = invoice.payment.direct_debit if invoice.payment else None
    creditor = debit.creditor if debit else None
    collected_by_payee = invoice.payee is not None
    return join(
        _parties.seller(invoice.seller, None if collected_by_payee else creditor),
        _parties.buyer(invoice.buyer),
        _parties.payee(invoice.payee, creditor),
        _parties.tax_representative(invoice.tax_representative),
        _parties.delivery(invoice.delivery),
        _payment(invoice, credit),
        group("PaymentTerms", basic("Note", invoice.payment_terms)),
        *(_lines.allowance_or_charge(entry, invoice.currency) for entry in invoice.allowances),
        *(_lines.allowance_or_charge(entry, invoice.currency) for entry in invoice.charges),
        _tax(invoice),
        _totals(invoice),
        *(_lines.line(line, invoice.currency, credit=credit) for line in invoice.lines),
    )


def _payment(invoice: Invoice, credit: bool) -> str:
    payment = invoice.payment
    due_on = basic("PaymentDueDate", invoice.due_on) if credit else ""
    if payment is None:
        if due_on:
            raise NotExpressibleError(
                "the due date (BT-9) of a credit note stands in the payment instructions (BG-16): "
                "add them or leave the date out",
                term="BT-9",
            )
        return ""
    card = ""
    if payment.card is not None:
        card = group(
            "CardAccount",
            basic("PrimaryAccountNumberID", payment.card.account_number),
            basic("NetworkID", NO_CARD_NETWORK),
            basic("HolderName", payment.card.holder),
        )
    mandate = ""
    if payment.direct_debit is not None:
        debited = group("PayerFinancialAccount", basic("ID", payment.direct_debit.debited_account))
        content = join(basic("ID", payment.direct_debit.mandate), debited)
        mandate = f"<cac:PaymentMandate>{content}</cac:PaymentMandate>"
    accounts = [
        group(
            "PayeeFinancialAccount",
            identifier("ID", transfer.account),
            basic("Name", transfer.account_name),
            group("FinancialInstitutionBranch", identifier("ID", transfer.service_provider)),
        )
        for transfer in payment.credit_transfers
    ] or [""]
    # One element for each account: UBL has no place for two accounts in one payment means.
    return join(
        *(
            group(
                "PaymentMeans",
                basic(
                    "PaymentMeansCode", payment.means_code, attribute("name", payment.means_text)
                ),
                due_on if first else "",
                basic("PaymentID", payment.remittance),
                card if first else "",
                account,
                mandate if first else "",
            )
            for first, account in zip([True] + [False] * len(accounts), accounts, strict=False)
        )
    )


def _tax(invoice: Invoice) -> str:
    totals = invoice.totals
    if totals.vat is None:
        raise NotExpressibleError(
            "UBL holds the VAT breakdown (BG-23) inside the total VAT (BT-110): give the total, "
            "0 where no VAT is due",
            term="BT-110",
        )
    accounting = ""
    if totals.vat_in_accounting_currency is not None:
        if invoice.accounting_currency is None or invoice.accounting_currency == invoice.currency:
            raise NotExpressibleError(
                "BT-111 needs a VAT accounting currency (BT-6) other than that of the invoice",
                term="BT-111",
            )
        accounting = group(
            "TaxTotal",
            amount("TaxAmount", totals.vat_in_accounting_currency, invoice.accounting_currency),
        )
    return join(
        group(
            "TaxTotal",
            amount("TaxAmount", totals.vat, invoice.currency),
            *(_subtotal(entry, invoice.currency) for entry in invoice.vat_breakdown),
        ),
        accounting,
    )


def _subtotal(entry: VatBreakdown, currency: str) -> str:
    return group(
        "TaxSubtotal",
        amount("TaxableAmount", entry.taxable_base, currency),
        amount("TaxAmount", entry.tax, currency),
        _lines.tax_category(
            "TaxCategory",
            entry.category,
            entry.rate,
            basic("TaxExemptionReasonCode", entry.exemption_code),
            basic("TaxExemptionReason", entry.exemption_reason),
        ),
    )


def _totals(invoice: Invoice) -> str:
    totals, currency = invoice.totals, invoice.currency
    return group(
        "LegalMonetaryTotal",
        amount("LineExtensionAmount", totals.lines, currency),
        amount("TaxExclusiveAmount", totals.without_vat, currency),
        amount("TaxInclusiveAmount", totals.with_vat, currency),
        amount("AllowanceTotalAmount", totals.allowances, currency),
        amount("ChargeTotalAmount", totals.charges, currency),
        amount("PrepaidAmount", totals.paid, currency),
        amount("PayableRoundingAmount", totals.rounding, currency),
        amount("PayableAmount", totals.due, currency),
    )
