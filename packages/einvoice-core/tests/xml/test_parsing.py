"""The parser meets the list of bad input, and stays within its limits."""

import contextlib
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from einvoice_core.xml.errors import (
    XmlDoctype,
    XmlEmpty,
    XmlEncoding,
    XmlEntity,
    XmlRefused,
    XmlSyntax,
    XmlTooDeep,
    XmlTooLarge,
    XmlTooManyAttributes,
)
from einvoice_core.xml.parsing import LIMITS, Limits, parse

DECLARED = '<?xml version="1.0" encoding="{}"?>\n'


def attributes(count: int, name: str = "a") -> bytes:
    return (
        b"<r>\n<e " + b" ".join(b'%s%d="v"' % (name.encode(), n) for n in range(count)) + b"/></r>"
    )


def test_a_document_is_parsed_with_its_lines() -> None:
    root = parse(b'<?xml version="1.0"?>\n<a>\n<b c="1">x</b>\n</a>')
    assert (root.tag, root[0].sourceline, root[0].text) == ("a", 3, "x")


def test_lines_beyond_16_bits_are_known() -> None:
    assert parse(b"<a>" + b"\n" * 70_000 + b"<b/></a>")[0].sourceline == 70_001


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf<a>\xc3\xb1</a>",
        b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?><a>\xc3\xb1</a>',
        "<a>ñ</a>".encode("utf-16"),
        b"\xfe\xff" + "<a>ñ</a>".encode("utf-16-be"),
        (DECLARED.format("UTF-16") + "<a>ñ</a>").encode("utf-16"),
        (DECLARED.format("ISO-8859-1") + "<a>ñ</a>").encode("latin-1"),
        (DECLARED.format("iso-8859-15") + "<a>ñ</a>").encode("iso-8859-15"),
        (DECLARED.format("windows-1252") + "<a>ñ</a>").encode("cp1252"),
        b'<?xml version="1.0" encoding="us-ascii"?><a>&#241;</a>',
        b"<?xml version='1.0'\n encoding = 'utf-8' ?><a>\xc3\xb1</a>",
    ],
    ids=lambda data: repr(data[:44]),
)
def test_encodings_that_are_read(data: bytes) -> None:
    assert parse(data).text == "ñ"


def test_line_ends_of_windows_are_those_of_xml() -> None:
    root = parse(b'<?xml version="1.0"?>\r\n<a>\r\n<b>x\r\ny</b>&#13;</a>\r\n')
    assert (root[0].text, root[0].sourceline, root[0].tail) == ("x\ny", 3, "\r")


def test_the_five_entities_and_references_to_characters_are_read() -> None:
    assert parse(b"<a>&lt;&gt;&amp;&quot;&apos;&#xF1;</a>").text == "<>&\"'ñ"


def test_comments_and_instructions_stay_and_cdata_becomes_text() -> None:
    root = parse(b"<?p q?><!-- x --><a><!-- <!DOCTYPE a> --><?p q?><![CDATA[<!DOCTYPE a>]]></a>")
    assert [type(child).__name__ for child in root] == ["_Comment", "_ProcessingInstruction"]
    assert root[1].tail == "<!DOCTYPE a>"


@pytest.mark.parametrize(
    ("data", "error", "line"),
    [
        (b"", XmlEmpty, None),
        (b" \r\n\t", XmlEmpty, None),
        (b"\xef\xbb\xbf", XmlEmpty, None),
        (b"\xff\xfe", XmlEmpty, None),
        (b"hello", XmlSyntax, 1),
        (b"{}", XmlSyntax, 1),
        (b"%PDF-1.7", XmlSyntax, 1),
        (b"PK\x03\x04", XmlSyntax, 1),
        (b"\0" * 100, XmlSyntax, 1),
        (b"<a>\n<b></a>", XmlSyntax, 2),
        (b"<a>", XmlSyntax, 1),
        (b"<a/>\n<b/>", XmlSyntax, 2),
        (b"<a/>garbage", XmlSyntax, 1),
        (b"<a/>\n\0", XmlSyntax, 2),
        (b"<a b='1' b='2'/>", XmlSyntax, 1),
        (b"<a>\x01</a>", XmlSyntax, 1),
        (b"<a>&#1;</a>", XmlSyntax, 1),
        (b"<a>]]></a>", XmlSyntax, 1),
        (b"\n<?xml version='1.0'?><a/>", XmlSyntax, 2),
        (b"<?xml version='2.0'?><a/>", XmlSyntax, 1),
        (b"<x:a/>", XmlSyntax, 1),
        (b"<a x:b=''/>", XmlSyntax, 1),
        (b"<a>\n\n&nope;</a>", XmlEntity, 3),
        (b"<a b='&nope;'/>", XmlEntity, 1),
        (b"<!DOCTYPE a><a/>", XmlDoctype, 1),
        (
            b"\n<!-- x -->\n<?p?>\n<!DOCTYPE a SYSTEM 'http://example.invalid/a.dtd'><a/>",
            XmlDoctype,
            4,
        ),
        (b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', XmlDoctype, 1),
        ("<!DOCTYPE a><a/>".encode("utf-16"), XmlDoctype, 1),
        (b"\xfe\xff" + "<!--\n--><!DOCTYPE a><a/>".encode("utf-16-be"), XmlDoctype, 2),
        (b"<!doctype a><a/>", XmlSyntax, 1),
        ("<!DOCTYPE a><a/>".encode("utf-16-le"), XmlEncoding, None),
        (b"\x4c\x6f\xa7\x94\x93", XmlSyntax, 1),
        (b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a/>', XmlEncoding, None),
        (b'<?xml version="1.0" encoding="IBM037"?><a/>', XmlEncoding, None),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', XmlEncoding, None),
        (b'<?xml version="1.0" encoding="base64"?><a/>', XmlEncoding, None),
        (b'<?xml version="1.0" encoding="UTF-16"?><a/>', XmlEncoding, None),
        (b'\xef\xbb\xbf<?xml version="1.0" encoding="ISO-8859-1"?><a/>', XmlEncoding, None),
        ((DECLARED.format("UTF-8") + "<a/>").encode("utf-16"), XmlEncoding, None),
        (b"<a>\n\xff</a>", XmlEncoding, 2),
        (b'<?xml version="1.0" encoding="UTF-8"?>\n<a>\xe9</a>', XmlEncoding, 2),
        (b'<?xml version="1.0" encoding="us-ascii"?>\n<a>\xe9</a>', XmlEncoding, 2),
        (b"\xff\xfe<\0a\0/\0>", XmlEncoding, 1),
        (b"\xff\xfe<\0a\0>\0\x00\xd8<\0/\0a\0>\0", XmlEncoding, 1),
    ],
    ids=lambda value: repr(value[:50]) if isinstance(value, bytes) else "",
)
def test_bad_input_is_refused(data: bytes, error: type[XmlRefused], line: int | None) -> None:
    with pytest.raises(XmlRefused) as caught:
        parse(data)
    assert type(caught.value) is error
    assert caught.value.code.startswith("xml.")
    assert caught.value.line == line


def test_a_billion_laughs_is_refused_before_anything_is_expanded() -> None:
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(10))
    bomb = f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]><a>&l10;</a>'
    with pytest.raises(XmlDoctype):
        parse(bomb.encode())


class TestLimits:
    def test_the_table_is_that_of_the_suite(self) -> None:
        assert (LIMITS.document, LIMITS.depth, LIMITS.attributes, LIMITS.text) == (
            256 * 1024 * 1024,
            256,
            512,
            128 * 1024 * 1024,
        )

    def test_a_document_as_large_as_allowed_is_read(self) -> None:
        assert parse(b"<a></a>", Limits(document=7)).tag == "a"

    @pytest.mark.parametrize(
        "data", [b"<a>x</a>", '<?xml version="1.0" encoding="latin1"?><a>ñ</a>'.encode("latin1")]
    )
    def test_a_larger_one_is_not(self, data: bytes) -> None:
        with pytest.raises(XmlTooLarge) as caught:
            parse(data, Limits(document=len(data) - (b"\xf1" not in data)))
        assert caught.value.code == "xml.too_large"

    @pytest.mark.parametrize("depth", [3, 256, 300])
    def test_depth(self, depth: int) -> None:
        limits = Limits(depth=depth)
        assert parse(b"<a>" * depth + b"</a>" * depth, limits).tag == "a"
        with pytest.raises(XmlTooDeep) as caught:
            parse(b"<a>" * (depth + 1) + b"</a>" * (depth + 1), limits)
        assert caught.value.details["limit"] == depth

    @pytest.mark.parametrize("depth", [257, 10_000, 3_000_000])
    def test_nesting_bombs(self, depth: int) -> None:
        with pytest.raises(XmlTooDeep):
            parse(b"<a>" * depth + b"</a>" * depth)
        with pytest.raises(XmlTooDeep):
            parse(b"<a>" * depth)

    @pytest.mark.parametrize("name", ["a", "xmlns:a"])
    def test_attributes_and_declarations(self, name: str) -> None:
        assert len(parse(attributes(512, name))) == 1
        with pytest.raises(XmlTooManyAttributes) as caught:
            parse(attributes(513, name))
        assert caught.value.line == 2

    @pytest.mark.parametrize("value", [b"'>'", b'"\'"', b"'\"'", b'"/>"', b'""', b'"a=b"'])
    def test_what_a_value_holds_does_not_hide_attributes(self, value: bytes) -> None:
        many = b"\n".join(b"a%d\t=\r\n%s" % (n, value) for n in range(5))
        assert parse(b"<r " + many + b"/>", Limits(attributes=5)).tag == "r"
        with pytest.raises(XmlTooManyAttributes):
            parse(b"<r " + many + b"/>", Limits(attributes=4))

    def test_many_equals_signs_are_no_attributes(self) -> None:
        assert parse(b"<a>" + b"<b c='='/>" * 2_000 + b"=" * 5_000 + b"</a>").tag == "a"

    @pytest.mark.parametrize(
        "data",
        [b"<a>xxxxxx</a>", b"<a b='xxxxxx'/>", b"<a><!--xxxxxx--></a>", b"<a><?p xxxxxx?></a>"],
    )
    def test_one_text(self, data: bytes) -> None:
        assert parse(data, Limits(text=6)).tag == "a"
        with pytest.raises(XmlTooLarge):
            parse(data, Limits(text=5))

    def test_markup(self) -> None:
        data = b"<a>" + b"<b c='1'/>" * 10 + b"</a>"
        assert parse(data, Limits(markup=22)).tag == "a"
        with pytest.raises(XmlTooLarge):
            parse(data, Limits(markup=21))

    def test_a_text_beyond_the_limit_of_the_library_is_read(self) -> None:
        assert len(parse(b"<a>" + b"x" * 10_000_001 + b"</a>").text or "") == 10_000_001


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" + b"<b/>" * 500_000 + b"</a>",
        b"<!--" + b"-" * 2_000_000,
        b"<?p " + b"?" * 2_000_000,
        b" " * 2_000_000 + b"x",
        b"<a " + b"b=" * 1_000_000 + b"/>",
        b"<a " + b'b="' * 1_000_000 + b"/>",
        b"<a " + b" " * 2_000_000 + b"/>",
        b"<" * 2_000_000,
        b"<a" * 1_000_000,
        b"<a " + b'b="1" ' * 511 + b"<" * 2_000_000,
        (b"<a " + b'b="1" ' * 400 + b'"') * 1_000,
        b"<" + b"a" * 2_000_000 + b"/>",
        b"<a>" + b"&#65;" * 400_000 + b"</a>",
    ],
    ids=lambda data: repr(data[:12]),
)
def test_time_and_memory_stay_bounded(data: bytes) -> None:
    tracemalloc.start()
    begun = time.process_time()
    with contextlib.suppress(XmlRefused):
        parse(data)
    seconds = time.process_time() - begun
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Some hundred times what it takes: a quadratic search would need minutes.
    assert seconds < 10
    assert peak < 4 * len(data) + 1_000_000


@given(st.binary(max_size=200))
def test_no_bytes_make_anything_else_than_a_tree_or_a_refusal(data: bytes) -> None:
    try:
        root = parse(data)
    except XmlRefused:
        return
    assert isinstance(root, etree._Element)


WHOLE = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- c --><f:a xmlns:f="urn:f" b="1">\n'
    b"<f:c>text &amp; more</f:c><d/><![CDATA[x]]>\xc3\xb1</f:a>\n"
)


@given(
    st.lists(
        st.tuples(st.integers(0, len(WHOLE) - 1), st.binary(max_size=3)), min_size=1, max_size=4
    ),
    st.sampled_from(["utf-8", "utf-16"]),
)
def test_mutated_documents_too(changes: list[tuple[int, bytes]], encoding: str) -> None:
    data = bytearray(WHOLE.replace(b"UTF-8", encoding.encode()).decode().encode(encoding))
    for place, replacement in changes:
        data[place : place + 1] = replacement
    with contextlib.suppress(XmlRefused):
        assert parse(bytes(data)).tag
