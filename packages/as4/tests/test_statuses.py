"""Statuses that the receiver sends by itself: when, to whom, at most one."""

import threading
from typing import Any

import pytest

from as4_peppol import Outcome
from as4_peppol.peppol import mls, sbdh
from as4_peppol.peppol.identifiers import ParticipantId
from as4_peppol.peppol.mls import Issue, Reason, Status
from as4_peppol.peppol.sbdh import BusinessDocument
from as4_peppol.peppol.sending import Dispatch
from as4_peppol.peppol.statuses import Decision, seat_participant
from as4_peppol.testing import BILLING, INVOICE, RECIPIENT, SENDER
from as4_peppol.testing.sandbox import ZONE, Sandbox

DOCUMENT = b'<Invoice xmlns="urn:example:Invoice-2"><ID>2026/1</ID></Invoice>'
FORWARDED = Decision(Status.FORWARDED)
REJECTED = Decision(Status.REJECTED, "no such order", (Issue("NA", Reason.RULE, "BR-01"),))


def arrived(running: Sandbox) -> list[BusinessDocument]:
    store = running.corner2.store
    return [sbdh.read(b"".join(store.chunks(m.message_id, 0))) for m in store.pending()]


@pytest.mark.parametrize(
    ("decision", "mls_type", "is_sent"),
    [
        (FORWARDED, "ALWAYS_SEND", True),
        (Decision(Status.ACCEPTED), "ALWAYS_SEND", True),
        (FORWARDED, "FAILURE_ONLY", False),
        (FORWARDED, None, False),
        (REJECTED, None, True),
        (REJECTED, "FAILURE_ONLY", True),
    ],
)
def test_a_status_goes_back_where_it_is_due(
    as4_sandbox: Sandbox, decision: Decision, mls_type: str | None, is_sent: bool
) -> None:
    as4_sandbox.send(DOCUMENT, mls_type=mls_type)
    with as4_sandbox.statuses(lambda document: decision) as desk:
        (settled,) = desk.run_due()
        assert desk.run_due() == ()
    assert settled.is_done
    assert not as4_sandbox.corner3.store.pending()
    assert (settled.sent is not None) is is_sent
    if settled.sent is None:
        assert arrived(as4_sandbox) == []
        return
    assert settled.sent.outcome is Outcome.DELIVERED
    (envelope,) = arrived(as4_sandbox)
    assert mls.check(envelope.content) == ()
    status = mls.read(envelope.content)
    assert (status.status, status.issues) == (decision.status, decision.issues)
    assert (status.sender, status.receiver) == (envelope.sender, envelope.receiver)
    assert status.receiver == seat_participant("PES000002")
    assert envelope.document_type == mls.DOCUMENT_TYPE


def test_the_document_says_who_gets_the_status(as4_sandbox: Sandbox) -> None:
    other = ParticipantId.parse("0242:000777")
    as4_sandbox.register(other, as4_sandbox.corner2, mls.DOCUMENT_TYPE, mls.PROCESS)
    dispatch = Dispatch(SENDER, RECIPIENT, INVOICE, BILLING, "ES", other, "ALWAYS_SEND")
    seen: list[BusinessDocument] = []
    with as4_sandbox.statuses(lambda document: seen.append(document) or FORWARDED) as desk:
        as4_sandbox.dispatch(DOCUMENT, dispatch)
        (settled,) = desk.run_due()
    assert settled.is_done
    (envelope,) = arrived(as4_sandbox)
    assert envelope.receiver == other
    assert mls.read(envelope.content).refers_to == seen[0].instance_id


def test_a_status_gets_no_status(as4_sandbox: Sandbox) -> None:
    as4_sandbox.send(DOCUMENT, mls_type="ALWAYS_SEND")
    with as4_sandbox.statuses(lambda document: FORWARDED) as desk:
        desk.run_due()
        (envelope,) = arrived(as4_sandbox)
    assert not mls.is_due(envelope.document_type, Status.REJECTED, "ALWAYS_SEND")


def test_a_document_that_comes_twice_gets_one_status(as4_sandbox: Sandbox) -> None:
    """As after a crash between the status and the note that the message is done."""
    as4_sandbox.send(DOCUMENT, mls_type="ALWAYS_SEND")
    store = as4_sandbox.corner3.store
    with as4_sandbox.statuses(lambda document: FORWARDED) as desk:
        done, store.done = store.done, lambda message_id: None  # type: ignore[method-assign]
        (first,) = desk.run_due()
        (second,) = desk.run_due()
        store.done = done  # type: ignore[method-assign]
        (third,) = desk.run_due()
    assert first.sent is not None
    assert second.sent is not None
    assert first.sent.message_id == second.sent.message_id
    assert third.is_done
    assert len(arrived(as4_sandbox)) == 1


def test_what_cannot_be_handed_over_waits(as4_sandbox: Sandbox) -> None:
    as4_sandbox.send(DOCUMENT)
    calls: list[Any] = []

    def broken(document: BusinessDocument) -> Decision:
        calls.append(document)
        raise OSError("the disk is full")

    with as4_sandbox.statuses(broken) as desk:
        (settled,) = desk.run_due()
    assert not settled.is_done
    assert len(as4_sandbox.corner3.store.pending()) == 1
    assert len(calls) == 1


def test_an_outage_is_waited_for_and_the_document_is_handed_over_once(
    as4_sandbox: Sandbox,
) -> None:
    as4_sandbox.send(DOCUMENT, mls_type="ALWAYS_SEND")
    back = seat_participant("PES000002")
    table, name = as4_sandbox.names.table, f"{back.dns_name(ZONE)}."
    known, table[name] = table[name], None
    calls: list[Any] = []
    with as4_sandbox.statuses(lambda document: calls.append(document) or FORWARDED) as desk:
        (waiting,) = desk.run_due()
        assert (waiting.is_done, waiting.sent) == (False, None)
        table[name] = known
        (settled,) = desk.run_due()
    assert settled.is_done
    assert len(calls) == 1
    assert len(arrived(as4_sandbox)) == 1


def test_whoever_is_not_there_gets_none_and_the_document_is_done(as4_sandbox: Sandbox) -> None:
    as4_sandbox.send(DOCUMENT, mls_type="ALWAYS_SEND")
    del as4_sandbox.names.table[f"{seat_participant('PES000002').dns_name(ZONE)}."]
    with as4_sandbox.statuses(lambda document: FORWARDED) as desk:
        (settled,) = desk.run_due()
    assert (settled.is_done, settled.sent) == (True, None)
    assert "DNS" in settled.reason


def test_a_thread_does_it_when_something_came_in(as4_sandbox: Sandbox) -> None:
    handed = threading.Event()

    def hand_over(document: BusinessDocument) -> Decision:
        handed.set()
        return FORWARDED

    with as4_sandbox.statuses(hand_over) as desk:
        desk.start()
        as4_sandbox.send(DOCUMENT, mls_type="ALWAYS_SEND")
        desk.wake("any")
        assert handed.wait(30)
    assert len(arrived(as4_sandbox)) == 1


@pytest.mark.parametrize("seat", ["", "ES000001", "PES1", "PES0000011"])
def test_what_is_no_seat(seat: str) -> None:
    with pytest.raises(ValueError, match="seat"):
        seat_participant(seat)
