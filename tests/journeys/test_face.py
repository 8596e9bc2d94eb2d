"""An invoice for a public buyer reaches FACe through the API, whatever happens on the way."""

from collections.abc import Iterator
from typing import Any

import pytest

from facturae_es.face import sandbox
from facturae_es.face.sandbox import Fault, RunningSandbox
from reference_server.settings import FaceEnvironment

BUYER = "P9900001J"


@pytest.fixture(scope="module")
def faults() -> list[Fault]:
    return []


@pytest.fixture(scope="module")
def running(running_agency: Any, faults: list[Fault]) -> Iterator[RunningSandbox]:
    authority = running_agency.authority
    with sandbox.serve(
        authority=authority, faults=lambda: faults.pop(0) if faults else None
    ) as double:
        yield double


@pytest.fixture
def face(running: RunningSandbox, faults: list[Fault]) -> RunningSandbox:
    running.service.register.forget()
    faults.clear()
    return running


@pytest.fixture
def office(house: Any, face: RunningSandbox) -> Any:
    roots = house.folder / "face.pem"
    roots.write_bytes(face.authority.pem)
    settings = {"face": FaceEnvironment.SANDBOX, "face_url": face.url, "face_roots": roots}
    return house.register(house.start(**settings))


def public_buyer(relation: sandbox.UnitRelation) -> dict[str, Any]:
    address = {
        "street": "Plaza Inventada 1",
        "post_code": "28001",
        "town": "Madrid",
        "province": "Madrid",
        "country": "ESP",
    }
    centres = [
        {"centre_code": code, "role": role, "address_in_spain": address}
        for code, role in zip(relation.codes, ("01", "02", "03"), strict=True)
    ]
    return {
        "tax_identification": {"person_type": "J", "residence_type": "R", "nif": BUYER},
        "administrative_centres": centres,
        "legal_entity": {
            "corporate_name": "Ayuntamiento Inventado",
            "address_in_spain": address,
        },
    }


def issued(office: Any, relation: sandbox.UnitRelation = sandbox.RELATIONS[0]) -> str:
    office.open_series()
    answer = office.post("/clients", json={"party": public_buyer(relation)})
    assert answer.status_code == 201, answer.text
    return str(office.issue(office.draft(answer.json()["id"])["id"])["id"])


def hand_over(office: Any, invoice_id: str) -> None:
    answer = office.post(f"/face/invoices/{invoice_id}", json={"email": "ana@example.org"})
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] in ("queued", "registered")


def test_an_invoice_is_registered_and_paid(
    office: Any, face: RunningSandbox, faults: list[Fault]
) -> None:
    invoice_id = issued(office)
    hand_over(office, invoice_id)
    office.post("/aeat/deliveries")

    state = office.get(f"/face/invoices/{invoice_id}").json()
    (held,) = face.service.register.all()
    assert (state["state"], state["processing"]) == ("registered", "1200")
    assert state["registry_code"] == held.code
    signed = office.get(f"/invoices/{invoice_id}/facturae").content
    assert held.content == signed

    face.service.register.pay(held.code)
    faults.append(Fault.UNAVAILABLE)
    down = office.post(f"/face/invoices/{invoice_id}/refresh")
    assert (down.status_code, down.json()["code"]) == (502, "face.service")
    assert office.get(f"/face/invoices/{invoice_id}").json() == state
    paid = office.post(f"/face/invoices/{invoice_id}/refresh").json()
    assert paid["processing"] == "2500"
    assert office.get(f"/face/invoices/{invoice_id}").json() == paid


@pytest.mark.parametrize("fault", [Fault.LOST_REPLY, Fault.UNAVAILABLE, Fault.GARBAGE])
def test_a_lost_answer_loses_no_invoice(
    office: Any, face: RunningSandbox, faults: list[Fault], fault: Fault
) -> None:
    invoice_id = issued(office)
    hand_over(office, invoice_id)
    faults.append(fault)
    office.post("/aeat/deliveries")
    assert office.get(f"/face/invoices/{invoice_id}").json()["state"] == "queued"

    office.post("/aeat/deliveries/retry")

    assert office.get(f"/face/invoices/{invoice_id}").json()["state"] == "registered"
    assert len(face.service.register) == 1


def test_handing_over_twice_is_handing_over_once(office: Any, face: RunningSandbox) -> None:
    invoice_id = issued(office)
    for _ in range(2):
        hand_over(office, invoice_id)
        office.post("/aeat/deliveries")
    assert len(face.service.register) == 1


def test_a_refusal_says_why_and_can_be_tried_again(office: Any, face: RunningSandbox) -> None:
    relation = sandbox.UnitRelation(
        sandbox.RELATIONS[-1].office,
        sandbox.RELATIONS[0].body,
        sandbox.RELATIONS[0].unit,
        sandbox.RELATIONS[0].administration,
        BUYER,
    )
    invoice_id = issued(office, relation)
    hand_over(office, invoice_id)
    office.post("/aeat/deliveries")

    state = office.get(f"/face/invoices/{invoice_id}").json()
    assert state["state"] == "refused"
    assert "face.refused" in state["message"]
    assert "DIR3" in state["message"]
    early = office.post(f"/face/invoices/{invoice_id}/refresh")
    assert (early.status_code, early.json()["code"]) == (409, "server.conflict")
    hand_over(office, invoice_id)


def test_what_is_not_issued_or_not_there_is_not_handed_over(office: Any) -> None:
    office.open_series()
    draft = office.draft(office.add_client())["id"]
    body = {"email": "ana@example.org"}
    assert office.post(f"/face/invoices/{draft}", json=body).status_code in (404, 409)
    assert office.post("/face/invoices/none", json=body).status_code == 404
    assert office.get("/face/invoices/none").status_code == 404
    assert office.post(f"/face/invoices/{draft}", json={"email": "x"}).status_code == 422
