"""What we compile from the official schemas judges as the official stylesheets do."""

import importlib.util
from itertools import islice
from pathlib import Path

import pytest

from einvoice_core.findings import Report
from einvoice_core.testing.judges import missing, official
from ubl_peppol.schematron import SecondOpinion, recognise
from ubl_peppol.testing.peppol import edges

if importlib.util.find_spec("saxonche") is None:
    missing("the extra schematron is not installed")


def verdict(report: Report) -> object:
    if report.undecided:
        return "stopped"
    return sorted((found.rule, found.path, found.severity) for found in report.findings)


@pytest.mark.parametrize("name", ["PEPPOL-EN16931-UBL", "CEN-EN16931-UBL"])
def test_a_compiled_schema_judges_as_its_stylesheet(name: str) -> None:
    folder = official("peppol/billing/2026.5")
    documents = [found.xml.encode() for found in islice(edges(), 0, 6000, 40)]
    with (
        SecondOpinion([folder / f"xslt/{name}.xslt"]) as theirs,
        SecondOpinion([folder / f"sch/{name}.sch"]) as ours,
    ):
        for document in documents:
            first, second = theirs.judge(document), ours.judge(document)
            assert verdict(first) == verdict(second)
            assert first.layers_skipped == second.layers_skipped == {}


@pytest.mark.parametrize("path", ["peppol/billing/2026.5", "peppol/responses/2026.5"])
def test_official_files_are_recognised(path: str, tmp_path: Path) -> None:
    files = sorted(official(path).rglob("*.xslt")) + sorted(official(path).rglob("*.sch"))
    assert len(files) >= 4
    for file in files:
        found = recognise(file)
        assert found is not None, file
        copy = tmp_path / file.name
        copy.write_bytes(file.read_bytes() + b"\n")
        assert recognise(copy) is None
