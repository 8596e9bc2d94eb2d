"""Run a receiver of Peppol messages behind a web server, hand documents over, send statuses."""

import tempfile
from pathlib import Path

from as4_peppol import As4App, LocalIdentity, Receiver, Sender
from as4_peppol.message.records import UserMessage
from as4_peppol.peppol.identifiers import ParticipantId
from as4_peppol.peppol.mls import Status
from as4_peppol.peppol.sbdh import BusinessDocument
from as4_peppol.peppol.sending import PeppolSender
from as4_peppol.peppol.statuses import Decision, StatusDesk
from as4_peppol.profiles import PEPPOL
from as4_peppol.profiles.peppol import FINAL_RECIPIENT
from as4_peppol.stores import SqliteStore
from as4_peppol.testing import BILLING, INVOICE, RECIPIENT
from as4_peppol.testing.sandbox import AccessPoint, sandbox
from einvoice_core import http
from einvoice_core.testing.service import serve

MINE = {RECIPIENT.key}  # whom you serve: others get PEPPOL:NOT_SERVICED


def serves(message: UserMessage) -> bool:
    return ParticipantId.parse(message.value_of(FINAL_RECIPIENT) or "").key in MINE


def main(folder: Path) -> None:
    handed: list[BusinessDocument] = []

    def hand_over(document: BusinessDocument) -> Decision:
        handed.append(document)  # give it to the buyer here; an error leaves it waiting
        return Decision(Status.FORWARDED)

    with sandbox() as peppol:
        # Yours: load_pkcs12 and PeppolTrust.of_network. Here the sandbox issues a certificate.
        me = LocalIdentity(peppol.pki.access_point("PES000003"))
        store = SqliteStore(folder)
        with http.client() as client, Sender(me, PEPPOL, trusted=peppol.trust.access_point) as out:
            sender = PeppolSender(out, peppol.discovery(client))
            desk = StatusDesk(store, sender, hand_over, seat="PES000003")
            receiver = Receiver(
                PEPPOL,
                [me],
                store,
                trusted=peppol.trust.access_point,
                serves=serves,
                notify=desk.wake,  # with desk.start() a thread hands over what came in
            )
            app = As4App(receiver)  # what uvicorn gets: uvicorn module:app --workers 1

            # Somebody sends an invoice to the participant that is registered here.
            with serve(app, tls=False, name="receiver") as running:
                here = AccessPoint(me, store, "/")
                peppol.register(RECIPIENT, here, INVOICE, BILLING)
                peppol.publisher.publish(RECIPIENT, address=running.url, until="2099-01-01")
                document = b'<Invoice xmlns="urn:example:Invoice-2"><ID>1</ID></Invoice>'
                result = peppol.send(document, mls_type="ALWAYS_SEND").require_delivered()
            (settled,) = desk.run_due()
        store.close()

        # The message was handed over and is done; corner 2 got its status.
        assert settled.message_id == result.message_id
        assert [document.receiver for document in handed] == [RECIPIENT]
        assert settled.sent is not None
        assert len(peppol.corner2.store.pending()) == 1
        print(f"{result.message_id}: handed over, status {settled.sent.outcome}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        main(Path(name))
