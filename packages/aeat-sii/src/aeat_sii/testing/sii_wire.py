"""A line to a sandbox of SII in this process, on which requests, answers and programs get lost."""

from collections.abc import Callable, Sequence
from datetime import datetime

from aeat_sii.conversation import Request
from aeat_sii.errors import TransportError
from aeat_sii.sandbox import SiiService
from aeat_sii.sii.answers import Answer
from aeat_sii.sii.authorities import Authority, local
from aeat_sii.sii.codes import Communication
from aeat_sii.sii.held import HeldRecord
from aeat_sii.sii.messages import prepare, read_answer, request_of
from aeat_sii.sii.queries import Query
from aeat_sii.sii.querying import next_page, query_request_of, read_query_answer
from aeat_sii.sii.records import AnyRecord, Titular
from aeat_sii.testing import sii_examples
from aeat_sii.testing.examples import NOW
from einvoice_core.http import Reply

__all__ = ["Killed", "Wire"]

_URL = "https://127.0.0.1"


class Killed(BaseException):
    """The program dies before it hears the answer."""


class Wire:
    """Sends to a sandbox and asks it, as a client does, without a network.

    Args:
        clock: Of the sandbox.
        authority: Whose messages it speaks.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = lambda: NOW,
        authority: Authority = Authority.AEAT,
    ) -> None:
        self.service = SiiService(clock)
        self.place = local(_URL, authority)
        self.loses = ""
        """What is lost next: ``request``, ``answer``, ``program``; nothing when empty."""
        self.fails: Exception | None = None
        """Raised by every submission until it is taken away."""
        self.submissions: list[int] = []
        """How many records each submission that arrived had."""

    def submit(
        self,
        records: Sequence[AnyRecord],
        titular: Titular,
        *,
        communication: Communication = Communication.REGISTER,
    ) -> Answer:
        """Send records; raises as :meth:`aeat_sii.sii.Client.submit`, or ``Killed``."""
        if self.fails:
            raise self.fails
        lost, self.loses = self.loses, ""
        if lost == "request":
            raise TransportError("lost", delivery="unknown")
        submission = prepare(
            records, titular, communication=communication, authority=self.place.authority
        )
        reply = self._ask(request_of(submission, self.place))
        self.submissions.append(len(records))
        if lost == "answer":
            raise TransportError("lost", delivery="unknown")
        if lost == "program":
            raise Killed
        return read_answer(reply, submission)

    def query_all(self, query: Query) -> tuple[HeldRecord, ...]:
        """Ask what is held, page after page."""
        found: list[HeldRecord] = []
        following: Query | None = query
        while following is not None:
            answer = read_query_answer(
                self._ask(query_request_of(following, self.place)), following
            )
            found += answer.records
            following = next_page(following, answer)
        return tuple(found)

    def _ask(self, request: Request) -> Reply:
        path = request.url.removeprefix(_URL)
        return Reply(*self.service.answer(request.body, sii_examples.TITULAR.nif, path))
