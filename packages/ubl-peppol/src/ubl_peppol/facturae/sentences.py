"""What EN 16931 has no term for, as sentences of a note; written and read back in one place.

A sentence is read back only in exactly the form in which it is written here. Any other text stays a
text.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from facturae_es.codes import CorrectionMethod, ReasonCode, TaxType
from facturae_es.model import (
    AmountsWithheld,
    Corrective,
    CurrencyAmount,
    Disbursement,
    InvoiceTotals,
    PaymentInKind,
    Period,
    WithheldTax,
)
from facturae_es.model import Invoice as FacturaeInvoice
from ubl_peppol import wording

__all__ = [
    "Told",
    "instalments",
    "line_period",
    "of_invoice",
    "other_tax",
    "read_aside",
    "read_instalments",
    "read_line_period",
    "surcharge",
    "tell",
    "to_pay",
]

_AMOUNT = r"(-?[0-9]+(?:\.[0-9]+)?)"
_CURRENCY = r"[A-Z]{3}"
_DAY = r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
_REASONS = {code.description: code for code in ReasonCode}
_METHODS = {code.description: code for code in CorrectionMethod}


def _either(texts: Iterable[str]) -> str:
    return "(" + "|".join(map(re.escape, sorted(texts, key=len, reverse=True))) + ")"


def of_invoice(source: FacturaeInvoice) -> list[tuple[str, str]]:
    """Return the sentences of an invoice, each with the element that it tells of."""
    currency, totals = source.issue_data.currency, source.totals
    told: list[tuple[str, str]] = []
    corrective = source.header.corrective
    if corrective is not None:
        told.append(("InvoiceHeader/Corrective", _correction(corrective)))
    for tax in source.taxes_withheld:
        amount = tax.tax_amount.total if tax.tax_amount else totals.total_taxes_withheld
        base = tax.taxable_base.total
        text = wording.withheld(tax.tax_type.name, tax.rate_percent, base, amount, currency)
        told.append(("TaxesWithheld", text))
    told += _of_totals(totals, currency)
    return told


def _correction(corrective: Corrective) -> str:
    period = corrective.tax_period
    further = f"; {corrective.additional_reason}" if corrective.additional_reason else ""
    return (
        f"Rectificación: {corrective.reason_description}; {corrective.method_description}; "
        f"periodo {period.starts_on} a {period.ends_on}{further}"
    )


def _of_totals(totals: InvoiceTotals, currency: str) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []
    if totals.amounts_withheld is not None:
        kept = totals.amounts_withheld
        text = f"{kept.reason}: {kept.amount} {currency} retenidos"
        told.append(("InvoiceTotals/AmountsWithheld", text))
    if totals.payment_in_kind is not None:
        kind = totals.payment_in_kind
        text = f"{kind.reason}: {kind.amount} {currency} en especie"
        told.append(("InvoiceTotals/PaymentInKind", text))
    for expense in totals.disbursements:
        number = f"{expense.invoice_series or ''}{expense.invoice_number or ''}"
        text = wording.disbursement(number, expense.amount, currency)
        told.append(("InvoiceTotals/ReimbursableExpenses", text))
    if totals.financial_expenses:
        text = f"Gastos financieros: {totals.financial_expenses} {currency}"
        told.append(("InvoiceTotals/TotalFinancialExpenses", text))
    return told


def to_pay(totals: InvoiceTotals, currency: str) -> str:
    """Say what is really to be paid."""
    return wording.to_pay(totals.executable_amount, currency)


@dataclass(slots=True)
class Told:
    """What the sentences of an invoice say; ``texts`` is everything else."""

    corrective: Corrective | None = None
    taxes_withheld: list[WithheldTax] = field(default_factory=list)
    amounts_withheld: AmountsWithheld | None = None
    payment_in_kind: PaymentInKind | None = None
    disbursements: list[Disbursement] = field(default_factory=list)
    financial_expenses: Decimal | None = None
    to_pay: Decimal | None = None
    texts: list[str] = field(default_factory=list)


def tell(notes: Iterable[str]) -> Told:
    """Read the sentences among the lines of some notes."""
    told = Told()
    for note in notes:
        plain = [line for line in note.split("\n") if not _understood(line, told)]
        if plain and "".join(plain).strip():
            told.texts.append("\n".join(plain))
    return told


def _understood(line: str, told: Told) -> bool:
    for pattern, take in _FORMS:
        found = pattern.fullmatch(line)
        if found is not None:
            try:
                return take(told, *found.groups())
            except ValueError:  # a day or an amount that is none
                return False
    return False


def _take_correction(
    told: Told, reason: str, method: str, starts_on: str, ends_on: str, further: str | None
) -> bool:
    if told.corrective is not None:
        return False
    told.corrective = Corrective(
        reason=_REASONS[reason],
        reason_description=reason,
        tax_period=Period(
            starts_on=date.fromisoformat(starts_on), ends_on=date.fromisoformat(ends_on)
        ),
        method=_METHODS[method],
        method_description=method,
        additional_reason=further,
    )
    return True


def _take_withheld(told: Told, tax_type: str, rate: str, base: str, amount: str) -> bool:
    told.taxes_withheld.append(
        WithheldTax(
            tax_type=TaxType[tax_type],
            rate_percent=Decimal(rate),
            taxable_base=CurrencyAmount(total=Decimal(base)),
            tax_amount=CurrencyAmount(total=Decimal(amount)),
        )
    )
    return True


def _take_disbursement(told: Told, number: str | None, amount: str) -> bool:
    if number is not None and len(number) > _LONGEST_NUMBER:
        return False
    told.disbursements.append(Disbursement(invoice_number=number, amount=Decimal(amount)))
    return True


def _take_expenses(told: Told, amount: str) -> bool:
    told.financial_expenses = Decimal(amount)
    return True


def _take_to_pay(told: Told, amount: str) -> bool:
    told.to_pay = Decimal(amount)
    return True


def _take_kept(told: Told, reason: str, amount: str) -> bool:
    if told.amounts_withheld is not None:
        return False
    told.amounts_withheld = AmountsWithheld(reason=reason, amount=Decimal(amount))
    return True


def _take_in_kind(told: Told, reason: str, amount: str) -> bool:
    if told.payment_in_kind is not None:
        return False
    told.payment_in_kind = PaymentInKind(reason=reason, amount=Decimal(amount))
    return True


_LONGEST_NUMBER = 20
_FORMS: tuple[tuple[re.Pattern[str], Callable[..., bool]], ...] = (
    (
        re.compile(
            f"Rectificación: {_either(_REASONS)}; {_either(_METHODS)}; "
            f"periodo {_DAY} a {_DAY}(?:; (.+))?"
        ),
        _take_correction,
    ),
    (
        re.compile(
            f"Retención {_either(TaxType.__members__)} {_AMOUNT} % sobre {_AMOUNT} {_CURRENCY}: "
            f"{_AMOUNT} {_CURRENCY}"
        ),
        _take_withheld,
    ),
    (re.compile(f"Suplido(?: (\\S+))?: {_AMOUNT} {_CURRENCY}"), _take_disbursement),
    (re.compile(f"Gastos financieros: {_AMOUNT} {_CURRENCY}"), _take_expenses),
    (re.compile(f"Importe total a pagar: {_AMOUNT} {_CURRENCY}"), _take_to_pay),
    (re.compile(f"(.+): {_AMOUNT} {_CURRENCY} retenidos"), _take_kept),
    (re.compile(f"(.+): {_AMOUNT} {_CURRENCY} en especie"), _take_in_kind),
)

_INSTALMENT = re.compile(f"{_DAY}: {_AMOUNT} {_CURRENCY}")
_INSTALMENTS = "Vencimientos: "
_ASIDE = re.compile(
    f"(Recargo de equivalencia sobre )?{_either(TaxType.__members__)} al {_AMOUNT} %"
)
_LINE_PERIOD = re.compile(f"Periodo: {_DAY} a {_DAY}")


def instalments(days: Iterable[tuple[date, Decimal]], currency: str) -> str:
    """List the days on which parts of an invoice are due."""
    return _INSTALMENTS + "; ".join(f"{day}: {amount} {currency}" for day, amount in days)


def read_instalments(text: str) -> list[tuple[date, Decimal]]:
    """Read such a list; a text that is none gives nothing."""
    if not text.startswith(_INSTALMENTS):
        return []
    found = []
    for part in text.removeprefix(_INSTALMENTS).split("; "):
        matched = _INSTALMENT.fullmatch(part)
        if matched is None:
            return []
        try:
            found.append((date.fromisoformat(matched[1]), Decimal(matched[2])))
        except ValueError:
            return []
    return found


def other_tax(kind: TaxType, rate: Decimal) -> str:
    """Name a tax that stands beside VAT."""
    return wording.on_tax(kind.name, rate)


def surcharge(kind: TaxType, rate: Decimal) -> str:
    """Name the equivalence surcharge on what bears a tax of some rate."""
    return wording.surcharge(kind.name, rate)


def read_aside(text: str) -> tuple[TaxType, Decimal, bool] | None:
    """Read kind, rate and whether it is the surcharge from such a name."""
    found = _ASIDE.fullmatch(text)
    return (TaxType[found[2]], Decimal(found[3]), found[1] is not None) if found else None


def line_period(starts_on: date, ends_on: date) -> str:
    """Say the period of a line."""
    return f"Periodo: {starts_on} a {ends_on}"


def read_line_period(text: str) -> tuple[date, date] | None:
    """Read it back."""
    found = _LINE_PERIOD.fullmatch(text)
    if found is None:
        return None
    try:
        return date.fromisoformat(found[1]), date.fromisoformat(found[2])
    except ValueError:
        return None
