"""Use cases of FACe."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import Row

from einvoice_core.certificates import Credential
from facturae_es import face
from reference_server import credentials, files, kept
from reference_server.checkpoints import reach
from reference_server.database import Database
from reference_server.errors import ConflictError, NotFoundError
from reference_server.events import Delivery, RetryLater, queue
from reference_server.security import Caller
from reference_server.services.face import repository
from reference_server.services.face.schemas import FaceState
from reference_server.settings import Settings

__all__ = ["SUBMIT", "Connect", "connector", "refresh", "state_of", "submit", "submitter"]

SUBMIT = "face.submit"
"""Kind of the delivery that hands an invoice to FACe."""

Connect = Callable[[Credential], tuple[face.Rest | face.Soap, face.Client]]

# What FACe will say again tomorrow: the delivery is over.
_REFUSALS = (
    face.RefusedError,
    face.AuthenticationError,
    face.ForbiddenError,
    face.ConflictError,
    face.GoneError,
)


def connector(
    environment: face.Environment,
    roots: bytes | None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Connect:
    """Make the function that opens a conversation with FACe.

    REST takes RSA keys only; others speak SOAP. The relay decides when something is sent again.
    """

    def connect(credential: Credential) -> tuple[face.Rest | face.Soap, face.Client]:
        is_rsa = isinstance(credential.key, rsa.RSAPrivateKey)
        api = face.Rest(environment) if is_rsa else face.Soap(environment)
        once = face.Patience(attempts=1)
        return api, face.Client(api, credential, trust=roots, clock=clock, patience=once)

    return connect


def submit(
    db: Database,
    caller: Caller,
    invoice_id: str,
    email: str,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> FaceState:
    """Queue an issued invoice for FACe; one that is queued or registered stays as it is."""
    with db.write() as tx:
        known = repository.find(tx, caller.company_id, invoice_id)
        tries = 1 if known is None else known.tries + 1
        if known is None:
            repository.add(tx, caller.company_id, invoice_id, email, clock())
        elif known.state == "refused":
            repository.change(
                tx,
                caller.company_id,
                invoice_id,
                clock(),
                state="queued",
                email=email,
                tries=tries,
                message=None,
            )
        if known is None or known.state == "refused":
            payload = {"invoice_id": invoice_id}
            queue(tx, caller.company_id, SUBMIT, f"face:{invoice_id}:{tries}", payload, clock())
    return state_of(db, caller, invoice_id)


def submitter(
    db: Database,
    settings: Settings,
    connect: Connect,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Callable[[Delivery], None]:
    """Make the handler that hands an invoice to FACe.

    It may see a delivery twice, after an answer that got lost: FACe then says that it holds the
    invoice, and that is as good.
    """

    def hand_over(delivery: Delivery) -> None:
        company_id, invoice_id = delivery.company_id, str(delivery.payload["invoice_id"])
        with db.read() as tx:
            row = repository.find(tx, company_id, invoice_id)
            file = kept.by_subject(tx, company_id, f"facturae:{invoice_id}")
            credential = credentials.load(tx, settings, company_id)
        if row is None or file is None or row.state != "queued":
            return
        document = face.Submission(file.name, files.read(settings.files, file.sha256), row.email)
        reach("face.before-send")
        api, client = connect(credential)
        try:
            with client:
                values = _values(client.resend(api.submit(document)))
        except face.ServiceError as error:
            wait_s = error.details.get("wait_s")
            if isinstance(wait_s, int):
                raise RetryLater(wait_s) from error
            raise
        except _REFUSALS as error:
            values = {"state": "refused", "message": f"{error.code}: {error.message}"}
        reach("face.after-send")
        with db.write() as tx:
            repository.change(tx, company_id, invoice_id, clock(), **values)

    return hand_over


def state_of(db: Database, caller: Caller, invoice_id: str) -> FaceState:
    """Return where an invoice stands, as far as it was asked for."""
    with db.read() as tx:
        row = repository.find(tx, caller.company_id, invoice_id)
    if row is None:
        raise NotFoundError(f"invoice {invoice_id} was not handed to FACe")
    return _state(row)


def refresh(
    db: Database,
    settings: Settings,
    connect: Connect,
    caller: Caller,
    invoice_id: str,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> FaceState:
    """Ask FACe where an invoice stands, and keep the answer."""
    known = state_of(db, caller, invoice_id)
    if known.registry_code is None:
        raise ConflictError(f"invoice {invoice_id} is {known.state}: FACe has no code for it yet")
    with db.read() as tx:
        credential = credentials.load(tx, settings, caller.company_id)
    api, client = connect(credential)
    with client:
        values = _values(client.call(api.invoice(known.registry_code)))
    with db.write() as tx:
        repository.change(tx, caller.company_id, invoice_id, clock(), **values)
    return state_of(db, caller, invoice_id)


def _values(invoice: face.Invoice) -> dict[str, object]:
    processing, cancellation = invoice.processing, invoice.cancellation
    return {
        "state": "registered",
        "registry_code": invoice.registry_code,
        "processing": processing.code if processing else None,
        "cancellation": cancellation.code if cancellation else None,
        "message": (processing.comment or None) if processing else None,
    }


def _state(row: Row[Any]) -> FaceState:
    return FaceState(
        invoice_id=row.invoice_id,
        state=row.state,
        registry_code=row.registry_code,
        processing=row.processing,
        cancellation=row.cancellation,
        message=row.message,
        changed_at=row.changed_at,
    )
