"""Every worked case of the facts, to the cent, and what the entry point refuses."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from einvoice_core.testing.judges import facts
from tax_es import cases

FILES = (
    "identifiers", "irpf_direct_estimation", "irpf_modules", "irpf_quotas", "iva_303_general",
    "iva_303_rectification", "iva_prorrata", "iva_simplified", "modelo130", "reta",
)  # fmt: skip


def of_file(name: str) -> Iterator[dict[str, Any]]:
    yield from json.loads(facts(f"tax/cases/{name}.json").read_text("utf-8"))["cases"]


def test_no_file_of_cases_is_left_out() -> None:
    assert {path.stem for path in facts("tax/cases").glob("*.json")} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_cases(name: str) -> None:
    seen = 0
    for case in of_file(name):
        assert cases.compare(case) == (), case["id"]
        assert cases.compare(case, name) == (), case["id"]
        text = json.dumps({k: v for k, v in case.items() if not k.startswith("expected")})
        assert cases.compute(text) == cases.compute(case)
        seen += 1
    assert seen


@pytest.mark.parametrize("name", FILES)
def test_a_wrong_expectation_is_seen(name: str) -> None:
    for case in of_file(name):
        for key in [key for key in case if key.startswith("expected")]:
            wanted = case[key]
            spoilt = not wanted if isinstance(wanted, bool) else {**wanted, "unheard_of": "1"}
            assert cases.compare({**case, key: spoilt}, name)
            if isinstance(wanted, dict):
                for output in wanted:
                    assert cases.compare({**case, key: {output: "-987654.32"}}, name)
