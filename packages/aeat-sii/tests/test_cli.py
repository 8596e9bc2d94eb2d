"""The command line, from the drafts of records to what the agency holds."""

import json
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aeat_sii import sandbox
from aeat_sii.cli import main
from aeat_sii.clock import now
from aeat_sii.testing import breaches, examples
from aeat_sii.testing.examples import ISSUER
from aeat_sii.verifactu import RegistrationRecord, build, link, prepare
from einvoice_core.http import client as http_client
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.judges import official
from einvoice_core.xml.binding import write

SAMPLE = "verifactu/samples/aeat-firma-registro-alta-xades-epes.xml"


class Done:
    """What a command did."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Any:
    def command(*arguments: object) -> Done:
        with pytest.raises(SystemExit) as ended:
            main([str(each) for each in arguments], "aeat-sii")
        captured = capfd.readouterr()
        return Done(int(ended.value.code or 0), captured.out, captured.err)

    return command


def draft(folder: Path, number: str, **changes: Any) -> Path:
    made = examples.registration(number, recorded_at=now(), **changes)
    invoice = made.invoice.model_copy(update={"issued_on": now().date()})
    path = folder / f"{number}.json"
    path.write_text(
        made.model_copy(update={"invoice": invoice}).model_dump_json(exclude_none=True), "utf-8"
    )
    return path


def written(folder: Path, name: str, record: RegistrationRecord) -> Path:
    path = folder / name
    path.write_bytes(write(record))
    return path


def test_from_drafts_to_what_the_agency_holds(run: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("AEAT_CERTIFICATE_PASSWORD", "secret")
    store = ("--store", tmp_path / "chain.db", "--tenant", "ana")
    files = [draft(tmp_path, "1"), draft(tmp_path, "2"), draft(tmp_path, "3", total="500.00")]

    made = run("verifactu", "build", *files, *store, "-o", tmp_path / "xml")
    assert made.code == 0, made.err
    assert "2005" in made.err
    records = sorted((tmp_path / "xml").glob("*.xml"))
    assert run("verifactu", "hash", *records).code == 0
    assert run("verifactu", "validate", *records, "--quiet", "--jobs", 1).code == 0
    assert run("verifactu", "audit", *records).code == 0
    assert "3 records, 0 breaks" in run("verifactu", "audit", *store).out

    with sandbox.serve(wait_s=0) as agency:
        certificate, trust = tmp_path / "ana.p12", tmp_path / "root.pem"
        certificate.write_bytes(agency.authority.issue(ISSUER, "ANA").to_pkcs12(b"secret"))
        trust.write_bytes(agency.authority.pem)
        connection = (
            *("--certificate", certificate, "--trust", trust),
            *("--environment", agency.url),
        )
        sent = run("verifactu", "send", *store, *connection)
        today = now()
        found = run(
            *("verifactu", "query", "--nif", ISSUER, "--name", "ANA"),
            *("--year", today.year, "--month", today.month, *connection),
        )

    assert sent.code == 0, sent.out + sent.err
    assert "answered 3" in sent.out
    assert "3: accepted_with_errors 2005" in sent.out
    rows = json.loads(found.out)
    assert [row["state"] for row in rows] == ["Correcto", "Correcto", "AceptadoConErrores"]


def test_hash_lists_what_files_state_and_what_their_texts_give(run: Any, tmp_path: Path) -> None:
    record = link(examples.registration(), None)
    wrong = record.model_copy(update={"fingerprint": "A" * 64})
    good, bad = written(tmp_path, "good.xml", record), written(tmp_path, "bad.xml", wrong)

    agreed = run("verifactu", "hash", official(SAMPLE), good, "--format", "json")
    differs = run("verifactu", "hash", bad, "--format", "json")

    rows = json.loads(agreed.out)
    assert agreed.code == 0
    assert [row["stated"] == row["computed"] for row in rows] == [True, True]
    assert json.loads(differs.out) == [
        {
            "file": str(bad),
            "kind": "alta",
            "stated": "A" * 64,
            "computed": record.fingerprint,
        }
    ]
    assert differs.code == 1


@pytest.mark.parametrize("content", [b"", b"<a/>", b"not xml", b"<!DOCTYPE a><a/>"])
def test_a_file_without_records_cannot_be_used(run: Any, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.xml"
    path.write_bytes(content)

    assert run("verifactu", "hash", path).code == 2
    assert run("verifactu", "validate", path, "--quiet", "--jobs", 1).code == 2


def test_validate_reports_findings_of_every_record(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "submission.xml"
    broken = [breaches.registration("1142"), breaches.registration("1124")]
    path.write_bytes(build(prepare(broken)))

    done = run("verifactu", "validate", path, "--format", "json", "--quiet", "--jobs", 1)

    assert done.code == 1
    assert {"1142", "1124"} <= set(done.out.replace('"', " ").split())


def test_a_draft_that_breaks_a_rule_is_not_taken(run: Any, tmp_path: Path) -> None:
    store = ("--store", tmp_path / "chain.db", "--tenant", "ana")
    path = draft(tmp_path, "1", total_tax="1.00", kind="F2")

    done = run("verifactu", "build", path, *store, "-o", tmp_path / "xml")

    assert done.code == 1
    assert "1190" in done.err
    assert "0 records" in run("verifactu", "audit", *store).out


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"breakdown": 1}', '{"total": NaN}'])
def test_a_file_that_is_no_draft_is_refused(run: Any, tmp_path: Path, text: str) -> None:
    path = tmp_path / "draft.json"
    path.write_text(text)
    store = ("--store", tmp_path / "chain.db", "--tenant", "ana")

    done = run("verifactu", "build", path, *store, "-o", tmp_path / "xml")

    assert done.code == 2
    assert "aeat.draft" in done.err


def test_a_qr_is_drawn_and_its_address_read_back(run: Any, tmp_path: Path) -> None:
    path = written(tmp_path, "record.xml", link(examples.registration("A&1"), None))

    address = run("verifactu", "qr", path).out.strip()
    read_back = run("verifactu", "qr", address)
    drawn = [
        run("verifactu", "qr", path, "-o", tmp_path / name).code for name in ("a.svg", "a.png")
    ]

    assert "numserie: A&1" in read_back.out
    assert drawn == [0, 0]
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert run("verifactu", "qr", path, "-o", tmp_path / "a.gif").code == 2
    assert run("verifactu", "qr", "https://example.com/?nif=1").code == 2


def test_audit_finds_a_break_and_proposes_a_repair(run: Any, tmp_path: Path) -> None:
    first = link(examples.registration("1"), None)
    second = link(examples.registration("2"), first)
    third = link(examples.registration("3"), second)
    files = [written(tmp_path, f"{n}.xml", record) for n, record in enumerate((first, third))]

    done = run("verifactu", "audit", *files)

    assert done.code == 1
    assert "record 2: previous" in done.out
    assert "- continue:" in done.out
    assert run("verifactu", "audit").code == 2


def test_a_certificate_tells_whose_it_is_and_warns_before_it_ends(
    run: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("PASSWORD", "secret")
    issued = ThrowawayAuthority(keys="ec").issue(ISSUER, "ANA PRUEBAS DEMO")
    path = tmp_path / "ana.p12"
    path.write_bytes(issued.to_pkcs12(b"secret"))
    left = (issued.certificate.not_valid_after_utc - now()) // timedelta(days=1)

    calm = run("cert", path, "--password-env", "PASSWORD", "--warn-days", 0, "--format", "json")
    worried = run("cert", path, "--password-env", "PASSWORD", "--warn-days", left + 2)
    closed = run("cert", path, "--password-env", "NOWHERE")

    assert (calm.code, worried.code, closed.code) == (0, 1, 2)
    assert json.loads(calm.out)["nif"] == ISSUER
    assert "secret" not in calm.out + worried.out + closed.err


def test_the_census_says_whether_a_nif_belongs_to_a_name(
    run: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("AEAT_CERTIFICATE_PASSWORD", "x")
    with sandbox.serve() as agency:
        certificate, trust = tmp_path / "c.p12", tmp_path / "root.pem"
        certificate.write_bytes(agency.authority.issue(ISSUER, "ANA DEMO").to_pkcs12(b"x"))
        trust.write_bytes(agency.authority.pem)
        options = ("--certificate", certificate, "--environment", agency.url, "--trust", trust)
        found = run("census", ISSUER, "ANA DEMO", *options)
        unknown = run("census", "12345678A", "ANA DEMO", "--format", "json", *options)

    assert (found.code, found.out) == (0, f"{ISSUER} ANA DEMO: identified (IDENTIFICADO)\n")
    assert unknown.code == 1
    assert json.loads(unknown.out)["outcome"] == "not_identified"
    assert run("census", ISSUER, "X", "--certificate", certificate).code == 2


def test_the_sandbox_runs_until_it_is_interrupted(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from aeat_sii.cli import main; main()", "sandbox"]
    options = ["--port", "0", "--certificates", str(tmp_path), "--holder", ISSUER]
    process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    url = process.stdout.readline().strip()
    try:
        from einvoice_core.certificates import load_pkcs12

        credential = load_pkcs12((tmp_path / f"{ISSUER}.p12").read_bytes(), "sandbox")
        trust = (tmp_path / "root.pem").read_bytes()
        page = next(iter(sandbox.QR_PATHS))
        query = f"nif={ISSUER}&numserie=1&fecha=01-07-2026&importe=1&formato=json"
        with http_client(credential=credential, trust=trust, timeout=20) as http:
            answer = http.get(f"{url}{page}?{query}").json()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
        process.stdout.close()

    assert answer["respuesta"]["resultado"] == "01"
    assert process.returncode == 0


def test_a_fault_that_does_not_exist_is_refused(run: Any) -> None:
    assert run("sandbox", "--fault", "fire=10").code == 2


DECLARATION = """
name = "Facturador de prueba"
code = "77"
version = "1.0.3"
components = ["Programa de facturación para ordenador"]
only_verifactu = false
serves_several = true
signature_kinds = "XAdES-EPES, RSA con SHA-256"
producer_name = "PROGRAMAS DE PRUEBA SL"
producer_nif = "B12345674"
producer_address = "Calle de la Prueba, 1, 28001 Madrid"
declared_on = 2026-07-01
declared_at = "Madrid"
contacts = ["pruebas@example.test <ñ>"]
"""


def test_a_declaration_has_every_content_of_the_order(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "declaration.toml"
    path.write_text(DECLARATION, "utf-8")

    text = run("verifactu", "declaration", path)
    page = run("verifactu", "declaration", path, "-o", tmp_path / "page.html")

    assert (text.code, page.code) == (0, 0)
    for letter in "abcdefghijkl":
        assert f"\n{letter}) " in text.out
    assert "01/07/2026, Madrid" in text.out
    assert "&lt;ñ&gt;" in (tmp_path / "page.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('version = "1.0.3"', "", "version"),
        ('"B12345674"', '"B12345675"', "is not a NIF"),
        ('signature_kinds = "XAdES-EPES, RSA con SHA-256"', "", "signature_kinds"),
        ('code = "77"', 'code = "ñ1"', "code"),
        ("name = ", "name ", "cannot be read"),
    ],
)
def test_an_incomplete_declaration_is_refused(
    run: Any, tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = tmp_path / "declaration.toml"
    path.write_text(DECLARATION.replace(old, new, 1), "utf-8")

    done = run("verifactu", "declaration", path)

    assert done.code == 2
    assert said in done.err
