"""The demo issues every sample again, and each step answers as was written down beforehand."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from einvoice_core.testing.judges import official
from reference_server.demo import Outcome, run
from reference_server.demo.report import as_json, as_table

EXPECTED: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("expected.toml").read_text(encoding="utf-8")
)
CASES = [
    pytest.param(group, file, id=file) for group in EXPECTED for file in EXPECTED[group]["files"]
]


@pytest.mark.parametrize(("group", "file"), CASES)
def test_a_sample_is_issued_again(group: str, file: str, tmp_path: Path) -> None:
    expected = EXPECTED[group]
    outcome = run(official("facturae/samples") / file, tmp_path)
    assert verdicts(outcome) == expected["steps"], as_table(outcome)
    assert outcome.ok is (expected["exit"] == 0)
    for name, rules in expected.get("findings", {}).items():
        named = {rule for rule, _ in step(outcome, name).findings}
        assert set(rules) <= named, as_table(outcome)
    for name, texts in expected.get("notes", {}).items():
        notes = "\n".join(step(outcome, name).notes)
        assert all(text in notes for text in texts), as_table(outcome)


def test_every_sample_that_is_valid_has_its_expectation() -> None:
    index = json.loads((official("facturae/samples") / "INDEX.json").read_text(encoding="utf-8"))
    valid = {row["file"] for row in index if row["version"].startswith("3.2") and row["xsd_valid"]}
    assert valid <= {file for group in EXPECTED.values() for file in group["files"]}


def test_a_loss_and_a_derived_datum_are_named(tmp_path: Path) -> None:
    samples = official("facturae/samples")
    outcome = run(samples / "gobl-invoice-vat.xml", tmp_path)
    assert any(note.startswith("derived: issue date") for note in step(outcome, "issue").notes)
    surcharged = run(samples / "omeuid-3.2.2-valid.xml", tmp_path)
    said = step(surcharged, "issue").notes
    assert any("IVA (general) 16 % → 21 %" in note for note in said), said
    assert any("surcharge (general)" in note for note in said), said
    assert any("Recargo de equivalencia" in note for note in step(surcharged, "en16931").notes)


def test_the_example_goes_the_whole_way(tmp_path: Path) -> None:
    outcome = run(None, tmp_path)
    assert outcome.ok, as_table(outcome)
    assert sorted(Path(file).suffix for file in outcome.files) == [".pdf", ".xml", ".xml", ".xsig"]
    assert any("TaxesWithheld" in note for note in step(outcome, "en16931").notes)
    assert json.loads(as_json(outcome))["ok"] is True


def verdicts(outcome: Outcome) -> dict[str, str]:
    return {step.name: step.verdict.value for step in outcome.steps}


def step(outcome: Outcome, name: str) -> Any:
    return next(step for step in outcome.steps if step.name == name)
