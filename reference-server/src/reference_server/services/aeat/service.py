"""Use cases of the tax agency."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row

from aeat_sii.environments import Environment
from aeat_sii.errors import ThrottledError
from aeat_sii.verifactu.chain import fingerprint
from aeat_sii.verifactu.client import Client
from aeat_sii.verifactu.records import MAX_RECORDS
from einvoice_core.certificates import Credential
from reference_server import chain, credentials
from reference_server.checkpoints import reach
from reference_server.database import Database
from reference_server.errors import NotFoundError
from reference_server.events import Delivery, Relay, RetryLater
from reference_server.observability import Metrics
from reference_server.security import Caller
from reference_server.services.aeat.schemas import ChainAudit, DeliveryResult, RecordState
from reference_server.settings import Settings

__all__ = ["audit", "connector", "deliver", "record_xml", "retry", "state_of", "submitter"]

logger = logging.getLogger(__name__)
_Connect = Callable[[Credential], Client]


def submitter(
    db: Database,
    settings: Settings,
    metrics: Metrics,
    connect: _Connect,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Callable[[Delivery], None]:
    """Make the handler that sends the pending records of a company, in the order of the chain.

    One delivery sends everything that is pending: the deliveries of the other records find nothing
    left to do. Between two submissions lies the time that the agency's last answer asked for,
    unless a full batch is waiting. A duplicate in the answer means that an earlier answer was lost;
    the record is then held by the agency and settled.
    """

    def submit(delivery: Delivery) -> None:
        with db.read() as tx:
            rows = chain.pending(tx, delivery.company_id, MAX_RECORDS)
            if not rows:
                return
            pause = chain.pause_left(tx, delivery.company_id, clock())
            credential = credentials.load(tx, settings, delivery.company_id)
        if pause > 0 and len(rows) < MAX_RECORDS:
            raise RetryLater(pause)
        records = [chain.record_of(row) for row in rows]
        reach("submit.before-send")
        try:
            with connect(credential) as client:
                answer = client.submit(records, had_incident=delivery.attempts > 1)
        except ThrottledError as error:
            raise RetryLater(float(str(error.details.get("wait_s", 60)))) from error
        reach("submit.after-send")
        by_number = {line.invoice.number: line for line in answer.lines}
        with db.write() as tx:
            chain.pause(tx, delivery.company_id, clock() + timedelta(seconds=answer.wait_s))
            for row in rows:
                line = by_number.get(row.number)
                if line is None:
                    continue
                held = line.duplicate
                state = held.state.value if held else line.state.value
                chain.settle(
                    tx,
                    row.id,
                    state=state,
                    csv=answer.csv if line.is_accepted else None,
                    code=line.code,
                    message=line.text,
                    answered_at=clock(),
                )
                metrics.submissions.labels(state).inc()
        reach("submit.after-settle")

    return submit


def deliver(relay: Relay, caller: Caller) -> DeliveryResult:
    """Deliver now what is due for the company."""
    tried = relay.run_due(company_id=caller.company_id)
    counts = relay.pending(caller.company_id)
    return DeliveryResult(
        tried=tried,
        due=counts.get("due", 0),
        dead=counts.get("dead", 0),
        done=counts.get("done", 0),
    )


def retry(relay: Relay, caller: Caller) -> DeliveryResult:
    """Make every failed delivery of the company due now, and deliver."""
    relay.revive(caller.company_id)
    return deliver(relay, caller)


def state_of(db: Database, caller: Caller, invoice_id: str) -> RecordState:
    """Return where the record of an invoice stands."""
    with db.read() as tx:
        row = chain.of_invoice(tx, caller.company_id, invoice_id)
    if row is None:
        raise NotFoundError(f"invoice {invoice_id} has no record: issue it first")
    return _state(row)


def record_xml(db: Database, caller: Caller, invoice_id: str) -> bytes:
    """Return the record of an invoice as it was hashed."""
    with db.read() as tx:
        row = chain.of_invoice(tx, caller.company_id, invoice_id)
    if row is None:
        raise NotFoundError(f"invoice {invoice_id} has no record: issue it first")
    return str(row.xml).encode("utf-8")


def audit(db: Database, caller: Caller) -> ChainAudit:
    """Recompute every fingerprint of the company's chain."""
    with db.read() as tx:
        rows = chain.walk(tx, caller.company_id)
    previous = ""
    for row in rows:
        record = chain.record_of(row)
        stated = record.chaining.previous.fingerprint if record.chaining.previous else ""
        if stated != previous or fingerprint(record) != row.fingerprint:
            return ChainAudit(length=len(rows), intact=False, first_break=row.position)
        previous = row.fingerprint
    return ChainAudit(length=len(rows), intact=True, first_break=None)


def connector(
    environment: Environment, roots: bytes | None, clock: Callable[[], datetime]
) -> _Connect:
    """Make the function that opens the agency's service with a certificate."""

    def connect(credential: Credential) -> Client:
        return Client(credential, environment=environment, trust=roots, clock=clock)

    return connect


def _state(row: Row[Any]) -> RecordState:
    return RecordState(
        invoice_id=row.invoice_id,
        position=row.position,
        number=row.number,
        fingerprint=row.fingerprint,
        state=row.state,
        csv=row.csv,
        code=row.code,
        message=row.message,
        answered_at=row.answered_at,
    )
