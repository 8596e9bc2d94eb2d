"""Lines of Facturae and their taxes as lines of EN 16931."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from einvoice_core.money import allocate, round_to, total
from facturae_es.codes import SpecialTaxableEventCode, TaxType, UnitOfMeasure
from facturae_es.model import Charge, Discount, Invoice, InvoiceLine, OutputTax, Period
from ubl_peppol.calculation import Exemption
from ubl_peppol.errors import ConversionError
from ubl_peppol.facturae.ledger import Ledger
from ubl_peppol.model import (
    DocumentAllowance,
    DocumentCharge,
    Item,
    Line,
    LineAllowance,
    LineCharge,
    LinePeriod,
    LineVat,
    Price,
)
from ubl_peppol.reading.values import product

__all__ = ["Category", "adjustments", "categories", "line", "refuse_surcharge"]

# UNECE Recommendations 20 and 21 (packages, with X before them).
_UNITS = {
    UnitOfMeasure.UNIT: "C62",
    UnitOfMeasure.HOUR: "HUR",
    UnitOfMeasure.KILOGRAM: "KGM",
    UnitOfMeasure.LITRE: "LTR",
    UnitOfMeasure.OTHER: "ZZ",
    UnitOfMeasure.BOX: "XBX",
    UnitOfMeasure.TRAY: "XDS",
    UnitOfMeasure.BARREL: "XBA",
    UnitOfMeasure.JERRICAN: "XJY",
    UnitOfMeasure.BAG: "XBG",
    UnitOfMeasure.CARBOY: "XCO",
    UnitOfMeasure.BOTTLE: "XBO",
    UnitOfMeasure.CANISTER: "XCI",
    UnitOfMeasure.CENTILITRE: "CLT",
    UnitOfMeasure.CENTIMETRE: "CMT",
    UnitOfMeasure.BIN: "XBI",
    UnitOfMeasure.DOZEN: "DZN",
    UnitOfMeasure.CASE: "XCS",
    UnitOfMeasure.DEMIJOHN: "XDJ",
    UnitOfMeasure.GRAM: "GRM",
    UnitOfMeasure.KILOMETRE: "KMT",
    UnitOfMeasure.CAN: "XCA",
    UnitOfMeasure.BUNCH: "XBH",
    UnitOfMeasure.METRE: "MTR",
    UnitOfMeasure.MILLIMETRE: "MMT",
    UnitOfMeasure.PACKAGE: "XPK",
    UnitOfMeasure.PORTION: "PTN",
    UnitOfMeasure.ROLL: "XRO",
    UnitOfMeasure.ENVELOPE: "XEN",
    UnitOfMeasure.TUB: "XTB",
    UnitOfMeasure.CUBIC_METRE: "MTQ",
    UnitOfMeasure.SECOND: "SEC",
    UnitOfMeasure.WATT: "WTT",
    UnitOfMeasure.KILOWATT_HOUR: "KWH",
}
_PERCENT = Decimal("0.01")
_TOLERANCE = Decimal("0.02")
"""What Peppol tolerates between an amount and its percentage (PEPPOL-EN16931-R040)."""

# What the law calls the operations that bear no VAT, in the texts of an invoice.
_OPERATIONS = (
    ("AE", re.compile(r"inversi[oó]n del sujeto pasivo|reverse charge", re.IGNORECASE)),
    ("K", re.compile(r"intracomunitari|intra-community", re.IGNORECASE)),
    ("G", re.compile(r"exportaci[oó]n|export of goods", re.IGNORECASE)),
)
_VATEX = {
    "AE": "VATEX-EU-AE",
    "K": "VATEX-EU-IC",
    "G": "VATEX-EU-G",
    "O": "VATEX-EU-O",
}
_REASONS = {
    "AE": "Inversión del sujeto pasivo",
    "K": "Entrega intracomunitaria exenta",
    "G": "Exportación exenta",
    "O": "Operación no sujeta",
    "E": "Operación exenta",
}
_OTHER_TAXES = {TaxType.IGIC: "L", TaxType.IPSI: "M"}


@dataclass(frozen=True, slots=True)
class Category:
    """VAT category and rate of a line, with the reason where no tax is due."""

    code: str
    rate: Decimal | None
    exemption: Exemption | None = None


def refuse_surcharge(invoice: Invoice) -> None:
    """Refuse an equivalence surcharge (recargo de equivalencia).

    Raises:
        ConversionError: There is one. EN 16931:2017 has no element for it, and an invoice without
            it would ask for less than is owed.
    """
    taxes = [*invoice.taxes_outputs, *(tax for item in invoice.lines for tax in item.taxes_outputs)]
    for tax in taxes:
        if tax.surcharge_amount is not None and tax.surcharge_amount.total:
            raise ConversionError(
                f"the equivalence surcharge of {tax.surcharge_percent} % "
                f"({tax.surcharge_amount.total}) has no element in EN 16931:2017: "
                "send the invoice as Facturae",
                element="EquivalenceSurcharge",
                term="BG-23",
            )


def categories(invoice: Invoice, ledger: Ledger) -> list[Category]:
    """Return the VAT category of each line.

    Raises:
        ConversionError: A line has no VAT, IGIC or IPSI, several of them, or another tax.
    """
    literals = " ".join(invoice.legal_literals or ())
    return [
        _category(item, position, literals, ledger)
        for position, item in enumerate(invoice.lines, start=1)
    ]


def _category(item: InvoiceLine, position: int, literals: str, ledger: Ledger) -> Category:
    path = f"Items/InvoiceLine[{position}]"
    if len(item.taxes_outputs) != 1:
        raise ConversionError(
            f"line {position} has {len(item.taxes_outputs)} taxes: EN 16931 has one VAT category "
            "for each line; split the line",
            line=position,
        )
    tax: OutputTax = item.taxes_outputs[0]
    if tax.tax_type in _OTHER_TAXES:
        return Category(_OTHER_TAXES[tax.tax_type], tax.rate_percent)
    if tax.tax_type is not TaxType.IVA:
        raise ConversionError(
            f"line {position} bears the tax {tax.tax_type.name} ({tax.tax_type.value}): "
            "EN 16931 has VAT, IGIC and IPSI only",
            line=position,
        )
    if tax.rate_percent:
        return Category("S", tax.rate_percent)
    return _untaxed(item, path, literals, ledger)


def _untaxed(item: InvoiceLine, path: str, literals: str, ledger: Ledger) -> Category:
    event = item.special_taxable_event
    reason = event.reason if event else None
    texts = " ".join(text for text in (reason, item.additional_information, literals) if text)
    code = next((found for found, words in _OPERATIONS if words.search(texts)), None)
    if code is not None:
        ledger.derived(path, code, "BT-151", "the texts of the invoice name the operation")
    elif event is None:
        ledger.assumed(path, "Z", "BT-151", "a rate of 0 without a cause is taken for a zero rate")
        return Category("Z", Decimal(0))
    else:
        code = "O" if event.code is SpecialTaxableEventCode.NOT_SUBJECT else "E"
    exemption = Exemption(reason or _REASONS[code], _VATEX.get(code))
    return Category(code, None if code == "O" else Decimal(0), exemption)


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
    net = round_to(item.gross_amount)
    if net != item.gross_amount:
        ledger.derived(f"{path}/GrossAmount", item.gross_amount, "BT-131", "rounded to the cent")
    _line_losses(item, path, ledger)
    period, note = _period(item, invoicing_period, path, ledger)
    notes = [text for text in (item.additional_information, note) if text]
    return Line(
        id=str(position),
        note="\n".join(notes) or None,
        quantity=quantity,
        unit=_unit(item, path, ledger),
        net_amount=net,
        period=period,
        allowances=tuple(_line_allowances(item, path, ledger)),
        charges=tuple(_line_charges(item, path, ledger)),
        price=Price(net=price),
        vat=LineVat(category=category.code, rate=category.rate),
        item=Item(
            name=item.description,
            seller_id=item.article_code,
        ),
    )


def _period(
    item: InvoiceLine, whole: Period | None, path: str, ledger: Ledger
) -> tuple[LinePeriod | None, str | None]:
    """Return the period of a line, or a text where it is not inside that of the invoice."""
    starts_on = item.period.starts_on if item.period else item.transaction_on
    ends_on = item.period.ends_on if item.period else item.transaction_on
    if starts_on is None or ends_on is None:
        return None, None
    if whole is not None and not (whole.starts_on <= starts_on <= ends_on <= whole.ends_on):
        text = f"Periodo: {starts_on} a {ends_on}"
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
    code = _UNITS.get(item.unit)
    if code is None:
        ledger.derived(
            f"{path}/UnitOfMeasure",
            item.unit.value,
            "BT-130",
            f"{item.unit.name} has no code of its own in UNECE Rec. 20 or 21: mutually defined",
        )
        return "ZZ"
    return code


def _line_losses(item: InvoiceLine, path: str, ledger: Ledger) -> None:
    reason = "EN 16931 has no such reference on a line"
    for name, value in (
        ("IssuerContractReference", item.issuer_contract),
        ("IssuerContractDate", item.issuer_contract_on),
        ("IssuerTransactionDate", item.issuer_transaction_on),
        ("ReceiverContractDate", item.receiver_contract_on),
        ("ReceiverTransactionDate", item.receiver_transaction_on),
        ("FileDate", item.file_on),
    ):
        ledger.dropped(f"{path}/{name}", value, reason)
    if item.sequence_number is not None:
        ledger.dropped(f"{path}/SequenceNumber", item.sequence_number, "lines are numbered from 1")
    if item.extensions:
        ledger.dropped(f"{path}/Extensions", "…", "EN 16931 has no extensions")


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


def _reason(entry: Discount | Charge, path: str, ledger: Ledger) -> str:
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
        reason = _reason(entry, path, ledger)
        yield LineAllowance(amount=amount, base=base, percent=percent, reason=reason)


def _line_charges(item: InvoiceLine, path: str, ledger: Ledger) -> Iterator[LineCharge]:
    for entry in item.charges:
        amount = round_to(entry.amount)
        base, percent = _percentage(
            amount, entry.rate_percent, item.total_cost, f"{path}/ChargeRate", ledger
        )
        reason = _reason(entry, path, ledger)
        yield LineCharge(amount=amount, base=base, percent=percent, reason=reason)


def adjustments(
    invoice: Invoice, lines: Sequence[Line], ledger: Ledger
) -> tuple[tuple[DocumentAllowance, ...], tuple[DocumentCharge, ...]]:
    """Map general discounts and charges (BG-20, BG-21), shared out over the VAT categories."""
    nets: dict[tuple[str, Decimal | None], list[Decimal]] = {}
    for entry in lines:
        nets.setdefault((entry.vat.category, entry.vat.rate), []).append(entry.net_amount)
    bases = {key: total(amounts) for key, amounts in nets.items()}
    allowances = [
        DocumentAllowance(
            amount=amount,
            vat_category=code,
            vat_rate=rate,
            reason=_reason(entry, "InvoiceTotals", ledger),
        )
        for entry in invoice.totals.general_discounts
        for (code, rate), amount in _shares(entry, bases, "GeneralDiscounts", ledger)
    ]
    charges = [
        DocumentCharge(
            amount=amount,
            vat_category=code,
            vat_rate=rate,
            reason=_reason(entry, "InvoiceTotals", ledger),
        )
        for entry in invoice.totals.general_surcharges
        for (code, rate), amount in _shares(entry, bases, "GeneralSurcharges", ledger)
    ]
    return tuple(allowances), tuple(charges)


def _shares(
    entry: Discount | Charge,
    bases: dict[tuple[str, Decimal | None], Decimal],
    name: str,
    ledger: Ledger,
) -> list[tuple[tuple[str, Decimal | None], Decimal]]:
    path = f"InvoiceTotals/{name}"
    amount = round_to(entry.amount)
    if amount != entry.amount:
        ledger.derived(path, entry.amount, "BG-20", "rounded to the cent")
    ledger.dropped(f"{path}/Rate", entry.rate_percent, "the amount says it, without its base")
    keys = list(bases)
    if len(keys) == 1:
        return [(keys[0], amount)]
    weights = [max(bases[key], Decimal(0)) for key in keys]
    if not any(weights):
        weights = [Decimal(1)] * len(keys)
    shares = allocate(amount, weights)
    ledger.derived(
        path,
        amount,
        "BG-20" if name == "GeneralDiscounts" else "BG-21",
        "shared out over the VAT categories in proportion to their lines",
    )
    return [(key, share) for key, share in zip(keys, shares, strict=True) if share]
