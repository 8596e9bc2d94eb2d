"""Delivers the records of a chain, and finds out what the agency holds when an answer is lost.

One :meth:`Dispatcher.step` sends what is waiting, in the order of the chain, when the agency allows
it. Nothing is sent that was not saved, and nothing saved is forgotten: the intention is committed
before a submission leaves, the answer after it came. Whatever happens between the two (a crash, a
lost answer, a time-out), the records go again, and a duplicate in the answer is compared with what
the agency says that it holds.

What a duplicate (3000) of a record that had been sent before means:

* The agency holds that record, or a later one of the same invoice and chain: it had taken it.
* It holds another one: the invoice was already registered; the record is rejected.

A correction or a cancellation that came before the first record of its invoice was rejected (3002).
Sent again after a lost answer it would be taken, and undo what came behind it. So before such a
record goes again the agency is asked; if it holds the record behind, this one is settled as
rejected and stays here.

Source: tax agency, description of the web service v1.0.3, 5.1, 6.2.6, 6.4.3 and 6.4.4; Orden
HAC/1177/2024, art. 16.2.
"""

import logging
import random
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from aeat_sii.clock import now
from aeat_sii.errors import (
    AeatError,
    CertificateError,
    SubmissionRefusedError,
    ThrottledError,
)
from aeat_sii.verifactu.answers import FULL_BATCH, INITIAL_WAIT_S, Answer, AnswerLine, match
from aeat_sii.verifactu.chain import AnyRecord
from aeat_sii.verifactu.codes import LineState, StoredState
from aeat_sii.verifactu.messages import prepare
from aeat_sii.verifactu.querying import Filter, HeldData, HeldRecord, Period, Query, QueryHeader
from aeat_sii.verifactu.records import Header, RegistrationRecord, SpanishPerson
from aeat_sii.verifactu.store import Connection, Key, record_of
from aeat_sii.verifactu.store.deliveries import (
    Delivery,
    DeliveryState,
    Pace,
    deliveries_of_invoice,
    mark_in_flight,
    pace_of,
    set_pace,
    settle,
    undelivered,
    unmark,
)

__all__ = ["Dispatcher", "Outcome", "Sender", "Step", "Transaction", "backoff_s"]

_LOG = logging.getLogger(__name__)
_NOTHING_HELD = "3002"
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 30, 3_600


class Sender(Protocol):
    """What speaks to the agency: :class:`aeat_sii.verifactu.Client`."""

    def submit(
        self,
        records: Sequence[AnyRecord],
        header: Header | None = None,
        *,
        had_incident: bool = False,
    ) -> Answer:
        """Send records."""
        ...

    def query_all(self, query: Query) -> tuple[HeldRecord, ...]:
        """Ask what is held."""
        ...


Transaction = Callable[[], AbstractContextManager[Connection]]
"""Opens a transaction that may write, and commits it at the end of its block."""


class Outcome(StrEnum):
    """How a step came out."""

    NOTHING_TO_SEND = "nothing_to_send"
    WAITING = "waiting"
    """The agency, or a failure before, asks for a pause."""
    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    """The agency may hold the records; they go again after the pause."""
    STOPPED = "stopped"
    """Sending again would not help: somebody has to look (``reason``)."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a step did.

    Args:
        outcome: How it came out.
        wait_s: Seconds until another step makes sense.
        settled: Records that the agency has now answered.
        reason: Of a stop or of a missing answer.
    """

    outcome: Outcome
    wait_s: int = 0
    settled: int = 0
    reason: str = ""


def backoff_s(failures: int, numbers: random.Random) -> int:
    """Return the pause after failures in a row: twice as long each time, and by half at random.

    Args:
        failures: 1 after the first one.
        numbers: Spreads programs that failed at the same time.
    """
    whole = min(_FIRST_PAUSE_S << min(failures - 1, 20), _LONGEST_PAUSE_S)
    return whole // 2 + numbers.randrange(whole // 2 + 1)


class Dispatcher:
    """Delivers one chain; use one at a time for each.

    Args:
        transaction: Opens transactions on the database of the store.
        key: Which chain.
        sender: Speaks to the agency.
        issuer: Whose records; by default as the first registration names it.
        clock: Tells the time.
        numbers: Spreads the pauses.
        reached: Called at ``before-send``, ``after-send`` and ``after-settle``.
    """

    def __init__(
        self,
        transaction: Transaction,
        key: Key,
        sender: Sender,
        *,
        issuer: SpanishPerson | None = None,
        clock: Callable[[], datetime] = now,
        numbers: random.Random | None = None,
        reached: Callable[[str], None] = lambda point: None,
    ) -> None:
        self._transaction = transaction
        self._key = key
        self._sender = sender
        self._issuer = issuer
        self._clock = clock
        self._numbers = numbers or random.Random()  # noqa: S311 - spreads pauses, no secret
        self._reached = reached

    def step(self) -> Step:
        """Send what is waiting, once, if it may leave now.

        Raises:
            AeatError: Only what is wrong with the call itself, such as a header that cannot be
                made; what happens to a submission is an outcome.
        """
        with self._transaction() as connection:
            waiting = undelivered(connection, self._key, FULL_BATCH)
            pace = pace_of(connection, self._key)
        if not waiting:
            return Step(Outcome.NOTHING_TO_SEND)
        if pace.reason:
            return Step(Outcome.STOPPED, reason=pace.reason)
        wait_s = self._wait_s(pace, len(waiting))
        if wait_s:
            return Step(Outcome.WAITING, wait_s)
        outgoing = [_Outgoing(each, record_of(each.record)) for each in waiting]
        header = Header(issuer=self._issuer) if self._issuer else None
        # What cannot be sent at all is told before anything is noted.
        header = prepare([each.record for each in outgoing], header).header
        try:
            overtaken = self._overtaken(outgoing, header.issuer)
        except AeatError as error:
            return self._failed(error, pace, [])
        outgoing = [each for each in outgoing if each.position not in overtaken]
        with self._transaction() as connection:
            mark_in_flight(connection, self._key, [each.position for each in outgoing])
        self._reached("before-send")
        late = any(each.delivery.attempts for each in outgoing)
        records = [each.record for each in outgoing]
        try:
            answer = self._sender.submit(records, header, had_incident=late)
        except AeatError as error:
            return self._failed(error, pace, [each.delivery for each in outgoing])
        self._reached("after-send")
        return self._settle(outgoing, answer)

    def resume(self) -> None:
        """Go on after a stop, once its cause is gone."""
        with self._transaction() as connection:
            set_pace(connection, self._key, Pace())

    def _wait_s(self, pace: Pace, waiting: int) -> int:
        # A full batch need not wait for the agency's pause, but a failed service does get its own.
        if waiting >= FULL_BATCH and not pace.failures:
            return 0
        left = (pace.send_after.astimezone(UTC) - self._clock().astimezone(UTC)).total_seconds()
        longest = _LONGEST_PAUSE_S if pace.failures else 9_999
        return max(0, min(-int(-left // 1), longest))

    def _overtaken(self, outgoing: list["_Outgoing"], issuer: SpanishPerson) -> set[int]:
        """Settle the records that must not go again (see above) and return their positions."""
        overtaken: set[int] = set()
        for ours in _sent_together(outgoing):
            opening = [each for each in ours if not each.needs_another]
            before = [each for each in ours if each.needs_another]
            if not opening or not before or before[0].position > opening[-1].position:
                continue
            held = self._held(opening[-1].record, issuer)
            taken = [each for each in opening if held and each.fingerprint == held.fingerprint]
            if taken:
                first = taken[0].position
                overtaken.update(each.position for each in before if each.position < first)
        if overtaken:
            with self._transaction() as connection:
                for position in sorted(overtaken):
                    settle(
                        connection,
                        self._key,
                        position,
                        DeliveryState.REJECTED,
                        at=self._clock(),
                        code=_NOTHING_HELD,
                        text="its answer was lost; a later record of the invoice was the first",
                    )
        return overtaken

    def _failed(self, error: AeatError, pace: Pace, waiting: list[Delivery]) -> Step:
        reason = f"{error.code}: {error.message}"
        if isinstance(error, ThrottledError):
            wait_s = int(str(error.details.get("wait_s", INITIAL_WAIT_S)))
            until = self._clock() + timedelta(seconds=wait_s)
            with self._transaction() as connection:
                # Nothing has left: it was no attempt, and no incident.
                unmark(connection, self._key, waiting)
                set_pace(connection, self._key, Pace(until, pace.failures))
            return Step(Outcome.WAITING, wait_s)
        if isinstance(error, SubmissionRefusedError | CertificateError):
            self._pause(Pace(reason=reason))
            return Step(Outcome.STOPPED, reason=reason)
        failures = pace.failures + 1
        wait_s = backoff_s(failures, self._numbers)
        self._pause(Pace(self._clock() + timedelta(seconds=wait_s), failures))
        _LOG.warning("no answer for %s, attempt %d: %s", self._key, failures, error.code)
        return Step(Outcome.NO_ANSWER, wait_s, reason=reason)

    def _pause(self, pace: Pace) -> None:
        with self._transaction() as connection:
            set_pace(connection, self._key, pace)

    def _settle(self, outgoing: list["_Outgoing"], answer: Answer) -> Step:
        at = self._clock()
        lines = match(prepare([each.record for each in outgoing], answer.header), answer)
        verdicts = [
            (each, self._verdict(each, line, answer.header.issuer), line)
            for each, line in zip(outgoing, lines, strict=True)
        ]
        with self._transaction() as connection:
            settled = 0
            for each, state, line in verdicts:
                if state is None:
                    continue
                settled += 1
                settle(
                    connection,
                    self._key,
                    each.position,
                    state,
                    at=at,
                    csv=answer.csv if line.is_accepted else None,
                    code=line.code,
                    text=line.text,
                )
            set_pace(connection, self._key, Pace(at + timedelta(seconds=answer.wait_s)))
        self._reached("after-settle")
        return Step(Outcome.ANSWERED, answer.wait_s, settled)

    def _verdict(
        self, outgoing: "_Outgoing", line: AnswerLine, issuer: SpanishPerson
    ) -> DeliveryState | None:
        """Say what became of a record; ``None`` when only another try can tell."""
        if line.is_accepted:
            with_errors = line.state is LineState.WITH_ERRORS
            return DeliveryState.WITH_ERRORS if with_errors else DeliveryState.ACCEPTED
        record, was_sent_before = outgoing.record, outgoing.delivery.attempts > 0
        if not was_sent_before:
            return DeliveryState.REJECTED
        if line.code == "3001":
            # It cancels an invoice of which nothing was held; now it is cancelled.
            return DeliveryState.ACCEPTED
        if line.duplicate is None or not isinstance(record, RegistrationRecord):
            return DeliveryState.REJECTED
        try:
            held = self._held(record, issuer)
        except AeatError:
            return None
        return self._compared(outgoing.delivery, held, line.duplicate.state)

    def _held(self, record: AnyRecord, issuer: SpanishPerson) -> HeldData | None:
        """Ask what the agency holds of the invoice of a record."""
        operated_on = record.operated_on if isinstance(record, RegistrationRecord) else None
        number, issued_on = record.invoice.number, record.invoice.issued_on
        query = Query(
            header=QueryHeader(issuer=issuer),
            filter=Filter(period=Period.of(operated_on or issued_on), number=number),
        )
        for each in self._sender.query_all(query):
            if (each.invoice.number, each.invoice.issued_on) == (number, issued_on):
                return each.data
        return None

    def _compared(
        self, delivery: Delivery, held: HeldData | None, state: StoredState
    ) -> DeliveryState:
        with self._transaction() as connection:
            ours = deliveries_of_invoice(connection, self._key, delivery.record)
        since = {
            each.record.fingerprint
            for each in ours
            if each.record.position >= delivery.record.position
        }
        if held is None or held.fingerprint not in since:
            return DeliveryState.REJECTED
        with_errors = state is StoredState.WITH_ERRORS
        return DeliveryState.WITH_ERRORS if with_errors else DeliveryState.ACCEPTED


@dataclass(frozen=True, slots=True)
class _Outgoing:
    """A record that is to be sent, and how its delivery stands."""

    delivery: Delivery
    record: AnyRecord

    @property
    def position(self) -> int:
        """Its place in the chain."""
        return self.delivery.record.position

    @property
    def fingerprint(self) -> str:
        """Its fingerprint, as it was stored."""
        return self.delivery.record.fingerprint

    @property
    def needs_another(self) -> bool:
        """Whether it is taken only where another record of its invoice is held."""
        if isinstance(self.record, RegistrationRecord):
            return bool(self.record.is_correction) and self.record.previous_rejection != "X"
        return not self.record.without_earlier_record


def _sent_together(outgoing: list[_Outgoing]) -> list[list[_Outgoing]]:
    """Return the records that were sent before, for each invoice that has several of them."""
    of_invoice: dict[tuple[str, date], list[_Outgoing]] = {}
    for each in outgoing:
        if each.delivery.attempts:
            stored = each.delivery.record
            of_invoice.setdefault((stored.number, stored.issued_on), []).append(each)
    return [ours for ours in of_invoice.values() if len(ours) > 1]
