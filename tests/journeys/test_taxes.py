"""From the books to a closed form, through the API."""

from typing import Any

LEDGER = {
    "issued": [
        {
            "id": "A-1",
            "issued_on": "2025-02-10",
            "party": {"tax_id": "B12345674"},
            "lines": [{"taxable_base": "1000", "percent": "21"}],
        }
    ],
    "received": [
        {
            "id": "F-7",
            "issued_on": "2025-02-12",
            "party": {"tax_id": "A58818501"},
            "lines": [{"taxable_base": "300", "percent": "21"}],
        }
    ],
}


def test_a_quarter_is_audited_and_closed(office: Any) -> None:
    assert office.post("/tax/audit", json=LEDGER).json() == []

    closed = office.post("/tax/forms/303?period=2025-1T", json=LEDGER)
    assert closed.status_code == 200, closed.text
    form = closed.json()
    assert {box: form["boxes"][box] for box in ("27", "45", "71")} == {
        "27": "210.00",
        "45": "63.00",
        "71": "147.00",
    }
    box = next(step for step in form["trace"] if step["key"] == "09")
    assert box["entries"] == ["A-1"]
    assert office.post("/tax/forms/303?period=2025-1T", json=LEDGER).json() == form

    terms = office.get("/tax/terms/2025?form=303").json()
    assert terms[0]["due_on"] == "2025-04-21"
    regimes = office.get("/tax/obligations/B12345674?turnover=7000000&on=2026-01-01").json()
    assert [each["regime"] for each in regimes if each["applies"]] == ["sii"]
    asked = "/tax/obligations/B12345674/document?turnover=9000000&on=2027-10-06"
    of_document = {each["regime"]: each for each in office.get(asked).json()}
    assert [name for name, each in of_document.items() if each["applies"]] == ["b2b", "spfe"]
    assert of_document["b2b"]["companion"] == "pdf"
    assert of_document["spfe"]["by"] == "2027-10-06"
    assert office.get(f"{asked}&counterpart=nobody").json()["code"] == "server.invalid"
    case = office.post("/tax/cases", json={"year": 2026, "net_monthly": "1250"}).json()
    assert case["min_quota"] == "299.56"
    persons = [{"general_base": "40000", "age": 41, "descendants": [9]}, {"general_base": "0"}]
    household = {"year": 2025, "territory": "madrid", "joint": True, "persons": persons}
    year = office.post("/tax/cases", json=household).json()
    assert (year["joint_reduction"], year["general_base"]) == ("3400.0", "36600.0")
    assert year["minimum_autonomous"] == "8532.50"


def test_a_bar_in_modules_pays_by_form_131(office: Any) -> None:
    bar = {"id": "bar", "iae": "673.1", "employees": 1, "units": {"1": "1", "2": "1", "3": "20"}}
    ledger = {**LEDGER, "modules": [bar]}
    form = office.post("/tax/forms/131?period=2025-1T", json=ledger).json()
    step = next(each for each in form["trace"] if each["key"] == "bar net_activity")
    assert form["boxes"]["01"] == step["value"]
    assert float(form["boxes"]["15"]) > 0
    refusal = office.post("/tax/forms/131?period=2025-1T", json=LEDGER)
    assert (refusal.status_code, refusal.json()["code"]) == (422, "tax.form")


def test_what_cannot_be_closed_is_a_problem_with_a_code(office: Any) -> None:
    for path, ledger, code in (
        ("/tax/forms/303?period=2021-1T", LEDGER, "einvoice.not_in_force"),
        ("/tax/forms/303?period=2025-1T", {"territory": "navarra"}, "tax.territory"),
        ("/tax/forms/999?period=2025-1T", LEDGER, "tax.unknown_kind"),
        ("/tax/forms/303?period=soon", LEDGER, "tax.argument"),
    ):
        answer = office.post(path, json=ledger)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    wrong = {"issued": [{"id": "1", "issued_on": "2025-02-30"}]}
    assert office.post("/tax/audit", json=wrong).status_code == 422
