"""Reports say what was found, in every format, and hold any text that a document may hold."""

import io
import json
import re
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from einvoice_core.findings import Breach, Finding, Location, Report, RuleSet, Severity
from einvoice_core.reports import FileReport, Problem, ReportFormat, Tool, write
from einvoice_core.xml.errors import XmlSyntax

TOOL = Tool("judge", "1.2")
WRONG = Finding("R-1", Severity.FATAL, "the total is 5, not 4", "/a/b[2]", 7, source="Norm")
ODD = Finding("R-2", Severity.WARNING, "an <odd> name & more")
OPEN = Finding("R-3", Severity.FATAL, "no number", "/a/c", 9, undecided=True)
VALID = FileReport("ok.xml", Report(layers_run=("structure", "rules")))
INVALID = FileReport(
    "dir/wrong one.xml",
    Report((WRONG, ODD, OPEN), ("structure",), {"schematron": "no artefact was given"}),
)
UNREADABLE = FileReport.unreadable("cut.xml", XmlSyntax("the document ends early", line=3))
ALL = (VALID, INVALID, UNREADABLE)


def written(form: str, *results: FileReport, tool: Tool = TOOL) -> str:
    out = io.StringIO()
    write(iter(results), out, form, tool)
    return out.getvalue()


def test_people_get_a_line_for_each_finding() -> None:
    assert written("text", *ALL).splitlines() == [
        "ok.xml: valid (structure, rules)",
        "dir/wrong one.xml: not valid (structure; schematron skipped: no artefact was given)",
        "dir/wrong one.xml:7: fatal R-1: the total is 5, not 4 [/a/b[2]]",
        "dir/wrong one.xml: warning R-2: an <odd> name & more",
        "dir/wrong one.xml:9: undecided R-3: no number [/a/c]",
        "cut.xml: unreadable (no layer ran)",
        "cut.xml:3: fatal xml.syntax: the document ends early",
        "3 files: 1 valid, 1 with findings, 1 unreadable",
    ]


def test_programs_get_a_list_of_files() -> None:
    first, second, third = json.loads(written("json", *ALL))

    assert first == {
        "file": "ok.xml",
        "valid": True,
        "layers": {"run": ["structure", "rules"], "skipped": {}},
        "findings": [],
    }
    assert second["layers"]["skipped"] == {"schematron": "no artefact was given"}
    assert second["findings"][0] == {
        "rule": "R-1",
        "severity": "fatal",
        "message": "the total is 5, not 4",
        "path": "/a/b[2]",
        "line": 7,
    }
    assert [f.get("undecided", False) for f in second["findings"]] == [False, False, True]
    assert third["valid"] is False
    assert [f["rule"] for f in third["findings"]] == ["xml.syntax"]
    assert json.loads(written("json")) == []


def test_a_report_that_was_cut_says_so_in_every_format() -> None:
    cut = FileReport("x.xml", Report((WRONG,), ("rules",), truncated=True))

    assert json.loads(written("json", cut))[0]["truncated"] is True
    assert "the rest was left out" in written("text", cut)
    assert "more findings than a report holds" in written("svrl", cut)
    assert "more findings than a report holds" in written("junit", cut)


def run_of(*results: FileReport, tool: Tool = TOOL) -> dict[str, Any]:
    (run,) = json.loads(written("sarif", *results, tool=tool))["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif_holds_findings_rules_and_layers() -> None:
    run = run_of(*ALL)

    found = [(r["ruleId"], r["kind"], r["level"]) for r in run["results"]]
    assert found == [
        ("R-1", "fail", "error"),
        ("R-2", "fail", "warning"),
        ("R-3", "open", "none"),
        ("xml.syntax", "fail", "error"),
    ]
    (place,) = run["results"][0]["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "dir/wrong%20one.xml"},
        "region": {"startLine": 7},
    }
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "/a/b[2]"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [r for r, *_ in found]
    assert run["properties"] == {
        "files": 3,
        "layers": {"structure": {"run": 2}, "rules": {"run": 1}, "schematron": {"skipped": 1}},
    }
    (invocation,) = run["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 2)
    (note,) = invocation["toolExecutionNotifications"]
    assert "schematron did not run on 1 files: no artefact" in note["message"]["text"]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("/abs/año.xml", "file:///abs/a%C3%B1o.xml"),
        ("a.zip!/b c.xml", "a.zip!/b%20c.xml"),
        ("odd:name.xml", "odd%3Aname.xml"),
        ("bad\udcff.xml", "bad%FF.xml"),
        ("-", "-"),
    ],
)
def test_sarif_names_files_by_uri(file: str, uri: str) -> None:
    (result,) = run_of(FileReport(file, Report((ODD,))))["results"]
    (place,) = result["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_rules_are_described_where_they_are_known() -> None:
    rules: RuleSet[None] = RuleSet("The norm")

    @rules.rule("R-1", message="wrong", terms=["BT-1"], severity=Severity.WARNING)
    def holds(document: None) -> Iterator[Breach]:
        """It holds."""
        yield Breach(Location("/a", 1))

    tool = Tool("judge", describe=rules.rules.get)
    result = FileReport("x", rules.validate(None))

    (described,) = run_of(result, tool=tool)["tool"]["driver"]["rules"]
    assert described["shortDescription"] == {"text": "It holds."}
    assert described["properties"] == {"source": "The norm", "terms": ["BT-1"]}
    assert described["defaultConfiguration"] == {"level": "warning"}
    assert 'test="It holds."' in written("svrl", result, tool=tool)


def test_junit_has_a_case_for_each_finding_and_each_skipped_layer() -> None:
    root = etree.fromstring(written("junit", *ALL).encode())

    cases = {
        (suite.get("name"), case.get("name"), case[0].tag if len(case) else "")
        for suite in root
        for case in suite.iterfind("testcase")
    }
    assert cases == {
        ("ok.xml", "no findings", ""),
        ("dir/wrong one.xml", "R-1", "failure"),
        ("dir/wrong one.xml", "R-2", "system-out"),
        ("dir/wrong one.xml", "R-3", "error"),
        ("dir/wrong one.xml", "layer schematron", "skipped"),
        ("cut.xml", "xml.syntax", "error"),
    }
    for suite in root:
        assert int(suite.get("tests", "")) == len(suite.findall("testcase"))
        for kind in ("failure", "error", "skipped"):
            stated = suite.get("skipped" if kind == "skipped" else f"{kind}s", "")
            assert int(stated) == len(suite.findall(f"testcase/{kind}"))


SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def test_svrl_of_one_file_is_what_schematron_tools_write() -> None:
    root = etree.fromstring(written("svrl", INVALID).encode())

    assert root.tag == f"{SVRL}schematron-output"
    failed = root.findall(f"{SVRL}failed-assert")
    assert [(f.get("id"), f.get("flag"), f.get("location")) for f in failed] == [
        ("R-1", "fatal", "/a/b[2]"),
        ("R-2", "warning", "/"),
        ("R-3", "fatal", "/a/c"),
    ]
    assert failed[0].findtext(f"{SVRL}property-reference") == "7"
    assert failed[0].findtext(f"{SVRL}text") == "the total is 5, not 4"
    assert failed[2].get("role") == "undecided"
    assert root.findtext(f"{SVRL}text") == "layer schematron skipped: no artefact was given"


def test_svrl_of_several_files_is_a_list() -> None:
    root = etree.fromstring(written("svrl", *ALL).encode())
    assert [child.tag for child in root] == [f"{SVRL}schematron-output"] * 3
    assert len(etree.fromstring(written("svrl").encode())) == 0


@pytest.mark.parametrize(
    ("results", "code"), [((VALID,), 0), ((VALID, INVALID), 1), (ALL, 2), ((), 0)]
)
def test_the_exit_code_is_that_of_the_worst(results: tuple[FileReport, ...], code: int) -> None:
    summary = write(results, io.StringIO(), "json", TOOL)
    assert (summary.exit_code, summary.files) == (code, len(results))


def test_an_unknown_format_is_an_error() -> None:
    with pytest.raises(ValueError, match="yaml"):
        write((), io.StringIO(), "yaml", TOOL)


texts = st.text(st.characters(codec=None), max_size=30)
findings = st.builds(
    Finding,
    rule=st.sampled_from(["R-1", "R-2"]),
    severity=st.sampled_from(Severity),
    message=texts,
    path=texts,
    line=st.none() | st.integers(1, 10**6),
    undecided=st.booleans(),
)
reports = st.builds(
    Report,
    findings=st.lists(findings, max_size=4).map(tuple),
    layers_run=st.lists(st.sampled_from(["structure", "rules"]), unique=True).map(tuple),
    layers_skipped=st.dictionaries(st.sampled_from(["schematron", "xsd"]), texts),
    truncated=st.booleans(),
)
problems = st.none() | st.builds(Problem, st.just("input"), texts, st.none() | st.integers(1, 99))
results = st.lists(st.builds(FileReport, texts, reports, problems), max_size=4)


@given(results)
def test_any_text_can_be_written_and_read_back(written_results: list[FileReport]) -> None:
    data = {form: written(form, *written_results) for form in ReportFormat}

    for text in data.values():
        text.encode("utf-8")
    assert len(json.loads(data[ReportFormat.JSON])) == len(written_results)
    expected = sum(len(result.findings) for result in written_results)
    assert len(json.loads(data[ReportFormat.SARIF])["runs"][0]["results"]) == expected
    assert len(etree.fromstring(data[ReportFormat.JUNIT].encode())) == len(written_results)
    svrl = etree.fromstring(data[ReportFormat.SVRL].encode())
    assert len(list(svrl.iter(f"{SVRL}failed-assert"))) == expected
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", data[ReportFormat.TEXT])


@pytest.mark.parametrize("form", list(ReportFormat))
def test_many_files_take_no_more_memory_than_few(form: ReportFormat) -> None:
    class Nowhere(io.StringIO):
        def write(self, text: str) -> int:
            return len(text)

    def peak(count: int) -> int:
        made = (FileReport(f"{n}.xml", INVALID.report) for n in range(count))
        tracemalloc.start()
        write(made, Nowhere(), form, TOOL)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(5_000) - peak(50) < 5_000 * 100
