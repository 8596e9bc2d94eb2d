"""The header of a message as records (``eb:UserMessage``, ``eb:SignalMessage``).

Source: OASIS ebMS 3.0 core, section 5 and its schema; ebBP signals 2.0.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, ClassVar

from as4_peppol._names import EB, EBBP, TEST_ACTION, TEST_SERVICE
from einvoice_core.lexical import Codec, LexicalDateTime
from einvoice_core.records import RawXml, Record, Xml, XmlType

__all__ = [
    "AgreementRef",
    "CollaborationInfo",
    "ErrorRow",
    "MessageInfo",
    "PartInfo",
    "Party",
    "PartyId",
    "PartyInfo",
    "Property",
    "PullRequest",
    "Receipt",
    "Service",
    "SignalMessage",
    "UserMessage",
]


def _collapse(text: str) -> str:
    return " ".join(text.split())


def _decode_instant(text: str) -> datetime:
    """Read an instant; programs write more digits of a second than we keep, or no time zone."""
    stripped = text.strip()
    plain = re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", stripped)
    value = datetime.fromisoformat(plain)
    if "T" not in plain:
        raise ValueError(f"{stripped[:40]!r} is not an instant")
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return LexicalDateTime.of(aware, stripped)


def _encode_instant(value: datetime) -> str:
    text = getattr(value, "text", None)
    if isinstance(text, str):
        return text
    utc = value.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03}Z"


_TOKEN: Codec[str] = Codec("token", _collapse, str)
_INSTANT: Codec[datetime] = Codec("instant", _decode_instant, _encode_instant)


class _Part(Record):
    xml_type: ClassVar[XmlType | None] = XmlType(child_namespace=EB)


class PartyId(_Part):
    """An identifier of a party (``eb:PartyId``)."""

    value: Annotated[str, Xml("PartyId", _TOKEN, text=True)]
    type: Annotated[str | None, Xml("type", _TOKEN, attribute=True)] = None


class Party(_Part):
    """Who sends, or to whom (``eb:From``, ``eb:To``)."""

    ids: Annotated[tuple[PartyId, ...], Xml("PartyId")]
    role: Annotated[str, Xml("Role", _TOKEN)]


class MessageInfo(_Part):
    """Which message, of when, in answer to which (``eb:MessageInfo``)."""

    sent_at: Annotated[datetime, Xml("Timestamp", _INSTANT)]
    message_id: Annotated[str, Xml("MessageId", _TOKEN)]
    ref_to_message_id: Annotated[str | None, Xml("RefToMessageId", _TOKEN)] = None


class PartyInfo(_Part):
    """The two ends of the exchange (``eb:PartyInfo``)."""

    sender: Annotated[Party, Xml("From")]
    receiver: Annotated[Party, Xml("To")]


class AgreementRef(_Part):
    """Under which agreement (``eb:AgreementRef``)."""

    value: Annotated[str, Xml("AgreementRef", _TOKEN, text=True)]
    type: Annotated[str | None, Xml("type", _TOKEN, attribute=True)] = None
    pmode: Annotated[str | None, Xml("pmode", _TOKEN, attribute=True)] = None


class Service(_Part):
    """For which service (``eb:Service``)."""

    value: Annotated[str, Xml("Service", _TOKEN, text=True)]
    type: Annotated[str | None, Xml("type", _TOKEN, attribute=True)] = None


class CollaborationInfo(_Part):
    """What for (``eb:CollaborationInfo``)."""

    agreement: Annotated[AgreementRef | None, Xml("AgreementRef")] = None
    service: Annotated[Service, Xml("Service")]
    action: Annotated[str, Xml("Action", _TOKEN)]
    conversation_id: Annotated[str, Xml("ConversationId", _TOKEN)]


class Property(_Part):
    """A named value (``eb:Property``)."""

    name: Annotated[str, Xml("name", _TOKEN, attribute=True)]
    value: Annotated[str, Xml("Property", _TOKEN, text=True)]
    type: Annotated[str | None, Xml("type", _TOKEN, attribute=True)] = None


class _Schema(_Part):
    location: Annotated[str, Xml("location", attribute=True)]
    version: Annotated[str | None, Xml("version", attribute=True)] = None
    namespace: Annotated[str | None, Xml("namespace", attribute=True)] = None


class PartInfo(_Part):
    """A payload (``eb:PartInfo``)."""

    href: Annotated[str | None, Xml("href", _TOKEN, attribute=True)] = None
    # Some programs write this element, which the standard does not have.
    schemas: Annotated[RawXml | None, Xml("Schemas")] = None
    schema_ref: Annotated[_Schema | None, Xml("Schema")] = None
    description: Annotated[RawXml | None, Xml("Description")] = None
    properties: Annotated[tuple[Property, ...] | None, Xml("Property", inside="PartProperties")] = (
        None
    )

    def value_of(self, name: str) -> str | None:
        """Return the value of a property, or ``None``."""
        return next((p.value for p in self.properties or () if p.name == name), None)


class UserMessage(Record):
    """A message with business content (``eb:UserMessage``)."""

    xml_type: ClassVar[XmlType | None] = XmlType("UserMessage", EB, EB)

    mpc: Annotated[str | None, Xml("mpc", _TOKEN, attribute=True)] = None
    info: Annotated[MessageInfo, Xml("MessageInfo")]
    parties: Annotated[PartyInfo, Xml("PartyInfo")]
    collaboration: Annotated[CollaborationInfo, Xml("CollaborationInfo")]
    properties: Annotated[
        tuple[Property, ...] | None, Xml("Property", inside="MessageProperties")
    ] = None
    payloads: Annotated[tuple[PartInfo, ...] | None, Xml("PartInfo", inside="PayloadInfo")] = None

    @property
    def is_test(self) -> bool:
        """Whether it only asks for a sign of life: nobody gets it delivered."""
        named = self.collaboration
        return named.service.value == TEST_SERVICE and named.action == TEST_ACTION

    def value_of(self, name: str) -> str | None:
        """Return the value of a message property, or ``None``."""
        return next((p.value for p in self.properties or () if p.name == name), None)


class PullRequest(Record):
    """Asks for a message of a channel (``eb:PullRequest``)."""

    xml_type: ClassVar[XmlType | None] = XmlType("PullRequest", EB, EB)

    mpc: Annotated[str | None, Xml("mpc", _TOKEN, attribute=True)] = None
    selection: Annotated[tuple[RawXml, ...], Xml("*")] = ()


class Receipt(Record):
    """Proves that a message came in (``eb:Receipt``).

    Its content is kept as it was written: ``ebbp:NonRepudiationInformation``, or what others put.
    """

    xml_type: ClassVar[XmlType | None] = XmlType("Receipt", EB, EBBP)

    content: Annotated[tuple[RawXml, ...], Xml("*")] = ()


class ErrorRow(Record):
    """One error of a signal (``eb:Error``)."""

    xml_type: ClassVar[XmlType | None] = XmlType("Error", EB, EB)

    category: Annotated[str | None, Xml("category", _TOKEN, attribute=True)] = None
    ref_to_message: Annotated[str | None, Xml("refToMessageInError", _TOKEN, attribute=True)] = None
    code: Annotated[str, Xml("errorCode", _TOKEN, attribute=True)]
    origin: Annotated[str | None, Xml("origin", _TOKEN, attribute=True)] = None
    severity: Annotated[str, Xml("severity", _TOKEN, attribute=True)]
    name: Annotated[str | None, Xml("shortDescription", _TOKEN, attribute=True)] = None
    description: Annotated[RawXml | None, Xml("Description")] = None
    detail: Annotated[str | None, Xml("ErrorDetail", _TOKEN)] = None


class SignalMessage(Record):
    """A message about a message (``eb:SignalMessage``)."""

    xml_type: ClassVar[XmlType | None] = XmlType("SignalMessage", EB, EB)

    info: Annotated[MessageInfo, Xml("MessageInfo")]
    pull_request: Annotated[PullRequest | None, Xml("PullRequest")] = None
    receipt: Annotated[Receipt | None, Xml("Receipt")] = None
    errors: Annotated[tuple[ErrorRow, ...], Xml("Error")] = ()
