"""Names of CII D16B: its namespaces, and how its codes and dates differ from those of the norm."""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["ACCRUAL_CODES", "CII_NAMESPACES", "QDT", "RAM", "ROOT", "RSM", "UDT"]

_BASE = "urn:un:unece:uncefact:data:standard:"
RSM = _BASE + "CrossIndustryInvoice:100"
RAM = _BASE + "ReusableAggregateBusinessInformationEntity:100"
UDT = _BASE + "UnqualifiedDataType:100"
QDT = _BASE + "QualifiedDataType:100"
ROOT = f"{{{RSM}}}CrossIndustryInvoice"

CII_NAMESPACES: Mapping[str, str] = MappingProxyType(
    {"rsm": RSM, "ram": RAM, "udt": UDT, "qdt": QDT}
)

ACCRUAL_CODES: Mapping[str, str] = MappingProxyType({"3": "5", "35": "29", "432": "72"})
"""Tax point code of the norm (BT-8, UNTDID 2005) → the one that CII has (UNTDID 2475)."""
