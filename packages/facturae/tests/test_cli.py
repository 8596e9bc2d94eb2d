from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import Encoding

import facturae_es
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.timestamper import OpensslTimestamper
from einvoice_core.xml import binding
from facturae_es.cli import main
from facturae_es.model import Facturae

Change = Callable[[Facturae, str, object], Facturae]
PASSWORD = b"secreta"
GIVEN = {"FACTURAE_PASSWORD": "secreta"}


def run(*arguments: object, given: bytes | None = None, **environment: str) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=given, env=environment)


def entries(result: Result) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


@pytest.fixture
def right(tmp_path: Path, simple: Facturae) -> Path:
    file = tmp_path / "right.xml"
    file.write_bytes(facturae_es.write(simple, indent=True))
    return file


@pytest.fixture
def wrong(tmp_path: Path, simple: Facturae, change: Change) -> Path:
    file = tmp_path / "wrong.xml"
    document = change(simple, "invoices[0].totals.invoice_total", Decimal("1.00"))
    file.write_bytes(facturae_es.write(document, indent=True))
    return file


@pytest.fixture(scope="module")
def authority() -> ThrowawayAuthority:
    return ThrowawayAuthority(keys="ec")


@pytest.fixture
def credential(tmp_path: Path, authority: ThrowawayAuthority) -> Path:
    file = tmp_path / "mine.p12"
    made = authority.issue(nif="12345678Z", name="Inventada Pérez")
    file.write_bytes(made.to_pkcs12(PASSWORD))
    return file


@pytest.fixture
def signed(tmp_path: Path, right: Path, credential: Path) -> Path:
    file = tmp_path / "signed.xsig"
    result = run("sign", right, "-c", credential, "-o", file, **GIVEN)
    assert result.exit_code == 0, result.output
    return file


def test_a_right_document_ends_with_0(right: Path) -> None:
    result = run("validate", right)
    assert result.exit_code == 0
    assert result.stdout == f"{right}: valid (structure, rules)\n"


def test_findings_end_with_1_and_have_the_form_of_the_api(wrong: Path) -> None:
    result = run("validate", "--format", "json", wrong)
    assert result.exit_code == 1
    (entry,) = entries(result)
    assert entry["file"] == str(wrong)
    assert entry["valid"] is False
    assert entry["layers"] == {"run": ["structure", "rules"], "skipped": {}}
    first = entry["findings"][0]
    assert set(first) == {"rule", "severity", "message", "path", "line"}
    assert first["rule"] == "FACTURAE-009"
    assert first["path"].endswith("/InvoiceTotal")
    line = wrong.read_text(encoding="utf-8").splitlines()[first["line"] - 1]
    assert "<InvoiceTotal>" in line
    assert first["message"].startswith("total factura: ")


def test_what_cannot_be_read_ends_with_2_and_stops_nothing(right: Path, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"<!DOCTYPE a><a/>")
    (tmp_path / "b.xml").write_bytes(b"<a/>")
    result = run("validate", "--format", "json", tmp_path)
    assert result.exit_code == 2
    rules = [[finding["rule"] for finding in entry["findings"]] for entry in entries(result)]
    assert rules == [["xml.doctype"], ["facturae.not_facturae"], []]


def test_standard_input_is_read(right: Path) -> None:
    result = run("validate", "-", given=right.read_bytes())
    assert (result.exit_code, result.stdout) == (0, "-: valid (structure, rules)\n")


@pytest.mark.parametrize("form", ["sarif", "junit", "svrl"])
def test_other_formats_name_the_rule(form: str, wrong: Path) -> None:
    result = run("validate", "--format", form, wrong)
    assert result.exit_code == 1
    assert "FACTURAE-009" in result.stdout


@pytest.mark.parametrize(
    ("layer", "ran", "rules"),
    [
        ("structure", ["structure"], []),
        ("rules", ["structure", "rules"], ["FACTURAE-009", "FACTURAE-011", "FACTURAE-014"]),
        ("signature", ["signature"], ["FACTURAE-SIG-01"]),
        ("all", ["structure", "rules", "signature"],
         ["FACTURAE-009", "FACTURAE-011", "FACTURAE-014", "FACTURAE-SIG-01"]),
    ],
)  # fmt: skip
def test_layers_are_chosen(layer: str, ran: list[str], rules: list[str], wrong: Path) -> None:
    result = run("validate", "--layer", layer, "--format", "json", wrong)
    (entry,) = entries(result)
    assert entry["layers"]["run"] == ran
    assert [finding["rule"] for finding in entry["findings"]] == rules
    assert result.exit_code == int(bool(rules))


def test_a_signature_is_made_and_verified(
    signed: Path, tmp_path: Path, authority: ThrowawayAuthority
) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(authority.pem)
    trusted = run("verify", "--trust", roots, "--format", "json", signed)
    assert trusted.exit_code == 0, trusted.output
    assert "signature: chain" not in entries(trusted)[0]["layers"]["skipped"]
    alone = entries(run("verify", "--format", "json", signed))
    assert alone[0]["layers"]["skipped"]["signature: chain"]
    whole = run("validate", "--layer", "all", "--trust", roots, signed)
    assert whole.exit_code == 0, whole.output


def test_what_is_wrong_is_signed_only_when_that_is_asked_for(
    wrong: Path, credential: Path, tmp_path: Path
) -> None:
    out = tmp_path / "wrong.xsig"
    sign = ("sign", wrong, "-c", credential, "-o", out, "--format", "json")
    refused = run(*sign, **GIVEN)
    assert refused.exit_code == 1
    assert "FACTURAE-009" in {finding["rule"] for finding in entries(refused)[0]["findings"]}
    assert not out.exists()
    allowed = run(*sign, "--allow-findings", **GIVEN)
    assert allowed.exit_code == 0
    assert {finding["severity"] for finding in entries(allowed)[0]["findings"]} == {"warning"}
    assert run("verify", out).exit_code == 0


def test_what_is_no_facturae_is_not_signed(credential: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.xml"
    other.write_bytes(b"<Invoice/>")
    result = run("sign", other, "-c", credential, "--format", "json", "-o", tmp_path / "x", **GIVEN)
    assert result.exit_code == 2
    assert [f["rule"] for f in entries(result)[0]["findings"]] == ["facturae.not_facturae"]


def test_a_revoked_certificate_is_refused(
    right: Path, tmp_path: Path, authority: ThrowawayAuthority
) -> None:
    made = authority.issue(nif="12345678Z", name="Inventada Pérez")
    signed, roots = tmp_path / "signed.xsig", tmp_path / "roots.pem"
    signed.write_bytes(facturae_es.sign(right.read_bytes(), made))
    roots.write_bytes(authority.pem)
    lists = {
        "good.pem": authority.issue_crl().public_bytes(Encoding.PEM),
        "bad.crl": authority.issue_crl(made.certificate).public_bytes(Encoding.DER),
    }
    for name, data in lists.items():
        (tmp_path / name).write_bytes(data)
    verify = ("verify", "--trust", roots, "--format", "json", signed)
    unchecked = entries(run(*verify))[0]["layers"]["skipped"]
    assert unchecked["signature: revocation"] == "no revocation lists were given"
    good = run(*verify, "--crl", tmp_path / "good.pem")
    assert good.exit_code == 0, good.output
    bad = run(*verify, "--crl", tmp_path / "good.pem", "--crl", tmp_path / "bad.crl")
    assert bad.exit_code == 1
    assert [f["rule"] for f in entries(bad)[0]["findings"]] == ["FACTURAE-SIG-16"]
    layered = ("validate", "--layer", "all", "--trust", roots, "--crl", tmp_path / "bad.crl")
    assert run(*layered, signed).exit_code == 1


@pytest.mark.parametrize("option", ["--trust", "--timestamp-trust", "--crl", "--ocsp"])
def test_a_file_that_is_no_such_thing_is_named(option: str, signed: Path) -> None:
    result = run("verify", option, signed, signed)
    assert result.exit_code == 2
    assert option in result.output
    assert signed.name in result.output


def test_timestamps_have_roots_of_their_own(
    right: Path, tmp_path: Path, authority: ThrowawayAuthority
) -> None:
    others = ThrowawayAuthority(keys="ec")
    clock = OpensslTimestamper(tmp_path, others.issue_timestamper())
    made = authority.issue(nif="12345678Z", name="Inventada Pérez")
    signed, mine, theirs = (tmp_path / name for name in ("signed.xsig", "mine.pem", "theirs.pem"))
    signed.write_bytes(facturae_es.sign(right.read_bytes(), made, timestamps=clock))
    mine.write_bytes(authority.pem)
    theirs.write_bytes(others.pem)
    verify = ("verify", "--trust", mine, "--format", "json", signed)
    unproven = run(*verify)
    assert unproven.exit_code == 1
    assert [f["rule"] for f in entries(unproven)[0]["findings"]] == ["FACTURAE-SIG-13"]
    proven = run(*verify, "--timestamp-trust", theirs)
    assert proven.exit_code == 0, proven.output
    assert "signature: timestamp" not in entries(proven)[0]["layers"]["skipped"]


def test_a_changed_document_is_refused(signed: Path) -> None:
    signed.write_bytes(signed.read_bytes().replace(b"363.00", b"364.00"))
    result = run("verify", signed)
    assert result.exit_code == 1
    assert "FACTURAE-SIG-07" in result.stdout


def test_the_password_comes_from_file_variable_or_question(
    right: Path, credential: Path, tmp_path: Path
) -> None:
    password = tmp_path / "password"
    password.write_bytes(PASSWORD + b"\n")
    sign = ("sign", right, "-c", credential, "-o", tmp_path / "out.xsig")
    assert run(*sign, "--password-file", password).exit_code == 0
    asked = run(*sign, given=PASSWORD + b"\n")
    assert asked.exit_code == 0
    assert "secreta" not in asked.output
    refused = run(*sign, **dict.fromkeys(GIVEN, "otra"))
    assert refused.exit_code == 2
    assert "secreta" not in refused.output


def test_documents_go_to_standard_output_alone(right: Path) -> None:
    result = run("convert", "--to", "3.2", right)
    assert result.exit_code == 0
    assert facturae_es.read(result.stdout_bytes).file_header.schema_version == "3.2"
    assert "valid" in result.stderr


def test_losses_are_findings_until_they_are_allowed(tmp_path: Path, rich: Facturae) -> None:
    file, target = tmp_path / "rich.xml", tmp_path / "old.xml"
    file.write_bytes(facturae_es.write(rich))
    refused = run("convert", "--to", "3.2.1", "--format", "json", file, "-o", target)
    assert refused.exit_code == 1
    assert not target.exists()
    rules = {finding["rule"] for finding in entries(refused)[0]["findings"]}
    assert rules == {"FACTURAE-LOSS"}
    allowed = run("convert", "--to", "3.2.1", "--allow-losses", file, "-o", target)
    assert allowed.exit_code == 0
    assert facturae_es.read(target.read_bytes()).file_header.schema_version == "3.2.1"


def test_several_documents_need_a_folder(right: Path, wrong: Path, tmp_path: Path) -> None:
    assert run("convert", right, wrong).exit_code == 2
    folder = tmp_path / "new"
    assert run("convert", right, wrong, "--output-dir", folder).exit_code == 2
    folder.mkdir()
    assert run("convert", right, wrong, "--output-dir", folder).exit_code == 0
    assert sorted(file.name for file in folder.iterdir()) == ["right.xml", "wrong.xml"]
    twice = run("convert", right, right, "--output-dir", folder)
    assert twice.exit_code == 2
    assert "facturae.twice" in twice.stdout


def test_totals_are_shown_and_mended(right: Path, wrong: Path, tmp_path: Path) -> None:
    assert run("fix-totals", right).exit_code == 0
    shown = run("fix-totals", wrong)
    assert shown.exit_code == 1
    assert "total factura: 1.00 → 363.00" in shown.stdout
    mended = tmp_path / "mended.xml"
    assert run("fix-totals", wrong, "-o", mended).exit_code == 0
    assert run("validate", mended).exit_code == 0
    assert facturae_es.read(mended.read_bytes()) == facturae_es.read(right.read_bytes())


def test_rules_elements_and_files_are_explained(wrong: Path) -> None:
    result = run("explain", "FACTURAE-009", "FACTURAE-S01", "FACTURAE-SIG-07", "PaymentInKind")
    assert result.exit_code == 0
    assert "InvoiceTotal = TotalGrossAmountBeforeTaxes" in result.stdout
    assert "pago en especie" in result.stdout
    assert "since 3.2.2" in result.stdout
    of_file = run("explain", "--format", "json", wrong)
    assert entries(of_file)[0]["rule"] == "FACTURAE-009"
    assert entries(of_file)[0]["requirement"]
    assert run("explain", *binding.RULES, "XSD", "FACTURAE-LOSS").exit_code == 0
    unknown = run("explain", "FACTURAE-9")
    assert unknown.exit_code == 2
    assert "FACTURAE-059" in unknown.stderr


def test_documents_are_inspected(right: Path, signed: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.xml"
    bad.write_bytes(b"no")
    result = run("inspect", "--format", "json", right, signed, bad)
    assert result.exit_code == 2
    first, second, third = entries(result)
    assert (first["version"], first["signed"], second["signed"]) == ("3.2.2", False, True)
    assert first["invoices"][0]["total"] == "363.00"
    assert "02=L0128079" in first["buyer"]
    assert third["problem"] == "xml.syntax"
    assert "B12345674 Ejemplos Inventados, S.L." in run("inspect", right).stdout


def test_the_command_is_installed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "facturae_es", "--version"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.split(",")[0]) == (0, "facturae")
