"""Use cases of series and invoices."""

import hashlib
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

import facturae_es
from aeat_sii.facturae import registration
from aeat_sii.verifactu.records import InvoicingSystem
from aeat_sii.verifactu.rules import validate
from einvoice_core.findings import Finding
from facturae_es.model import Facturae, Party
from reference_server import chain, events
from reference_server.checkpoints import reach
from reference_server.database import Database
from reference_server.errors import (
    ChangedError,
    ConflictError,
    IdempotencyError,
    ImmutableError,
    InvalidError,
    NotFoundError,
)
from reference_server.parties import party_from_json, party_to_json
from reference_server.security import Caller
from reference_server.services.invoices import repository
from reference_server.services.invoices.composition import compose
from reference_server.services.invoices.schemas import (
    Draft,
    InvoicePage,
    InvoiceView,
    NewSeries,
    Series,
)

__all__ = [
    "SUBMIT",
    "add_draft",
    "add_series",
    "change_draft",
    "document_of",
    "find",
    "issue",
    "page",
    "remove_draft",
    "series",
]

SUBMIT = "aeat.submit"
"""Kind of the delivery that an issued invoice queues."""

_MADRID = ZoneInfo("Europe/Madrid")
_Clock = Callable[[], datetime]


def add_series(db: Database, caller: Caller, body: NewSeries) -> Series:
    """Open a series of numbers."""
    try:
        with db.write() as tx:
            repository.add_series(tx, caller.company_id, str(uuid.uuid4()), body.code)
    except IntegrityError as error:
        raise ConflictError(f"the series {body.code} exists already") from error
    return Series(code=body.code, next_number=1)


def series(db: Database, caller: Caller) -> tuple[Series, ...]:
    """List the series of the company."""
    with db.read() as tx:
        rows = repository.series_of(tx, caller.company_id)
    return tuple(Series(code=row.code, next_number=row.next_number) for row in rows)


def add_draft(
    db: Database, caller: Caller, seller: Party, buyer: Party, body: Draft, key: str | None
) -> InvoiceView:
    """Add a draft; the same request with the same idempotency key adds it once."""
    digest = hashlib.sha256(body.model_dump_json().encode()).hexdigest()
    with db.write() as tx:
        known = repository.by_key(tx, caller.company_id, key) if key else None
        if known is not None:
            if known.request_digest != digest:
                raise IdempotencyError("the idempotency key was used for another invoice")
            return _view(known)
        compose(body, seller, buyer, 1, date.today())  # noqa: DTZ011 - only to refuse early
        values = {
            "id": str(uuid.uuid4()),
            "company_id": caller.company_id,
            "client_id": body.client_id,
            "series": body.series,
            "state": "draft",
            "version": 1,
            "body": body.model_dump(mode="json"),
            "seller": party_to_json(seller),
            "buyer": party_to_json(buyer),
            "idempotency_key": key,
            "request_digest": digest,
            "created_at": datetime.now(UTC),
        }
        if body.series not in {row.code for row in repository.series_of(tx, caller.company_id)}:
            raise InvalidError(f"there is no series {body.series}: open it first")
        repository.add(tx, values)
        return _view(_found(repository.find(tx, caller.company_id, str(values["id"])), ""))


def find(db: Database, caller: Caller, invoice_id: str) -> InvoiceView:
    """Return an invoice."""
    with db.read() as tx:
        row = repository.find(tx, caller.company_id, invoice_id)
    return _view(_found(row, invoice_id))


def page(db: Database, caller: Caller, after: str, limit: int) -> InvoicePage:
    """List invoices."""
    with db.read() as tx:
        rows = repository.page(tx, caller.company_id, after, limit)
    items = tuple(_view(row) for row in rows)
    return InvoicePage(items=items, next_after=items[-1].id if len(items) == limit else None)


def change_draft(
    db: Database,
    caller: Caller,
    invoice_id: str,
    version: int,
    seller: Party,
    buyer: Party,
    body: Draft,
) -> InvoiceView:
    """Replace a draft."""
    compose(body, seller, buyer, 1, date.today())  # noqa: DTZ011 - only to refuse early
    values = {
        "client_id": body.client_id,
        "series": body.series,
        "body": body.model_dump(mode="json"),
        "seller": party_to_json(seller),
        "buyer": party_to_json(buyer),
    }
    with db.write() as tx:
        row = _found(repository.find(tx, caller.company_id, invoice_id), invoice_id)
        _require_draft(row)
        if not repository.change_draft(tx, caller.company_id, invoice_id, version, values):
            raise ChangedError("somebody changed the draft meanwhile: read it again")
        return _view(_found(repository.find(tx, caller.company_id, invoice_id), invoice_id))


def remove_draft(db: Database, caller: Caller, invoice_id: str) -> None:
    """Delete a draft."""
    with db.write() as tx:
        _require_draft(_found(repository.find(tx, caller.company_id, invoice_id), invoice_id))
        repository.remove_draft(tx, caller.company_id, invoice_id)


def issue(
    db: Database, caller: Caller, invoice_id: str, issued_on: date | None, clock: _Clock
) -> InvoiceView:
    """Issue a draft: number, document, VERI*FACTU record and its delivery in one commit.

    An invoice that is issued already is returned as it is, so the request may be repeated.
    """
    reach("issue.before-number")
    with db.write() as tx:
        # Nobody else of the company issues from here on: instants grow along the chain.
        chain.hold(tx, caller.company_id)
        now = clock().astimezone(_MADRID)
        day = issued_on or now.date()
        if day > now.date():
            raise InvalidError(f"{day} has not come yet: an invoice is not issued in the future")
        row = _found(repository.find(tx, caller.company_id, invoice_id, lock=True), invoice_id)
        if row.state == "issued":
            return _view(row)
        number = repository.take_number(tx, caller.company_id, row.series, day)
        if number is None:
            raise ConflictError(
                f"the series {row.series} has an invoice of a later day than {day}: "
                "numbers and days of a series go together"
            )
        reach("issue.after-number")
        seller, buyer = party_from_json(row.seller), party_from_json(row.buyer)
        document = compose(Draft.model_validate(row.body), seller, buyer, number, day)
        record = registration(
            document, document.invoices[0], _system(seller), now.replace(microsecond=0)
        )
        linked = chain.append(tx, caller.company_id, invoice_id, record)
        _require_acceptable(validate(linked, now=now).fatal)
        reach("issue.after-record")
        repository.issue(
            tx,
            invoice_id,
            {
                "number": number,
                "issued_on": day,
                "document": facturae_es.write(document).decode("utf-8"),
                "total": str(document.invoices[0].totals.invoice_total),
            },
        )
        events.queue(
            tx,
            caller.company_id,
            SUBMIT,
            f"{SUBMIT}:{invoice_id}",
            {"invoice_id": invoice_id},
        )
        issued = _view(_found(repository.find(tx, caller.company_id, invoice_id), invoice_id))
        reach("issue.before-commit")
    reach("issue.after-commit")
    return issued


def document_of(db: Database, caller: Caller, invoice_id: str) -> tuple[Facturae, bytes]:
    """Return the Facturae document of an issued invoice, and its bytes."""
    with db.read() as tx:
        row = _found(repository.find(tx, caller.company_id, invoice_id), invoice_id)
    if row.state != "issued":
        raise ConflictError("a draft has no document: issue it first")
    data = str(row.document).encode("utf-8")
    return facturae_es.read(data), data


def _require_acceptable(findings: Sequence[Finding]) -> None:
    """Refuse to issue what the agency would reject; what it merely marks may pass."""
    if findings:
        raise InvalidError(
            f"the tax agency would reject the record: {findings[0].message}",
            findings=tuple(findings),
        )


def _system(seller: Party) -> InvoicingSystem:
    """Describe this program: whoever runs it answers for it."""
    from aeat_sii.facturae import party_name
    from reference_server.version import VERSION

    return InvoicingSystem(
        producer_name=party_name(seller)[:120],
        producer_nif=seller.tax_identification.nif.removeprefix("ES"),
        name="einvoice",
        id="EI",
        version=VERSION,
        installation="1",
        only_verifactu=True,
        can_serve_several=True,
        serves_several=False,
    )


def _found(row: Row[Any] | None, invoice_id: str) -> Row[Any]:
    if row is None:
        raise NotFoundError(f"there is no invoice {invoice_id}")
    return row


def _require_draft(row: Row[Any]) -> None:
    if row.state != "draft":
        raise ImmutableError("an issued invoice is never changed: issue a corrective one")


def _view(row: Row[Any]) -> InvoiceView:
    return InvoiceView(
        id=row.id,
        state=row.state,
        version=row.version,
        series=row.series,
        number=row.number,
        full_number=f"{row.series}/{row.number}" if row.number else None,
        issued_on=row.issued_on,
        total=row.total,
        body=Draft.model_validate(row.body),
        seller=party_from_json(row.seller),
        buyer=party_from_json(row.buyer),
    )
