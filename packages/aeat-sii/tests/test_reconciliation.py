"""Delivery and the agency: our state ends as its state, whatever happens in between."""

from contextlib import closing, suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from aeat_sii.testing import examples
from aeat_sii.testing.world import CRASHES, FAULTS, KEY, CrashError, World
from aeat_sii.verifactu.store.deliveries import DeliveryState, deliveries


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
