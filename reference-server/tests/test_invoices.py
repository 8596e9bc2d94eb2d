import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from reference_server.testing import BUYER, Bench, company


def test_an_issued_invoice_has_number_totals_and_record(bench: Bench) -> None:
    me = bench.register()
    client = bench.client(me)
    bench.series(me)
    line = {
        "description": "Consultoría",
        "unit_price": "100.00",
        "quantity": "2",
        "withholdings": [{"rate": "professional_general"}],
    }
    draft = bench.draft(me, client, lines=[line])
    issued = bench.issue(me, draft)
    assert issued["full_number"] == "F/1"
    assert issued["total"] == "212.00"
    record = bench.ok(bench.http.get(f"/api/v1/aeat/invoices/{draft}", headers=me))
    assert (record["position"], record["state"]) == (1, "pending")


def test_the_surcharge_is_that_of_the_day(bench: Bench) -> None:
    me = bench.register()
    client = bench.client(me)
    bench.series(me)
    line = {
        "description": "Género",
        "unit_price": "100.00",
        "taxes": [{"rate": "general", "surcharge": True}],
    }
    issued = bench.issue(me, bench.draft(me, client, lines=[line]))
    assert issued["total"] == "126.20"


def test_issuing_again_returns_the_same_invoice(bench: Bench) -> None:
    me = bench.register()
    bench.series(me)
    draft = bench.draft(me, bench.client(me))
    assert bench.issue(me, draft) == bench.issue(me, draft)


def test_an_issued_invoice_cannot_be_changed(bench: Bench) -> None:
    me = bench.register()
    client = bench.client(me)
    bench.series(me)
    draft = bench.draft(me, client)
    bench.issue(me, draft)
    body = {"client_id": client, "series": "F", "lines": [{"description": "x", "unit_price": "1"}]}
    changed = bench.http.put(
        f"/api/v1/invoices/{draft}", headers={**me, "if-match": "1"}, json=body
    )
    removed = bench.http.delete(f"/api/v1/invoices/{draft}", headers=me)
    for answer in (changed, removed):
        assert answer.status_code == 409
        assert answer.json()["code"] == "server.immutable"


def test_a_draft_changed_by_somebody_else_is_not_overwritten(bench: Bench) -> None:
    me = bench.register()
    client = bench.client(me)
    bench.series(me)
    draft = bench.draft(me, client)
    body = {"client_id": client, "series": "F", "lines": [{"description": "x", "unit_price": "1"}]}
    headers = {**me, "if-match": "1"}
    assert (
        bench.http.put(f"/api/v1/invoices/{draft}", headers=headers, json=body).status_code == 200
    )
    late = bench.http.put(f"/api/v1/invoices/{draft}", headers=headers, json=body)
    assert (late.status_code, late.json()["code"]) == (412, "server.changed")
    assert bench.http.delete(f"/api/v1/invoices/{draft}", headers=me).status_code == 204
    assert bench.http.get(f"/api/v1/invoices/{draft}", headers=me).status_code == 404


def test_an_idempotency_key_makes_one_draft(bench: Bench) -> None:
    me = {**bench.register(), "idempotency-key": "k1"}
    client = bench.client(me)
    bench.series(me)
    assert bench.draft(me, client) == bench.draft(me, client)
    other = {"client_id": client, "series": "F", "lines": [{"description": "x", "unit_price": "1"}]}
    refused = bench.http.post("/api/v1/invoices", headers=me, json=other)
    assert (refused.status_code, refused.json()["code"]) == (409, "server.idempotency")


def test_many_at_once_leave_no_gap_and_one_chain(bench: Bench) -> None:
    me = bench.register()
    client = bench.client(me)
    bench.series(me)
    drafts = [bench.draft(me, client) for _ in range(24)]
    barrier = threading.Barrier(8)

    def issue(position: int) -> int:
        if position < 8:
            barrier.wait(timeout=30)
        return int(bench.issue(me, drafts[position])["number"])

    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(pool.map(issue, range(24)))
    assert numbers == list(range(1, 25))
    audit = bench.ok(bench.http.get("/api/v1/aeat/chain", headers=me))
    assert audit == {"length": 24, "intact": True, "first_break": None, "plan": []}


def test_an_invoice_that_fails_takes_no_number(bench: Bench) -> None:
    me = bench.register()
    foreign = company("XX123", "Foreign Inc.")
    foreign["tax_identification"]["residence_type"] = "E"
    added = bench.http.post("/api/v1/clients", headers=me, json={"party": foreign})
    bench.series(me)
    refused = bench.draft(me, added.json()["id"])
    answer = bench.http.post(f"/api/v1/invoices/{refused}/issue", headers=me)
    assert (answer.status_code, answer.json()["code"]) == (422, "aeat.record")
    issued = bench.issue(me, bench.draft(me, bench.client(me)))
    assert issued["number"] == 1


def test_numbers_and_days_of_a_series_go_together(bench: Bench) -> None:
    me = bench.register()
    client = bench.client(me)
    bench.series(me)
    bench.issue(me, bench.draft(me, client))
    late = bench.draft(me, client)
    earlier = bench.http.post(f"/api/v1/invoices/{late}/issue?on=2020-01-01", headers=me)
    assert earlier.status_code == 409
    future = bench.http.post(f"/api/v1/invoices/{late}/issue?on=2199-01-01", headers=me)
    assert future.status_code == 422


@pytest.mark.parametrize(
    "line",
    [
        {"description": "x", "unit_price": 1.5},
        {"description": "x", "unit_price": "NaN"},
        {"description": "x", "unit_price": "1e400"},
        {"description": "x", "unit_price": "12,50"},
        {"description": "", "unit_price": "1"},
        {"description": "x", "unit_price": "1", "taxes": []},
        {"description": "x", "unit_price": "1", "taxes": [{"rate": "of the moon"}]},
        {
            "description": "x",
            "unit_price": "1",
            "taxes": [{"rate": "general", "rate_percent": "3"}],
        },
        {"description": "x", "unit_price": "1", "withholdings": [{"rate": "none such"}]},
    ],
)
def test_a_wrong_line_is_a_problem(bench: Bench, line: dict[str, object]) -> None:
    me = bench.register()
    bench.series(me)
    body = {"client_id": bench.client(me), "series": "F", "lines": [line]}
    answer = bench.http.post("/api/v1/invoices", headers=me, json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_payments_that_do_not_add_up_are_a_problem(bench: Bench) -> None:
    me = bench.register()
    bench.series(me)
    body = {
        "client_id": bench.client(me),
        "series": "F",
        "lines": [{"description": "x", "unit_price": "100"}],
        "payments": [{"due_on": "2026-12-31", "amount": "120.00"}],
    }
    answer = bench.http.post("/api/v1/invoices", headers=me, json=body)
    assert answer.status_code == 422
    assert "121.00" in answer.json()["detail"]


def test_an_unknown_series_or_client_is_a_problem(bench: Bench) -> None:
    me = bench.register()
    client = bench.client(me)
    line = [{"description": "x", "unit_price": "1"}]
    body = {"client_id": client, "series": "NONE", "lines": line}
    assert bench.http.post("/api/v1/invoices", headers=me, json=body).status_code == 422
    body = {"client_id": "nobody", "series": "NONE", "lines": line}
    assert bench.http.post("/api/v1/invoices", headers=me, json=body).status_code == 404


def test_a_nif_with_a_wrong_letter_names_the_right_one(bench: Bench) -> None:
    me = bench.register()
    wrong = BUYER[:-1] + "0"
    answer = bench.http.post(
        "/api/v1/clients", headers=me, json={"party": company(wrong, "Cliente")}
    )
    assert answer.status_code == 422
    assert "should be" in answer.json()["detail"]


def test_what_the_agency_would_reject_is_not_issued(bench: Bench) -> None:
    me = bench.register()
    bench.series(me)
    line = {"description": "x", "unit_price": "100", "taxes": [{"rate_percent": "13"}]}
    draft = bench.draft(me, bench.client(me), lines=[line])
    answer = bench.http.post(f"/api/v1/invoices/{draft}/issue", headers=me)
    assert (answer.status_code, answer.json()["code"]) == (422, "server.invalid")
    assert answer.json()["findings"][0]["rule"].isdigit()
    assert bench.ok(bench.http.get("/api/v1/aeat/chain", headers=me))["length"] == 0
