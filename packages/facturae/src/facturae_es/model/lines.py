"""Lines of an invoice."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from einvoice_core.money import Amount
from einvoice_core.records import RawXml, Record, Xml
from facturae_es.codes import SpecialTaxableEventCode, UnitOfMeasure
from facturae_es.facets import SIX, Decimals, Text
from facturae_es.lexical import DOUBLE, MONEY, code
from facturae_es.model.taxes import Charge, Discount, OutputTax, WithheldTax

__all__ = ["DeliveryNote", "InvoiceLine", "Period", "SpecialTaxableEvent"]


class Period(Record):
    """First and last day of a period (``PeriodDates``)."""

    starts_on: Annotated[date, Xml("StartDate")]
    ends_on: Annotated[date, Xml("EndDate")]


class DeliveryNote(Record):
    """A delivery note that a line refers to (``DeliveryNoteType``)."""

    number: Annotated[str, Xml("DeliveryNoteNumber"), Text(30)]
    issued_on: Annotated[date | None, Xml("DeliveryNoteDate")] = None


class SpecialTaxableEvent(Record):
    """Why the line is exempt or not subject (``SpecialTaxableEventType``)."""

    code: Annotated[
        SpecialTaxableEventCode, Xml("SpecialTaxableEventCode", code(SpecialTaxableEventCode))
    ]
    reason: Annotated[str, Xml("SpecialTaxableEventReason"), Text(2500)]


class InvoiceLine(Record):
    """What is sold, at which price and with which taxes (``InvoiceLineType``).

    ``total_cost`` is quantity times price; ``gross_amount`` (importe bruto) is that less the
    discounts of the line plus its charges.
    """

    issuer_contract: Annotated[str | None, Xml("IssuerContractReference"), Text(20)] = None
    issuer_contract_on: Annotated[date | None, Xml("IssuerContractDate")] = None
    issuer_transaction: Annotated[str | None, Xml("IssuerTransactionReference"), Text(20)] = None
    issuer_transaction_on: Annotated[date | None, Xml("IssuerTransactionDate")] = None
    receiver_contract: Annotated[str | None, Xml("ReceiverContractReference"), Text(20)] = None
    receiver_contract_on: Annotated[date | None, Xml("ReceiverContractDate")] = None
    receiver_transaction: Annotated[str | None, Xml("ReceiverTransactionReference"), Text(20)] = (
        None
    )
    receiver_transaction_on: Annotated[date | None, Xml("ReceiverTransactionDate")] = None
    file_reference: Annotated[str | None, Xml("FileReference"), Text(20)] = None
    file_on: Annotated[date | None, Xml("FileDate")] = None
    sequence_number: Annotated[Amount | None, Xml("SequenceNumber", DOUBLE)] = None
    delivery_notes: Annotated[
        tuple[DeliveryNote, ...], Xml("DeliveryNote", inside="DeliveryNotesReferences")
    ] = ()
    description: Annotated[str, Xml("ItemDescription"), Text(2500)]
    quantity: Annotated[Amount, Xml("Quantity", DOUBLE)]
    unit: Annotated[UnitOfMeasure | None, Xml("UnitOfMeasure", code(UnitOfMeasure))] = None
    unit_price: Annotated[Amount, Xml("UnitPriceWithoutTax", MONEY), Decimals(SIX)]
    total_cost: Annotated[Amount, Xml("TotalCost", MONEY), Decimals(SIX)]
    discounts: Annotated[tuple[Discount, ...], Xml("Discount", inside="DiscountsAndRebates")] = ()
    charges: Annotated[tuple[Charge, ...], Xml("Charge", inside="Charges")] = ()
    gross_amount: Annotated[Amount, Xml("GrossAmount", MONEY), Decimals(SIX)]
    taxes_withheld: Annotated[tuple[WithheldTax, ...], Xml("Tax", inside="TaxesWithheld")] = ()
    taxes_outputs: Annotated[tuple[OutputTax, ...], Xml("Tax", inside="TaxesOutputs")]
    period: Annotated[Period | None, Xml("LineItemPeriod")] = None
    transaction_on: Annotated[date | None, Xml("TransactionDate")] = None
    additional_information: Annotated[
        str | None, Xml("AdditionalLineItemInformation"), Text(2500)
    ] = None
    special_taxable_event: Annotated[SpecialTaxableEvent | None, Xml("SpecialTaxableEvent")] = None
    article_code: Annotated[str | None, Xml("ArticleCode"), Text(20)] = None
    extensions: Annotated[RawXml | None, Xml("Extensions")] = None
