"""Delivery: whatever is lost, crashes or is rejected, our state ends as the agency's."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from aeat_sii.errors import (
    AeatError,
    CertificateError,
    ProtocolError,
    ServiceFaultError,
    SubmissionRefusedError,
    ThrottledError,
    TransportError,
)
from aeat_sii.sandbox import Service
from aeat_sii.testing import examples
from aeat_sii.testing.examples import ISSUER, NOW
from aeat_sii.verifactu import (
    Answer,
    AnyRecord,
    Header,
    Query,
    SpanishPerson,
    build,
    link,
    prepare,
    read_answer,
)
from aeat_sii.verifactu.delivery import Dispatcher, Outcome, backoff_s
from aeat_sii.verifactu.querying import (
    HeldRecord,
    build_query,
    next_page,
    read_query_answer,
)
from aeat_sii.verifactu.store import Key, append, create_tables
from aeat_sii.verifactu.store.deliveries import DeliveryState, deliveries, pace_of
from einvoice_core.http import Reply

KEY = Key("t")
ME = SpanishPerson(name="CERTIFICADO UNO TELEMATICAS", nif=ISSUER)
FAULTS = ("lost_reply", "unavailable", "fault", "truncated", "garbage", "throttled", "no_route")
CRASHES = ("before-send", "after-send", "after-settle")


class CrashError(BaseException):
    """The process ends here."""


class Agency:
    """Carries messages to the sandbox without a network; the next ones can go wrong."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.service = Service(clock, wait_s=60, page_rows=2)
        self.faults: list[str] = []
        self.sizes: list[int] = []
        self.incidents: list[bool] = []

    def submit(
        self, records: Any, header: Header | None = None, *, had_incident: bool = False
    ) -> Answer:
        submission = prepare(records, header, had_incident=had_incident)
        self.sizes.append(len(records))
        self.incidents.append(had_incident)
        fault = self.faults.pop(0) if self.faults else ""
        self._before(fault)
        reply = Reply(*self.service.answer(build(submission), ISSUER))
        return read_answer(self._after(fault, reply), submission)

    def query_all(self, query: Query) -> tuple[HeldRecord, ...]:
        found: list[HeldRecord] = []
        following: Query | None = query
        while following is not None:
            fault = self.faults.pop(0) if self.faults else ""
            self._before(fault)
            reply = Reply(*self.service.answer(build_query(following), ISSUER))
            answer = read_query_answer(self._after(fault, reply))
            found += answer.records
            following = next_page(following, answer)
        return tuple(found)

    @staticmethod
    def _before(fault: str) -> None:
        if fault == "unavailable":
            raise ServiceFaultError("503", delivery="unknown")
        if fault == "fault":
            raise ServiceFaultError("Codigo[3501]", delivery="none")
        if fault == "throttled":
            raise ThrottledError("wait", wait_s=45, delivery="none")
        if fault == "no_route":
            raise TransportError("down", delivery="none")

    @staticmethod
    def _after(fault: str, reply: Reply) -> Reply:
        if fault == "lost_reply":
            raise TransportError("lost", delivery="unknown")
        if fault == "truncated":
            return Reply(reply.status, reply.body[: len(reply.body) // 2])
        if fault == "garbage":
            return Reply(reply.status, reply.body[::-1])
        return reply


class World:
    """A program with a store, and the agency."""

    def __init__(self) -> None:
        self.now = NOW
        self.agency = Agency(lambda: self.now)
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        create_tables(self.connection)
        self.crash_at = ""
        self.numbers = random.Random(0)  # noqa: S311 - spreads pauses

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def reached(self, point: str) -> None:
        if point == self.crash_at:
            self.crash_at = ""
            raise CrashError

    def dispatcher(self) -> Dispatcher:
        """Make a new one, as a process that starts does: nothing is remembered but the store."""
        return Dispatcher(
            self.transaction,
            KEY,
            self.agency,
            issuer=ME,
            clock=lambda: self.now,
            numbers=self.numbers,
            reached=self.reached,
        )

    def issue(self, record: AnyRecord) -> None:
        self.now += timedelta(seconds=1)
        with self.transaction() as connection:
            append(connection, KEY, record, clock=lambda: self.now)

    def drain(self) -> None:
        """Deliver everything; nothing goes wrong any more."""
        self.agency.faults, self.crash_at = [], ""
        for _ in range(100):
            step = self.dispatcher().step()
            if step.outcome is Outcome.NOTHING_TO_SEND:
                return
            assert step.outcome is not Outcome.STOPPED, step.reason
            self.now += timedelta(seconds=step.wait_s)
        raise AssertionError("there is always something left to send")

    def ours(self) -> dict[str, tuple[str, str]]:
        """Tell the state of each invoice, and its record unless cancelled, from our records alone.

        Which of two cancellations of an invoice the agency holds it does not tell.
        """
        states: dict[str, tuple[str, str]] = {}
        for each in deliveries(self.connection, KEY):
            if each.state in (DeliveryState.ACCEPTED, DeliveryState.WITH_ERRORS):
                held = "Correcta" if each.state is DeliveryState.ACCEPTED else "AceptadaConErrores"
                states[each.record.number] = (
                    ("Anulada", "")
                    if each.record.kind == "anulacion"
                    else (held, each.record.fingerprint)
                )
        return states

    def theirs(self) -> dict[str, tuple[str, str]]:
        return {
            each.key.number: (
                each.state.value,
                "" if each.state.value == "Anulada" else each.fingerprint,
            )
            for each in self.agency.service.register
        }


@pytest.fixture
def world() -> Iterator[World]:
    with closing(World()) as made:
        yield made


def state_of(world: World) -> list[tuple[str, int, str | None]]:
    return [(e.state.value, e.attempts, e.code) for e in deliveries(world.connection, KEY)]


def states_of(world: World) -> dict[str, str]:
    return {number: state for number, (state, _) in world.theirs().items()}


def test_records_are_sent_in_their_order_and_settled(world: World) -> None:
    for number in range(3):
        world.issue(examples.registration(f"{number}"))

    step = world.dispatcher().step()

    assert (step.outcome, step.wait_s, step.settled) == (Outcome.ANSWERED, 60, 3)
    assert state_of(world) == [("accepted", 1, None)] * 3
    assert [each.key.number for each in world.agency.service.register] == ["0", "1", "2"]
    assert world.agency.incidents == [False]
    assert all(each.csv for each in deliveries(world.connection, KEY))


def test_the_next_submission_waits_as_the_agency_asks(world: World) -> None:
    world.issue(examples.registration("1"))
    world.dispatcher().step()
    world.issue(examples.registration("2"))

    early = world.dispatcher().step()
    world.now += timedelta(seconds=early.wait_s)
    late = world.dispatcher().step()

    assert (early.outcome, early.wait_s) == (Outcome.WAITING, 59)
    assert late.outcome is Outcome.ANSWERED


def test_a_full_batch_need_not_wait_and_the_rest_does(world: World) -> None:
    with world.transaction() as connection:
        for number in range(2_001):
            append(connection, KEY, examples.registration(f"{number}"))

    steps = 0
    while world.dispatcher().step().outcome is Outcome.ANSWERED:
        steps += 1
    world.drain()

    assert (steps, world.agency.sizes) == (2, [1_000, 1_000, 1])
    assert len(world.theirs()) == 2_001


def test_a_partial_acceptance_settles_each_record(world: World) -> None:
    bad = examples.line(output_tax=Decimal(90))
    world.issue(examples.registration("1"))
    world.issue(examples.registration("2", breakdown=(bad,)))
    world.issue(examples.registration("3", total=Decimal(500)))
    world.issue(examples.registration("1"))

    world.dispatcher().step()

    assert state_of(world) == [
        ("accepted", 1, None),
        ("rejected", 1, "1142"),
        ("accepted_with_errors", 1, "2005"),
        ("rejected", 1, "3000"),
    ]
    assert world.ours() == world.theirs()


def test_a_lost_answer_is_found_out_by_sending_again(world: World) -> None:
    world.issue(examples.registration("1"))
    world.issue(examples.cancellation("1"))
    world.issue(examples.registration("2", total=Decimal(500)))
    world.agency.faults = ["lost_reply"]

    first = world.dispatcher().step()
    world.drain()

    assert first.outcome is Outcome.NO_ANSWER
    assert [state for state, _, _ in state_of(world)] == [
        "accepted",
        "accepted",
        "accepted_with_errors",
    ]
    assert world.agency.incidents == [False, True]
    assert world.ours() == world.theirs()
    assert states_of(world) == {"1": "Anulada", "2": "AceptadaConErrores"}


def test_a_number_that_was_used_before_is_no_lost_answer(world: World) -> None:
    world.issue(examples.registration("1"))
    world.drain()
    world.issue(examples.registration("1", description="Otra"))
    world.agency.faults = ["", "lost_reply"]
    world.crash_at = "before-send"
    world.now += timedelta(minutes=2)
    with pytest.raises(CrashError):
        world.dispatcher().step()

    world.drain()

    assert [(state, code) for state, _, code in state_of(world)] == [
        ("accepted", None),
        ("rejected", "3000"),
    ]


@pytest.mark.parametrize(
    "early",
    [examples.cancellation("1"), examples.registration("1", is_correction=True)],
)
def test_what_came_too_early_is_not_sent_again_over_what_came_behind(
    world: World, early: AnyRecord
) -> None:
    world.issue(early)
    world.issue(examples.registration("1"))
    world.agency.faults = ["lost_reply"]
    world.dispatcher().step()

    world.drain()

    assert [(state, code) for state, _, code in state_of(world)] == [
        ("rejected", "3002"),
        ("accepted", "3000"),
    ]
    assert world.ours() == world.theirs()
    assert states_of(world) == {"1": "Correcta"}


def test_a_question_without_an_answer_sends_nothing(world: World) -> None:
    world.issue(examples.cancellation("1"))
    world.issue(examples.registration("1"))
    world.agency.faults = ["lost_reply"]
    world.dispatcher().step()
    world.now += timedelta(hours=2)
    world.agency.faults = ["no_route"]

    step = world.dispatcher().step()

    assert (step.outcome, world.agency.sizes) == (Outcome.NO_ANSWER, [2])
    world.drain()
    assert world.ours() == world.theirs()


@pytest.mark.parametrize("point", CRASHES)
def test_a_crash_at_a_point_loses_nothing(world: World, point: str) -> None:
    world.issue(examples.registration("1"))
    world.issue(examples.registration("2"))
    world.crash_at = point
    with pytest.raises(CrashError):
        world.dispatcher().step()

    world.drain()

    assert [state for state, _, _ in state_of(world)] == ["accepted", "accepted"]
    assert world.ours() == world.theirs()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_followed_by_a_pause_and_another_try(world: World, fault: str) -> None:
    world.issue(examples.registration("1"))
    world.agency.faults = [fault]

    step = world.dispatcher().step()

    assert step.outcome is (Outcome.WAITING if fault == "throttled" else Outcome.NO_ANSWER)
    assert step.wait_s > 0
    assert world.dispatcher().step().outcome is Outcome.WAITING
    world.drain()
    assert world.ours() == world.theirs()
    assert states_of(world) == {"1": "Correcta"}


def test_pauses_grow_with_failures_and_end_with_the_next_answer(world: World) -> None:
    world.issue(examples.registration("1"))
    waits = []
    for _ in range(12):
        world.agency.faults = ["no_route"]
        step = world.dispatcher().step()
        waits.append(step.wait_s)
        world.now += timedelta(seconds=step.wait_s)

    assert all(15 * 2**n <= wait <= 30 * 2**n for n, wait in enumerate(waits[:7]))
    assert all(1_800 <= wait <= 3_600 for wait in waits[7:])
    world.drain()
    assert pace_of(world.connection, KEY).failures == 0


def test_a_pause_that_the_agency_asks_for_is_no_attempt_and_no_incident(world: World) -> None:
    world.issue(examples.registration("1"))
    world.agency.faults = ["throttled"]
    world.dispatcher().step()

    assert state_of(world) == [("pending", 0, None)]
    world.drain()
    assert world.agency.incidents == [False, False]


def test_pauses_differ_between_programs() -> None:
    pauses = {backoff_s(5, random.Random(seed)) for seed in range(20)}  # noqa: S311

    assert len(pauses) > 10


@pytest.mark.parametrize(
    "error",
    [
        SubmissionRefusedError("4112", agency_code="4112", delivery="none"),
        CertificateError("403", delivery="none"),
    ],
)
def test_what_cannot_help_again_stops_until_somebody_looks(
    world: World, error: AeatError, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **options: object) -> Answer:
        raise error

    world.issue(examples.registration("1"))
    monkeypatch.setattr(world.agency, "submit", refuse)
    stopped = world.dispatcher().step()
    again = world.dispatcher().step()
    monkeypatch.undo()
    world.dispatcher().resume()

    assert (stopped.outcome, again.outcome) == (Outcome.STOPPED, Outcome.STOPPED)
    assert error.code in again.reason
    world.drain()
    assert world.ours() == world.theirs()


def test_an_answer_for_another_request_is_no_answer(world: World) -> None:
    other, mine = (prepare([link(examples.registration(n), None)]) for n in ("9", "1"))
    reply = Reply(*world.agency.service.answer(build(other), ISSUER))

    with pytest.raises(ProtocolError):
        read_answer(reply, mine)


class Reconciliation(RuleBasedStateMachine):
    """Any interleaving of issuing, sending, crashes and lost answers."""

    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    numbers = st.integers(1, 4).map(str)

    @rule(number=numbers, flaw=st.sampled_from(["", "", "warned", "wrong"]))
    def register(self, number: str, flaw: str) -> None:
        self.world.issue(examples.registration(number, **_flawed(flaw)))

    @rule(
        number=numbers,
        rejection=st.sampled_from([None, "S", "X"]),
        flaw=st.sampled_from(["", "warned", "wrong"]),
    )
    def correct(self, number: str, rejection: str | None, flaw: str) -> None:
        self.world.issue(
            examples.registration(
                number, is_correction=True, previous_rejection=rejection, **_flawed(flaw)
            )
        )

    @rule(number=numbers, without=st.sampled_from([None, True]))
    def cancel(self, number: str, without: bool | None) -> None:
        self.world.issue(examples.cancellation(number, without_earlier_record=without))

    @rule(
        faults=st.lists(st.sampled_from(["", *FAULTS]), max_size=3),
        crash=st.sampled_from(["", "", *CRASHES]),
    )
    def send(self, faults: list[str], crash: str) -> None:
        self.world.agency.faults, self.world.crash_at = list(faults), crash
        with suppress(CrashError):
            self.world.dispatcher().step()
        self.world.agency.faults, self.world.crash_at = [], ""

    @rule(seconds=st.sampled_from([1, 30, 60, 600, 7_200]))
    def wait(self, seconds: int) -> None:
        self.world.now += timedelta(seconds=seconds)

    @rule()
    def drain(self) -> None:
        self.world.drain()
        assert self.world.ours() == self.world.theirs()

    @invariant()
    def nothing_is_settled_that_was_not_sent(self) -> None:
        Reconciliation.steps += 1
        for each in deliveries(self.world.connection, KEY):
            assert each.attempts > 0 or each.state is DeliveryState.PENDING

    def teardown(self) -> None:
        with closing(self.world):
            self.drain()


def _flawed(flaw: str) -> dict[str, Any]:
    if flaw == "wrong":
        return {"breakdown": (examples.line(output_tax=Decimal(90)),)}
    return {"total": Decimal(500)} if flaw == "warned" else {}


def run(examples_count: int, steps: int) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Reconciliation,
        settings=settings(
            max_examples=examples_count,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_our_state_is_the_agencys_after_any_interleaving() -> None:
    run(30, 30)


@pytest.mark.long
def test_our_state_is_the_agencys_over_100_000_steps() -> None:
    Reconciliation.steps = 0
    run(6_000, 50)
    assert Reconciliation.steps >= 100_000
