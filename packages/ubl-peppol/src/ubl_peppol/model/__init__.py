"""The semantic model of EN 16931-1:2017: every group (BG) and term (BT) as a strict record.

Each field names its term, ``Annotated[Amount, Term("BT-106")]``; a type with ``None`` means 0..1,
a tuple 0..n or 1..n, anything else 1..1. Relations between fields are rules, not part of the model.
"""

from ubl_peppol.model.datatypes import Attachment, Group, Identifier
from ubl_peppol.model.document import (
    DocumentAllowance,
    DocumentCharge,
    Invoice,
    Note,
    Period,
    PrecedingInvoice,
    ProcessControl,
    SupportingDocument,
    Totals,
    VatBreakdown,
)
from ubl_peppol.model.lines import (
    Item,
    ItemAttribute,
    Line,
    LineAllowance,
    LineCharge,
    LinePeriod,
    LineVat,
    Price,
)
from ubl_peppol.model.parties import (
    Buyer,
    BuyerAddress,
    BuyerContact,
    DeliverToAddress,
    Delivery,
    Payee,
    RepresentativeAddress,
    Seller,
    SellerAddress,
    SellerContact,
    TaxRepresentative,
)
from ubl_peppol.model.payment import CreditTransfer, DirectDebit, PaymentCard, PaymentInstructions

__all__ = [
    "Attachment",
    "Buyer",
    "BuyerAddress",
    "BuyerContact",
    "CreditTransfer",
    "DeliverToAddress",
    "Delivery",
    "DirectDebit",
    "DocumentAllowance",
    "DocumentCharge",
    "Group",
    "Identifier",
    "Invoice",
    "Item",
    "ItemAttribute",
    "Line",
    "LineAllowance",
    "LineCharge",
    "LinePeriod",
    "LineVat",
    "Note",
    "Payee",
    "PaymentCard",
    "PaymentInstructions",
    "Period",
    "PrecedingInvoice",
    "Price",
    "ProcessControl",
    "RepresentativeAddress",
    "Seller",
    "SellerAddress",
    "SellerContact",
    "SupportingDocument",
    "TaxRepresentative",
    "Totals",
    "VatBreakdown",
]
