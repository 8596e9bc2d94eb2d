"""Puts messages into SOAP envelopes and takes them out.

Source: W3C Simple Object Access Protocol 1.1; W3C SOAP 1.2 part 1.
"""

import re
from collections.abc import Collection

from lxml import etree

from einvoice_core.soap.fault import (
    EnvelopeRefused,
    Fault,
    FaultReceived,
    SoapVersion,
    read_fault,
    write_fault,
)
from einvoice_core.xml.parsing import LIMITS, Limits, parse

__all__ = [
    "SOAP_11",
    "SOAP_12",
    "EnvelopeRefused",
    "Fault",
    "FaultReceived",
    "SoapVersion",
    "unwrap",
    "version_of",
    "wrap",
    "wrap_fault",
]

SOAP_11 = SoapVersion.SOAP_11
SOAP_12 = SoapVersion.SOAP_12

_DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\?>\s*")


def wrap(body: bytes, version: SoapVersion = SOAP_11, *, header: bytes = b"") -> bytes:
    """Put a message into an envelope.

    Args:
        body: XML of the message in UTF-8; a declaration in front of it is dropped.
        version: Of SOAP.
        header: XML of the header's entries in UTF-8.
    """
    name = version.value.encode("ascii")
    content = _DECLARATION.sub(b"", body, count=1)
    entries = b"<soap:Header>" + header + b"</soap:Header>" if header else b""
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="' + name + b'">'
        b"" + entries + b"<soap:Body>" + content + b"</soap:Body></soap:Envelope>"
    )


def wrap_fault(fault: Fault, version: SoapVersion = SOAP_11) -> bytes:
    """Put a fault into an envelope, for a service that answers."""
    return wrap(write_fault(fault, version), version)


def version_of(envelope: etree._Element) -> SoapVersion:
    """Say which version of SOAP an envelope has.

    Raises:
        EnvelopeRefused: It is not an envelope of SOAP 1.1 or 1.2.
    """
    for version in SoapVersion:
        if envelope.tag == f"{{{version.value}}}Envelope":
            return version
    raise EnvelopeRefused(f"the document is {envelope.tag!r}, not a SOAP envelope")


def unwrap(
    data: bytes, *, limits: Limits = LIMITS, understood: Collection[str] = ()
) -> etree._Element:
    """Take the message out of an envelope.

    Args:
        data: The envelope as it came.
        limits: Of the document.
        understood: Names, in Clark notation, of header entries that the caller looks after; others
            are refused when they must be understood.

    Returns:
        The element inside the body; it stays in its tree and keeps its namespaces.

    Raises:
        XmlRefused: The octets cannot be read.
        EnvelopeRefused: They are not an envelope with one message.
        FaultReceived: The message is a fault.
    """
    root = parse(data, limits)
    version = version_of(root)
    of = f"{{{version.value}}}"
    for entry in root.iterfind(f"{of}Header/*"):
        required = entry.get(f"{of}mustUnderstand") in {"1", "true"}
        if required and entry.tag not in understood:
            raise EnvelopeRefused(f"the header {entry.tag!r} must be understood, and is not")
    bodies = root.findall(f"{of}Body")
    if len(bodies) != 1:
        raise EnvelopeRefused(f"the envelope has {len(bodies)} bodies; it must have one")
    messages = bodies[0].findall("*")
    if len(messages) != 1:
        raise EnvelopeRefused(f"the body has {len(messages)} elements; one was expected")
    if messages[0].tag == f"{of}Fault":
        raise FaultReceived(read_fault(messages[0], version))
    return messages[0]
