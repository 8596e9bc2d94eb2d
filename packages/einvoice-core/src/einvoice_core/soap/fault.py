"""SOAP faults of both versions as one record.

SoapError                   soap
├── EnvelopeRefused         soap.envelope
└── FaultReceived           soap.fault        (carries the fault)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import cast
from xml.sax.saxutils import escape

from lxml import etree

from einvoice_core.errors import EInvoiceError
from einvoice_core.xml.canonical import C14n, canonicalize

__all__ = [
    "EnvelopeRefused",
    "Fault",
    "FaultReceived",
    "SoapError",
    "SoapVersion",
    "read_fault",
    "write_fault",
]


class SoapVersion(StrEnum):
    """The namespace of the envelope says which version it is."""

    SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
    SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"

    @property
    def content_type(self) -> str:
        """Media type of a message over HTTP."""
        kind = "text/xml" if self is SoapVersion.SOAP_11 else "application/soap+xml"
        return f"{kind}; charset=utf-8"


class SoapError(EInvoiceError):
    """A SOAP message cannot be used."""

    code = "soap"


class EnvelopeRefused(SoapError):  # noqa: N818 - the outcome is a refusal, and is named so
    """The document is not a SOAP envelope, or not one that may be processed here."""

    code = "soap.envelope"


@dataclass(frozen=True, slots=True)
class Fault:
    """What the other side says went wrong.

    Args:
        code: As it was written: ``env:Client``, ``soap:Server``, ``env:Sender``.
        text: For people.
        detail: Inner XML of the detail; empty for none.
        actor: Who says so; empty for the last node.
        subcode: Of SOAP 1.2, as it was written.
    """

    code: str
    text: str
    detail: str = ""
    actor: str = ""
    subcode: str = ""

    @property
    def blames_caller(self) -> bool:
        """Whether sending the same message again makes no sense."""
        return self.code.rpartition(":")[2].partition(".")[0] in {"Client", "Sender"}


class FaultReceived(SoapError):  # noqa: N818 - it names what came
    """The other side answered with a fault."""

    code = "soap.fault"

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"the service answers with the fault {fault.code}: {fault.text[:300]}")
        self.fault = fault


def read_fault(element: etree._Element, version: SoapVersion) -> Fault:
    """Read ``Fault``; what is missing is empty, because services leave out much."""
    if version is SoapVersion.SOAP_11:
        return Fault(
            code=_text(element.find("faultcode")),
            text=_text(element.find("faultstring")),
            detail=_inner(element.find("detail")),
            actor=_text(element.find("faultactor")),
        )
    of = f"{{{version.value}}}"
    return Fault(
        code=_text(element.find(f"{of}Code/{of}Value")),
        text=_text(element.find(f"{of}Reason/{of}Text")),
        detail=_inner(element.find(f"{of}Detail")),
        actor=_text(element.find(f"{of}Role")),
        subcode=_text(element.find(f"{of}Code/{of}Subcode/{of}Value")),
    )


def write_fault(fault: Fault, version: SoapVersion = SoapVersion.SOAP_11) -> bytes:
    """Write ``Fault`` for a body; the prefix of the envelope is ``soap``."""
    if version is SoapVersion.SOAP_11:
        text = (
            f"<faultcode>{escape(fault.code)}</faultcode>"
            f"<faultstring>{escape(fault.text)}</faultstring>"
            + _optional("faultactor", escape(fault.actor))
            + _optional("detail", fault.detail)
        )
    else:
        subcode = _optional("soap:Subcode", _optional("soap:Value", escape(fault.subcode)))
        text = (
            f"<soap:Code><soap:Value>{escape(fault.code)}</soap:Value>{subcode}</soap:Code>"
            f'<soap:Reason><soap:Text xml:lang="es">{escape(fault.text)}</soap:Text></soap:Reason>'
            + _optional("soap:Role", escape(fault.actor))
            + _optional("soap:Detail", fault.detail)
        )
    return f'<soap:Fault xmlns:soap="{version.value}">{text}</soap:Fault>'.encode()


def _optional(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>" if content else ""


def _text(element: etree._Element | None) -> str:
    if element is None:
        return ""
    return "".join(cast("Iterator[str]", element.itertext("*"))).strip()


def _inner(element: etree._Element | None) -> str:
    if element is None:
        return ""
    parts = [escape(element.text or "")]
    for child in element.iterchildren("*"):
        parts.append(canonicalize(child, C14n.EXCLUSIVE).decode("utf-8"))
        parts.append(escape(child.tail or ""))
    return "".join(parts).strip()
