import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from as4_peppol import AsyncSender, Outcome, Retries, Sender, SendResult
from as4_peppol.peppol import sbdh
from as4_peppol.peppol.discovery import AsyncDiscovery
from as4_peppol.peppol.dns import DnsResolver
from as4_peppol.peppol.identifiers import ParticipantId
from as4_peppol.peppol.locator import LookupFailedError, NotRegisteredError
from as4_peppol.peppol.sending import AsyncPeppolSender, Dispatch, PeppolSender
from as4_peppol.profiles import PEPPOL
from as4_peppol.testing import BILLING, INVOICE, RECIPIENT, SENDER
from as4_peppol.testing.sandbox import ZONE, Sandbox
from einvoice_core import http

DOCUMENT = b'<Invoice xmlns="urn:example:Invoice-2"><ID>2026/1</ID></Invoice>'
TO = Dispatch(SENDER, RECIPIENT, INVOICE, BILLING, "ES", mls_type="ALWAYS_SEND")
SETTINGS: Any = {"retries": Retries(attempts=1)}


class Posts:
    """Sends through the sandbox, waiting or with ``await``."""

    def __init__(self, running: Sandbox, is_async: bool) -> None:
        self.running, self.is_async = running, is_async
        self.identity, self.trusted = running.corner2.identity, running.trust.access_point

    def send(self, what: str, *args: Any) -> SendResult:
        if self.is_async:
            return asyncio.run(self._send_async(what, *args))
        with (
            http.client() as client,
            Sender(self.identity, PEPPOL, trusted=self.trusted, client=client, **SETTINGS) as out,
        ):
            return getattr(PeppolSender(out, self.running.discovery(client)), what)(*args)

    async def _send_async(self, what: str, *args: Any) -> SendResult:
        resolver = DnsResolver(["127.0.0.1"], self.running.names.port, seconds=2)
        async with (
            http.async_client() as client,
            AsyncSender(self.identity, PEPPOL, trusted=self.trusted, **SETTINGS) as out,
        ):
            found = AsyncDiscovery(ZONE, resolver, client, self.running.trust, plain_http=True)
            return await getattr(AsyncPeppolSender(out, found), what)(*args)


@pytest.fixture(params=[False, True], ids=["waits", "awaits"])
def posts(as4_sandbox: Sandbox, request: pytest.FixtureRequest) -> Posts:
    return Posts(as4_sandbox, request.param)


def test_a_document_finds_its_way(posts: Posts) -> None:
    result = posts.send("send", DOCUMENT, TO)
    assert result.outcome is Outcome.DELIVERED, result.errors
    store = posts.running.corner3.store
    (waiting,) = store.pending()
    assert waiting.message_id == result.message_id
    envelope = sbdh.read(b"".join(store.chunks(waiting.message_id, 0)))
    assert (envelope.receiver, envelope.mls_type) == (RECIPIENT, "ALWAYS_SEND")


def test_what_stands_in_its_envelope_is_forwarded_under_its_identifier(posts: Posts) -> None:
    envelope = TO.wrap(DOCUMENT, datetime.now(UTC))
    first = posts.send("forward", envelope, "one@example.test")
    again = posts.send("forward", envelope, "one@example.test")
    assert (first.outcome, again.outcome) == (Outcome.DELIVERED, Outcome.DELIVERED)
    store = posts.running.corner3.store
    assert [m.message_id for m in store.pending()] == ["one@example.test"]
    assert b"".join(store.chunks("one@example.test", 0)) == envelope


def test_who_is_not_there_is_told_apart_from_an_outage(posts: Posts) -> None:
    stranger = ParticipantId.parse("9920:ESA1")
    with pytest.raises(NotRegisteredError):
        posts.send("send", DOCUMENT, Dispatch(SENDER, stranger, INVOICE, BILLING, "ES"))
    posts.running.names.table[f"{RECIPIENT.dns_name(ZONE)}."] = None
    with pytest.raises(LookupFailedError):
        posts.send("send", DOCUMENT, TO)


def test_what_is_no_document_is_not_sent(posts: Posts) -> None:
    with pytest.raises(sbdh.SbdhError):
        posts.send("send", b"<Order/>", TO)
    with pytest.raises(sbdh.SbdhError):
        posts.send("forward", DOCUMENT)
