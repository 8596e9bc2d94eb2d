from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from as4_peppol.errors import EbmsError
from as4_peppol.mime import MAX_PARTS, Data, End, Part, Reader, content_type, part_header

BOUNDARY = "=_mark"


def written(parts: list[bytes], boundary: str = BOUNDARY) -> bytes:
    body = b""
    for number, octets in enumerate(parts):
        fields = (("Content-Type", "application/octet-stream"), ("Content-ID", f"<{number}>"))
        body += part_header(boundary, fields, first=number == 0) + octets
    return body + f"\r\n--{boundary}--\r\n".encode()


def taken(chunks: list[bytes], boundary: str = BOUNDARY) -> list[bytes]:
    reader, parts, current = Reader(boundary), [], bytearray()
    for chunk in chunks:
        for event in reader.feed(chunk):
            match event:
                case Part():
                    current = bytearray()
                case Data(octets):
                    current += octets
                case End():
                    parts.append(bytes(current))
    reader.close()
    return parts


octets = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from([b"\r", b"\n", b"--", b"=_mar", b"\r\n--=_mar", b"x"])).map(b"".join),
)


@given(st.lists(octets, min_size=1, max_size=4), st.data())
def test_what_is_written_is_read_however_it_is_cut(parts: list[bytes], data: st.DataObject) -> None:
    body = written(parts)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(body)), max_size=12)))
    pieces = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    assert taken(pieces) == parts


@given(st.lists(octets, min_size=1, max_size=4))
def test_the_standard_library_reads_the_same(parts: list[bytes]) -> None:
    head = f'Content-Type: multipart/related; boundary="{BOUNDARY}"\r\n\r\n'.encode()
    read = message_from_bytes(head + written(parts)).get_payload()
    # The library decodes text and normalizes it; identifiers and number are what it is asked for.
    assert [part["Content-ID"] for part in read] == [f"<{n}>" for n in range(len(parts))]  # type: ignore[union-attr]


def test_one_octet_at_a_time() -> None:
    body = b"preamble\r\n" + written([b"a\r\nb", b"", b"\r\n"]) + b"epilogue"
    assert taken([bytes([octet]) for octet in body]) == [b"a\r\nb", b"", b"\r\n"]


def test_white_space_after_a_boundary_and_folded_fields() -> None:
    body = b"--=_mark \t\r\nContent-Type: text/plain;\r\n charset=utf-8\r\n\r\nx\r\n--=_mark--"
    (event, *_) = Reader(BOUNDARY).feed(body)
    assert isinstance(event, Part)
    assert event.fields["content-type"] == "text/plain; charset=utf-8"


def test_base64_is_decoded_in_pieces() -> None:
    head = b"--=_mark\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    body = head + b"aGVs\r\nbG8g\r\nd29ybGQ=\r\n--=_mark--"
    assert taken([bytes([octet]) for octet in body]) == [b"hello world"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"--=_mark\r\n\r\nx", "last boundary"),
        (b"--=_mark\r\nno field\r\n\r\nx\r\n--=_mark--", "no field"),
        (b"--=_mark\r\nA: 1\r\na: 2\r\n\r\nx\r\n--=_mark--", "twice"),
        (b"--=_mark\r\nA: \xff\r\n\r\nx\r\n--=_mark--", "not text"),
        (b"--=_markx\r\n\r\nx\r\n--=_mark--", "other text"),
        (b"--=_mark\r\nContent-Transfer-Encoding: x-uu\r\n\r\nx\r\n--=_mark--", "transfer"),
        (b"--=_mark\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!\r\n--=_mark--", "Base64"),
        (b"--=_mark\r\nContent-Transfer-Encoding: base64\r\n\r\naGV\r\n--=_mark--", "ends early"),
        (b"x" * 40_000, "begin"),
        (b"--=_mark\r\nA: " + b"x" * 40_000, "too long"),
        (b"--=_mark" + b" " * 40_000, "line break"),
    ],
)
def test_what_is_not_built_so_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(EbmsError, match=reason) as caught:
        taken([body])
    assert caught.value.ebms == "EBMS:0007"


def test_the_number_of_parts_is_limited() -> None:
    assert len(taken([written([b"x"] * MAX_PARTS)])) == MAX_PARTS
    with pytest.raises(EbmsError, match="parts"):
        taken([written([b"x"] * (MAX_PARTS + 1))])


@pytest.mark.parametrize("boundary", ["", "a\r\nb", "é", "x" * 71, "ends with space "])
def test_a_boundary_that_is_none(boundary: str) -> None:
    with pytest.raises(EbmsError, match="boundary"):
        Reader(boundary)


@pytest.mark.parametrize(
    ("text", "media", "parameters"),
    [
        ("text/XML", "text/xml", {}),
        ('a/b; Boundary="x y";type=c', "a/b", {"boundary": "x y", "type": "c"}),
        (
            'a/b;boundary="----=_Part_0_1"; start="<r@x>"',
            "a/b",
            {"boundary": "----=_Part_0_1", "start": "<r@x>"},
        ),
        (r'a/b; q="a\"b"', "a/b", {"q": 'a"b'}),
        ("a/b; boundary=----=_Part", "a/b", {"boundary": "----=_Part"}),
    ],
)
def test_a_content_type_is_read(text: str, media: str, parameters: dict[str, str]) -> None:
    read = content_type(text)
    assert (read.media, dict(read.parameters)) == (media, parameters)


@pytest.mark.parametrize("text", ["", "multipart", "a/b; x", 'a/b; x="1', "a/b; x=1; x=2"])
def test_a_content_type_that_is_none(text: str) -> None:
    with pytest.raises(EbmsError):
        content_type(text)
