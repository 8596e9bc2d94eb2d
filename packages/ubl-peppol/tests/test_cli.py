"""The command ``ubl-peppol``: every verb, every format, and its exit codes."""

import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

import ubl_peppol
from ubl_peppol.testing import full_invoice, small_invoice

GOOD = ubl_peppol.ubl.write(small_invoice())
WRONG = GOOD.replace(b"<cbc:IdentificationCode>ES", b"<cbc:IdentificationCode>es")


def run(*arguments: str, stdin: bytes = b"", code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ubl_peppol", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, "COVERAGE_PROCESS_START": ""},
    )
    assert done.returncode == code, done.stderr.decode()
    return done.stdout.decode() or done.stderr.decode()


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """Return a valid document."""
    path = tmp_path / "good.xml"
    path.write_bytes(GOOD)
    return path


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """Return a document with a mistake."""
    path = tmp_path / "wrong.xml"
    path.write_bytes(WRONG)
    return path


def test_validate_says_what_is_wrong_and_where(good: Path, wrong: Path) -> None:
    run("validate", str(good))
    shown = run("validate", str(good), str(wrong), "-q", code=1)
    assert "BR-CL-14" in shown
    assert "Country" in shown


def test_messages_are_in_spanish_when_asked(wrong: Path) -> None:
    english = run("validate", str(wrong), "-q", code=1)
    spanish = run("validate", str(wrong), "-q", "--language", "es", code=1)
    assert "replace it" in english
    assert "replace it" not in spanish


def test_json_has_the_agreed_form(good: Path, wrong: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.xml").write_bytes(b"<a")
    shown = run("validate", str(tmp_path), "--format", "json", "--jobs", "2", code=2)
    entries = {Path(entry["file"]).name: entry for entry in json.loads(shown)}
    assert [entry["valid"] for entry in json.loads(shown)] == [False, True, False]
    assert set(entries["wrong.xml"]) == {"file", "valid", "layers", "findings"}
    finding = next(f for f in entries["wrong.xml"]["findings"] if f["rule"] == "BR-CL-14")
    assert set(finding) == {"rule", "severity", "message", "path", "line"}
    assert "structure" in entries["good.xml"]["layers"]["run"]


@pytest.mark.parametrize("form", ["sarif", "junit", "svrl", "text"])
def test_every_format_is_well_formed(form: str, wrong: Path, tmp_path: Path) -> None:
    output = tmp_path / "report"
    run("validate", str(wrong), "--format", form, "-o", str(output), code=1)
    text = output.read_text(encoding="utf-8")
    assert "BR-CL-14" in text
    if form == "sarif":
        assert json.loads(text)["version"] == "2.1.0"
    elif form in ("junit", "svrl"):
        ElementTree.fromstring(text)  # noqa: S314 - our own report


def test_documents_come_from_everywhere(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        archive.writestr("a.xml", GOOD)
        archive.writestr("b.xml", WRONG)
    (folder / "c.xml").write_bytes(GOOD)
    shown = run("validate", str(folder / "*"), "-", "--format", "json", stdin=GOOD, code=1)
    names = [entry["file"].rpartition("/")[2] for entry in json.loads(shown)]
    assert names == ["a.xml", "b.xml", "c.xml", "-"]


def test_a_profile_is_chosen_or_found(good: Path) -> None:
    shown = json.loads(run("validate", str(good), "-p", "en16931", "--format", "json"))
    assert shown[0]["layers"]["run"] == ["structure", "en16931"]
    shown = json.loads(run("validate", str(good), "--format", "json"))
    assert shown[0]["layers"]["run"] == ["structure", "en16931", "peppol"]
    assert "nope" in run("validate", str(good), "--profile", "nope", code=2)


@pytest.mark.skipif(
    importlib.util.find_spec("saxonche") is None, reason="the extra schematron is not installed"
)
def test_a_second_opinion_stands_in_the_report(good: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "mine.sch"
    sheet.write_text(
        '<schema xmlns="http://purl.oclc.org/dsdl/schematron"><pattern><rule context="/*">'
        '<assert id="MINE" test="false()">No.</assert></rule></pattern></schema>'
    )
    shown = run("validate", str(good), "--schematron", str(sheet), "--format", "json", code=1)
    assert [finding["rule"] for finding in json.loads(shown)[0]["findings"]] == ["MINE"]
    missing = str(tmp_path / "nope.xslt")
    shown = run("validate", str(good), "--schematron", missing, "--format", "json")
    assert "schematron nope.xslt" in json.loads(shown)[0]["layers"]["skipped"]


def test_explain(good: Path) -> None:
    assert "Σ" in run("explain", "br-co-10")
    entries = json.loads(run("explain", "DK-R-002", "PEPPOL-T71-R001", "--json"))
    assert [entry["severity"] for entry in entries] == ["fatal", "fatal"]
    assert "BR-CO-10" in run("explain", "BR-CO10", code=2)


def test_diff(good: Path, wrong: Path) -> None:
    assert run("diff", str(good), str(good)) == ""
    shown = run("diff", str(good), str(wrong), code=1)
    assert "- seller.address.country: ES\n+ seller.address.country: es\n" in shown
    entries = json.loads(run("diff", str(good), str(wrong), "--json", code=1))
    assert entries[0] == {"path": "seller.address.country", "first": "ES", "second": "es"}


def test_fix_writes_the_document_the_patch_or_the_file(wrong: Path, good: Path) -> None:
    shown = run("fix", "--safe", str(wrong))
    assert ubl_peppol.ubl.read(shown.encode()) == ubl_peppol.ubl.read(GOOD)
    assert "replace" in run("fix", "--safe", "--patch", str(wrong))
    assert run("fix", str(wrong), code=2)
    told = run("fix", "--safe", "--in-place", str(wrong), str(good))
    assert "cbc:IdentificationCode/text() with 'ES'" in told
    assert ubl_peppol.validate(wrong.read_bytes(), "auto").ok
    assert good.read_bytes() == GOOD
    uncertain = GOOD.replace(b"<cbc:IdentificationCode>ES", b"<cbc:IdentificationCode>XX")
    assert run("fix", "--safe", "-", stdin=uncertain, code=1) == uncertain.decode()


def test_inspect(good: Path) -> None:
    facts = json.loads(run("inspect", str(good), "--json"))
    assert facts["kind"] == "Invoice"
    assert facts["profile"].startswith("peppol-bis-3")
    assert facts["release"] == "3.0.21, mandatory from 2026-08-17"
    assert "amount due" in run("inspect", "-", stdin=GOOD)
    assert run("inspect", "-", stdin=b"<a/>", code=2)


def test_convert_makes_facturae_and_takes_it_back(tmp_path: Path) -> None:
    target = tmp_path / "invoice.xml"
    shown = run("convert", "-", "--to", "facturae", "-o", str(target), stdin=GOOD, code=1)
    assert "Facturae has no" in shown
    assert b"<SchemaVersion>3.2.2</SchemaVersion>" in target.read_bytes()
    back = tmp_path / "back.xml"
    run("convert", str(target), "-o", str(back), code=1)
    assert ubl_peppol.ubl.read(back.read_bytes()).totals == ubl_peppol.ubl.read(GOOD).totals
    wrong = run("convert", "-", "--to", "facturae", "--series", "ZZZ", stdin=GOOD, code=2)
    assert "series" in wrong


def test_convert_takes_an_invoice_of_the_public_solution(tmp_path: Path) -> None:
    copy = tmp_path / "copy.xml"
    run("convert", "-", "--to", "spfe", "-o", str(copy), stdin=GOOD, code=1)
    for syntax in ("ubl", "cii", "facturae"):
        target = tmp_path / f"{syntax}.xml"
        run("convert", str(copy), "--to", syntax, "-o", str(target), code=1)
        assert target.stat().st_size > 1_000
    assert (
        ubl_peppol.ubl.read((tmp_path / "ubl.xml").read_bytes()).totals
        == ubl_peppol.ubl.read(GOOD).totals
    )


def test_convert_writes_ubl_anew(tmp_path: Path) -> None:
    full = ubl_peppol.ubl.write(full_invoice())
    assert run("convert", "-", stdin=full).encode() == full
    unknown = full.replace(b"</Invoice>", b'<x xmlns="urn:x">1</x></Invoice>')
    target = tmp_path / "new.xml"
    shown = run("convert", "-", "-o", str(target), stdin=unknown, code=1)
    assert "dropped" in shown
    assert ubl_peppol.ubl.read(target.read_bytes()) == ubl_peppol.ubl.read(full)
