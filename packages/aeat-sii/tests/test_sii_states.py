"""Whatever is lost on the way, what is known here of the book is what the agency holds."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from aeat_sii import sandbox, sii
from aeat_sii.errors import TransportError
from aeat_sii.sii import filters as f
from aeat_sii.sii import queries as q
from aeat_sii.sii.answers import Answer
from aeat_sii.sii.codes import Communication, StoredState
from aeat_sii.sii.held import HeldRecord
from aeat_sii.sii.queries import Query
from aeat_sii.sii.reconciling import Outcome, send_again
from aeat_sii.sii.records import AnyRecord, Period, SpanishPerson, Titular
from aeat_sii.testing import sii_examples as examples
from aeat_sii.testing.examples import NOW

TITULAR = examples.TITULAR
_RUNS = count(1)


class Line:
    """A connection that may lose the request, or the answer to it."""

    def __init__(self, client: sii.Client) -> None:
        self.client, self.loses = client, ""

    def submit(
        self,
        records: Sequence[AnyRecord],
        titular: Titular,
        *,
        communication: Communication = Communication.REGISTER,
    ) -> Answer:
        lost, self.loses = self.loses, ""
        if lost == "request":
            raise TransportError("lost", delivery="unknown")
        answer = self.client.submit(records, titular, communication=communication)
        if lost == "answer":
            raise TransportError("lost", delivery="unknown")
        return answer

    def query_all(self, query: Query) -> tuple[HeldRecord, ...]:
        return self.client.query_all(query)


@pytest.fixture(scope="module")
def client() -> Iterator[sii.Client]:
    with ExitStack() as stack:
        running = stack.enter_context(sandbox.serve(clock=lambda: NOW))
        credential = running.authority.issue(TITULAR.nif, "ANA PRUEBAS DEMO")
        yield stack.enter_context(
            sii.Client(credential, place=sii.local(running.url), trust=running.authority.pem)
        )


def machine_of(client: sii.Client) -> type[RuleBasedStateMachine]:
    losses = st.sampled_from(["", "request", "answer"])
    numbers = st.integers(1, 3)

    class Books(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.line, self.run = Line(client), next(_RUNS)
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
            name = f"{self.run}-{number}"
            outcome = self.send(
                examples.issued(name, description=text), loss, Communication.REGISTER
            )
            if outcome is Outcome.ACCEPTED:
                assert self.known.setdefault(name, text) == text
            else:
                assert name in self.known

        @rule(number=numbers, text=st.sampled_from(["A", "B"]), loss=losses)
        def modify(self, number: int, text: str, loss: str) -> None:
            name = f"{self.run}-{number}"
            outcome = self.send(examples.issued(name, description=text), loss, Communication.MODIFY)
            assert (outcome is Outcome.ACCEPTED) == (name in self.known)
            if outcome is Outcome.ACCEPTED:
                self.known[name] = text

        @rule(number=numbers, loss=losses)
        def cancel(self, number: int, loss: str) -> None:
            name = f"{self.run}-{number}"
            self.send(examples.cancelled(name), loss, Communication.REGISTER)
            self.known.pop(name, None)

        @invariant()
        def agrees_with_the_agency(self) -> None:
            header = f.QueryHeader(titular=SpanishPerson(name=TITULAR.name, nif=TITULAR.nif))
            asked = f.IssuedFilter(period=Period.of(examples.DAY))
            held = {
                row.invoice.number: row.values["DescripcionOperacion"]
                for row in client.query_all(q.QueryIssued(header=header, filter=asked))
                if row.invoice and row.invoice.number.startswith(f"{self.run}-")
                if row.state and row.state.state is not StoredState.CANCELLED
            }
            assert held == self.known

    return Books


def _run(client: sii.Client, examples_wanted: int, steps: int) -> None:
    run_state_machine_as_test(
        machine_of(client),
        settings=settings(
            max_examples=examples_wanted,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_local_state_and_the_agency_agree(client: sii.Client) -> None:
    _run(client, 4, 8)


@pytest.mark.long
def test_local_state_and_the_agency_agree_for_long(client: sii.Client) -> None:
    _run(client, 500, 40)
