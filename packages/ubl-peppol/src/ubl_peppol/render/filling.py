"""What the page of an invoice shows, taken from the semantic model."""

from decimal import Decimal

from einvoice_core.money import total
from ubl_peppol.model import (
    BuyerAddress,
    BuyerContact,
    Invoice,
    Line,
    SellerAddress,
    SellerContact,
    VatBreakdown,
)
from ubl_peppol.render.view import (
    AllowanceView,
    InvoiceView,
    LineView,
    PartyView,
    PaymentView,
    TaxQr,
    TaxView,
    TotalView,
)
from ubl_peppol.render.words import WORDS, Language
from ubl_peppol.render.writing import Writing

__all__ = ["view_of"]

_TITLES = {"381": "credit_note", "384": "corrective", "389": "self_billed", "396": "credit_note"}
_TAXES = {"L": "IGIC", "M": "IPSI"}
_MEANS = {
    "10": "cash",
    "30": "transfer",
    "31": "transfer",
    "48": "card",
    "49": "direct_debit",
    "54": "card",
    "55": "card",
    "58": "transfer",
    "59": "direct_debit",
}
_UNITS = {"HUR": "h", "KGM": "kg", "LTR": "l", "MTR": "m", "KWH": "kWh", "GRM": "g", "KMT": "km"}


def view_of(
    invoice: Invoice, *, language: Language = Language.SPANISH, qr: TaxQr | None = None
) -> InvoiceView:
    """Fill the view of an invoice.

    Args:
        invoice: Read from UBL, CII or, through a conversion, from Facturae or UBL 2.5.
        language: Of the labels; the texts of the invoice stay as they are.
        qr: Tax QR with its legends, from the package of the authority.
    """
    words, writing = WORDS[language], Writing(language, invoice.currency)
    references = (
        ("order", invoice.purchase_order),
        ("contract", invoice.contract),
        ("file", invoice.tender),
        ("project", invoice.project),
        ("buyer_reference", invoice.buyer_reference),
        *(("corrects", each.number) for each in invoice.preceding_invoices),
    )
    amounts = [
        *((each.reason, each.amount.copy_negate()) for each in invoice.allowances),
        *((each.reason, each.amount) for each in invoice.charges),
    ]
    seller, buyer = invoice.seller, invoice.buyer
    numbers = (seller.vat_id, seller.tax_registration, _value(seller.legal_registration))
    others = (buyer.vat_id, _value(buyer.legal_registration))
    return InvoiceView(
        title=words[_TITLES.get(invoice.type_code, "invoice")],
        number=invoice.number,
        issued_on=invoice.issued_on,
        operation_on=invoice.delivery.delivered_on if invoice.delivery else None,
        currency=invoice.currency,
        seller=_party(seller.name, numbers, seller.address, seller.contact),
        buyer=_party(buyer.name, others, buyer.address, buyer.contact),
        references=tuple((words[key], value) for key, value in references if value),
        lines=tuple(_line(each, writing) for each in invoice.lines),
        allowances=tuple(
            AllowanceView(reason=reason or "", amount=amount) for reason, amount in amounts
        ),
        taxes=tuple(_tax(each) for each in invoice.vat_breakdown),
        totals=tuple(_totals(invoice, language)),
        payments=_payments(invoice, language),
        notes=tuple(each.text for each in invoice.notes),
        qr=qr,
    )


def _value(identifier: object) -> str | None:
    return getattr(identifier, "value", None)


def _party(
    name: str,
    numbers: tuple[str | None, ...],
    address: SellerAddress | BuyerAddress,
    contact: SellerContact | BuyerContact | None,
) -> PartyView:
    number = next((each for each in numbers if each), "")
    spanish = number.startswith("ES") and len(number) == 11
    town = " ".join(part for part in (address.post_code, address.city) if part)
    rows = (address.line_1, address.line_2, address.line_3, town, address.subdivision)
    country = "" if address.country == "ES" else address.country
    reached = (contact.point, contact.telephone, contact.email) if contact else ()
    return PartyView(
        name=name,
        nif=number[2:] if spanish else number,
        address=tuple(row for row in (*rows, country) if row),
        contact=tuple(text for text in reached if text),
    )


def _label(category: str) -> str:
    return _TAXES.get(category, "IVA")


def _line(line: Line, writing: Writing) -> LineView:
    rate = line.vat.rate
    percent = f" {writing.number(rate)} %" if rate is not None else ""
    discount = total(
        (
            *(each.amount for each in line.allowances),
            *(each.amount.copy_negate() for each in line.charges),
        )
    )
    base = line.price.base_quantity
    return LineView(
        description=line.item.name,
        quantity=line.quantity,
        unit=_UNITS.get(line.unit, ""),
        unit_price=line.price.net if base in (None, 1) else line.price.net / (base or 1),
        discount=discount or None,
        tax_label=f"{_label(line.vat.category)}{percent}",
        net_amount=line.net_amount,
    )


def _tax(row: VatBreakdown) -> TaxView:
    return TaxView(
        label=_label(row.category),
        taxable_base=row.taxable_base,
        percent=row.rate,
        amount=row.tax,
        reason=row.exemption_reason or "",
    )


def _totals(invoice: Invoice, language: Language) -> list[TotalView]:
    totals, words = invoice.totals, WORDS[language]
    rows = [("without_tax", totals.without_vat), ("taxes", totals.vat or Decimal(0))]
    if totals.paid or totals.rounding:
        rows.append(("with_tax", totals.with_vat))
    if totals.paid:
        rows.append(("prepaid", totals.paid.copy_negate()))
    if totals.rounding:
        rows.append(("rounding", totals.rounding))
    shown = [TotalView(label=words[key], amount=amount) for key, amount in rows]
    return [*shown, TotalView(label=words["to_pay"], amount=totals.due, strong=True)]


def _payments(invoice: Invoice, language: Language) -> tuple[PaymentView, ...]:
    payment, words = invoice.payment, WORDS[language]
    if payment is None:
        return ()
    key = _MEANS.get(payment.means_code)
    means = (
        words[key] if key else f"{words['other_means']} {payment.means_text or payment.means_code}"
    )
    accounts = [each.account.value for each in payment.credit_transfers] or [""]
    return tuple(
        PaymentView(means=means, due_on=invoice.due_on, iban=account.replace(" ", ""))
        for account in accounts
    )
