"""A program with a chain store and the agency in one process, where things go wrong on demand.

No network, no threads, and time that only moves when it is told to: for tests of delivery.
"""

import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from aeat_sii.errors import (
    ServiceFaultError,
    ThrottledError,
    TransportError,
)
from aeat_sii.exchange import Pages
from aeat_sii.sandbox import Service
from aeat_sii.testing.examples import ISSUER, NOW
from aeat_sii.verifactu import (
    Answer,
    AnyRecord,
    CancellationRecord,
    Header,
    Query,
    RegistrationRecord,
    SpanishPerson,
    build,
    prepare,
    read_answer,
)
from aeat_sii.verifactu.delivery import Dispatcher, Outcome
from aeat_sii.verifactu.querying import (
    HeldRecord,
    build_query,
    next_page,
    read_query_answer,
)
from aeat_sii.verifactu.store import Key, append, create_tables
from aeat_sii.verifactu.store.deliveries import DeliveryState, deliveries
from einvoice_core.http import Reply

__all__ = ["CRASHES", "FAULTS", "KEY", "ME", "Agency", "CrashError", "World"]

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
        self,
        records: Sequence[AnyRecord],
        header: Header | None = None,
        *,
        had_incident: bool = False,
    ) -> Answer:
        """Send records, unless the next fault forbids."""
        submission = prepare(records, header, had_incident=had_incident)
        self.sizes.append(len(records))
        self.incidents.append(had_incident)
        fault = self.faults.pop(0) if self.faults else ""
        self._before(fault)
        reply = Reply(*self.service.answer(build(submission), ISSUER))
        return read_answer(self._after(fault, reply), submission)

    def query_all(self, query: Query) -> tuple[HeldRecord, ...]:
        """Ask for all pages of what is held."""
        pages = Pages(query, next_page)
        for each in pages:
            fault = self.faults.pop(0) if self.faults else ""
            self._before(fault)
            reply = Reply(*self.service.answer(build_query(each), ISSUER))
            pages.take(each, read_query_answer(self._after(fault, reply)))
        return tuple(held for page in pages.pages for held in page.records)

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
        """Close the store."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Open a transaction and commit it at the end of its block."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def reached(self, point: str) -> None:
        """End the process where it is told to; called by the dispatcher."""
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

    def issue(self, record: RegistrationRecord | CancellationRecord) -> None:
        """Put a record at the end of the chain, a second later."""
        self.now += timedelta(seconds=1)
        with self.transaction() as connection:
            if isinstance(record, RegistrationRecord):
                append(connection, KEY, record, clock=lambda: self.now)
            else:
                append(connection, KEY, record, clock=lambda: self.now)

    def drain(self) -> None:
        """Deliver everything; nothing goes wrong any more."""
        self.agency.faults, self.crash_at = [], ""
        for _ in range(100):
            step = self.dispatcher().step()
            if step.outcome is Outcome.NOTHING_TO_SEND:
                return
            if step.outcome is Outcome.STOPPED:
                raise AssertionError(step.reason)
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
        """Tell the same from what the agency holds."""
        return {
            each.key.number: (
                each.state.value,
                "" if each.state.value == "Anulada" else each.fingerprint,
            )
            for each in self.agency.service.register
        }
