"""``facturae sign --timestamp``: a real authority (``openssl ts``) behind HTTP on this machine."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

import facturae_es
from einvoice_core.certificates import HolderKind
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.timestamper import OpensslTimestamper
from facturae_es.cli import main
from facturae_es.model import Facturae

PASSWORD = b"secreta"
Answer = Callable[[bytes], tuple[int, bytes]]


@contextmanager
def served(answer: Answer) -> Iterator[str]:
    """Serve what answers requests for timestamps; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["content-type"] == "application/timestamp-query"
            status, reply = answer(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(status)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/tsa"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def authority() -> ThrowawayAuthority:
    return ThrowawayAuthority(keys="ec")


@pytest.fixture(scope="module")
def stampers() -> ThrowawayAuthority:
    return ThrowawayAuthority("SELLOS DE MENTIRA", keys="ec")


@pytest.fixture
def tsa(tmp_path: Path, stampers: ThrowawayAuthority) -> OpensslTimestamper:
    folder = tmp_path / "tsa"
    folder.mkdir()
    return OpensslTimestamper(folder, stampers.issue_timestamper())


@pytest.fixture
def credential(tmp_path: Path, authority: ThrowawayAuthority) -> Path:
    file = tmp_path / "mine.p12"
    file.write_bytes(authority.issue("12345678Z", "Inventada Pérez").to_pkcs12(PASSWORD))
    return file


@pytest.fixture
def invoices(tmp_path: Path, simple: Facturae) -> Path:
    folder = tmp_path / "drafts"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.xml").write_bytes(facturae_es.write(simple))
    return folder


def sign(credential: Path, *arguments: object) -> Result:
    line = ["sign", "-c", credential, *arguments]
    environment = {"FACTURAE_PASSWORD": PASSWORD.decode()}
    return CliRunner().invoke(main, list(map(str, line)), env=environment)


def codes(result: Result) -> list[str]:
    entries: list[dict[str, Any]] = json.loads(result.stdout)
    return [finding["rule"] for entry in entries for finding in entry["findings"]]


def test_signatures_carry_a_timestamp_that_holds(
    invoices: Path,
    credential: Path,
    tsa: OpensslTimestamper,
    authority: ThrowawayAuthority,
    stampers: ThrowawayAuthority,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with served(lambda query: (200, tsa.answer(query))) as url:
        result = sign(credential, invoices, "--timestamp", url, "--output-dir", out)
    assert result.exit_code == 0, result.output

    mine, theirs = tmp_path / "mine.pem", tmp_path / "theirs.pem"
    mine.write_bytes(authority.pem)
    theirs.write_bytes(stampers.pem)
    signed = sorted(out.iterdir())
    assert [file.name for file in signed] == ["one.xsig", "two.xsig"]
    line = ["verify", "--trust", mine, "--timestamp-trust", theirs, "--format", "json", *signed]
    verified = CliRunner().invoke(main, list(map(str, line)))
    assert verified.exit_code == 0, verified.output
    for entry in json.loads(verified.stdout):
        assert set(entry["layers"]["skipped"]) == {"signature: revocation"}
    assert len({b"".join(f.read_bytes().split(b"TimeStamp>")[1:]) for f in signed}) == 2


REFUSALS: dict[str, tuple[Answer, str]] = {
    "an error of HTTP": (lambda query: (503, b""), "timestamp.not_granted"),
    "a page": (lambda query: (200, b"<html>"), "timestamp.unreadable"),
    "nothing": (lambda query: (200, b""), "timestamp.unreadable"),
    # PKIStatusInfo: rejection (2).
    "a refusal": (lambda query: (200, bytes.fromhex("30053003020102")), "timestamp.not_granted"),
    "too much": (lambda query: (200, bytes(1_100_000)), "http.too_large"),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_without_a_timestamp_nothing_is_written(
    kind: str, invoices: Path, credential: Path, tmp_path: Path
) -> None:
    answer, code = REFUSALS[kind]
    out = tmp_path / "out.xsig"
    with served(answer) as url:
        ends = ("--timestamp", url, "--format", "json", "-o", out)
        result = sign(credential, invoices / "one.xml", *ends)
    assert result.exit_code == 2
    assert codes(result) == [code]
    assert not out.exists()


def test_an_answer_to_another_request_is_refused(
    invoices: Path, credential: Path, tsa: OpensslTimestamper, tmp_path: Path
) -> None:
    from einvoice_core.signing.timestamp import request

    other = tsa.answer(request(b"something else", nonce=7))
    out = tmp_path / "out.xsig"
    with served(lambda query: (200, other)) as url:
        ends = ("--timestamp", url, "--format", "json", "-o", out)
        result = sign(credential, invoices / "one.xml", *ends)
    assert (result.exit_code, codes(result)) == (2, ["timestamp.unreadable"])
    assert not out.exists()


def test_an_authority_that_is_down(invoices: Path, credential: Path, tmp_path: Path) -> None:
    with served(lambda query: (200, b"")) as url:
        pass
    ends = ("--timestamp", url, "--format", "json", "-o", tmp_path / "out.xsig")
    result = sign(credential, invoices / "one.xml", *ends)
    assert (result.exit_code, codes(result)) == (2, ["http.unreachable"])


@pytest.mark.parametrize("url", ["", "tsa", "ftp://tsa/", "http://", "http://[", "http://a\n"])
def test_an_address_that_is_none(url: str, invoices: Path, credential: Path) -> None:
    result = sign(credential, invoices / "one.xml", "--timestamp", url)
    assert result.exit_code == 2
    assert "--timestamp" in result.stderr
    assert "http://" in result.stderr


def test_without_the_extra_it_says_what_to_install(
    invoices: Path, credential: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "einvoice_core.http", raising=False)
    monkeypatch.delattr("einvoice_core.http", raising=False)
    monkeypatch.setitem(sys.modules, "httpx2", None)
    result = sign(credential, invoices / "one.xml", "--timestamp", "http://127.0.0.1:1/")
    assert result.exit_code == 2
    assert "facturae-es[face]" in result.stderr


def test_a_signer_without_nif_is_named(
    invoices: Path, authority: ThrowawayAuthority, tmp_path: Path
) -> None:
    device = tmp_path / "device.p12"
    made = authority.issue(name="servidor", kind=HolderKind.DEVICE)
    device.write_bytes(made.to_pkcs12(PASSWORD))
    assert [f.rule for f in facturae_es.check_signer(made).findings] == ["FACTURAE-SIG-17"]

    out = tmp_path / "out.xsig"
    result = sign(device, invoices / "one.xml", "--format", "json", "-o", out)
    assert (result.exit_code, codes(result)) == (0, ["FACTURAE-SIG-17"])
    assert out.exists()
    verified = CliRunner().invoke(main, ["verify", "--format", "json", str(out)])
    assert (verified.exit_code, codes(verified)) == (0, ["FACTURAE-SIG-17"])


def test_a_signer_with_nif_has_no_finding(authority: ThrowawayAuthority) -> None:
    assert facturae_es.check_signer(authority.issue("12345678Z")).findings == ()
