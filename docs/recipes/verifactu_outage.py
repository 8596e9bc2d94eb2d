"""The agency is out of reach: keep issuing, and deliver everything afterwards, in order."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aeat_sii import sandbox, verifactu
from aeat_sii.environments import local
from aeat_sii.sandbox import Fault
from aeat_sii.testing import examples
from aeat_sii.verifactu.delivery import Dispatcher, Outcome
from aeat_sii.verifactu.store import Key, append, create_tables, open_sqlite
from aeat_sii.verifactu.store.deliveries import DeliveryState, deliveries

CHAIN = Key("my-company")


class Clock:
    """A clock that we move, so that nobody has to wait."""

    def __init__(self) -> None:
        self.now = datetime(2026, 7, 1, 9, 0, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Write in one commit: the invoice and its record, or none of them."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def main() -> None:
    clock = Clock()
    connection = open_sqlite(Path("company.db"))
    create_tables(connection)
    connection.execute("CREATE TABLE invoices (number TEXT PRIMARY KEY, total TEXT)")

    def issue(number: str) -> None:
        clock.now += timedelta(seconds=1)
        with transaction(connection):
            connection.execute("INSERT INTO invoices VALUES (?, ?)", (number, "121.00"))
            append(connection, CHAIN, examples.registration(number), clock=clock)

    # The service is down, then it takes the records and its answer gets lost.
    faults = sandbox.scripted([Fault.UNAVAILABLE, Fault.LOST_REPLY])
    with sandbox.serve(clock=clock, faults=faults) as agency:
        credential = agency.authority.issue(examples.ISSUER, "ANA PRUEBAS DEMO")
        with verifactu.Client(
            credential, environment=local(agency.url), trust=agency.authority.pem, clock=clock
        ) as client:

            def deliver() -> Outcome:
                # A new one each time, as after a restart: all that it knows is in the database.
                step = Dispatcher(
                    lambda: transaction(connection), CHAIN, client, clock=clock
                ).step()
                clock.now += timedelta(seconds=step.wait_s)
                return step.outcome

            outcomes = []
            for number in ("2026/0001", "2026/0002", "2026/0003"):
                issue(number)
                outcomes.append(deliver())
            while outcomes[-1] is not Outcome.NOTHING_TO_SEND:
                outcomes.append(deliver())
            held = [stored.key.number for stored in agency.service.register]

    print([outcome.value for outcome in outcomes])
    assert outcomes.count(Outcome.NO_ANSWER) == 2
    for each in deliveries(connection, CHAIN):
        print(each.record.number, each.state.value, "after", each.attempts, "attempts")
        assert each.state is DeliveryState.ACCEPTED
    # The agency holds each invoice once, in the order in which they were issued.
    assert held == ["2026/0001", "2026/0002", "2026/0003"]
    connection.close()


if __name__ == "__main__":
    main()
