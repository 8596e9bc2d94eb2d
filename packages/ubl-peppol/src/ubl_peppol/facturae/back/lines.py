"""Lines of EN 16931 as lines of Facturae."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from einvoice_core.money import round_to, total
from facturae_es import Adjustment, Line, Withholding
from facturae_es.codes import SpecialTaxableEventCode, TaxType, UnitOfMeasure
from facturae_es.model import DeliveryNote, Period, SpecialTaxableEvent
from ubl_peppol.errors import ConversionError
from ubl_peppol.facturae.back._common import fitting
from ubl_peppol.facturae.back.asides import Asides, outside_of
from ubl_peppol.facturae.ledger import Ledger
from ubl_peppol.facturae.sentences import read_line_period
from ubl_peppol.facturae.tables import TAXES, UNITS
from ubl_peppol.facturae.taxes import OPERATIONS, OUTSIDE, REASONS, VATEX
from ubl_peppol.model import Invoice, LineAllowance, LineCharge, VatBreakdown
from ubl_peppol.model import Line as Source

__all__ = ["line", "reasons_of", "tax_of"]

_OF_CODE = {code: unit for unit, code in UNITS.items()}
_PIECES = frozenset({"EA", "H87", "NAR", "XUN"})
"""Other codes of Recommendations 20 and 21 for one piece."""
_OF_CATEGORY = {code: tax for tax, code in TAXES.items()}
_UNTAXED = frozenset({"Z", "E", "AE", "K", "G", "O"})
_FINE = Decimal("0.00000001")


def tax_of(category: str, rate: Decimal | None, term: str) -> tuple[TaxType, Decimal]:
    """Return kind of tax and percentage of a VAT category.

    Raises:
        ConversionError: Facturae has no such category.
    """
    if category in _UNTAXED:
        return TaxType.IVA, Decimal(0)
    kind = _OF_CATEGORY.get(category)
    if kind is None or rate is None:
        raise ConversionError(
            f"{term}: Facturae has no VAT category {category!r}", term=term, category=category
        )
    return kind, rate


def reasons_of(breakdown: tuple[VatBreakdown, ...], ledger: Ledger) -> dict[str, str]:
    """Return why each VAT category bears no tax, in words that name the operation."""
    reasons: dict[str, str] = {}
    words = dict(OPERATIONS)
    for entry in breakdown:
        code = entry.category
        if code not in REASONS:
            continue
        reason = entry.exemption_reason or REASONS[code]
        if entry.exemption_reason is None:
            ledger.assumed("SpecialTaxableEventReason", reason, "BT-120", "no reason in words")
        if code in words and not words[code].search(reason):
            reason = f"{REASONS[code]}: {reason}"
            ledger.derived("BT-120", entry.exemption_reason, "BT-120", "the operation is named")
        if entry.exemption_code != VATEX.get(code):
            ledger.dropped("BT-121", entry.exemption_code, "Facturae gives the reason in words")
        reasons[code] = fitting(reason, 2_500, "BT-120", ledger)
    return reasons


def line(
    source: Source,
    invoice: Invoice,
    reasons: Mapping[str, str],
    asides: Asides,
    withholdings: tuple[Withholding, ...],
    ledger: Ledger,
) -> Line:
    """Map a line (BG-25).

    Raises:
        ConversionError: It has a VAT category that Facturae does not have.
    """
    code = source.vat.category
    kind, rate = tax_of(code, source.vat.rate, "BT-151")
    price = _price(source, ledger)
    skipped = OUTSIDE if asides.outside else ""
    kept = [entry for entry in source.allowances if not skipped or entry.reason != skipped]
    added = [entry for entry in source.charges if not skipped or entry.reason != skipped]
    discounts = [_adjustment(entry, source, price, ledger) for entry in kept]
    charges = [_adjustment(entry, source, price, ledger) for entry in added]
    net = total(
        (
            round_to(source.quantity * price),
            total(entry.amount for entry in added),
            total(entry.amount for entry in kept).copy_negate(),
        )
    )
    whole = source.net_amount + (outside_of(source) if asides.outside else 0)
    if net != whole:
        ledger.derived(
            "BT-131",
            source.net_amount,
            "BT-131",
            f"quantity and price make {net}: the rest is named",
        )
        rest = whole - net
        adjusted = Adjustment(reason="Redondeo", amount=abs(rest))
        (charges if rest > 0 else discounts).append(adjusted)
    period, note = _period(source, ledger)
    information = _information(source, note, ledger)
    event = None
    if code in ("E", "K", "G"):
        event = SpecialTaxableEvent(code=SpecialTaxableEventCode.EXEMPT, reason=reasons[code])
    elif code == "O":
        event = SpecialTaxableEvent(code=SpecialTaxableEventCode.NOT_SUBJECT, reason=reasons[code])
    elif code == "AE":
        information = "\n".join(text for text in (reasons[code], information) if text)
    advice = invoice.despatch_advice
    item = source.item
    return Line(
        description=fitting(item.name, 2_500, "BT-153", ledger),
        quantity=source.quantity,
        unit=_unit(source.unit, ledger),
        unit_price=price,
        discounts=tuple(discounts),
        charges=tuple(charges),
        taxes=asides.of_line(kind, rate, invoice.totals.without_vat - asides.amount),
        withholdings=withholdings,
        article_code=fitting(item.seller_id, 20, "BT-155", ledger) if item.seller_id else None,
        period=period,
        special_taxable_event=event,
        additional_information=(
            fitting(information, 2_500, "BT-127", ledger) if information else None
        ),
        delivery_notes=(
            (DeliveryNote(number=fitting(advice, 30, "BT-16", ledger)),) if advice else ()
        ),
    )


def _price(source: Source, ledger: Ledger) -> Decimal:
    base = source.price.base_quantity
    if base is None or base == 1:
        return source.price.net
    if not base:
        raise ConversionError("BT-149: the base quantity is 0", term="BT-149")
    price = source.price.net / base
    rounded = price.quantize(_FINE) if price != price.quantize(_FINE) else price.normalize() + 0
    ledger.derived("BT-149", base, "BT-146", "the price is that of one unit")
    return rounded


def _adjustment(
    entry: LineAllowance | LineCharge, source: Source, price: Decimal, ledger: Ledger
) -> Adjustment:
    discount = isinstance(entry, LineAllowance)
    terms = ("BT-137", "BT-138", "BT-140") if discount else ("BT-142", "BT-143", "BT-145")
    reason = entry.reason or entry.reason_code or ("Descuento" if discount else "Cargo")
    if entry.reason is None:
        ledger.assumed("Reason", reason, terms[2], "no reason in words")
    else:
        ledger.dropped(terms[2], entry.reason_code, "the reason stands in words")
    reason = fitting(reason, 2_500, terms[2], ledger)
    if entry.percent is not None:
        cost = round_to(source.quantity * price)
        follows = round_to(cost * entry.percent / 100) == entry.amount
        if follows and (entry.base is None or entry.base == cost):
            return Adjustment(reason=reason, percent=entry.percent)
        ledger.dropped(terms[1], entry.percent, "it does not give the amount on the whole line")
    ledger.dropped(terms[0], entry.base, "the amount says it")
    return Adjustment(reason=reason, amount=entry.amount)


def _unit(code: str, ledger: Ledger) -> UnitOfMeasure:
    unit = _OF_CODE.get(code)
    if unit is None:
        unit = UnitOfMeasure.UNIT if code in _PIECES else UnitOfMeasure.OTHER
        ledger.derived("BT-130", code, "BT-130", f"the nearest of Facturae is {unit.value}")
    return unit


def _period(source: Source, ledger: Ledger) -> tuple[Period | None, str | None]:
    """Return the period of the line, and its note without the sentence that says one."""
    rest: list[str] = []
    told: tuple[date, date] | None = None
    for text in (source.note or "").split("\n"):
        found = read_line_period(text) if told is None else None
        if found is None:
            rest.append(text)
        told = told or found
    note = "\n".join(rest) or None
    period = source.period
    if period is not None and period.starts_on is not None and period.ends_on is not None:
        return Period(starts_on=period.starts_on, ends_on=period.ends_on), source.note
    if period is not None:
        ledger.dropped("BT-134", period.starts_on, "Facturae wants both ends of a period")
        ledger.dropped("BT-135", period.ends_on, "Facturae wants both ends of a period")
    if told is None:
        return None, source.note
    return Period(starts_on=told[0], ends_on=told[1]), note


def _information(source: Source, note: str | None, ledger: Ledger) -> str | None:
    texts = [note] if note else []
    if source.item.description:
        ledger.moved("BT-154", source.item.description, "BT-154", "it stands in the information")
        texts.append(source.item.description)
    for attribute in source.item.attributes:
        text = f"{attribute.name}: {attribute.value}"
        ledger.moved("BG-32", text, "BG-32", "it stands in the information of the line")
        texts.append(text)
    return "\n".join(texts) or None
