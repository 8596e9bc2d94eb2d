"""A received Facturae document as drafts: today's date, today's rates of the same kind of tax.

Parties, lines, discounts and charges are those of the document. Whatever is not is named.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from facturae_es.codes import TaxType
from facturae_es.model import Facturae, Invoice
from facturae_es.recompute import inputs_of
from facturae_es.totals import Line, Tax, Withholding
from tax_es import irpf, iva
from tax_es.errors import TaxError
from tax_es.rates import Territory

__all__ = ["Reissued", "reissue"]

_TERRITORIES = {TaxType.IVA: Territory.PENINSULA, TaxType.IGIC: Territory.CANARIAS}
_NAMES = {
    TaxType.IVA: "IVA",
    TaxType.IPSI: "IPSI",
    TaxType.IGIC: "IGIC",
    TaxType.IRPF: "IRPF",
}


@dataclass(slots=True)
class Reissued:
    """A draft without client and series, and what differs from the document."""

    body: dict[str, Any]
    derived: list[str] = field(default_factory=list)


def reissue(document: Facturae, today: date) -> list[Reissued]:
    """Make a draft of each invoice of a document."""
    return [_invoice(invoice, today) for invoice in document.invoices]


def _invoice(invoice: Invoice, today: date) -> Reissued:
    inputs, issued = inputs_of(invoice), invoice.issue_data
    made = Reissued({})
    note = made.derived.append
    note(f"issue date {issued.issued_on} → {today}; number {invoice.header.number} → a new one")
    if issued.operation_on:
        note(f"operation date {issued.operation_on} → the issue date")
    if issued.currency != "EUR":
        note(f"currency {issued.currency} → EUR, amounts unchanged")
    rates = _Rates(issued.operation_on or issued.issued_on, today, made)
    body = made.body
    body["lines"] = [_line(line, rates) for line in inputs.lines]
    body["discounts"] = [item.model_dump(mode="json") for item in inputs.discounts]
    body["charges"] = [item.model_dump(mode="json") for item in inputs.charges]
    for name in ("description", "file_reference", "receiver_contract", "receiver_transaction"):
        body[name] = getattr(issued, name)
    if issued.invoicing_period:
        body["period"] = issued.invoicing_period.model_dump(mode="json")
    if invoice.header.corrective:
        body["corrective"] = invoice.header.corrective.model_dump(mode="json")
    body["legal_texts"] = list(invoice.legal_literals or ())
    if invoice.additional_data:
        body["note"] = invoice.additional_data.information
        if invoice.additional_data.attachments:
            note("attachments are not carried over")
    _payment(invoice, today, made)
    settlement = inputs.settlement
    for name, value in settlement.__dict__.items():
        if value:
            note(f"{name.replace('_', ' ')} not carried over")
    for tax in inputs.unplaced:
        note(
            f"{_NAMES.get(tax.tax_type, tax.tax_type.value)} {tax.rate_percent} % of the whole "
            "invoice belongs to no line and is not carried over"
        )
    return made


def _payment(invoice: Invoice, today: date, made: Reissued) -> None:
    plan = invoice.payment_details
    if not plan:
        return
    first = plan[0]
    account = first.account_to_be_credited
    due_on = today + max(first.due_on - invoice.issue_data.issued_on, today - today)
    made.body["payments"] = [
        {
            "due_on": due_on.isoformat(),
            "means": first.payment_means.value,
            "iban": account.iban if account else None,
        }
    ]
    made.derived.append(f"due date {first.due_on} → {due_on}, one payment of the new total")


@dataclass(slots=True)
class _Rates:
    """Finds the rate of today for the kind of tax that a percentage meant then."""

    then: date
    today: date
    made: Reissued

    def tax(self, tax: Tax) -> dict[str, Any]:
        """Describe a tax of a line for a draft."""
        kept = {
            "tax_type": tax.tax_type.value,
            "rate_percent": str(tax.rate_percent),
            "surcharge_percent": _text(tax.surcharge_percent or None),
        }
        territory = _TERRITORIES.get(tax.tax_type)
        if territory is None or tax.rate_percent == 0:
            return kept
        try:
            kind = iva.last_rate(tax.rate_percent, self.then, territory).kind
            new = iva.rate(self.today, kind, territory).percent
        except TaxError as error:
            self._say(f"{_NAMES[tax.tax_type]} {tax.rate_percent} % is kept: {error.message}")
            return kept
        self._changed(f"{_NAMES[tax.tax_type]} ({kind})", tax.rate_percent, new)
        named: dict[str, Any] = {"tax_type": tax.tax_type.value, "rate": kind}
        if tax.surcharge_percent:
            charged = iva.surcharge(self.today, kind).percent
            self._changed(f"surcharge ({kind})", tax.surcharge_percent, charged)
            named["surcharge"] = True
        return named

    def withholding(self, item: Withholding) -> dict[str, Any]:
        """Describe a withholding of a line for a draft."""
        kept = {"tax_type": item.tax_type.value, "rate_percent": str(item.rate_percent)}
        if item.tax_type is not TaxType.IRPF:
            return kept
        try:
            kind = irpf.last_rate(item.rate_percent, self.then).kind
            new = irpf.withholding_rate(self.today, kind).percent
        except TaxError as error:
            self._say(f"IRPF {item.rate_percent} % is kept: {error.message}")
            return kept
        self._changed(f"IRPF ({kind})", item.rate_percent, new)
        return {"tax_type": item.tax_type.value, "rate": kind}

    def _changed(self, name: str, old: Decimal, new: Decimal) -> None:
        if old != new:
            self._say(f"{name} {old.normalize():f} % → {new.normalize():f} %")

    def _say(self, text: str) -> None:
        if text not in self.made.derived:
            self.made.derived.append(text)


def _line(line: Line, rates: _Rates) -> dict[str, Any]:
    return {
        "description": line.description,
        "unit_price": str(line.unit_price),
        "quantity": str(line.quantity),
        "unit": line.unit.value if line.unit else None,
        "discounts": [item.model_dump(mode="json") for item in line.discounts],
        "charges": [item.model_dump(mode="json") for item in line.charges],
        "taxes": [rates.tax(tax) for tax in line.taxes],
        "withholdings": [rates.withholding(item) for item in line.withholdings],
        "article_code": line.article_code,
        "special_taxable_event": line.special_taxable_event.model_dump(mode="json")
        if line.special_taxable_event
        else None,
        "additional_information": line.additional_information,
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
