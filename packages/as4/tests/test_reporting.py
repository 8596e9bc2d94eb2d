"""What is counted for the reports of a service provider."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from as4_peppol import Retries, Sender
from as4_peppol.peppol import mls
from as4_peppol.peppol.identifiers import ParticipantId
from as4_peppol.peppol.mls import Status
from as4_peppol.peppol.reporting import Book, Direction, Exchange
from as4_peppol.peppol.sending import Dispatch, PeppolSender
from as4_peppol.peppol.statuses import Decision, StatusDesk
from as4_peppol.profiles import PEPPOL
from as4_peppol.testing import BILLING, INVOICE, RECIPIENT, SENDER
from as4_peppol.testing.sandbox import Sandbox
from einvoice_core import http

DOCUMENT = b'<Invoice xmlns="urn:example:Invoice-2"><ID>2026/1</ID></Invoice>'
ONE = Exchange(
    Direction.OUTGOING,
    "1@x",
    datetime(2026, 11, 30, 23, 59, tzinfo=UTC),
    "PES000003",
    SENDER,
    INVOICE,
    BILLING,
    "ES",
)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "counts/book.db")


def test_a_document_is_counted_once(book: Book) -> None:
    assert book.add(ONE)
    assert not book.add(ONE)
    assert book.add(replace(ONE, direction=Direction.INCOMING))
    november = book.month(2026, 11)
    assert (november.total(Direction.OUTGOING), november.total(Direction.INCOMING)) == (1, 1)
    assert (november.senders, november.receivers, november.end_users) == (1, 1, 1)
    assert november.counts[1].document_type == INVOICE


def test_a_month_is_one_of_utc(book: Book) -> None:
    madrid = timezone(timedelta(hours=1))
    book.add(ONE)
    # Half an hour into December in Madrid: it is November still.
    book.add(
        replace(ONE, message_id="2@x", exchanged_at=datetime(2026, 12, 1, 0, 30, tzinfo=madrid))
    )
    book.add(replace(ONE, message_id="3@x", exchanged_at=datetime(2026, 12, 31, 12, tzinfo=UTC)))
    assert book.month(2026, 11).total(Direction.OUTGOING) == 2
    assert book.month(2026, 12).total(Direction.OUTGOING) == 1
    assert book.month(2027, 1).counts == ()
    assert book.forget(date(2026, 12, 1)) == 2
    assert book.month(2026, 11).counts == ()


def test_end_users_are_counted_without_case(book: Book) -> None:
    for number, who in enumerate(("9920:ESA1", "9920:esa1", "9920:ESB2")):
        user = ParticipantId.parse(who)
        book.add(replace(ONE, message_id=str(number), end_user=user, provider=f"PES00000{number}"))
    counted = book.month(2026, 11)
    assert (counted.senders, len(counted.counts)) == (2, 3)


def test_what_goes_through_the_sandbox_is_counted_at_both_ends(
    as4_sandbox: Sandbox, tmp_path: Path
) -> None:
    ours, theirs = Book(tmp_path / "2.db"), Book(tmp_path / "3.db")
    trusted = as4_sandbox.trust.access_point
    once = Retries(attempts=1)
    dispatch = Dispatch(SENDER, RECIPIENT, INVOICE, BILLING, "ES", mls_type="ALWAYS_SEND")
    with http.client() as client:
        discovery = as4_sandbox.discovery(client)
        two, three = (
            Sender(corner.identity, PEPPOL, trusted=trusted, client=client, retries=once)
            for corner in (as4_sandbox.corner2, as4_sandbox.corner3)
        )
        PeppolSender(two, discovery, delivered=ours.sent).send(DOCUMENT, dispatch)
        desk = StatusDesk(
            as4_sandbox.corner3.store,
            PeppolSender(three, discovery, delivered=theirs.sent),
            lambda document: Decision(Status.FORWARDED),
            seat="PES000003",
            received=theirs.received,
        )
        desk.run_due()
    now = datetime.now(UTC)
    (left,) = ours.month(now.year, now.month).counts
    assert (left.direction, left.provider, left.documents) == (Direction.OUTGOING, "PES000003", 1)
    came, status = theirs.month(now.year, now.month).counts
    assert (came.direction, came.provider, came.country_c1) == (
        Direction.INCOMING,
        "PES000002",
        "ES",
    )
    assert (status.direction, status.document_type) == (Direction.OUTGOING, mls.DOCUMENT_TYPE)


def test_a_book_that_fails_stops_no_delivery(as4_sandbox: Sandbox) -> None:
    def broken(*told: object) -> None:
        raise OSError("the disk is full")

    corner, trusted = as4_sandbox.corner2, as4_sandbox.trust.access_point
    dispatch = Dispatch(SENDER, RECIPIENT, INVOICE, BILLING, "ES")
    with (
        http.client() as client,
        Sender(corner.identity, PEPPOL, trusted=trusted, client=client) as out,
    ):
        sender = PeppolSender(out, as4_sandbox.discovery(client), delivered=broken)
        sender.send(DOCUMENT, dispatch).require_delivered()
