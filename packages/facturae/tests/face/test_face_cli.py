"""``facturae face`` against the sandbox, as users start it."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from einvoice_core.testing.authority import write_pkcs12
from facturae_es import sign
from facturae_es.cli import main
from facturae_es.face.sandbox import Fault, RunningSandbox, serve

Make = Callable[..., bytes]


@pytest.fixture(scope="module")
def plan() -> list[Fault]:
    return []


@pytest.fixture(scope="module")
def double(plan: list[Fault]) -> Iterator[RunningSandbox]:
    with serve(faults=lambda: plan.pop() if plan else None) as running:
        yield running


Run = Callable[..., Result]


@pytest.fixture
def run(double: RunningSandbox, tmp_path: Path) -> Run:
    double.service.register.forget()
    credential = double.authority.issue("12345678Z", organization_nif="B12345674")
    (tmp_path / "mine.p12").write_bytes(write_pkcs12(credential, "secret"))
    (tmp_path / "roots.pem").write_bytes(double.authority.pem)
    (tmp_path / "password").write_text("secret\n")

    def run(verb: str, *arguments: object) -> Result:
        options = ["-c", tmp_path / "mine.p12", "--password-file", tmp_path / "password"]
        where = ["--environment", double.url, "--trust", tmp_path / "roots.pem"]
        words = map(str, ["face", verb, *arguments, *options, *where])
        return CliRunner().invoke(main, list(words))

    return run


@pytest.fixture
def document(double: RunningSandbox, tmp_path: Path, unsigned_invoice: bytes) -> Path:
    credential = double.authority.issue("12345678Z", organization_nif="B12345674")
    path = tmp_path / "17.xsig"
    path.write_bytes(sign(unsigned_invoice, credential))
    return path


def told(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_an_invoice_is_sent_followed_and_cancelled(
    run: Run, document: Path, double: RunningSandbox
) -> None:
    (sent,) = told(run("submit", document, "--email", "a@b.es"))
    code = sent["registry_code"]
    (state,) = told(run("status", code))
    (asked,) = told(run("cancel", code, "--reason", "Otro órgano"))

    assert state["processing"] == {"code": "1200", "name": "Registrada", "comment": ""}
    assert (sent["amount"], asked["comment"]) == ("121.00", "Otro órgano")
    assert double.service.register.all()[0].cancellation.code == "4200"


def test_a_lost_answer_is_found_again(
    run: Run, document: Path, double: RunningSandbox, plan: list[Fault]
) -> None:
    plan.append(Fault.LOST_REPLY)
    lost = run("submit", document, "--email", "a@b.es")
    (found,) = told(run("submit", document, "--email", "a@b.es", "--again"))

    assert lost.exit_code == 2
    assert "http.cut_off" in lost.stderr
    assert found["registry_code"] == double.service.register.all()[0].code


def test_a_refusal_is_an_error_with_its_code(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.xml").write_text("<x/>")
    result = run("submit", tmp_path / "x.xml", "--email", "a@b.es")
    assert (result.exit_code, "face.refused" in result.stderr) == (2, True)


def test_states_and_units_are_listed(run: Run) -> None:
    (states,) = told(run("states"))
    assert isinstance(states["processing"], list)
    assert len(states["processing"]) == 6
    assert len(told(run("units"))) == 3


def test_an_environment_must_be_one(run: Run, tmp_path: Path) -> None:
    words = ["face", "states", "-c", str(tmp_path / "mine.p12"), "--environment", "elsewhere"]
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, "staging, production" in result.stderr) == (2, True)


def test_the_sandbox_runs_until_it_is_stopped(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "facturae_es", "face", "sandbox", "--folder", str(tmp_path)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout
    line = process.stdout.readline()
    url = re.search(r"https://[0-9.:]+", line)
    assert url, line
    options = ["-c", tmp_path / "credential.p12", "--trust", tmp_path / "authority.pem"]
    words = ["face", "states", *map(str, options), "--environment", url[0]]
    result = CliRunner().invoke(main, words, env={"FACTURAE_PASSWORD": "sandbox"})
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)

    assert result.exit_code == 0, result.output
    assert (process.returncode, out, err) == (0, "", "")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "facturae_es.face", None)
    result = CliRunner().invoke(main, ["face", "states", "-c", __file__])
    assert result.exit_code == 2
    assert "facturae-es[face]" in result.stderr
