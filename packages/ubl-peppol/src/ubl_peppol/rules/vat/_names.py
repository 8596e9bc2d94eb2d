"""The set that the rules of VAT join, and the names of the categories."""

from ubl_peppol.rules._common import en_rules

__all__ = ["NAMES", "vat"]

vat = en_rules("en16931-vat")

NAMES = {
    "S": "standard rate",
    "Z": "zero rate",
    "E": "exempt",
    "AE": "reverse charge",
    "K": "intra-community supply",
    "G": "export",
    "O": "not subject to VAT",
    "L": "IGIC",
    "M": "IPSI",
}
"""What each category code (BT-151, UNTDID 5305) means."""
