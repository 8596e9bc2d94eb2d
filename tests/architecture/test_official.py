import hashlib
import http.server
import io
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

import official

CONTENT = {
    "/owner/schemas/abc123/src/a%20schema.txt": b"first",
    "/owner/schemas/abc123/src/other.txt": b"second",
}


class Publisher(http.server.BaseHTTPRequestHandler):
    """A site that publishes two files, one address that is cut off and one that is broken."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path.endswith("/broken.txt"):
            self.send_error(503)
            return
        cut = self.path.endswith("/cut.txt")
        body = b"half" if cut else CONTENT.get(self.path)
        if body is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) * (2 if cut else 1)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Keep the output of the tests quiet."""


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def base(asked: list[str]) -> Iterator[str]:
    handler = type("Here", (Publisher,), {"asked": asked})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def entry(path: str, source: str, content: bytes) -> official.Entry:
    digest = hashlib.sha256(content).hexdigest()
    return official.Entry(path, digest, "owner/schemas", "abc123", source)


FIRST = entry("ubl/a schema.txt", "src/a schema.txt", b"first")
SECOND = entry("en16931/other.txt", "src/other.txt", b"second")


def test_the_folder_is_built(base: str, tmp_path: Path) -> None:
    assert list(official.build([FIRST, SECOND], tmp_path, base)) == []
    assert (tmp_path / "ubl/a schema.txt").read_bytes() == b"first"
    assert (tmp_path / "en16931/other.txt").read_bytes() == b"second"


def test_a_second_run_asks_only_for_what_is_missing(
    base: str, asked: list[str], tmp_path: Path
) -> None:
    list(official.build([FIRST], tmp_path, base))
    list(official.build([FIRST, SECOND], tmp_path, base))
    assert len(asked) == 2


def test_a_file_that_was_altered_here_is_fetched_again(base: str, tmp_path: Path) -> None:
    list(official.build([FIRST], tmp_path, base))
    (tmp_path / "ubl/a schema.txt").write_bytes(b"altered")
    assert official.absent([FIRST], tmp_path) == [FIRST]
    list(official.build([FIRST], tmp_path, base))
    assert official.absent([FIRST], tmp_path) == []


def test_another_content_is_refused_and_leaves_nothing(base: str, tmp_path: Path) -> None:
    changed = replace(SECOND, sha256="0" * 64)
    (problem,) = official.build([changed, FIRST], tmp_path, base)
    assert "en16931/other.txt has the SHA-256" in problem
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a schema.txt"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [("src/gone.txt", "answers 404"), ("src/broken.txt", "503"), ("src/cut.txt", "4 of 8 bytes")],
)
def test_what_the_publisher_does_not_give_is_named(
    base: str, tmp_path: Path, source: str, reason: str
) -> None:
    (problem,) = official.build([entry("x/y.txt", source, b"")], tmp_path, base)
    assert reason in problem


def test_a_file_over_the_limit_is_refused(
    base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(official, "MAX_BYTES", 4)
    (problem,) = official.build([FIRST], tmp_path, base)
    assert "larger than 4 bytes" in problem


def test_without_a_network_one_message_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--base", "http://127.0.0.1:9/", "--into", str(tmp_path), "--only", "ubl"]
    assert official.main(arguments) == 1
    assert "127.0.0.1 cannot be reached" in capsys.readouterr().err


def archive(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return packed.getvalue()


def test_a_member_of_a_published_archive_is_taken_out(tmp_path: Path) -> None:
    served = {"/owner/schemas/abc123/samples.zip": archive(one=b"inside")}
    inside = entry("verifactu/one.txt", "samples.zip!one", b"inside")

    assert list(official.build([inside], tmp_path, "", lambda address: served[f"/{address}"])) == []
    assert (tmp_path / "verifactu/one.txt").read_bytes() == b"inside"


@pytest.mark.parametrize(
    ("data", "member"), [(b"no archive", "one"), (archive(one=b""), "two")], ids=["bytes", "name"]
)
def test_an_archive_without_the_member_is_refused(data: bytes, member: str) -> None:
    with pytest.raises(official.OfficialError, match="cannot be taken out"):
        official.unpack(data, member)


def test_a_member_that_grows_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(official, "MAX_BYTES", 1_000)
    with pytest.raises(official.OfficialError, match="larger than 1000 bytes"):
        official.unpack(archive(bomb=b"0" * 1_000_000), "bomb")


@pytest.mark.parametrize("path", ["../outside.txt", "/etc/outside.txt", "a/../../outside.txt"])
def test_a_manifest_cannot_write_outside_the_folder(base: str, tmp_path: Path, path: str) -> None:
    with pytest.raises(official.OfficialError, match="outside the folder"):
        list(official.build([replace(FIRST, path=path)], tmp_path / "inner", base))


def test_schemas_that_belong_together_are_composed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        schema = f"""<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:{name}">
        <element name="{name}"/></schema>"""
        (tmp_path / "parts").mkdir(exist_ok=True)
        (tmp_path / "parts" / name).write_text(schema)
    composed = {"all/both": ("parts/one", "parts/two"), "all/more": ("parts/three",)}
    monkeypatch.setattr(official, "COMPOSED", composed)

    official.compose(tmp_path)

    loaded = etree.XMLSchema(etree.parse(tmp_path / "all/both"))
    assert loaded.validate(etree.XML('<two xmlns="urn:two"/>'))
    assert not loaded.validate(etree.XML('<three xmlns="urn:two"/>'))
    assert not (tmp_path / "all/more").exists()


def test_plain_http_is_for_this_machine_only() -> None:
    with pytest.raises(official.OfficialError, match="neither HTTPS nor on this machine"):
        official.download("http://files.example/x")


def test_the_manifest_names_each_file_once_by_hash_and_commit() -> None:
    entries = official.load(official.MANIFEST)
    assert len({each.path for each in entries}) == len(entries) > 1_000
    assert all(len(each.sha256) == 64 and len(each.commit) == 40 for each in entries)
    assert entries == official.sorted_(entries)
