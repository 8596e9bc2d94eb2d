"""Message level status: what corner 3 tells corner 2 of a document; write, read, check.

Source: Peppol MLS, rules of release 1.0.1 (1.1.0 is in force; what it changed is not known here).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import cast

from lxml import etree

from as4_peppol.errors import As4Error
from as4_peppol.peppol._ubl import APPLICATION_RESPONSE, NAMESPACES, RESPONSE_SPACE, path_of
from as4_peppol.peppol._ubl import text_at as _text
from as4_peppol.peppol.identifiers import DocumentTypeId, ParticipantId, ProcessId
from einvoice_core.findings import Finding, Severity
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import parse

__all__ = [
    "DOCUMENT_TYPE",
    "PROCESS",
    "Issue",
    "MessageStatus",
    "MlsError",
    "Reason",
    "Status",
    "check",
    "is_due",
    "read",
    "write",
]

_ROOT, _NS = RESPONSE_SPACE, NAMESPACES
_CUSTOMIZATION, _PROFILE = "urn:peppol:edec:mls:1.0", "urn:peppol:edec:mls"
_SEAT_SCHEME = "0242"
_SEAT = re.compile(r"[0-9]{6}(-[0-9A-Z_]{3,12}(\.[0-9A-Z\-._~]{3,24})?)?", re.IGNORECASE)
_ZONE = re.compile(r"([+-]\d{2}:\d{2}|Z)\Z")

DOCUMENT_TYPE = DocumentTypeId.parse(
    f"busdox-docid-qns::{_ROOT}::ApplicationResponse##{_CUSTOMIZATION}::2.1"
)
"""Document type under which a status is sent."""

PROCESS = ProcessId.parse(_PROFILE)
"""Process in which it is sent."""


class MlsError(As4Error):
    """A status is not one; it carries the findings."""

    code = "as4.mls"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(f"the status is not acceptable: {findings[0].rule} {findings[0].message}")
        self.findings = findings


class Status(StrEnum):
    """What became of the document."""

    ACCEPTED = "AP"
    FORWARDED = "AB"
    REJECTED = "RE"


class Reason(StrEnum):
    """Kind of an issue; all but a warning are failures."""

    RULE = "BV"
    WARNING = "BW"
    SYNTAX = "SV"
    DELIVERY = "FD"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong in the document.

    Args:
        line: Where, such as an XPath; ``NA`` without a place.
        reason: What kind.
        text: For a reader.
    """

    line: str
    reason: Reason
    text: str


@dataclass(frozen=True, slots=True)
class MessageStatus:
    """A status.

    Args:
        id: Of this status.
        issued_at: When, with a time zone.
        sender: Seat of corner 3, scheme 0242.
        receiver: Seat of corner 2, scheme 0242.
        status: What became of the document.
        refers_to: ``InstanceIdentifier`` of the envelope it answers.
        text: Why, for a reader; a rejection has one.
        issues: In detail; a rejection has a failure among them.
    """

    id: str
    issued_at: datetime
    sender: ParticipantId
    receiver: ParticipantId
    status: Status
    refers_to: str
    text: str = ""
    issues: tuple[Issue, ...] = ()


def is_due(answered: DocumentTypeId, status: Status, mls_type: str | None) -> bool:
    """Whether a status is to be sent; at most one for each document.

    Args:
        answered: Document type of what came in; a status or response never gets one.
        status: What became of it.
        mls_type: Scope ``MLS_TYPE`` of its envelope; ``FAILURE_ONLY`` where it has none.
    """
    parts = answered.parts
    if parts is not None and parts[1] == "ApplicationResponse" and _is_level(parts[2]):
        return False
    return status is Status.REJECTED or mls_type == "ALWAYS_SEND"


def _is_level(customization: str) -> bool:
    return customization.startswith(("urn:peppol:edec:mls:", "urn:fdc:peppol.eu:poacc:trns:mlr:"))


def check(data: bytes) -> tuple[Finding, ...]:
    """Return what is wrong with a status: ``SCH-MLS-01`` to ``-31``, or ``AS4-MLS-000``."""
    try:
        root = parse(data)
    except XmlRefused as error:
        return (_finding("AS4-MLS-000", f"the status cannot be read: {error.message}", None),)
    if root.tag != APPLICATION_RESPONSE:
        return (_finding("AS4-MLS-000", "the document is no ApplicationResponse of UBL 2", root),)
    return tuple(_check(root))


def _check(root: etree._Element) -> Iterator[Finding]:
    def rule(number: int, holds: bool, message: str, at: etree._Element) -> Iterator[Finding]:
        if not holds:
            yield _finding(f"SCH-MLS-{number:02d}", message, at)

    customization, profile = _text(root, "cbc:CustomizationID"), _text(root, "cbc:ProfileID")
    yield from rule(1, customization == _CUSTOMIZATION, f"write {_CUSTOMIZATION}", root)
    yield from rule(2, profile == _PROFILE, f"write {_PROFILE}", root)
    yield from rule(3, bool(_text(root, "cbc:ID")), "give the status an ID", root)
    yield from rule(4, len(_text(root, "cbc:IssueDate")) == 10, "write a day without zone", root)
    time = root.find("cbc:IssueTime", _NS)
    yield from rule(5, time is not None, "add the IssueTime", root)
    zoned = bool(_ZONE.search(_text(root, "cbc:IssueTime")))
    yield from rule(6, zoned, "end the IssueTime with Z or an offset", root)
    for number, party in ((7, "cac:SenderParty"), (12, "cac:ReceiverParty")):
        yield from _party(root, party, number)
    responses = root.findall("cac:DocumentResponse", _NS)
    yield from rule(17, len(responses) == 1, "write one DocumentResponse", root)
    for response in responses:
        yield from _response(response, rule)


_Rule = Callable[[int, bool, str, etree._Element], Iterator[Finding]]


def _party(root: etree._Element, party: str, number: int) -> Iterator[Finding]:
    """The five rules of an endpoint, from ``number`` on."""
    element = root.find(f"{party}/cbc:EndpointID", _NS)
    value = _text(root, f"{party}/cbc:EndpointID")
    scheme = None if element is None else element.get("schemeID")
    checks = (
        (element is not None, "add the EndpointID"),
        (bool(value), "the EndpointID is empty"),
        (bool(_SEAT.fullmatch(value)), "write the six digits of a seat"),
        (scheme is not None, "add the schemeID"),
        (scheme == _SEAT_SCHEME, f"the schemeID is {_SEAT_SCHEME}"),
    )
    for offset, (holds, message) in enumerate(checks):
        if not holds:
            name = f"SCH-MLS-{number + offset:02d}"
            yield _finding(name, f"{party}: {message}", root)


def _response(response: etree._Element, rule: _Rule) -> Iterator[Finding]:
    code_path, text_path = "cac:Response/cbc:ResponseCode", "cac:Response/cbc:Description"
    code = _text(response, code_path)
    lines = response.findall("cac:LineResponse", _NS)
    reasons = {
        _text(e, ".")
        for line in lines
        for e in line.iterfind("cac:Response/cac:Status/cbc:StatusReasonCode", _NS)
    }
    rejected, failed = code == Status.REJECTED, bool(reasons & {"BV", "FD", "SV"})
    texts = response.find(text_path, _NS)
    references = response.findall("cac:DocumentReference", _NS)
    has_code = response.find(code_path, _NS) is not None
    yield from rule(18, has_code, "add the ResponseCode", response)
    yield from rule(19, code in set(Status), "the code is AP, AB or RE", response)
    yield from rule(20, not rejected or texts is not None, "say why it is rejected", response)
    described = bool(_text(response, text_path))
    yield from rule(21, not rejected or described, "the Description is empty", response)
    yield from rule(22, len(references) == 1, "refer to one document", response)
    yield from rule(23, not rejected or bool(lines), "a rejection has an issue", response)
    yield from rule(24, not rejected or failed, "a rejection has a failure", response)
    yield from rule(25, rejected or not failed, "a failure means a rejection", response)
    for each in references:
        yield from rule(26, bool(_text(each, "cbc:ID")), "name the envelope", each)
    for line in lines:
        place = _text(line, "cac:LineReference/cbc:LineID")
        yield from rule(27, bool(place), "say where, or NA", line)
        for answer in line.iterfind("cac:Response", _NS):
            text = answer.find("cbc:Description", _NS)
            yield from rule(28, text is not None, "describe the issue", answer)
            yield from rule(29, bool(_text(answer, "cbc:Description")), "it is empty", answer)
            states = answer.findall("cac:Status", _NS)
            yield from rule(30, bool(states), "add the Status", answer)
            for state in states:
                reason = _text(state, "cbc:StatusReasonCode")
                yield from rule(31, reason in set(Reason), "use BV, BW, FD or SV", state)


def read(data: bytes) -> MessageStatus:
    """Read a status.

    Raises:
        MlsError: It breaks one of the rules.
    """
    findings = check(data)
    if findings:
        raise MlsError(findings)
    root = parse(data)
    moment = f"{_text(root, 'cbc:IssueDate')}T{_text(root, 'cbc:IssueTime')}"
    try:
        issued_at = datetime.fromisoformat(moment)
    except ValueError:
        wrong = _finding("AS4-MLS-001", "the date and time of issue are not an instant", root)
        raise MlsError((wrong,)) from None
    path = "cac:DocumentResponse"
    lines = root.findall(f"{path}/cac:LineResponse/cac:Response", _NS)
    return MessageStatus(
        _text(root, "cbc:ID"),
        issued_at,
        _seat(_text(root, "cac:SenderParty/cbc:EndpointID")),
        _seat(_text(root, "cac:ReceiverParty/cbc:EndpointID")),
        Status(_text(root, f"{path}/cac:Response/cbc:ResponseCode")),
        _text(root, f"{path}/cac:DocumentReference/cbc:ID"),
        _text(root, f"{path}/cac:Response/cbc:Description"),
        tuple(
            Issue(
                _text(cast("etree._Element", e.getparent()), "cac:LineReference/cbc:LineID"),
                Reason(_text(e, "cac:Status/cbc:StatusReasonCode")),
                _text(e, "cbc:Description"),
            )
            for e in lines
        ),
    )


def write(status: MessageStatus) -> bytes:
    """Write a status as XML in UTF-8.

    Raises:
        MlsError: It breaks one of the rules.
    """
    root = etree.Element(f"{{{_ROOT}}}ApplicationResponse", nsmap={"ubl": _ROOT, **_NS})
    day, _, time = status.issued_at.isoformat(timespec="seconds").partition("T")
    _add(root, "cbc:CustomizationID", _CUSTOMIZATION)
    _add(root, "cbc:ProfileID", _PROFILE)
    _add(root, "cbc:ID", status.id)
    _add(root, "cbc:IssueDate", day)
    _add(root, "cbc:IssueTime", time)
    for name, who in (("cac:SenderParty", status.sender), ("cac:ReceiverParty", status.receiver)):
        scheme, _, value = who.value.partition(":")
        _add(_add(root, name), "cbc:EndpointID", value).set("schemeID", scheme)
    response = _add(root, "cac:DocumentResponse")
    overall = _add(response, "cac:Response")
    _add(overall, "cbc:ResponseCode", status.status)
    if status.text:
        _add(overall, "cbc:Description", status.text)
    _add(_add(response, "cac:DocumentReference"), "cbc:ID", status.refers_to)
    for issue in status.issues:
        line = _add(response, "cac:LineResponse")
        _add(_add(line, "cac:LineReference"), "cbc:LineID", issue.line)
        detail = _add(line, "cac:Response")
        _add(detail, "cbc:Description", issue.text)
        _add(_add(detail, "cac:Status"), "cbc:StatusReasonCode", issue.reason)
    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    findings: Sequence[Finding] = check(data)
    if findings:
        raise MlsError(tuple(findings))
    return data


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    prefix, _, local = name.partition(":")
    element = etree.SubElement(parent, f"{{{_NS[prefix]}}}{local}")
    element.text = text
    return element


def _seat(value: str) -> ParticipantId:
    return ParticipantId.parse(f"{_SEAT_SCHEME}:{value}")


def _finding(rule: str, message: str, at: etree._Element | None) -> Finding:
    path, line = ("", None) if at is None else path_of(at)
    return Finding(rule, Severity.FATAL, message, path, line, source="Peppol MLS 1.0.1")
