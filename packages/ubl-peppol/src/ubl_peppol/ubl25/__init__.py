"""The 2026 edition of EN 16931 beside that of 2017: its model, and its binding to UBL 2.5.

::

    invoice = ubl25.read(xml)            # or ubl25.examine, which refuses nothing
    xml = ubl25.write(invoice)
    older = ubl25.to_2017(invoice)       # for UBL 2.1 and CII, with its ledger

The text of the edition was not at hand: :func:`terms` says of each term where it comes from and how
far it can be trusted.
"""

from ubl_peppol.ubl25.codec import Examined
from ubl_peppol.ubl25.documents import examine, is_2026, read, write
from ubl_peppol.ubl25.edition import NewTerm, Trust, terms
from ubl_peppol.ubl25.model import Invoice
from ubl_peppol.ubl25.older import Older, to_2017

__all__ = [
    "Examined",
    "Invoice",
    "NewTerm",
    "Older",
    "Trust",
    "examine",
    "is_2026",
    "read",
    "terms",
    "to_2017",
    "write",
]
