"""From the login to the page of an issued invoice, through the API; and what the API refuses."""

from typing import Any

import facturae_es
import pytest

from aeat_sii.sandbox import Fault

PROBLEM = "application/problem+json"


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["code"] == code
    return body


def test_an_invoice_goes_the_whole_way(office: Any) -> None:
    issued = office.issue_one()

    assert issued["full_number"] == "A/1"
    assert issued["total"] == "242.00"
    signed = office.get(f"/invoices/{issued['id']}/facturae")
    assert signed.status_code == 200, signed.text
    facturae_es.verify(signed.content)
    verdict = office.get(f"/peppol/invoices/{issued['id']}/verdict").json()
    assert verdict["ok"], verdict
    assert verdict["rules"] > 0
    assert office.get(f"/aeat/invoices/{issued['id']}").json()["state"] == "pending"
    assert office.post("/aeat/deliveries").json()["done"] == 1
    record = office.get(f"/aeat/invoices/{issued['id']}").json()
    assert record["csv"]
    assert record["code"] is None
    page = office.get(f"/invoices/{issued['id']}/pdf")
    assert page.status_code == 200, page.text
    assert page.content.startswith(b"%PDF")
    assert office.get("/aeat/chain").json() == {"length": 1, "intact": True, "first_break": None}


def test_documents_are_made_once_and_kept(office: Any) -> None:
    issued = office.issue_one()
    path = f"/invoices/{issued['id']}/facturae"

    first, second = office.get(path).content, office.get(path).content

    assert first == second
    kept = office.get("/storage/files").json()["items"]
    assert [file["size"] for file in kept] == [len(first)]
    assert office.get(f"/storage/files/{kept[0]['id']}/content").content == first


def test_the_rate_is_that_of_the_day_of_the_operation(office: Any) -> None:
    office.open_series()
    draft = office.draft(office.add_client(), operation_on="2012-08-31")

    assert office.issue(draft["id"])["total"] == "236.00"


def test_withholding_and_surcharge_enter_the_total(office: Any) -> None:
    office.open_series()
    line = {
        "description": "Trabajo",
        "unit_price": "100.00",
        "taxes": [{"rate": "general", "surcharge": True}],
        "withholdings": [{"rate_percent": "15"}],
    }

    issued = office.issue(office.draft(office.add_client(), lines=[line])["id"])

    assert issued["total"] == "111.20"  # 100 + 21 + 5.20 - 15
    answer = office.get(f"/peppol/invoices/{issued['id']}/verdict")
    assert answer.status_code == 422 or not answer.json()["ok"]


def test_operational_pages_answer(office: Any) -> None:
    office.issue_one()
    client = office.client

    assert client.get("/health").json()["status"] == "alive"
    assert client.get("/health/ready").json()["status"] == "ready"
    assert "invoices_created_total 1.0" in client.get("/metrics").text
    assert client.get("/docs").status_code == 200


def protected(document: dict[str, Any]) -> list[tuple[str, str]]:
    """List the operations of the API that need a caller."""
    open_paths = {"/health", "/health/ready", "/api/v1/auth/companies", "/api/v1/auth/login"}
    return [
        (method.upper(), path)
        for path, operations in document["paths"].items()
        if path not in open_paths
        for method in operations
    ]


def test_nothing_answers_without_a_token(office: Any) -> None:
    operations = protected(office.client.get("/openapi.json").json())

    assert len(operations) > 20
    for method, path in operations:
        for headers in ({}, {"authorization": "Bearer x.y.z"}, {"authorization": "Basic eA=="}):
            answer = office.client.request(method, path, headers=headers)
            problem(answer, 401, "server.not_authenticated")


def test_another_company_sees_nothing(house: Any, office: Any) -> None:
    issued = office.issue_one()
    client_id = issued["body"]["client_id"]
    office.get(f"/invoices/{issued['id']}/facturae")
    file_id = office.get("/storage/files").json()["items"][0]["id"]
    other = house.register(office.client, "eva@example.org", "B77436020")
    other.open_series()

    for path in (
        f"/clients/{client_id}",
        f"/invoices/{issued['id']}",
        f"/invoices/{issued['id']}/facturae",
        f"/invoices/{issued['id']}/facturae?signed=false",
        f"/invoices/{issued['id']}/pdf",
        f"/peppol/invoices/{issued['id']}/ubl",
        f"/peppol/invoices/{issued['id']}/verdict",
        f"/aeat/invoices/{issued['id']}",
        f"/aeat/invoices/{issued['id']}/record",
        f"/storage/files/{file_id}",
        f"/storage/files/{file_id}/content",
    ):
        problem(other.get(path), 404, "server.not_found")
    problem(other.post(f"/invoices/{issued['id']}/issue"), 404, "server.not_found")
    problem(other.call("DELETE", f"/invoices/{issued['id']}"), 404, "server.not_found")
    draft = {"client_id": client_id, "series": "A", "lines": issued["body"]["lines"]}
    problem(other.post("/invoices", json=draft), 404, "server.not_found")
    for path in ("/clients", "/invoices", "/storage/files"):
        assert other.get(path).json()["items"] == []
    assert other.get("/aeat/chain").json()["length"] == 0


def test_a_reader_reads_and_no_more(house: Any, office: Any) -> None:
    issued = office.issue_one()
    body = {"email": "leo@example.org", "password": "una frase larga", "role": "reader"}
    assert office.post("/auth/users", json=body).status_code == 201
    reader = house.log_in(office.client, "leo@example.org")

    assert reader.get(f"/invoices/{issued['id']}").status_code == 200
    problem(reader.post("/invoices/series", json={"code": "B"}), 403, "server.forbidden")
    problem(reader.post(f"/invoices/{issued['id']}/issue"), 403, "server.forbidden")
    problem(reader.post("/auth/users", json=body), 403, "server.forbidden")


def test_an_issued_invoice_is_never_changed(office: Any) -> None:
    issued = office.issue_one()

    changed = office.put(
        f"/invoices/{issued['id']}", json=issued["body"], headers={"if-match": "1"}
    )

    problem(changed, 409, "server.immutable")
    problem(office.call("DELETE", f"/invoices/{issued['id']}"), 409, "server.immutable")
    assert office.issue(issued["id"]) == office.get(f"/invoices/{issued['id']}").json()


def test_a_draft_changed_meanwhile_is_not_overwritten(office: Any) -> None:
    office.open_series()
    draft = office.draft(office.add_client())
    path, body = f"/invoices/{draft['id']}", draft["body"]
    assert office.put(path, json=body, headers={"if-match": "1"}).status_code == 200

    problem(office.put(path, json=body, headers={"if-match": "1"}), 412, "server.changed")


def test_an_idempotency_key_adds_one_draft(office: Any) -> None:
    office.open_series()
    body = {"client_id": office.add_client(), "series": "A", "lines": [line_of("1.00")]}
    keyed = {"idempotency-key": "k-1"}

    first = office.post("/invoices", json=body, headers=keyed)
    again = office.post("/invoices", json=body, headers=keyed)
    other = office.post("/invoices", json={**body, "note": "otra"}, headers=keyed)

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    problem(other, 409, "server.idempotency")


def test_a_wrong_nif_is_answered_with_the_right_letter(office: Any) -> None:
    body = {
        "tax_identification": {"person_type": "F", "residence_type": "R", "nif": "12345678A"},
        "individual": {
            "name": "Ana",
            "first_surname": "Pruebas",
            "address_in_spain": {
                "street": "Calle Inventada 1",
                "post_code": "28001",
                "town": "Madrid",
                "province": "Madrid",
                "country": "ESP",
            },
        },
    }

    detail = problem(office.post("/clients", json={"party": body}), 422, "server.invalid")["detail"]

    assert "Z" in detail
    assert not office.get("/tax/nif/12345678A").json()["valid"]


def line_of(price: Any) -> dict[str, Any]:
    return {"description": "Mesa", "unit_price": price}


@pytest.mark.parametrize("price", [10.5, "NaN", "Infinity", "1e400", "12,50", "", True, None])
def test_an_amount_that_is_none_is_refused(office: Any, price: Any) -> None:
    office.open_series()
    body = {"client_id": office.add_client(), "series": "A", "lines": [line_of(price)]}

    problem(office.post("/invoices", json=body), 422, "server.invalid")


def test_requests_that_are_no_requests_are_problems_too(office: Any) -> None:
    json = {"content-type": "application/json"}

    problem(office.get("/nothing"), 404, "server.not_found")
    problem(office.call("DELETE", "/clients"), 405, "server.method_not_allowed")
    problem(office.post("/clients", content=b"{", headers=json), 422, "server.invalid")
    problem(office.post("/clients", content=b"\xff\xfe", headers=json), 422, "server.invalid")
    problem(office.get("/tax/iva/rates/general?on=2026-02-30"), 422, "server.invalid")
    problem(
        office.post("/invoices", content=b"x" * 21_000_000, headers=json), 413, "server.too_large"
    )


def test_a_wrong_password_is_not_tried_for_ever(office: Any) -> None:
    body = {"email": office.email, "password": "otra frase larga"}
    answers = [office.client.post("/api/v1/auth/login", json=body) for _ in range(11)]

    problem(answers[0], 401, "server.not_authenticated")
    problem(answers[-1], 429, "server.too_many")


@pytest.mark.parametrize(
    "fault", [Fault.SOAP_FAULT, Fault.UNAVAILABLE, Fault.GARBAGE, Fault.LOST_REPLY, Fault.TRUNCATED]
)
def test_a_submission_that_failed_is_kept_and_sent_again(
    office: Any, agency: Any, fault: Fault
) -> None:
    issued = office.issue_one()
    agency.faults.append(fault)

    failed = office.post("/aeat/deliveries").json()
    assert (failed["tried"], failed["due"], failed["done"]) == (1, 1, 0)
    assert office.get(f"/aeat/invoices/{issued['id']}").json()["state"] == "pending"
    again = office.post("/aeat/deliveries/retry").json()

    assert (again["due"], again["done"]) == (0, 1)
    record = office.get(f"/aeat/invoices/{issued['id']}").json()
    assert record["state"] not in {"pending", "Incorrecto"}, record
    assert len(tuple(agency.running.service.register)) == 1
