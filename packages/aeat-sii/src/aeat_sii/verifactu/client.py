"""Sends records to the VERI*FACTU service and reads what it says.

Building a message, sending it and reading the answer are three functions; only sending does I/O.
:class:`Client` and :class:`AsyncClient` keep the connection and the waiting time. Nothing is sent
again on its own: whoever keeps the records decides, with ``details["delivery"]`` of the error.

Source: tax agency, description of the web service, v1.0.3 (28/07/2025).
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from aeat_sii.clock import now
from aeat_sii.conversation import Request
from aeat_sii.environments import Environment
from aeat_sii.errors import AeatError
from aeat_sii.exchange import (
    TIMEOUT_S,
    AsyncConnected,
    AsyncExchange,
    Connected,
    Exchange,
    Pages,
    kind_of,
)
from aeat_sii.verifactu.answers import Answer
from aeat_sii.verifactu.chain import AnyRecord
from aeat_sii.verifactu.messages import Conversation, prepare
from aeat_sii.verifactu.querying import (
    HeldRecord,
    Query,
    QueryAnswer,
    build_query,
    next_page,
    read_query_answer,
)
from aeat_sii.verifactu.records import Header, RequestedSubmission, Submission
from aeat_sii.verifactu.store.appending import record_in
from einvoice_core import http
from einvoice_core.certificates import Credential

__all__ = ["TIMEOUT_S", "AsyncClient", "Client"]

_LOG = logging.getLogger(__name__)


class Client(Connected):
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
        kind = kind_of(credential)
        self.conversation = Conversation(environment.verifactu(kind))
        self.requested = Conversation(environment.requested(kind))
        self._clock = clock
        self._exchange = Exchange(credential, trust=trust, transport=transport, timeout_s=timeout_s)

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
        return self._submit(self.conversation, submission)

    def submit_requested(
        self,
        documents: Sequence[bytes],
        request: RequestedSubmission,
        header: Header | None = None,
    ) -> Answer:
        """Send signed records because the agency has asked for them (requerimiento).

        Args:
            documents: The records as they are kept, of one taxpayer, in the order of the chain.
            request: Its reference, and whether this is the last submission for it.
            header: By default the issuer of the records.

        Returns:
            The verdict on each record; nothing of it is to be corrected and sent again.

        Raises:
            BatchError: These records cannot go in one submission.
            XmlRefused: A document cannot be read.
            DocumentRefused: A document has not the structure of a record.
            AeatError: As :meth:`submit`.
        """
        records = [record_in(document) for document in documents]
        submission = prepare(records, header, requested=request)
        return self._submit(self.requested, submission, documents)

    def query(self, query: Query) -> QueryAnswer:
        """Ask what the agency holds and return one page; raises as :meth:`submit`."""
        request = Request(self.conversation.url, build_query(query))
        return read_query_answer(self._exchange.send(request))

    def query_all(self, query: Query) -> tuple[HeldRecord, ...]:
        """Ask what the agency holds, page after page."""
        pages = Pages(query, next_page)
        for each in pages:
            pages.take(each, self.query(each))
        return tuple(held for page in pages.pages for held in page.records)

    def _submit(
        self,
        conversation: Conversation,
        submission: Submission,
        documents: Sequence[bytes] = (),
    ) -> Answer:
        request = conversation.begin(submission, self._clock(), documents)
        try:
            reply = self._exchange.send(request)
        except AeatError as error:
            if error.details.get("delivery") == "none":
                conversation.abandon(submission)
            raise
        return _logged(conversation.finish(submission, reply))

    def remaining(self, issuer_nif: str, records: int = 1) -> int:
        """Return the seconds that a taxpayer has to wait before sending that many records."""
        return self.conversation.remaining(issuer_nif, self._clock(), records)


class AsyncClient(AsyncConnected):
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
        kind = kind_of(credential)
        self.conversation = Conversation(environment.verifactu(kind))
        self.requested = Conversation(environment.requested(kind))
        self._clock = clock
        self._exchange = AsyncExchange(
            credential, trust=trust, transport=transport, timeout_s=timeout_s
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
        return await self._submit(self.conversation, submission)

    async def submit_requested(
        self,
        documents: Sequence[bytes],
        request: RequestedSubmission,
        header: Header | None = None,
    ) -> Answer:
        """Send signed records because the agency has asked for them (requerimiento).

        Args:
            documents: The records as they are kept, of one taxpayer, in the order of the chain.
            request: Its reference, and whether this is the last submission for it.
            header: By default the issuer of the records.

        Returns:
            The verdict on each record; nothing of it is to be corrected and sent again.

        Raises:
            BatchError: These records cannot go in one submission.
            XmlRefused: A document cannot be read.
            DocumentRefused: A document has not the structure of a record.
            AeatError: As :meth:`submit`.
        """
        records = [record_in(document) for document in documents]
        submission = prepare(records, header, requested=request)
        return await self._submit(self.requested, submission, documents)

    async def query(self, query: Query) -> QueryAnswer:
        """Ask what the agency holds and return one page; raises as :meth:`submit`."""
        request = Request(self.conversation.url, build_query(query))
        return read_query_answer(await self._exchange.send(request))

    async def query_all(self, query: Query) -> tuple[HeldRecord, ...]:
        """Ask what the agency holds, page after page."""
        pages = Pages(query, next_page)
        for each in pages:
            pages.take(each, await self.query(each))
        return tuple(held for page in pages.pages for held in page.records)

    async def _submit(
        self,
        conversation: Conversation,
        submission: Submission,
        documents: Sequence[bytes] = (),
    ) -> Answer:
        request = conversation.begin(submission, self._clock(), documents)
        try:
            reply = await self._exchange.send(request)
        except AeatError as error:
            if error.details.get("delivery") == "none":
                conversation.abandon(submission)
            raise
        return _logged(conversation.finish(submission, reply))

    def remaining(self, issuer_nif: str, records: int = 1) -> int:
        """Return the seconds that a taxpayer has to wait before sending that many records."""
        return self.conversation.remaining(issuer_nif, self._clock(), records)


def _logged(answer: Answer) -> Answer:
    _LOG.info("submission %s: %d records", answer.state.value, len(answer.lines))
    return answer
