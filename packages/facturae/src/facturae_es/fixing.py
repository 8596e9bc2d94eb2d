"""Mend the amounts of a document: what does not follow from what it is computed from is computed.

Everything starts from quantities, prices, rates, discounts, payments and expenses, which are taken
as they are. An amount that is right, within the tolerance of the rules, keeps its value and form.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from einvoice_core.money import round_to, total
from facturae_es._arithmetic import exactly
from facturae_es.model import (
    Batch,
    Charge,
    CurrencyAmount,
    Discount,
    Facturae,
    Installment,
    Invoice,
    InvoiceLine,
    InvoiceTotals,
    OutputTax,
    WithheldTax,
)

__all__ = ["Fixed", "Mended", "fix_totals"]

T = TypeVar("T", OutputTax, WithheldTax)
A = TypeVar("A", Discount, Charge)

_ZERO = Decimal(0)
_CENT = Decimal("0.01")
_CENTS = 2


@dataclass(frozen=True, slots=True)
class Mended:
    """One amount that was computed anew.

    Attributes:
        path: Fields from the document down, such as ``invoices[0].totals.invoice_total``.
        stated: What the document said; ``None`` when it said nothing.
        computed: What it says now; ``None`` for a signature, which is gone.
    """

    path: str
    stated: Decimal | None
    computed: Decimal | None


@dataclass(frozen=True, slots=True)
class Fixed:
    """A document with right sums, and what was changed to get there.

    Attributes:
        document: Unsigned when anything changed: the signature was on other amounts.
        changes: In the order of the document.
    """

    document: Facturae
    changes: tuple[Mended, ...]


def fix_totals(document: Facturae) -> Fixed:
    """Compute the amounts anew that do not follow from the others.

    Args:
        document: Any document that was read or built.

    Returns:
        The document with amounts that fulfil the rules ``FACTURAE-001`` to ``FACTURAE-017`` and
        ``FACTURAE-019``; a single instalment gets the amount to be paid. Amounts of the invoice are
        rounded to cents, those of a line to the decimals they had, at least cents.
    """
    mender = _Mender()
    header = document.file_header
    with exactly():
        invoices = tuple(
            mender.invoice(invoice, f"invoices[{i}].")
            for i, invoice in enumerate(document.invoices)
        )
        batch = mender.batch(header.batch, invoices)
    if not mender.changes:
        return Fixed(document, ())
    changes = sorted(mender.changes, key=lambda each: not each.path.startswith("file_header"))
    if document.signature is not None:
        changes.append(Mended("signature", None, None))
    fixed = document.model_copy(
        update={
            "file_header": header.model_copy(update={"batch": batch}),
            "invoices": invoices,
            "signature": None,
        }
    )
    return Fixed(fixed, tuple(changes))


@dataclass(slots=True)
class _Basis:
    """Gross amounts of an invoice before and after, from which its taxes follow."""

    old: InvoiceTotals
    lines: tuple[InvoiceLine, ...]
    gross: Decimal
    change: Decimal
    """General charges less general discounts."""


class _Mender:
    """Computes amounts, and notes those that changed."""

    def __init__(self) -> None:
        self.changes: list[Mended] = []

    def amount(
        self,
        path: str,
        stated: Decimal | None,
        computed: Decimal,
        *,
        tolerance: Decimal = _CENT,
        places: int = _CENTS,
    ) -> Decimal:
        """Return the stated amount when it is right, the computed one otherwise."""
        if stated is not None and abs(stated - computed) <= tolerance:
            return stated
        rounded = round_to(computed, places)
        self.changes.append(Mended(path, stated, rounded))
        return rounded

    def optional(self, path: str, stated: Decimal | None, computed: Decimal) -> Decimal | None:
        """Do the same for an amount that may be left out when it is nothing."""
        if stated is None and not computed:
            return None
        return self.amount(path, stated, computed)

    def invoice(self, invoice: Invoice, path: str) -> Invoice:
        lines = tuple(self.line(line, f"{path}lines[{i}].") for i, line in enumerate(invoice.lines))
        old, at = invoice.totals, f"{path}totals."
        gross = self.amount(
            f"{at}gross_amount", old.gross_amount, total(line.gross_amount for line in lines)
        )
        discounts = self.adjusted(old.general_discounts, f"{at}general_discounts", old, gross)
        charges = self.adjusted(old.general_surcharges, f"{at}general_surcharges", old, gross)
        discounted = total(each.amount for each in discounts)
        charged = total(each.amount for each in charges)
        basis = _Basis(old, lines, gross, charged - discounted)
        outputs = self.taxes(invoice, invoice.taxes_outputs, f"{path}taxes_outputs", basis)
        withheld = self.taxes(invoice, invoice.taxes_withheld, f"{path}taxes_withheld", basis)
        totals = old.model_copy(
            update={
                "gross_amount": gross,
                "general_discounts": discounts,
                "general_surcharges": charges,
                "total_general_discounts": self.optional(
                    f"{at}total_general_discounts", old.total_general_discounts, discounted
                ),
                "total_general_surcharges": self.optional(
                    f"{at}total_general_surcharges", old.total_general_surcharges, charged
                ),
            }
        )
        totals = self.totals(totals, outputs, withheld, at)
        payments = self.payments(invoice.payment_details, totals, f"{path}payment_details")
        return invoice.model_copy(
            update={
                "lines": lines,
                "taxes_outputs": outputs,
                "taxes_withheld": withheld,
                "totals": totals,
                "payment_details": payments,
            }
        )

    def line(self, line: InvoiceLine, path: str) -> InvoiceLine:
        cost = self.amount(
            f"{path}total_cost",
            line.total_cost,
            line.quantity * line.unit_price,
            places=_places(line.total_cost),
        )
        discounts = total(discount.amount for discount in line.discounts)
        charges = total(charge.amount for charge in line.charges)
        gross = self.amount(
            f"{path}gross_amount",
            line.gross_amount,
            cost - discounts + charges,
            places=_places(line.gross_amount),
        )
        if gross == line.gross_amount:
            return line.model_copy(update={"total_cost": cost})
        return line.model_copy(
            update={
                "total_cost": cost,
                "gross_amount": gross,
                "taxes_outputs": self.line_taxes(line, line.taxes_outputs, "outputs", path, gross),
                "taxes_withheld": self.line_taxes(
                    line, line.taxes_withheld, "withheld", path, gross
                ),
            }
        )

    def line_taxes(
        self, line: InvoiceLine, taxes: tuple[T, ...], kind: str, path: str, gross: Decimal
    ) -> tuple[T, ...]:
        return tuple(
            self.tax(tax, f"{path}taxes_{kind}[{i}].", gross, _CENT)
            if abs(tax.taxable_base.total - line.gross_amount) <= _CENT
            else tax
            for i, tax in enumerate(taxes)
        )

    def taxes(
        self, invoice: Invoice, taxes: tuple[T, ...], path: str, basis: _Basis
    ) -> tuple[T, ...]:
        tolerance = _CENT * max(1, len(invoice.lines)) / 2 + _CENT / 2
        return tuple(
            self.tax(tax, f"{path}[{i}].", _base(invoice, tax, basis), tolerance)
            for i, tax in enumerate(taxes)
        )

    def tax(self, tax: T, path: str, base: Decimal, tolerance: Decimal) -> T:
        stated = tax.taxable_base
        new_base = self.amount(f"{path}taxable_base.total", stated.total, base)
        changes: dict[str, object] = {}
        if new_base != stated.total:
            changes["taxable_base"] = _at(stated, new_base)
        if tax.tax_amount is not None and not _has_special_base(tax):
            amount = self.amount(
                f"{path}tax_amount.total",
                tax.tax_amount.total,
                round_to(new_base * tax.rate_percent / 100),
                tolerance=tolerance,
            )
            changes["tax_amount"] = _at(tax.tax_amount, amount)
        surcharge = _surcharge(tax)
        if surcharge is not None:
            percent, old = surcharge
            amount = self.amount(
                f"{path}surcharge_amount.total",
                old.total,
                round_to(new_base * percent / 100),
                tolerance=tolerance,
            )
            changes["surcharge_amount"] = _at(old, amount)
        return tax.model_copy(update=changes) if changes else tax

    def adjusted(
        self, items: tuple[A, ...], path: str, old: InvoiceTotals, gross: Decimal
    ) -> tuple[A, ...]:
        """Compute general discounts or charges whose rate explained their amount so far."""
        if gross == old.gross_amount:
            return items
        return tuple(
            self._adjusted(item, f"{path}[{i}]", old, gross) for i, item in enumerate(items)
        )

    def _adjusted(self, item: A, path: str, old: InvoiceTotals, gross: Decimal) -> A:
        percent = item.rate_percent
        if percent is None or abs(old.gross_amount * percent / 100 - item.amount) > _CENT:
            return item
        amount = self.amount(f"{path}.amount", item.amount, gross * percent / 100)
        return item.model_copy(update={"amount": amount})

    def totals(
        self,
        totals: InvoiceTotals,
        outputs: tuple[OutputTax, ...],
        withheld: tuple[WithheldTax, ...],
        at: str,
    ) -> InvoiceTotals:
        new: dict[str, Decimal | None] = {}

        def mend(name: str, computed: Decimal, tolerance: Decimal = _CENT) -> Decimal:
            new[name] = self.amount(
                f"{at}{name}", getattr(totals, name), computed, tolerance=tolerance
            )
            return new[name] or _ZERO

        before = mend(
            "gross_amount_before_taxes",
            totals.gross_amount
            - (totals.total_general_discounts or _ZERO)
            + (totals.total_general_surcharges or _ZERO),
        )
        taxed = mend(
            "total_tax_outputs", total(map(_whole_tax, outputs)), _CENT * max(1, len(outputs))
        )
        kept = mend(
            "total_taxes_withheld",
            total(_value(tax.tax_amount) for tax in withheld),
            _CENT * max(1, len(withheld)),
        )
        whole = mend("invoice_total", before + taxed - kept)
        paid = totals.total_payments_on_account or _ZERO
        if totals.payments_on_account:
            paid = mend(
                "total_payments_on_account", total(p.amount for p in totals.payments_on_account)
            )
        subsidies = total(subsidy.amount for subsidy in totals.subsidies)
        owed = mend("outstanding_amount", whole - subsidies - paid)
        spent = totals.total_disbursements or _ZERO
        if totals.disbursements:
            spent = mend("total_disbursements", total(d.amount for d in totals.disbursements))
        guarantee = totals.amounts_withheld.amount if totals.amounts_withheld else _ZERO
        in_kind = totals.payment_in_kind.amount if totals.payment_in_kind else _ZERO
        expenses = totals.financial_expenses or _ZERO
        mend("executable_amount", owed - guarantee - in_kind + spent + expenses)
        return totals.model_copy(update=new)

    def payments(
        self, items: tuple[Installment, ...], totals: InvoiceTotals, path: str
    ) -> tuple[Installment, ...]:
        if len(items) != 1:
            return items
        amount = self.amount(f"{path}[0].amount", items[0].amount, totals.executable_amount)
        return (items[0].model_copy(update={"amount": amount}),)

    def batch(self, batch: Batch, invoices: tuple[Invoice, ...]) -> Batch:
        changes: dict[str, Any] = {}
        for name, of_invoice in (
            ("total_invoices", "invoice_total"),
            ("total_outstanding", "outstanding_amount"),
            ("total_executable", "executable_amount"),
        ):
            stated: CurrencyAmount = getattr(batch, name)
            computed = total(getattr(invoice.totals, of_invoice) for invoice in invoices)
            amount = self.amount(f"file_header.batch.{name}.total", stated.total, computed)
            changes[name] = _at(stated, amount)
        return batch.model_copy(update=changes)


def _base(invoice: Invoice, tax: OutputTax | WithheldTax, basis: _Basis) -> Decimal:
    """Return the base of a tax after the lines changed; one that never followed from them stays."""
    stated = tax.taxable_base.total
    old = basis.old
    rate = (tax.tax_type, tax.rate_percent)
    chosen = [
        i
        for i, line in enumerate(invoice.lines)
        if rate in {(t.tax_type, t.rate_percent) for t in _taxes(line, tax)}
    ]
    for group in (chosen, list(range(len(invoice.lines)))):
        before = total(invoice.lines[i].gross_amount for i in group)
        after = total(basis.lines[i].gross_amount for i in group)
        tolerance = _CENT * (len(group) + 1)
        was = _share(before, old.gross_amount, old.gross_amount_before_taxes - old.gross_amount)
        if group and abs(stated - was) <= tolerance:
            unchanged = (before, was) == (after, _share(after, basis.gross, basis.change))
            return stated if unchanged else _share(after, basis.gross, basis.change)
        if group and abs(stated - before) <= tolerance:
            return stated if before == after else after
    return stated


def _has_special_base(tax: OutputTax | WithheldTax) -> bool:
    return isinstance(tax, OutputTax) and tax.special_taxable_base is not None


def _surcharge(tax: OutputTax | WithheldTax) -> tuple[Decimal, CurrencyAmount] | None:
    if isinstance(tax, OutputTax) and tax.surcharge_percent and tax.surcharge_amount:
        return tax.surcharge_percent, tax.surcharge_amount
    return None


def _taxes(
    line: InvoiceLine, tax: OutputTax | WithheldTax
) -> tuple[OutputTax, ...] | tuple[WithheldTax, ...]:
    return line.taxes_outputs if isinstance(tax, OutputTax) else line.taxes_withheld


def _share(amount: Decimal, gross: Decimal, change: Decimal) -> Decimal:
    """Return an amount with its share of general charges and discounts."""
    return amount + amount * change / gross if gross and change else amount


def _whole_tax(tax: OutputTax) -> Decimal:
    return _value(tax.special_tax_amount or tax.tax_amount) + _value(tax.surcharge_amount)


def _value(amount: CurrencyAmount | None) -> Decimal:
    return amount.total if amount else _ZERO


def _at(amount: CurrencyAmount, value: Decimal) -> CurrencyAmount:
    """Return an amount with another value; its equivalent in euros changes in proportion."""
    if value == amount.total:
        return amount
    euros = amount.in_euros
    if euros is not None:
        euros = round_to(euros * value / amount.total) if amount.total else euros
    return amount.model_copy(update={"total": value, "in_euros": euros})


def _places(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return max(_CENTS, -exponent) if isinstance(exponent, int) else _CENTS
