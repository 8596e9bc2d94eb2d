"""The common half of every command, as a program and in memory."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from einvoice_core.cli import (
    Check,
    OutputError,
    checking,
    command_group,
    opened,
    tool,
    with_progress,
    write_file,
)
from einvoice_core.errors import BadParameterError
from einvoice_core.findings import Finding, Report, Severity
from einvoice_core.xml.errors import XmlSyntax

PROGRAM = Path(__file__).parent / "programs" / "judge.py"


def judge(data: bytes) -> Report:
    if data.startswith(b"<bad"):
        return Report((Finding("R-1", Severity.FATAL, "bad"),), ("rules",))
    if data.startswith(b"<defect"):
        raise ZeroDivisionError("a defect")
    if data.startswith(b"<memory"):
        raise MemoryError
    if not data.startswith(b"<"):
        raise XmlSyntax("no XML", line=1)
    return Report((), ("rules",))


@command_group("judge", package="einvoice-core")
def main() -> None:
    """Judge things."""


@main.command()
@checking
@click.option("--twice", is_flag=True)
def validate(check: Check, *, twice: bool) -> int:
    """Judge documents."""
    assert not twice
    return check.run(judge, tool("judge", "einvoice-core"))


@main.command()
def fail() -> None:
    raise BadParameterError("that is not how it works")


@main.command()
def interrupt() -> None:
    raise KeyboardInterrupt


@main.command()
def nothing() -> None:
    """Return nothing."""


def run(*args: object, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], input=stdin)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("a", "<ok/>"), ("b", "<bad/>"), ("c", "cut")):
        (tmp_path / f"{name}.xml").write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("names", "code"), [(["a"], 0), (["a", "b"], 1), (["a", "c"], 2), (["missing"], 2)]
)
def test_the_exit_code_says_how_it_went(folder: Path, names: list[str], code: int) -> None:
    result = run("validate", *(folder / f"{name}.xml" for name in names))
    assert result.exit_code == code
    assert all(name in result.stdout for name in names)


def test_reports_have_the_format_asked_for(folder: Path) -> None:
    result = run("validate", folder, "--format", "json")
    assert [entry["valid"] for entry in json.loads(result.stdout)] == [True, False, False]
    assert result.stderr == ""


def test_standard_input_is_a_document() -> None:
    result = run("validate", "-", stdin=b"<ok/>")
    assert (result.exit_code, result.stdout) == (0, "-: valid (rules)\n")


def test_a_report_can_go_to_a_file(folder: Path) -> None:
    out = folder / "report.json"
    result = run("validate", folder, "--format", "json", "-o", out)
    assert (result.stdout, result.exit_code) == ("", 2)
    assert len(json.loads(out.read_text())) == 3


def test_a_defect_does_not_take_the_other_documents_with_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name, text in (("1", "<defect/>"), ("2", "<memory/>"), ("3", "<ok/>")):
        (tmp_path / f"{name}.xml").write_text(text)

    result = run("validate", tmp_path, "--format", "json")

    entries = json.loads(result.stdout)
    rules = [[finding["rule"] for finding in entry["findings"]] for entry in entries]
    assert (rules, result.exit_code) == ([["internal"], ["input.memory"], []], 2)
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["validate"],
        ["validate", "x", "--format", "yaml"],
        ["validate", "x", "--jobs", "-1"],
        ["other"],
        ["fail"],
    ],
)
def test_wrong_use_is_told_apart(args: list[str]) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


def test_a_typed_error_shows_its_code() -> None:
    assert run("fail").stderr == "that is not how it works (einvoice.bad_parameter)\n"


def test_an_interrupted_command_ends_as_shells_expect() -> None:
    result = run("interrupt")
    assert (result.exit_code, result.output.strip()) == (130, "")


def test_a_verb_that_returns_nothing_went_well() -> None:
    assert run("nothing").exit_code == 0


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_is_that_of_the_package(option: str) -> None:
    result = run(option)
    assert (result.exit_code, result.stdout) == (0, "judge, version 0.1.0\n")


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_is_offered(option: str) -> None:
    result = run("validate", option)
    assert result.exit_code == 0
    assert "Judge documents." in result.stdout
    assert "[text|json|sarif|junit|svrl]" in result.stdout


def start(*args: object, **options: object) -> "subprocess.Popen[bytes]":
    command = [sys.executable, str(PROGRAM), *map(str, args)]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, **{**pipes, **options})  # type: ignore[call-overload,no-any-return]  # kept short


def documents(folder: Path, count: int, text: str = "<ok/>") -> Path:
    for number in range(count):
        (folder / f"{number:05}.xml").write_text(text)
    return folder


def test_several_processes_give_the_same_report(tmp_path: Path) -> None:
    documents(tmp_path, 50)
    (tmp_path / "00007.xml").write_text("<bad/>")
    outputs = []
    for jobs in (1, 2):
        out, err = start("validate", tmp_path, "--jobs", jobs).communicate(timeout=60)
        assert err == b""
        outputs.append(out)
    assert outputs[0] == outputs[1]
    assert b"50 files: 49 valid, 1 with findings, 0 unreadable" in outputs[0]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path, jobs: int) -> None:
    documents(tmp_path, 3000, "<bad/>")
    process = start("validate", tmp_path, "--jobs", jobs)
    assert process.stdout
    assert process.stderr
    process.stdout.read(100)
    process.stdout.close()

    assert process.wait(60) == 141
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_ends_it_without_a_trace(tmp_path: Path, jobs: int) -> None:
    documents(tmp_path, 200, "<slow/>")
    process = start("validate", tmp_path, "--jobs", jobs, start_new_session=True)
    time.sleep(1.5)
    os.killpg(process.pid, signal.SIGINT)

    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, b"")


def test_a_process_that_dies_is_a_line_of_the_report(tmp_path: Path) -> None:
    documents(tmp_path, 5)
    (tmp_path / "00002.xml").write_text("<die/>")

    out, _ = start("validate", tmp_path, "--jobs", 2, "--format", "json").communicate(timeout=60)

    entries = json.loads(out)
    assert [entry["valid"] for entry in entries] == [True, True, False, True, True]
    assert entries[2]["findings"][0]["rule"] == "internal.crash"


def test_a_name_that_is_no_text_is_shown(tmp_path: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.xml")
    Path(name).write_text("<ok/>")
    for form in ("text", "json", "sarif", "junit", "svrl"):
        out, err = start("validate", tmp_path, "--format", form).communicate(timeout=60)
        assert err == b""
        out.decode("utf-8")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_only() -> None:
    now = iter(range(100))
    terminal, pipe = Terminal(), io.StringIO()

    for stream in (terminal, pipe):
        shown = with_progress(range(3), stream=stream, clock=lambda: float(next(now)))
        assert list(shown) == [0, 1, 2]

    assert "2 files, 1 each second" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")
    assert pipe.getvalue() == ""


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out.xml"
    write_file(target, b"one")

    def spoil() -> None:
        with opened(target) as file:
            file.write("two")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        spoil()

    assert target.read_bytes() == b"one"
    assert [path.name for path in tmp_path.iterdir()] == ["out.xml"]
    with pytest.raises(OutputError, match="cannot be written"):
        write_file(tmp_path / "missing" / "out.xml", b"")


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_file(pipe, b"octets")
    assert os.read(reader, 100) == b"octets"
    os.close(reader)
    assert pipe.is_fifo()


def test_a_new_file_has_the_usual_rights(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_file(tmp_path / "out", b"")
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_the_version_needs_no_library() -> None:
    code = "import sys, einvoice_core.cli; print(*sys.modules)"
    command = [sys.executable, "-X", "utf8", "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert not {"pydantic", "lxml", "cryptography", "httpx2", "uvicorn"} & set(loaded)
