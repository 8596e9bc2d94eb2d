"""What must leave the house: queued in the transaction that decided it, delivered later.

The table is the truth. A delivery that fails is tried again with growing pauses; one that failed
too often is kept as *dead*, with its last error. A delivery that a dying process had taken comes
back when its lease ends, so a handler may see the same delivery twice and must not mind.
"""

import logging
import random
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    Index,
    Integer,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from einvoice_core.errors import EInvoiceError
from reference_server.database import METADATA, Database

__all__ = ["DELIVERIES", "Delivery", "Handler", "Relay", "RetryLater", "Worker", "queue"]

_LEASE = timedelta(seconds=60)
_FIRST_PAUSE_S = 2.0
_LONGEST_PAUSE_S = 3600.0
_MAX_ATTEMPTS = 12

logger = logging.getLogger(__name__)

DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("company_id", String(36), nullable=False),
    Column("kind", String(60), nullable=False),
    Column("key", String(200), nullable=False, unique=True),
    Column("payload", JSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("last_error", Text),
    Index("ix_deliveries_due", "state", "due_at"),
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to deliver."""

    id: str
    company_id: str
    kind: str
    payload: Mapping[str, Any]
    attempts: int


Handler = Callable[[Delivery], None]


class RetryLater(Exception):  # noqa: N818 - an instruction to the relay, not an error
    """The receiver asks to wait.

    Args:
        wait_s: Seconds to wait; this is not counted as a failure.
    """

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"try again in {wait_s} s")
        self.wait_s = wait_s


def queue(
    connection: Connection,
    company_id: str,
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    due_at: datetime | None = None,
) -> None:
    """Queue a delivery in the caller's transaction.

    Args:
        connection: Of the transaction that decides it.
        company_id: Whose it is.
        kind: Names the handler.
        key: The same thing is queued once only: a second row with this key is refused.
        payload: What the handler needs.
        due_at: Not before; by default at once.
    """
    connection.execute(
        insert(DELIVERIES).values(
            id=str(uuid.uuid4()),
            company_id=company_id,
            kind=kind,
            key=key,
            payload=dict(payload),
            state="due",
            attempts=0,
            due_at=due_at or datetime.now(UTC),
        )
    )


class Relay:
    """Takes what is due and hands it to the handler of its kind.

    Args:
        database: Where deliveries are kept.
        handlers: By kind; they are called outside any transaction.
        clock: The present, in UTC.
    """

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._clock = clock
        self._random = random.Random()  # noqa: S311 - spreads retries, hides nothing

    def run_due(self, limit: int = 100, company_id: str | None = None) -> int:
        """Deliver what is due now; return how many deliveries were tried.

        Args:
            limit: Deliveries to try at most.
            company_id: Only those of one company.
        """
        for count in range(limit):
            delivery = self._take(company_id)
            if delivery is None:
                return count
            self._deliver(delivery)
        return limit

    def _take(self, company_id: str | None) -> Delivery | None:
        now = self._clock()
        due = select(DELIVERIES.c.id).where(
            DELIVERIES.c.state == "due",
            DELIVERIES.c.due_at <= now,
            DELIVERIES.c.kind.in_(self._handlers),
        )
        if company_id is not None:
            due = due.where(DELIVERIES.c.company_id == company_id)
        first = due.order_by(DELIVERIES.c.due_at).limit(1).with_for_update(skip_locked=True)
        with self._database.write() as connection:
            row = connection.execute(
                update(DELIVERIES)
                .where(DELIVERIES.c.id == first.scalar_subquery())
                .values(due_at=now + _LEASE, attempts=DELIVERIES.c.attempts + 1)
                .returning(DELIVERIES)
            ).first()
        if row is None:
            return None
        return Delivery(row.id, row.company_id, row.kind, row.payload, row.attempts)

    def _deliver(self, delivery: Delivery) -> None:
        try:
            self._handlers[delivery.kind](delivery)
        except RetryLater as wait:
            self._settle(delivery, "due", str(wait), wait.wait_s, attempts=delivery.attempts - 1)
        except EInvoiceError as error:
            self._failed(delivery, f"{error.code}: {error.message}")
        except Exception as error:  # a handler's defect must not stop the others
            logger.exception("delivery %s of kind %s failed", delivery.id, delivery.kind)
            self._failed(delivery, type(error).__name__)
        else:
            self._settle(delivery, "done", None, 0)

    def _failed(self, delivery: Delivery, reason: str) -> None:
        state = "dead" if delivery.attempts >= _MAX_ATTEMPTS else "due"
        pause = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** (delivery.attempts - 1))
        self._settle(delivery, state, reason, pause * self._random.uniform(0.5, 1.0))

    def _settle(
        self,
        delivery: Delivery,
        state: str,
        reason: str | None,
        pause_s: float,
        attempts: int | None = None,
    ) -> None:
        values: dict[str, Any] = {
            "state": state,
            "last_error": reason,
            "due_at": self._clock() + timedelta(seconds=pause_s),
        }
        if attempts is not None:
            values["attempts"] = attempts
        with self._database.write() as connection:
            connection.execute(
                update(DELIVERIES).where(DELIVERIES.c.id == delivery.id).values(**values)
            )

    def pending(self, company_id: str) -> Mapping[str, int]:
        """Count the deliveries of a company by state."""
        query = (
            select(DELIVERIES.c.state, func.count())
            .where(DELIVERIES.c.company_id == company_id)
            .group_by(DELIVERIES.c.state)
        )
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def revive(self, company_id: str) -> None:
        """Make every delivery of a company that waits or was given up due now."""
        with self._database.write() as connection:
            connection.execute(
                update(DELIVERIES)
                .where(
                    DELIVERIES.c.company_id == company_id,
                    DELIVERIES.c.state.in_(("due", "dead")),
                )
                .values(state="due", attempts=0, due_at=self._clock())
            )


class Worker:
    """A thread that runs the relay until it is stopped.

    Args:
        relay: What to run.
        pause_s: Seconds between two looks.
    """

    def __init__(self, relay: Relay, pause_s: float = 1.0) -> None:
        self._relay = relay
        self._pause = pause_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="deliveries", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the delivery at hand and end."""
        self._stop.set()
        self._thread.join(timeout=_LEASE.total_seconds())

    def _run(self) -> None:
        while not self._stop.wait(self._pause):
            try:
                self._relay.run_due()
            except Exception:  # the database may be away for a while
                logger.exception("deliveries could not be looked up")
