"""The book of issued invoices in the SII: entries are sent or kept; what is held is asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aeat_sii import sii
from aeat_sii.facturae import party_name
from aeat_sii.sii import filters, outbox, queries
from aeat_sii.sii.records import Period, SpanishPerson, Titular
from facturae_es.model import Party
from reference_server import chain, credentials
from reference_server.context import SiiConnectFunction
from reference_server.database import Database
from reference_server.errors import NotFoundError
from reference_server.security import Caller
from reference_server.services.aeat.schemas import (
    BookedInvoice,
    BookedState,
    OutboxEntry,
    OutboxStep,
)
from reference_server.settings import Settings

__all__ = ["held", "keep", "kept", "send", "send_kept"]


def send(
    db: Database,
    settings: Settings,
    connect: SiiConnectFunction,
    caller: Caller,
    company: Party,
    invoice_id: str,
    *,
    changes: bool,
) -> BookedState:
    """Send the entry of an issued invoice and return what the agency says.

    Nothing of it is kept here (:func:`keep` does): after a lost answer the same entry is sent
    again, and the agency then says that it holds it (``held``).

    Raises:
        NotFoundError: The invoice has no record, or the company no certificate.
        CannotBookError: The SII wants to know more of the invoice than its record says.
        AeatError: The agency did not answer, or refused the whole submission.
    """
    with db.read() as tx:
        row = chain.of_invoice(tx, caller.company_id, invoice_id)
        if row is None:
            raise NotFoundError(f"invoice {invoice_id} has no record: issue it first")
        entry = sii.issued_of(chain.registration_of(row))
        credential = credentials.load(tx, settings, caller.company_id)
    does = sii.Communication.MODIFY if changes else sii.Communication.REGISTER
    with connect(credential) as client:
        answer = client.submit([entry], _titular(company), communication=does)
    (line,) = answer.lines
    return BookedState(
        invoice_id=invoice_id,
        state=line.state.value,
        code=line.code,
        message=line.text,
        csv=answer.csv,
        held=line.duplicate.state.value if line.duplicate else None,
    )


def keep(
    db: Database, caller: Caller, company: Party, invoice_id: str, *, changes: bool
) -> OutboxEntry:
    """Put the entry of an issued invoice in the outbox of the company.

    Raises:
        NotFoundError: The invoice has no record.
        CannotBookError: The SII wants to know more of the invoice than its record says.
    """
    does = sii.Communication.MODIFY if changes else sii.Communication.REGISTER
    box = outbox.Box(caller.company_id)
    with db.write() as tx:
        row = chain.of_invoice(tx, caller.company_id, invoice_id)
        if row is None:
            raise NotFoundError(f"invoice {invoice_id} has no record: issue it first")
        entry = sii.issued_of(chain.registration_of(row))
        connection = chain.raw(tx)
        position = outbox.put(connection, box, entry, _titular(company), communication=does)
        (found,) = outbox.entries(connection, box, after=position - 1, limit=1)
    return _shown(found)


def kept(db: Database, caller: Caller, after: int) -> list[OutboxEntry]:
    """Return the entries of the outbox of the company, up to a thousand after a position."""
    with db.read() as tx:
        found = outbox.entries(
            chain.raw(tx), outbox.Box(caller.company_id), after=after, limit=1_000
        )
    return [_shown(each) for each in found]


def send_kept(
    db: Database, settings: Settings, connect: SiiConnectFunction, caller: Caller
) -> OutboxStep:
    """Send one submission of what waits in the outbox of the company.

    Raises:
        NotFoundError: The company has no certificate.
    """

    @contextmanager
    def writing() -> Iterator[Any]:
        with db.write() as tx:
            yield chain.raw(tx)

    with db.read() as tx:
        credential = credentials.load(tx, settings, caller.company_id)
    with connect(credential) as client:
        step = outbox.Dispatcher(writing, outbox.Box(caller.company_id), client).step()
    return OutboxStep(
        outcome=step.outcome.value, wait_s=step.wait_s, settled=step.settled, reason=step.reason
    )


def _shown(entry: outbox.Entry) -> OutboxEntry:
    record, _, _ = outbox.content_of(entry)
    return OutboxEntry(
        position=entry.position,
        book=entry.book.value,
        number=getattr(getattr(record, "invoice", None), "number", None),
        state=entry.state.value,
        attempts=entry.attempts,
        csv=entry.csv,
        code=entry.code,
        message=entry.text,
    )


def held(
    db: Database,
    settings: Settings,
    connect: SiiConnectFunction,
    caller: Caller,
    company: Party,
    year: int,
    period: str,
) -> list[BookedInvoice]:
    """Ask the agency for the issued invoices that it holds of a period, with their contrast.

    Raises:
        NotFoundError: The company has no certificate.
        AeatError: The agency did not answer, or not as it says it does.
    """
    with db.read() as tx:
        credential = credentials.load(tx, settings, caller.company_id)
    titular = _titular(company)
    query = queries.QueryIssued(
        header=filters.QueryHeader(titular=SpanishPerson(name=titular.name, nif=titular.nif)),
        filter=filters.IssuedFilter(period=Period(year=str(year), code=period)),
    )
    with connect(credential) as client:
        found = client.query_all(query)
    return [
        BookedInvoice(
            number=each.invoice.number,
            issued_on=each.invoice.issued_on,
            state=each.state.state.value if each.state and each.state.state else None,
            contrast=each.state.contrast.name.lower()
            if each.state and each.state.contrast
            else None,
            total=each.values.get("ImporteTotal"),
        )
        for each in found
        if each.invoice
    ]


def _titular(company: Party) -> Titular:
    nif = company.tax_identification.nif.removeprefix("ES")
    return Titular(name=party_name(company)[:120], nif=nif)
