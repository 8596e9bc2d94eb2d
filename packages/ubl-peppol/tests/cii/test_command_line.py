"""The command line takes CII as it takes UBL."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import ubl_peppol
from ubl_peppol import cii, ubl
from ubl_peppol.cli import main
from ubl_peppol.testing import full_invoice


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "invoice.xml"
    path.write_bytes(cii.write(full_invoice()))
    return path


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == code, result.output
    return result.output


def test_it_is_judged(document: Path) -> None:
    run("validate", str(document), "--profile", "en16931")
    broken = document.read_bytes().replace(b">EUR</ram:InvoiceC", b">eur</ram:InvoiceC")
    document.write_bytes(broken)
    assert "BR-CL-04" in run("validate", str(document), "--profile", "en16931", code=1)


def test_it_becomes_ubl_and_comes_back(document: Path, tmp_path: Path) -> None:
    as_ubl, back = tmp_path / "ubl.xml", tmp_path / "cii.xml"
    run("convert", str(document), "-o", str(as_ubl))
    assert ubl.read(as_ubl.read_bytes()) == full_invoice()
    run("convert", str(as_ubl), "-o", str(back), "--to", "cii")
    assert back.read_bytes() == document.read_bytes()
    run("diff", str(document), str(as_ubl))


def test_it_is_inspected(document: Path) -> None:
    shown = run("inspect", str(document))
    assert full_invoice().number in shown
    assert "attachments" in shown


def test_what_cannot_be_mended_is_left_as_it_was(document: Path) -> None:
    shown = run("fix", "--safe", str(document), "--profile", "en16931")
    assert cii.read(shown.encode()) == full_invoice()


def test_a_rule_of_cii_alone_is_explained() -> None:
    assert "CII-SR-001" in run("explain", "CII-SR-001")
    assert ubl_peppol.explain("cii-dt-010").silent


def test_either_syntax_is_read() -> None:
    invoice = full_invoice()
    assert ubl_peppol.read_any(ubl.write(invoice)) == invoice
    assert ubl_peppol.read_any(cii.write(invoice)) == invoice
    assert ubl_peppol.examine_any(cii.write(invoice)).losses == ()
