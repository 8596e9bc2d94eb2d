"""Messages of the SII services: records in, request out; reply in, answer out. No I/O.

Source: tax agency, WSDLs and schemas of the SII, version 1.1.
"""

from collections import defaultdict, deque
from collections.abc import Sequence

from lxml import etree

from aeat_sii.conversation import Request, content_of
from aeat_sii.environments import CertificateKind
from aeat_sii.errors import BatchError, DraftError, ProtocolError, WrongAnswerError
from aeat_sii.sii.answers import Answer, AnswerLine, answer_type
from aeat_sii.sii.authorities import Authority, Place
from aeat_sii.sii.books import BOOKS, IGIC_BOOKS, home_of, layout_of
from aeat_sii.sii.codes import Communication
from aeat_sii.sii.keys import Key, key_of, key_of_line
from aeat_sii.sii.namespaces import SII, SII_LR, from_canary, is_canary, to_canary
from aeat_sii.sii.records import (
    MAX_RECORDS,
    AnyRecord,
    CancelHeader,
    Header,
    Submission,
    Titular,
)
from einvoice_core.http import Reply
from einvoice_core.soap import envelope
from einvoice_core.xml.binding import read, write
from einvoice_core.xml.errors import DocumentRefused
from einvoice_core.xml.parsing import parse

__all__ = [
    "MAX_ANSWER",
    "build",
    "content",
    "match",
    "prepare",
    "read_answer",
    "read_submission",
    "request_of",
]

MAX_ANSWER = 64 * 1024 * 1024
"""Bytes of an answer that are read; a page of 10,000 invoices takes some 25 MB."""

# Faults that blame the caller by their side, while the list of codes says that the service failed.
_TECHNICAL = frozenset(
    {
        *("3500", "3501", "3502", "3504", "3505", "3506", "4107", "4110", "4112", "4113", "4115"),
        *("4121", "4127", "4128", "4129", "4134"),
    }
)

_PREFIXES = {"siiLR": SII_LR, "sii": SII}


def read_submission(xml: bytes) -> Submission:
    """Read a submission to a book, in its SOAP envelope or without it.

    Args:
        xml: Of any authority.

    Returns:
        The submission, its records in the agency's namespaces.

    Raises:
        DraftError: There is no submission in it.
        DocumentRefused: It is not XML, or not of its structure.
    """
    root = parse(xml)
    layouts = [*IGIC_BOOKS.values(), *BOOKS.values()] if is_canary(root) else BOOKS.values()
    root = from_canary(root)
    for layout in layouts:
        for kind in (layout.submission, layout.cancellation):
            name = f"{{{SII_LR}}}{kind.xml_type.name}" if kind and kind.xml_type else ""
            found = next(root.iter(name), None) if kind else None
            if kind and isinstance(found, etree._Element):
                submission: Submission = read(found, kind).require()
                return submission
    raise DraftError("the file holds no submission to a book of the SII")


def prepare(
    records: Sequence[AnyRecord],
    titular: Titular,
    *,
    communication: Communication = Communication.REGISTER,
    authority: Authority = Authority.AEAT,
) -> Submission:
    """Put records of one book into a submission.

    Args:
        records: All of one class.
        titular: Whose books they are.
        communication: What the submission does; cancellations, payments and buildings say nothing.
        authority: Who keeps the books; it decides the version.

    Raises:
        BatchError: There are no records, too many, of several books, or twice the same one.
    """
    if not 1 <= len(records) <= MAX_RECORDS:
        raise BatchError(
            f"{len(records)} records: a submission carries 1 to {MAX_RECORDS}", count=len(records)
        )
    if len({type(record) for record in records}) > 1:
        raise BatchError("the records are of several books: make a submission for each")
    repeated = len(records) - len({key_of(record) for record in records})
    if repeated:
        raise BatchError(
            f"{repeated} records repeat another one: the answer could not tell them apart",
            count=repeated,
        )
    layout, cancels = home_of(records[0])
    kind = layout.message(cancels=cancels)
    layouts = IGIC_BOOKS if authority is Authority.CANARIAS else BOOKS
    expected = layouts.get(layout.book, layout).message(cancels=cancels)
    if kind is not expected:
        raise BatchError(
            f"{authority.value} takes other records in the book {layout.book.value}: invoices of "
            "IGIC go to the Canary Islands, and no others",
            authority=authority.value,
        )
    version = authority.version
    header: Header | CancelHeader = CancelHeader(version=version, titular=titular)
    if kind.model_fields["header"].annotation is Header:
        header = Header(version=version, titular=titular, communication=communication)
    return kind.model_validate({"header": header, "records": tuple(records)})


def build(submission: Submission, authority: Authority = Authority.AEAT) -> bytes:
    """Write the SOAP envelope of a submission."""
    text = write(submission, prefixes=_PREFIXES, declaration=False)
    return envelope.wrap(to_canary(text) if authority is Authority.CANARIAS else text)


def request_of(
    submission: Submission, place: Place, kind: CertificateKind = CertificateKind.PERSONAL
) -> Request:
    """Make the request that carries a submission.

    Raises:
        UnknownServiceError: The address of the service is not known.
    """
    layout, _ = layout_of(submission)
    return Request(place.address(layout.service, kind), build(submission, place.authority))


def content(reply: Reply) -> etree._Element:
    """Return the message inside a reply of any authority, as the tax agency names its elements."""
    return from_canary(content_of(reply, max_bytes=MAX_ANSWER, technical=_TECHNICAL))


def read_answer(reply: Reply, submission: Submission) -> Answer:
    """Read the answer to a submission.

    Args:
        reply: What came back.
        submission: What was sent.

    Returns:
        The authority's verdict on the submission and on each record.

    Raises:
        SubmissionRefusedError: The authority refused the whole submission.
        ServiceFaultError: The service failed.
        CertificateError: The service does not take the certificate.
        WrongAnswerError: The answer is for another submission.
        ProtocolError: The reply is not an answer.
    """
    message = content(reply)
    layout, cancels = layout_of(submission)
    kind = answer_type(layout.cancellation_answer if cancels else layout.answer)
    try:
        answer = read(message, kind).require()
    except DocumentRefused as error:
        raise ProtocolError(
            f"the answer does not have its structure: {error.message}", delivery="unknown"
        ) from error
    match(submission, answer)
    return answer


def match(submission: Submission, answer: Answer) -> tuple[AnswerLine, ...]:
    """Find the line of each record.

    Args:
        submission: What was sent.
        answer: What came back.

    Returns:
        One line per record, in the order of the submission.

    Raises:
        WrongAnswerError: The answer is of another taxpayer, lacks a record or has one too many.
    """
    if answer.header.titular.nif.strip() != submission.stated_header.titular.nif.strip():
        raise WrongAnswerError(
            "the answer is for another taxpayer than the submission", delivery="unknown"
        )
    waiting: dict[Key, deque[AnswerLine]] = defaultdict(deque)
    for line in answer.lines:
        waiting[key_of_line(line)].append(line)
    found = []
    for record in submission.stated_records:
        key = key_of(record)
        if not waiting[key]:
            raise WrongAnswerError(
                f"the answer says nothing about {' '.join(key)}", delivery="unknown"
            )
        found.append(waiting[key].popleft())
    left = next((line for lines in waiting.values() for line in lines), None)
    if left is not None:
        said = " ".join(key_of_line(left))
        raise WrongAnswerError(
            f"the answer speaks of {said[:80]}, which was not sent", delivery="unknown"
        )
    return tuple(found)
