"""Lines of the invoice (BG-25 to BG-32, BG-37, BG-39)."""

from datetime import date
from typing import Annotated

from einvoice_core.records import Term
from ubl_peppol.model.datatypes import Amount, Code, Group, Percentage, Quantity, Text, UnitPrice
from ubl_peppol.ubl25.model.parties import Delivery
from ubl_peppol.ubl25.plan import At

__all__ = [
    "Item",
    "ItemClass",
    "ItemProperty",
    "Line",
    "LineAllowanceCharge",
    "LineDelivery",
    "LinePrecedingInvoice",
    "Price",
]


class LineAllowanceCharge(Group):
    """A discount (BG-27) or a charge or tax (BG-28) of a line."""

    is_charge: Annotated[bool, At("cbc:ChargeIndicator")]
    reason_code: Annotated[Code | None, At("cbc:AllowanceChargeReasonCode")] = None
    """BT-140, BT-145; BT-193 where its list is 5153."""
    reason_list: Annotated[Code | None, At("cbc:AllowanceChargeReasonCode/@listID")] = None
    reason: Annotated[Text | None, At("cbc:AllowanceChargeReason")] = None
    """BT-139, BT-144."""
    percent: Annotated[Percentage | None, At("cbc:MultiplierFactorNumeric")] = None
    """BT-138, BT-143."""
    amount: Annotated[Amount | None, At("cbc:Amount")] = None
    """BT-136, BT-141."""
    base: Annotated[Amount | None, At("cbc:BaseAmount")] = None
    """BT-137, BT-142."""
    tax_code: Annotated[
        Code | None, Term("BT-ES-22"), At("cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode")
    ] = None


class ItemProperty(Group):
    """A property of the item (BG-32): ``REGI``, ``RCAT`` and ``INFO`` have a Spanish meaning."""

    name: Annotated[Text | None, Term("BT-160"), At("cbc:Name")] = None
    code: Annotated[Code | None, Term("BT-211"), At("cbc:NameCode")] = None
    value: Annotated[Text | None, Term("BT-161"), At("cbc:Value")] = None
    quantity: Annotated[Quantity | None, At("cbc:ValueQuantity")] = None
    unit: Annotated[Code | None, Term("BT-212"), At("cbc:ValueQuantity/@unitCode")] = None
    qualifier: Annotated[Code | None, At("cbc:ValueQualifier")] = None
    """BT-ES-23 or BT-ES-24."""


class ItemClass(Group):
    """A class of the item (BT-158) in a list."""

    code: Annotated[Code | None, Term("BT-158"), At("cbc:ItemClassificationCode")] = None
    list_id: Annotated[Code | None, At("cbc:ItemClassificationCode/@listID")] = None
    list_version: Annotated[Text | None, At("cbc:ItemClassificationCode/@listVersionID")] = None


class Item(Group):
    """What is invoiced (BG-31), with its VAT (BG-30)."""

    description: Annotated[Text | None, Term("BT-154"), At("cbc:Description")] = None
    name: Annotated[Text | None, Term("BT-153"), At("cbc:Name")] = None
    buyer_id: Annotated[Text | None, Term("BT-156"), At("cac:BuyersItemIdentification/cbc:ID")] = (
        None
    )
    seller_id: Annotated[
        Text | None, Term("BT-155"), At("cac:SellersItemIdentification/cbc:ID")
    ] = None
    standard_id: Annotated[
        Text | None, Term("BT-157"), At("cac:StandardItemIdentification/cbc:ID")
    ] = None
    standard_scheme: Annotated[
        Code | None, At("cac:StandardItemIdentification/cbc:ID/@schemeID")
    ] = None
    origin: Annotated[
        Code | None, Term("BT-159"), At("cac:OriginCountry/cbc:IdentificationCode")
    ] = None
    classes: Annotated[
        tuple[ItemClass, ...], Term("BT-158"), At("cac:CommodityClassification")
    ] = ()
    vat_category: Annotated[Code | None, Term("BT-151"), At("cac:ClassifiedTaxCategory/cbc:ID")] = (
        None
    )
    vat_rate: Annotated[
        Percentage | None, Term("BT-152"), At("cac:ClassifiedTaxCategory/cbc:Percent")
    ] = None
    exemption_code: Annotated[
        Code | None, Term("BT-195"), At("cac:ClassifiedTaxCategory/cbc:TaxExemptionReasonCode")
    ] = None
    exemption_reason: Annotated[
        Text | None, Term("BT-194"), At("cac:ClassifiedTaxCategory/cbc:TaxExemptionReason")
    ] = None
    supply_type: Annotated[
        Code | None, Term("BT-196"), At("cac:ClassifiedTaxCategory/cbc:SupplyTypeCode")
    ] = None
    tax_scheme: Annotated[Code | None, At("cac:ClassifiedTaxCategory/cac:TaxScheme/cbc:ID")] = "VAT"
    properties: Annotated[
        tuple[ItemProperty, ...], Term("BG-32"), At("cac:AdditionalItemProperty")
    ] = ()


class Price(Group):
    """The price of the item (BG-29)."""

    net: Annotated[UnitPrice | None, Term("BT-146"), At("cbc:PriceAmount")] = None
    base_quantity: Annotated[Quantity | None, Term("BT-149"), At("cbc:BaseQuantity")] = None
    base_unit: Annotated[Code | None, Term("BT-150"), At("cbc:BaseQuantity/@unitCode")] = None
    is_charge: Annotated[bool | None, At("cac:AllowanceCharge/cbc:ChargeIndicator")] = None
    """``False`` beside a discount of the price."""
    discount: Annotated[UnitPrice | None, Term("BT-147"), At("cac:AllowanceCharge/cbc:Amount")] = (
        None
    )
    gross: Annotated[UnitPrice | None, Term("BT-148"), At("cac:AllowanceCharge/cbc:BaseAmount")] = (
        None
    )


class LinePrecedingInvoice(Group):
    """An earlier invoice, or a line of it, that a line refers to (BG-39)."""

    number: Annotated[Text | None, Term("BT-217"), At("cac:InvoiceDocumentReference/cbc:ID")] = None
    issued_on: Annotated[
        date | None, Term("BT-218"), At("cac:InvoiceDocumentReference/cbc:IssueDate")
    ] = None
    type_code: Annotated[
        Code | None, Term("BT-219"), At("cac:InvoiceDocumentReference/cbc:DocumentTypeCode")
    ] = None
    line: Annotated[Text | None, Term("BT-220"), At("cac:BillingReferenceLine/cbc:ID")] = None


class LineDelivery(Delivery):
    """The delivery of a line (BG-37) with its delivery note."""

    note: Annotated[Text | None, Term("BT-198"), At("cac:DeliveryNoteDocumentReference/cbc:ID")] = (
        None
    )
    note_line: Annotated[
        Text | None, Term("BT-199"), At("cac:DeliveryNoteLineReference/cbc:LineID")
    ] = None


class Line(Group):
    """A line of the invoice (BG-25)."""

    id: Annotated[Text | None, Term("BT-126"), At("cbc:ID")] = None
    note: Annotated[Text | None, Term("BT-127"), At("cbc:Note")] = None
    quantity: Annotated[Quantity | None, Term("BT-129"), At("cbc:InvoicedQuantity")] = None
    unit: Annotated[Code | None, Term("BT-130"), At("cbc:InvoicedQuantity/@unitCode")] = None
    net_amount: Annotated[Amount | None, Term("BT-131"), At("cbc:LineExtensionAmount")] = None
    accounting_reference: Annotated[Text | None, Term("BT-133"), At("cbc:AccountingCost")] = None
    starts_on: Annotated[date | None, Term("BT-134"), At("cac:InvoicePeriod/cbc:StartDate")] = None
    ends_on: Annotated[date | None, Term("BT-135"), At("cac:InvoicePeriod/cbc:EndDate")] = None
    order_line: Annotated[Text | None, Term("BT-132"), At("cac:OrderLineReference/cbc:LineID")] = (
        None
    )
    order: Annotated[
        Text | None, Term("BT-188"), At("cac:OrderLineReference/cac:OrderReference/cbc:ID")
    ] = None
    sales_order: Annotated[
        Text | None,
        Term("BT-200"),
        At("cac:OrderLineReference/cac:OrderReference/cbc:SalesOrderID"),
    ] = None
    sales_order_line: Annotated[
        Text | None, Term("BT-201"), At("cac:OrderLineReference/cbc:SalesOrderLineID")
    ] = None
    despatch_line: Annotated[
        Text | None, Term("BT-190"), At("cac:DespatchLineReference/cbc:LineID")
    ] = None
    despatch: Annotated[
        Text | None, Term("BT-189"), At("cac:DespatchLineReference/cac:DocumentReference/cbc:ID")
    ] = None
    receipt_line: Annotated[
        Text | None, Term("BT-192"), At("cac:ReceiptLineReference/cbc:LineID")
    ] = None
    receipt: Annotated[
        Text | None, Term("BT-191"), At("cac:ReceiptLineReference/cac:DocumentReference/cbc:ID")
    ] = None
    preceding: Annotated[
        tuple[LinePrecedingInvoice, ...], Term("BG-39"), At("cac:BillingReference")
    ] = ()
    object_id: Annotated[Text | None, Term("BT-128"), At("cac:DocumentReference/cbc:ID")] = None
    object_scheme: Annotated[Code | None, At("cac:DocumentReference/cbc:ID/@schemeID")] = None
    object_type: Annotated[Code | None, At("cac:DocumentReference/cbc:DocumentTypeCode")] = None
    """``130`` beside BT-128."""
    delivery: Annotated[LineDelivery | None, Term("BG-37"), At("cac:Delivery")] = None
    allowances_charges: Annotated[
        tuple[LineAllowanceCharge, ...], Term("BG-27"), At("cac:AllowanceCharge")
    ] = ()
    item: Annotated[Item, Term("BG-31"), At("cac:Item")]
    price: Annotated[Price | None, Term("BG-29"), At("cac:Price")] = None
