"""VERI*FACTU records of Facturae invoices (extra ``[facturae]``).

The record speaks of the operation, the invoice of the payment: withholdings, subsidies and what was
paid on account change what is paid and not the record.

Source: Orden HAC/1177/2024, art. 10; tax agency, validations v1.2.2; the correspondence of codes is
ours, see the glossary of the documentation.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from aeat_sii.errors import AeatError
from aeat_sii.verifactu.codes import (
    Exemption,
    IdKind,
    InvoiceKind,
    Qualification,
    RectificationKind,
    Regime,
    TaxKind,
)
from aeat_sii.verifactu.records import (
    BreakdownLine,
    InvoiceId,
    InvoicingSystem,
    OtherId,
    Person,
    RegistrationRecord,
)
from einvoice_core.money import round_to
from facturae_es.codes import (
    CorrectionMethod,
    InvoiceClass,
    InvoiceDocumentType,
    ReasonCode,
    ResidenceType,
    SpecialTaxableEventCode,
    TaxType,
)
from facturae_es.model import Corrective, Facturae, Invoice, OutputTax, Party

__all__ = ["CannotRegisterError", "number_of", "party_name", "registration"]

_MAX_DESCRIPTION = 500


class CannotRegisterError(AeatError):
    """The invoice says too little, or something that a record cannot carry."""

    code = "aeat.record"


_TAXES: Mapping[TaxType, TaxKind] = MappingProxyType(
    {TaxType.IVA: TaxKind.IVA, TaxType.IPSI: TaxKind.IPSI, TaxType.IGIC: TaxKind.IGIC}
)

# Which article of the tax law corrects the base is not in the format; its reason comes nearest.
_RECTIFICATIONS: Mapping[ReasonCode, InvoiceKind] = MappingProxyType(
    {
        ReasonCode.RETURNED_PACKAGING: InvoiceKind.R1,
        ReasonCode.DISCOUNTS: InvoiceKind.R1,
        ReasonCode.COURT_OR_ADMINISTRATIVE_RULING: InvoiceKind.R1,
        ReasonCode.UNPAID_TAX_IN_INSOLVENCY: InvoiceKind.R2,
    }
)


def registration(
    document: Facturae, invoice: Invoice, system: InvoicingSystem, recorded_at: datetime
) -> RegistrationRecord:
    """Make the registration record of an invoice, without its place in the chain.

    Args:
        document: The file, for its parties.
        invoice: One of its invoices, in euros.
        system: The invoicing program.
        recorded_at: The instant of the record, with its time zone.

    Raises:
        CannotRegisterError: Another currency, a tax that no record carries, a correction by
            substitution (the format does not say what was corrected), or a foreign buyer whose
            identification cannot be told.
    """
    issued, totals = invoice.issue_data, invoice.totals
    if issued.currency != "EUR":
        raise CannotRegisterError(f"the invoice is in {issued.currency}: a record is in euros")
    seller = document.parties.seller
    corrective = invoice.header.corrective
    simplified = invoice.header.document_type is InvoiceDocumentType.SIMPLIFIED
    return RegistrationRecord(
        invoice=InvoiceId(
            issuer_nif=seller.tax_identification.nif.removeprefix("ES"),
            number=number_of(invoice),
            issued_on=issued.issued_on,
        ),
        issuer_name=party_name(seller)[:120],
        kind=_kind(invoice, simplified=simplified),
        rectification=_rectification(corrective) if _corrects(invoice) else None,
        rectified=_rectified(seller, corrective),
        operated_on=issued.operation_on if issued.operation_on != issued.issued_on else None,
        description=_description(invoice),
        lacks_recipient=None,
        recipients=() if simplified else (_recipient(document.parties.buyer),),
        breakdown=tuple(_row(tax, invoice) for tax in invoice.taxes_outputs),
        total_tax=round_to(totals.total_tax_outputs),
        total=round_to(totals.gross_amount_before_taxes + totals.total_tax_outputs),
        system=system,
        recorded_at=recorded_at,
    )


def number_of(invoice: Invoice) -> str:
    """Return series and number as one text, as record and QR hold them."""
    series = invoice.header.series
    return f"{series}/{invoice.header.number}" if series else invoice.header.number


def party_name(party: Party) -> str:
    """Return the name of a party as one text."""
    if party.legal_entity:
        return party.legal_entity.corporate_name
    person = party.individual
    names = (person.name, person.first_surname, person.second_surname) if person else ()
    return " ".join(name for name in names if name)


def _corrects(invoice: Invoice) -> bool:
    return invoice.header.invoice_class in {
        InvoiceClass.CORRECTIVE,
        InvoiceClass.COPY_OF_CORRECTIVE,
    }


def _kind(invoice: Invoice, *, simplified: bool) -> InvoiceKind:
    if not _corrects(invoice):
        return InvoiceKind.F2 if simplified else InvoiceKind.F1
    if simplified:
        return InvoiceKind.R5
    corrective = invoice.header.corrective
    return _RECTIFICATIONS.get(corrective.reason, InvoiceKind.R4) if corrective else InvoiceKind.R4


def _rectification(corrective: Corrective | None) -> RectificationKind:
    if corrective and corrective.method is CorrectionMethod.COMPLETE:
        raise CannotRegisterError(
            "a correction by substitution (method 01) needs the amounts that are replaced, which "
            "the format does not hold: correct by differences (method 02)"
        )
    return RectificationKind.DIFFERENCE


def _rectified(seller: Party, corrective: Corrective | None) -> tuple[InvoiceId, ...]:
    if corrective is None or not corrective.invoice_number or not corrective.invoice_issued_on:
        return ()
    series = corrective.invoice_series
    number = f"{series}/{corrective.invoice_number}" if series else corrective.invoice_number
    return (
        InvoiceId(
            issuer_nif=seller.tax_identification.nif.removeprefix("ES"),
            number=number,
            issued_on=corrective.invoice_issued_on,
        ),
    )


def _description(invoice: Invoice) -> str:
    stated = invoice.issue_data.description or "; ".join(
        dict.fromkeys(line.description for line in invoice.lines)
    )
    return stated[:_MAX_DESCRIPTION].strip() or "Operación"


def _recipient(buyer: Party) -> Person:
    identification = buyer.tax_identification
    name = party_name(buyer)[:120]
    if identification.residence_type is ResidenceType.SPAIN:
        return Person(name=name, nif=identification.nif.removeprefix("ES"))
    if identification.residence_type is ResidenceType.EUROPEAN_UNION:
        other = OtherId(kind=IdKind.VAT_NUMBER, id=identification.nif)
        return Person(name=name, other_id=other)
    raise CannotRegisterError(
        "the buyer resides outside the European Union: the format does not say which document "
        "identifies it; make the record with aeat_sii.verifactu",
        nif=identification.nif,
    )


def _row(tax: OutputTax, invoice: Invoice) -> BreakdownLine:
    kind = _TAXES.get(tax.tax_type)
    if kind is None:
        raise CannotRegisterError(
            f"tax {tax.tax_type.value} has no place in a record: only IVA, IPSI and IGIC have"
        )
    regime = Regime.GENERAL
    base = round_to(tax.taxable_base.total)
    event = _event(tax, invoice)
    if event is SpecialTaxableEventCode.EXEMPT:
        return BreakdownLine(tax=kind, regime=regime, exemption=Exemption.E1, taxable_base=base)
    if event is SpecialTaxableEventCode.NOT_SUBJECT:
        return BreakdownLine(
            tax=kind, regime=regime, qualification=Qualification.N1, taxable_base=base
        )
    amount = tax.tax_amount.total if tax.tax_amount else Decimal(0)
    surcharge = tax.surcharge_amount.total if tax.surcharge_amount else None
    return BreakdownLine(
        tax=kind,
        regime=regime,
        qualification=Qualification.S1,
        rate_percent=tax.rate_percent,
        taxable_base=base,
        output_tax=round_to(amount),
        surcharge_percent=tax.surcharge_percent,
        equivalence_surcharge=None if surcharge is None else round_to(surcharge),
    )


def _event(tax: OutputTax, invoice: Invoice) -> SpecialTaxableEventCode | None:
    """Return the special event that all lines at a rate of zero share, if they do."""
    if tax.rate_percent != 0:
        return None
    events = {
        line.special_taxable_event.code if line.special_taxable_event else None
        for line in invoice.lines
        if any(t.tax_type is tax.tax_type and t.rate_percent == 0 for t in line.taxes_outputs)
    }
    return events.pop() if len(events) == 1 else None
