"""Between Facturae and EN 16931 (needs the extra ``facturae``).

Nothing else in the package imports this module: whoever uses UBL alone installs no Facturae.
"""

from ubl_peppol.facturae.back import Returned, to_facturae
from ubl_peppol.facturae.conversion import Conversion, to_en16931
from ubl_peppol.facturae.documents import convert_document, facturae_of
from ubl_peppol.losses import Loss, LossKind

__all__ = [
    "Conversion",
    "Loss",
    "LossKind",
    "Returned",
    "convert_document",
    "facturae_of",
    "to_en16931",
    "to_facturae",
]
