"""The command line: JSON in, JSON out, exit codes, no traceback."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from books import books, purchase, sale

from tax_es.cli import main

Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, Any, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments), prog_name="tax-es")
        out, err = capsys.readouterr()
        try:
            told = json.loads(out) if out else None
        except ValueError:
            told = out
        return int(ended.value.code or 0), told, err

    return call


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    path = tmp_path / "ledger.json"
    entries = books(sale("A-1", "100"), purchase("7", "40"))
    path.write_text(entries.model_dump_json(), "utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("arguments", "code", "path", "value"),
    [
        (["nif", "12345678Z"], 0, ["valid"], True),
        (["nif", "12345678A"], 1, ["control"], "Z"),
        (["vat", "DE136695976"], 0, ["country"], "DE"),
        (["vat", "GR1"], 1, ["valid"], False),
        (["iva", "--on", "2012-08-31", "--base", "100"], 0, ["tax"], "18.00"),
        (["iva", "--on", "2012-09-01", "--known-on", "2012-07-01"], 0, ["rate", "percent"], "18.0"),
        (["irpf", "--year", "2025", "--territory", "aragon", "--general-base", "23900",
          "--savings-base", "2800"], 0, ["values", "state_total"], "2406.50"),
        (["irpf", "--year", "2025", "--territory", "madrid", "--general-base", "30000"], 0,
         ["values", "minimum_autonomous"], "5956.65"),
        (["irpf", "--year", "2025", "--territory", "madrid", "--general-base", "30000", "--age",
          "70", "--disability", "33", "--assistance", "--descendant", "9", "--descendant", "1",
          "--ascendant", "80"], 0, ["values", "minimum_state"], "23150.00"),
        (["irpf", "--year", "2025", "--territory", "madrid", "--general-base", "30000",
          "--minimum", "5550"], 0, ["values", "minimum_autonomous"], "5550"),
        (["withholding", "--on", "2025-01-01", "--base", "1000"], 0, ["withheld"], "150.00"),
        (["reta", "--on", "2026-01-01", "--monthly-income", "1250"], 0, ["values", "min_quota"],
         "299.56"),
        (["calendar", "--year", "2025", "--form", "303"], 0, [0, "due_on"], "2025-04-21"),
        (["interest", "--amount", "10000", "--due", "2022-01-31", "--paid-on", "2022-03-02"],
         0, ["values", "interest"], "65.75"),
    ],
)  # fmt: skip
def test_verbs(run: Run, arguments: list[str], code: int, path: list[Any], value: object) -> None:
    ended, told, _ = run(*arguments)
    assert ended == code
    for key in path:
        told = told[key]
    assert told == value


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["iva", "--on", "1990-01-01"], "einvoice.not_in_force"),
        (["iva", "--on", "2025-02-30"], "is no day"),
        (["iva", "--on", "2025-01-01", "--base", "12,50"], "decimal"),
        (["iva", "--on", "2025-01-01", "--territory", "navarra"], "tax.territory"),
        (["irpf", "--year", "2026", "--territory", "madrid", "--general-base", "1"],
         "tax.unverified"),
        (["irpf", "--year", "2025", "--territory", "madrid"], "--general-base"),
        (["irpf", "--year", "2025", "--territory", "madrid", "--general-base", "1",
          "--minimum-autonomous", "1"], "--minimum"),
        (["irpf", "--year", "2025", "--territory", "madrid", "--general-base", "1",
          "--descendant", "30"], "tax.argument"),
        (["form", "303", "--input", "nowhere.json", "--period", "2025-1T"], "cannot be read"),
        (["calendar", "--year", "2026"], "tax.calendar"),
        (["nonsense"], "No such command"),
    ],
)  # fmt: skip
def test_refusals_are_typed(run: Run, arguments: list[str], words: str) -> None:
    code, told, err = run(*arguments)
    assert code == 2
    assert told is None
    assert words in err
    assert "Traceback" not in err


def test_a_joint_return(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "household.json"
    persons = [{"general_base": "40000"}, {"general_base": "0"}]
    told = {"year": 2025, "territory": "madrid", "joint": True, "persons": persons}
    path.write_text(json.dumps(told), "utf-8")
    code, found, _ = run("irpf", "--input", str(path))
    assert (code, found["values"]["joint_reduction"]) == (0, "3400.0")
    assert found["trace"][2]["article"] == "LIRPF, art. 84.2"
    path.write_text(json.dumps(told | {"year": 2026}), "utf-8")
    assert "tax.unverified" in run("irpf", "--input", str(path))[2]
    assert run("irpf", "--input", str(path), "--allow-unverified")[1]["marks"]


def test_the_pay_of_an_employee(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "employee.json"
    path.write_text(json.dumps({"year": 2025, "pay": "30000", "social_security": "1905"}), "utf-8")
    assert "tax.unverified" in run("withholding", "--input", str(path))[2]
    code, found, _ = run("withholding", "--input", str(path), "--allow-unverified")
    assert (code, found["values"]["rate"]) == (0, "16.46")
    assert found["marks"]
    assert run("withholding")[0] == 2


def test_a_form(run: Run, ledger: str) -> None:
    arguments = ["form", "303", "--input", ledger, "--period", "2025-1T"]
    code, told, _ = run(*arguments, "--option", "to_compensate=5")
    assert code == 0
    assert (told["boxes"]["27"], told["boxes"]["45"], told["boxes"]["71"]) == (
        "21.00", "8.40", "7.60",
    )  # fmt: skip
    box = next(step for step in told["trace"] if step["key"] == "09")
    assert box["entries"] == ["A-1"]
    assert box["parameters"][0]["name"] == "form_303.design"
    assert "trace" not in run(*arguments, "--no-trace")[1]
    _, words, _ = run(*arguments, "--explain", "27", "--language", "en")
    assert words.splitlines()[-1].startswith("27: total output tax")
    _, text, _ = run(*arguments, "--format", "text")
    assert "27: total cuota devengada" in text


@pytest.mark.parametrize("model", ["130", "111", "115", "123", "349"])
def test_forms_of_a_quarter(run: Run, ledger: str, model: str) -> None:
    code, told, _ = run("form", model, "--input", ledger, "--period", "2025-2T")
    assert (code, told["model"], told["period"]) == (0, model, "2025-2T")


def test_form_131_needs_its_activities(run: Run, ledger: str, tmp_path: Path) -> None:
    code, told, err = run("form", "131", "--input", ledger, "--period", "2025-1T")
    assert (code, told, "no activity by modules" in err) == (2, None, True)
    path = tmp_path / "modules.json"
    told = json.loads(Path(ledger).read_text("utf-8"))
    told["modules"] = [{"id": "bar", "employees": 1, "net_yield": "20000"}]
    path.write_text(json.dumps(told), "utf-8")
    arguments = ["form", "131", "--input", str(path), "--period", "2025-1T"]
    code, told, _ = run(*arguments, "--option", "yield_before=9500")
    assert (code, told["boxes"]["02"], told["boxes"]["15"]) == (0, "600.00", "525.00")
    code, told, _ = run("close", "--input", str(path), "--period", "2025-1T")
    assert (code, sorted(told)) == (0, ["111", "115", "123", "131", "303", "349"])
    assert told["131"]["boxes"]["02"] == "600.00"
    assert "02: pagos por módulos" in run(*arguments, "--format", "text")[1]


@pytest.mark.parametrize("model", ["347", "190", "180", "390"])
def test_forms_of_a_year(run: Run, ledger: str, model: str) -> None:
    code, told, _ = run("form", model, "--input", ledger, "--period", "2025-0A")
    assert (code, told["model"]) == (0, model)
    assert run("form", model, "--input", ledger, "--period", "2025-1T")[0] == 2


@pytest.mark.parametrize("option", ["x", "to_compensate", "to_compensate=a", "ask_refund=yes"])
def test_options_that_are_none(run: Run, ledger: str, option: str) -> None:
    code, _, err = run("form", "303", "--input", ledger, "--period", "2025-1T", "--option", option)
    assert (code, "tax.argument" in err) == (2, True)


def test_a_quarter_at_once(run: Run, ledger: str) -> None:
    code, told, _ = run("close", "--input", ledger, "--period", "2025-1T")
    assert code == 0
    assert set(told) == {"303", "130", "111", "115", "123", "349"}


def test_a_form_says_what_is_wrong_in_its_books(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "twice.json"
    path.write_text(books(sale("A-1", "100"), sale("A-1", "50")).model_dump_json(), "utf-8")
    for verb in (["form", "303"], ["close"]):
        code, told, _ = run(*verb, "--input", str(path), "--period", "2025-1T")
        assert (code, told["anomalies"][0]["check"]) == (0, "duplicate")


def test_a_calendar_to_subscribe_to(run: Run) -> None:
    _, told, _ = run("calendar", "--year", "2025", "--format", "ical", "--stamp", "2026-01-01")
    assert told.startswith("BEGIN:VCALENDAR")


def test_an_audit(run: Run, ledger: str, tmp_path: Path) -> None:
    assert run("audit", "--input", ledger, "--outliers")[:2] == (0, [])
    bad = tmp_path / "bad.csv"
    bad.write_text("side,id,date,taxable_base,percent\nissued,1,2025-01-01,100,18\n", "utf-8")
    code, told, _ = run("audit", "--input", str(bad))
    assert (code, told[0]["check"]) == (1, "rate_not_in_force")


def test_a_forecast(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    path.write_text(json.dumps(["1", "2", "3", "4"] * 3), "utf-8")
    _, told, _ = run("forecast", "--input", str(path))
    assert [each["value"] for each in told] == ["1.00", "2.00", "3.00", "4.00"]
    path.write_text("[1.5]", "utf-8")
    assert run("forecast", "--input", str(path))[0] == 2


def test_cases_and_their_comparison(run: Run, tmp_path: Path) -> None:
    one, two, many = (tmp_path / f"{name}.json" for name in ("one", "two", "many"))
    case = {"year": 2025, "net_monthly": "600", "expected": {"min_quota": "205.23"}}
    one.write_text(json.dumps(case), "utf-8")
    two.write_text(json.dumps(case | {"year": 2026}), "utf-8")
    many.write_text(json.dumps({"cases": [case, case | {"expected": {"bracket": 9}}]}), "utf-8")
    assert run("case", "--input", str(one))[1]["min_quota"] == "205.23"
    assert run("case", "--input", str(one), "--check")[:2] == (0, [])
    code, told, _ = run("case", "--input", str(many), "--check")
    assert (code, told[1][0]["key"]) == (1, "bracket")
    _, told, _ = run("compare", "--before", str(one), "--after", str(two))
    moved = {each["key"]: each["difference"] for each in told}
    assert moved["total_rate_pct"] == "0.1"
    one.write_text('{"net_monthly": 600.5}', "utf-8")
    assert run("case", "--input", str(one))[0] == 2


def test_a_version_without_the_libraries_of_a_verb(run: Run) -> None:
    code, told, _ = run("--version")
    assert code == 0
    assert "tax-es" in told


def test_a_form_from_lines_of_json(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    lines = [
        json.dumps({"side": "issued", **json.loads(sale(f"A-{n}", "10").model_dump_json())})
        for n in range(50)
    ]
    path.write_text("\n".join(lines), "utf-8")
    code, told, _ = run("form", "303", "--input", str(path), "--period", "2025-1T")
    assert (code, told["boxes"]["07"], told["boxes"]["09"]) == (0, "500", "105.00")
    path.write_text("\n".join([*lines, "rubbish"]), "utf-8")
    code, _, err = run("form", "303", "--input", str(path), "--period", "2025-1T")
    assert (code, "tax.ledger" in err) == (2, True)
    missing = str(tmp_path / "none.jsonl")
    assert run("form", "303", "--input", missing, "--period", "2025-1T")[0] == 2
