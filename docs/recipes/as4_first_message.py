"""Send a Peppol invoice from one access point to another and keep the proof."""

import asyncio
from datetime import UTC, datetime
from tempfile import TemporaryDirectory

from as4_peppol import As4App, AsyncSender, Endpoint, Outcome, Payload, Receiver
from as4_peppol.peppol import sbdh
from as4_peppol.peppol.messages import user_message
from as4_peppol.profiles import PEPPOL
from as4_peppol.stores import SqliteStore
from as4_peppol.testing import BILLING, INVOICE, RECIPIENT, SENDER, Pair
from einvoice_core import http


async def main(folder: str) -> None:
    now = datetime.now(UTC)
    pair = Pair.new(now)  # certificates of a throwaway infrastructure

    # The receiving access point: what it acknowledges lies in its folder first.
    store = SqliteStore(folder)
    receiver = Receiver(PEPPOL, [pair.receiver], store, trusted=pair.trusted)
    # In production a server runs the application; here the client calls it directly.
    client = http.async_client(transport=http.ASGITransport(app=As4App(receiver)))

    # The sending one: the document in its envelope, and the header of the message.
    document = b'<Invoice xmlns="urn:example:Invoice-2"><ID>2026/1</ID></Invoice>'
    envelope = sbdh.wrap(
        document,
        sender=SENDER,
        receiver=RECIPIENT,
        document_type=INVOICE,
        process=BILLING,
        country_c1="ES",
        now=now,
    )
    header = user_message(
        sender=pair.sender.certificate,
        receiver=pair.receiver.certificate,
        original_sender=SENDER,
        final_recipient=RECIPIENT,
        document_type=INVOICE,
        process=BILLING,
        now=now,
    )
    endpoint = Endpoint("https://ap.example.test/as4", pair.receiver.certificate)
    async with (
        client,
        AsyncSender(pair.sender, PEPPOL, trusted=pair.trusted, client=client) as sender,
    ):
        result = await sender.send(header, [Payload(envelope)], endpoint)

    assert result.outcome is Outcome.DELIVERED, result.errors
    assert result.answer is not None
    print(f"{result.message_id} delivered; the receipt has {len(result.answer.envelope)} octets")

    # The consumer behind the receiver.
    for message in store.pending():
        received = sbdh.read(b"".join(store.chunks(message.message_id, 0)))
        print(f"from {received.sender} for {received.receiver}: {len(received.content)} octets")
        store.done(message.message_id)
    assert store.pending() == []


if __name__ == "__main__":
    with TemporaryDirectory() as place:
        asyncio.run(main(place))
