"""Taxes of Facturae as VAT categories of EN 16931, and those for which it has no term."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from einvoice_core.money import round_to
from facturae_es.codes import SpecialTaxableEventCode, TaxType
from facturae_es.model import Invoice, InvoiceLine, OutputTax
from ubl_peppol.calculation import Exemption
from ubl_peppol.facturae import sentences
from ubl_peppol.facturae.ledger import Ledger
from ubl_peppol.facturae.tables import TAXES
from ubl_peppol.model import DocumentAllowance, DocumentCharge

__all__ = [
    "OPERATIONS",
    "OUTSIDE",
    "REASONS",
    "VATEX",
    "Category",
    "Untaxed",
    "aside",
    "categories",
    "exemptions",
    "main_tax",
    "mains",
]

OUTSIDE = "Fuera de la base imponible de los impuestos de la factura"
"""Why something bears no tax: the taxes of the invoice leave it out of their bases."""
# What the law calls the operations that bear no VAT, in the texts of an invoice.
OPERATIONS = (
    ("AE", re.compile(r"inversi[oó]n del sujeto pasivo|reverse charge", re.IGNORECASE)),
    ("K", re.compile(r"intracomunitari|intra-community", re.IGNORECASE)),
    ("G", re.compile(r"exportaci[oó]n|export of goods", re.IGNORECASE)),
)
VATEX = {
    "AE": "VATEX-EU-AE",
    "K": "VATEX-EU-IC",
    "G": "VATEX-EU-G",
    "O": "VATEX-EU-O",
}
REASONS = {
    "AE": "Inversión del sujeto pasivo",
    "K": "Entrega intracomunitaria exenta",
    "G": "Exportación exenta",
    "O": "Operación no sujeta",
    "E": "Operación exenta",
}
_MAIN = tuple(TAXES)
"""The taxes that EN 16931 has categories for; the first on a line is its category."""


@dataclass(frozen=True, slots=True)
class Category:
    """VAT category and rate of a line, with the reason where no tax is due."""

    code: str
    rate: Decimal | None
    exemption: Exemption | None = None


@dataclass(frozen=True, slots=True)
class Untaxed:
    """The category of what stands beside the lines without tax: E, or O where every line is O."""

    code: str
    rate: Decimal | None

    @classmethod
    def beside(cls, categories: list[Category]) -> "Untaxed":
        """Return the category that may stand beside those of the lines."""
        if all(category.code == "O" for category in categories):
            return cls("O", None)
        return cls("E", Decimal(0))

    def charge(
        self, amount: Decimal, reason: str, base: Decimal | None, percent: Decimal | None
    ) -> DocumentCharge | DocumentAllowance:
        """Return a charge of the document, or an allowance where the amount is negative."""
        kind = DocumentCharge if amount >= 0 else DocumentAllowance
        return kind(
            amount=abs(amount),
            base=None if base is None else abs(base),
            percent=percent,
            vat_category=self.code,
            vat_rate=self.rate,
            reason=reason,
        )


def main_tax(item: InvoiceLine) -> OutputTax | None:
    """Return the tax of a line that is its VAT category: VAT, or else IGIC or IPSI."""
    return next((tax for kind in _MAIN for tax in item.taxes_outputs if tax.tax_type is kind), None)


def mains(invoice: Invoice) -> frozenset[tuple[TaxType, Decimal]]:
    """Return kind and rate of the taxes that are the category of a line."""
    found = (main_tax(item) for item in invoice.lines)
    return frozenset((tax.tax_type, tax.rate_percent) for tax in found if tax is not None)


def categories(invoice: Invoice, ledger: Ledger) -> list[Category]:
    """Return the VAT category of each line."""
    literals = " ".join(invoice.legal_literals or ())
    return [
        _category(item, position, literals, ledger)
        for position, item in enumerate(invoice.lines, start=1)
    ]


def _category(item: InvoiceLine, position: int, literals: str, ledger: Ledger) -> Category:
    path = f"Items/InvoiceLine[{position}]"
    tax = main_tax(item)
    if tax is None:
        ledger.assumed(path, "E", "BT-151", "the line bears no VAT, IGIC or IPSI")
        return Category("E", Decimal(0), Exemption(OUTSIDE))
    if tax.tax_type is not TaxType.IVA:
        return Category(TAXES[tax.tax_type], tax.rate_percent)
    if tax.rate_percent:
        return Category("S", tax.rate_percent)
    return _untaxed(item, path, literals, ledger)


def _untaxed(item: InvoiceLine, path: str, literals: str, ledger: Ledger) -> Category:
    event = item.special_taxable_event
    reason = event.reason if event else None
    texts = " ".join(text for text in (reason, item.additional_information, literals) if text)
    code = next((found for found, words in OPERATIONS if words.search(texts)), None)
    if code is not None:
        ledger.derived(path, code, "BT-151", "the texts of the invoice name the operation")
    elif event is None:
        ledger.assumed(path, "Z", "BT-151", "a rate of 0 without a cause is taken for a zero rate")
        return Category("Z", Decimal(0))
    else:
        code = "O" if event.code is SpecialTaxableEventCode.NOT_SUBJECT else "E"
    exemption = Exemption(reason or REASONS[code], VATEX.get(code))
    return Category(code, None if code == "O" else Decimal(0), exemption)


def aside(
    invoice: Invoice, untaxed: Untaxed, ledger: Ledger
) -> Iterator[DocumentCharge | DocumentAllowance]:
    """Say as charges without tax what EN 16931:2017 has no term for.

    That are the equivalence surcharge, and a tax that is not the category of any line: a second tax
    on the same goods, or one that is neither VAT nor IGIC nor IPSI.
    """
    kinds = mains(invoice)
    for tax in _rows(invoice):
        base, amount = tax.taxable_base.total, tax.tax_amount
        if (tax.tax_type, tax.rate_percent) not in kinds and amount is not None and amount.total:
            name = sentences.other_tax(tax.tax_type, tax.rate_percent)
            yield _named(name, amount.total, base, tax.rate_percent, untaxed, ledger)
        further = tax.surcharge_amount
        if further is not None and further.total:
            name = sentences.surcharge(tax.tax_type, tax.rate_percent)
            yield _named(name, further.total, base, tax.surcharge_percent, untaxed, ledger)


def _rows(invoice: Invoice) -> list[OutputTax]:
    """Return the taxes of the invoice, with the surcharges of its lines where it gives none."""
    rows = list(invoice.taxes_outputs)
    if any(tax.surcharge_amount for tax in rows):
        return rows
    of_lines = [tax for item in invoice.lines for tax in item.taxes_outputs if tax.surcharge_amount]
    none = {"tax_amount": None}
    return rows + [tax.model_copy(update=none) for tax in of_lines]


def _named(
    name: str,
    amount: Decimal,
    base: Decimal,
    percent: Decimal | None,
    untaxed: Untaxed,
    ledger: Ledger,
) -> DocumentCharge | DocumentAllowance:
    ledger.moved(
        "TaxesOutputs/Tax",
        f"{name}: {percent} % of {base} is {amount}",
        "BG-21",
        "EN 16931:2017 has no term for it: a charge without tax says it",
    )
    return untaxed.charge(round_to(amount), name, round_to(base), percent)


def exemptions(
    categories: Sequence[Category],
    untaxed: Untaxed,
    allowances: Sequence[DocumentAllowance],
    charges: Sequence[DocumentCharge],
) -> dict[str, Exemption]:
    """Return why each category bears no tax; also what stands without tax beside the lines."""
    found = {each.code: each.exemption for each in categories if each.exemption}
    named = [
        *((entry.vat_category, entry.reason) for entry in allowances),
        *((entry.vat_category, entry.reason) for entry in charges),
    ]
    beside = [
        reason if sentences.read_aside(reason or "") else OUTSIDE
        for code, reason in named
        if code == untaxed.code
    ]
    if beside and untaxed.code not in {each.code for each in categories}:
        found[untaxed.code] = Exemption("; ".join(dict.fromkeys(text for text in beside if text)))
    return found
