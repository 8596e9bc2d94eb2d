"""Send your first Peppol invoice: found through DNS and SMP, acknowledged, all on this machine."""

from datetime import UTC, datetime

from as4_peppol import Outcome, Payload, Sender
from as4_peppol.peppol import sbdh
from as4_peppol.peppol.identifiers import ParticipantId
from as4_peppol.peppol.locator import NotRegisteredError
from as4_peppol.peppol.messages import user_message
from as4_peppol.profiles import PEPPOL
from as4_peppol.testing import BILLING, INVOICE, SENDER
from as4_peppol.testing.sandbox import Sandbox, sandbox
from einvoice_core import http

BUYER = ParticipantId.parse("9915:buyer")


def main(peppol: Sandbox) -> None:
    mine = peppol.corner2.identity  # your certificate: its common name is your seat
    trusted = peppol.trust.access_point
    document = b'<Invoice xmlns="urn:example:Invoice-2"><ID>2026/1</ID></Invoice>'
    now = datetime.now(UTC)

    with http.client() as client, Sender(mine, PEPPOL, trusted=trusted, client=client) as sender:
        discovery = peppol.discovery(client)

        # Nobody has registered the buyer yet: this is an answer, not an outage.
        try:
            discovery.find(BUYER, INVOICE, BILLING)
        except NotRegisteredError as error:
            print(f"not in Peppol: {error.message}")

        # The buyer's access point (corner 3) registers it: a DNS record and signed metadata.
        peppol.register(BUYER, peppol.corner3)
        endpoint = discovery.find(BUYER, INVOICE, BILLING)
        assert endpoint.certificate is not None
        print(f"{BUYER} takes invoices at {endpoint.url}")

        # The invoice in its envelope, and the message from access point to access point.
        envelope = sbdh.wrap(
            document,
            sender=SENDER,
            receiver=BUYER,
            document_type=INVOICE,
            process=BILLING,
            country_c1="ES",
            now=now,
        )
        header = user_message(
            sender=mine.certificate,
            receiver=endpoint.certificate,
            original_sender=SENDER,
            final_recipient=BUYER,
            document_type=INVOICE,
            process=BILLING,
            now=now,
        )
        result = sender.send(header, [Payload(envelope)], endpoint)

    # The receipt, signed by corner 3, repeats the digest of everything that was signed.
    assert result.outcome is Outcome.DELIVERED, result.errors
    print(f"{result.message_id}: {result.outcome}")

    # Corner 3 hands it to the buyer.
    (message,) = peppol.corner3.store.pending()
    received = sbdh.read(b"".join(peppol.corner3.store.chunks(message.message_id, 0)))
    assert (received.sender, received.receiver) == (SENDER, BUYER)
    assert b"<ID>2026/1</ID>" in received.content
    peppol.corner3.store.done(message.message_id)


if __name__ == "__main__":
    with sandbox() as running:
        main(running)
