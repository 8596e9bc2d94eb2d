"""What changes the total of a Facturae invoice beside its lines, as BG-20 and BG-21 of EN 16931."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from einvoice_core.money import allocate, round_to, total
from facturae_es.model import Charge, Discount, Invoice
from ubl_peppol.facturae.ledger import Ledger
from ubl_peppol.facturae.lines import outside_of, reason_of
from ubl_peppol.facturae.taxes import OUTSIDE, Untaxed, aside, mains
from ubl_peppol.model import DocumentAllowance, DocumentCharge, Line

__all__ = ["adjustments"]

_Key = tuple[str, Decimal | None]


def adjustments(
    invoice: Invoice, lines: Sequence[Line], untaxed: Untaxed, ledger: Ledger
) -> tuple[tuple[DocumentAllowance, ...], tuple[DocumentCharge, ...]]:
    """Map general discounts and charges, and what EN 16931 has no term for.

    Discounts and charges are shared out over the VAT categories of the lines, as the taxes of the
    invoice do. What those taxes leave out of their bases stands without tax, so that the total
    stays what it is; so do the equivalence surcharge and taxes beside VAT.
    """
    nets: dict[_Key, list[Decimal]] = {}
    for entry in lines:
        nets.setdefault((entry.vat.category, entry.vat.rate), []).append(entry.net_amount)
    bases = {key: total(amounts) for key, amounts in nets.items()}
    if _left_out(invoice, total(bases.values())):
        bases = {(untaxed.code, untaxed.rate): Decimal(1)}
        ledger.derived("TaxesOutputs/Tax/TaxableBase", "", "BT-95, BT-102", OUTSIDE)
    found: list[DocumentAllowance | DocumentCharge] = [
        *_general(invoice, bases, ledger),
        *_outside(invoice, untaxed),
        *aside(invoice, untaxed, ledger),
    ]
    return (
        tuple(entry for entry in found if isinstance(entry, DocumentAllowance)),
        tuple(entry for entry in found if isinstance(entry, DocumentCharge)),
    )


def _general(
    invoice: Invoice, bases: dict[_Key, Decimal], ledger: Ledger
) -> Iterator[DocumentAllowance | DocumentCharge]:
    for discount in invoice.totals.general_discounts:
        for (code, rate), amount in _shares(discount, bases, "GeneralDiscounts", ledger):
            reason = reason_of(discount, "InvoiceTotals", ledger)
            yield DocumentAllowance(amount=amount, vat_category=code, vat_rate=rate, reason=reason)
    for charge in invoice.totals.general_surcharges:
        for (code, rate), amount in _shares(charge, bases, "GeneralSurcharges", ledger):
            reason = reason_of(charge, "InvoiceTotals", ledger)
            yield DocumentCharge(amount=amount, vat_category=code, vat_rate=rate, reason=reason)


def _outside(invoice: Invoice, untaxed: Untaxed) -> Iterator[DocumentAllowance | DocumentCharge]:
    for item in invoice.lines:
        amount = outside_of(item)
        if amount:
            yield untaxed.charge(amount, OUTSIDE, None, None)


def _left_out(invoice: Invoice, of_lines: Decimal) -> bool:
    """Tell whether the taxes of the invoice are on the lines alone."""
    totals = invoice.totals
    charged = total(entry.amount for entry in totals.general_surcharges)
    discounted = total(entry.amount for entry in totals.general_discounts)
    kinds = mains(invoice)
    taxed = [
        tax.taxable_base.total
        for tax in invoice.taxes_outputs
        if (tax.tax_type, tax.rate_percent) in kinds
    ]
    return charged != discounted and bool(taxed) and round_to(total(taxed)) == of_lines


def _shares(
    entry: Discount | Charge, bases: dict[_Key, Decimal], name: str, ledger: Ledger
) -> list[tuple[_Key, Decimal]]:
    path = f"InvoiceTotals/{name}"
    term = "BG-20" if name == "GeneralDiscounts" else "BG-21"
    amount = round_to(entry.amount)
    if amount != entry.amount:
        ledger.derived(path, entry.amount, term, "rounded to the cent")
    ledger.dropped(f"{path}/Rate", entry.rate_percent, "the amount says it, without its base")
    keys = list(bases)
    if len(keys) == 1:
        return [(keys[0], amount)]
    weights = [max(bases[key], Decimal(0)) for key in keys]
    if not any(weights):
        weights = [Decimal(1)] * len(keys)
    shares = allocate(amount, weights)
    ledger.derived(
        path, amount, term, "shared out over the VAT categories in proportion to their lines"
    )
    return [(key, share) for key, share in zip(keys, shares, strict=True) if share]
