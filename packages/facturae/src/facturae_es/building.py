"""A document from what a seller knows: parties, lines, rates, payments. Amounts are computed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from einvoice_core.money import round_to, total
from facturae_es.codes import (
    CorrectionMethod,
    InvoiceClass,
    InvoiceDocumentType,
    InvoiceIssuerType,
    Modality,
    PaymentMeans,
    PersonType,
    ReasonCode,
    ResidenceType,
    RoleType,
)
from facturae_es.errors import TotalsError
from facturae_es.facets import Version
from facturae_es.model import (
    Account,
    AdditionalData,
    Address,
    AdministrativeCentre,
    Attachment,
    Batch,
    ContactDetails,
    Corrective,
    CurrencyAmount,
    FactoringAssignment,
    Facturae,
    FileHeader,
    Individual,
    Installment,
    Invoice,
    InvoiceHeader,
    IssueData,
    LegalEntity,
    OverseasAddress,
    Parties,
    Party,
    Period,
    PlaceOfIssue,
    TaxIdentification,
    ThirdParty,
)
from facturae_es.totals import Adjustment, Line, Rounding, Settlement, compute

__all__ = ["batch", "build", "centre", "company", "correction", "invoice", "person", "transfer"]


def company(
    nif: str,
    name: str,
    address: Address | OverseasAddress,
    *,
    trade_name: str | None = None,
    residence: ResidenceType = ResidenceType.SPAIN,
    contact: ContactDetails | None = None,
    centres: Iterable[AdministrativeCentre] = (),
    reference: str | None = None,
) -> Party:
    """Make a party that is a legal entity.

    Args:
        nif: Tax number, with the prefix of the country between member states.
        name: Corporate name (razón social).
        address: Where it is.
        trade_name: Name in trade.
        residence: Where it resides for tax.
        contact: Telephone, mail and the like.
        centres: Administrative centres, such as DIR3 units.
        reference: The caller's own number for the party, digits only.
    """
    in_spain, overseas = _place(address)
    return Party(
        tax_identification=TaxIdentification(
            person_type=PersonType.LEGAL_ENTITY, residence_type=residence, nif=nif
        ),
        party_identification=reference,
        administrative_centres=tuple(centres),
        legal_entity=LegalEntity(
            corporate_name=name,
            trade_name=trade_name,
            address_in_spain=in_spain,
            overseas_address=overseas,
            contact_details=contact,
        ),
    )


def person(
    nif: str,
    name: str,
    first_surname: str,
    address: Address | OverseasAddress,
    *,
    second_surname: str | None = None,
    residence: ResidenceType = ResidenceType.SPAIN,
    contact: ContactDetails | None = None,
    centres: Iterable[AdministrativeCentre] = (),
    reference: str | None = None,
) -> Party:
    """Make a party that is a natural person.

    Args:
        nif: Tax number: NIF or NIE.
        name: Given name.
        first_surname: First surname.
        address: Where the person is.
        second_surname: Second surname, where there is one.
        residence: Where the person resides for tax.
        contact: Telephone, mail and the like.
        centres: Administrative centres.
        reference: The caller's own number for the party, digits only.
    """
    in_spain, overseas = _place(address)
    return Party(
        tax_identification=TaxIdentification(
            person_type=PersonType.INDIVIDUAL, residence_type=residence, nif=nif
        ),
        party_identification=reference,
        administrative_centres=tuple(centres),
        individual=Individual(
            name=name,
            first_surname=first_surname,
            second_surname=second_surname,
            address_in_spain=in_spain,
            overseas_address=overseas,
            contact_details=contact,
        ),
    )


def centre(
    code: str, role: RoleType, address: Address | OverseasAddress, *, name: str | None = None
) -> AdministrativeCentre:
    """Make an administrative centre, such as a DIR3 unit of a public buyer.

    Args:
        code: Code of the unit, such as its DIR3 code.
        role: Its task.
        address: Where it is.
        name: Its name.
    """
    in_spain, overseas = _place(address)
    return AdministrativeCentre(
        centre_code=code,
        role=role,
        address_in_spain=in_spain,
        overseas_address=overseas,
        description=name,
    )


def transfer(due_on: date, amount: Decimal, iban: str, *, bic: str | None = None) -> Installment:
    """Make an instalment paid by credit transfer to an account.

    Args:
        due_on: Day on which it is due (vencimiento).
        amount: What is paid, in cents.
        iban: Account of the seller, with or without spaces.
        bic: Code of the bank, in its form of eleven characters.
    """
    return Installment(
        due_on=due_on,
        amount=round_to(amount),
        payment_means=PaymentMeans.CREDIT_TRANSFER,
        account_to_be_credited=Account(iban=iban.replace(" ", ""), bic=bic),
    )


def correction(
    reason: ReasonCode,
    method: CorrectionMethod,
    tax_period: Period,
    *,
    number: str | None = None,
    series: str | None = None,
    issued_on: date | None = None,
    explanation: str | None = None,
) -> Corrective:
    """Make the data of a corrective invoice, with the fixed texts of its codes.

    Args:
        reason: What is corrected.
        method: How it is corrected.
        tax_period: Period in which the corrected invoice was declared.
        number: Number of the corrected invoice.
        series: Series of the corrected invoice.
        issued_on: Date of the corrected invoice; only version 3.2.2 carries it.
        explanation: More about the reason.
    """
    return Corrective(
        invoice_number=number,
        invoice_series=series,
        reason=reason,
        reason_description=reason.description,
        tax_period=tax_period,
        method=method,
        method_description=method.description,
        additional_reason=explanation,
        invoice_issued_on=issued_on,
    )


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
        seller: Who sells; see :func:`company` and :func:`person`.
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


def _place(
    address: Address | OverseasAddress,
) -> tuple[Address | None, OverseasAddress | None]:
    return (address, None) if isinstance(address, Address) else (None, address)


def _additional(
    related: str | None, attachments: tuple[Attachment, ...], note: str | None
) -> AdditionalData | None:
    if related is None and not attachments and note is None:
        return None
    return AdditionalData(related_invoice=related, attachments=attachments, information=note)
