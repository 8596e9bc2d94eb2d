"""``tax-es compare --input``: every legal option with its amount and its article."""

import json
from pathlib import Path
from typing import Any

import pytest

from tax_es import cli
from tax_es.cases.choices import QUESTIONS, choices
from tax_es.errors import CaseError, LedgerError, TaxError, UnverifiedParameter

PERSONS = [{"general_base": "40000"}, {"general_base": "0"}]
SOLD = {"id": "1", "issued_on": "2025-12-01", "lines": [{"taxable_base": "100", "percent": "21"}]}
ASKED: dict[str, dict[str, Any]] = {
    "estimation": {
        "year": 2025, "income": {"sales": "60000"}, "expenses": {"costs": "20000"},
        "provisions": "500", "modules_yield": "30000",
    },
    "filing": {"year": 2025, "territory": "madrid", "persons": PERSONS},
    "refund": {"period": "2025-4T", "ledger": {"received": [SOLD]}},
    "bases": {"year": 2025, "month": 6, "net_monthly": "1800"},
    "pension": {
        "year": 2025, "territory": "aragon", "general_base": "30000", "contributions": ["1000"],
    },
}  # fmt: skip
BEST = {
    "estimation": ("objective", "30000"), "filing": ("joint", "7633.93"), "refund": ("refund", "0"),
    "bases": ("min", "359.15"), "pension": ("pension 1000", "5765.14"),
}  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_question(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "question.json"
    path.write_text(json.dumps({"compare": name, **ASKED[name]}), "utf-8")
    with pytest.raises(SystemExit) as ended:
        cli.main(["compare", "--input", str(path)], prog_name="tax-es")
    assert not ended.value.code
    told = json.loads(capsys.readouterr().out)
    assert (told[0]["name"], told[0]["amount"]) == BEST[name]
    assert all(each["article"] for each in told)


def test_what_a_question_refuses() -> None:
    for wrong in (
        "filing", {"compare": "luck"}, {"compare": "filing", "year": 2025},
        {"compare": "bases", **ASKED["bases"], "colour": "red"},
        {"compare": "bases", **ASKED["bases"], "month": 0},
        {"compare": "estimation", **ASKED["estimation"], "provisions": 1.5},
    ):  # fmt: skip
        with pytest.raises(CaseError):
            choices(wrong)
    with pytest.raises(LedgerError):
        choices({"compare": "refund", "period": "2025-4T", "ledger": {"received": [{"id": "1"}]}})
    with pytest.raises(TaxError):
        choices({"compare": "refund", "period": "2025-4T", "ledger": {"territory": "navarra"}})
    later = {"compare": "filing", **ASKED["filing"], "year": 2026}
    with pytest.raises(UnverifiedParameter):
        choices(later)
    assert choices(later, allow_unverified=True)[0].marks
