"""Documents without a fault, from which the directed documents are made by changing them."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from ubl_peppol import ubl
from ubl_peppol.calculation import Exemption, compute
from ubl_peppol.model import DocumentAllowance, DocumentCharge, Invoice
from ubl_peppol.testing.invoices import full_invoice, simple_line, small_invoice

__all__ = ["CATEGORIES", "bases"]

_RATES = {"S": Decimal(21), "L": Decimal(7), "M": Decimal(4), "O": None}
_EXEMPT = {"E", "AE", "K", "G", "O"}
CATEGORIES = ("S", "Z", "E", "AE", "K", "G", "O", "L", "M")
"""Codes of the VAT categories."""


@cache
def bases() -> Mapping[str, str]:
    """Return the documents by name: three full ones, two small ones for each VAT category.

    The small ones have lines, an allowance and a charge of their category.
    """
    made: dict[str, Invoice] = {}
    made["full 384"] = full_invoice("384")
    for type_code in ("380", "381"):
        made[f"full {type_code}"] = full_invoice(type_code)
        for category in CATEGORIES:
            made[f"{category} {type_code}"] = _of_category(category, type_code)
    return MappingProxyType({name: ubl.write(invoice).decode() for name, invoice in made.items()})


def _of_category(category: str, type_code: str) -> Invoice:
    rate = _RATES.get(category, Decimal(0))
    lines = tuple(
        simple_line(number, Decimal(number), Decimal("30.00"), category=category, rate=rate)
        for number in (1, 2, 3)
    )
    allowance = DocumentAllowance(
        amount=Decimal("10.00"), vat_category=category, vat_rate=rate, reason="Descuento"
    )
    charge = DocumentCharge(
        amount=Decimal("5.00"), vat_category=category, vat_rate=rate, reason="Portes"
    )
    exemptions = {category: Exemption("Motivo de la exención")} if category in _EXEMPT else {}
    computed = compute(lines, (allowance,), (charge,), exemptions=exemptions)
    full, small = full_invoice(type_code), small_invoice(*lines, type_code=type_code)
    seller, buyer = small.seller, small.buyer
    if category == "O":
        seller = seller.model_copy(update={"vat_id": None, "tax_registration": "B12345674"})
        seller = seller.model_copy(update={"legal_registration": full.seller.legal_registration})
        buyer = buyer.model_copy(update={"vat_id": None})
    return small.model_copy(
        update={
            "seller": seller,
            "buyer": buyer,
            "allowances": (allowance,),
            "charges": (charge,),
            "totals": computed.totals,
            "vat_breakdown": computed.vat_breakdown,
            "delivery": full.delivery,
        }
    )
