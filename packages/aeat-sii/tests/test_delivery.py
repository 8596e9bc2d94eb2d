"""Delivery: whatever is lost, crashes or is rejected, our state ends as the agency's."""

import random
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from decimal import Decimal

import pytest

from aeat_sii.errors import (
    AeatError,
    CertificateError,
    ProtocolError,
    SubmissionRefusedError,
)
from aeat_sii.testing import examples
from aeat_sii.testing.examples import ISSUER
from aeat_sii.testing.world import CRASHES, FAULTS, KEY, CrashError, World
from aeat_sii.verifactu import (
    Answer,
    AnyRecord,
    build,
    link,
    prepare,
    read_answer,
)
from aeat_sii.verifactu.delivery import Outcome, backoff_s
from aeat_sii.verifactu.store import append
from aeat_sii.verifactu.store.deliveries import deliveries, pace_of
from einvoice_core.http import Reply


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
