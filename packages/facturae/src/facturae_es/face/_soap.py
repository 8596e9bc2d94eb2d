"""Messages of RPC services: names and texts written, trees read by local name.

The services are described as RPC, partly encoded and partly literal; what they answer differs in
prefixes, in ``xsi:type`` and in ``xsi:nil``. Only names and texts count here.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar
from xml.sax.saxutils import escape

from lxml import etree

from einvoice_core.http import Reply
from einvoice_core.signing.xmldsig import Signer
from einvoice_core.soap.envelope import EnvelopeRefused, FaultReceived, unwrap
from einvoice_core.soap.fault import Fault, SoapVersion
from einvoice_core.soap.security import SECURITY, secure
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import Limits
from facturae_es.face import _answers as answers
from facturae_es.face.errors import AnswerError
from facturae_es.face.operations import Operation, Request

__all__ = ["Fields", "Told", "message", "protected", "reading"]

T = TypeVar("T")

Fields = Sequence[tuple[str, "str | Fields"]]
"""Children of an element, in their order; a text or further children."""

MAX_ANSWER = 64 * 1024 * 1024
_LIMITS = Limits(document=MAX_ANSWER, depth=32)
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_XSD = "http://www.w3.org/2001/XMLSchema"
_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"


class Told:
    """An element of an answer; what is not there is empty."""

    def __init__(self, element: etree._Element | None) -> None:
        self._element = element if element is None or element.get(_NIL) != "true" else None

    def __bool__(self) -> bool:
        """Whether it is there."""
        return self._element is not None

    def child(self, *names: str) -> "Told":
        """Return the first element at the end of a path of local names."""
        found = self
        for name in names:
            found = next(iter(found.children(name)), _NOTHING)
        return found

    def children(self, *names: str) -> "list[Told]":
        """Return the children with one of some local names, in their order; all without a name."""
        if self._element is None:
            return []
        inside = self._element.iterchildren("*")
        return [Told(e) for e in inside if not names or etree.QName(e).localname in names]

    def text(self, *names: str) -> str:
        """Return the text at the end of a path."""
        element = self.child(*names)._element
        return (element.text or "").strip() if element is not None else ""


_NOTHING = Told(None)


def message(namespace: str, name: str, fields: Fields, *, encoded: bool = False) -> bytes:
    """Write the message of an operation.

    Args:
        namespace: Of the operation; its parameters have none.
        name: Of the operation.
        fields: Its parameters.
        encoded: Whether the texts say their type, as an RPC-encoded service wants them to.
    """
    kind = ' xsi:type="xsd:string"' if encoded else ""
    extra = f' xmlns:xsi="{_XSI}" xmlns:xsd="{_XSD}"' if encoded else ""
    if encoded:
        extra += f' xmlns:soap="{SoapVersion.SOAP_11}" soap:encodingStyle="{_ENCODING}"'
    parts = [f'<f:{name} xmlns:f="{namespace}"{extra}>', _content(fields, kind), f"</f:{name}>"]
    return "".join(parts).encode("utf-8")


def _content(fields: "str | Fields", kind: str) -> str:
    if isinstance(fields, str):
        return escape(fields)
    parts: list[str] = []
    for name, value in fields:
        mark = kind if isinstance(value, str) else ""
        parts.append(f"<{name}{mark}>{_content(value, kind)}</{name}>")
    return "".join(parts)


def protected(operation: Operation[T], signer: Signer, at: datetime) -> Request:
    """Put the message of an operation into a signed envelope."""
    envelope = secure(operation.body, signer, at=at)
    return Request("POST", operation.url, operation.headers, envelope)


def headers(namespace: str, name: str) -> dict[str, str]:
    """Return the headers of an operation."""
    return {"content-type": "text/xml; charset=utf-8", "soapaction": f'"{namespace}#{name}"'}


def reading(name: str, read: Callable[[Told], T]) -> Callable[[Reply], T]:
    """Make the function that reads the answer to an operation.

    Args:
        name: Of the operation; the answer is called after it.
        read: Gets what the operation returns, without the elements ``return`` around it.
    """

    def reading(reply: Reply) -> T:
        return read(_returned(reply, name))

    return reading


def _returned(reply: Reply, name: str) -> Told:
    try:
        element = unwrap(reply.body, limits=_LIMITS, understood={SECURITY})
    except FaultReceived as error:
        _refuse(error.fault, reply)
    except (EnvelopeRefused, XmlRefused) as error:
        if reply.status in (200, 202):
            raise AnswerError(
                f"the reply is no SOAP: {error.message}", status=reply.status, delivery="unknown"
            ) from error
        answers.refuse(reply.status, "", headers=reply.headers)
    if reply.status != 200:
        answers.refuse(reply.status, "", headers=reply.headers)
    answered = etree.QName(element).localname
    if answered != f"{name}Response":
        raise AnswerError(
            f"{answered!r} is the answer to another operation than {name}", delivery="unknown"
        )
    told = Told(element)
    while len(told.children()) == 1 and told.child("return"):
        told = told.child("return")
    return told


def _refuse(fault: Fault, reply: Reply) -> None:
    """Raise what a fault stands for: its code, or one in its text, has the numbers of HTTP."""
    code = fault.code.rpartition(":")[2]
    for text in (code, fault.subcode, fault.detail[:200], fault.text[:200]):
        number = next((int(word) for word in _words(text) if word in _NUMBERS), 0)
        if number:
            answers.refuse(number, fault.text, headers=reply.headers)
    answers.refuse(400 if fault.blames_caller else 500, fault.text, headers=reply.headers)


_NUMBERS = {"400", "401", "403", "404", "409", "410", "413", "422", "429", "500", "503"}


def _words(text: str) -> list[str]:
    return "".join(c if c.isdigit() else " " for c in text).split()
