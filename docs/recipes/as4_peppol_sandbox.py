"""Send your first Peppol invoice: found through DNS and SMP, acknowledged, all on this machine."""

from as4_peppol import Outcome, Sender
from as4_peppol.peppol import sbdh
from as4_peppol.peppol.identifiers import ParticipantId
from as4_peppol.peppol.locator import NotRegisteredError
from as4_peppol.peppol.sending import Dispatch, PeppolSender, kind_of
from as4_peppol.profiles import PEPPOL
from as4_peppol.testing import SENDER
from as4_peppol.testing.sandbox import Sandbox, sandbox
from einvoice_core import http

BUYER = ParticipantId.parse("9915:buyer")
INVOICE = b"""<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
<cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
<cbc:ID>2026/1</cbc:ID></Invoice>"""


def main(peppol: Sandbox) -> None:
    mine = peppol.corner2.identity  # your certificate: its common name is your seat
    trusted = peppol.trust.access_point

    with http.client() as client, Sender(mine, PEPPOL, trusted=trusted, client=client) as out:
        sender = PeppolSender(out, peppol.discovery(client))

        # The invoice says what it is; with whom it goes from where to where, you say.
        kind, process = kind_of(INVOICE)
        dispatch = Dispatch(SENDER, BUYER, kind, process, country_c1="ES")

        # Nobody has registered the buyer yet: this is an answer, not an outage.
        try:
            sender.send(INVOICE, dispatch)
        except NotRegisteredError as error:
            print(f"not in Peppol: {error.message}")

        # The buyer's access point (corner 3) registers it: a DNS record and signed metadata.
        peppol.register(BUYER, peppol.corner3, kind, process)

        # Look up, put into the envelope, sign, encrypt, send, check the receipt.
        result = sender.send(INVOICE, dispatch)

    # The receipt, signed by corner 3, repeats the digest of everything that was signed.
    assert result.outcome is Outcome.DELIVERED, result.errors
    print(f"{result.message_id}: {result.outcome}")

    # Corner 3 hands it to the buyer.
    (message,) = peppol.corner3.store.pending()
    received = sbdh.read(b"".join(peppol.corner3.store.chunks(message.message_id, 0)))
    assert (received.sender, received.receiver) == (SENDER, BUYER)
    assert b"<cbc:ID>2026/1</cbc:ID>" in received.content
    peppol.corner3.store.done(message.message_id)


if __name__ == "__main__":
    with sandbox() as running:
        main(running)
