"""The equations between amounts: lines, invoice, file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from einvoice_core.findings import Breach, RuleSet, Severity
from einvoice_core.money import round_to, total
from facturae_es.model import Charge, CurrencyAmount, Discount, Invoice, OutputTax, WithheldTax
from facturae_es.reader import Examined
from facturae_es.rules._common import CENT, SOURCE, ZERO, differ, invoices, lines, numbered

__all__ = ["sums"]

sums: RuleSet[Examined] = RuleSet(SOURCE, "rules")
"""Amounts are compared with a tolerance of one cent, and sums of taxes with one cent per rate."""


def _sum(amounts: Iterable[CurrencyAmount | None]) -> Decimal:
    return total(amount.total for amount in amounts if amount is not None)


@sums.rule(
    "FACTURAE-001",
    message="TotalCost says {stated}, but quantity times price is {computed}.",
)
def line_cost_is_quantity_times_price(examined: Examined) -> Iterator[Breach]:
    """TotalCost = Quantity x UnitPriceWithoutTax, in every line."""
    for path, line in lines(examined):
        computed = line.quantity * line.unit_price
        yield from differ(examined.place(f"{path}.total_cost"), line.total_cost, computed)


@sums.rule(
    "FACTURAE-002",
    message="GrossAmount says {stated}, but cost less discounts plus charges is {computed}.",
)
def line_gross_is_cost_with_discounts_and_charges(examined: Examined) -> Iterator[Breach]:
    """GrossAmount = TotalCost - sum of DiscountAmount + sum of ChargeAmount, in every line."""
    for path, line in lines(examined):
        computed = (
            line.total_cost
            - total(discount.amount for discount in line.discounts)
            + total(charge.amount for charge in line.charges)
        )
        yield from differ(examined.place(f"{path}.gross_amount"), line.gross_amount, computed)


@sums.rule(
    "FACTURAE-003",
    message="TotalGrossAmount says {stated}, but the lines add up to {computed}.",
)
def gross_amount_is_the_sum_of_the_lines(examined: Examined) -> Iterator[Breach]:
    """TotalGrossAmount = sum of GrossAmount of the lines."""
    for path, invoice in invoices(examined):
        computed = total(line.gross_amount for line in invoice.lines)
        at = examined.place(f"{path}.totals.gross_amount")
        yield from differ(at, invoice.totals.gross_amount, computed)


@sums.rule(
    "FACTURAE-004",
    message="TotalGeneralDiscounts says {stated}, but the discounts add up to {computed}.",
)
def general_discounts_add_up(examined: Examined) -> Iterator[Breach]:
    """TotalGeneralDiscounts = sum of DiscountAmount of the invoice."""
    for path, invoice in invoices(examined):
        totals = invoice.totals
        computed = total(discount.amount for discount in totals.general_discounts)
        at = examined.place(f"{path}.totals.total_general_discounts")
        yield from differ(at, totals.total_general_discounts or ZERO, computed)


@sums.rule(
    "FACTURAE-005",
    message="TotalGeneralSurcharges says {stated}, but the charges add up to {computed}.",
)
def general_surcharges_add_up(examined: Examined) -> Iterator[Breach]:
    """TotalGeneralSurcharges = sum of ChargeAmount of the invoice."""
    for path, invoice in invoices(examined):
        totals = invoice.totals
        computed = total(charge.amount for charge in totals.general_surcharges)
        at = examined.place(f"{path}.totals.total_general_surcharges")
        yield from differ(at, totals.total_general_surcharges or ZERO, computed)


@sums.rule(
    "FACTURAE-006",
    message="TotalGrossAmountBeforeTaxes says {stated}, but gross amount less discounts plus "
    "surcharges is {computed}.",
)
def amount_before_taxes(examined: Examined) -> Iterator[Breach]:
    """TotalGrossAmountBeforeTaxes = TotalGrossAmount - discounts + surcharges."""
    for path, invoice in invoices(examined):
        totals = invoice.totals
        computed = (
            totals.gross_amount
            - (totals.total_general_discounts or ZERO)
            + (totals.total_general_surcharges or ZERO)
        )
        at = examined.place(f"{path}.totals.gross_amount_before_taxes")
        yield from differ(at, totals.gross_amount_before_taxes, computed)


@sums.rule(
    "FACTURAE-007",
    message="TotalTaxOutputs says {stated}, but taxes and surcharges add up to {computed}.",
)
def tax_outputs_add_up(examined: Examined) -> Iterator[Breach]:
    """TotalTaxOutputs = sum of TaxAmount and EquivalenceSurchargeAmount of the invoice."""
    for path, invoice in invoices(examined):
        taxes = invoice.taxes_outputs
        computed = _sum(tax.special_tax_amount or tax.tax_amount for tax in taxes) + _sum(
            tax.surcharge_amount for tax in taxes
        )
        at = examined.place(f"{path}.totals.total_tax_outputs")
        yield from differ(at, invoice.totals.total_tax_outputs, computed, CENT * len(taxes))


@sums.rule(
    "FACTURAE-008",
    message="TotalTaxesWithheld says {stated}, but the taxes withheld add up to {computed}.",
)
def taxes_withheld_add_up(examined: Examined) -> Iterator[Breach]:
    """TotalTaxesWithheld = sum of TaxAmount of the taxes withheld."""
    for path, invoice in invoices(examined):
        taxes = invoice.taxes_withheld
        computed = _sum(tax.tax_amount for tax in taxes)
        at = examined.place(f"{path}.totals.total_taxes_withheld")
        tolerance = CENT * max(1, len(taxes))
        yield from differ(at, invoice.totals.total_taxes_withheld, computed, tolerance)


@sums.rule(
    "FACTURAE-009",
    message="InvoiceTotal says {stated}, but the amount before taxes plus taxes less withholdings "
    "is {computed}.",
)
def invoice_total(examined: Examined) -> Iterator[Breach]:
    """InvoiceTotal = TotalGrossAmountBeforeTaxes + TotalTaxOutputs - TotalTaxesWithheld."""
    for path, invoice in invoices(examined):
        totals = invoice.totals
        computed = (
            totals.gross_amount_before_taxes
            + totals.total_tax_outputs
            - totals.total_taxes_withheld
        )
        at = examined.place(f"{path}.totals.invoice_total")
        yield from differ(at, totals.invoice_total, computed)


@sums.rule(
    "FACTURAE-010",
    message="TotalPaymentsOnAccount says {stated}, but the payments add up to {computed}.",
)
def payments_on_account_add_up(examined: Examined) -> Iterator[Breach]:
    """TotalPaymentsOnAccount = sum of PaymentOnAccountAmount."""
    for path, invoice in invoices(examined):
        totals = invoice.totals
        if totals.payments_on_account:
            computed = total(payment.amount for payment in totals.payments_on_account)
            at = examined.place(f"{path}.totals.total_payments_on_account")
            yield from differ(at, totals.total_payments_on_account or ZERO, computed)


@sums.rule(
    "FACTURAE-011",
    message="TotalOutstandingAmount says {stated}, but the total less subsidies and payments on "
    "account is {computed}.",
)
def outstanding_amount(examined: Examined) -> Iterator[Breach]:
    """TotalOutstandingAmount = InvoiceTotal - (subsidies + TotalPaymentsOnAccount)."""
    for path, invoice in invoices(examined):
        totals = invoice.totals
        computed = (
            totals.invoice_total
            - total(subsidy.amount for subsidy in totals.subsidies)
            - (totals.total_payments_on_account or ZERO)
        )
        at = examined.place(f"{path}.totals.outstanding_amount")
        yield from differ(at, totals.outstanding_amount, computed)


@sums.rule(
    "FACTURAE-012",
    message="TotalReimbursableExpenses says {stated}, but the expenses add up to {computed}.",
)
def disbursements_add_up(examined: Examined) -> Iterator[Breach]:
    """TotalReimbursableExpenses = sum of ReimbursableExpensesAmount."""
    for path, invoice in invoices(examined):
        totals = invoice.totals
        if totals.disbursements:
            computed = total(expense.amount for expense in totals.disbursements)
            at = examined.place(f"{path}.totals.total_disbursements")
            yield from differ(at, totals.total_disbursements or ZERO, computed)


@sums.rule(
    "FACTURAE-013",
    message="TotalExecutableAmount says {stated}, but the outstanding amount less guarantee and "
    "payment in kind plus expenses is {computed}.",
)
def executable_amount(examined: Examined) -> Iterator[Breach]:
    """TotalExecutableAmount follows from TotalOutstandingAmount.

    It is that amount less WithholdingAmount and PaymentInKindAmount, plus
    TotalReimbursableExpenses and TotalFinancialExpenses.
    """
    for path, invoice in invoices(examined):
        totals = invoice.totals
        guarantee = totals.amounts_withheld.amount if totals.amounts_withheld else ZERO
        in_kind = totals.payment_in_kind.amount if totals.payment_in_kind else ZERO
        computed = (
            totals.outstanding_amount
            - guarantee
            - in_kind
            + (totals.total_disbursements or ZERO)
            + (totals.financial_expenses or ZERO)
        )
        at = examined.place(f"{path}.totals.executable_amount")
        yield from differ(at, totals.executable_amount, computed)


_BATCH = {
    "FACTURAE-014": ("total_invoices", "invoice_total"),
    "FACTURAE-015": ("total_outstanding", "outstanding_amount"),
    "FACTURAE-016": ("total_executable", "executable_amount"),
}
"""Amount of the file, and the amount of the invoices that it adds up."""


@sums.family(_BATCH, message="The batch says {stated}, but its invoices add up to {computed}.")
def batch_adds_up(examined: Examined, names: tuple[str, str]) -> Iterator[Breach]:
    """Each amount of Batch = sum of the same amount of the invoices."""
    if examined.document is None:
        return
    of_batch, of_invoice = names
    batch = examined.document.file_header.batch
    computed = total(getattr(invoice.totals, of_invoice) for invoice in examined.document.invoices)
    at = examined.place(f"file_header.batch.{of_batch}.total")
    yield from differ(at, getattr(batch, of_batch).total, computed)


@sums.rule(
    "FACTURAE-017",
    message="The tax is {stated}, but {percent} % of the base {base} is {computed}.",
    severity=Severity.WARNING,
)
def tax_is_the_percentage_of_its_base(examined: Examined) -> Iterator[Breach]:
    """TaxAmount = TaxableBase x TaxRate, or the sum of the rounded taxes of the lines."""
    for path, invoice in invoices(examined):
        tolerance = CENT * max(1, len(invoice.lines)) / 2 + CENT / 2
        taxed: list[tuple[str, OutputTax | WithheldTax]] = [
            *numbered(f"{path}.taxes_outputs", invoice.taxes_outputs),
            *numbered(f"{path}.taxes_withheld", invoice.taxes_withheld),
        ]
        for at, tax in taxed:
            if tax.tax_amount is None or getattr(tax, "special_taxable_base", None):
                continue
            base = tax.taxable_base.total
            computed = round_to(base * tax.rate_percent / 100)
            if abs(tax.tax_amount.total - computed) > tolerance:
                yield Breach(
                    examined.place(f"{at}.tax_amount.total"),
                    stated=tax.tax_amount.total,
                    computed=computed,
                    base=base,
                    percent=tax.rate_percent,
                )


@sums.rule(
    "FACTURAE-019",
    message="The equivalence surcharge is {stated}, but {percent} % of the base {base} is "
    "{computed}.",
    severity=Severity.WARNING,
)
def surcharge_is_the_percentage_of_its_base(examined: Examined) -> Iterator[Breach]:
    """EquivalenceSurchargeAmount = TaxableBase x EquivalenceSurcharge, or the sum of the lines."""
    for path, invoice in invoices(examined):
        tolerance = CENT * max(1, len(invoice.lines)) / 2 + CENT / 2
        for at, tax in numbered(f"{path}.taxes_outputs", invoice.taxes_outputs):
            if tax.surcharge_percent is None or tax.surcharge_amount is None:
                continue
            base, stated = tax.taxable_base.total, tax.surcharge_amount.total
            computed = round_to(base * tax.surcharge_percent / 100)
            if abs(stated - computed) > tolerance:
                yield Breach(
                    examined.place(f"{at}.surcharge_amount.total"),
                    stated=stated,
                    computed=computed,
                    base=base,
                    percent=tax.surcharge_percent,
                )


@sums.rule(
    "FACTURAE-027",
    message="The amount is {stated}, but {percent} % of {base} is {computed}: leave the rate out "
    "where the amount does not follow from it.",
    severity=Severity.WARNING,
)
def discounts_and_charges_follow_their_rate(examined: Examined) -> Iterator[Breach]:
    """DiscountAmount and ChargeAmount are their rate applied to cost or gross amount."""
    for path, line in lines(examined):
        yield from _adjusted(examined, f"{path}.discounts", line.discounts, line.total_cost)
        yield from _adjusted(examined, f"{path}.charges", line.charges, line.total_cost)
    for path, invoice in invoices(examined):
        totals, at = invoice.totals, f"{path}.totals"
        gross = totals.gross_amount
        yield from _adjusted(examined, f"{at}.general_discounts", totals.general_discounts, gross)
        yield from _adjusted(examined, f"{at}.general_surcharges", totals.general_surcharges, gross)


def _adjusted(
    examined: Examined, path: str, items: tuple[Discount | Charge, ...], base: Decimal
) -> Iterator[Breach]:
    before = base
    for at, item in numbered(path, items):
        percent = item.rate_percent
        if percent is not None:
            # A second discount goes on the base or on what the first has left of it.
            computed = round_to(base * percent / 100)
            on_the_rest = round_to(before * percent / 100)
            if min(abs(item.amount - each) for each in (computed, on_the_rest)) > CENT:
                at_amount = examined.place(f"{at}.amount")
                yield Breach(
                    at_amount, stated=item.amount, computed=computed, base=base, percent=percent
                )
        before += item.amount if isinstance(item, Charge) else -item.amount


@sums.rule(
    "FACTURAE-018",
    message="The instalments add up to {stated}, but {computed} is to be paid.",
    severity=Severity.WARNING,
)
def instalments_add_up(examined: Examined) -> Iterator[Breach]:
    """The instalments add up to TotalExecutableAmount."""
    for path, invoice in invoices(examined):
        if invoice.payment_details:
            stated = total(instalment.amount for instalment in invoice.payment_details)
            at = examined.place(f"{path}.payment_details[0].amount")
            yield from differ(at, stated, _payable(invoice))


def _payable(invoice: Invoice) -> Decimal:
    return invoice.totals.executable_amount
