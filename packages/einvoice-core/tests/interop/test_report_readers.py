"""Readers that others wrote understand our reports."""

import io
import json

import junitparser
from sarif_pydantic import Sarif

from einvoice_core.findings import Finding, Report, Severity
from einvoice_core.reports import FileReport, Tool, write
from einvoice_core.xml.errors import XmlSyntax

RESULTS = (
    FileReport("ok.xml", Report(layers_run=("structure",))),
    FileReport(
        "wrong.xml",
        Report(
            (
                Finding("R-1", Severity.FATAL, "wrong & <bad>", "/a", 4),
                Finding("R-2", Severity.WARNING, "odd"),
                Finding("R-3", Severity.FATAL, "open", undecided=True),
            ),
            ("structure",),
            {"rules": "not asked for"},
        ),
    ),
    FileReport.unreadable("cut.xml", XmlSyntax("it ends early", line=2)),
)


def written(form: str) -> str:
    out = io.StringIO()
    write(RESULTS, out, form, Tool("judge", "1.0"))
    return out.getvalue()


def test_junitparser_counts_what_we_wrote() -> None:
    suites = list(junitparser.JUnitXml.fromstring(written("junit").encode()))

    assert [suite.name for suite in suites] == ["ok.xml", "wrong.xml", "cut.xml"]
    counts = [(s.tests, s.failures, s.errors, s.skipped) for s in suites]
    assert counts == [(1, 0, 0, 0), (4, 1, 1, 1), (1, 0, 1, 0)]
    failed = [case for suite in suites for case in suite if not case.is_passed]
    kinds = [[type(r).__name__ for r in case.result] for case in failed]
    assert kinds == [["Failure"], ["Error"], ["Skipped"], ["Error"]]
    assert failed[0].result[0].message == "wrong & <bad>"
    for suite in suites:
        before = (suite.tests, suite.failures, suite.errors, suite.skipped)
        suite.update_statistics()
        assert (suite.tests, suite.failures, suite.errors, suite.skipped) == before


def test_sarif_pydantic_reads_what_we_wrote() -> None:
    log = Sarif.model_validate(json.loads(written("sarif")))

    (run,) = log.runs
    assert run.tool.driver.name == "judge"
    assert [result.rule_id for result in run.results] == ["R-1", "R-2", "R-3", "xml.syntax"]
    assert [result.level.value for result in run.results] == ["error", "warning", "none", "error"]
    assert run.results[0].locations[0].physical_location.region.start_line == 4
    assert not run.invocations[0].execution_successful
