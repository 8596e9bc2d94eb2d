import re
from pathlib import Path

import pytest

from reference_server.testing import BUYER, PASSWORD, Bench, company, running


def test_nobody_is_let_in_without_a_token(bench: Bench) -> None:
    open_paths = {
        "/api/v1/auth/companies",
        "/api/v1/auth/login",
        "/api/v1/aeat/declaration",  # whoever uses an invoicing program may read its declaration
        "/health",
        "/health/ready",
    }
    paths = bench.http.get("/openapi.json").json()["paths"]
    assert len(paths) > 20
    for path, operations in paths.items():
        if path in open_paths:
            continue
        for method in operations:
            answer = bench.http.request(method, path.replace("{", "").replace("}", ""), json={})
            assert answer.status_code == 401, (method, path)
            assert answer.json()["code"] == "server.not_authenticated"


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer a.b.c"])
def test_a_token_that_was_not_made_here_is_refused(bench: Bench, token: str) -> None:
    answer = bench.http.get("/api/v1/clients", headers={"authorization": token})
    assert answer.status_code == 401


def test_companies_do_not_see_each_other(bench: Bench) -> None:
    mine = bench.register()
    theirs = bench.register("eva@example.test", BUYER)
    client = bench.client(mine)
    bench.series(mine)
    draft = bench.draft(mine, client)
    bench.issue(mine, draft)
    for path in (
        f"/api/v1/clients/{client}",
        f"/api/v1/invoices/{draft}",
        f"/api/v1/invoices/{draft}/facturae",
        f"/api/v1/invoices/{draft}/pdf",
        f"/api/v1/aeat/invoices/{draft}",
        f"/api/v1/peppol/invoices/{draft}/ubl",
    ):
        assert bench.http.get(path, headers=theirs).status_code == 404, path
    issued = bench.http.post(f"/api/v1/invoices/{draft}/issue", headers=theirs)
    assert issued.status_code == 404
    assert bench.http.get("/api/v1/invoices", headers=theirs).json()["items"] == []
    audit = bench.http.get("/api/v1/aeat/chain", headers=theirs).json()
    assert audit["length"] == 0


def test_a_reader_may_read_and_not_write(bench: Bench) -> None:
    me = bench.register()
    body = {"email": "leo@example.test", "password": PASSWORD, "role": "reader"}
    bench.ok(bench.http.post("/api/v1/auth/users", headers=me, json=body))
    reader = bench.log_in("leo@example.test")
    assert bench.http.get("/api/v1/clients", headers=reader).status_code == 200
    party = {"party": company(BUYER, "Cliente")}
    refused = bench.http.post("/api/v1/clients", headers=reader, json=party)
    assert (refused.status_code, refused.json()["code"]) == (403, "server.forbidden")
    assert bench.http.post("/api/v1/auth/users", headers=reader, json=body).status_code == 403


def test_wrong_passwords_are_counted(tmp_path: Path) -> None:
    with running(tmp_path) as bench:
        bench.register()
        body = {"email": "ana@example.test", "password": "not the password"}
        answers = [bench.http.post("/api/v1/auth/login", json=body) for _ in range(11)]
        assert [a.status_code for a in answers] == [401] * 10 + [429]
        assert answers[-1].json()["wait_s"] > 0


def test_a_taken_address_and_a_weak_password_are_refused(bench: Bench) -> None:
    bench.register()
    body = {"party": company(BUYER, "Otra"), "email": "ana@example.test", "password": PASSWORD}
    assert bench.http.post("/api/v1/auth/companies", json=body).status_code == 409
    body = {**body, "email": "otra@example.test", "password": "short"}
    assert bench.http.post("/api/v1/auth/companies", json=body).status_code == 422


@pytest.mark.parametrize(
    ("file", "password", "code"),
    [
        ("bm90IGEgZmlsZQ==", "x", "certificate.unreadable"),
        ("*", "x", "server.invalid"),
    ],
)
def test_a_wrong_certificate_file_is_a_problem(
    bench: Bench, file: str, password: str, code: str
) -> None:
    me = bench.register()
    body = {"pkcs12": file, "password": password}
    answer = bench.http.put("/api/v1/auth/certificate", headers=me, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert password not in answer.text or len(password) == 1


def test_unknown_paths_methods_and_bodies_are_problems(bench: Bench) -> None:
    me = bench.register()
    answers = {
        404: bench.http.get("/api/v1/nothing", headers=me),
        405: bench.http.delete("/api/v1/auth/login", headers=me),
        422: bench.http.post("/api/v1/clients", headers=me, content=b"{"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status


def test_a_body_that_is_too_large_is_refused(bench: Bench) -> None:
    me = bench.register()
    large = b"x" * (bench.settings.max_body_bytes + 1)
    answer = bench.http.post("/api/v1/peppol/validate", headers=me, content=large)
    assert (answer.status_code, answer.json()["code"]) == (413, "server.too_large")


def test_health_metrics_and_documentation_answer(bench: Bench) -> None:
    assert bench.http.get("/health").json()["status"] == "alive"
    assert bench.http.get("/health/ready").json()["status"] == "ready"
    assert "http_requests_total" in bench.http.get("/metrics").text


def test_the_page_of_the_api_loads_nothing_from_elsewhere(bench: Bench) -> None:
    page = bench.http.get("/docs")
    assert page.status_code == 200
    parts = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert any(part.endswith(".js") for part in parts)
    for part in parts:
        assert part.startswith("/"), part
        assert bench.http.get(part).status_code == 200, part
