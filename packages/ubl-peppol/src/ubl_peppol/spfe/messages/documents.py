"""Status messages in UBL 2.5, read and written."""

from lxml import etree

from einvoice_core.xml.parsing import LIMITS, Limits, parse
from ubl_peppol.errors import UnknownDocumentError
from ubl_peppol.spfe.messages.records import Message
from ubl_peppol.structure import ubl25
from ubl_peppol.syntax import APPLICATION_RESPONSE
from ubl_peppol.ubl._text import encoded
from ubl_peppol.ubl25.codec import Examined, read_into, written
from ubl_peppol.ubl25.documents import NAMESPACES
from ubl_peppol.ubl25.plan import plan_of

__all__ = ["ROOT", "examine", "read", "to_message", "write"]

ROOT = f"{{{APPLICATION_RESPONSE}}}ApplicationResponse"


def write(message: Message) -> bytes:
    """Write a message as an ApplicationResponse of UBL 2.5.

    Raises:
        NotExpressibleError: A character that XML 1.0 does not have.
    """
    body = written(message, plan_of(Message, ubl25(), ROOT))
    return encoded(
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        f'<ApplicationResponse xmlns="{APPLICATION_RESPONSE}" {NAMESPACES}>{body}'
        "</ApplicationResponse>\n"
    )


def read(xml: bytes, limits: Limits = LIMITS) -> Message:
    """Read a message.

    Raises:
        XmlRefused: The bytes are not a document.
        UnknownDocumentError: It is no ApplicationResponse.
        InvoiceRefused: It does not fit the model; carries the findings.
    """
    return examine(xml, limits).require()


def examine(xml: bytes, limits: Limits = LIMITS) -> Examined[Message]:
    """Read a message, with what is wrong and what has no place in it.

    Raises:
        XmlRefused: The bytes are not a document.
        UnknownDocumentError: It is no ApplicationResponse.
    """
    return to_message(parse(xml, limits))


def to_message(root: etree._Element) -> Examined[Message]:
    """Read a parsed message.

    Raises:
        UnknownDocumentError: It is no ApplicationResponse.
    """
    if root.tag != ROOT:
        raise UnknownDocumentError(
            f"the root is {str(root.tag)[:200]!r}: an ApplicationResponse is wanted", root=root.tag
        )
    return read_into(Message, root, plan_of(Message, ubl25(), ROOT))
