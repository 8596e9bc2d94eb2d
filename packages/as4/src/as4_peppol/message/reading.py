"""Finds and reads the header of a message.

Source: OASIS ebMS 3.0 core, section 5.2; W3C SOAP 1.2 part 1, section 5.2.
"""

from dataclasses import dataclass, field
from typing import TypeVar

from lxml import etree

from as4_peppol._names import EB, SOAP_11, SOAP_12, WSSE
from as4_peppol.errors import EbmsError
from as4_peppol.message.records import SignalMessage, UserMessage
from einvoice_core.records import Record
from einvoice_core.xml.binding import read
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import parse

__all__ = ["Envelope", "read_envelope"]

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Envelope:
    """The parts of an envelope that matter.

    Args:
        root: The envelope.
        messaging: ``eb:Messaging``.
        body: The SOAP body.
        security: ``wsse:Security``, where there is one.
        user: The user message, where there is one.
        signals: The signals.
    """

    root: etree._Element = field(repr=False)
    messaging: etree._Element = field(repr=False)
    body: etree._Element = field(repr=False)
    security: etree._Element | None = field(repr=False)
    user: UserMessage | None
    signals: tuple[SignalMessage, ...]

    @property
    def message_id(self) -> str | None:
        """Identifier of the first message in it."""
        first = self.user or next(iter(self.signals), None)
        return first.info.message_id if first is not None else None


def read_envelope(data: bytes, *, soap_11: bool = False) -> Envelope:
    """Read an envelope, without believing anything that it says.

    Raises:
        EbmsError: EBMS:0009 when it is not an envelope with a readable message.
    """
    try:
        root = parse(data)
    except XmlRefused as error:
        raise EbmsError("EBMS:0009", f"the envelope cannot be read: {error.message}") from error
    soap = next((n for n in (SOAP_12, SOAP_11) if root.tag == f"{{{n}}}Envelope"), None)
    if soap is None or (soap == SOAP_11 and not soap_11):
        raise EbmsError("EBMS:0009", "the message is not an envelope of SOAP 1.2")
    header, body = _one(root, soap, "Header"), _one(root, soap, "Body")
    messaging = _one(header, EB, "Messaging")
    found = header.findall(f"{{{WSSE}}}Security")
    if len(found) > 1:
        raise EbmsError("EBMS:0009", "the header has several elements wsse:Security")
    _understand(header, soap)
    users = [_bind(e, UserMessage) for e in messaging.iterfind(f"{{{EB}}}UserMessage")]
    signals = [_bind(e, SignalMessage) for e in messaging.iterfind(f"{{{EB}}}SignalMessage")]
    if len(users) > 1:
        raise EbmsError(
            "EBMS:0008", "several user messages in one envelope", users[0].info.message_id
        )
    if not users and not signals:
        raise EbmsError("EBMS:0009", "eb:Messaging holds no message")
    security = found[0] if found else None
    user = users[0] if users else None
    return Envelope(root, messaging, body, security, user, tuple(signals))


def _one(parent: etree._Element, namespace: str, name: str) -> etree._Element:
    found = parent.findall(f"{{{namespace}}}{name}")
    if len(found) != 1:
        raise EbmsError("EBMS:0009", f"the envelope has {len(found)} elements {name}, not one")
    return found[0]


def _understand(header: etree._Element, soap: str) -> None:
    known = {f"{{{EB}}}Messaging", f"{{{WSSE}}}Security"}
    for entry in header.iterchildren("*"):
        required = entry.get(f"{{{soap}}}mustUnderstand") in {"1", "true"}
        if required and entry.tag not in known:
            raise EbmsError("EBMS:0009", "a header that must be understood is not understood")


def _bind(element: etree._Element, kind: type[R]) -> R:
    bound = read(element, kind, limit=20)
    if bound.findings or bound.record is None:
        first = bound.findings[0]
        named = element.findtext(f"{{{EB}}}MessageInfo/{{{EB}}}MessageId", "").strip() or None
        raise EbmsError("EBMS:0009", first.message, named)
    return bound.record
