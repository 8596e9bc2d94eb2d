"""Sends records to the SII of an authority and reads what it says.

Building a message, sending it and reading the answer are three functions; only sending does I/O.
Nothing is sent again on its own: whoever keeps the records decides, with ``details["delivery"]`` of
the error.

Source: tax agency, WSDLs of the SII, version 1.1.
"""

import logging
from collections.abc import Sequence

from aeat_sii.exchange import (
    TIMEOUT_S,
    AsyncConnected,
    AsyncExchange,
    Connected,
    Exchange,
    Pages,
    kind_of,
)
from aeat_sii.sii.answers import Answer
from aeat_sii.sii.authorities import Place
from aeat_sii.sii.codes import Communication
from aeat_sii.sii.held import HeldRecord, QueryAnswer
from aeat_sii.sii.messages import MAX_ANSWER, prepare, read_answer, request_of
from aeat_sii.sii.queries import Query
from aeat_sii.sii.querying import next_page, query_request_of, read_query_answer
from aeat_sii.sii.records import AnyRecord, Titular
from einvoice_core import http
from einvoice_core.certificates import Credential

__all__ = ["AsyncClient", "Client"]

_LOG = logging.getLogger(__name__)


class Client(Connected):
    """Sends records over HTTPS with a client certificate; use it in ``with``, or close it.

    Args:
        credential: Certificate and key of the taxpayer, its representative or its seal.
        place: Which authority, and where its services are.
        trust: Certificates of the authorities that are trusted, as PEM; by default the system's.
        transport: Takes the place of the network.
        timeout_s: Seconds to wait for the service, at most.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        place: Place,
        trust: bytes | None = None,
        transport: http.BaseTransport | None = None,
        timeout_s: int = TIMEOUT_S,
    ) -> None:
        self.place = place
        self._kind = kind_of(credential)
        self._exchange = Exchange(
            credential,
            trust=trust,
            transport=transport,
            timeout_s=timeout_s,
            max_bytes=MAX_ANSWER,
        )

    def submit(
        self,
        records: Sequence[AnyRecord],
        titular: Titular,
        *,
        communication: Communication = Communication.REGISTER,
    ) -> Answer:
        """Send records of one book and return what the authority says.

        Args:
            records: All of one class, such as issued invoices, or cancellations of them.
            titular: Whose books they are.
            communication: What the submission does; cancellations and payments say nothing.

        Returns:
            The verdict on the submission and on each record; a rejection is an answer too.

        Raises:
            BatchError: These records cannot go in one submission.
            UnknownServiceError: The address of the service is not known.
            TransportError: No answer; ``details["delivery"]`` says what may have happened.
            SubmissionRefusedError: The authority refused the whole submission.
            CertificateError: The service does not take the certificate, or we do not take its.
            ProtocolError: What came back is no answer, or one for another submission.
        """
        submission = prepare(
            records, titular, communication=communication, authority=self.place.authority
        )
        reply = self._exchange.send(request_of(submission, self.place, self._kind))
        return _logged(read_answer(reply, submission))

    def query(self, query: Query) -> QueryAnswer:
        """Ask what the authority holds and return one page; raises as :meth:`submit`."""
        request = query_request_of(query, self.place, self._kind)
        return read_query_answer(self._exchange.send(request), query)

    def query_all(self, query: Query) -> tuple[HeldRecord, ...]:
        """Ask what the authority holds, page after page."""
        pages = Pages(query, next_page)
        for each in pages:
            pages.take(each, self.query(each))
        return tuple(held for page in pages.pages for held in page.records)


class AsyncClient(AsyncConnected):
    """Sends records as :class:`Client` does, in an event loop; use it in ``async with``.

    Args:
        credential: Certificate and key of the taxpayer, its representative or its seal.
        place: Which authority, and where its services are.
        trust: Certificates of the authorities that are trusted, as PEM; by default the system's.
        transport: Takes the place of the network.
        timeout_s: Seconds to wait for the service, at most.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        place: Place,
        trust: bytes | None = None,
        transport: http.AsyncBaseTransport | None = None,
        timeout_s: int = TIMEOUT_S,
    ) -> None:
        self.place = place
        self._kind = kind_of(credential)
        self._exchange = AsyncExchange(
            credential,
            trust=trust,
            transport=transport,
            timeout_s=timeout_s,
            max_bytes=MAX_ANSWER,
        )

    async def submit(
        self,
        records: Sequence[AnyRecord],
        titular: Titular,
        *,
        communication: Communication = Communication.REGISTER,
    ) -> Answer:
        """Send records of one book and return the answer; as :meth:`Client.submit`."""
        submission = prepare(
            records, titular, communication=communication, authority=self.place.authority
        )
        reply = await self._exchange.send(request_of(submission, self.place, self._kind))
        return _logged(read_answer(reply, submission))

    async def query(self, query: Query) -> QueryAnswer:
        """Ask what the authority holds and return one page; raises as :meth:`submit`."""
        request = query_request_of(query, self.place, self._kind)
        return read_query_answer(await self._exchange.send(request), query)

    async def query_all(self, query: Query) -> tuple[HeldRecord, ...]:
        """Ask what the authority holds, page after page."""
        pages = Pages(query, next_page)
        for each in pages:
            pages.take(each, await self.query(each))
        return tuple(held for page in pages.pages for held in page.records)


def _logged(answer: Answer) -> Answer:
    _LOG.info("submission %s: %d records", answer.state.value, len(answer.lines))
    return answer
