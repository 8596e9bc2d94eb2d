"""What follows from other elements of a Facturae file: the ledger says where it does not.

Such an element is not carried, since the other side computes it anew. A file that states something
else would lose it in silence.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from einvoice_core.money import round_to, total
from facturae_es.codes import (
    InvoiceDocumentType,
    InvoiceIssuerType,
    Modality,
    PersonType,
    ResidenceType,
)
from facturae_es.model import CurrencyAmount, Facturae, OutputTax, Party, ThirdParty, WithheldTax
from facturae_es.model import Invoice as FacturaeInvoice
from tax_es.ids import nif, vat
from ubl_peppol.facturae.ledger import Ledger
from ubl_peppol.facturae.tables import countries
from ubl_peppol.facturae.taxes import main_tax
from ubl_peppol.model import Invoice

__all__ = ["consequences", "person_type", "residence_of"]

_Stated = tuple[str, object, object]
_PLACES = range(2, 9)


def person_type(number: str, residence: ResidenceType) -> PersonType:
    """Return whether a number is that of a person or of an entity, which most foreign ones are."""
    spanish = residence is ResidenceType.SPAIN
    if spanish and nif.check(number).holder is nif.Holder.NATURAL_PERSON:
        return PersonType.INDIVIDUAL
    return PersonType.LEGAL_ENTITY


def residence_of(country: str, *, has_vat_number: bool = True) -> ResidenceType:
    """Return where a party resides for tax, by its country (two letters)."""
    if country == "ES":
        return ResidenceType.SPAIN
    code = "EL" if country == "GR" else country
    if has_vat_number and code in vat.countries():
        return ResidenceType.EUROPEAN_UNION
    return ResidenceType.ELSEWHERE


def consequences(
    document: Facturae, source: FacturaeInvoice, converted: Invoice, ledger: Ledger
) -> None:
    """Note every element that does not follow from those that are carried."""
    for path, stated, follows in (
        *_file(document),
        *_totals(source),
        *_lines(source),
        *_rows(source, converted),
        *_payments(document, source),
    ):
        if stated != follows:
            ledger.derived(path, stated, "", f"{follows} follows from the rest of the file")


def _file(document: Facturae) -> Iterator[_Stated]:
    header, invoices = document.file_header, document.invoices
    batch, totals = header.batch, [each.totals for each in invoices]
    path = "FileHeader/Batch"
    one = len(invoices) == 1
    yield "FileHeader/Modality", header.modality, Modality.SINGLE if one else Modality.BATCH
    yield f"{path}/InvoicesCount", batch.invoices_count, len(invoices)
    yield (
        f"{path}/TotalInvoicesAmount",
        batch.total_invoices.total,
        total(each.invoice_total for each in totals),
    )
    yield (
        f"{path}/TotalOutstandingAmount",
        batch.total_outstanding.total,
        total(each.outstanding_amount for each in totals),
    )
    yield (
        f"{path}/TotalExecutableAmount",
        batch.total_executable.total,
        total(each.executable_amount for each in totals),
    )
    yield f"{path}/InvoiceCurrencyCode", batch.currency, invoices[0].issue_data.currency
    self_billed = invoices[0].header.document_type is InvoiceDocumentType.SELF_BILLED
    issuer = InvoiceIssuerType.CUSTOMER if self_billed else InvoiceIssuerType.SUPPLIER
    yield "FileHeader/InvoiceIssuerType", header.issuer_type, issuer
    yield from _identification("Parties/SellerParty", document.parties.seller)
    yield from _identification("Parties/BuyerParty", document.parties.buyer)
    if header.factoring:
        path = "FileHeader/FactoringAssignmentData/Assignee"
        yield from _identification(path, header.factoring.assignee)


def _identification(path: str, party: Party | ThirdParty) -> Iterator[_Stated]:
    entity = party.legal_entity or party.individual
    place = (entity.address_in_spain or entity.overseas_address) if entity else None
    stated = party.tax_identification
    residence = residence_of(countries().get(place.country, "") if place else "")
    path = f"{path}/TaxIdentification"
    yield f"{path}/ResidenceTypeCode", stated.residence_type, residence
    yield f"{path}/PersonTypeCode", stated.person_type, person_type(stated.nif, residence)


def _totals(source: FacturaeInvoice) -> Iterator[_Stated]:
    totals, path = source.totals, "InvoiceTotals"
    gross = round_to(total(item.gross_amount for item in source.lines))
    discounts = round_to(total(entry.amount for entry in totals.general_discounts))
    charges = round_to(total(entry.amount for entry in totals.general_surcharges))
    before = totals.gross_amount - discounts + charges
    outputs = total(_both(tax) for tax in source.taxes_outputs)
    withheld = total(_amount(tax.tax_amount) for tax in source.taxes_withheld)
    whole = before + totals.total_tax_outputs - totals.total_taxes_withheld
    advances = total(entry.amount for entry in totals.payments_on_account)
    subsidies = total(entry.amount for entry in totals.subsidies)
    disbursed = total(entry.amount for entry in totals.disbursements)
    yield f"{path}/TotalGrossAmount", totals.gross_amount, gross
    yield f"{path}/TotalGeneralDiscounts", totals.total_general_discounts or 0, discounts
    yield f"{path}/TotalGeneralSurcharges", totals.total_general_surcharges or 0, charges
    yield f"{path}/TotalGrossAmountBeforeTaxes", totals.gross_amount_before_taxes, before
    yield f"{path}/TotalTaxOutputs", totals.total_tax_outputs, outputs
    yield f"{path}/TotalTaxesWithheld", totals.total_taxes_withheld, withheld
    yield f"{path}/InvoiceTotal", totals.invoice_total, whole
    outstanding = totals.invoice_total - subsidies - advances
    yield f"{path}/TotalOutstandingAmount", totals.outstanding_amount, outstanding
    if totals.total_payments_on_account is not None:
        yield f"{path}/TotalPaymentsOnAccount", totals.total_payments_on_account, advances
    if totals.total_disbursements is not None:
        yield f"{path}/TotalReimbursableExpenses", totals.total_disbursements, disbursed
    corrective = source.header.corrective
    if corrective is not None:
        at = "InvoiceHeader/Corrective"
        yield f"{at}/ReasonCode", corrective.reason.description, corrective.reason_description
        yield (
            f"{at}/CorrectionMethod",
            corrective.method.description,
            corrective.method_description,
        )


def _amount(value: CurrencyAmount | None) -> Decimal:
    return value.total if value else Decimal(0)


def _both(tax: OutputTax) -> Decimal:
    return _amount(tax.tax_amount) + _amount(tax.surcharge_amount)


def _lines(source: FacturaeInvoice) -> Iterator[_Stated]:
    for position, item in enumerate(source.lines, start=1):
        path = f"Items/InvoiceLine[{position}]"
        yield f"{path}/TotalCost", *_rounded(item.total_cost, item.quantity * item.unit_price)
        main = main_tax(item)
        for tax in item.taxes_outputs:
            at = f"{path}/TaxesOutputs/Tax"
            if tax.taxable_base.total and tax is not main:
                yield f"{at}/TaxableBase", *_rounded(tax.taxable_base.total, item.gross_amount)
            yield from _of_base(at, tax)
        for kept in item.taxes_withheld:
            at = f"{path}/TaxesWithheld/Tax"
            yield f"{at}/TaxableBase", *_rounded(kept.taxable_base.total, item.gross_amount)
            yield from _of_base(at, kept)


def _rounded(stated: Decimal, exact: Decimal) -> tuple[Decimal, Decimal]:
    """Return both, the second as the first when it is rounded to some number of decimals."""
    if any(round_to(exact, places) == stated for places in _PLACES):
        return stated, stated
    return stated, round_to(exact)


def _of_base(path: str, tax: OutputTax | WithheldTax) -> Iterator[_Stated]:
    base = tax.taxable_base.total
    if tax.tax_amount is not None:
        exact = base * tax.rate_percent / 100
        yield f"{path}/TaxAmount", *_rounded(tax.tax_amount.total, exact)
    if isinstance(tax, OutputTax) and tax.surcharge_amount is not None:
        exact = base * (tax.surcharge_percent or Decimal(0)) / 100
        amount = tax.surcharge_amount.total
        yield f"{path}/EquivalenceSurchargeAmount", *_rounded(amount, exact)


def _rows(source: FacturaeInvoice, converted: Invoice) -> Iterator[_Stated]:
    """Compare the taxes of the invoice with those of its lines and with the VAT breakdown."""
    outputs = _kinds(source.taxes_outputs)
    of_lines = _kinds(tax for item in source.lines for tax in item.taxes_outputs)
    yield "Items/InvoiceLine/TaxesOutputs", of_lines, outputs
    if source.taxes_withheld:
        kept = _kinds(source.taxes_withheld)
        of_lines = _kinds(tax for item in source.lines for tax in item.taxes_withheld)
        yield "Items/InvoiceLine/TaxesWithheld", of_lines or kept, kept
    else:
        of_lines = _kinds(tax for item in source.lines for tax in item.taxes_withheld)
        yield "Items/InvoiceLine/TaxesWithheld", of_lines, ""
    mains = [tax for item in source.lines if (tax := main_tax(item))]
    kinds = {(tax.tax_type, tax.rate_percent) for tax in mains}
    stated = total(
        tax.taxable_base.total
        for tax in source.taxes_outputs
        if (tax.tax_type, tax.rate_percent) in kinds
    )
    categories = {line.vat.category for line in converted.lines}
    bases = total(
        entry.taxable_base for entry in converted.vat_breakdown if entry.category in categories
    )
    yield "TaxesOutputs/Tax/TaxableBase", round_to(stated), bases


def _kinds(taxes: Iterable[OutputTax | WithheldTax]) -> str:
    """Return kinds and percentages of some taxes as a text that can be compared and shown."""
    found = set()
    for tax in taxes:
        further = tax.surcharge_percent if isinstance(tax, OutputTax) else None
        found.add(
            f"{tax.tax_type.name} {tax.rate_percent:f} %" + (f" + {further:f} %" if further else "")
        )
    return ", ".join(sorted(found))


def _payments(document: Facturae, source: FacturaeInvoice) -> Iterator[_Stated]:
    factoring = document.file_header.factoring
    instalments = factoring.payment_details if factoring else source.payment_details
    if len(instalments) == 1:
        yield (
            "PaymentDetails/Installment/InstallmentAmount",
            instalments[0].amount,
            source.totals.executable_amount,
        )
