"""VAT categories (BR-S-, BR-Z-, BR-E-, BR-AE-, BR-IC-, BR-G-, BR-O-, BR-AF-, BR-AG-, BR-B-).

One function per rule of the family and one row per official id. Where the published condition
differs from its siblings (it leaves out the tax scheme, or compares with white space) the row says
so, because a verdict must equal that of the official artefact.
"""

from ubl_peppol.rules.vat import amounts, breakdown, particular, parties, rates, reasons
from ubl_peppol.rules.vat._names import NAMES, vat

__all__ = ["NAMES", "amounts", "breakdown", "particular", "parties", "rates", "reasons", "vat"]
