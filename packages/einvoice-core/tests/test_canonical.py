import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from einvoice_core.testing.documents import documents
from einvoice_core.xml.canonical import (
    C14n,
    CanonicalError,
    _Writer,
    canonicalize,
)
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import parse
from einvoice_core.xml.plain import as_it_stands

PREFIX_LISTS = st.lists(st.sampled_from(["p", "q", "r"]), unique=True, max_size=3)


def canonical(text: str, path: str, method: C14n = C14n.INCLUSIVE) -> str:
    found = parse(text.encode()).find(path)
    assert found is not None
    return canonicalize(found, method).decode()


@given(documents(), st.sampled_from(C14n), PREFIX_LISTS)
def test_our_writer_agrees_with_libxml2_on_whole_documents(
    text: str, method: C14n, prefixes: list[str]
) -> None:
    root = parse(text.encode())
    twin = parse(f"<!-- a sibling -->{etree.tostring(root).decode()}".encode())
    ours = canonicalize(root, method, inclusive_prefixes=prefixes)
    theirs = canonicalize(etree.ElementTree(root), method, inclusive_prefixes=prefixes)
    surroundings = canonicalize(root.getroottree(), method, without=root)
    assert ours in theirs
    assert len(theirs) == len(ours) + len(surroundings)
    assert canonicalize(twin, method, inclusive_prefixes=prefixes) == ours


@given(documents(), st.sampled_from(C14n), st.data())
def test_leaving_an_element_out_is_the_same_in_both_ways(
    text: str, method: C14n, data: st.DataObject
) -> None:
    root = parse(text.encode())
    left_out = data.draw(st.sampled_from(list(root.iter("*"))))
    whole = canonicalize(root.getroottree(), method, without=left_out)
    part = canonicalize(root, method, without=left_out)
    assert part in whole


@given(documents(), st.sampled_from(C14n), st.booleans())
def test_a_part_is_the_same_by_libxml2_and_by_our_writer(
    text: str, method: C14n, at_the_root: bool
) -> None:
    if at_the_root:
        # Declared once at the root, most parts are such as libxml2 is trusted with.
        text = re.sub(r' xmlns(?::\w+)?="[^"]*"', "", text)
        declared = r'<\1 xmlns:p="urn:1" xmlns:q="urn:2" xmlns:r="urn:3" '
        text = re.sub(r"<((?:\w:)?[\w-]+) ", declared, text, count=1)
        text = re.sub(r' ([pqr]):x="[^"]*"| xml:\w+="[^"]*"', "", text)
    for part in parse(text.encode()).iter("*"):
        writer = _Writer(method, frozenset(), None)
        writer.element(part)
        assert canonicalize(part, method) == "".join(writer.out).encode()


@given(documents(), st.sampled_from(C14n))
def test_a_canonical_form_is_its_own_canonical_form(text: str, method: C14n) -> None:
    first = canonicalize(parse(text.encode()).getroottree(), method)
    assert canonicalize(parse(first).getroottree(), method) == first


@given(documents(), st.data())
def test_exclusive_forms_do_not_depend_on_the_surroundings(text: str, data: st.DataObject) -> None:
    root = parse(text.encode())
    element = data.draw(st.sampled_from(list(root.iter("*"))))
    alone = canonicalize(element, C14n.EXCLUSIVE)
    assert canonicalize(parse(alone), C14n.EXCLUSIVE) == alone


def test_attributes_of_the_ancestors_are_inherited() -> None:
    text = '<a xml:lang="es" xml:id="i" xml:other="o"><b xml:lang="eu"><c/></b></a>'
    assert canonical(text, "b/c") == ('<c xml:id="i" xml:lang="eu" xml:other="o"></c>')


def test_version_11_inherits_language_and_space_only() -> None:
    text = '<a xml:lang="es" xml:id="i" xml:other="o" xml:space="preserve"><c/></a>'
    assert canonical(text, "c", C14n.INCLUSIVE_11) == ('<c xml:lang="es" xml:space="preserve"></c>')


@pytest.mark.parametrize(
    ("bases", "expected"),
    [
        (["http://example.org/a/b", "../c", None], "http://example.org/c"),
        (["http://example.org", "c", None], "http://example.org/c"),
        (["..", "..", "x"], "../../x"),
        (["a/b/", "../../../c", None], "../c"),
        (["/a//b", "./c", "d?e"], "/a/d?e"),
        (["a/", "http://example.org/./b/../c", None], "http://example.org/c"),
        (["http://example.org/a?b", "", None], "http://example.org/a?b"),
        (["a/b", "//host/c", None], "//host/c"),
        ([None, None, "../kept/as/./it/is"], "../kept/as/./it/is"),
    ],
)
def test_version_11_joins_the_bases(bases: list[str | None], expected: str) -> None:
    names = ["a", "b", "c"]
    opening = "".join(
        f"<{name}>" if base is None else f'<{name} xml:base="{base}">'
        for name, base in zip(names, bases, strict=True)
    )
    text = f"{opening}</c></b></a>"
    assert canonical(text, "b/c", C14n.INCLUSIVE_11) == f'<c xml:base="{expected}"></c>'


def test_version_11_drops_a_base_that_comes_to_nothing() -> None:
    text = '<a xml:base="b/"><c xml:base=".."/></a>'
    assert canonical(text, "c", C14n.INCLUSIVE_11) == "<c></c>"


def test_version_11_keeps_an_empty_base_where_there_is_nothing_to_join() -> None:
    # The specification joins only when an ancestor has a base; libxml2 drops the empty one.
    assert canonical('<a><c xml:base=""/></a>', "c", C14n.INCLUSIVE_11) == '<c xml:base=""></c>'


def test_a_second_prefix_of_a_namespace_is_kept() -> None:
    text = '<a xmlns:p="urn:1" xmlns:q="urn:1"><q:b q:x="1" p:y="2"/></a>'
    assert canonical(text, "{urn:1}b") == (
        '<q:b xmlns:p="urn:1" xmlns:q="urn:1" q:x="1" p:y="2"></q:b>'
    )
    assert canonical(text, "{urn:1}b", C14n.EXCLUSIVE) == (
        '<q:b xmlns:p="urn:1" xmlns:q="urn:1" q:x="1" p:y="2"></q:b>'
    )


def test_a_default_namespace_that_is_taken_back() -> None:
    text = '<a xmlns="urn:1"><b xmlns=""><c/></b></a>'
    assert canonical(text, "b") == "<b><c></c></b>"
    assert canonical(text, "b", C14n.EXCLUSIVE) == "<b><c></c></b>"


def test_the_prefix_list_treats_prefixes_as_inclusive() -> None:
    root = parse(b'<a xmlns="urn:1" xmlns:p="urn:2" xmlns:q="urn:3"><p:b/></a>')
    prefixes = ["#default", "q", "unknown"]
    found = canonicalize(root[0], C14n.EXCLUSIVE, inclusive_prefixes=prefixes)
    assert found == b'<p:b xmlns="urn:1" xmlns:p="urn:2" xmlns:q="urn:3"></p:b>'
    document = canonicalize(root.getroottree(), C14n.EXCLUSIVE, inclusive_prefixes=prefixes)
    assert document == b'<a xmlns="urn:1" xmlns:q="urn:3"><p:b xmlns:p="urn:2"></p:b></a>'


def test_comments_are_kept_only_where_the_form_says_so() -> None:
    text = "<a><b><!-- c --><?pi?></b></a>"
    assert canonical(text, "b") == "<b><?pi?></b>"
    assert canonical(text, "b", C14n.INCLUSIVE_WITH_COMMENTS) == "<b><!-- c --><?pi?></b>"


def test_a_document_without_its_root() -> None:
    root = parse(b"<!-- x --><?one?><a/><?two?>")
    form = C14n.INCLUSIVE_WITH_COMMENTS
    assert canonicalize(root.getroottree(), form, without=root) == b"<!-- x -->\n<?one?>\n\n<?two?>"
    assert canonicalize(root, without=root) == b""


def test_a_relative_namespace_is_refused() -> None:
    root = parse(b'<a xmlns:p="relative"><b/></a>')
    with pytest.raises(CanonicalError):
        canonicalize(root.getroottree())
    with pytest.raises(CanonicalError):
        canonicalize(root[0])


def test_deep_documents_need_no_recursion() -> None:
    from einvoice_core.xml.parsing import Limits

    depth = 2000
    text = b"<a>" * depth + b"</a>" * depth
    root = parse(text, Limits(depth=depth))
    assert canonicalize(root) == text


PIECES = st.sampled_from(
    [
        "a",
        "ñ",
        " ",
        "\n",
        "\t",
        "\r",
        ">",
        "&amp;",
        "&lt;",
        "&gt;",
        "&#38;",
        "&#xD;",
        "&quot;",
        "'",
        "=",
        '"',
        "]]",
        "!",
        "?",
        "/",
        "<b>",
        "</b>",
        "<b >",
        "</b >",
        "<b/>",
        "<p:b>",
        "</p:b>",
        "<!--c-->",
        "<?pi x?>",
        '<b x="1">',
        '<b xmlns="">',
        '<b xmlns:q="urn:3">',
        "<![CDATA[x]]>",
        "<b\n>",
    ]
)
STARTS = st.sampled_from(
    [
        "<a>",
        "<a >",
        '<a x="1">',
        '<a xmlns="">',
        '<a xmlns:p="rel">',
        '<a xmlns:p="urn:1">',
        "<a xmlns:p='urn:1'>",
        '<a xmlns:p="urn:1>2">',
        '<a xmlns:p="urn:&amp;">',
        '<p:a xmlns:p="urn:1">',
        '<p:a xmlns:p="urn:1" xmlns="urn:2">',
        '<a xmlns:p="urn:1"  xmlns:b="urn:1">',
        '<a xmlns:p="urn:1" xmlns:b="urn:1">',
    ]
)
PROLOGS = st.sampled_from(
    [
        "",
        "\n",
        "\ufeff",
        "<?pi?>",
        "<!-- c -->",
        '<?xml version="1.1"?>',
        '<?xml version="1.0"?>',
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        '<?xml version="1.0" encoding="ISO-8859-1"?>',
    ]
)


@given(PROLOGS, STARTS, st.lists(PIECES, max_size=8), st.sampled_from(["", "\n", "<!--c-->"]))
def test_octets_that_are_canonical_already(
    prolog: str, start: str, pieces: list[str], end: str
) -> None:
    name = re.match("<([^ >]+)", start)
    assert name is not None
    data = f"{prolog}{start}{''.join(pieces)}</{name[1]}>{end}".encode()
    try:
        expected = canonicalize(parse(data).getroottree())
    except (XmlRefused, CanonicalError):
        return
    assert as_it_stands(data) in {None, expected}


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml version="1.0" encoding="UTF-8"?>\n<p:a xmlns:p="urn:1" xmlns="urn:2"><b>&amp;</b>'
        b"\n</p:a>\n",
        "<a>ñ\n\t<b></b></a>".encode(),
    ],
)
def test_octets_of_the_usual_form_are_known_to_be_canonical(data: bytes) -> None:
    assert as_it_stands(data) == canonicalize(parse(data).getroottree())
