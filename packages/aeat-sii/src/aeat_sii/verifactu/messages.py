"""Messages of the VERI*FACTU services: records in, request out; reply in, answer out. No I/O.

Source: tax agency, description of the web service, v1.0.3 (28/07/2025).
"""

import re
from collections.abc import Sequence
from datetime import datetime

from aeat_sii.conversation import Pace, Request, content_of
from aeat_sii.errors import BatchError, ProtocolError, UnlinkedRecordError
from aeat_sii.verifactu.answers import FULL_BATCH, INITIAL_WAIT_S, Answer, match
from aeat_sii.verifactu.chain import AnyRecord
from aeat_sii.verifactu.records import (
    MAX_RECORDS,
    Header,
    RegistrationRecord,
    RequestedSubmission,
    SpanishPerson,
    Submission,
    SubmittedRecord,
    VoluntarySubmission,
)
from aeat_sii.verifactu.writing import parts_of
from einvoice_core import http
from einvoice_core.records import made
from einvoice_core.soap import envelope
from einvoice_core.xml.binding import read
from einvoice_core.xml.errors import DocumentRefused

__all__ = ["Conversation", "build", "prepare", "read_answer"]

_SLOT, _SLOT_END = b"<sum:RegistroFactura>", b"</sum:RegistroFactura>"
_BEFORE, _BEHIND = envelope.wrap(b"<>").split(b"<>")
_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]*\?>\s*")


def prepare(
    records: Sequence[AnyRecord],
    header: Header | None = None,
    *,
    had_incident: bool = False,
    requested: RequestedSubmission | None = None,
) -> Submission:
    """Put records into a submission.

    Args:
        records: Linked into their chain, of one taxpayer, in the order of the chain.
        header: By default the issuer of the records, as the first registration names it.
        had_incident: An incident kept the records from being sent when they were made.
        requested: The request of the agency that the records answer.

    Raises:
        BatchError: There are no records, too many, or of several taxpayers; or the header cannot
            be made because there are cancellations only.
        UnlinkedRecordError: A record has no fingerprint yet.
    """
    if not 1 <= len(records) <= MAX_RECORDS:
        raise BatchError(
            f"{len(records)} records: a submission carries 1 to {MAX_RECORDS}", count=len(records)
        )
    if len({record.invoice.issuer_nif for record in records}) > 1:
        raise BatchError("the records are of several issuers: make a submission for each")
    for record in records:
        if not record.fingerprint:
            raise UnlinkedRecordError(
                f"the record of invoice {record.invoice.number} has no fingerprint: link it first",
                number=record.invoice.number,
            )
    if header is None:
        header = _header(records)
    if had_incident:
        voluntary = header.voluntary or VoluntarySubmission()
        voluntary = voluntary.model_copy(update={"had_incident": True})
        header = header.model_copy(update={"voluntary": voluntary})
    if requested is not None:
        header = header.model_copy(update={"requested": requested, "voluntary": None})
    # The records are complete: checking them again would double the cost of a submission.
    slots = tuple(
        made(SubmittedRecord, {"registration": record, "cancellation": None})
        if isinstance(record, RegistrationRecord)
        else made(SubmittedRecord, {"registration": None, "cancellation": record})
        for record in records
    )
    return made(Submission, {"header": header, "records": slots})


def _header(records: Sequence[AnyRecord]) -> Header:
    first = next((r for r in records if isinstance(r, RegistrationRecord)), None)
    if first is None:
        raise BatchError("cancellations do not name their issuer: give the header")
    return Header(issuer=SpanishPerson(name=first.issuer_name, nif=first.invoice.issuer_nif))


def build(submission: Submission, documents: Sequence[bytes] = ()) -> bytes:
    """Write the SOAP envelope of a submission.

    Args:
        submission: From :func:`prepare`.
        documents: The records as they are kept, where they are signed: their octets go into the
            message as they are, because the signature covers them.

    Raises:
        BatchError: There is not one document for each record.
    """
    if not documents:
        return b"".join((_BEFORE, *parts_of(submission), _BEHIND))
    if len(documents) != len(submission.records):
        raise BatchError("a submission of signed records has one document for each")
    text = b"".join(parts_of(submission))
    start, end = text.index(_SLOT), text.rindex(_SLOT_END) + len(_SLOT_END)
    slots = (_SLOT + _DECLARATION.sub(b"", each) + _SLOT_END for each in documents)
    return b"".join((_BEFORE, text[:start], *slots, text[end:], _BEHIND))


def read_answer(reply: http.Reply, submission: Submission) -> Answer:
    """Read the answer to a submission.

    Args:
        reply: What came back.
        submission: What was sent.

    Returns:
        The agency's verdict on the submission and on each record.

    Raises:
        SubmissionRefusedError: The agency refused the whole submission.
        ServiceFaultError: The service failed.
        CertificateError: The service does not take the certificate.
        WrongAnswerError: The answer is for another submission.
        ProtocolError: The reply is not an answer.
    """
    message = content_of(reply)
    try:
        answer = read(message, Answer).require()
    except DocumentRefused as error:
        raise ProtocolError(
            f"the answer does not have its structure: {error.message}", delivery="unknown"
        ) from error
    match(submission, answer)
    return answer


class Conversation:
    """The protocol without I/O: records in, request out; reply in, answer out.

    Args:
        url: Address of the service.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._paces: dict[str, Pace] = {}
        self._before: dict[str, datetime | None] = {}

    def remaining(self, issuer_nif: str, now: datetime, records: int = 1) -> int:
        """Return the seconds that a taxpayer has to wait before sending that many records."""
        return self._pace(issuer_nif).remaining(now, records)

    def begin(
        self, submission: Submission, now: datetime, documents: Sequence[bytes] = ()
    ) -> Request:
        """Make the request for a submission; it has to be sent at once.

        Args:
            submission: What to send.
            now: Instant of sending.
            documents: The records as they are kept, where they are signed.

        Raises:
            ThrottledError: The agency has asked to wait.
        """
        pace = self._pace(submission.header.issuer.nif)
        pace.require_open(now, len(submission.records))
        request = Request(self.url, build(submission, documents))
        self._before[submission.header.issuer.nif] = pace.sent_at
        pace.sent_at = now
        return request

    def abandon(self, submission: Submission) -> None:
        """Forget a submission that did not leave: the next one need not wait for it."""
        pace = self._pace(submission.header.issuer.nif)
        pace.sent_at = self._before.pop(submission.header.issuer.nif, None)

    def finish(self, submission: Submission, reply: http.Reply) -> Answer:
        """Read the answer and remember how long to wait; raises as :func:`read_answer`."""
        answer = read_answer(reply, submission)
        self._pace(submission.header.issuer.nif).wait_s = answer.wait_s
        return answer

    def _pace(self, issuer_nif: str) -> Pace:
        return self._paces.setdefault(issuer_nif, Pace(INITIAL_WAIT_S, FULL_BATCH))
