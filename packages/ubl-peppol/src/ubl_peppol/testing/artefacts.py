"""The official artefacts that the rules here are judged beside, each with our implementation."""

from ubl_peppol.rules import en16931, peppol
from ubl_peppol.rules.cii import en16931_cii
from ubl_peppol.rules.responses import invoice_response, message_response, read_response
from ubl_peppol.rules.selfbilling import selfbilling
from ubl_peppol.testing.differential import Artefact

__all__ = [
    "EN16931_CII",
    "EN16931_UBL",
    "INVOICE_RESPONSE",
    "MESSAGE_RESPONSE",
    "PEPPOL_BILLING",
    "PEPPOL_SELFBILLING",
]

_EN16931 = "en16931/{0}/xslt/EN16931-{1}-validation.xslt"
_PEPPOL = "peppol/{}/2026.5/xslt/{}.xslt"

EN16931_UBL = Artefact(
    "EN16931-UBL-1.3.16", _EN16931.format("ubl", "UBL"), en16931, baseline="en16931-1.3.16"
)
"""EN 16931 for UBL: 979 ids."""

EN16931_CII = Artefact("EN16931-CII-1.3.16", _EN16931.format("cii", "CII"), en16931_cii)
"""EN 16931 for CII: 806 ids."""

PEPPOL_BILLING = Artefact(
    "PEPPOL-UBL-3.0.21",
    _PEPPOL.format("billing", "PEPPOL-EN16931-UBL"),
    peppol,
    baseline="peppol-2026.5",
)
"""Peppol BIS Billing 3 with the national rules: 165 ids."""

PEPPOL_SELFBILLING = Artefact(
    "PEPPOL-SB-2026.5", _PEPPOL.format("billing", "PEPPOL-EN16931-UBL-SB"), selfbilling
)
"""Peppol BIS Self-Billing 3: 62 ids."""

INVOICE_RESPONSE = Artefact(
    "T111", _PEPPOL.format("responses", "PEPPOLBIS-T111"), invoice_response, read=read_response
)
"""The Peppol invoice response: 82 ids."""

MESSAGE_RESPONSE = Artefact(
    "T71", _PEPPOL.format("responses", "PEPPOLBIS-T71"), message_response, read=read_response
)
"""The Peppol message level response: 59 ids."""
