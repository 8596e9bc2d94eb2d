"""Lines, allowances and charges as UBL."""

from decimal import Decimal

from ubl_peppol.errors import NotExpressibleError
from ubl_peppol.model import (
    DocumentAllowance,
    DocumentCharge,
    Identifier,
    Item,
    Line,
    LineAllowance,
    LineCharge,
    LinePeriod,
    Period,
    Price,
)
from ubl_peppol.ubl._text import amount, attribute, basic, group, identifier

__all__ = ["allowance_or_charge", "line", "period", "tax_category"]


def line(item: Line, currency: str, *, credit: bool) -> str:
    """Write BG-25 as an invoice line or a credit note line."""
    allowances = [allowance_or_charge(entry, currency) for entry in item.allowances]
    allowances += [allowance_or_charge(entry, currency) for entry in item.charges]
    return group(
        "CreditNoteLine" if credit else "InvoiceLine",
        basic("ID", item.id),
        basic("Note", item.note),
        basic(
            "CreditedQuantity" if credit else "InvoicedQuantity",
            item.quantity,
            attribute("unitCode", item.unit),
        ),
        amount("LineExtensionAmount", item.net_amount, currency),
        basic("AccountingCost", item.accounting_reference),
        period(item.period),
        group("OrderLineReference", basic("LineID", item.order_line)),
        _object(item.object_id),
        *allowances,
        _item(item.item, item),
        _price(item.price, currency),
    )


def allowance_or_charge(
    entry: DocumentAllowance | DocumentCharge | LineAllowance | LineCharge, currency: str
) -> str:
    """Write BG-20, BG-21, BG-27 or BG-28."""
    charge = isinstance(entry, DocumentCharge | LineCharge)
    category = ""
    if isinstance(entry, DocumentAllowance | DocumentCharge):
        category = tax_category("TaxCategory", entry.vat_category, entry.vat_rate)
    return group(
        "AllowanceCharge",
        basic("ChargeIndicator", "true" if charge else "false"),
        basic("AllowanceChargeReasonCode", entry.reason_code),
        basic("AllowanceChargeReason", entry.reason),
        basic("MultiplierFactorNumeric", entry.percent),
        amount("Amount", entry.amount, currency),
        amount("BaseAmount", entry.base, currency),
        category,
    )


def tax_category(name: str, code: str, rate: Decimal | None, *reasons: str) -> str:
    """Write a VAT category with its rate."""
    return group(
        name,
        basic("ID", code),
        basic("Percent", rate),
        *reasons,
        group("TaxScheme", basic("ID", "VAT")),
    )


def period(value: Period | LinePeriod | None, *codes: str) -> str:
    """Write BG-14 or BG-26."""
    starts_on = value.starts_on if value else None
    ends_on = value.ends_on if value else None
    return group("InvoicePeriod", basic("StartDate", starts_on), basic("EndDate", ends_on), *codes)


def _object(value: Identifier | None) -> str:
    if value is None:
        return ""
    return group("DocumentReference", identifier("ID", value), basic("DocumentTypeCode", "130"))


def _item(item: Item, of_line: Line) -> str:
    return group(
        "Item",
        basic("Description", item.description),
        basic("Name", item.name),
        group("BuyersItemIdentification", basic("ID", item.buyer_id)),
        group("SellersItemIdentification", basic("ID", item.seller_id)),
        group("StandardItemIdentification", identifier("ID", item.standard_id)),
        group("OriginCountry", basic("IdentificationCode", item.origin_country)),
        *(_classification(value) for value in item.classifications),
        tax_category("ClassifiedTaxCategory", of_line.vat.category, of_line.vat.rate),
        *(
            group("AdditionalItemProperty", basic("Name", entry.name), basic("Value", entry.value))
            for entry in item.attributes
        ),
    )


def _classification(value: Identifier) -> str:
    attributes = attribute("listID", value.scheme_id) + attribute(
        "listVersionID", value.scheme_version
    )
    return group(
        "CommodityClassification", basic("ItemClassificationCode", value.value, attributes)
    )


def _price(price: Price, currency: str) -> str:
    if price.discount is None and price.gross is not None:
        raise NotExpressibleError(
            "BT-148 (gross price) needs BT-147 (its discount) in UBL: give 0 if there is none",
            term="BT-148",
        )
    if price.base_quantity is None and price.base_quantity_unit is not None:
        raise NotExpressibleError(
            "BT-150 (unit of the base quantity) needs BT-149 (the quantity)", term="BT-150"
        )
    discount = ""
    if price.discount is not None:
        discount = group(
            "AllowanceCharge",
            basic("ChargeIndicator", "false"),
            amount("Amount", price.discount, currency),
            amount("BaseAmount", price.gross, currency),
        )
    return group(
        "Price",
        amount("PriceAmount", price.net, currency),
        basic("BaseQuantity", price.base_quantity, attribute("unitCode", price.base_quantity_unit)),
        discount,
    )
