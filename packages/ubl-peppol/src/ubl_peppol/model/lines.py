"""The lines of an invoice (BG-25 to BG-32)."""

from datetime import date
from typing import Annotated

from einvoice_core.records import Term
from ubl_peppol.model.datatypes import (
    Amount,
    Code,
    DocumentReference,
    Group,
    Identifier,
    Percentage,
    Quantity,
    Text,
    UnitPrice,
)

__all__ = [
    "Item",
    "ItemAttribute",
    "Line",
    "LineAllowance",
    "LineCharge",
    "LinePeriod",
    "LineVat",
    "Price",
]


class LinePeriod(Group):
    """Period of the line (BG-26)."""

    starts_on: Annotated[date | None, Term("BT-134")] = None
    ends_on: Annotated[date | None, Term("BT-135")] = None


class LineAllowance(Group):
    """A discount of the line (BG-27)."""

    amount: Annotated[Amount, Term("BT-136")]
    base: Annotated[Amount | None, Term("BT-137")] = None
    percent: Annotated[Percentage | None, Term("BT-138")] = None
    reason: Annotated[Text | None, Term("BT-139")] = None
    reason_code: Annotated[Code | None, Term("BT-140")] = None


class LineCharge(Group):
    """A charge of the line (BG-28)."""

    amount: Annotated[Amount, Term("BT-141")]
    base: Annotated[Amount | None, Term("BT-142")] = None
    percent: Annotated[Percentage | None, Term("BT-143")] = None
    reason: Annotated[Text | None, Term("BT-144")] = None
    reason_code: Annotated[Code | None, Term("BT-145")] = None


class Price(Group):
    """Price of the item (BG-29)."""

    net: Annotated[UnitPrice, Term("BT-146")]
    discount: Annotated[UnitPrice | None, Term("BT-147")] = None
    gross: Annotated[UnitPrice | None, Term("BT-148")] = None
    base_quantity: Annotated[Quantity | None, Term("BT-149")] = None
    base_quantity_unit: Annotated[Code | None, Term("BT-150")] = None


class LineVat(Group):
    """VAT of the line (BG-30)."""

    category: Annotated[Code, Term("BT-151")]
    rate: Annotated[Percentage | None, Term("BT-152")] = None


class ItemAttribute(Group):
    """A property of the item (BG-32)."""

    name: Annotated[Text, Term("BT-160")]
    value: Annotated[Text, Term("BT-161")]


class Item(Group):
    """What is sold (BG-31)."""

    name: Annotated[Text, Term("BT-153")]
    description: Annotated[Text | None, Term("BT-154")] = None
    seller_id: Annotated[Text | None, Term("BT-155")] = None
    buyer_id: Annotated[Text | None, Term("BT-156")] = None
    standard_id: Annotated[Identifier | None, Term("BT-157")] = None
    classifications: Annotated[tuple[Identifier, ...], Term("BT-158")] = ()
    origin_country: Annotated[Code | None, Term("BT-159")] = None
    attributes: Annotated[tuple[ItemAttribute, ...], Term("BG-32")] = ()


class Line(Group):
    """An invoice line (BG-25)."""

    id: Annotated[Text, Term("BT-126")]
    note: Annotated[Text | None, Term("BT-127")] = None
    object_id: Annotated[Identifier | None, Term("BT-128")] = None
    quantity: Annotated[Quantity, Term("BT-129")]
    unit: Annotated[Code, Term("BT-130")]
    net_amount: Annotated[Amount, Term("BT-131")]
    order_line: Annotated[DocumentReference | None, Term("BT-132")] = None
    accounting_reference: Annotated[Text | None, Term("BT-133")] = None
    period: Annotated[LinePeriod | None, Term("BG-26")] = None
    allowances: Annotated[tuple[LineAllowance, ...], Term("BG-27")] = ()
    charges: Annotated[tuple[LineCharge, ...], Term("BG-28")] = ()
    price: Annotated[Price, Term("BG-29")]
    vat: Annotated[LineVat, Term("BG-30")]
    item: Annotated[Item, Term("BG-31")]
