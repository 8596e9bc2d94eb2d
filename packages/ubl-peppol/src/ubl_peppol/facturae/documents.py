"""A Facturae document as bytes, converted in one step."""

import facturae_es
from ubl_peppol.facturae.back import to_facturae
from ubl_peppol.facturae.conversion import Conversion, to_en16931
from ubl_peppol.losses import Loss
from ubl_peppol.model import Invoice

__all__ = ["convert_document", "facturae_of"]


def convert_document(
    data: bytes, *, profile: str = "peppol-bis-3", position: int | None = None
) -> Conversion:
    """Read a Facturae document and map an invoice of it to EN 16931.

    Args:
        data: The document as it came.
        profile: As in :func:`ubl_peppol.facturae.to_en16931`.
        position: As there.

    Raises:
        FacturaeError: It is no Facturae document that can be read.
        ConversionError: It holds what has no place in EN 16931 and may not be lost.
    """
    return to_en16931(facturae_es.read(data), profile=profile, position=position)


def facturae_of(invoice: Invoice, *, series: str | None = None) -> tuple[bytes, tuple[Loss, ...]]:
    """Map an invoice to Facturae and write it, unsigned.

    Args:
        invoice: Read or made.
        series: As in :func:`ubl_peppol.facturae.to_facturae`.

    Returns:
        The document, and the ledger of what did not pass unchanged.

    Raises:
        ConversionError: As there.
    """
    made = to_facturae(invoice, series=series)
    return facturae_es.write(made.document), made.losses
