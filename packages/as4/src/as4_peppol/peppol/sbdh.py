"""The envelope of a business document (``StandardBusinessDocument``): write, read, check.

Source: UN/CEFACT Standard Business Document Header 1.3; Peppol Business Message Envelope 2.0.2.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from as4_peppol.errors import As4Error
from as4_peppol.peppol.identifiers import (
    PARTICIPANT_SCHEME,
    PROCESS_SCHEME,
    QNS,
    DocumentTypeId,
    IdentifierError,
    ParticipantId,
    ProcessId,
)
from einvoice_core.findings import Finding, Severity
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import LIMITS, check, parse

__all__ = ["NAMESPACE", "RULES", "BusinessDocument", "SbdhError", "Scope", "read", "wrap"]

NAMESPACE = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
_OF = f"{{{NAMESPACE}}}"
_DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\?>\s*")
_COUNTRY = re.compile(r"[A-Z]{2}")
# What stands in the envelope is one level deeper, and the envelope has octets of its own.
_INSIDE = replace(LIMITS, depth=LIMITS.depth - 1, document=LIMITS.document - 65_536)
_MLS_TYPES = ("ALWAYS_SEND", "FAILURE_ONLY")

RULES = {
    "AS4-SBDH-001": "The document is XML with the root StandardBusinessDocument and its header.",
    "AS4-SBDH-002": "HeaderVersion is 1.0.",
    "AS4-SBDH-003": "There is one Sender, a participant of iso6523-actorid-upis.",
    "AS4-SBDH-004": "There is one Receiver, a participant of iso6523-actorid-upis.",
    "AS4-SBDH-005": "DocumentIdentification has an InstanceIdentifier.",
    "AS4-SBDH-006": "CreationDateAndTime is an instant with a time zone.",
    "AS4-SBDH-007": "The scope DOCUMENTID names a document type.",
    "AS4-SBDH-008": "The scope PROCESSID names a process.",
    "AS4-SBDH-009": "The scope COUNTRY_C1 names the country of corner 1 with two letters.",
    "AS4-SBDH-010": "Standard and Type name the namespace and the root of the document type.",
    "AS4-SBDH-011": "There is one business document, with the root that Standard and Type name.",
    "AS4-SBDH-012": "The scope MLS_TO names a participant and its scheme.",
    "AS4-SBDH-013": "The scope MLS_TYPE is ALWAYS_SEND or FAILURE_ONLY.",
    "AS4-SBDH-014": "A scope stands once.",
}
"""The checks of an envelope, by their id."""


class SbdhError(As4Error):
    """The envelope of a document is not one; it carries the findings."""

    code = "as4.sbdh"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        first = findings[0]
        super().__init__(f"the envelope is not acceptable: {first.rule} {first.message}")
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Scope:
    """A named value of the envelope.

    Args:
        type: Its name.
        value: ``InstanceIdentifier``.
        identifier: Scheme of the value, where one is given.
    """

    type: str
    value: str
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class BusinessDocument:
    """A document in its envelope.

    Args:
        sender: Participant at corner 1.
        receiver: Participant at corner 4.
        document_type: What it is.
        process: In which process.
        country_c1: Country of corner 1, two letters.
        created_at: When the envelope was made.
        instance_id: Identifier of this envelope.
        content: The document itself, an XML element without declaration.
        mls_to: Who gets the message level status, where that is not the sending access point.
        mls_type: Whether a status is wanted always or only of failures.
        others: Further scopes.
    """

    sender: ParticipantId
    receiver: ParticipantId
    document_type: DocumentTypeId
    process: ProcessId
    country_c1: str
    created_at: datetime
    instance_id: str
    content: bytes = field(repr=False)
    mls_to: ParticipantId | None = None
    mls_type: str | None = None
    others: tuple[Scope, ...] = ()


def wrap(
    content: bytes,
    *,
    sender: ParticipantId,
    receiver: ParticipantId,
    document_type: DocumentTypeId,
    process: ProcessId,
    country_c1: str,
    now: datetime,
    instance_id: str | None = None,
    mls_to: ParticipantId | None = None,
    mls_type: str | None = None,
) -> bytes:
    """Put a document into its envelope.

    Args:
        content: An XML document; its declaration is dropped, and what is not UTF-8 is converted.
        sender: Participant at corner 1.
        receiver: Participant at corner 4.
        document_type: What it is; ``Standard``, ``Type`` and ``TypeVersion`` follow from it.
        process: In which process.
        country_c1: Country of corner 1, two letters.
        now: The present, with a time zone.
        instance_id: By default a new one.
        mls_to: Who gets the message level status.
        mls_type: ``ALWAYS_SEND`` or ``FAILURE_ONLY``.

    Raises:
        IdentifierError: The document type does not say which root it means.
        SbdhError: The envelope would not be acceptable.
    """
    parts = document_type.parts
    if parts is None:
        raise IdentifierError(f"{document_type.value[:80]!r} does not name namespace and root")
    namespace, root, _, version = parts
    scopes = [
        Scope("DOCUMENTID", document_type.value, document_type.scheme),
        Scope("PROCESSID", process.value, process.scheme),
        Scope("COUNTRY_C1", country_c1),
    ]
    if mls_to is not None:
        scopes.append(Scope("MLS_TO", mls_to.value, mls_to.scheme))
    if mls_type is not None:
        scopes.append(Scope("MLS_TYPE", mls_type))
    # A prefix of its own keeps the envelope's namespace out of the document.
    identification = _elements(
        Standard=namespace,
        TypeVersion=version,
        InstanceIdentifier=instance_id or str(uuid.uuid4()),
        Type=root,
        CreationDateAndTime=now.isoformat(timespec="seconds"),
    )
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sh:StandardBusinessDocument xmlns:sh="{NAMESPACE}"><sh:StandardBusinessDocumentHeader>'
        f"{_elements(HeaderVersion='1.0')}{_party('Sender', sender)}{_party('Receiver', receiver)}"
        f"<sh:DocumentIdentification>{identification}</sh:DocumentIdentification>"
        f"<sh:BusinessScope>{''.join(map(_scope, scopes))}</sh:BusinessScope>"
        "</sh:StandardBusinessDocumentHeader>"
    )
    try:
        checked = check(content, _INSIDE)
    except XmlRefused as error:
        raise SbdhError((_finding("AS4-SBDH-001", error.message, None),)) from error
    opening, closing = head.encode("utf-8"), b"</sh:StandardBusinessDocument>"
    # The header is judged around the root alone: what is below it was checked, and may be large.
    name = f"<{checked.name} xmlns={quoteattr(checked.namespace)}/>"
    _judge(opening + name.encode("utf-8") + closing)
    return b"".join((opening, _DECLARATION.sub(b"", checked.text, count=1), closing))


def _elements(**texts: str) -> str:
    return "".join(f"<sh:{name}>{escape(text)}</sh:{name}>" for name, text in texts.items())


def _party(role: str, participant: ParticipantId) -> str:
    return (
        f"<sh:{role}><sh:Identifier Authority={quoteattr(participant.scheme)}>"
        f"{escape(participant.value)}</sh:Identifier></sh:{role}>"
    )


def _scope(scope: Scope) -> str:
    scheme = _elements(Identifier=scope.identifier) if scope.identifier else ""
    inner = _elements(Type=scope.type, InstanceIdentifier=scope.value)
    return f"<sh:Scope>{inner}{scheme}</sh:Scope>"


def read(data: bytes) -> BusinessDocument:
    """Read a document out of its envelope.

    Raises:
        SbdhError: The envelope is not what Peppol demands; it carries all findings.
    """
    document, element = _judge(data)
    # Last and apart: whoever only asks whether the envelope is right does not pay for a copy.
    content = etree.tostring(element, encoding="UTF-8", with_tail=False)
    return replace(document, content=content)


def _judge(data: bytes) -> tuple[BusinessDocument, etree._Element]:
    """Return what an envelope says, without its content, and the element that is the content."""
    findings: list[Finding] = []
    try:
        root = parse(data)
    except XmlRefused as error:
        raise SbdhError((_finding("AS4-SBDH-001", error.message, None),)) from error
    header = root.find(f"{_OF}StandardBusinessDocumentHeader")
    if root.tag != f"{_OF}StandardBusinessDocument" or header is None:
        text = f"the document is {etree.QName(root).localname}, or lacks its header"
        raise SbdhError((_finding("AS4-SBDH-001", text, root),))
    reader = _Reader(root, header, findings)
    document, content = reader.document()
    if document is None or content is None or findings:
        raise SbdhError(tuple(findings))
    return document, content


def _finding(rule: str, message: str, at: etree._Element | None) -> Finding:
    path = "" if at is None else at.getroottree().getpath(at)
    line = None if at is None else cast("int | None", at.sourceline)
    return Finding(rule, Severity.FATAL, message, path, line, source="Peppol BME 2.0.2")


class _Reader:
    """Reads one envelope and collects what is wrong with it."""

    def __init__(
        self, root: etree._Element, header: etree._Element, findings: list[Finding]
    ) -> None:
        self._root, self._header, self._findings = root, header, findings
        self._scopes = {
            scope.findtext(f"{_OF}Type", "").strip(): Scope(
                scope.findtext(f"{_OF}Type", "").strip(),
                scope.findtext(f"{_OF}InstanceIdentifier", "").strip(),
                scope.findtext(f"{_OF}Identifier", "").strip(),
            )
            for scope in header.iterfind(f"{_OF}BusinessScope/{_OF}Scope")
        }

    def _note(self, rule: str, message: str, at: etree._Element | None = None) -> None:
        self._findings.append(_finding(rule, message, self._header if at is None else at))

    def document(self) -> tuple[BusinessDocument | None, etree._Element | None]:
        self._once()
        version = self._header.findtext(f"{_OF}HeaderVersion", "").strip()
        if version != "1.0":
            self._note("AS4-SBDH-002", f"HeaderVersion is {version!r}; it must be 1.0")
        sender = self._participant("Sender", "AS4-SBDH-003")
        receiver = self._participant("Receiver", "AS4-SBDH-004")
        instance_id = self._identification("InstanceIdentifier")
        if not instance_id:
            self._note("AS4-SBDH-005", "the InstanceIdentifier is empty: give the envelope one")
        created_at = self._created()
        document_type = self._document_type()
        process = self._process()
        country = self._value("COUNTRY_C1")
        if not _COUNTRY.fullmatch(country):
            self._note("AS4-SBDH-009", f"COUNTRY_C1 is {country!r}: write a country such as ES")
        mls_to, mls_type = self._mls()
        content = self._content(document_type)
        if not (sender and receiver and document_type and process and created_at):
            return None, content
        known = {"DOCUMENTID", "PROCESSID", "COUNTRY_C1", "MLS_TO", "MLS_TYPE"}
        others = tuple(s for s in self._scopes.values() if s.type not in known)
        document = BusinessDocument(
            sender,
            receiver,
            document_type,
            process,
            country,
            created_at,
            instance_id,
            b"",
            mls_to,
            mls_type,
            others,
        )
        return document, content

    def _once(self) -> None:
        named = [
            t.text.strip() if t.text else ""
            for t in self._header.iterfind(f"{_OF}BusinessScope/{_OF}Scope/{_OF}Type")
        ]
        for name in sorted({n for n in named if named.count(n) > 1}):
            self._note("AS4-SBDH-014", f"the scope {name!r} stands {named.count(name)} times")

    def _value(self, scope: str) -> str:
        found = self._scopes.get(scope)
        return found.value if found else ""

    def _identification(self, name: str) -> str:
        return self._header.findtext(f"{_OF}DocumentIdentification/{_OF}{name}", "").strip()

    def _participant(self, role: str, rule: str) -> ParticipantId | None:
        found = self._header.findall(f"{_OF}{role}")
        identifiers = [e for party in found for e in party.findall(f"{_OF}Identifier")]
        if len(found) != 1 or len(identifiers) != 1:
            self._note(
                rule, f"there are {len(found)} of {role} with {len(identifiers)} identifiers"
            )
            return None
        (element,) = identifiers
        if element.get("Authority") != PARTICIPANT_SCHEME:
            text = f"the Authority of {role} is {element.get('Authority')!r}"
            self._note(rule, f"{text}; it must be {PARTICIPANT_SCHEME}", element)
            return None
        try:
            return ParticipantId.parse(f"{PARTICIPANT_SCHEME}::{(element.text or '').strip()}")
        except IdentifierError as error:
            self._note(rule, error.message, element)
            return None

    def _created(self) -> datetime | None:
        text = self._identification("CreationDateAndTime")
        plain = re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", text)
        try:
            value = datetime.fromisoformat(plain)
        except ValueError:
            value = None
        if value is None or value.tzinfo is None or "T" not in plain:
            self._note("AS4-SBDH-006", f"CreationDateAndTime is {text[:40]!r}")
            return None
        return value

    def _document_type(self) -> DocumentTypeId | None:
        scope = self._scopes.get("DOCUMENTID")
        try:
            scheme = (scope.identifier if scope else "") or QNS
            found = DocumentTypeId.parse(f"{scheme}::{self._value('DOCUMENTID')}")
        except IdentifierError as error:
            self._note("AS4-SBDH-007", error.message)
            return None
        parts = found.parts
        stated = (self._identification("Standard"), self._identification("Type"))
        if parts is None:
            # A type of another syntax has its own way to say what it is.
            if not all(stated):
                self._note("AS4-SBDH-010", "Standard or Type is empty")
        elif stated != parts[:2]:
            self._note(
                "AS4-SBDH-010",
                f"Standard and Type are {stated[0]!r} and {stated[1]!r}; "
                f"the document type says {parts[0]!r} and {parts[1]!r}",
            )
        return found

    def _process(self) -> ProcessId | None:
        scope = self._scopes.get("PROCESSID")
        try:
            scheme = (scope.identifier if scope else "") or PROCESS_SCHEME
            return ProcessId.parse(f"{scheme}::{self._value('PROCESSID')}")
        except IdentifierError as error:
            self._note("AS4-SBDH-008", error.message)
            return None

    def _mls(self) -> tuple[ParticipantId | None, str | None]:
        to: ParticipantId | None = None
        scope = self._scopes.get("MLS_TO")
        if scope is not None:
            try:
                if not scope.identifier:
                    raise IdentifierError("MLS_TO lacks the scheme of its participant")
                to = ParticipantId.parse(f"{scope.identifier}::{scope.value}")
            except IdentifierError as error:
                self._note("AS4-SBDH-012", error.message)
        kind = self._value("MLS_TYPE") if "MLS_TYPE" in self._scopes else None
        if kind is not None and kind not in _MLS_TYPES:
            self._note("AS4-SBDH-013", f"MLS_TYPE is {kind[:40]!r}; it is one of {_MLS_TYPES}")
        return to, kind

    def _content(self, document_type: DocumentTypeId | None) -> etree._Element | None:
        documents = list(self._documents())
        if len(documents) != 1:
            self._note("AS4-SBDH-011", f"the envelope holds {len(documents)} documents, not one")
            return None
        (element,) = documents
        name = etree.QName(element)
        stated = (self._identification("Standard"), self._identification("Type"))
        parts = document_type.parts if document_type is not None else None
        if parts is not None and parts[:2] == stated and self._is_plain(name, stated):
            self._note(
                "AS4-SBDH-011",
                f"the document is {name.localname} of {name.namespace!r}, not what Type says",
                element,
            )
        return element

    def _documents(self) -> Iterator[etree._Element]:
        for child in self._root.iterchildren("*"):
            if child is not self._header:
                yield child

    def _is_plain(self, name: etree.QName, stated: tuple[str, str]) -> bool:
        """Whether the content is a document itself, and another one than stated."""
        envelope = "http://peppol.eu/xsd/ticc/envelope/1.0"
        return name.namespace != envelope and (name.namespace, name.localname) != stated
