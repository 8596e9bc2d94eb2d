"""The business terms behind the names of the path table that are wider than one term."""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["TERMS"]

TERMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "document-reference": ("BT-122", "BT-18"),
        "currency-code": ("BT-5",),
        "accounting-currency-code": ("BT-6",),
        "tax-point-code": ("BT-8",),
        "country-code": ("BT-40", "BT-55", "BT-69", "BT-80"),
        "origin-country-code": ("BT-159",),
        "payment-means-code": ("BT-81",),
        "tax-category-code": ("BT-95", "BT-102", "BT-118"),
        "item-tax-category-code": ("BT-151",),
        "allowance-reason-code": ("BT-98", "BT-140"),
        "charge-reason-code": ("BT-105", "BT-145"),
        "amount": ("BT-5", "BT-6"),
        "quantity": ("BT-130", "BT-150"),
        "vat-category": ("BT-95", "BT-102"),
        "line-vat-category": ("BT-151",),
        "seller-trading-name": ("BT-28",),
        "seller-legal-registration": ("BT-30",),
        "seller-vat-number": ("BT-31",),
        "seller-other-tax-number": ("BT-32",),
        "seller-legal-form": ("BT-33",),
        "buyer-trading-name": ("BT-45",),
        "buyer-identifier": ("BT-46",),
        "buyer-legal-registration": ("BT-47",),
        "buyer-vat-number": ("BT-48",),
        "name-of-recipient": ("BT-70",),
        "sepa-identifier": ("BT-90",),
        "reason-of-allowance": ("BT-97", "BT-139"),
        "reason-of-charge": ("BT-104", "BT-144"),
        "reason-of-exemption": ("BT-120",),
        "description-of-reference": ("BT-123",),
        "project-id": ("BT-11",),
        "due-date-of-means": ("BT-9",),
        "text-of-means": ("BT-82",),
        "address-line": ("BT-162", "BT-163", "BT-164", "BT-165"),
        "card-of-means": ("BG-18",),
        "mandate-of-means": ("BG-19",),
        "any-remittance": ("BT-83",),
        "any-means-code": ("BT-81",),
        "preceding-invoice": ("BG-3",),
        "number-of-representative": ("BT-63",),
        "mandate-id": ("BT-89",),
        "price-allowance-of-line": ("BT-147",),
        "description-of-item": ("BT-154",),
        "line-document": ("BT-128",),
    }
)
"""Name in the path table → terms."""
