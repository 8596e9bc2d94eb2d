"""A document from what a seller knows: parties, lines, rates, payments. Amounts are computed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from einvoice_core.money import total
from facturae_es.codes import (
    InvoiceClass,
    InvoiceDocumentType,
    InvoiceIssuerType,
    Modality,
)
from facturae_es.errors import TotalsError
from facturae_es.facets import Version
from facturae_es.model import (
    AdditionalData,
    Attachment,
    Batch,
    Corrective,
    CurrencyAmount,
    FactoringAssignment,
    Facturae,
    FileHeader,
    Installment,
    Invoice,
    InvoiceHeader,
    IssueData,
    Parties,
    Party,
    Period,
    PlaceOfIssue,
    ThirdParty,
)
from facturae_es.totals import Adjustment, Line, Rounding, Settlement, compute

__all__ = ["batch", "build", "invoice"]


def invoice(
    number: str,
    issued_on: date,
    lines: Iterable[Line],
    *,
    series: str | None = None,
    discounts: Sequence[Adjustment] = (),
    charges: Sequence[Adjustment] = (),
    settlement: Settlement | None = None,
    rounding: Rounding = Rounding.PER_LINE,
    installments: Iterable[Installment] | None = None,
    document_type: InvoiceDocumentType = InvoiceDocumentType.COMPLETE,
    invoice_class: InvoiceClass | None = None,
    corrective: Corrective | None = None,
    operation_on: date | None = None,
    period: Period | None = None,
    place: PlaceOfIssue | None = None,
    description: str | None = None,
    file_reference: str | None = None,
    receiver_contract: str | None = None,
    receiver_transaction: str | None = None,
    language: str = "es",
    legal_texts: Iterable[str] = (),
    related_invoice: str | None = None,
    attachments: Iterable[Attachment] = (),
    note: str | None = None,
) -> Invoice:
    """Make an invoice in euros; its amounts are computed from its lines.

    Args:
        number: Number of the invoice.
        issued_on: Date of issue (fecha de expedición).
        lines: What is sold.
        series: Series of the number.
        discounts: General discounts.
        charges: General charges.
        settlement: Subsidies, payments on account, disbursements and the like.
        rounding: Where amounts become cents.
        installments: Payments with their due dates.
        document_type: Complete, simplified or self-billed.
        invoice_class: By default original, or corrective when ``corrective`` is given.
        corrective: What a corrective invoice corrects.
        operation_on: Date of the operation, when it is another day.
        period: Period that is invoiced.
        place: Where the invoice is issued.
        description: What the invoice is about; only version 3.2.2 carries it.
        file_reference: File of the buyer (expediente); only version 3.2.2 carries it here.
        receiver_contract: Contract of the buyer; only version 3.2.2 carries it here.
        receiver_transaction: Order of the buyer; only version 3.2.2 carries it here.
        language: ISO 639-1 code.
        legal_texts: Texts that a norm demands, such as that of an exemption.
        related_invoice: Another invoice that belongs to this one.
        attachments: Files that go with it.
        note: Anything else to be said.

    Raises:
        TotalsError: The amounts cannot be computed.
    """
    computed = compute(
        lines, discounts=discounts, charges=charges, settlement=settlement, rounding=rounding
    )
    if invoice_class is None:
        invoice_class = InvoiceClass.CORRECTIVE if corrective else InvoiceClass.ORIGINAL
    return Invoice(
        header=InvoiceHeader(
            number=number,
            series=series,
            document_type=document_type,
            invoice_class=invoice_class,
            corrective=corrective,
        ),
        issue_data=IssueData(
            issued_on=issued_on,
            operation_on=operation_on,
            place_of_issue=place,
            invoicing_period=period,
            currency="EUR",
            tax_currency="EUR",
            language=language,
            description=description,
            receiver_transaction=receiver_transaction,
            file_reference=file_reference,
            receiver_contract=receiver_contract,
        ),
        taxes_outputs=computed.taxes_outputs,
        taxes_withheld=computed.taxes_withheld,
        totals=computed.totals,
        lines=computed.lines,
        payment_details=tuple(installments or ()),
        legal_literals=tuple(legal_texts) or None,
        additional_data=_additional(related_invoice, tuple(attachments), note),
    )


def batch(
    seller: Party,
    buyer: Party,
    invoices: Iterable[Invoice],
    *,
    identifier: str | None = None,
    third_party: ThirdParty | None = None,
    issuer: InvoiceIssuerType | None = None,
    factoring: FactoringAssignment | None = None,
    version: Version = Version.V3_2_2,
) -> Facturae:
    """Make a file of invoices between two parties, and add them up.

    Args:
        seller: Who sells.
        buyer: Who buys.
        invoices: One or more, all in euros.
        identifier: Of the file; by default NIF of the seller, number and series of the first.
        third_party: Who issues in place of seller and buyer.
        issuer: Who issues; by default the third party when there is one, the seller otherwise.
        factoring: Assignment of the credit.
        version: Version of the format.

    Raises:
        TotalsError: There is no invoice.
    """
    together = tuple(invoices)
    if not together:
        raise TotalsError("a file needs at least one invoice")
    if issuer is None:
        issuer = InvoiceIssuerType.THIRD_PARTY if third_party else InvoiceIssuerType.SUPPLIER
    if identifier is None:
        first = together[0].header
        nif = seller.tax_identification.nif
        identifier = f"{nif}{first.number}{first.series or ''}"[:70]
    sums = [each.totals for each in together]
    return Facturae(
        file_header=FileHeader(
            schema_version=version.value,
            modality=Modality.SINGLE if len(together) == 1 else Modality.BATCH,
            issuer_type=issuer,
            third_party=third_party,
            batch=Batch(
                identifier=identifier,
                invoices_count=len(together),
                total_invoices=_added(each.invoice_total for each in sums),
                total_outstanding=_added(each.outstanding_amount for each in sums),
                total_executable=_added(each.executable_amount for each in sums),
                currency="EUR",
            ),
            factoring=factoring,
        ),
        parties=Parties(seller=seller, buyer=buyer),
        invoices=together,
    )


def build(
    seller: Party,
    buyer: Party,
    number: str,
    issued_on: date,
    lines: Iterable[Line],
    *,
    series: str | None = None,
    discounts: Sequence[Adjustment] = (),
    charges: Sequence[Adjustment] = (),
    settlement: Settlement | None = None,
    rounding: Rounding = Rounding.PER_LINE,
    installments: Iterable[Installment] | None = None,
    corrective: Corrective | None = None,
    version: Version = Version.V3_2_2,
) -> Facturae:
    """Make a file with one invoice; :func:`invoice` and :func:`batch` take everything else.

    Args:
        seller: Who sells; see :func:`facturae_es.company` and :func:`facturae_es.person`.
        buyer: Who buys.
        number: Number of the invoice.
        issued_on: Date of issue (fecha de expedición).
        lines: What is sold.
        series: Series of the number.
        discounts: General discounts.
        charges: General charges.
        settlement: Subsidies, payments on account, disbursements and the like.
        rounding: Where amounts become cents.
        installments: Payments with their due dates.
        corrective: What a corrective invoice corrects.
        version: Version of the format.

    Raises:
        TotalsError: The amounts cannot be computed.
    """
    made = invoice(
        number,
        issued_on,
        lines,
        series=series,
        discounts=discounts,
        charges=charges,
        settlement=settlement,
        rounding=rounding,
        installments=installments,
        corrective=corrective,
    )
    return batch(seller, buyer, [made], version=version)


def _added(amounts: Iterable[Decimal]) -> CurrencyAmount:
    return CurrencyAmount(total=total(amounts))


def _additional(
    related: str | None, attachments: tuple[Attachment, ...], note: str | None
) -> AdditionalData | None:
    if related is None and not attachments and note is None:
        return None
    return AdditionalData(related_invoice=related, attachments=attachments, information=note)
