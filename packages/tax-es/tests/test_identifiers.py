"""IBAN, cadastral reference, CUPS, DIR3, postal codes: the vectors, and bad input."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax_es.errors import ArgumentError, UnknownKindError
from tax_es.ids import iban, postal

VECTORS = json.loads((Path(__file__).parent / "vectors/identifiers.json").read_text("utf-8"))
MODULES = ("iban", "cadastre", "cups", "dir3", "postal")


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda c: f"{c['kind']} {c['input']}")
def test_identifiers(case: dict[str, Any]) -> None:
    verdict = import_module(f"tax_es.ids.{case['kind']}").check(case["input"])
    assert verdict.valid is case["valid"], verdict.reason
    assert case.get("reason", "") in verdict.reason
    assert bool(verdict.reason) is not verdict.valid
    assert verdict.kind == case.get("classified", verdict.kind)
    for name, value in case.get("parts", {}).items():
        assert verdict.parts[name] == value


@pytest.mark.parametrize("module", MODULES)
@given(text=st.text(max_size=40))
def test_no_text_breaks_a_check(module: str, text: str) -> None:
    verdict = import_module(f"tax_es.ids.{module}").check(text)
    assert verdict.valid or verdict.reason
    assert len(verdict.normalised) <= 64


@pytest.mark.parametrize("module", MODULES)
def test_what_is_not_a_text_is_refused(module: str) -> None:
    with pytest.raises(ArgumentError):
        import_module(f"tax_es.ids.{module}").check(28013)


def test_an_account_code_becomes_an_iban() -> None:
    assert iban.from_account_code("2100 0418 45 0200051332").normalised.startswith("ES91")
    assert not iban.from_account_code("2100").valid
    assert not iban.from_account_code("21000418460200051332").valid


def test_provinces() -> None:
    assert postal.province("48").is_foral
    assert postal.province("28013").name == "Madrid"
    assert len(postal.provinces()) == 52
    for wrong in ("99", "4", "480"):
        with pytest.raises(UnknownKindError):
            postal.province(wrong)
