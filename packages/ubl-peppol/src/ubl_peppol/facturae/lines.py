"""Lines of Facturae and their taxes as lines of EN 16931."""

from collections.abc import Iterator
from decimal import Decimal

from einvoice_core.money import round_to
from facturae_es.model import Charge, Discount, InvoiceLine, Period
from ubl_peppol.facturae import sentences
from ubl_peppol.facturae.ledger import Ledger
from ubl_peppol.facturae.tables import UNITS
from ubl_peppol.facturae.taxes import OUTSIDE, Category, main_tax
from ubl_peppol.model import (
    Item,
    Line,
    LineAllowance,
    LineCharge,
    LinePeriod,
    LineVat,
    Price,
)
from ubl_peppol.reading.values import product

__all__ = ["line", "outside_of", "reason_of"]

_PERCENT = Decimal("0.01")
_TOLERANCE = Decimal("0.02")
"""What Peppol tolerates between an amount and its percentage (PEPPOL-EN16931-R040)."""


def line(
    item: InvoiceLine,
    position: int,
    category: Category,
    invoicing_period: Period | None,
    ledger: Ledger,
) -> Line:
    """Map a line (BG-25)."""
    path = f"Items/InvoiceLine[{position}]"
    quantity, price = item.quantity, item.unit_price
    if price < 0:
        quantity, price = quantity.copy_negate(), price.copy_negate()
        ledger.derived(
            f"{path}/UnitPriceWithoutTax",
            item.unit_price,
            "BT-146",
            "a price is not negative in EN 16931: the quantity is",
        )
    allowances = list(_line_allowances(item, path, ledger))
    charges = list(_line_charges(item, path, ledger))
    net = round_to(item.gross_amount)
    if net != item.gross_amount:
        ledger.derived(f"{path}/GrossAmount", item.gross_amount, "BT-131", "rounded to the cent")
    outside = outside_of(item)
    if outside:
        ledger.derived(
            f"{path}/TaxesOutputs/Tax/TaxableBase",
            net - outside,
            "BT-131",
            f"{outside} of the line bears no tax: it stands beside the lines",
        )
        net -= outside
        if outside > 0:
            allowances.append(LineAllowance(amount=outside, reason=OUTSIDE))
        else:
            charges.append(LineCharge(amount=-outside, reason=OUTSIDE))
    period, note = _period(item, invoicing_period, path, ledger)
    notes = [text for text in (item.additional_information, note) if text]
    return Line(
        id=str(position),
        note="\n".join(notes) or None,
        quantity=quantity,
        unit=_unit(item, path, ledger),
        net_amount=net,
        period=period,
        allowances=tuple(allowances),
        charges=tuple(charges),
        price=Price(net=price),
        vat=LineVat(category=category.code, rate=category.rate),
        item=Item(
            name=item.description,
            seller_id=item.article_code,
        ),
    )


def outside_of(item: InvoiceLine) -> Decimal:
    """Return how much of the gross amount of a line its tax leaves out of the base."""
    tax = main_tax(item)
    if tax is None:
        return Decimal(0)
    return round_to(item.gross_amount) - round_to(tax.taxable_base.total)


def _period(
    item: InvoiceLine, whole: Period | None, path: str, ledger: Ledger
) -> tuple[LinePeriod | None, str | None]:
    """Return the period of a line, or a text where it is not inside that of the invoice."""
    starts_on = item.period.starts_on if item.period else item.transaction_on
    ends_on = item.period.ends_on if item.period else item.transaction_on
    if starts_on is None or ends_on is None:
        return None, None
    if whole is not None and not (whole.starts_on <= starts_on <= ends_on <= whole.ends_on):
        text = sentences.line_period(starts_on, ends_on)
        ledger.moved(
            f"{path}/LineItemPeriod", text, "BT-127", "it is not inside that of the invoice"
        )
        return None, text
    if item.period is None:
        ledger.derived(f"{path}/TransactionDate", starts_on, "BG-26", "a period of that day")
    return LinePeriod(starts_on=starts_on, ends_on=ends_on), None


def _unit(item: InvoiceLine, path: str, ledger: Ledger) -> str:
    if item.unit is None:
        ledger.assumed(f"{path}/UnitOfMeasure", "C62", "BT-130", "no unit given: one")
        return "C62"
    code = UNITS.get(item.unit)
    if code is None:
        ledger.derived(
            f"{path}/UnitOfMeasure",
            item.unit.value,
            "BT-130",
            f"{item.unit.name} has no code of its own in UNECE Rec. 20 or 21: mutually defined",
        )
        return "ZZ"
    return code


def _percentage(
    amount: Decimal, percent: Decimal | None, base: Decimal, path: str, ledger: Ledger
) -> tuple[Decimal | None, Decimal | None]:
    """Return base and percentage when they give the amount, nothing otherwise."""
    if percent is None:
        return None, None
    rounded = round_to(base)
    if abs(product(rounded, percent, _PERCENT) - amount) <= _TOLERANCE:
        return rounded, percent
    ledger.dropped(path, percent, f"it does not give the amount {amount} on {rounded}")
    return None, None


def reason_of(entry: Discount | Charge, path: str, ledger: Ledger) -> str:
    """Return the reason, which EN 16931 wants and Facturae may leave blank."""
    if entry.reason.strip():
        return entry.reason
    reason = "Descuento" if isinstance(entry, Discount) else "Cargo"
    ledger.assumed(path, reason, "BG-20" if isinstance(entry, Discount) else "BG-21", "no reason")
    return reason


def _line_allowances(item: InvoiceLine, path: str, ledger: Ledger) -> Iterator[LineAllowance]:
    for entry in item.discounts:
        amount = round_to(entry.amount)
        base, percent = _percentage(
            amount, entry.rate_percent, item.total_cost, f"{path}/DiscountRate", ledger
        )
        reason = reason_of(entry, path, ledger)
        yield LineAllowance(amount=amount, base=base, percent=percent, reason=reason)


def _line_charges(item: InvoiceLine, path: str, ledger: Ledger) -> Iterator[LineCharge]:
    for entry in item.charges:
        amount = round_to(entry.amount)
        base, percent = _percentage(
            amount, entry.rate_percent, item.total_cost, f"{path}/ChargeRate", ledger
        )
        reason = reason_of(entry, path, ledger)
        yield LineCharge(amount=amount, base=base, percent=percent, reason=reason)
