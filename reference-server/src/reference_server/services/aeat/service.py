"""Use cases of the tax agency."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from aeat_sii import census, sii
from aeat_sii.environments import Environment
from aeat_sii.verifactu.audit import audit as audit_chain
from aeat_sii.verifactu.client import Client
from aeat_sii.verifactu.codes import LineState
from aeat_sii.verifactu.delivery import Dispatcher, Outcome
from aeat_sii.verifactu.store import deliveries
from aeat_sii.verifactu.store.deliveries import DeliveryState
from einvoice_core.certificates import Credential
from reference_server import chain, credentials
from reference_server.checkpoints import reach
from reference_server.context import (
    AgencyConnectFunction,
    CensusConnectFunction,
    SiiConnectFunction,
)
from reference_server.database import Database
from reference_server.errors import NotDeliveredError, NotFoundError
from reference_server.events import Delivery, Relay, RetryLater
from reference_server.observability import Metrics
from reference_server.security import Caller
from reference_server.services.aeat.schemas import ChainAudit, DeliveryResult, RecordState
from reference_server.settings import Settings

__all__ = [
    "audit",
    "census_connector",
    "connector",
    "deliver",
    "record_xml",
    "retry",
    "sii_connector",
    "state_of",
    "submitter",
]

logger = logging.getLogger(__name__)


def submitter(
    db: Database,
    settings: Settings,
    metrics: Metrics,
    connect: AgencyConnectFunction,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Callable[[Delivery], None]:
    """Make the handler that sends the pending records of a company, in the order of the chain.

    One delivery sends everything that is pending: the deliveries of the other records find nothing
    left to do. When the package says to wait, the delivery waits.
    """

    @contextmanager
    def writing() -> Iterator[Any]:
        with db.write() as tx:
            yield chain.raw(tx)

    def submit(delivery: Delivery) -> None:
        key = chain.key_of(delivery.company_id)
        with db.read() as tx:
            if not deliveries.undelivered(chain.raw(tx), key, 1):
                return
            credential = credentials.load(tx, settings, delivery.company_id)
        with connect(credential) as client:
            dispatcher = Dispatcher(writing, key, client, clock=clock, reached=_reach)
            step = dispatcher.step()
        match step.outcome:
            case Outcome.WAITING:
                raise RetryLater(float(step.wait_s))
            case Outcome.NO_ANSWER | Outcome.STOPPED:
                raise NotDeliveredError(step.reason)
            case Outcome.ANSWERED:
                metrics.submissions.labels(step.outcome.value).inc(step.settled)

    return submit


def _reach(point: str) -> None:
    reach(f"submit.{point}")


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


def retry(db: Database, relay: Relay, caller: Caller) -> DeliveryResult:
    """Make every failed delivery of the company due now, and deliver."""
    with db.write() as tx:
        chain.forget_failures(tx, caller.company_id)
    relay.revive(caller.company_id)
    return deliver(relay, caller)


def state_of(db: Database, caller: Caller, invoice_id: str) -> RecordState:
    """Return where the record of an invoice stands."""
    with db.read() as tx:
        row = chain.of_invoice(tx, caller.company_id, invoice_id)
    if row is None:
        raise NotFoundError(f"invoice {invoice_id} has no record: issue it first")
    return _state(invoice_id, row)


def record_xml(db: Database, caller: Caller, invoice_id: str) -> bytes:
    """Return the record of an invoice as it was hashed."""
    with db.read() as tx:
        row = chain.of_invoice(tx, caller.company_id, invoice_id)
    if row is None:
        raise NotFoundError(f"invoice {invoice_id} has no record: issue it first")
    return row.record.xml.encode("utf-8")


def audit(db: Database, caller: Caller) -> ChainAudit:
    """Recompute every fingerprint of the company's chain."""
    with db.read() as tx:
        rows = chain.walk(tx, caller.company_id)
    found = audit_chain((row.position, row.xml) for row in rows)
    return ChainAudit(
        length=found.length,
        intact=found.intact,
        first_break=found.first_break.position if found.first_break else None,
        plan=[step.text for step in found.plan],
    )


def connector(
    environment: Environment, roots: bytes | None, clock: Callable[[], datetime]
) -> AgencyConnectFunction:
    """Make the function that opens the agency's service with a certificate."""

    def connect(credential: Credential) -> Client:
        return Client(credential, environment=environment, trust=roots, clock=clock)

    return connect


def census_connector(environment: Environment, roots: bytes | None) -> CensusConnectFunction:
    """Make the function that opens the agency's census with a certificate."""

    def connect(credential: Credential) -> census.Client:
        return census.Client(credential, environment=environment, trust=roots)

    return connect


def sii_connector(place: sii.Place, roots: bytes | None) -> SiiConnectFunction:
    """Make the function that opens the services of the SII with a certificate."""

    def connect(credential: Credential) -> sii.Client:
        return sii.Client(credential, place=place, trust=roots)

    return connect


_STATES = {
    DeliveryState.PENDING: "pending",
    DeliveryState.IN_FLIGHT: "pending",
    DeliveryState.ACCEPTED: LineState.CORRECT.value,
    DeliveryState.WITH_ERRORS: LineState.WITH_ERRORS.value,
    DeliveryState.REJECTED: LineState.INCORRECT.value,
    DeliveryState.IMPORTED: "imported",
}


def _state(invoice_id: str, row: deliveries.Delivery) -> RecordState:
    return RecordState(
        invoice_id=invoice_id,
        position=row.record.position,
        number=row.record.number,
        fingerprint=row.record.fingerprint,
        state=_STATES[row.state],
        csv=row.csv,
        code=row.code,
        message=row.text,
        answered_at=row.answered_at,
    )
