"""Lines, allowances and charges as CII."""

from ubl_peppol.cii._text import day, group, indicator, value
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
from ubl_peppol.ubl._text import attribute

__all__ = ["allowance_or_charge", "line", "object_reference", "period"]


def line(item: Line) -> str:
    """Write BG-25."""
    settlement = group(
        "SpecifiedLineTradeSettlement",
        group(
            "ApplicableTradeTax",
            value("TypeCode", "VAT"),
            value("CategoryCode", item.vat.category),
            value("RateApplicablePercent", item.vat.rate),
        ),
        period(item.period),
        *(allowance_or_charge(entry) for entry in item.allowances),
        *(allowance_or_charge(entry) for entry in item.charges),
        group(
            "SpecifiedTradeSettlementLineMonetarySummation",
            value("LineTotalAmount", item.net_amount),
        ),
        object_reference(item.object_id),
        group("ReceivableSpecifiedTradeAccountingAccount", value("ID", item.accounting_reference)),
    )
    return group(
        "IncludedSupplyChainTradeLineItem",
        group(
            "AssociatedDocumentLineDocument",
            value("LineID", item.id),
            group("IncludedNote", value("Content", item.note)),
        ),
        _product(item.item),
        group(
            "SpecifiedLineTradeAgreement",
            group("BuyerOrderReferencedDocument", value("LineID", item.order_line)),
            _price(item.price),
        ),
        group(
            "SpecifiedLineTradeDelivery",
            value("BilledQuantity", item.quantity, attribute("unitCode", item.unit)),
        ),
        settlement,
    )


def allowance_or_charge(
    entry: DocumentAllowance | DocumentCharge | LineAllowance | LineCharge, category: str = ""
) -> str:
    """Write BG-20, BG-21, BG-27 or BG-28."""
    return group(
        "SpecifiedTradeAllowanceCharge",
        indicator(isinstance(entry, DocumentCharge | LineCharge)),
        value("CalculationPercent", entry.percent),
        value("BasisAmount", entry.base),
        value("ActualAmount", entry.amount),
        value("ReasonCode", entry.reason_code),
        value("Reason", entry.reason),
        category,
    )


def period(span: Period | LinePeriod | None) -> str:
    """Write BG-14 or BG-26."""
    if span is None:
        return ""
    return group(
        "BillingSpecifiedPeriod",
        day("StartDateTime", span.starts_on),
        day("EndDateTime", span.ends_on),
    )


def object_reference(reference: Identifier | None) -> str:
    """Write BT-18 or BT-128, whose scheme is an element of its own."""
    if reference is None:
        return ""
    return group(
        "AdditionalReferencedDocument",
        value("IssuerAssignedID", reference.value),
        value("TypeCode", "130"),
        value("ReferenceTypeCode", reference.scheme_id),
    )


def _product(item: Item) -> str:
    standard = ""
    if item.standard_id is not None:
        standard = value(
            "GlobalID", item.standard_id.value, attribute("schemeID", item.standard_id.scheme_id)
        )
    return group(
        "SpecifiedTradeProduct",
        standard,
        value("SellerAssignedID", item.seller_id),
        value("BuyerAssignedID", item.buyer_id),
        value("Name", item.name),
        value("Description", item.description),
        *(
            group(
                "ApplicableProductCharacteristic",
                value("Description", entry.name),
                value("Value", entry.value),
            )
            for entry in item.attributes
        ),
        *(
            group(
                "DesignatedProductClassification",
                value(
                    "ClassCode",
                    entry.value,
                    attribute("listID", entry.scheme_id)
                    + attribute("listVersionID", entry.scheme_version),
                ),
            )
            for entry in item.classifications
        ),
        group("OriginTradeCountry", value("ID", item.origin_country)),
    )


def _price(price: Price) -> str:
    if price.gross is None and price.discount is not None:
        raise NotExpressibleError(
            "BT-147 (price discount) stands inside the gross price (BT-148) in CII: give it",
            term="BT-147",
        )
    if price.base_quantity is None and price.base_quantity_unit is not None:
        raise NotExpressibleError(
            "BT-150 (unit of the base quantity) needs BT-149 (the quantity)", term="BT-150"
        )
    quantity = value(
        "BasisQuantity", price.base_quantity, attribute("unitCode", price.base_quantity_unit)
    )
    gross = ""
    if price.gross is not None:
        discount = ""
        if price.discount is not None:
            discount = group(
                "AppliedTradeAllowanceCharge",
                indicator(charge=False),
                value("ActualAmount", price.discount),
            )
        gross = group(
            "GrossPriceProductTradePrice", value("ChargeAmount", price.gross), quantity, discount
        )
    return gross + group("NetPriceProductTradePrice", value("ChargeAmount", price.net), quantity)
