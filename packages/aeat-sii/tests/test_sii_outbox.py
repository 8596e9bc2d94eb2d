"""The outbox of the SII loses nothing and registers nothing twice, whatever is lost or killed."""

import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from aeat_sii import sandbox
from aeat_sii.errors import CertificateError, OutboxError, ThrottledError
from aeat_sii.sandbox.server import RunningSandbox
from aeat_sii.sandbox.sii import State
from aeat_sii.sii import build, messages, outbox, prepare
from aeat_sii.sii.codes import Communication, Regime
from aeat_sii.sii.outbox import Box, EntryState, Outcome
from aeat_sii.sii.records import AnyRecord
from aeat_sii.testing import sii_examples as examples
from aeat_sii.testing.examples import NOW
from aeat_sii.testing.sii_wire import Killed, Wire
from aeat_sii.verifactu.store import open_postgresql, open_sqlite
from einvoice_core.testing import databases

TITULAR = examples.TITULAR
BOX = Box("tenant-0")
HERE = Path(__file__).parent


def opened(database: str) -> Any:
    return open_postgresql(database) if database.startswith("host=") else open_sqlite(database)


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    with databases.postgresql() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "outbox.db")
    conninfo: str = request.getfixturevalue("postgresql")
    with closing(opened(conninfo)) as connection:
        for table in outbox.TABLES:
            connection.execute(f"DROP TABLE IF EXISTS {table}")
    return conninfo


@pytest.fixture
def transaction(database: str) -> Iterator[outbox.Transaction]:
    with closing(opened(database)) as connection:
        made = outbox.transactions(connection)
        with made() as begun:
            outbox.create_tables(begun)
        yield made


@pytest.fixture
def wire() -> Wire:
    return Wire()


def held_by(wire: Wire) -> dict[str, str]:
    return {
        each.key[1]: str(each.record["DescripcionOperacion"])
        for each in wire.service.register.of(TITULAR.nif, "issued")
        if each.state is not State.CANCELLED
    }


def put(transaction: outbox.Transaction, *records: AnyRecord, **more: Any) -> list[int]:
    with transaction() as connection:
        return [outbox.put(connection, BOX, each, TITULAR, **more) for each in records]


def dispatcher(transaction: outbox.Transaction, wire: Any, **more: Any) -> outbox.Dispatcher:
    return outbox.Dispatcher(
        transaction,
        BOX,
        wire,
        numbers=random.Random(1),  # noqa: S311 - spreads pauses
        **{"clock": lambda: NOW, **more},
    )


def states(transaction: outbox.Transaction) -> list[EntryState]:
    with transaction() as connection:
        return [each.state for each in outbox.entries(connection, BOX)]


def test_entries_are_sent_by_book_and_settled(transaction: outbox.Transaction, wire: Wire) -> None:
    put(transaction, examples.issued("1"), examples.received("R-1"), examples.issued("2"))
    put(transaction, examples.issued("3", total=None, other_party=None))
    sending = dispatcher(transaction, wire)

    steps = [sending.step() for _ in range(3)]

    assert [step.outcome for step in steps] == ["answered", "answered", "nothing_to_send"]
    assert [step.settled for step in steps] == [3, 1, 0]
    assert states(transaction) == ["accepted", "accepted", "accepted", "rejected"]
    with transaction() as connection:
        found = outbox.entries(connection, BOX)
    assert found[0].csv == found[2].csv != found[1].csv
    assert found[3].code == "1158"
    assert found[3].csv is None
    assert outbox.content_of(found[1])[0] == examples.received("R-1")


def test_an_entry_and_an_invoice_are_one_commit(transaction: outbox.Transaction) -> None:
    with suppress(RuntimeError), transaction() as connection:
        outbox.put(connection, BOX, examples.issued("1"), TITULAR)
        raise RuntimeError("the invoice could not be saved")

    assert states(transaction) == []
    assert put(transaction, examples.issued("2")) == [1]


def test_what_is_about_one_invoice_goes_in_order(
    transaction: outbox.Transaction, wire: Wire
) -> None:
    cash = examples.issued("1", regime=Regime.R07)
    put(transaction, cash, examples.collections("1"), examples.cancelled("1"), cash)
    put(transaction, examples.issued("2"))
    sending = dispatcher(transaction, wire)

    while sending.step().outcome is Outcome.ANSWERED:
        pass

    assert states(transaction) == ["accepted"] * 5
    assert wire.submissions == [2, 1, 1, 1]
    assert set(held_by(wire)) == {"1", "2"}


@pytest.mark.parametrize("lost", ["request", "answer", "program"])
def test_a_lost_answer_is_found_out(transaction: outbox.Transaction, wire: Wire, lost: str) -> None:
    put(transaction, examples.issued("1"), examples.issued("2"))
    wire.loses = lost
    now = NOW

    def clock() -> datetime:
        return now

    with suppress(Killed):
        step = dispatcher(transaction, wire, clock=clock).step()
        assert (step.outcome, step.wait_s > 0) == (Outcome.NO_ANSWER, True)
    assert states(transaction) == ["in_flight", "in_flight"]
    again = dispatcher(transaction, wire, clock=clock)
    if lost != "program":
        assert again.step().outcome is Outcome.WAITING
    now += timedelta(hours=1)

    assert again.step().outcome is Outcome.ANSWERED
    assert states(transaction) == ["accepted", "accepted"]
    assert set(held_by(wire)) == {"1", "2"}


def test_collections_whose_answer_was_lost_are_not_sent_twice(
    transaction: outbox.Transaction, wire: Wire
) -> None:
    put(transaction, examples.issued("1", regime=Regime.R07))
    sending = dispatcher(transaction, wire)
    sending.step()
    put(transaction, examples.collections("1", "50.00", "71.00"))
    wire.loses = "program"
    with pytest.raises(Killed):
        sending.step()

    assert dispatcher(transaction, wire).step().outcome is Outcome.ANSWERED

    assert states(transaction) == ["accepted", "accepted"]
    (held,) = wire.service.register.of(TITULAR.nif, "issued")
    assert len(held.attached["Cobros"]) == 2


def test_another_content_is_told_from_ours(transaction: outbox.Transaction, wire: Wire) -> None:
    wire.submit([examples.issued("1")], TITULAR)
    put(transaction, examples.issued("1", total=Decimal("121.50")))

    dispatcher(transaction, wire).step()

    assert states(transaction) == ["other_held"]


def test_a_refusal_stops_until_somebody_looks(transaction: outbox.Transaction, wire: Wire) -> None:
    (position,) = put(transaction, examples.issued("1"))
    wire.fails = CertificateError("not taken")
    sending = dispatcher(transaction, wire)

    step = sending.step()

    assert (step.outcome, step.reason) == (Outcome.STOPPED, "aeat.certificate: not taken")
    assert sending.step() == step
    assert states(transaction) == ["pending"]
    wire.fails = None
    sending.resume()
    assert sending.step().outcome is Outcome.ANSWERED
    with transaction() as connection, pytest.raises(OutboxError):
        outbox.withdraw(connection, BOX, position)


def test_nothing_that_never_left_counts_as_sent(
    transaction: outbox.Transaction, wire: Wire
) -> None:
    (position,) = put(transaction, examples.issued("1"))
    wire.fails = ThrottledError("wait", wait_s=60)

    assert dispatcher(transaction, wire).step().outcome is Outcome.WAITING
    assert dispatcher(transaction, wire).step().wait_s == 60

    with transaction() as connection:
        assert outbox.entries(connection, BOX)[0].attempts == 0
        outbox.withdraw(connection, BOX, position)
    assert states(transaction) == ["withdrawn"]
    assert dispatcher(transaction, wire).step().outcome is Outcome.NOTHING_TO_SEND


def test_outboxes_are_kept_apart(transaction: outbox.Transaction, wire: Wire) -> None:
    with transaction() as connection:
        outbox.put(connection, Box("other"), examples.issued("1"), TITULAR)

    assert dispatcher(transaction, wire).step().outcome is Outcome.NOTHING_TO_SEND
    with pytest.raises(OutboxError):
        Box("")


def machine() -> type[RuleBasedStateMachine]:
    numbers = st.integers(1, 3)

    class Books(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.wire, self.wanted = Wire(), dict[str, str]()
            self.connection = opened(":memory:")
            self.transaction = outbox.transactions(self.connection)
            with self.transaction() as connection:
                outbox.create_tables(connection)
            self.hours = 0

        def _clock(self) -> datetime:
            return NOW + timedelta(hours=self.hours)

        @rule(number=numbers, text=st.sampled_from("AB"))
        def register(self, number: int, text: str) -> None:
            put(self.transaction, examples.issued(str(number), description=text))
            self.wanted.setdefault(str(number), text)

        @rule(number=numbers, text=st.sampled_from("AB"))
        def modify(self, number: int, text: str) -> None:
            record = examples.issued(str(number), description=text)
            put(self.transaction, record, communication=Communication.MODIFY)
            if str(number) in self.wanted:
                self.wanted[str(number)] = text

        @rule(number=numbers)
        def cancel(self, number: int) -> None:
            put(self.transaction, examples.cancelled(str(number)))
            self.wanted.pop(str(number), None)

        @rule(loses=st.sampled_from(["", "request", "answer", "program"]))
        def send(self, loses: str) -> None:
            self.wire.loses = loses
            self.hours += 2
            with suppress(Killed):
                dispatcher(self.transaction, self.wire, clock=self._clock, batch=2).step()

        def teardown(self) -> None:
            self.wire.loses = ""
            while True:
                self.hours += 2
                sending = dispatcher(self.transaction, self.wire, clock=self._clock)
                if sending.step().outcome is Outcome.NOTHING_TO_SEND:
                    break
            self.connection.close()
            assert held_by(self.wire) == self.wanted

    return Books


def run(wanted: int, steps: int) -> None:
    run_state_machine_as_test(
        machine(),
        settings=settings(
            max_examples=wanted,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_is_lost_the_books_become_what_was_put() -> None:
    run(25, 15)


@pytest.mark.long
def test_whatever_is_lost_for_long_the_books_become_what_was_put() -> None:
    run(500, 40)


@pytest.fixture(scope="module")
def agency() -> Iterator[RunningSandbox]:
    with sandbox.serve(clock=lambda: NOW) as running:
        yield running


@pytest.fixture
def folder(agency: RunningSandbox, tmp_path: Path) -> Path:
    credential = agency.authority.issue(TITULAR.nif, "ANA PRUEBAS DEMO")
    (tmp_path / "a.p12").write_bytes(credential.to_pkcs12(b"secret"))
    (tmp_path / "root.pem").write_bytes(agency.authority.pem)
    return tmp_path


def kill(database: str, agency: RunningSandbox, folder: Path, point: str) -> list[str]:
    """Run the victim until it dies; return the invoices that it had committed."""
    done = subprocess.run(
        [sys.executable, HERE / "sii_victim.py", database, folder, agency.url, point, "5"],
        capture_output=True,
        timeout=3_000,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()[-2000:]
    return [line.partition(" ")[2] for line in done.stdout.decode().splitlines()]


POINTS = ("before-commit:4", "committed:4", "before-send:1", "after-send:1", "after-settle:1")


def killed(database: str, agency: RunningSandbox, folder: Path, points: Sequence[str]) -> None:
    committed = [each for point in points for each in kill(database, agency, folder, point)]
    kill(database, agency, folder, "never:1")

    with closing(opened(database)) as connection:
        transaction = outbox.transactions(connection)
        with transaction() as begun:
            found = outbox.entries(begun, BOX)
    assert {each.state for each in found} == {EntryState.ACCEPTED}
    numbers = {outbox.content_of(each)[0].invoice.number for each in found}  # type: ignore[union-attr]
    assert set(committed) <= numbers
    register = agency.sii.register.of(TITULAR.nif, "issued")
    held = {each.key[1]: each.state is State.CANCELLED for each in register}
    for number in numbers:
        assert held[number] == bool(int(number.rpartition("/")[2]) % 2)


def test_a_process_killed_at_each_point_loses_nothing(
    database: str, agency: RunningSandbox, folder: Path
) -> None:
    killed(database, agency, folder, POINTS)


@pytest.mark.long
def test_processes_killed_500_times_lose_nothing(
    database: str, agency: RunningSandbox, folder: Path
) -> None:
    killed(database, agency, folder, ["random:500"])


def test_a_message_that_was_kept_is_the_one_that_is_sent() -> None:
    record = examples.issued("1")
    kept = build(prepare([record], TITULAR))

    assert messages.read_submission(kept).stated_records == (record,)
