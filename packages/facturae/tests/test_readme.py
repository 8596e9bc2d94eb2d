"""What the README shows runs as it stands: its Python, and every line of its commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding

import facturae_es
from einvoice_core.certificates import Credential
from einvoice_core.testing import judges
from einvoice_core.testing.authority import write_pkcs12
from einvoice_core.testing.timestamper import OpensslTimestamper
from facturae_es.cli import main, making
from facturae_es.codes import RoleType
from facturae_es.face.sandbox import RELATIONS, RunningSandbox, serve

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    re.split(r" {3,}", line)[0] for line in README.splitlines() if line.startswith("facturae ")
]
WITH_FINDINGS = {"facturae fix-totals wrong.xml"}
UNTIL_STOPPED = "facturae face sandbox "
"""It runs until somebody stops it: ``face/test_face_cli.py`` does."""


def test_the_quick_start_runs() -> None:
    program = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert program is not None
    exec(compile(program[1], "README.md", "exec"), {})  # noqa: S102 - our own page


def invoice() -> bytes:
    address = facturae_es.model.Address(
        street="Calle de la Prueba, 5",
        post_code="28013",
        town="Madrid",
        province="Madrid",
        country="ESP",
    )
    roles = (RoleType.FISCAL, RoleType.RECEIVER, RoleType.PAYER)
    centres = [
        facturae_es.centre(code, role, address)
        for code, role in zip(RELATIONS[0].codes, roles, strict=True)
    ]
    line = facturae_es.Line(
        description="Mesa",
        unit_price=Decimal("100.00"),
        taxes=(facturae_es.Tax(rate_percent=Decimal(21)),),
    )
    seller = facturae_es.company("B12345674", "Ejemplos Inventados, S.L.", address)
    buyer = facturae_es.company("P9900001J", "Ayuntamiento Inventado", address, centres=centres)
    made = facturae_es.invoice("17", date(2026, 3, 2), [line])
    return facturae_es.write(facturae_es.batch(seller, buyer, [made]))


@pytest.fixture(scope="module")
def double() -> Iterator[RunningSandbox]:
    with serve() as running:
        yield running


@pytest.fixture(scope="module")
def credential(double: RunningSandbox) -> Credential:
    return double.authority.issue("12345678Z", organization_nif="B12345674")


@pytest.fixture
def folder(
    tmp_path: Path,
    double: RunningSandbox,
    credential: Credential,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A folder with all that the lines name, as their reader would have it."""
    xml = invoice()
    authority = double.authority
    double.service.register.forget()
    files = {
        "invoice.xml": xml,
        "invoice.xsig": facturae_es.sign(xml, credential),
        "old.xml": facturae_es.write(facturae_es.read(xml), "3.2"),
        "wrong.xml": xml.replace(b"<InvoiceTotal>121.00<", b"<InvoiceTotal>112.00<"),
        "mine.p12": write_pkcs12(credential, "secreta"),
        "roots.pem": authority.pem,
        "tsa.pem": authority.pem,
        "authority.crl": authority.issue_crl().public_bytes(Encoding.DER),
        "received/one.xml": xml,
    }
    for name, data in files.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FACTURAE_PASSWORD", "secreta")
    return tmp_path


@pytest.mark.parametrize("line", [c for c in COMMANDS if not c.startswith(UNTIL_STOPPED)])
def test_a_line_of_the_commands_runs(
    line: str, folder: Path, double: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = shlex.split(line)[1:]
    if "--xsd" in words:
        (folder / "schemas").symlink_to(judges.official("facturae"))
    if "--timestamp" in words:
        place = folder / "tsa"
        place.mkdir()
        stamper = OpensslTimestamper(place, double.authority.issue_timestamper())
        monkeypatch.setattr(making, "_authority", lambda url: nullcontext(stamper))
    if words[0] == "face":
        here = ["--environment", double.url, "--trust", "roots.pem"]
        if words[1] == "status":
            sent = next(each for each in COMMANDS if each.startswith("facturae face submit"))
            assert CliRunner().invoke(main, [*shlex.split(sent)[1:], *here]).exit_code == 0
            words[2] = double.service.register.all()[0].code
        words += here
    result = CliRunner().invoke(main, words)
    assert result.exit_code == int(line in WITH_FINDINGS), result.output
    if "-o" in words:
        made = (folder / words[words.index("-o") + 1]).read_bytes()
        assert facturae_es.validate(made).ok


def test_the_commands_are_all_there() -> None:
    verbs = {line.split()[1] for line in COMMANDS}
    assert verbs == set(main.commands)
    assert any(line.startswith(UNTIL_STOPPED) for line in COMMANDS)
