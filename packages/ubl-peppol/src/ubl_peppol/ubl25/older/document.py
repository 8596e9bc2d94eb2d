"""An invoice of EN 16931-1:2026 in the edition of 2017, which UBL 2.1 and CII D16B bind."""

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from einvoice_core.money import total
from ubl_peppol import model as older
from ubl_peppol import wording
from ubl_peppol.losses import Loss, LossKind
from ubl_peppol.profiles import profile_of
from ubl_peppol.ubl25 import model
from ubl_peppol.ubl25.older._common import Ledger, amount_of, dropped, needed
from ubl_peppol.ubl25.older.lines import line, payment
from ubl_peppol.ubl25.older.parties import buyer, delivery, payee, representative, seller

__all__ = ["Older", "to_2017"]

_ZERO = Decimal(0)
_TAXES = {"S": "IVA", "L": "IGIC", "M": "IPSI"}


@dataclass(frozen=True, slots=True)
class Older:
    """The invoice in the 2017 edition, and what did not pass unchanged."""

    invoice: older.Invoice
    losses: tuple[Loss, ...]


def to_2017(invoice: model.Invoice, *, profile: str = "en16931") -> Older:
    """Map an invoice of the 2026 edition to that of 2017, which UBL 2.1 and CII D16B bind.

    Amounts stay. What the older norm has no term for is worded: withholdings and charges for third
    parties in a note, with what is really to be paid; an equivalence surcharge (a row of category
    N) as a charge without tax that keeps the total.

    Args:
        invoice: As :func:`ubl_peppol.ubl25.read` returns it.
        profile: The specification that the result will claim to follow (BT-24, BT-23).

    Raises:
        ConversionError: A term is missing that the older norm demands, such as a price.
        UnknownProfileError: There is no profile of that name.
    """
    chosen = profile_of(profile)
    ledger = Ledger(dropped(invoice, "", ""))
    rows, surcharges = _rows(invoice, ledger)
    allowances, charges = _adjustments(invoice)
    charges += surcharges
    if surcharges:
        rows.append(_untaxed(surcharges))
    totals = _totals(invoice, surcharges, ledger)
    made = older.Invoice(
        number=invoice.number,
        issued_on=invoice.issued_on,
        type_code=needed(invoice.type_code, "BT-3"),
        currency=invoice.currency,
        accounting_currency=invoice.accounting_currency,
        accrued_on=invoice.accrued_on,
        accrual_code=invoice.period.accrual_code if invoice.period else None,
        due_on=invoice.due_on,
        buyer_reference=_first(invoice.buyer_references, "/buyer_references", "BT-10", ledger),
        project=invoice.project,
        contract=invoice.contract,
        purchase_order=invoice.order,
        sales_order=invoice.sales_order,
        receiving_advice=invoice.receiving_advice,
        despatch_advice=invoice.despatch_advice,
        tender=invoice.tender,
        accounting_reference=invoice.accounting_reference,
        payment_terms=_terms(invoice),
        notes=tuple(_notes(invoice, totals, bool(chosen.process_id), ledger)),
        process=older.ProcessControl(
            business_process=chosen.process_id or None, specification=chosen.customization_id
        ),
        preceding_invoices=tuple(
            older.PrecedingInvoice(number=each.number, issued_on=each.issued_on)
            for each in invoice.preceding_invoices
            if each.number
        ),
        seller=seller(invoice.seller),
        buyer=buyer(invoice.buyer, ledger),
        payee=payee(invoice.payee, ledger),
        tax_representative=representative(invoice.tax_representative),
        delivery=delivery(invoice.delivery),
        period=_period(invoice.period),
        payment=payment(invoice.payment_means, ledger),
        allowances=tuple(allowances),
        charges=tuple(charges),
        totals=totals,
        vat_breakdown=tuple(rows),
        supporting_documents=tuple(_documents(invoice, ledger)),
        lines=tuple(line(each) for each in invoice.lines),
    )
    return Older(made, tuple(ledger))


def _first(values: tuple[str, ...], path: str, term: str, ledger: Ledger) -> str | None:
    for other in values[1:]:
        ledger.note(LossKind.DROPPED, path, other, "EN 16931:2017 has room for one", term)
    return values[0] if values else None


def _terms(invoice: model.Invoice) -> str | None:
    texts = [each.note for each in invoice.payment_terms if each.note]
    return "\n".join(texts) or None


def _rows(
    invoice: model.Invoice, ledger: Ledger
) -> tuple[list[older.VatBreakdown], list[older.DocumentCharge]]:
    """Return the VAT breakdown, and the equivalence surcharges among its rows as charges."""
    found = [row for each in invoice.tax_totals[:1] for row in each.breakdown]
    rows = []
    surcharges = []
    for place, row in enumerate(found):
        base, tax = amount_of(row.taxable_base, "BT-116"), amount_of(row.tax, "BT-117")
        if row.category != "N":
            rows.append(
                older.VatBreakdown(
                    taxable_base=base,
                    tax=tax,
                    category=needed(row.category, "BT-118"),
                    rate=None if row.category == "O" else row.rate,
                    exemption_reason=row.exemption_reason,
                    exemption_code=row.exemption_code,
                )
            )
            continue
        taxed = [each for each in found if each.category in _TAXES and each.taxable_base == base]
        goods = taxed[0] if taxed else None
        rate = goods.rate if goods is not None and goods.rate is not None else _ZERO
        kind = _TAXES[goods.category or "S"] if goods is not None else "IVA"
        reason = wording.surcharge(kind, rate)
        ledger.note(
            LossKind.MOVED,
            f"/tax_totals[0]/breakdown[{place}]",
            f"{row.rate} % of {base}: {tax}",
            "EN 16931:2017 has no category N: a charge without tax says it",
            "BG-21",
        )
        surcharges.append(
            older.DocumentCharge(
                amount=tax, base=base, percent=row.rate, vat_category="E", vat_rate=_ZERO,
                reason=reason,
            )
        )  # fmt: skip
    return rows, surcharges


def _untaxed(charges: list[older.DocumentCharge]) -> older.VatBreakdown:
    return older.VatBreakdown(
        taxable_base=total(each.amount for each in charges),
        tax=_ZERO,
        category="E",
        rate=_ZERO,
        exemption_reason="; ".join(dict.fromkeys(each.reason or "" for each in charges)),
    )


def _adjustments(
    invoice: model.Invoice,
) -> tuple[list[older.DocumentAllowance], list[older.DocumentCharge]]:
    allowances = []
    charges = []
    for each in invoice.allowances_charges:
        parts = {
            "amount": amount_of(each.amount, "BT-99" if each.is_charge else "BT-92"),
            "base": each.base,
            "percent": each.percent,
            "vat_category": needed(each.vat_category, "BT-102" if each.is_charge else "BT-95"),
            "vat_rate": each.vat_rate,
            "reason": each.reason,
            "reason_code": each.reason_code,
        }
        if each.is_charge:
            charges.append(older.DocumentCharge.model_validate(parts))
        else:
            allowances.append(older.DocumentAllowance.model_validate(parts))
    return allowances, charges


def _totals(
    invoice: model.Invoice, surcharges: list[older.DocumentCharge], ledger: Ledger
) -> older.Totals:
    stated, currency = invoice.totals, invoice.currency
    further = total(each.amount for each in surcharges)
    without = amount_of(stated.without_vat, "BT-109") + further
    with_vat = amount_of(stated.with_vat, "BT-112")
    own = next((each.amount for each in invoice.tax_totals if each.currency == currency), None)
    other = next((each.amount for each in invoice.tax_totals if each.currency != currency), None)
    due = total((with_vat, -(stated.paid or _ZERO), stated.rounding or _ZERO))
    if stated.due != due:
        reason = "what is withheld or charged for third parties is no part of it in EN 16931:2017"
        ledger.note(LossKind.DERIVED, "/totals/due", stated.due, reason, "BT-115")
    if further:
        reason = "the surcharge is a charge"
        ledger.note(LossKind.DERIVED, "/totals/without_vat", stated.without_vat, reason, "BT-109")
    return older.Totals(
        lines=amount_of(stated.lines, "BT-106"),
        allowances=stated.allowances,
        charges=total((stated.charges or _ZERO, further)) if further else stated.charges,
        without_vat=without,
        vat=None if own is None else own - further,
        vat_in_accounting_currency=other,
        with_vat=with_vat,
        paid=stated.paid,
        rounding=stated.rounding,
        due=due,
    )


def _notes(
    invoice: model.Invoice, totals: older.Totals, alone: bool, ledger: Ledger
) -> Iterator[older.Note]:
    """Yield the notes, and in words what has no term; a profile may have room for one."""
    own = [
        older.Note(subject_code=each.subject_code, text=each.text)
        for each in invoice.notes
        if each.text
    ]
    told = list(_told(invoice))
    for path, text in told:
        ledger.note(LossKind.MOVED, path, text, "EN 16931:2017 has no term for it", "BT-22")
    if invoice.totals.due is not None and invoice.totals.due != totals.due:
        told.append(("/totals/due", wording.to_pay(invoice.totals.due, invoice.currency)))
    texts = [text for _, text in told]
    if alone and len(own) + len(texts) > 1:
        joined = "\n".join((*(each.text for each in own), *texts))
        for each in own:
            if each.subject_code:
                reason = "the profile has room for one note"
                ledger.note(LossKind.DROPPED, "/notes", each.subject_code, reason, "BT-21")
        yield older.Note(text=joined)
        return
    yield from own
    yield from (older.Note(text=text) for text in texts)


def _told(invoice: model.Invoice) -> Iterator[tuple[str, str]]:
    currency = invoice.currency
    if invoice.withholding is not None:
        for place, each in enumerate(invoice.withholding.withholdings):
            amount = each.amount or _ZERO
            if each.rate is not None and each.base is not None:
                text = wording.withheld("IRPF", each.rate, each.base, amount, currency)
                yield f"/withholding/withholdings[{place}]", text
    for place, charge in enumerate(invoice.third_party_charges):
        if charge.code == "RETE" and invoice.withholding is not None:
            continue
        amount = charge.amount or _ZERO
        path = f"/third_party_charges[{place}]"
        if charge.code == "SUPL":
            yield path, wording.disbursement("", amount, currency)
        else:
            yield (
                path,
                f"{charge.code} {charge.description or ''}".strip() + f": {amount} {currency}",
            )


def _period(period: model.Period | None) -> older.Period | None:
    if period is None or (period.starts_on is None and period.ends_on is None):
        return None
    return older.Period(starts_on=period.starts_on, ends_on=period.ends_on)


def _documents(invoice: model.Invoice, ledger: Ledger) -> Iterator[older.SupportingDocument]:
    for place, each in enumerate(invoice.supporting_documents):
        path = f"/supporting_documents[{place}]"
        attachment = None
        if each.content is not None:
            try:
                content = b64decode("".join(each.content.split()), validate=True)
            except ValueError:
                ledger.note(LossKind.DROPPED, path, each.id, "its content is not base64", "BT-125")
                continue
            attachment = older.Attachment(
                content=content,
                mime_code=needed(each.mime_code, "BT-125-1"),
                filename=needed(each.filename, "BT-125-2"),
            )
        yield older.SupportingDocument(
            reference=needed(each.id, "BT-122"),
            description=each.description,
            location=each.location,
            attachment=attachment,
        )
