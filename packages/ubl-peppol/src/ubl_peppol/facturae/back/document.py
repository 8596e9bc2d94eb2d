"""An invoice of EN 16931 as a Facturae file."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import facturae_es
from einvoice_core.money import round_to, total
from einvoice_core.records import Record, Term
from facturae_es import Adjustment, Version, Withholding
from facturae_es.codes import (
    AttachmentEncoding,
    InvoiceClass,
    InvoiceDocumentType,
    InvoiceIssuerType,
    TaxType,
)
from facturae_es.model import (
    AdditionalData,
    Attachment,
    Corrective,
    CurrencyAmount,
    Facturae,
    InvoiceLine,
    InvoiceTotals,
    PaymentOnAccount,
    Period,
    WithheldTax,
)
from facturae_es.model import Invoice as Made
from facturae_es.totals import Settlement
from ubl_peppol.errors import ConversionError
from ubl_peppol.facturae.back import lines as mapping
from ubl_peppol.facturae.back._common import fitting
from ubl_peppol.facturae.back.asides import Asides, asides_of, with_bases
from ubl_peppol.facturae.back.parties import buyer, seller
from ubl_peppol.facturae.back.payment import payment
from ubl_peppol.facturae.ledger import Ledger
from ubl_peppol.facturae.sentences import Told, tell
from ubl_peppol.facturae.sweep import terms_of
from ubl_peppol.facturae.tables import MIME
from ubl_peppol.losses import Loss
from ubl_peppol.model import Group, Invoice

__all__ = ["Returned", "to_facturae"]

_NUMBER = 20
_FORMATS = {mime: form for form, mime in MIME.items()}
_CREDIT = frozenset({"381", "396", "532"})
_CORRECTIVE = frozenset({"384"})
_SELF_BILLED = frozenset({"389"})
_PLAIN = frozenset({"380"})
_RELATED = "Factura relacionada"


@dataclass(frozen=True, slots=True)
class Returned:
    """The Facturae file, and what did not pass unchanged."""

    document: Facturae
    losses: tuple[Loss, ...]


def to_facturae(
    invoice: Invoice,
    *,
    version: Version | str = Version.V3_2_2,
    series: str | None = None,
    corrective: Corrective | None = None,
) -> Returned:
    """Map an invoice of EN 16931 to a Facturae file, unsigned.

    Amounts are those of the invoice: the total with VAT (BT-112) and the tax of each rate (BT-117)
    never change. Sentences that :func:`ubl_peppol.facturae.to_en16931` wrote into the notes
    (withholdings, disbursements, guarantees, corrections, instalments) become elements again.

    Args:
        invoice: Read or made; it should be valid.
        version: Version of the format to make.
        series: The series with which the number begins, to be told apart from it.
        corrective: What a corrective invoice corrects, where no note says it; number and date of
            the corrected invoice are taken from the preceding invoice (BG-3) when it lacks them.

    Returns:
        The file, and the ledger of what was dropped, moved, derived or assumed.

    Raises:
        ConversionError: What Facturae demands is missing (a tax number, what a credit note
            corrects), or something that must not be lost has no place (a VAT category such as
            split payment, a number of more than 20 characters).

    Source:
        Facturae 3.2.2 schema; EN 16931-1:2017. There is no official table between the two.
    """
    ledger = Ledger()
    source = _negated(invoice) if invoice.type_code in _CREDIT else invoice
    told = tell(note.text.removeprefix(" ") if note.text.startswith(" #") else note.text
                for note in source.notes)  # fmt: skip
    for note in source.notes:
        ledger.dropped("BT-21", note.subject_code, "Facturae does not tell kinds of notes")
    made = _invoice(source, told, series, corrective, ledger)
    issuer = InvoiceIssuerType.CUSTOMER if source.type_code in _SELF_BILLED else None
    document = facturae_es.batch(
        seller(source.seller, ledger),
        buyer(source.buyer, source.buyer_reference, ledger),
        [made],
        issuer=issuer,
    )
    document = _in_currency(document, source.currency)
    for term, value in _leaves(source):
        if term not in terms_of():
            ledger.dropped(term, value, "Facturae has no element for it")
    losses = ledger.losses
    if Version(version) is not Version.V3_2_2:
        converted = facturae_es.convert(document, version)
        document = converted.document
        older = Ledger()
        for loss in converted.losses:
            older.dropped(
                loss.element, loss.value, f"version {Version(version)} has no such element"
            )
        losses += older.losses
    return Returned(document, losses)


def _leaves(group: Record) -> Iterator[tuple[str, object]]:
    """Yield the terms of an invoice that have a value, with the value."""
    for name, field in type(group).model_fields.items():
        value = getattr(group, name)
        term = next((mark.id for mark in field.metadata if isinstance(mark, Term)), None)
        if term is None or value is None:
            continue
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Group):
                yield from _leaves(item)
            else:
                yield term, getattr(item, "value", item)


def _negated(invoice: Invoice) -> Invoice:
    """Return a credit note as an invoice of negative amounts, which is how Facturae corrects."""

    def turn(value: Decimal | None) -> Decimal | None:
        return None if value is None else value.copy_negate()

    def turned(entries: tuple[Group, ...], *names: str) -> tuple[Group, ...]:
        return tuple(
            entry.model_copy(update={name: turn(getattr(entry, name)) for name in names})
            for entry in entries
        )

    lines = tuple(
        line.model_copy(
            update={
                "quantity": turn(line.quantity),
                "net_amount": turn(line.net_amount),
                "allowances": turned(line.allowances, "amount", "base"),
                "charges": turned(line.charges, "amount", "base"),
            }
        )
        for line in invoice.lines
    )
    return invoice.model_copy(
        update={
            "lines": lines,
            "allowances": turned(invoice.allowances, "amount", "base"),
            "charges": turned(invoice.charges, "amount", "base"),
            "vat_breakdown": turned(invoice.vat_breakdown, "taxable_base", "tax"),
            "totals": turned((invoice.totals,), *type(invoice.totals).model_fields)[0],
        }
    )


def _invoice(
    source: Invoice, told: Told, series: str | None, given: Corrective | None, ledger: Ledger
) -> Made:
    number = _number(source.number, series)
    corrected = _corrective(source, told.corrective or given, ledger)
    asides = asides_of(source)
    reasons = mapping.reasons_of(source.vat_breakdown, ledger)
    everywhere = tuple(
        Withholding(tax_type=tax.tax_type, rate_percent=tax.rate_percent)
        for tax in told.taxes_withheld
        if tax.taxable_base.total == source.totals.without_vat - asides.amount
    )
    reverse = {line.vat.category for line in source.lines if line.vat.category in reasons} == {"AE"}
    lines = [
        mapping.line(line, source, {"AE": ""} if reverse else reasons, asides, everywhere, ledger)
        for line in source.lines
    ]
    settlement = _settlement(source, told, ledger)
    made = facturae_es.invoice(
        number,
        source.issued_on,
        lines,
        series=series,
        discounts=[_general(entry, "BT-98", "Descuento", ledger) for entry in asides.allowances],
        charges=[_general(entry, "BT-105", "Cargo", ledger) for entry in asides.charges],
        settlement=settlement,
        document_type=(
            InvoiceDocumentType.SELF_BILLED
            if source.type_code in _SELF_BILLED
            else InvoiceDocumentType.COMPLETE
        ),
        invoice_class=InvoiceClass.CORRECTIVE if corrected else InvoiceClass.ORIGINAL,
        corrective=corrected,
        operation_on=source.delivery.delivered_on if source.delivery else None,
        period=_period(source, ledger),
        receiver_contract=_reference(source.contract, "BT-12", ledger),
        receiver_transaction=_reference(source.purchase_order, "BT-13", ledger),
        file_reference=_reference(source.tender, "BT-17", ledger),
        legal_texts=[reasons["AE"][:250]] if reverse else (),
    )
    made = _with_amounts(made, source, told, asides, ledger)
    lines_made = made.lines
    if asides.outside:
        lines_made = tuple(map(with_bases, made.lines, source.lines))
    made = made.model_copy(update={"lines": _ordered(lines_made, source, ledger)})
    paid = payment(source, made.totals.executable_amount, ledger)
    return made.model_copy(
        update={
            "payment_details": paid.installments,
            "additional_data": _additional(source, told, paid.terms, ledger),
        }
    )


def _number(number: str, series: str | None) -> str:
    own = number
    if series is not None:
        if not number.startswith(series) or number == series:
            raise ConversionError(
                f"the number {number!r} does not begin with the series {series!r}", term="BT-1"
            )
        own = number.removeprefix(series)
    if len(own) > _NUMBER:
        raise ConversionError(
            f"BT-1: Facturae has room for {_NUMBER} characters in {own!r}: give its series",
            term="BT-1",
        )
    return own


def _corrective(source: Invoice, found: Corrective | None, ledger: Ledger) -> Corrective | None:
    preceding = source.preceding_invoices
    wanted = source.type_code in _CREDIT or source.type_code in _CORRECTIVE
    if found is None:
        if wanted:
            raise ConversionError(
                f"an invoice of type {source.type_code} corrects another: give `corrective` with "
                "reason, method and period, which Facturae wants",
                term="BT-3",
            )
        for entry in preceding:
            ledger.dropped("BT-25", entry.number, "only a corrective invoice names another")
            ledger.dropped("BT-26", entry.issued_on, "only a corrective invoice names another")
    elif preceding:
        first = preceding[0]
        for entry in preceding[1:]:
            ledger.dropped("BT-25", entry.number, "Facturae has room for one corrected invoice")
            ledger.dropped("BT-26", entry.issued_on, "Facturae has room for one corrected invoice")
        if found.invoice_number is None:
            found = found.model_copy(
                update={
                    "invoice_number": fitting(first.number, _NUMBER, "BT-25", ledger),
                    "invoice_issued_on": found.invoice_issued_on or first.issued_on,
                }
            )
    if source.type_code not in _PLAIN | _CREDIT | _CORRECTIVE | _SELF_BILLED:
        ledger.dropped("BT-3", source.type_code, "Facturae has no such kind of invoice")
    elif source.type_code in _CREDIT:
        ledger.derived(
            "BT-3", source.type_code, "BT-3", "a corrective invoice with negative amounts"
        )
    return found


def _general(entry: Group, code_term: str, word: str, ledger: Ledger) -> Adjustment:
    reason, reason_code = getattr(entry, "reason", None), getattr(entry, "reason_code", None)
    group = "BG-20" if code_term == "BT-98" else "BG-21"
    if reason is None:
        ledger.assumed("Reason", reason_code or word, group, "no reason in words")
    else:
        ledger.dropped(code_term, reason_code, "the reason stands in words")
    ledger.dropped(f"{group} percentage", getattr(entry, "percent", None), "the amount says it")
    ledger.dropped(f"{group} base", getattr(entry, "base", None), "the amount says it")
    amount: Decimal = getattr(entry, "amount")  # noqa: B009 - a group of either kind
    return Adjustment(
        reason=fitting(reason or reason_code or word, 2_500, group, ledger), amount=amount
    )


def _settlement(source: Invoice, told: Told, ledger: Ledger) -> Settlement:
    paid = source.totals.paid
    advances: tuple[PaymentOnAccount, ...] = ()
    if paid:
        ledger.assumed(
            "PaymentOnAccountDate", source.issued_on, "BT-113", "the amount paid has no date"
        )
        advances = (PaymentOnAccount(paid_on=source.issued_on, amount=paid),)
    ledger.dropped("BT-114", source.totals.rounding, "Facturae does not round what is due")
    return Settlement(
        payments_on_account=advances,
        disbursements=tuple(told.disbursements),
        financial_expenses=told.financial_expenses,
        amounts_withheld=told.amounts_withheld,
        payment_in_kind=told.payment_in_kind,
    )


def _period(source: Invoice, ledger: Ledger) -> Period | None:
    period = source.period
    if period is None:
        return None
    if period.starts_on is None or period.ends_on is None:
        ledger.dropped("BT-73", period.starts_on, "Facturae wants both ends of a period")
        ledger.dropped("BT-74", period.ends_on, "Facturae wants both ends of a period")
        return None
    return Period(starts_on=period.starts_on, ends_on=period.ends_on)


def _reference(text: str | None, term: str, ledger: Ledger) -> str | None:
    return None if text is None else fitting(text, _NUMBER, term, ledger)


def _with_amounts(made: Made, source: Invoice, told: Told, asides: Asides, ledger: Ledger) -> Made:
    """Put the bases, taxes and totals of the invoice in place of the computed ones."""
    of_lines = {line.vat.category for line in source.lines}
    stated: dict[tuple[TaxType, Decimal], tuple[Decimal, Decimal]] = {}
    for entry in source.vat_breakdown:
        if entry.category not in of_lines and not entry.tax:
            ledger.derived(
                "BT-116", entry.taxable_base, "BT-116", "no line bears it: no tax of Facturae"
            )
            continue
        key = mapping.tax_of(entry.category, entry.rate, "BT-118")
        base, tax = stated.get(key, (Decimal(0), Decimal(0)))
        stated[key] = (base + entry.taxable_base, tax + entry.tax)
    in_euros = _in_euros(source, len(stated), ledger)
    outputs = (
        *(
            asides.row(kind, rate, base, CurrencyAmount(total=tax, in_euros=in_euros))
            for (kind, rate), (base, tax) in stated.items()
        ),
        *asides.rows(),
    )
    withheld = tuple(told.taxes_withheld)
    kept = _kept(withheld)
    totals, given = made.totals, source.totals
    before_taxes = given.without_vat - asides.amount
    if totals.gross_amount_before_taxes != before_taxes:
        raise ConversionError(
            f"lines, allowances and charges make {totals.gross_amount_before_taxes}, and the total "
            f"without VAT (BT-109) is {before_taxes}: correct the invoice first",
            term="BT-109",
        )
    invoice_total = round_to(given.with_vat - kept)
    change = invoice_total - totals.invoice_total
    amounts = InvoiceTotals.model_validate(
        totals.model_dump()
        | {
            "total_tax_outputs": round_to(given.with_vat - before_taxes),
            "total_taxes_withheld": round_to(kept),
            "invoice_total": invoice_total,
            "outstanding_amount": round_to(totals.outstanding_amount + change),
            "executable_amount": round_to(totals.executable_amount + change),
        }
    )
    if told.to_pay is not None and told.to_pay != amounts.executable_amount:
        ledger.dropped(
            "BT-22", told.to_pay, f"the elements make {amounts.executable_amount} to pay"
        )
    return made.model_copy(
        update={"taxes_outputs": outputs, "taxes_withheld": withheld, "totals": amounts}
    )


def _kept(withheld: tuple[WithheldTax, ...]) -> Decimal:
    return total(tax.tax_amount.total for tax in withheld if tax.tax_amount)


def _in_euros(source: Invoice, rates: int, ledger: Ledger) -> Decimal | None:
    amount = source.totals.vat_in_accounting_currency
    if source.accounting_currency is None or amount is None:
        return None
    if source.accounting_currency == "EUR" and rates == 1:
        return amount
    ledger.dropped("BT-111", amount, "Facturae gives the tax of each rate, and in euros only")
    return None


def _in_currency(document: Facturae, currency: str) -> Facturae:
    """Name the currency of the amounts, which the builder takes for euros."""
    if currency == "EUR":
        return document
    header = document.file_header
    made = document.invoices[0]
    in_euros = any(tax.tax_amount and tax.tax_amount.in_euros for tax in made.taxes_outputs)
    issue = made.issue_data.model_copy(
        update={"currency": currency, "tax_currency": "EUR" if in_euros else currency}
    )
    batch = header.batch.model_copy(update={"currency": currency})
    return document.model_copy(
        update={
            "file_header": header.model_copy(update={"batch": batch}),
            "invoices": (made.model_copy(update={"issue_data": issue}),),
        }
    )


def _ordered(
    lines: tuple[InvoiceLine, ...], source: Invoice, ledger: Ledger
) -> tuple[InvoiceLine, ...]:
    """Give each line the order of the seller, for which the invoice has no element."""
    order = _reference(source.sales_order, "BT-14", ledger)
    if order is None:
        return lines
    return tuple(line.model_copy(update={"issuer_transaction": order}) for line in lines)


def _additional(
    source: Invoice, told: Told, terms: str | None, ledger: Ledger
) -> AdditionalData | None:
    texts = list(told.texts)
    if terms:
        ledger.moved("BT-20", terms, "BT-20", "without instalments the terms stand among the notes")
        texts.append(terms)
    attachments = []
    related = None
    for number, entry in enumerate(source.supporting_documents, start=1):
        content = entry.attachment
        form = _FORMATS.get(content.mime_code) if content else None
        if content is None or form is None:
            is_invoice = related is None and entry.description == _RELATED and content is None
            if is_invoice and len(entry.reference) <= 40:
                related = entry.reference
            else:
                shown = entry.location or (content.mime_code if content else entry.reference)
                ledger.dropped("BG-24", shown, "not a file that Facturae takes")
            continue
        ledger.dropped("BT-124", entry.location, "the file itself stands in the document")
        if entry.reference != f"adjunto-{number}":
            ledger.dropped("BT-122", entry.reference, "Facturae does not number attachments")
        if content.filename != f"adjunto-{number}.{form.value.lower()}":
            ledger.dropped("BT-125 filename", content.filename, "Facturae does not name files")
        attachments.append(
            Attachment(
                file_format=form,
                encoding=AttachmentEncoding.BASE64,
                description=entry.description,
                data=b64encode(content.content).decode("ascii"),
            )
        )
    information = fitting("\n".join(texts), 2_500, "BT-22", ledger) or None
    if information is None and not attachments and related is None:
        return None
    return AdditionalData(
        related_invoice=related, attachments=tuple(attachments), information=information
    )
