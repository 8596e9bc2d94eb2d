"""From a draft to a Facturae document: named rates become those of the day; sums are computed."""

from datetime import date
from decimal import Decimal

from einvoice_core.money import total
from facturae_es import building
from facturae_es.codes import TaxType
from facturae_es.model import Account, Facturae, Installment, Party
from facturae_es.totals import Line, Tax, Withholding
from reference_server.errors import InvalidError
from reference_server.services.invoices.schemas import (
    Draft,
    DraftLine,
    DraftPayment,
    DraftTax,
    DraftWithholding,
)
from tax_es import irpf, iva
from tax_es.rates import Territory

__all__ = ["compose"]

_TERRITORIES = {TaxType.IVA: Territory.PENINSULA, TaxType.IGIC: Territory.CANARIAS}


def compose(draft: Draft, seller: Party, buyer: Party, number: int, issued_on: date) -> Facturae:
    """Make the document of an invoice.

    Args:
        draft: What is sold.
        seller: Who sells.
        buyer: Who buys.
        number: Number in the series of the draft.
        issued_on: Day of issue; the day of the operation, where there is one, decides the rates.

    Raises:
        InvalidError: A rate has no name in the tables, or a payment does not add up.
        NotInForceError: No rate is recorded for that day.
        TotalsError: The amounts cannot be computed.
    """
    day = draft.operation_on or issued_on
    invoice = building.invoice(
        str(number),
        issued_on,
        [_line(line, day) for line in draft.lines],
        series=draft.series,
        discounts=draft.discounts,
        charges=draft.charges,
        corrective=draft.corrective,
        operation_on=draft.operation_on,
        period=draft.period,
        description=draft.description,
        file_reference=draft.file_reference,
        receiver_contract=draft.receiver_contract,
        receiver_transaction=draft.receiver_transaction,
        legal_texts=draft.legal_texts,
        note=draft.note,
    )
    payments = _installments(draft.payments, invoice.totals.executable_amount)
    invoice = invoice.model_copy(update={"payment_details": payments})
    return building.batch(seller, buyer, [invoice])


def _line(line: DraftLine, day: date) -> Line:
    return Line(
        description=line.description,
        unit_price=line.unit_price,
        quantity=line.quantity,
        unit=line.unit,
        discounts=line.discounts,
        charges=line.charges,
        taxes=tuple(_tax(tax, day) for tax in line.taxes),
        withholdings=tuple(_withholding(item, day) for item in line.withholdings),
        article_code=line.article_code,
        special_taxable_event=line.special_taxable_event,
        additional_information=line.additional_information,
    )


def _tax(tax: DraftTax, day: date) -> Tax:
    percent = tax.rate_percent
    if tax.rate is not None:
        territory = _TERRITORIES.get(tax.tax_type)
        if territory is None:
            raise InvalidError(f"tax {tax.tax_type.value} has no named rates: give a percentage")
        percent = iva.rate(day, tax.rate, territory).percent
    surcharge = tax.surcharge_percent
    if tax.surcharge and surcharge is None and percent is not None:
        surcharge = iva.surcharge(day, tax.rate or percent).percent
    return Tax(tax_type=tax.tax_type, rate_percent=percent, surcharge_percent=surcharge)


def _withholding(item: DraftWithholding, day: date) -> Withholding:
    percent = item.rate_percent
    if item.rate is not None:
        if item.tax_type is not TaxType.IRPF:
            raise InvalidError(f"tax {item.tax_type.value} has no named rates: give a percentage")
        percent = irpf.withholding_rate(day, item.rate).percent
    return Withholding(tax_type=item.tax_type, rate_percent=percent)


def _installments(payments: tuple[DraftPayment, ...], whole: Decimal) -> tuple[Installment, ...]:
    made: list[Installment] = []
    for position, payment in enumerate(payments, 1):
        left = whole - total(item.amount for item in made)
        amount = payment.amount if payment.amount is not None else left
        if position == len(payments) and amount != left:
            raise InvalidError(f"the payments add up to {whole - left + amount}, not to {whole}")
        account = Account(iban=payment.iban.replace(" ", "")) if payment.iban else None
        made.append(
            Installment(
                due_on=payment.due_on,
                amount=amount,
                payment_means=payment.means,
                account_to_be_credited=account,
            )
        )
    return tuple(made)
