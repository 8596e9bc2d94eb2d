"""One invoice of a Facturae file in the semantic model of EN 16931."""

from dataclasses import dataclass
from decimal import Decimal

from einvoice_core.money import round_to, total
from facturae_es.codes import InvoiceClass, InvoiceDocumentType, RoleType
from facturae_es.model import Corrective, Facturae
from facturae_es.model import Invoice as FacturaeInvoice
from ubl_peppol.calculation import Computed, compute
from ubl_peppol.errors import ConversionError
from ubl_peppol.facturae import lines as mapping
from ubl_peppol.facturae.adjustments import adjustments
from ubl_peppol.facturae.blanks import without_blanks
from ubl_peppol.facturae.consequences import consequences
from ubl_peppol.facturae.ledger import Ledger
from ubl_peppol.facturae.parties import buyer, payee, seller
from ubl_peppol.facturae.payment import payment
from ubl_peppol.facturae.sweep import sweep
from ubl_peppol.facturae.tables import DIR3, TAXES
from ubl_peppol.facturae.taxes import Untaxed, exemptions
from ubl_peppol.facturae.taxes import categories as categories_of
from ubl_peppol.facturae.texts import attachments, notes
from ubl_peppol.losses import Loss
from ubl_peppol.model import (
    Delivery,
    Invoice,
    Period,
    PrecedingInvoice,
    ProcessControl,
)
from ubl_peppol.profiles import Profile, profile_of

__all__ = ["Conversion", "to_en16931"]

_CORRECTIVE = frozenset({InvoiceClass.CORRECTIVE, InvoiceClass.COPY_OF_CORRECTIVE})
_PLAIN = frozenset({InvoiceClass.ORIGINAL, InvoiceClass.CORRECTIVE})


@dataclass(frozen=True, slots=True)
class Conversion:
    """The invoice in the other model, and what did not pass unchanged."""

    invoice: Invoice
    losses: tuple[Loss, ...]


def to_en16931(
    document: Facturae, *, profile: str = "peppol-bis-3", position: int | None = None
) -> Conversion:
    """Map an invoice of a Facturae file to EN 16931.

    The amount due (BT-115) is what the norm says: the total with VAT less what is paid. A tax
    withheld (retención), a guarantee kept by the buyer or a disbursement (suplido) has no term;
    each stands in a note and in the ledger, with the amount that is really to be paid.

    Args:
        document: The file.
        profile: The specification that the invoice will claim to follow (BT-24, BT-23).
        position: Which invoice of a batch, from 0; not needed when there is one.

    Returns:
        The invoice, and the ledger of what was dropped, moved, derived or assumed.

    Raises:
        ConversionError: A country without a code of two letters, a party without name or address,
            or a batch without ``position``.
        UnknownProfileError: There is no profile of that name.

    Source:
        Facturae 3.2.2 schema; EN 16931-1:2017. There is no official table between the two.
    """
    chosen = profile_of(profile)
    if position is None and len(document.invoices) != 1:
        raise ConversionError(
            f"the file has {len(document.invoices)} invoices: say which one with `position`"
        )
    ledger = Ledger()
    source = document.invoices[position or 0]
    invoice = without_blanks(_invoice(document, source, chosen, ledger))
    sweep(document, source, ledger)
    consequences(document, source, invoice, ledger)
    return Conversion(invoice, ledger.losses)


def _invoice(
    document: Facturae, source: FacturaeInvoice, profile: Profile, ledger: Ledger
) -> Invoice:
    categories = categories_of(source, ledger)
    lines = tuple(
        mapping.line(item, position, category, source.issue_data.invoicing_period, ledger)
        for position, (item, category) in enumerate(
            zip(source.lines, categories, strict=True), start=1
        )
    )
    untaxed = Untaxed.beside(categories)
    allowances, charges = adjustments(source, lines, untaxed, ledger)
    issue, header = source.issue_data, source.header
    accounting_currency, vat_in_it = _accounting(source, ledger)
    computed = compute(
        lines,
        allowances,
        charges,
        paid=_paid(source),
        vat_in_accounting_currency=vat_in_it,
        exemptions=exemptions(categories, untaxed, allowances, charges),
    )
    computed = _with_taxes_of(source, computed, ledger)
    as_vat_payer = not any(category.code in ("L", "M", "O") for category in categories)
    factoring = document.file_header.factoring
    installments = factoring.payment_details if factoring else source.payment_details
    paid_how = payment(installments, issue.currency, ledger)
    order = _shared(source, "receiver_transaction", "ReceiverTransactionReference", ledger)
    reference = _buyer_reference(document, order, ledger)
    return Invoice(
        number=_number(source, ledger),
        issued_on=issue.issued_on,
        type_code=_type_code(source, profile, ledger),
        currency=issue.currency,
        accounting_currency=accounting_currency,
        due_on=paid_how.due_on,
        buyer_reference=reference,
        contract=_shared(source, "receiver_contract", "ReceiverContractReference", ledger),
        purchase_order=order,
        sales_order=_shared(source, "issuer_transaction", "IssuerTransactionReference", ledger),
        despatch_advice=_despatch_advice(source, ledger),
        tender=_shared(source, "file_reference", "FileReference", ledger),
        payment_terms=paid_how.terms,
        notes=notes(source, computed.totals.due, profile, ledger),
        process=ProcessControl(
            business_process=profile.process_id or None, specification=profile.customization_id
        ),
        preceding_invoices=_preceding(header.corrective, ledger),
        seller=seller(document.parties.seller, as_vat_payer=as_vat_payer, ledger=ledger),
        buyer=buyer(document.parties.buyer, as_vat_payer=as_vat_payer, ledger=ledger),
        payee=payee(factoring.assignee, ledger) if factoring else None,
        delivery=Delivery(delivered_on=issue.operation_on) if issue.operation_on else None,
        period=Period(
            starts_on=issue.invoicing_period.starts_on, ends_on=issue.invoicing_period.ends_on
        )
        if issue.invoicing_period
        else None,
        payment=paid_how.instructions,
        allowances=allowances,
        charges=charges,
        totals=computed.totals,
        vat_breakdown=computed.vat_breakdown,
        supporting_documents=tuple(attachments(source.additional_data, ledger)),
        lines=lines,
    )


def _number(source: FacturaeInvoice, ledger: Ledger) -> str:
    series, number = source.header.series, source.header.number
    if not series:
        return number
    joined = f"{series}{number}"
    ledger.derived(
        "InvoiceHeader/InvoiceSeriesCode", series, "BT-1", "series and number are one text"
    )
    return joined


def _type_code(source: FacturaeInvoice, profile: Profile, ledger: Ledger) -> str:
    header = source.header
    if header.invoice_class not in _PLAIN:
        ledger.dropped(
            "InvoiceHeader/InvoiceClass",
            header.invoice_class.value,
            "EN 16931 tells neither copies nor summary invoices",
        )
    if header.document_type is InvoiceDocumentType.SIMPLIFIED:
        ledger.dropped(
            "InvoiceHeader/InvoiceDocumentType",
            header.document_type.value,
            "EN 16931 does not tell simplified invoices",
        )
    if header.invoice_class in _CORRECTIVE:
        if not profile.process_id:
            return "384"
        # PEPPOL-EN16931-P0112: 384 stands between German parties only.
        ledger.derived(
            "InvoiceHeader/InvoiceClass",
            header.invoice_class.value,
            "BT-3",
            "Peppol has no corrective invoice (384) outside Germany: an invoice (380) that names "
            "the one it corrects, with its amounts as they are",
        )
        return "380"
    return "389" if header.document_type is InvoiceDocumentType.SELF_BILLED else "380"


def _accounting(source: FacturaeInvoice, ledger: Ledger) -> tuple[str | None, Decimal | None]:
    issue = source.issue_data
    if issue.tax_currency == issue.currency:
        return None, None
    amounts = [tax.tax_amount.in_euros for tax in source.taxes_outputs if tax.tax_amount]
    known = [amount for amount in amounts if amount is not None]
    if issue.tax_currency == "EUR" and known and len(known) == len(amounts):
        return "EUR", round_to(total(known))
    ledger.dropped(
        "InvoiceIssueData/TaxCurrencyCode",
        issue.tax_currency,
        "the tax is not given in that currency",
    )
    return None, None


def _paid(source: FacturaeInvoice) -> Decimal | None:
    totals = source.totals
    amounts = [entry.amount for entry in totals.payments_on_account]
    amounts += [entry.amount for entry in totals.subsidies]
    return round_to(total(amounts)) if amounts else None


def _with_taxes_of(source: FacturaeInvoice, computed: Computed, ledger: Ledger) -> Computed:
    """Take the tax of each rate from the source, where the norm tolerates its rounding."""
    given: dict[tuple[str, Decimal], Decimal] = {}
    for tax in source.taxes_outputs:
        code = TAXES.get(tax.tax_type)
        if code is not None and tax.tax_amount is not None and tax.rate_percent:
            key = (code, tax.rate_percent)
            given[key] = given.get(key, Decimal(0)) + tax.tax_amount.total
    breakdown = []
    for entry in computed.vat_breakdown:
        stated = given.get((entry.category, entry.rate)) if entry.rate is not None else None
        tax_amount = entry.tax
        if stated is not None and round_to(stated) != entry.tax:
            if abs(stated.copy_abs() - entry.tax.copy_abs()) < 1:
                tax_amount = round_to(stated)
            else:
                ledger.derived(
                    "TaxesOutputs/Tax/TaxAmount",
                    stated,
                    "BT-117",
                    f"{entry.taxable_base} at {entry.rate} % is {entry.tax}",
                )
        breakdown.append(entry.model_copy(update={"tax": tax_amount}))
    vat = total(entry.tax for entry in breakdown)
    with_vat = total((computed.totals.without_vat, vat))
    due = total((with_vat, (computed.totals.paid or Decimal(0)).copy_negate()))
    stated_total = total((source.totals.gross_amount_before_taxes, source.totals.total_tax_outputs))
    if round_to(stated_total) != with_vat:
        ledger.derived(
            "InvoiceTotals",
            stated_total,
            "BT-112",
            f"lines and taxes in cents add up to {with_vat}",
        )
    totals = computed.totals.model_copy(update={"vat": vat, "with_vat": with_vat, "due": due})
    return Computed(totals, tuple(breakdown))


def _shared(source: FacturaeInvoice, field: str, name: str, ledger: Ledger) -> str | None:
    """Return a reference of the invoice, or the one that all lines share."""
    own = getattr(source.issue_data, field, None)
    found = {value for item in source.lines if (value := getattr(item, field))}
    if own:
        found.discard(own)
    elif len(found) == 1:
        return str(found.pop())
    for value in sorted(found):
        ledger.dropped(f"Items/InvoiceLine/{name}", value, "EN 16931 has one for the whole invoice")
    return str(own) if own else None


def _despatch_advice(source: FacturaeInvoice, ledger: Ledger) -> str | None:
    notes = [note for item in source.lines for note in item.delivery_notes]
    numbers = sorted({note.number for note in notes})
    for note in notes:
        ledger.dropped(
            "Items/InvoiceLine/DeliveryNotesReferences/DeliveryNoteDate", note.issued_on, "no term"
        )
    if len(numbers) == 1:
        return numbers[0]
    for number in numbers:
        ledger.dropped(
            "Items/InvoiceLine/DeliveryNotesReferences",
            number,
            "EN 16931 has one despatch advice for the whole invoice",
        )
    return None


def _buyer_reference(document: Facturae, order: str | None, ledger: Ledger) -> str | None:
    """Return the DIR3 units of a public buyer, or what a buyer wants where nothing is given."""
    path = "Parties/BuyerParty/AdministrativeCentres/AdministrativeCentre"
    units: dict[RoleType, str] = {}
    reason = "the buyer reference names one payer, receiver and accounting office"
    complete = {each.role for each in document.parties.buyer.administrative_centres if each.role}
    whole = complete.issuperset(DIR3)
    for centre in document.parties.buyer.administrative_centres:
        role, code = centre.role, centre.centre_code
        if whole and role in DIR3 and code and role not in units:
            units[role] = code
        elif role is not None or code:
            shown = f"{role.name if role else ''} {code or ''}".strip()
            ledger.dropped(path, shown, reason if whole else "EN 16931 has no such centres")
    if len(units) == len(DIR3):
        text = "|".join(f"{role.value}|{units[role]}" for role in DIR3)
        ledger.moved(path, text, "BT-10", "the DIR3 units stand in the buyer reference")
        return text
    for role, code in units.items():
        ledger.dropped(path, f"{role.name} {code}", "EN 16931 has no such centres")
    if order is not None:
        return None
    nif = document.parties.buyer.tax_identification.nif
    ledger.assumed(
        "Parties/BuyerParty",
        nif,
        "BT-10",
        "Peppol wants a buyer reference or an order, and the invoice has neither",
    )
    return nif


def _preceding(corrective: Corrective | None, ledger: Ledger) -> tuple[PrecedingInvoice, ...]:
    if corrective is None or corrective.invoice_number is None:
        return ()
    if corrective.invoice_series:
        ledger.derived(
            "Corrective/InvoiceSeriesCode",
            corrective.invoice_series,
            "BT-25",
            "series and number are one text",
        )
    return (
        PrecedingInvoice(
            number=f"{corrective.invoice_series or ''}{corrective.invoice_number}",
            issued_on=corrective.invoice_issued_on,
        ),
    )
