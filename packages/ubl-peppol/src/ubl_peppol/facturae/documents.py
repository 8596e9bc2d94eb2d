"""A Facturae document as bytes, converted in one step."""

import facturae_es
from ubl_peppol.facturae.conversion import Conversion, to_en16931

__all__ = ["convert_document"]


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
