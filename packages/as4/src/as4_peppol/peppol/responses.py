"""What buyers and access points answer to an invoice: invoice response, message level response.

Both are an ``ApplicationResponse`` of UBL 2.1. They are read, not judged: the network's rules for
them are those of the packages that validate UBL.

Source: Peppol BIS Invoice Response 3 (T111) and Message Level Response 3 (T71), release 2026.5.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lxml import etree

from as4_peppol.errors import As4Error
from as4_peppol.peppol._ubl import APPLICATION_RESPONSE, NAMESPACES, path_of, text_at
from as4_peppol.peppol.identifiers import PARTICIPANT_SCHEME, ParticipantId
from einvoice_core.findings import Finding, Severity
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import parse

__all__ = [
    "Clarification",
    "Kind",
    "LineAnswer",
    "Response",
    "ResponseError",
    "read",
]


class ResponseError(As4Error):
    """A document is no response that can be read; it carries the findings."""

    code = "as4.response"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(f"the response cannot be read: {findings[0].message}")
        self.findings = findings


class Kind(StrEnum):
    """Which of the two it is."""

    INVOICE_RESPONSE = "urn:fdc:peppol.eu:poacc:trns:invoice_response:3"
    """The buyer says what becomes of an invoice (T111)."""

    MESSAGE_LEVEL = "urn:fdc:peppol.eu:poacc:trns:mlr:3"
    """Somebody on the way says whether a document can be processed (T71)."""


@dataclass(frozen=True, slots=True)
class Clarification:
    """Why, or what is wanted.

    Args:
        code: Such as ``DEL``; ``BV`` and its like in a message level response.
        list_id: ``OPStatusReason`` or ``OPStatusAction``; empty in a message level response.
        text: For a reader.
    """

    code: str
    list_id: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What is said of one place of the document (message level response).

    Args:
        place: Such as an XPath; ``NA`` without one.
        code: Code of the response, where there is one.
        text: For a reader.
        clarifications: Why.
    """

    place: str
    code: str
    text: str
    clarifications: tuple[Clarification, ...]


@dataclass(frozen=True, slots=True)
class Response:
    """A response.

    Args:
        kind: Which of the two.
        id: Of this response.
        issued_on: When.
        sender: Who answers.
        receiver: Who gets the answer.
        code: What becomes of the document: ``AB`` received, ``IP`` in process, ``UQ`` under query,
            ``CA`` accepted with conditions, ``RE`` rejected, ``AP`` accepted, ``PD`` paid.
        text: For a reader.
        effective_on: From when.
        clarifications: Why, and what is wanted.
        document_id: Of the invoice; of the envelope in a message level response.
        document_type_code: Such as ``380``, where it is said.
        lines: What is said of places of the document.
    """

    kind: Kind
    id: str
    issued_on: date
    sender: ParticipantId
    receiver: ParticipantId
    code: str
    document_id: str
    text: str = ""
    effective_on: date | None = None
    clarifications: tuple[Clarification, ...] = ()
    document_type_code: str = ""
    lines: tuple[LineAnswer, ...] = ()

    @property
    def is_rejected(self) -> bool:
        """Whether the document will not be processed further."""
        return self.code == "RE"


def read(data: bytes) -> Response:
    """Read a response.

    Raises:
        ResponseError: It is none, or something that has to be there is missing.
    """
    try:
        root = parse(data)
    except XmlRefused as error:
        wrong = Finding("AS4-RSP-001", Severity.FATAL, error.message, "", None, source=_SOURCE)
        raise ResponseError((wrong,)) from error
    if root.tag != APPLICATION_RESPONSE:
        text = "the document is no ApplicationResponse of UBL 2"
        raise ResponseError((_finding("AS4-RSP-001", text, root),))
    return _Reader(root).response()


_SOURCE = "Peppol BIS 3, T111 and T71"


def _finding(rule: str, message: str, at: etree._Element) -> Finding:
    path, line = path_of(at)
    return Finding(rule, Severity.FATAL, message, path, line, source=_SOURCE)


class _Reader:
    """Reads one response and collects what is missing in it."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._findings: list[Finding] = []

    def response(self) -> Response:
        kind = self._kind()
        answers = self._root.findall("cac:DocumentResponse", NAMESPACES)
        if len(answers) != 1:
            self._note("AS4-RSP-003", f"there are {len(answers)} of DocumentResponse, not one")
        response_id = self._needed("cbc:ID")
        issued_on = self._day("cbc:IssueDate", self._needed("cbc:IssueDate"))
        sender, receiver = self._party("cac:SenderParty"), self._party("cac:ReceiverParty")
        path = "cac:DocumentResponse"
        code = self._needed(f"{path}/cac:Response/cbc:ResponseCode")
        document_id = self._needed(f"{path}/cac:DocumentReference/cbc:ID")
        effective = text_at(self._root, f"{path}/cac:Response/cbc:EffectiveDate")
        effective_on = self._day("cbc:EffectiveDate", effective) if effective else None
        if self._findings or not (kind and issued_on and sender and receiver):
            raise ResponseError(tuple(self._findings))
        whole = self._root.find(f"{path}/cac:Response", NAMESPACES)
        return Response(
            kind,
            response_id,
            issued_on,
            sender,
            receiver,
            code,
            document_id,
            text_at(self._root, f"{path}/cac:Response/cbc:Description"),
            effective_on,
            _clarifications(whole),
            text_at(self._root, f"{path}/cac:DocumentReference/cbc:DocumentTypeCode"),
            tuple(
                _line(each) for each in self._root.iterfind(f"{path}/cac:LineResponse", NAMESPACES)
            ),
        )

    def _note(self, rule: str, message: str) -> None:
        self._findings.append(_finding(rule, message, self._root))

    def _kind(self) -> Kind | None:
        stated = text_at(self._root, "cbc:CustomizationID")
        try:
            return Kind(stated)
        except ValueError:
            self._note("AS4-RSP-002", f"CustomizationID is {stated[:80]!r}: of neither response")
            return None

    def _needed(self, path: str) -> str:
        found = text_at(self._root, path)
        if not found:
            self._note("AS4-RSP-004", f"{path} is missing or empty")
        return found

    def _day(self, name: str, text: str) -> date | None:
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            if text:
                self._note("AS4-RSP-005", f"{name} is {text[:40]!r}: write a day, 2026-11-25")
            return None

    def _party(self, path: str) -> ParticipantId | None:
        found = self._root.find(f"{path}/cbc:EndpointID", NAMESPACES)
        scheme = "" if found is None else found.get("schemeID", "")
        value = text_at(self._root, f"{path}/cbc:EndpointID")
        if not scheme or not value:
            self._note("AS4-RSP-004", f"{path}/cbc:EndpointID is missing, empty or has no schemeID")
            return None
        return ParticipantId(PARTICIPANT_SCHEME, f"{scheme}:{value}")


def _line(element: etree._Element) -> LineAnswer:
    answer = element.find("cac:Response", NAMESPACES)
    return LineAnswer(
        text_at(element, "cac:LineReference/cbc:LineID"),
        text_at(element, "cac:Response/cbc:ResponseCode"),
        text_at(element, "cac:Response/cbc:Description"),
        _clarifications(answer),
    )


def _clarifications(response: etree._Element | None) -> tuple[Clarification, ...]:
    found = [] if response is None else response.findall("cac:Status", NAMESPACES)
    made = []
    for status in found:
        code = status.find("cbc:StatusReasonCode", NAMESPACES)
        made.append(
            Clarification(
                text_at(status, "cbc:StatusReasonCode"),
                "" if code is None else code.get("listID", ""),
                text_at(status, "cbc:StatusReason"),
            )
        )
    return tuple(made)
