"""SOAP requests and answers of the sandbox as names and texts."""

import base64
from collections.abc import Sequence
from xml.sax.saxutils import escape

from lxml import etree

from einvoice_core.soap.envelope import EnvelopeRefused, wrap, wrap_fault
from einvoice_core.soap.fault import Fault
from einvoice_core.soap.security import SecuredMessage, SecurityRefused, verify_security
from einvoice_core.testing.service import Answer, Call
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import Limits
from facturae_es.face.sandbox.desk import Desk, RefusedError

__all__ = ["Content", "answered", "file_octets", "local_name", "opened", "refused", "text_at"]

Content = Sequence[tuple[str, "str | Content | None"]]
"""Children: a text, further children, or nothing (``xsi:nil``)."""

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_LIMITS = Limits(document=24 * 1024 * 1024, depth=64)


def opened(desk: Desk, call: Call) -> tuple[str, etree._Element]:
    """Verify the signature of a request.

    Returns:
        NIF of the caller and the message.

    Raises:
        RefusedError: It is not signed, not by somebody trusted, or no SOAP.
    """
    try:
        secured: SecuredMessage = verify_security(call.body, now=desk.clock(), limits=_LIMITS)
    except (XmlRefused, EnvelopeRefused) as error:
        raise RefusedError(400, f"La petición no es SOAP: {error.message}") from error
    except SecurityRefused as error:
        raise RefusedError(401, f"Necesita autenticación: {error.message}") from error
    return desk.caller(secured.certificate), secured.message


def answered(namespace: str, operation: str, content: Content) -> Answer:
    """Answer an operation."""
    body = (
        f'<n:{operation}Response xmlns:n="{namespace}" xmlns:xsi="{_XSI}">'
        f"<return>{_written(content)}</return></n:{operation}Response>"
    )
    return Answer(200, wrap(body.encode("utf-8")))


def refused(error: RefusedError) -> Answer:
    """Answer with a fault whose text begins with the number of the error."""
    side = "Client" if error.status < 500 else "Server"
    words = [error.said, *(text for texts in error.reasons.values() for text in texts)]
    said = ". ".join(dict.fromkeys(words))
    return Answer(500, wrap_fault(Fault(f"soap:{side}", f"{error.status} {said}")))


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    return etree.QName(element).localname


def text_at(element: etree._Element, *path: str) -> str:
    """Return the text at the end of a path of local names, empty where it is not there."""
    current: etree._Element | None = element
    for name in path:
        inside = current.iterchildren("*") if current is not None else ()
        current = next((child for child in inside if local_name(child) == name), None)
    return (current.text or "").strip() if current is not None else ""


def file_octets(text: str) -> bytes:
    """Read a file in Base64.

    Raises:
        RefusedError: It is not.
    """
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise RefusedError(400, "Un fichero no está en Base64") from error


def _written(content: "str | Content | None") -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return escape(content)
    parts = []
    for name, value in content:
        nil = ' xsi:nil="true"' if value is None else ""
        parts.append(f"<{name}{nil}>{_written(value)}</{name}>")
    return "".join(parts)
