"""Names become documents, whatever lies behind them."""

import io
import os
import pickle
import struct
import threading
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einvoice_core.inputs import (
    InputError,
    InputLimits,
    NotFoundError,
    Source,
    TooLargeError,
    UnreadableError,
    UnsafeArchiveError,
    expand,
)


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return out.getvalue()


def named(*names: object, **options: object) -> list[Source]:
    return list(expand([str(name) for name in names], **options))  # type: ignore[arg-type]  # kept short


def only_problem(*names: object, **options: object) -> InputError:
    (source,) = named(*names, **options)
    with pytest.raises(InputError) as caught:
        source.read()
    return caught.value


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.xml").write_bytes(b"<b2/>")
    (tmp_path / "a.xml").write_bytes(b"<a/>")
    (tmp_path / "c.XSIG").write_bytes(b"<c/>")
    (tmp_path / "notes.txt").write_bytes(b"no document")
    (tmp_path / "d.zip").write_bytes(archive(in__1_xml=b"<d1/>", readme=b"text"))
    return tmp_path


def test_a_folder_gives_what_lies_below_it_in_order(folder: Path) -> None:
    sources = named(folder)

    names = [source.name.removeprefix(f"{folder}/") for source in sources]
    assert names == ["a.xml", "c.XSIG", "d.zip!/in/1.xml", "b/2.xml"]
    assert [source.read() for source in sources] == [b"<a/>", b"<c/>", b"<d1/>", b"<b2/>"]


def test_a_file_that_is_named_is_read_whatever_it_is_called(folder: Path) -> None:
    assert [s.read() for s in named(folder / "notes.txt")] == [b"no document"]


def test_a_pattern_finds_files(folder: Path) -> None:
    found = named(folder / "**/*.xml")
    assert [source.read() for source in found] == [b"<a/>", b"<b2/>"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "[1].xml").write_bytes(b"<x/>")
    assert [source.read() for source in named(tmp_path / "[1].xml")] == [b"<x/>"]


@pytest.mark.parametrize("name", ["missing.xml", "missing*.xml", "b/x\0y", "empty"])
def test_nothing_there_is_a_problem_of_its_own(folder: Path, name: str) -> None:
    (folder / "empty").mkdir()
    assert isinstance(only_problem(folder / name), NotFoundError)


def test_one_bad_name_does_not_stop_the_others(folder: Path) -> None:
    first, second = named(folder / "missing.xml", folder / "a.xml")
    assert first.problem
    assert second.read() == b"<a/>"


def test_standard_input_may_be_a_document_or_an_archive() -> None:
    (plain,) = named("-", stdin=io.BytesIO(b"<a/>"))
    (packed,) = named("-", stdin=io.BytesIO(archive(x_xml=b"<x/>")))

    assert (plain.name, plain.read()) == ("-", b"<a/>")
    assert (packed.name, packed.read()) == ("-!/x.xml", b"<x/>")
    assert isinstance(only_problem("-"), UnreadableError)


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    thread = threading.Thread(target=pipe.write_bytes, args=(b"<p/>",))
    thread.start()

    assert [source.read() for source in named(pipe)] == [b"<p/>"]
    thread.join()


def test_a_source_travels_to_another_process(folder: Path) -> None:
    sources = [*named(folder), *named("-", stdin=io.BytesIO(b"<i/>"))]
    for source in sources:
        assert pickle.loads(pickle.dumps(source)).read() == source.read()  # noqa: S301 - our own


def test_a_document_beyond_the_limit_is_not_read(folder: Path) -> None:
    limits = InputLimits(document=4)
    assert [s.read() for s in named(folder / "a.xml", limits=limits)] == [b"<a/>"]
    assert isinstance(only_problem(folder / "b/2.xml", limits=limits), TooLargeError)
    assert isinstance(only_problem("-", stdin=io.BytesIO(b"x" * 5), limits=limits), TooLargeError)
    assert isinstance(only_problem(folder / "d.zip", limits=limits), TooLargeError)


def test_a_file_that_vanishes_is_said_so(folder: Path) -> None:
    plain, packed = named(folder / "a.xml", folder / "d.zip")
    (folder / "a.xml").unlink()
    (folder / "d.zip").write_bytes(archive(other_xml=b""))

    for source in (plain, packed):
        with pytest.raises(NotFoundError):
            source.read()


def test_a_file_without_rights_is_said_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    error = only_problem(folder / "a.xml")
    assert isinstance(error, UnreadableError)
    assert "Permission denied" in error.message


def with_members(path: Path, *entries: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries:
            file.writestr(name, data)
    return path


@pytest.mark.parametrize("name", ["../up.xml", "/etc/root.xml", "a/../../b.xml", "C:/x.xml"])
def test_a_member_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    bad = with_members(tmp_path / "bad.zip", (name, b"<a/>"), ("good.xml", b"<g/>"))

    first, second = named(bad)

    assert isinstance(first.problem, UnsafeArchiveError)
    assert second.read() == b"<g/>"


def test_what_is_made_of_a_document_stays_where_it_belongs(tmp_path: Path) -> None:
    odd = with_members(tmp_path / "a.zip", ("..\\..\\x.xml", b""), ("b/c.d.xml", b""))
    assert [source.stem for source in named(odd)] == ["x", "c.d"]


def test_a_bomb_is_found_before_it_goes_off(tmp_path: Path) -> None:
    bomb = with_members(tmp_path / "bomb.zip", ("zeros.xml", bytes(20_000_000)))
    assert isinstance(only_problem(bomb), UnsafeArchiveError)


def test_an_archive_that_lies_about_sizes_is_read_to_its_word_only(tmp_path: Path) -> None:
    path = with_members(tmp_path / "liar.zip", ("x.xml", b"<x>" + b"y" * 5000 + b"</x>"))
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", 10)
    path.write_bytes(data)

    assert isinstance(only_problem(path), UnreadableError)


def test_an_archive_with_too_much_in_it_is_refused(tmp_path: Path) -> None:
    many = with_members(tmp_path / "many.zip", *((f"{n}.xml", b"<a/>") for n in range(5)))

    assert isinstance(only_problem(many, limits=InputLimits(members=4)), TooLargeError)
    assert isinstance(only_problem(many, limits=InputLimits(archive=19)), UnsafeArchiveError)
    assert len(named(many, limits=InputLimits(members=5, archive=20))) == 5


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    twice = with_members(tmp_path / "twice.zip", ("a.xml", b"<1/>"), ("a.xml", b"<2/>"))
    assert [bool(source.problem) for source in named(twice)] == [False, True]


def test_an_encrypted_member_is_said_so(tmp_path: Path) -> None:
    path = with_members(tmp_path / "secret.zip", ("a.xml", b"<a/>"))
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(data)

    error = only_problem(path)
    assert isinstance(error, UnreadableError)
    assert "encrypted" in error.message


def test_an_archive_in_an_archive_is_no_document(tmp_path: Path) -> None:
    inner = archive(a_xml=b"<a/>")
    outer = with_members(tmp_path / "outer.zip", ("inner.zip", inner))
    assert isinstance(only_problem(outer), NotFoundError)


@given(data=st.data())
def test_a_damaged_archive_is_a_problem_or_reads_something(data: st.DataObject) -> None:
    whole = bytearray(archive(a_xml=b"<a>text</a>" * 30, b_xml=b"<b/>"))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(4, len(whole)))

    for source in named("-", stdin=io.BytesIO(bytes(whole[:cut]))):
        with suppress(InputError):
            source.read()
