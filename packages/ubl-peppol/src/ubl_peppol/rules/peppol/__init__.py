"""Rules of Peppol BIS Billing 3 that hold in every country (PEPPOL-EN16931-, PEPPOL-COMMON-).

The national rules of that artefact (102 ids) are not here yet.
"""

from ubl_peppol.rules.peppol import amounts, codes, document
from ubl_peppol.rules.peppol._set import peppol

__all__ = ["amounts", "codes", "document", "peppol"]
