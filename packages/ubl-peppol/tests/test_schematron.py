"""The second opinion: it runs, stops, fails and is skipped, and the report says which."""

import importlib.util
from pathlib import Path

import pytest

import ubl_peppol
from ubl_peppol.errors import SchematronError
from ubl_peppol.schematron import SecondOpinion, recognise
from ubl_peppol.schematron.compiling import stylesheet_of
from ubl_peppol.schematron.opinion import STOPPED
from ubl_peppol.testing import small_invoice

needs_saxon = pytest.mark.skipif(
    importlib.util.find_spec("saxonche") is None, reason="the extra schematron is not installed"
)
INVOICE = ubl_peppol.ubl.write(small_invoice())

SCHEMA = """<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">
<ns prefix="cbc" uri="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"/>
<ns prefix="u" uri="urn:example"/><ns prefix="xs" uri="http://www.w3.org/2001/XMLSchema"/>
<let name="wanted" value="'H'"/>
<function xmlns="http://www.w3.org/1999/XSL/Transform" name="u:begins">
<param name="text"/><sequence select="starts-with($text, $wanted)"/></function>
<pattern><rule context="cbc:ID[. = '1']"/>
<rule context="/*/cbc:ID">
<assert id="H-1" flag="warning" test="u:begins(.)">[H-1]-It is
<value-of select="."/> in <name/>.</assert>
<report id="H-2" test="true()">Always.</report></rule></pattern>
<pattern><let name="n" value="1"/><rule context="cbc:IssueDate"><let name="d" value="xs:date(.)"/>
<assert id="H-3" test="year-from-date($d) &gt; 1000">Old.</assert></rule></pattern>
</schema>"""


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    """Return a schema of our own."""
    path = tmp_path / "house.sch"
    path.write_text(SCHEMA, encoding="utf-8")
    return path


@needs_saxon
def test_findings_stand_at_their_elements(schema: Path) -> None:
    with SecondOpinion([schema]) as opinion:
        report = opinion.judge(INVOICE)
    found = {finding.rule: finding for finding in report.findings}
    assert set(found) == {"H-1", "H-2"}
    assert found["H-1"].severity == "warning"
    assert found["H-1"].message.startswith("It is ")
    assert found["H-1"].path == "/Invoice/cbc:ID"
    assert found["H-1"].line is not None
    assert found["H-2"].severity == "fatal"
    assert len(report.layers_run) == 1
    assert "no release we know" in report.layers_run[0]


@needs_saxon
def test_a_run_that_stops_is_undecided(schema: Path) -> None:
    with SecondOpinion([schema]) as opinion:
        report = opinion.judge(INVOICE.replace(b"<cbc:IssueDate>", b"<cbc:IssueDate>x"))
        again = opinion.judge(INVOICE)
    assert [finding.rule for finding in report.findings] == [STOPPED]
    assert report.undecided == report.findings
    assert not report.ok
    assert {finding.rule for finding in again.findings} == {"H-1", "H-2"}


@needs_saxon
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<a/>", "no ISO Schematron"),
        (b"not xml", "not"),
        (SCHEMA.replace("<pattern><rule", '<include href="x"/><pattern><rule').encode(), "include"),
        (SCHEMA.replace("starts-with($text", "starts-with(((").encode(), "compiled"),
    ],
)
def test_what_cannot_run_is_skipped_with_the_reason(
    tmp_path: Path, schema: Path, content: bytes, reason: str
) -> None:
    bad = tmp_path / "bad.sch"
    bad.write_bytes(content)
    with SecondOpinion([bad, schema]) as opinion:
        report = opinion.judge(INVOICE)
    assert reason in report.layers_skipped["schematron bad.sch"]
    assert {finding.rule for finding in report.findings} == {"H-1", "H-2"}


@needs_saxon
def test_a_run_that_takes_too_long_is_ended(tmp_path: Path, schema: Path) -> None:
    slow = tmp_path / "slow.sch"
    endless = SCHEMA.replace("starts-with($text, $wanted)", "u:begins(concat($text, ''))")
    slow.write_text(endless, encoding="utf-8")
    with SecondOpinion([slow], timeout_s=3) as opinion:
        report = opinion.judge(INVOICE)
        assert report.layers_run == ()
        assert "3 s" in report.layers_skipped["schematron slow.sch"]


@needs_saxon
def test_many_documents_keep_their_order(schema: Path) -> None:
    documents = [INVOICE if n % 2 else INVOICE.replace(b"<cbc:ID>", b"<cbc:ID>H") for n in range(9)]
    with SecondOpinion([schema], jobs=3) as opinion:
        reports = list(opinion.judge_many(documents))
    fired = [{finding.rule for finding in report.findings} for report in reports]
    assert fired == [{"H-2"} if n % 2 == 0 else {"H-1", "H-2"} for n in range(9)]


def test_a_file_that_is_not_there() -> None:
    with SecondOpinion(["/nowhere/x.xslt"]) as opinion:
        report = opinion.judge(INVOICE)
    assert "cannot be read" in report.layers_skipped["schematron x.xslt"]
    with pytest.raises(SchematronError):
        recognise("/nowhere/x.xslt")
    with pytest.raises(SchematronError):
        SecondOpinion([])


@pytest.mark.parametrize(
    "change",
    [
        ("<pattern><rule", '<pattern abstract="true" id="a"><rule'),
        ('queryBinding="xslt2"', 'queryBinding="xslt2" defaultPhase="p"'),
        ('context="/*/cbc:ID"', 'context=" "'),
    ],
)
def test_what_is_not_compiled_is_refused(change: tuple[str, str]) -> None:
    assert change[0] in SCHEMA
    with pytest.raises(SchematronError):
        stylesheet_of(SCHEMA.replace(*change).encode())
