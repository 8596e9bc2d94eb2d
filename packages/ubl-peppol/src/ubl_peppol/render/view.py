"""What a page shows of an invoice: amounts that others computed, texts that others chose.

The view knows no format and no tax: it is filled from a Facturae document, from the semantic model
or by the caller, and nothing here is computed.
"""

from datetime import date
from typing import Literal

from pydantic import Field

from einvoice_core.money import Amount
from einvoice_core.records import Record

__all__ = [
    "AllowanceView",
    "Embedded",
    "InvoiceView",
    "LineView",
    "PartyView",
    "PaymentView",
    "TaxQr",
    "TaxView",
    "TotalView",
]


class PartyView(Record):
    """Seller or buyer as printed."""

    name: str
    nif: str
    address: tuple[str, ...] = ()
    """Lines of the address, from the street down to the country."""
    contact: tuple[str, ...] = ()


class AllowanceView(Record):
    """A discount or a charge of the whole invoice."""

    reason: str
    amount: Amount
    """In the currency of the invoice; negative for a discount."""


class LineView(Record):
    """A line of the invoice."""

    description: str
    quantity: Amount
    unit: str = ""
    unit_price: Amount
    discount: Amount | None = None
    tax_label: str = ""
    """Such as ``IVA 21 %``."""
    net_amount: Amount


class TaxView(Record):
    """A row of the tax summary: a tax charged, a surcharge or a withholding."""

    kind: Literal["output", "surcharge", "withheld"] = "output"
    label: str
    taxable_base: Amount
    percent: Amount | None
    amount: Amount
    reason: str = ""
    """Why no tax is charged, where none is."""


class TotalView(Record):
    """A row of the totals; the last one is what is paid."""

    label: str
    amount: Amount
    strong: bool = False


class PaymentView(Record):
    """How and when to pay."""

    means: str
    due_on: date | None = None
    iban: str = ""
    amount: Amount | None = None


class TaxQr(Record):
    """The tax QR as the authority wants it; the address and the texts come from its package."""

    url: str
    caption_above: str
    caption_below: str = ""
    width_mm: Amount = Field(default=35, ge=30, le=40, validate_default=True)


class Embedded(Record):
    """The invoice as data, to be carried by its page."""

    data: bytes
    name: str = "factura.xml"
    description: str = "Factura electrónica"


class InvoiceView(Record):
    """Everything a page shows."""

    title: str
    """Such as ``Factura`` or ``Factura rectificativa``."""
    number: str
    issued_on: date
    operation_on: date | None = None
    currency: str = "EUR"
    seller: PartyView
    buyer: PartyView
    references: tuple[tuple[str, str], ...] = ()
    """Pairs of label and value: file number, order, corrected invoice, administrative centres."""
    lines: tuple[LineView, ...]
    allowances: tuple[AllowanceView, ...] = ()
    taxes: tuple[TaxView, ...] = ()
    totals: tuple[TotalView, ...]
    payments: tuple[PaymentView, ...] = ()
    notes: tuple[str, ...] = ()
    qr: TaxQr | None = None
