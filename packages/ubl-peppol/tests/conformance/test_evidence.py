"""The published evidence (``conformance.json``) holds what the package says of itself.

The conformance run writes it where ``EINVOICE_EVIDENCE`` names the file.
"""

import json
from pathlib import Path
from typing import Any

import pytest

import ubl_peppol
from ubl_peppol.testing.evidence import record_counts

FILE = Path(__file__).parents[2] / "conformance.json"
EVIDENCE: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
DIRECTED = {
    "EN16931-UBL-1.3.16": "directed pairs",
    "EN16931-CII-1.3.16": "directed pairs",
    "PEPPOL-UBL-3.0.21": "directed",
    "PEPPOL-SB-2026.5": "directed",
    "T111": "directed",
    "T71": "directed",
}
MUTANTS = {
    ("EN16931-UBL-1.3.16", "mutants"): 20_000,
    ("PEPPOL-UBL-3.0.21", "mutants"): 20_000,
    ("EN16931-CII-1.3.16", "mutants"): 5_000,
}
SCHEMAS = ("UBL 2.1 schema", "CII D16B schema")


def test_every_artefact_has_its_evidence() -> None:
    assert set(EVIDENCE) == {*DIRECTED, *SCHEMAS}
    assert set(ubl_peppol.census()) >= set(DIRECTED)


@pytest.mark.parametrize("artefact", DIRECTED)
def test_an_id_that_counts_has_fired_and_been_silent_three_times(artefact: str) -> None:
    entry = ubl_peppol.census()[artefact]
    rules = EVIDENCE[artefact]["rules"]
    assert set(rules) == entry.fired | set(entry.silent)
    assert len(rules) == entry.total
    counts = {rule: result[DIRECTED[artefact]] for rule, result in rules.items()}
    few = {r for r in entry.fired if min(counts[r]["fired"], counts[r]["silent"]) < 3}
    assert few == set()
    suites = [suite for rule in entry.silent for suite in rules[rule].values()]
    assert [suite for suite in suites if suite["fired"]] == []


@pytest.mark.parametrize("artefact", DIRECTED)
def test_no_suite_differs_and_nothing_is_explained_away(artefact: str) -> None:
    for name, suite in EVIDENCE[artefact]["suites"].items():
        assert (suite["different"], suite["explained"]) == (0, 0), name
        assert suite["equal"] == suite["finished"], name
        assert suite["documents"] == suite["finished"] + suite["undecided"], name
    assert EVIDENCE[artefact]["suites"]


@pytest.mark.parametrize(("artefact", "suite"), MUTANTS)
def test_the_mutants_were_worth_judging(artefact: str, suite: str) -> None:
    counts = EVIDENCE[artefact]["suites"][suite]
    assert counts["documents"] == MUTANTS[artefact, suite]
    assert counts["finished"] >= 0.6 * counts["documents"]
    assert counts["changed"] >= 0.3 * counts["documents"]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_structure_was_judged_beside_the_schemas(schema: str) -> None:
    counts = EVIDENCE[schema]["suites"]["mutants"]
    assert counts["documents"] == 10_000
    assert counts["different"] == 0
    assert counts["valid"] >= 0.4 * counts["documents"]
    assert counts["same first element"] >= 0.95 * counts["invalid"]


def test_evidence_grows_suite_by_suite(tmp_path: Path) -> None:
    path = tmp_path / "evidence.json"
    record_counts("A", "one", {"documents": 1}, {"R-1": {"fired": 1, "silent": 0}}, path)
    record_counts("A", "two", {"documents": 2}, {"R-1": {"fired": 0, "silent": 2}}, path)
    record_counts("B", "one", {"documents": 3}, path=path)
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["A"]["suites"] == {"one": {"documents": 1}, "two": {"documents": 2}}
    assert found["A"]["rules"]["R-1"]["two"] == {"fired": 0, "silent": 2}
    assert found["B"] == {"suites": {"one": {"documents": 3}}, "rules": {}}


def test_nothing_is_kept_where_no_file_is_named(tmp_path: Path) -> None:
    target = str(tmp_path / "named.json")
    record_counts("A", "one", {}, environment=lambda _: None)
    assert not list(tmp_path.iterdir())
    record_counts("A", "one", {}, environment=lambda name: {"EINVOICE_EVIDENCE": target}.get(name))
    assert Path(target).exists()
