"""A document is checked without a tree exactly as it is parsed with one."""

import random
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from einvoice_core.xml import parsing
from einvoice_core.xml.errors import XmlRefused, XmlTooLarge
from einvoice_core.xml.parsing import LIMITS, Limits, check, parse

_SHALLOW = replace(LIMITS, depth=6)


def parsed(data: bytes, limits: Limits) -> tuple[str, str] | None:
    try:
        name = etree.QName(parse(data, limits))
    except XmlRefused:
        return None
    return name.namespace or "", name.localname


def checked(data: bytes, limits: Limits) -> tuple[str, str] | None:
    try:
        found = check(data, limits)
    except XmlRefused:
        return None
    return found.namespace, found.name


_PIECES = (
    *("<a>", "</a>", "<b/>", "<b>", "</b>", "<x:a>", "</x:a>", ' xmlns:x="u"', ' xmlns=""'),
    *("<a b='/>'>", '<a b="1/2"/>', "<a b='<'>", "<!-- <a> -->", "<![CDATA[<a>]]>", "<?p <a>?>"),
    *("text", "1/2", ">", "/>", "&amp;", "&b;", "&#0;", "]]>", "<!DOCTYPE a>", "é", "\ufffe"),
    *('<a xmlns:x="u">', '<x:b x:c="1" xmlns:y="u" y:c="2"/>', "<a:b:c/>", "<xmlns:a/>", "<", "/"),
    *('<?xml version="1.0"?>', "\n", "<a xml:lang='es'>", "<a xmlns:xml='u'>", "<é>", "</é>"),
)
markup = st.lists(st.sampled_from(_PIECES), max_size=14).map("".join)


@given(markup | st.text(max_size=60))
@settings(max_examples=1_500, deadline=None)
@example("<a:b:c xmlns:a='u'/>")
@example("<a><a><a><a><a><b/></a></a></a></a></a>")
@example("<a><a><a><a><a><a><b/></a></a></a></a></a></a>")
@example("<a b='1/2'><a><a><a><a><a><a/></a></a></a></a></a></a>")
@example("\ufeff<?xml version='1.0' encoding='ISO-8859-1'?><a/>")
@example("<?xml version='1.1'?><a/>")
@example("")
def test_both_say_the_same(text: str) -> None:
    for data in (text.encode(), f"<a>{text}</a>".encode(), text.encode("utf-16")):
        assert checked(data, _SHALLOW) == parsed(data, _SHALLOW)


def closed(dice: random.Random, deepest: int) -> str:
    """A well-formed element whose tags have slashes and brackets in their attributes."""
    name = dice.choice(["a", "n", "long.name"])
    opening = f"<{name} b='{dice.choice(['', '/', '>', '1/2'])}'"
    if deepest == 0 or dice.random() < 0.1:
        return f"{opening}/>"
    inner = "".join(closed(dice, deepest - 1) for _ in range(dice.randint(1, 3)))
    return f"{opening}>{inner}{dice.choice(['', '1/2', 'a > b'])}</{name}>"


def test_depth_is_measured_as_in_a_tree() -> None:
    dice = random.Random(25)  # noqa: S311 - not for secrets
    for _ in range(300):
        data = closed(dice, dice.randint(1, 8)).encode()
        for depth in range(1, 10):
            limits = replace(LIMITS, depth=depth)
            assert checked(data, limits) == parsed(data, limits), (depth, data)


def test_most_documents_need_no_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(data: bytes, limits: Limits) -> None:
        raise AssertionError("a tree was made")

    monkeypatch.setattr(parsing, "parse", never)
    for text in (
        "<a/>",
        "<?xml version='1.0' encoding='UTF-8'?>\n<a xmlns='u'><b c='1/2'>1/2 &gt; 1</b><d/></a>",
        "<a>" * 256 + "</a>" * 256,
    ):
        assert check(text.encode()).name == "a"


def test_what_is_not_utf_8_comes_back_in_it() -> None:
    text = "<?xml version='1.0' encoding='ISO-8859-15'?><año>€</año>"
    assert check(text.encode("iso-8859-15")).text.decode() == text
    plain = b"<a/>"
    assert check(plain).text is plain


def test_the_limits_are_those_of_the_parser() -> None:
    text = b"<a>" + b"x" * 100 + b"</a>"
    for limits in (replace(LIMITS, document=50), replace(LIMITS, text=60)):
        with pytest.raises(XmlTooLarge):
            check(text, limits)
        with pytest.raises(XmlTooLarge):
            parse(text, limits)
