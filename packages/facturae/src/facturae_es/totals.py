"""Amounts of lines, taxes and invoice, computed from quantities, prices and rates.

Two ways of rounding are in use, and they differ by cents: 37.76 + 26.80 + 5.50 at 21 % are 84.78
when the tax of each line is rounded, 84.77 when the tax is computed on the sum.

Source: the equations of the official schema's elements; the rounding of monetary amounts to cents
is that of Orden HAP/1650/2015, annex II, rule 6.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field, model_validator

from einvoice_core.money import Amount, round_to, total
from einvoice_core.records import RawXml, Record
from facturae_es._plan import defaults_of, made, maker
from facturae_es.codes import TaxType, UnitOfMeasure
from facturae_es.errors import TotalsError
from facturae_es.model import (
    AmountsWithheld,
    Charge,
    CurrencyAmount,
    DeliveryNote,
    Disbursement,
    Discount,
    InvoiceLine,
    InvoiceTotals,
    OutputTax,
    PaymentInKind,
    PaymentOnAccount,
    Period,
    SpecialTaxableEvent,
    Subsidy,
    WithheldTax,
)

__all__ = [
    "Adjustment",
    "Line",
    "Rounding",
    "Settlement",
    "Tax",
    "Totals",
    "Withholding",
    "compute",
]

_ZERO = Decimal(0)
_CENTS = 2
_FINE = 8
"""Decimals of the amounts of a line when only the invoice is rounded."""


class Rounding(StrEnum):
    """Where amounts become cents."""

    PER_LINE = "line"
    """Base and tax of each line are rounded, then added."""
    PER_INVOICE = "invoice"
    """Lines keep their decimals (up to eight); the sums of the invoice are rounded."""


class Tax(Record):
    """A tax of a line; the surcharge is the equivalence surcharge (recargo de equivalencia)."""

    rate_percent: Amount
    tax_type: TaxType = TaxType.IVA
    surcharge_percent: Amount | None = None


class Withholding(Record):
    """A tax that the buyer keeps back (retención)."""

    rate_percent: Amount
    tax_type: TaxType = TaxType.IRPF


class Adjustment(Record):
    """A discount or a charge: a percentage, or an amount in the currency of the invoice."""

    reason: str
    percent: Amount | None = None
    amount: Amount | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Adjustment:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("give a percentage or an amount, not both")
        return self

    def of(self, base: Decimal, places: int) -> Decimal:
        """Compute the amount on a base, rounded to ``places`` decimals."""
        if self.amount is not None:
            return round_to(self.amount, places)
        assert self.percent is not None  # noqa: S101 - the validator has seen to it
        return round_to(base * self.percent / 100, places)


class Line(Record):
    """What is sold, before any amount is computed."""

    description: str
    unit_price: Amount
    quantity: Amount = Decimal(1)
    unit: UnitOfMeasure | None = UnitOfMeasure.UNIT
    discounts: tuple[Adjustment, ...] = ()
    charges: tuple[Adjustment, ...] = ()
    taxes: Annotated[tuple[Tax, ...], Field(min_length=1)]
    withholdings: tuple[Withholding, ...] = ()
    article_code: str | None = None
    period: Period | None = None
    transaction_on: date | None = None
    special_taxable_event: SpecialTaxableEvent | None = None
    additional_information: str | None = None
    issuer_contract: str | None = None
    receiver_contract: str | None = None
    receiver_transaction: str | None = None
    file_reference: str | None = None
    delivery_notes: tuple[DeliveryNote, ...] = ()
    extensions: RawXml | None = None


class Settlement(Record):
    """What stands between the total of an invoice and the amount to be paid."""

    subsidies: tuple[Subsidy, ...] = ()
    payments_on_account: tuple[PaymentOnAccount, ...] = ()
    disbursements: tuple[Disbursement, ...] = ()
    financial_expenses: Amount | None = None
    amounts_withheld: AmountsWithheld | None = None
    payment_in_kind: PaymentInKind | None = None


class Totals(Record):
    """The computed part of an invoice."""

    lines: tuple[InvoiceLine, ...]
    taxes_outputs: tuple[OutputTax, ...]
    taxes_withheld: tuple[WithheldTax, ...]
    totals: InvoiceTotals


def compute(
    lines: Iterable[Line],
    *,
    discounts: Sequence[Adjustment] = (),
    charges: Sequence[Adjustment] = (),
    settlement: Settlement | None = None,
    rounding: Rounding = Rounding.PER_LINE,
) -> Totals:
    """Compute lines, taxes and totals of an invoice.

    General discounts and charges change the taxable base of each rate in proportion to it, and the
    tax is computed on the changed base.

    Args:
        lines: What is sold.
        discounts: General discounts, on the sum of the lines.
        charges: General charges, on the sum of the lines.
        settlement: Subsidies, payments on account, disbursements and the like.
        rounding: Where amounts become cents.

    Returns:
        Records for the document; amounts of the invoice in cents, those of the lines in cents or
        with up to eight decimals as ``rounding`` says.

    Raises:
        TotalsError: There is no line, or a general discount finds no base to go on.
    """
    places = _CENTS if rounding is Rounding.PER_LINE else _FINE
    taxed: _Groups = {}
    kept_back: _Groups = {}
    computed = tuple([_line(line, places, taxed, kept_back) for line in lines])
    if not computed:
        raise TotalsError("an invoice needs at least one line")
    gross = round_to(total([line.gross_amount for line in computed]), _CENTS)
    general_discounts = tuple(_discount(item, gross, _CENTS) for item in discounts)
    general_charges = tuple(_charge(item, gross, _CENTS) for item in charges)
    discounted = total(item.amount for item in general_discounts)
    charged = total(item.amount for item in general_charges)
    change = charged - discounted
    if change and not gross:
        raise TotalsError("a general discount or charge cannot be spread: the lines add up to 0")
    added = rounding is Rounding.PER_LINE and not change
    outputs = _output_taxes(_summed(taxed), gross, change, added=added)
    withheld = _withheld_taxes(_summed(kept_back), gross, change, added=added)
    tax_outputs = total(_with_surcharge(tax) for tax in outputs)
    taxes_withheld = total(tax.tax_amount.total for tax in withheld if tax.tax_amount)
    before_taxes = gross + change
    invoice_total = before_taxes + tax_outputs - taxes_withheld
    settlement = settlement or Settlement()
    paid = total(item.amount for item in settlement.payments_on_account)
    outstanding = invoice_total - total(item.amount for item in settlement.subsidies) - paid
    disbursed = total(item.amount for item in settlement.disbursements)
    guarantee = settlement.amounts_withheld.amount if settlement.amounts_withheld else _ZERO
    in_kind = settlement.payment_in_kind.amount if settlement.payment_in_kind else _ZERO
    executable = (
        outstanding - guarantee - in_kind + disbursed + (settlement.financial_expenses or _ZERO)
    )
    return Totals(
        lines=computed,
        taxes_outputs=outputs,
        taxes_withheld=withheld,
        totals=InvoiceTotals(
            gross_amount=gross,
            general_discounts=general_discounts,
            general_surcharges=general_charges,
            total_general_discounts=round_to(discounted),
            total_general_surcharges=round_to(charged),
            gross_amount_before_taxes=round_to(before_taxes),
            total_tax_outputs=round_to(tax_outputs),
            total_taxes_withheld=round_to(taxes_withheld),
            invoice_total=round_to(invoice_total),
            subsidies=settlement.subsidies,
            payments_on_account=settlement.payments_on_account,
            disbursements=settlement.disbursements,
            financial_expenses=settlement.financial_expenses,
            outstanding_amount=round_to(outstanding),
            total_payments_on_account=round_to(paid) if settlement.payments_on_account else None,
            amounts_withheld=settlement.amounts_withheld,
            executable_amount=round_to(executable),
            total_disbursements=round_to(disbursed) if settlement.disbursements else None,
            payment_in_kind=settlement.payment_in_kind,
        ),
    )


_LINE = defaults_of(InvoiceLine)
_SAID = tuple(name for name in Line.model_fields if name in _LINE)
"""What a line says that its record repeats."""
_line_of = maker(InvoiceLine)
_amount_of = maker(CurrencyAmount)
_output_of = maker(OutputTax)
_withheld_of = maker(WithheldTax)


def _line(line: Line, places: int, taxed: _Groups, kept_back: _Groups) -> InvoiceLine:
    said = line.__dict__
    values = _LINE.copy()
    for name in _SAID:
        values[name] = said[name]
    cost = gross = round_to(said["quantity"] * said["unit_price"], places)
    if said["discounts"] or said["charges"]:
        discounts = tuple(_discount(item, cost, places) for item in line.discounts)
        charges = tuple(_charge(item, cost, places) for item in line.charges)
        values["discounts"], values["charges"] = discounts, charges
        gross += total(c.amount for c in charges) - total(d.amount for d in discounts)
    base = _amount_of({"total": gross, "in_euros": None})
    values["total_cost"] = cost
    values["gross_amount"] = gross
    values["taxes_outputs"] = tuple([_output(tax, base, places, taxed) for tax in said["taxes"]])
    if said["withholdings"]:
        values["taxes_withheld"] = tuple(
            [_withheld(tax, base, places, kept_back) for tax in line.withholdings]
        )
    return _line_of(values)


def _output(tax: Tax, base: CurrencyAmount, places: int, taxed: _Groups) -> OutputTax:
    said = tax.__dict__
    group = taxed.get(id(tax))
    if group is None:
        rate = _Rate(tax.tax_type, tax.rate_percent, tax.surcharge_percent)
        group = taxed[id(tax)] = _Group(tax, rate, [], [], [])
    gross = base.total
    amount = round_to(gross * said["rate_percent"] / 100, places)
    group.bases.append(gross)
    group.taxes.append(amount)
    surcharge = None
    if said["surcharge_percent"] is not None:
        charged = round_to(gross * said["surcharge_percent"] / 100, places)
        group.surcharges.append(charged)
        surcharge = _amount_of({"total": charged, "in_euros": None})
    return _output_of(
        {
            "tax_type": said["tax_type"],
            "rate_percent": said["rate_percent"],
            "taxable_base": base,
            "tax_amount": _amount_of({"total": amount, "in_euros": None}),
            "special_taxable_base": None,
            "special_tax_amount": None,
            "surcharge_percent": said["surcharge_percent"],
            "surcharge_amount": surcharge,
        }
    )


def _withheld(
    tax: Withholding, base: CurrencyAmount, places: int, kept_back: _Groups
) -> WithheldTax:
    group = kept_back.get(id(tax))
    if group is None:
        rate = _Rate(tax.tax_type, tax.rate_percent, None)
        group = kept_back[id(tax)] = _Group(tax, rate, [], [], [])
    amount = round_to(base.total * tax.rate_percent / 100, places)
    group.bases.append(base.total)
    group.taxes.append(amount)
    return _withheld_of(
        {
            "tax_type": tax.tax_type,
            "rate_percent": tax.rate_percent,
            "taxable_base": base,
            "tax_amount": _amount_of({"total": amount, "in_euros": None}),
        }
    )


def _discount(item: Adjustment, base: Decimal, places: int) -> Discount:
    return made(
        Discount, reason=item.reason, rate_percent=item.percent, amount=item.of(base, places)
    )


def _charge(item: Adjustment, base: Decimal, places: int) -> Charge:
    return made(Charge, reason=item.reason, rate_percent=item.percent, amount=item.of(base, places))


class _Rate(NamedTuple):
    """What distinguishes the taxes of an invoice from one another."""

    tax_type: TaxType
    rate_percent: Decimal
    surcharge_percent: Decimal | None


class _Group(NamedTuple):
    """Bases and rounded taxes of the lines that share one record of a tax."""

    tax: Tax | Withholding
    rate: _Rate
    bases: list[Decimal]
    taxes: list[Decimal]
    surcharges: list[Decimal]


_Groups = dict[int, _Group]
"""By the identity of the record of the tax, which the group keeps alive."""


class _Sum(NamedTuple):
    """Base and rounded taxes of the lines with the same rate."""

    base: Decimal
    tax: Decimal
    surcharge: Decimal


def _amount(value: CurrencyAmount | None) -> Decimal:
    return value.total if value else _ZERO


def _summed(groups: _Groups) -> dict[_Rate, _Sum]:
    """Add up each rate, whichever records of a tax the lines have it from."""
    together: dict[_Rate, list[_Group]] = {}
    for group in groups.values():
        together.setdefault(group.rate, []).append(group)
    return {
        rate: _Sum(
            total([base for group in same for base in group.bases]),
            total([tax for group in same for tax in group.taxes]),
            total([surcharge for group in same for surcharge in group.surcharges]),
        )
        for rate, same in together.items()
    }


def _bases(groups: dict[_Rate, _Sum], gross: Decimal, change: Decimal) -> dict[_Rate, Decimal]:
    """Spread a general discount or charge over the bases, in cents.

    The bases of one kind of tax that cover the whole invoice take the whole change: what rounding
    leaves over goes to the largest of them.
    """
    bases: dict[_Rate, Decimal] = {}
    for kind in dict.fromkeys(key.tax_type for key in groups):
        keys = [key for key in groups if key.tax_type is kind]
        for key in keys:
            base = groups[key].base
            bases[key] = round_to(base + base * change / gross if change else base)
        covered = total(groups[key].base for key in keys)
        target = round_to(covered + covered * change / gross if change else covered)
        largest = max(keys, key=lambda key: abs(bases[key]))
        bases[largest] += target - total(bases[key] for key in keys)
    return bases


def _output_taxes(
    groups: dict[_Rate, _Sum], gross: Decimal, change: Decimal, *, added: bool
) -> tuple[OutputTax, ...]:
    bases = _bases(groups, gross, change)
    return tuple(
        made(
            OutputTax,
            tax_type=key.tax_type,
            rate_percent=key.rate_percent,
            taxable_base=made(CurrencyAmount, total=bases[key]),
            tax_amount=_tax(bases[key], key.rate_percent, group.tax, added=added),
            surcharge_percent=key.surcharge_percent,
            surcharge_amount=(
                None
                if key.surcharge_percent is None
                else _tax(bases[key], key.surcharge_percent, group.surcharge, added=added)
            ),
        )
        for key, group in groups.items()
    )


def _withheld_taxes(
    groups: dict[_Rate, _Sum], gross: Decimal, change: Decimal, *, added: bool
) -> tuple[WithheldTax, ...]:
    bases = _bases(groups, gross, change)
    return tuple(
        made(
            WithheldTax,
            tax_type=key.tax_type,
            rate_percent=key.rate_percent,
            taxable_base=made(CurrencyAmount, total=bases[key]),
            tax_amount=_tax(bases[key], key.rate_percent, group.tax, added=added),
        )
        for key, group in groups.items()
    )


def _tax(base: Decimal, percent: Decimal, of_lines: Decimal, *, added: bool) -> CurrencyAmount:
    """Return the tax of a rate in cents: the added taxes of the lines, or that of the base."""
    return made(CurrencyAmount, total=of_lines if added else round_to(base * percent / 100))


def _with_surcharge(tax: OutputTax) -> Decimal:
    return _amount(tax.tax_amount) + _amount(tax.surcharge_amount)
