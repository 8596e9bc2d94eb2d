"""Taxes that stand in an EN 16931 invoice as charges without tax, read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from einvoice_core.money import round_to, total
from facturae_es import Tax
from facturae_es.codes import TaxType
from facturae_es.model import CurrencyAmount, InvoiceLine, OutputTax
from ubl_peppol.facturae.sentences import read_aside
from ubl_peppol.facturae.taxes import OUTSIDE
from ubl_peppol.model import DocumentAllowance, DocumentCharge, Invoice, Line

__all__ = ["Asides", "asides_of", "outside_of", "with_bases"]

_Key = tuple[TaxType, Decimal]


@dataclass(frozen=True, slots=True)
class _Aside:
    """One such tax."""

    base: Decimal
    percent: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Asides:
    """The surcharges and the other taxes by the tax they go with, and what is left."""

    surcharges: Mapping[_Key, _Aside]
    taxes: Mapping[_Key, _Aside]
    outside: Decimal
    """What the taxes of lines leave out of their bases: it stands beside the lines."""
    allowances: tuple[DocumentAllowance, ...]
    charges: tuple[DocumentCharge, ...]

    @property
    def amount(self) -> Decimal:
        """What they add to the total without VAT (BT-109), where they do not belong."""
        return total(entry.amount for entry in (*self.surcharges.values(), *self.taxes.values()))

    def of_line(self, kind: TaxType, rate: Decimal, whole: Decimal) -> tuple[Tax, ...]:
        """Return the taxes of a line: its own, and those on all that the invoice sells."""
        main = Tax(tax_type=kind, rate_percent=rate, surcharge_percent=self._percent(kind, rate))
        return (
            main,
            *(
                Tax(tax_type=key[0], rate_percent=key[1], surcharge_percent=self._percent(*key))
                for key, entry in self.taxes.items()
                if entry.base == whole
            ),
        )

    def _percent(self, kind: TaxType, rate: Decimal) -> Decimal | None:
        found = self.surcharges.get((kind, rate))
        return found.percent if found is not None else None

    def row(self, kind: TaxType, rate: Decimal, base: Decimal, tax: CurrencyAmount) -> OutputTax:
        """Return a tax of the invoice with its surcharge."""
        found = self.surcharges.get((kind, rate))
        return OutputTax(
            tax_type=kind,
            rate_percent=rate,
            taxable_base=CurrencyAmount(total=base),
            tax_amount=tax,
            surcharge_percent=found.percent if found else None,
            surcharge_amount=CurrencyAmount(total=found.amount) if found else None,
        )

    def rows(self) -> list[OutputTax]:
        """Return the other taxes."""
        return [
            self.row(kind, rate, entry.base, CurrencyAmount(total=entry.amount))
            for (kind, rate), entry in self.taxes.items()
        ]


def outside_of(line: Line) -> Decimal:
    """Return how much of a line its tax leaves out of the base."""
    return total(
        (
            *(entry.amount for entry in line.allowances if entry.reason == OUTSIDE),
            *(entry.amount.copy_negate() for entry in line.charges if entry.reason == OUTSIDE),
        )
    )


def with_bases(made: InvoiceLine, source: Line) -> InvoiceLine:
    """Give the taxes of a line the base that the invoice states, where it is not the whole line."""
    if not outside_of(source):
        return made
    base = source.net_amount

    def share(percent: Decimal | None) -> CurrencyAmount | None:
        return None if percent is None else CurrencyAmount(total=round_to(base * percent / 100))

    taxes = tuple(
        tax.model_copy(
            update={
                "taxable_base": CurrencyAmount(total=base),
                "tax_amount": share(tax.rate_percent),
                "surcharge_amount": share(tax.surcharge_percent),
            }
        )
        for tax in made.taxes_outputs
    )
    return made.model_copy(update={"taxes_outputs": taxes})


def asides_of(invoice: Invoice) -> Asides:
    """Find the charges that the other direction wrote for what EN 16931 has no term for."""
    surcharges: dict[_Key, _Aside] = {}
    taxes: dict[_Key, _Aside] = {}

    def taken(entry: DocumentAllowance | DocumentCharge, sign: int) -> bool:
        named = read_aside(entry.reason or "")
        if named is None or entry.base is None or entry.percent is None or entry.vat_rate:
            return False
        kind, rate, is_surcharge = named
        found = surcharges if is_surcharge else taxes
        base, amount = entry.base * sign, entry.amount * sign
        so_far = found.get((kind, rate))
        if so_far is not None:
            if so_far.percent != entry.percent:
                return False
            base, amount = base + so_far.base, amount + so_far.amount
        found[kind, rate] = _Aside(base, entry.percent, amount)
        return True

    charges = tuple(entry for entry in invoice.charges if not taken(entry, 1))
    allowances = tuple(entry for entry in invoice.allowances if not taken(entry, -1))
    outside = total(map(outside_of, invoice.lines))
    beside = total(
        (
            *(entry.amount for entry in charges if entry.reason == OUTSIDE),
            *(entry.amount.copy_negate() for entry in allowances if entry.reason == OUTSIDE),
        )
    )
    if outside and outside == beside:
        charges = tuple(entry for entry in charges if entry.reason != OUTSIDE)
        allowances = tuple(entry for entry in allowances if entry.reason != OUTSIDE)
    else:
        outside = Decimal(0)
    return Asides(surcharges, taxes, outside, allowances, charges)
