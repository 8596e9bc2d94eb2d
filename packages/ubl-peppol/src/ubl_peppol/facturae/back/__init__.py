"""From EN 16931 to Facturae."""

from ubl_peppol.facturae.back.document import Returned, to_facturae

__all__ = ["Returned", "to_facturae"]
