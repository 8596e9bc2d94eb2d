"""Sends the entries of an outbox, and finds out what the authority holds when an answer is lost.

One :meth:`Dispatcher.step` sends one submission. Entries about one invoice go one after the other,
in the order in which they were put; others may overtake them, so that each submission takes all
that may go with its first entry. Whatever happens between the note that a submission leaves and
that of its answer (a crash, a lost answer), its entries stay ``in_flight`` and go through
:func:`aeat_sii.sii.reconciling.send_again`.
"""

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aeat_sii._database import Connection
from aeat_sii.clock import now
from aeat_sii.errors import AeatError, CertificateError, SubmissionRefusedError, ThrottledError
from aeat_sii.sii.codes import Communication
from aeat_sii.sii.keys import key_of, key_of_line
from aeat_sii.sii.outbox.entries import (
    Box,
    Entry,
    EntryState,
    Pace,
    Waiting,
    content_of,
    mark_in_flight,
    pace_of,
    set_pace,
    settle,
    unmark,
    waiting,
    with_content,
)
from aeat_sii.sii.reconciling import Outcome as Verdict
from aeat_sii.sii.reconciling import Sender, Settled, send_again, settle_line
from aeat_sii.sii.records import MAX_RECORDS, AnyRecord, Titular
from aeat_sii.verifactu.delivery import Outcome, Step, Transaction, backoff_s

__all__ = ["Dispatcher"]

_LOG = logging.getLogger(__name__)
_PAUSE_S = 60
_STATES = {
    Verdict.ACCEPTED: EntryState.ACCEPTED,
    Verdict.WITH_ERRORS: EntryState.WITH_ERRORS,
    Verdict.REJECTED: EntryState.REJECTED,
    Verdict.OTHER_HELD: EntryState.OTHER_HELD,
}


class Dispatcher:
    """Delivers one outbox; use one at a time for each.

    Args:
        transaction: Opens transactions on the database of the outbox.
        box: Which outbox.
        sender: Speaks to the authority.
        batch: Records of a submission at most.
        clock: Tells the time.
        numbers: Spreads the pauses after failures.
        reached: Called at ``before-send``, ``after-send`` and ``after-settle``.
    """

    def __init__(
        self,
        transaction: Transaction,
        box: Box,
        sender: Sender,
        *,
        batch: int = MAX_RECORDS,
        clock: Callable[[], datetime] = now,
        numbers: random.Random | None = None,
        reached: Callable[[str], None] = lambda point: None,
    ) -> None:
        self._transaction = transaction
        self._box = box
        self._sender = sender
        self._batch = batch
        self._clock = clock
        self._numbers = numbers or random.Random()  # noqa: S311 - spreads pauses, no secret
        self._reached = reached

    def step(self) -> Step:
        """Send one submission of what is waiting, if it may leave now.

        What happens to a submission is an outcome, not an error.
        """
        with self._transaction() as connection:
            chosen = _chosen(waiting(connection, self._box), self._batch)
            pace = pace_of(connection, self._box)
            if not chosen:
                return Step(Outcome.NOTHING_TO_SEND)
            if pace.reason:
                return Step(Outcome.STOPPED, reason=pace.reason)
            wait_s = self._wait_s(pace)
            if wait_s:
                return Step(Outcome.WAITING, wait_s)
            whole = with_content(connection, self._box, chosen)
            mark_in_flight(connection, self._box, [each.position for each in chosen])
        self._reached("before-send")
        try:
            verdicts = self._sent(whole, again=chosen[0].state is EntryState.IN_FLIGHT)
        except AeatError as error:
            return self._failed(error, pace, chosen)
        self._reached("after-send")
        return self._settle(whole, verdicts)

    def resume(self) -> None:
        """Go on after a stop, once its cause is gone."""
        with self._transaction() as connection:
            set_pace(connection, self._box, Pace())

    def _wait_s(self, pace: Pace) -> int:
        left = (pace.send_after.astimezone(UTC) - self._clock().astimezone(UTC)).total_seconds()
        return max(0, -int(-left // 1))

    def _sent(self, whole: Sequence[Entry], *, again: bool) -> list[Settled | None]:
        """Return a verdict for each entry; ``None`` where only another try can tell."""
        contents = [content_of(entry) for entry in whole]
        records = [record for record, _, _ in contents]
        _, titular, does = contents[0]
        if again:
            return list(send_again(self._sender, records, titular, communication=does))
        return self._first_sent(records, titular, does)

    def _first_sent(
        self, records: list[AnyRecord], titular: Titular, does: Communication
    ) -> list[Settled | None]:
        answer = self._sender.submit(records, titular, communication=does)
        lines = {key_of_line(line): line for line in answer.lines}
        verdicts: list[Settled | None] = []
        for record in records:
            line = lines[key_of(record)]
            csv = answer.csv if line.is_accepted else line.csv
            try:
                verdict = settle_line(self._sender, record, line, titular)
            except AeatError:
                verdicts.append(None)
            else:
                verdicts.append(replace(verdict, csv=csv))
        return verdicts

    def _settle(self, whole: Sequence[Entry], verdicts: Sequence[Settled | None]) -> Step:
        at, settled = self._clock(), 0
        with self._transaction() as connection:
            for entry, verdict in zip(whole, verdicts, strict=True):
                if verdict is None:
                    continue
                settled += 1
                line = verdict.line
                settle(
                    connection,
                    self._box,
                    entry.position,
                    _STATES[verdict.outcome],
                    at=at,
                    csv=verdict.csv,
                    code=line.code if line else None,
                    text=line.text if line else None,
                )
            set_pace(connection, self._box, Pace())
        self._reached("after-settle")
        return Step(Outcome.ANSWERED, settled=settled)

    def _failed(self, error: AeatError, pace: Pace, chosen: list[Waiting]) -> Step:
        reason = f"{error.code}: {error.message}"
        refused = isinstance(error, SubmissionRefusedError | CertificateError)
        throttled = isinstance(error, ThrottledError)
        unseen = refused or throttled or error.details.get("delivery") == "none"
        if throttled:
            wait_s = int(str(error.details.get("wait_s", _PAUSE_S)))
            step = Step(Outcome.WAITING, wait_s)
            following = Pace(self._clock() + timedelta(seconds=wait_s), pace.failures)
        elif refused:
            step = Step(Outcome.STOPPED, reason=reason)
            following = Pace(reason=reason)
        else:
            failures = pace.failures + 1
            wait_s = backoff_s(failures, self._numbers)
            step = Step(Outcome.NO_ANSWER, wait_s, reason=reason)
            following = Pace(self._clock() + timedelta(seconds=wait_s), failures)
            _LOG.warning("no answer for %s, attempt %d: %s", self._box, failures, error.code)
        with self._transaction() as connection:
            self._keep(connection, following, chosen if unseen else [])
        return step

    def _keep(self, connection: Connection, pace: Pace, unsent: list[Waiting]) -> None:
        unmark(connection, self._box, unsent)
        set_pace(connection, self._box, pace)


def _chosen(rows: Sequence[Waiting], most: int) -> list[Waiting]:
    """Choose what may go with the first entry: of its kind and state, one for each subject."""
    chosen: list[Waiting] = []
    seen: set[str] = set()
    for row in rows:
        together = (row.kind, row.state) == (rows[0].kind, rows[0].state)
        if together and row.subject not in seen and len(chosen) < most:
            chosen.append(row)
        seen.add(row.subject)
    return chosen
