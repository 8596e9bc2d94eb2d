"""Names of UBL 2.1: namespaces, and which type codes make a credit note."""

__all__ = [
    "APPLICATION_RESPONSE",
    "CAC",
    "CBC",
    "CREDIT_NOTE",
    "CREDIT_NOTE_CODES",
    "EXT",
    "INVOICE",
    "LINES",
    "is_credit_note",
]

_BASE = "urn:oasis:names:specification:ubl:schema:xsd:"
INVOICE = _BASE + "Invoice-2"
CREDIT_NOTE = _BASE + "CreditNote-2"
APPLICATION_RESPONSE = _BASE + "ApplicationResponse-2"
CAC = _BASE + "CommonAggregateComponents-2"
CBC = _BASE + "CommonBasicComponents-2"
EXT = _BASE + "CommonExtensionComponents-2"
LINES = (f"{{{CAC}}}InvoiceLine", f"{{{CAC}}}CreditNoteLine")

CREDIT_NOTE_CODES = frozenset(
    {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"}
)
"""Codes of UNTDID 1001 that EN 16931 gives to credit notes."""


def is_credit_note(type_code: str) -> bool:
    """Whether an invoice with this type code (BT-3) is written as a ``CreditNote``.

    81 stands in both lists of the norm; here it is a credit note.
    """
    return type_code.strip() in CREDIT_NOTE_CODES
