"""SOAP 1.1 as both families of services speak it: the envelope, and faults in the agency's form."""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from aeat_sii.sandbox.grammar import BadStructureError
from einvoice_core.xml.errors import XmlEmpty, XmlEncoding, XmlRefused
from einvoice_core.xml.parsing import Limits, parse

__all__ = ["MAX_REQUEST", "SOAP", "EnvelopeCodes", "fault", "message_of"]

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
MAX_REQUEST = 64 * 1024 * 1024
"""Bytes of a request; ten thousand invoices of SII take some 20 MB."""

_LIMITS = Limits(document=MAX_REQUEST, depth=64)


@dataclass(frozen=True, slots=True)
class EnvelopeCodes:
    """The codes of a service for what is wrong with the envelope.

    Args:
        empty: There is no message.
        encoding: The octets are not of the encoding that they state.
        malformed: It is not XML, or not one message in an envelope.
    """

    empty: str
    encoding: str
    malformed: str = "4103"


def message_of(body: bytes, codes: EnvelopeCodes) -> etree._Element:
    """Return the message inside an envelope, without comments.

    Args:
        body: As it came.
        codes: Of the service.

    Raises:
        BadStructureError: It is no envelope with one message.
    """
    try:
        received = parse(body, _LIMITS)
    except XmlEmpty as error:
        raise BadStructureError(codes.empty) from error
    except XmlEncoding as error:
        raise BadStructureError(codes.encoding) from error
    except XmlRefused as error:
        raise BadStructureError(codes.malformed) from error
    etree.strip_tags(received, etree.Comment, etree.ProcessingInstruction)
    content = received.find(f"{{{SOAP}}}Body")
    if received.tag != f"{{{SOAP}}}Envelope" or content is None:
        raise BadStructureError(codes.malformed, "No es un sobre SOAP 1.1.")
    messages = list(content.iterchildren("*"))
    if not messages:
        raise BadStructureError(codes.empty)
    if len(messages) > 1:
        raise BadStructureError(codes.malformed, "El sobre lleva más de un mensaje.")
    return messages[0]


def fault(
    code: str, reason: str = "", said: Mapping[str, str] | None = None, *, server: bool = False
) -> bytes:
    """Write a SOAP fault in the form of the agency.

    Args:
        code: The agency's code.
        reason: Added to the sandbox's text for that code.
        said: The sandbox's texts by code.
        server: Whether the fault is on the side of the service.
    """
    text = " ".join(part for part in ((said or {}).get(code, ""), reason) if part)
    side = "Server" if server else "Client"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<env:Envelope xmlns:env="{SOAP}"><env:Body>'
        f"<env:Fault><faultcode>env:{side}</faultcode><faultstring>Codigo[{code}]."
        f"{escape(text)}</faultstring></env:Fault></env:Body></env:Envelope>"
    ).encode()
