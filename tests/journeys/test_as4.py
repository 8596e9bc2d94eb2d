"""An invoice travels from one server to another over AS4, each an access point of a sandbox."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from as4_peppol import LocalIdentity
from as4_peppol.peppol import sbdh
from as4_peppol.peppol.identifiers import ParticipantId
from as4_peppol.peppol.sending import kind_of
from as4_peppol.testing import PeppolPki
from as4_peppol.testing.sandbox import ZONE, Sandbox
from einvoice_core.testing.service import serve
from reference_server.app import AS4_PATH
from reference_server.settings import As4Network

BUYER = "B12345674"


@dataclass
class Place:
    """A server that is an access point, and a company in it."""

    office: Any
    identity: LocalIdentity

    @property
    def pem(self) -> str:
        return self.identity.certificate.public_bytes(Encoding.PEM).decode()

    def relay(self) -> None:
        self.office.client.app.state.relay.run_due()


@pytest.fixture
def places(house: Any, tmp_path: Path) -> tuple[Place, Place]:
    pki = PeppolPki()
    (tmp_path / "authorities.pem").write_bytes(pki.pem)
    made = []
    for seat, nif in (("PES000001", "B28015865"), ("PES000002", BUYER)):
        identity = LocalIdentity(pki.access_point(seat))
        key = tmp_path / f"{seat}.p12"
        key.write_bytes(identity.credential.to_pkcs12(b"secret"))
        client = house.start(
            data_dir=tmp_path / seat,
            as4_key=key,
            as4_key_password="secret",  # noqa: S106 - of a throwaway key
            as4_authorities=tmp_path / "authorities.pem",
            as4_network=As4Network.SANDBOX,
        )
        made.append(Place(house.register(client, nif=nif), identity))
    return made[0], made[1]


def test_an_invoice_arrives_at_another_server(places: tuple[Place, Place]) -> None:
    here, there = places
    invoice = here.office.issue_one()
    with serve(there.office.client.app, tls=False, name="access point") as running:
        body = {
            "invoice_id": invoice["id"],
            "receiver": f"9920:ES{BUYER}",
            "url": f"{running.url}{AS4_PATH}/",
            "certificate": there.pem,
        }
        queued = here.office.post("/as4/sendings", json=body)
        assert queued.status_code == 202, queued.text
        assert queued.json()["state"] == "queued"
        stranger = here.office.post("/as4/sendings", json=body | {"receiver": "9920:ESA58818501"})
        here.relay()
    sent = here.office.get(f"/as4/sendings/{queued.json()['id']}").json()
    assert (sent["state"], sent["reason"]) == ("delivered", None)
    refused = here.office.get(f"/as4/sendings/{stranger.json()['id']}").json()
    assert (refused["state"], refused["reason"]) == (
        "refused",
        "EBMS:0004: PEPPOL:NOT_SERVICED",
    )

    (waiting,) = there.office.get("/as4/inbox").json()
    assert waiting["message_id"] == sent["message_id"]
    assert waiting["sender"] == "9920:ESB28015865"
    arrived = there.office.get(f"/as4/inbox/{waiting['message_id']}")
    ubl = here.office.get(f"/peppol/invoices/{invoice['id']}/ubl").content
    assert sbdh.read(arrived.content).content.strip().endswith(b"Invoice>")
    assert ubl.partition(b"<cbc:ID>")[2][:40] in arrived.content
    assert there.office.call("DELETE", f"/as4/inbox/{waiting['message_id']}").status_code == 204
    assert there.office.get("/as4/inbox").json() == []
    assert here.office.get("/as4/inbox").json() == []


def test_a_server_without_a_key_is_no_access_point(office: Any) -> None:
    assert office.get("/as4/inbox").status_code == 409


@pytest.fixture
def looked_up(house: Any, tmp_path: Path, as4_sandbox: Sandbox) -> Place:
    """A server whose access point belongs to a sandbox, and asks its DNS."""
    as4_sandbox.write_keys(tmp_path / "keys", "secret")
    client = house.start(
        data_dir=tmp_path / "server",
        as4_key=tmp_path / "keys/corner2.p12",
        as4_key_password="secret",  # noqa: S106 - of a throwaway key
        as4_authorities=tmp_path / "keys/authorities.pem",
        as4_network=As4Network.SANDBOX,
        as4_zone=ZONE,
        as4_dns=f"127.0.0.1:{as4_sandbox.names.port}",
    )
    return Place(house.register(client, nif="B28015865"), as4_sandbox.corner2.identity)


def test_an_invoice_finds_its_buyer(looked_up: Place, as4_sandbox: Sandbox) -> None:
    office, corner3 = looked_up.office, as4_sandbox.corner3
    buyer = ParticipantId.parse(f"9920:ES{BUYER}")
    invoice = office.issue_one()
    ubl = office.get(f"/peppol/invoices/{invoice['id']}/ubl").content
    as4_sandbox.register(buyer, corner3, *kind_of(ubl))
    body = {"invoice_id": invoice["id"], "receiver": buyer.value}
    queued = office.post("/as4/sendings", json=body)
    assert queued.status_code == 202, queued.text
    unknown = office.post("/as4/sendings", json=body | {"receiver": "9920:ESA58818501"})
    half = office.post("/as4/sendings", json=body | {"url": "https://ap.example.test/as4"})
    assert half.status_code == 422
    looked_up.relay()
    sent = office.get(f"/as4/sendings/{queued.json()['id']}").json()
    assert (sent["state"], sent["reason"]) == ("delivered", None)
    refused = office.get(f"/as4/sendings/{unknown.json()['id']}").json()
    assert refused["state"] == "refused"
    assert refused["reason"].startswith("as4.not_registered")
    (message,) = corner3.store.pending()
    envelope = sbdh.read(b"".join(corner3.store.chunks(message.message_id, 0)))
    assert (message.message_id, envelope.receiver) == (sent["message_id"], buyer)


def test_an_outage_of_the_look_up_is_tried_again(looked_up: Place, as4_sandbox: Sandbox) -> None:
    office = looked_up.office
    buyer = ParticipantId.parse(f"9920:ES{BUYER}")
    as4_sandbox.names.table[f"{buyer.dns_name(ZONE)}."] = None
    body = {"invoice_id": office.issue_one()["id"], "receiver": buyer.value}
    queued = office.post("/as4/sendings", json=body).json()
    looked_up.relay()
    assert office.get(f"/as4/sendings/{queued['id']}").json()["state"] == "queued"
