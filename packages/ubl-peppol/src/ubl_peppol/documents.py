"""Reading an invoice whatever its syntax is: UBL 2.1 or CII D16B."""

from einvoice_core.xml.parsing import LIMITS, Limits, parse
from ubl_peppol import cii, ubl
from ubl_peppol.model import Invoice
from ubl_peppol.reading import read as read_document
from ubl_peppol.reading.values import unchanged
from ubl_peppol.ubl import Examination

__all__ = ["examine_any", "read_any"]


def examine_any(xml: bytes, limits: Limits = LIMITS) -> Examination:
    """Read an invoice or credit note, with what is wrong and what the model has no term for.

    Raises:
        XmlRefused: The bytes are not a document.
        UnknownDocumentError: It is neither UBL nor CII.
    """
    root = parse(xml, limits)
    with unchanged():
        reading = read_document(root)
        return cii.to_model(reading) if reading.is_cii else ubl.to_model(reading)


def read_any(xml: bytes, limits: Limits = LIMITS) -> Invoice:
    """Read an invoice or credit note.

    Raises:
        XmlRefused: The bytes are not a document.
        UnknownDocumentError: It is neither UBL nor CII.
        InvoiceRefused: It does not fit the model; carries the findings.
    """
    return examine_any(xml, limits).require()
