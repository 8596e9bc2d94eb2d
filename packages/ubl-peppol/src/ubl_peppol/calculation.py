"""Totals and VAT breakdown from lines, as the norm defines them.

Source: EN 16931-1:2017, 6.4 (BR-CO-10 to BR-CO-17) and the rules of each VAT category (-08, -09).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from einvoice_core.money import AmountError, round_to, total
from ubl_peppol.errors import CalculationError
from ubl_peppol.model import (
    DocumentAllowance,
    DocumentCharge,
    Invoice,
    Line,
    LineAllowance,
    LineCharge,
    Totals,
    VatBreakdown,
)
from ubl_peppol.reading.values import product

__all__ = ["Computed", "Exemption", "compute", "line_net_amount", "recompute"]

_PERCENT = Decimal("0.01")
_Key = tuple[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why a category bears no tax (BT-120, BT-121)."""

    reason: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Computed:
    """What follows from lines, allowances and charges."""

    totals: Totals
    vat_breakdown: tuple[VatBreakdown, ...]


def line_net_amount(
    quantity: Decimal,
    net_price: Decimal,
    *,
    base_quantity: Decimal | None = None,
    allowances: Iterable[LineAllowance] = (),
    charges: Iterable[LineCharge] = (),
) -> Decimal:
    """Compute the net amount of a line (BT-131).

    Args:
        quantity: Invoiced quantity (BT-129).
        net_price: Net price of the item (BT-146).
        base_quantity: Quantity that the price is for (BT-149); 1 when not given.
        allowances: Discounts of the line (BG-27).
        charges: Charges of the line (BG-28).

    Returns:
        Quantity x price / base quantity - allowances + charges, rounded once to the cent.

    Raises:
        CalculationError: The base quantity is 0, or an amount has too many digits.
    """
    base = Decimal(1) if base_quantity is None else base_quantity
    if not base:
        raise CalculationError("the base quantity (BT-149) is 0: a price is for something")
    try:
        adjusted = total(
            (
                total(entry.amount for entry in charges),
                total(entry.amount for entry in allowances).copy_negate(),
            )
        )
        # The quotient may not end; the cents of a sum of exact terms over `base` do.
        gross = product(quantity, net_price)
        return round_to(total((gross, product(adjusted, base))) / base)
    except AmountError as error:
        raise CalculationError(error.message) from error


def compute(
    lines: Iterable[Line],
    allowances: Iterable[DocumentAllowance] = (),
    charges: Iterable[DocumentCharge] = (),
    *,
    paid: Decimal | None = None,
    rounding: Decimal | None = None,
    vat_in_accounting_currency: Decimal | None = None,
    exemptions: Mapping[str, Exemption] = MappingProxyType({}),
) -> Computed:
    """Compute the totals (BG-22) and the VAT breakdown (BG-23) of an invoice.

    Args:
        lines: The lines (BG-25), with their net amounts in cents.
        allowances: Discounts of the document (BG-20).
        charges: Charges of the document (BG-21).
        paid: Amount already paid (BT-113).
        rounding: Amount added to round what is due (BT-114).
        vat_in_accounting_currency: Total VAT in the accounting currency (BT-111).
        exemptions: VAT category -> why it bears no tax.

    Returns:
        One breakdown for each category and rate, in the order of their first use. The tax of each
        is rounded to the cent; the total VAT is the sum of those.

    Raises:
        CalculationError: There is no line, or an amount has too many digits.
    """
    items, reductions, additions = tuple(lines), tuple(allowances), tuple(charges)
    if not items:
        raise CalculationError("an invoice has at least one line (BG-25)")
    try:
        breakdown = tuple(
            _breakdown(key, base, exemptions.get(key[0]))
            for key, base in _bases(items, reductions, additions).items()
        )
        of_lines = total(line.net_amount for line in items)
        of_allowances = total(entry.amount for entry in reductions)
        of_charges = total(entry.amount for entry in additions)
        without_vat = total((of_lines, of_charges, of_allowances.copy_negate()))
        vat = total(entry.tax for entry in breakdown)
        with_vat = total((without_vat, vat))
        due = total((with_vat, (paid or Decimal(0)).copy_negate(), rounding or Decimal(0)))
        totals = Totals(
            lines=round_to(of_lines),
            allowances=round_to(of_allowances) if reductions else None,
            charges=round_to(of_charges) if additions else None,
            without_vat=round_to(without_vat),
            vat=round_to(vat),
            vat_in_accounting_currency=vat_in_accounting_currency,
            with_vat=round_to(with_vat),
            paid=paid,
            rounding=rounding,
            due=round_to(due),
        )
    except AmountError as error:
        raise CalculationError(error.message) from error
    return Computed(totals, breakdown)


def recompute(invoice: Invoice) -> Invoice:
    """Return the invoice with totals and breakdown computed from its lines.

    What is paid, rounded and given in the accounting currency stays, and so do the reasons of
    exemptions.

    Raises:
        CalculationError: As for :func:`compute`.
    """
    exemptions = {
        entry.category: Exemption(entry.exemption_reason, entry.exemption_code)
        for entry in invoice.vat_breakdown
    }
    computed = compute(
        invoice.lines,
        invoice.allowances,
        invoice.charges,
        paid=invoice.totals.paid,
        rounding=invoice.totals.rounding,
        vat_in_accounting_currency=invoice.totals.vat_in_accounting_currency,
        exemptions=exemptions,
    )
    return invoice.model_copy(
        update={"totals": computed.totals, "vat_breakdown": computed.vat_breakdown}
    )


def _bases(
    lines: tuple[Line, ...],
    allowances: tuple[DocumentAllowance, ...],
    charges: tuple[DocumentCharge, ...],
) -> dict[_Key, Decimal]:
    parts: dict[_Key, list[Decimal]] = {}
    for line in lines:
        parts.setdefault((line.vat.category, line.vat.rate), []).append(line.net_amount)
    for allowance in allowances:
        key = (allowance.vat_category, allowance.vat_rate)
        parts.setdefault(key, []).append(allowance.amount.copy_negate())
    for charge in charges:
        parts.setdefault((charge.vat_category, charge.vat_rate), []).append(charge.amount)
    return {key: round_to(total(amounts)) for key, amounts in parts.items()}


def _breakdown(key: _Key, base: Decimal, exemption: Exemption | None) -> VatBreakdown:
    category, rate = key
    why = exemption or Exemption()
    return VatBreakdown(
        taxable_base=base,
        tax=round_to(product(base, rate, _PERCENT)) if rate else round_to(Decimal(0)),
        category=category,
        rate=rate,
        exemption_reason=why.reason,
        exemption_code=why.code,
    )
