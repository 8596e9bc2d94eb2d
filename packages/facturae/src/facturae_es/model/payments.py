"""Totals of an invoice, and how it is paid."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from einvoice_core.money import Amount
from einvoice_core.records import Record, Xml
from facturae_es.codes import PaymentMeans
from facturae_es.facets import FOUR, TWO, Decimals, Since, Text, Version
from facturae_es.lexical import MONEY, code
from facturae_es.model.parties import Address, OverseasAddress, TaxIdentification
from facturae_es.model.taxes import Charge, Discount

__all__ = [
    "Account",
    "AmountsWithheld",
    "Disbursement",
    "Installment",
    "InvoiceTotals",
    "PaymentInKind",
    "PaymentOnAccount",
    "Subsidy",
]


class Subsidy(Record):
    """A subsidy that pays part of the invoice (``SubsidyType``)."""

    description: Annotated[str, Xml("SubsidyDescription"), Text(2500)]
    rate_percent: Annotated[Amount | None, Xml("SubsidyRate", MONEY), Decimals(FOUR)] = None
    amount: Annotated[Amount, Xml("SubsidyAmount", MONEY), Decimals(TWO)]


class PaymentOnAccount(Record):
    """An amount paid in advance, anticipo (``PaymentOnAccountType``)."""

    paid_on: Annotated[date, Xml("PaymentOnAccountDate")]
    amount: Annotated[Amount, Xml("PaymentOnAccountAmount", MONEY), Decimals(TWO)]


class Disbursement(Record):
    """An expense paid for the buyer, suplido (``ReimbursableExpensesType``)."""

    seller: Annotated[TaxIdentification | None, Xml("ReimbursableExpensesSellerParty")] = None
    buyer: Annotated[TaxIdentification | None, Xml("ReimbursableExpensesBuyerParty")] = None
    issued_on: Annotated[date | None, Xml("IssueDate")] = None
    invoice_number: Annotated[str | None, Xml("InvoiceNumber"), Text(20)] = None
    invoice_series: Annotated[str | None, Xml("InvoiceSeriesCode"), Text(20)] = None
    amount: Annotated[Amount, Xml("ReimbursableExpensesAmount", MONEY), Decimals(TWO)]


class AmountsWithheld(Record):
    """What the buyer keeps as a guarantee; no tax (``AmountsWithheldType``)."""

    reason: Annotated[str, Xml("WithholdingReason"), Text(2500)]
    rate_percent: Annotated[Amount | None, Xml("WithholdingRate", MONEY), Decimals(FOUR)] = None
    amount: Annotated[Amount, Xml("WithholdingAmount", MONEY), Decimals(TWO)]


class PaymentInKind(Record):
    """The part paid in goods or services (``PaymentInKindType``)."""

    reason: Annotated[str, Xml("PaymentInKindReason"), Text(2500)]
    amount: Annotated[Amount, Xml("PaymentInKindAmount", MONEY), Decimals(TWO)]


class InvoiceTotals(Record):
    """The totals of an invoice (``InvoiceTotalsType``).

    ``gross_amount`` adds up the lines; general discounts and surcharges make it
    ``gross_amount_before_taxes``; taxes make it ``invoice_total``; subsidies and payments on
    account make it ``outstanding_amount``; guarantees, payment in kind, disbursements and
    financial expenses make it ``executable_amount``.
    """

    gross_amount: Annotated[Amount, Xml("TotalGrossAmount", MONEY), Decimals(TWO)]
    general_discounts: Annotated[
        tuple[Discount, ...], Xml("Discount", inside="GeneralDiscounts")
    ] = ()
    general_surcharges: Annotated[
        tuple[Charge, ...], Xml("Charge", inside="GeneralSurcharges")
    ] = ()
    total_general_discounts: Annotated[
        Amount | None, Xml("TotalGeneralDiscounts", MONEY), Decimals(TWO)
    ] = None
    total_general_surcharges: Annotated[
        Amount | None, Xml("TotalGeneralSurcharges", MONEY), Decimals(TWO)
    ] = None
    gross_amount_before_taxes: Annotated[
        Amount, Xml("TotalGrossAmountBeforeTaxes", MONEY), Decimals(TWO)
    ]
    total_tax_outputs: Annotated[Amount, Xml("TotalTaxOutputs", MONEY), Decimals(TWO)]
    total_taxes_withheld: Annotated[Amount, Xml("TotalTaxesWithheld", MONEY), Decimals(TWO)]
    invoice_total: Annotated[Amount, Xml("InvoiceTotal", MONEY), Decimals(TWO)]
    subsidies: Annotated[tuple[Subsidy, ...], Xml("Subsidy", inside="Subsidies")] = ()
    payments_on_account: Annotated[
        tuple[PaymentOnAccount, ...], Xml("PaymentOnAccount", inside="PaymentsOnAccount")
    ] = ()
    disbursements: Annotated[
        tuple[Disbursement, ...], Xml("ReimbursableExpenses", inside="ReimbursableExpenses")
    ] = ()
    financial_expenses: Annotated[
        Amount | None, Xml("TotalFinancialExpenses", MONEY), Decimals(TWO, TWO)
    ] = None
    outstanding_amount: Annotated[Amount, Xml("TotalOutstandingAmount", MONEY), Decimals(TWO)]
    total_payments_on_account: Annotated[
        Amount | None, Xml("TotalPaymentsOnAccount", MONEY), Decimals(TWO)
    ] = None
    amounts_withheld: Annotated[AmountsWithheld | None, Xml("AmountsWithheld")] = None
    executable_amount: Annotated[Amount, Xml("TotalExecutableAmount", MONEY), Decimals(TWO)]
    total_disbursements: Annotated[
        Amount | None, Xml("TotalReimbursableExpenses", MONEY), Decimals(TWO)
    ] = None
    payment_in_kind: Annotated[
        PaymentInKind | None, Xml("PaymentInKind"), Since(Version.V3_2_2)
    ] = None


class Account(Record):
    """A bank account (``AccountType``)."""

    iban: Annotated[str | None, Xml("IBAN", choice="account"), Text(34, minimum=5)] = None
    account_number: Annotated[
        str | None, Xml("AccountNumber", choice="account"), Text(34, minimum=5)
    ] = None
    bank_code: Annotated[str | None, Xml("BankCode"), Text(60)] = None
    branch_code: Annotated[str | None, Xml("BranchCode"), Text(60)] = None
    branch_in_spain_address: Annotated[
        Address | None, Xml("BranchInSpainAddress", choice="branch?")
    ] = None
    overseas_branch_address: Annotated[
        OverseasAddress | None, Xml("OverseasBranchAddress", choice="branch?")
    ] = None
    bic: Annotated[str | None, Xml("BIC"), Text(11, minimum=11)] = None


class Installment(Record):
    """A payment with its due date (``InstallmentType``)."""

    due_on: Annotated[date, Xml("InstallmentDueDate")]
    amount: Annotated[Amount, Xml("InstallmentAmount", MONEY), Decimals(TWO, TWO)]
    payment_means: Annotated[PaymentMeans, Xml("PaymentMeans", code(PaymentMeans))]
    account_to_be_credited: Annotated[Account | None, Xml("AccountToBeCredited")] = None
    payment_reference: Annotated[str | None, Xml("PaymentReconciliationReference"), Text(60)] = None
    account_to_be_debited: Annotated[Account | None, Xml("AccountToBeDebited")] = None
    additional_information: Annotated[
        str | None, Xml("CollectionAdditionalInformation"), Text(2500)
    ] = None
    regulatory_reporting_data: Annotated[
        str | None, Xml("RegulatoryReportingData"), Text(6, minimum=6, pattern="[0-9]*")
    ] = None
    debit_reference: Annotated[str | None, Xml("DebitReconciliationReference"), Text(60)] = None
