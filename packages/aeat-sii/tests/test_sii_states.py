"""Whatever is lost on the way, what is known here of the book is what the agency holds."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from aeat_sii.errors import TransportError
from aeat_sii.sii import filters as f
from aeat_sii.sii import queries as q
from aeat_sii.sii.codes import Communication, StoredState
from aeat_sii.sii.reconciling import Outcome, send_again
from aeat_sii.sii.records import AnyRecord, Period, SpanishPerson
from aeat_sii.testing import sii_examples as examples
from aeat_sii.testing.sii_wire import Wire

TITULAR = examples.TITULAR


def machine_of() -> type[RuleBasedStateMachine]:
    losses = st.sampled_from(["", "request", "answer"])
    numbers = st.integers(1, 3)

    class Books(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.line = Wire()
            self.known: dict[str, str] = {}

        def send(self, record: AnyRecord, loss: str, communication: Communication) -> Outcome:
            self.line.loses = loss
            try:
                answer = self.line.submit([record], TITULAR, communication=communication)
            except TransportError:
                (settled,) = send_again(self.line, [record], TITULAR, communication=communication)
                return settled.outcome
            return Outcome.ACCEPTED if answer.lines[0].is_accepted else Outcome.REJECTED

        @rule(number=numbers, text=st.sampled_from(["A", "B"]), loss=losses)
        def register(self, number: int, text: str, loss: str) -> None:
            name = str(number)
            outcome = self.send(
                examples.issued(name, description=text), loss, Communication.REGISTER
            )
            if outcome is Outcome.ACCEPTED:
                assert self.known.setdefault(name, text) == text
            else:
                assert name in self.known

        @rule(number=numbers, text=st.sampled_from(["A", "B"]), loss=losses)
        def modify(self, number: int, text: str, loss: str) -> None:
            name = str(number)
            outcome = self.send(examples.issued(name, description=text), loss, Communication.MODIFY)
            assert (outcome is Outcome.ACCEPTED) == (name in self.known)
            if outcome is Outcome.ACCEPTED:
                self.known[name] = text

        @rule(number=numbers, loss=losses)
        def cancel(self, number: int, loss: str) -> None:
            name = str(number)
            self.send(examples.cancelled(name), loss, Communication.REGISTER)
            self.known.pop(name, None)

        @invariant()
        def agrees_with_the_agency(self) -> None:
            header = f.QueryHeader(titular=SpanishPerson(name=TITULAR.name, nif=TITULAR.nif))
            asked = f.IssuedFilter(period=Period.of(examples.DAY))
            held = {
                row.invoice.number: row.values["DescripcionOperacion"]
                for row in self.line.query_all(q.QueryIssued(header=header, filter=asked))
                if row.invoice and row.state and row.state.state is not StoredState.CANCELLED
            }
            assert held == self.known

    return Books


def _run(examples_wanted: int, steps: int) -> None:
    run_state_machine_as_test(
        machine_of(),
        settings=settings(
            max_examples=examples_wanted,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_local_state_and_the_agency_agree() -> None:
    _run(25, 20)


@pytest.mark.long
def test_local_state_and_the_agency_agree_for_long() -> None:
    _run(500, 40)
