from datetime import UTC, datetime
from typing import Any

import dns.message
import dns.rcode
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from as4_peppol import Outcome, Payload, Retries, Sender
from as4_peppol.peppol import cards, sbdh
from as4_peppol.peppol.identifiers import ParticipantId, ProcessId
from as4_peppol.peppol.locator import NotRegisteredError
from as4_peppol.peppol.messages import user_message
from as4_peppol.peppol.trust import Network, NotTrustedError
from as4_peppol.profiles import PEPPOL
from as4_peppol.testing import BILLING, INVOICE, RECIPIENT, SENDER
from as4_peppol.testing.names import NameServer
from as4_peppol.testing.sandbox import Sandbox, sandbox
from einvoice_core import http

DOCUMENT = b'<Invoice xmlns="urn:example:Invoice-2"><ID>2026/1</ID></Invoice>'


def digests(xml: bytes) -> set[str]:
    """The digests in an envelope: of its signature, or repeated in a receipt."""
    name = "{http://www.w3.org/2000/09/xmldsig#}DigestValue"
    return {str(each.text) for each in etree.fromstring(xml).iter(name)}


def test_an_invoice_goes_through_four_corners(as4_sandbox: Sandbox) -> None:
    asked = as4_sandbox.publisher.asked
    result = as4_sandbox.send(DOCUMENT)
    assert result.outcome is Outcome.DELIVERED, result.errors
    # The way there was looked up, and the receipt repeats what was signed.
    assert asked == [f"{as4_sandbox.publisher.base}/{RECIPIENT}/services/{INVOICE}"]
    assert result.answer is not None
    assert digests(result.request) <= digests(result.answer.envelope)
    (message,) = as4_sandbox.corner3.store.pending()
    assert message.message_id == result.message_id
    received = sbdh.read(b"".join(as4_sandbox.corner3.store.chunks(message.message_id, 0)))
    content = etree.fromstring(received.content)
    assert etree.tostring(content, method="c14n", exclusive=True) == DOCUMENT
    assert (received.sender, received.receiver) == (SENDER, RECIPIENT)
    assert not as4_sandbox.corner2.store.pending()


def test_a_party_that_was_found_gets_a_message(as4_sandbox: Sandbox) -> None:
    # From one access point to the other: the sender knows nothing but the participant.
    corner2, corner3 = as4_sandbox.corner2, as4_sandbox.corner3
    with http.client() as client:
        found = as4_sandbox.discovery(client).find(SENDER, INVOICE, BILLING)
        assert (found.url, found.certificate) == (
            as4_sandbox.address(corner2),
            corner2.identity.certificate,
        )
        header = user_message(
            sender=corner3.identity.certificate,
            receiver=corner2.identity.certificate,
            original_sender=RECIPIENT,
            final_recipient=SENDER,
            document_type=INVOICE,
            process=BILLING,
            now=datetime.now(UTC),
        )
        trusted = as4_sandbox.trust.access_point
        with Sender(
            corner3.identity, PEPPOL, trusted=trusted, client=client, retries=Retries(1)
        ) as sender:
            result = sender.send(header, [Payload(b"<a/>")], found)
    assert result.outcome is Outcome.DELIVERED, result.errors
    (message,) = corner2.store.pending()
    to = etree.fromstring(message.envelope).iterfind(".//{*}To/{*}PartyId")
    assert [each.text for each in to] == ["PES000002"]  # the party that was found


def test_who_is_unknown_gets_nothing(as4_sandbox: Sandbox) -> None:
    with pytest.raises(NotRegisteredError, match="DNS"):
        as4_sandbox.send(DOCUMENT, receiver=ParticipantId.parse("9920:ESA1"))
    with pytest.raises(NotRegisteredError):
        as4_sandbox.send(DOCUMENT, process=ProcessId.parse("urn:example:other"))
    assert not as4_sandbox.corner3.store.pending()


def test_who_left_the_access_point_is_not_serviced(as4_sandbox: Sandbox) -> None:
    as4_sandbox.corner3.participants.clear()
    result = as4_sandbox.send(DOCUMENT)
    assert result.outcome is Outcome.REFUSED
    assert "PEPPOL:NOT_SERVICED" in result.errors[0].detail
    assert not as4_sandbox.corner3.store.pending()


def test_another_sandbox_is_not_trusted(as4_sandbox: Sandbox) -> None:
    with sandbox() as other:
        with pytest.raises(NotTrustedError):
            as4_sandbox.trust.access_point(other.corner3.identity.certificate)
        as4_sandbox.trust.access_point(as4_sandbox.corner3.identity.certificate)


QUESTION = dns.message.make_query("b.example.test", "NAPTR", id=7).to_wire()


@given(
    st.binary(max_size=60)
    | st.tuples(st.integers(0, len(QUESTION) - 1), st.integers(0, 255)).map(
        lambda change: QUESTION[: change[0]] + bytes([change[1]]) + QUESTION[change[0] + 1 :]
    )
)
def test_any_datagram_is_answered_or_dropped(datagram: bytes) -> None:
    reply = NameServer(53).reply(datagram)
    if reply is not None:
        assert dns.message.from_wire(reply).id == int.from_bytes(datagram[:2], "big")


def test_the_name_server_tells_what_it_has() -> None:
    server = NameServer(53)
    server.leads_to("b.example.test", "https://smp.example.test")
    told = dns.message.from_wire(server.reply(QUESTION) or b"")
    assert "https://smp.example.test" in told.answer[0].to_text()
    other = dns.message.make_query("b.example.test", "A").to_wire()
    nothing = dns.message.from_wire(server.reply(other) or b"")
    assert (nothing.rcode(), nothing.answer) == (dns.rcode.NOERROR, [])
    assert server.reply(server.reply(QUESTION) or b"") is None  # an answer is no question


def test_the_publisher_and_the_access_points_share_a_port(as4_sandbox: Sandbox) -> None:
    with http.client() as client:
        assert client.get(f"{as4_sandbox.url}/nothing").status_code == 404
        assert client.get(as4_sandbox.address(as4_sandbox.corner3)).status_code == 405
        group = f"{as4_sandbox.publisher.base}/{RECIPIENT.encoded}"
        assert client.get(group).status_code == 200


def test_the_directory_lists_who_was_registered(as4_sandbox: Sandbox) -> None:
    who = ParticipantId.parse("9915:buyer")
    as4_sandbox.register(who, as4_sandbox.corner3, name="Sol & Luna")

    with http.client() as client:

        def total(**terms: Any) -> int:
            host = f"{as4_sandbox.url}/directory"
            return cards.search(client, Network.TEST, host=host, **terms).total

        host = f"{as4_sandbox.url}/directory"
        (found,) = cards.search(client, Network.TEST, name="luna", host=host).found
        assert (found.participant, found.document_types) == (who, (INVOICE,))
        assert [entity.names[0][0] for entity in found.entities] == ["Sol & Luna"]
        assert total(country="ES") == 3
        assert total(country="PT") == 0
        assert total(participant=who, document_type=INVOICE) == 1
        assert total(text="9915") == 2
        page = cards.search(client, Network.TEST, country="ES", page=1, page_size=2, host=host)
        assert (page.total, len(page.found)) == (3, 1)
        for query in ("", "?resultPageIndex=0", "?q=x&resultPageIndex=x"):
            assert client.get(f"{host}/search/1.0/xml{query}").status_code == 400


def test_whoever_is_listed_has_a_business_card(as4_sandbox: Sandbox) -> None:
    base = as4_sandbox.publisher.base
    silent = ParticipantId.parse("9920:ESA58818501")
    as4_sandbox.register(RECIPIENT, as4_sandbox.corner3, name="Panadería Sol & Luna")
    as4_sandbox.register(silent, as4_sandbox.corner3, is_listed=False)
    with http.client() as client:
        card = cards.fetch_card(client, base, RECIPIENT)
        with pytest.raises(NotRegisteredError):
            cards.fetch_card(client, base, silent)
    (entity,) = card.entities
    assert (entity.names, entity.country) == ((("Panadería Sol & Luna", ""),), "ES")
