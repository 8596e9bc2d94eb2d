"""An answer gets lost: find out what the tax agency holds, without a network."""

from datetime import UTC, datetime, timedelta

from aeat_sii import sandbox, verifactu
from aeat_sii.environments import local
from aeat_sii.errors import ThrottledError, TransportError
from aeat_sii.sandbox import Fault
from aeat_sii.testing import examples


class Clock:
    """A clock that we move, so that nobody has to wait a minute."""

    def __init__(self) -> None:
        self.now = datetime(2026, 7, 1, 9, 0, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now


def main() -> None:
    clock = Clock()
    record = verifactu.link(examples.registration("2026/0001"), None)

    # The sandbox takes the records of the first request and hangs up before it answers.
    faults = sandbox.scripted([Fault.LOST_REPLY])
    with sandbox.serve(clock=clock, faults=faults) as agency:
        credential = agency.authority.issue(examples.ISSUER, "ANA PRUEBAS DEMO")
        with verifactu.Client(
            credential,
            environment=local(agency.url),
            trust=agency.authority.pem,
            clock=clock,
        ) as client:
            delivery = ""
            try:
                client.submit([record])
            except TransportError as error:
                print(error.message)
                delivery = str(error.details["delivery"])
            # "none" would mean that the agency has not seen it; here nobody knows.
            assert delivery == "unknown"

            # The agency asks for a pause between submissions, and the client keeps it.
            wait_s = client.remaining(examples.ISSUER)
            assert wait_s > 0
            try:
                client.submit([record])
            except ThrottledError as error:
                print(error.message)
                clock.now += timedelta(seconds=wait_s)

            # The same record again: the agency tells how it holds the first one.
            answer = client.submit([record])

    (line,) = answer.lines
    assert line.code == "3000"
    assert line.duplicate is not None
    assert line.duplicate.state is verifactu.StoredState.CORRECT
    assert line.is_held
    print("the agency holds", line.invoice.number, "as", line.duplicate.state.value)


if __name__ == "__main__":
    main()
