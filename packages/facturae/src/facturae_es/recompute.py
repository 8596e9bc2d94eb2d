"""From an invoice back to what its amounts are computed from, to issue it anew or to check it."""

from __future__ import annotations

from decimal import Decimal

from einvoice_core.money import round_to, total
from einvoice_core.records import Record
from facturae_es._arithmetic import exactly
from facturae_es.model import Charge, Discount, Invoice, InvoiceLine, OutputTax, WithheldTax
from facturae_es.totals import (
    Adjustment,
    Line,
    Rounding,
    Settlement,
    Tax,
    Totals,
    Withholding,
    compute,
)

__all__ = ["Inputs", "inputs_of", "recompute"]

_CENT = Decimal("0.01")


class Inputs(Record):
    """What the amounts of an invoice are computed from.

    ``unplaced`` are taxes that stand in the invoice alone, with a base that is neither that of all
    lines nor that of the lines with one rate: they cannot be computed anew.
    """

    lines: tuple[Line, ...]
    discounts: tuple[Adjustment, ...]
    charges: tuple[Adjustment, ...]
    settlement: Settlement
    unplaced: tuple[OutputTax | WithheldTax, ...] = ()


def inputs_of(invoice: Invoice) -> Inputs:
    """Take the computed amounts away from an invoice.

    A discount or charge keeps its percentage when the amount follows from it to the cent, and is
    an amount otherwise. Withholdings and surcharges that only the invoice states are given to the
    lines that make up their base. Taxes under the special regime of groups of entities, which have
    a second base, become ordinary taxes on the first.

    Args:
        invoice: An invoice that was read or made.
    """
    totals = invoice.totals
    gross = totals.gross_amount
    lines, unplaced = _placed(invoice, [_line(line) for line in invoice.lines])
    return Inputs(
        lines=tuple(lines),
        unplaced=tuple(unplaced),
        discounts=tuple(_adjustment(item, gross) for item in totals.general_discounts),
        charges=tuple(_adjustment(item, gross) for item in totals.general_surcharges),
        settlement=Settlement(
            subsidies=totals.subsidies,
            payments_on_account=totals.payments_on_account,
            disbursements=totals.disbursements,
            financial_expenses=totals.financial_expenses,
            amounts_withheld=totals.amounts_withheld,
            payment_in_kind=totals.payment_in_kind,
        ),
    )


def recompute(invoice: Invoice, rounding: Rounding = Rounding.PER_LINE) -> Totals:
    """Compute the amounts of an invoice anew, from its quantities, prices and rates.

    Args:
        invoice: An invoice that was read or made.
        rounding: Where amounts become cents.

    Raises:
        TotalsError: The amounts cannot be computed.
    """
    with exactly():
        inputs = inputs_of(invoice)
        return compute(
            inputs.lines,
            discounts=inputs.discounts,
            charges=inputs.charges,
            settlement=inputs.settlement,
            rounding=rounding,
        )


def _placed(
    invoice: Invoice, lines: list[Line]
) -> tuple[list[Line], list[OutputTax | WithheldTax]]:
    """Give the lines the taxes that only the invoice states."""
    unplaced: list[OutputTax | WithheldTax] = []
    for tax in invoice.taxes_outputs:
        same = [i for i, line in enumerate(lines) if _bears(line, tax)]
        if tax.surcharge_percent and not any(_has_surcharge(lines[i]) for i in same):
            if not same or not _is_base(invoice, same, tax.taxable_base.total):
                unplaced.append(tax)
                continue
            for i in same:
                lines[i] = _with_surcharge(lines[i], tax)
    stated = {(t.tax_type, t.rate_percent) for line in lines for t in line.withholdings}
    for withheld in invoice.taxes_withheld:
        if (withheld.tax_type, withheld.rate_percent) in stated:
            continue
        base = withheld.taxable_base.total
        chosen = next((g for g in _groups(lines) if _is_base(invoice, g, base)), None)
        if chosen is None:
            unplaced.append(withheld)
            continue
        added = Withholding(rate_percent=withheld.rate_percent, tax_type=withheld.tax_type)
        for i in chosen:
            update = {"withholdings": (*lines[i].withholdings, added)}
            lines[i] = lines[i].model_copy(update=update)
    return lines, unplaced


def _bears(line: Line, tax: OutputTax) -> bool:
    return any(
        own.tax_type is tax.tax_type and own.rate_percent == tax.rate_percent for own in line.taxes
    )


def _has_surcharge(line: Line) -> bool:
    return any(tax.surcharge_percent for tax in line.taxes)


def _with_surcharge(line: Line, tax: OutputTax) -> Line:
    taxes = tuple(
        own.model_copy(update={"surcharge_percent": tax.surcharge_percent})
        if own.tax_type is tax.tax_type and own.rate_percent == tax.rate_percent
        else own
        for own in line.taxes
    )
    return line.model_copy(update={"taxes": taxes})


def _groups(lines: list[Line]) -> list[list[int]]:
    """Return all lines, then the lines of each rate."""
    groups = [list(range(len(lines)))]
    rates = dict.fromkeys((t.tax_type, t.rate_percent) for line in lines for t in line.taxes)
    groups += [
        [
            i
            for i, line in enumerate(lines)
            if any((t.tax_type, t.rate_percent) == rate for t in line.taxes)
        ]
        for rate in rates
    ]
    return groups


def _is_base(invoice: Invoice, chosen: list[int], base: Decimal) -> bool:
    """Tell whether lines make up a base, with or without their share of general discounts."""
    totals = invoice.totals
    gross = total(invoice.lines[i].gross_amount for i in chosen)
    whole = totals.gross_amount
    share = gross * totals.gross_amount_before_taxes / whole if whole else gross
    tolerance = _CENT * (len(chosen) + 1)
    return abs(base - gross) <= tolerance or abs(base - share) <= tolerance


def _line(line: InvoiceLine) -> Line:
    return Line(
        description=line.description,
        unit_price=line.unit_price,
        quantity=line.quantity,
        unit=line.unit,
        discounts=tuple(_adjustment(item, line.total_cost) for item in line.discounts),
        charges=tuple(_adjustment(item, line.total_cost) for item in line.charges),
        taxes=tuple(
            Tax(
                rate_percent=tax.rate_percent,
                tax_type=tax.tax_type,
                surcharge_percent=tax.surcharge_percent,
            )
            for tax in line.taxes_outputs
        ),
        withholdings=tuple(
            Withholding(rate_percent=tax.rate_percent, tax_type=tax.tax_type)
            for tax in line.taxes_withheld
        ),
        article_code=line.article_code,
        period=line.period,
        transaction_on=line.transaction_on,
        special_taxable_event=line.special_taxable_event,
        additional_information=line.additional_information,
        issuer_contract=line.issuer_contract,
        receiver_contract=line.receiver_contract,
        receiver_transaction=line.receiver_transaction,
        file_reference=line.file_reference,
        delivery_notes=line.delivery_notes,
        extensions=line.extensions,
    )


def _adjustment(item: Discount | Charge, base: Decimal) -> Adjustment:
    percent = item.rate_percent
    if percent is not None and abs(round_to(base * percent / 100) - item.amount) <= _CENT:
        return Adjustment(reason=item.reason, percent=percent)
    return Adjustment(reason=item.reason, amount=item.amount)
