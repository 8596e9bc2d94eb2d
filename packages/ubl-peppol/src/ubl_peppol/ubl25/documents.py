"""Invoices in UBL 2.5, read and written."""

from lxml import etree

from einvoice_core.xml.parsing import LIMITS, Limits, parse
from ubl_peppol.errors import UnknownDocumentError
from ubl_peppol.reading.values import unchanged
from ubl_peppol.structure import ubl25
from ubl_peppol.ubl._text import encoded
from ubl_peppol.ubl25.codec import Examined, read_into, written
from ubl_peppol.ubl25.model import Invoice
from ubl_peppol.ubl25.plan import plan_of

__all__ = ["INVOICE", "NAMESPACES", "examine", "is_2026", "read", "to_model", "write"]

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
INVOICE = f"{{{_UBL}Invoice-2}}Invoice"
_CUSTOMIZATION = f"{{{_UBL}CommonBasicComponents-2}}CustomizationID"
_EDITION = "urn:cen.eu:en16931:2026"
NAMESPACES = (
    f'xmlns:cac="{_UBL}CommonAggregateComponents-2" xmlns:cbc="{_UBL}CommonBasicComponents-2"'
)


def write(invoice: Invoice) -> bytes:
    """Write an invoice in UBL 2.5.

    Raises:
        NotExpressibleError: A character that XML 1.0 does not have.
    """
    body = written(invoice, plan_of(Invoice, ubl25(), INVOICE), invoice.currency)
    return encoded(
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        f'<Invoice xmlns="{_UBL}Invoice-2" {NAMESPACES}>{body}</Invoice>\n'
    )


def read(xml: bytes, limits: Limits = LIMITS) -> Invoice:
    """Read an invoice in UBL 2.5.

    Raises:
        XmlRefused: The bytes are not a document.
        UnknownDocumentError: It is not an invoice of UBL.
        InvoiceRefused: It does not fit the model; carries the findings.
    """
    return examine(xml, limits).require()


def is_2026(root: etree._Element) -> bool:
    """Tell whether a parsed document says that it follows EN 16931-1:2026."""
    stated = root.findtext(_CUSTOMIZATION) if root.tag == INVOICE else None
    return (stated or "").strip().startswith(_EDITION)


def examine(xml: bytes, limits: Limits = LIMITS) -> Examined[Invoice]:
    """Read an invoice in UBL 2.5, with what is wrong and what the model has no term for.

    Raises:
        XmlRefused: The bytes are not a document.
        UnknownDocumentError: It is not an invoice of UBL.
    """
    return to_model(parse(xml, limits))


def to_model(root: etree._Element) -> Examined[Invoice]:
    """Read a parsed invoice.

    Raises:
        UnknownDocumentError: It is not an invoice of UBL.
    """
    if root.tag != INVOICE:
        raise UnknownDocumentError(
            f"the root is {str(root.tag)[:200]!r}: a UBL Invoice is wanted here", root=root.tag
        )
    with unchanged():
        return read_into(Invoice, root, plan_of(Invoice, ubl25(), INVOICE))
