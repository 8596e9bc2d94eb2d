"""Sends records to the VERI*FACTU service and reads what it says.

Building a message, sending it and reading the answer are three functions; only sending does I/O.
:class:`Client` and :class:`AsyncClient` keep the connection and the waiting time. Nothing is sent
again on its own: whoever keeps the records decides, with ``details["delivery"]`` of the error.

Source: tax agency, description of the web service, v1.0.3 (28/07/2025).
"""

import logging
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from aeat_sii.clock import now
from aeat_sii.conversation import MAX_ANSWER, Pace, Request, content_of
from aeat_sii.environments import CertificateKind, Environment
from aeat_sii.errors import (
    AeatError,
    BatchError,
    CertificateError,
    ProtocolError,
    TransportError,
    UnlinkedRecordError,
)
from aeat_sii.verifactu.answers import INITIAL_WAIT_S, Answer, match
from aeat_sii.verifactu.chain import AnyRecord
from aeat_sii.verifactu.records import (
    MAX_RECORDS,
    SF,
    SF_LR,
    Header,
    RegistrationRecord,
    SpanishPerson,
    Submission,
    SubmittedRecord,
    VoluntarySubmission,
)
from einvoice_core import http
from einvoice_core.certificates import Credential, HolderKind
from einvoice_core.soap import envelope
from einvoice_core.timeline import load_timelines
from einvoice_core.xml.binding import read, write
from einvoice_core.xml.errors import DocumentRefused

__all__ = [
    "TIMEOUT_S",
    "AsyncClient",
    "Client",
    "Conversation",
    "build",
    "prepare",
    "read_answer",
]

TIMEOUT_S = 60
"""Seconds to wait for the service."""

_LOG = logging.getLogger(__name__)
_PREFIXES = {"sum": SF_LR, "sum1": SF}
_FLOW = load_timelines("aeat_sii", "params/verifactu_flow.toml")


def prepare(
    records: Sequence[AnyRecord], header: Header | None = None, *, had_incident: bool = False
) -> Submission:
    """Put records into a submission.

    Args:
        records: Linked into their chain, of one taxpayer, in the order of the chain.
        header: By default the issuer of the records, as the first registration names it.
        had_incident: An incident kept the records from being sent when they were made.

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
    return Submission(
        header=header,
        records=tuple(
            SubmittedRecord(registration=record)
            if isinstance(record, RegistrationRecord)
            else SubmittedRecord(cancellation=record)
            for record in records
        ),
    )


def _header(records: Sequence[AnyRecord]) -> Header:
    first = next((r for r in records if isinstance(r, RegistrationRecord)), None)
    if first is None:
        raise BatchError("cancellations do not name their issuer: give the header")
    return Header(issuer=SpanishPerson(name=first.issuer_name, nif=first.invoice.issuer_nif))


def build(submission: Submission) -> bytes:
    """Write the SOAP envelope of a submission."""
    return envelope.wrap(write(submission, prefixes=_PREFIXES, declaration=False))


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

    def begin(self, submission: Submission, now: datetime) -> Request:
        """Make the request for a submission; it has to be sent at once.

        Raises:
            ThrottledError: The agency has asked to wait.
        """
        pace = self._pace(submission.header.issuer.nif)
        pace.require_open(now, len(submission.records))
        request = Request(self.url, build(submission))
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
        full_batch: int = tuple(_FLOW["full_batch"])[-1].value
        return self._paces.setdefault(issuer_nif, Pace(INITIAL_WAIT_S, full_batch))


class Client:
    """Sends records over HTTPS with a client certificate.

    Use it in a ``with`` statement, or close it. One client keeps the waiting time of every
    taxpayer that it sends for; use one per process and address.

    Args:
        credential: Certificate and key of the taxpayer, its representative or its seal.
        environment: Where the service is.
        trust: Certificates of the authorities that are trusted, as PEM; by default the system's.
        transport: Takes the place of the network.
        clock: Tells the time that the waiting is measured with.
        timeout_s: Seconds to wait for the service, at most.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        environment: Environment,
        trust: bytes | None = None,
        transport: http.BaseTransport | None = None,
        clock: Callable[[], datetime] = now,
        timeout_s: int = TIMEOUT_S,
    ) -> None:
        self.conversation = Conversation(_address(credential, environment))
        self._clock = clock
        self._timeout_s = timeout_s
        self._http = http.client(
            credential=credential, trust=trust, transport=transport, timeout=timeout_s
        )

    def submit(
        self,
        records: Sequence[AnyRecord],
        header: Header | None = None,
        *,
        had_incident: bool = False,
    ) -> Answer:
        """Send records and return what the agency says.

        Args:
            records: Linked into their chain, of one taxpayer, in the order of the chain.
            header: By default the issuer of the records.
            had_incident: An incident kept the records from being sent when they were made.

        Returns:
            The verdict on the submission and on each record; a rejection is an answer too.

        Raises:
            BatchError: These records cannot go in one submission.
            UnlinkedRecordError: A record has no fingerprint yet.
            ThrottledError: The agency has asked to wait.
            TransportError: No answer; ``details["delivery"]`` says what may have happened.
            SubmissionRefusedError: The agency refused the whole submission.
            CertificateError: The service does not take the certificate, or we do not take its.
            ProtocolError: What came back is no answer, or one for another submission.
        """
        submission = prepare(records, header, had_incident=had_incident)
        request = self.conversation.begin(submission, self._clock())
        message = self._http.build_request(
            "POST", request.url, content=request.body, headers=dict(request.headers)
        )
        try:
            reply = http.send(self._http, message, max_bytes=MAX_ANSWER, deadline_s=self._timeout_s)
        except http.TransportError as error:
            unanswered = _unanswered(error)
            if unanswered.details["delivery"] == "none":
                self.conversation.abandon(submission)
            raise unanswered from error
        return _logged(self.conversation.finish(submission, reply))

    def remaining(self, issuer_nif: str, records: int = 1) -> int:
        """Return the seconds that a taxpayer has to wait before sending that many records."""
        return self.conversation.remaining(issuer_nif, self._clock(), records)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AsyncClient:
    """Sends records as :class:`Client` does, in an event loop; use it in ``async with``.

    Args:
        credential: Certificate and key of the taxpayer, its representative or its seal.
        environment: Where the service is.
        trust: Certificates of the authorities that are trusted, as PEM; by default the system's.
        transport: Takes the place of the network.
        clock: Tells the time that the waiting is measured with.
        timeout_s: Seconds to wait for the service, at most.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        environment: Environment,
        trust: bytes | None = None,
        transport: http.AsyncBaseTransport | None = None,
        clock: Callable[[], datetime] = now,
        timeout_s: int = TIMEOUT_S,
    ) -> None:
        self.conversation = Conversation(_address(credential, environment))
        self._clock = clock
        self._timeout_s = timeout_s
        self._http = http.async_client(
            credential=credential, trust=trust, transport=transport, timeout=timeout_s
        )

    async def submit(
        self,
        records: Sequence[AnyRecord],
        header: Header | None = None,
        *,
        had_incident: bool = False,
    ) -> Answer:
        """Send records and return what the agency says; as :meth:`Client.submit`."""
        submission = prepare(records, header, had_incident=had_incident)
        request = self.conversation.begin(submission, self._clock())
        message = self._http.build_request(
            "POST", request.url, content=request.body, headers=dict(request.headers)
        )
        try:
            reply = await http.send_async(
                self._http, message, max_bytes=MAX_ANSWER, deadline_s=self._timeout_s
            )
        except http.TransportError as error:
            unanswered = _unanswered(error)
            if unanswered.details["delivery"] == "none":
                self.conversation.abandon(submission)
            raise unanswered from error
        return _logged(self.conversation.finish(submission, reply))

    def remaining(self, issuer_nif: str, records: int = 1) -> int:
        """Return the seconds that a taxpayer has to wait before sending that many records."""
        return self.conversation.remaining(issuer_nif, self._clock(), records)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


def _address(credential: Credential, environment: Environment) -> str:
    is_seal = credential.holder.kind is HolderKind.SEAL
    return environment.verifactu(CertificateKind.SEAL if is_seal else CertificateKind.PERSONAL)


def _logged(answer: Answer) -> Answer:
    _LOG.info("submission %s: %d records", answer.state.value, len(answer.lines))
    return answer


def _unanswered(error: http.TransportError) -> AeatError:
    """Say in our terms why there is no answer."""
    details = dict(error.details)
    if isinstance(error, http.TlsError):
        if _is_about_certificates(error):
            return CertificateError(f"no trusted connection: {error.message}", **details)
        # A connection that ends without the farewell of TLS may end in the middle of an answer.
        details["delivery"] = "unknown"
    if isinstance(error, http.ReplyTooLargeError):
        return ProtocolError(error.message, **details)
    return TransportError(f"no answer from the service: {error.message}", **details)


def _is_about_certificates(error: BaseException) -> bool:
    """Whether one side refused the certificate of the other, so that nothing was processed."""
    current: BaseException | None = error
    while current is not None:
        if isinstance(current, ssl.SSLCertVerificationError):
            return True
        if isinstance(current, ssl.SSLError) and "ALERT" in (current.reason or ""):
            return True
        current = current.__cause__ or current.__context__
    return False
