"""The model of EN 16931-1:2026 and of the Spanish terms of the public solution, on UBL 2.5.

Each field names its term and its place, ``Annotated[Amount, Term("BT-131"), At("…")]``. Terms that
begin with ``BT-ES`` are those of the Orden HAC/1028/2026, annex I. What must be there, and which
combinations are right, are rules: a record says only what can be written.
"""

from ubl_peppol.ubl25.model.document import (
    AllowanceCharge,
    Charged,
    Invoice,
    MonetaryTotal,
    Note,
    OtherTax,
    OtherTaxes,
    PaymentMeans,
    PaymentTerms,
    Period,
    PrecedingInvoice,
    SupportingDocument,
    TaxTotal,
    ThirdPartyCharge,
    VatBreakdown,
    Withholding,
    WithholdingTotal,
)
from ubl_peppol.ubl25.model.lines import Item, ItemProperty, Line, LineAllowanceCharge, Price
from ubl_peppol.ubl25.model.parties import (
    Address,
    Contact,
    Delivery,
    Issuer,
    Party,
    PartyId,
    Payee,
    TaxId,
    TaxRepresentative,
)

__all__ = [
    "Address",
    "AllowanceCharge",
    "Charged",
    "Contact",
    "Delivery",
    "Invoice",
    "Issuer",
    "Item",
    "ItemProperty",
    "Line",
    "LineAllowanceCharge",
    "MonetaryTotal",
    "Note",
    "OtherTax",
    "OtherTaxes",
    "Party",
    "PartyId",
    "Payee",
    "PaymentMeans",
    "PaymentTerms",
    "Period",
    "PrecedingInvoice",
    "Price",
    "SupportingDocument",
    "TaxId",
    "TaxRepresentative",
    "TaxTotal",
    "ThirdPartyCharge",
    "VatBreakdown",
    "Withholding",
    "WithholdingTotal",
]
