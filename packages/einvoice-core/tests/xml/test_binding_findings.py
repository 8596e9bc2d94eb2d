"""What the binding says about documents that are not what their class says."""

import contextlib
import time
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from einvoice_core.findings import Severity
from einvoice_core.money import Amount
from einvoice_core.records import RawXml, Record, Xml, XmlType
from einvoice_core.xml.binding import RULES, Bound, read, write
from einvoice_core.xml.errors import DocumentRefused, XmlRefused, XmlTooDeep
from einvoice_core.xml.parsing import Limits, parse

XSI = "http://www.w3.org/2001/XMLSchema-instance"


class Unit(StrEnum):
    BOX = "01"
    KILO = "02"


class Line(Record):
    text: Annotated[str, Xml("Text")]
    amount: Annotated[Amount, Xml("Amount")]
    unit: Annotated[Unit | None, Xml("Unit")] = None
    on: Annotated[date | None, Xml("On")] = None
    lines: Annotated[tuple["Line", ...], Xml("Line", inside="Lines")] = ()


class Mark(Record):
    kind: Annotated[str, Xml("kind", attribute=True)]
    weight: Annotated[int | None, Xml("weight", attribute=True)] = None
    value: Annotated[int, Xml("", text=True)]


class Invoice(Record):
    xml_type = XmlType("Invoice", "urn:i")

    version: Annotated[str, Xml("Version")] = "1.0"
    number: Annotated[str, Xml("Number")]
    lines: Annotated[tuple[Line, ...], Xml("Line", inside="Lines")]
    nif: Annotated[str | None, Xml("Nif", choice="id")] = None
    foreign: Annotated[str | None, Xml("Foreign", choice="id")] = None
    here: Annotated[str | None, Xml("Here", choice="place?")] = None
    there: Annotated[str | None, Xml("There", choice="place?")] = None
    reason: Annotated[str | None, Xml("Reason", inside="Details")] = None
    marks: Annotated[tuple[Mark, ...], Xml("Mark", namespace="urn:m")] = ()
    extensions: Annotated[tuple[RawXml, ...] | None, Xml("*", inside="Extensions")] = None


PARTS = {
    "Version": "<Version>1.0</Version>",
    "Number": "<Number>7</Number>",
    "Lines": "<Lines>\n<Line><Text>x</Text><Amount>1.50</Amount></Line>\n</Lines>",
    "Nif": "<Nif>A</Nif>",
    "More": "",
}


def document(attributes: str = "", **parts: str) -> bytes:
    """Return a good document, with some parts replaced."""
    body = "\n".join((PARTS | parts).values())
    return f'<i:Invoice xmlns:i="urn:i"{attributes}>\n{body}\n</i:Invoice>'.encode()


def judged(data: bytes) -> Bound[Invoice]:
    return read(parse(data), Invoice)


def test_a_good_document_has_no_findings() -> None:
    bound = judged(document())
    assert bound.findings == ()
    assert bound.require() is bound.record


@pytest.mark.parametrize(
    ("data", "rule", "path", "line", "words"),
    [
        (b"<Invoice/>", "XML-001", "/Invoice", 1, "{urn:i}Invoice"),
        (b"\n<i:Other xmlns:i='urn:i'/>", "XML-001", "/i:Other", 2, "{urn:i}Other"),
        (b"<i:Invoice xmlns:i='urn:i2'/>", "XML-001", "/i:Invoice", 1, "{urn:i2}Invoice"),
        (document(More="<Odd/>"), "XML-002", "/i:Invoice/Odd", 8, "remove it"),
        (document(More="<i:Nif/>"), "XML-002", "/i:Invoice/i:Nif", 8, "no namespace"),
        (document(More="<Mark/>"), "XML-002", "/i:Invoice/Mark", 8, "'urn:m'"),
        (document(Number="<Number>7<b/></Number>"), "XML-002", "/i:Invoice/Number/b", 3, "b is"),
        (document(Number=""), "XML-003", "/i:Invoice", 1, "lacks Number: add it after Version"),
        (document(Version=""), "XML-003", "/i:Invoice", 1, "add it at the beginning"),
        (document(Lines=""), "XML-003", "/i:Invoice", 1, "lacks Lines: add it after Number"),
        (document(Lines="<Lines/>"), "XML-003", "/i:Invoice/Lines", 4, "lacks Line"),
        (document(More="<Details/>"), "XML-003", "/i:Invoice/Details", 8, "lacks Reason"),
        (document(Number="<Number/>\n<Number/>"), "XML-004", "/i:Invoice/Number[2]", 4, "once"),
        (document(Nif="<Nif>A</Nif>\n<Nif>B</Nif>"), "XML-004", "/i:Invoice/Nif[2]", 8, "once"),
        (
            document(Version="", Number="<Number/><Version/>"),
            "XML-005",
            "/i:Invoice/Version",
            3,
            "before it",
        ),
        (
            document(Nif="<Nif/><Foreign/>"),
            "XML-007",
            "/i:Invoice",
            1,
            "one of Nif | Foreign, and has Nif and Foreign",
        ),
        (document(Nif=""), "XML-007", "/i:Invoice", 1, "has none"),
        (document(More="<There/><Here/>"), "XML-007", "/i:Invoice", 1, "at most one"),
        (document(Version="stray<Version/>"), "XML-008", "/i:Invoice", 1, "'stray'"),
        (document(More="stray"), "XML-008", "/i:Invoice", 1, "'stray'"),
        (document(More="<!-- c -->stray"), "XML-008", "/i:Invoice", 1, "'stray'"),
        (document(Version="<Version/>\u00a0"), "XML-008", "/i:Invoice", 1, "remove"),
        (
            document(Lines=PARTS["Lines"].replace("<Line>", "<Line>x")),
            "XML-008",
            "/i:Invoice/Lines/Line",
            5,
            "'x'",
        ),
        (document(' a="1"'), "XML-009", "/i:Invoice", 1, "attribute a"),
        (document(' i:a="1"'), "XML-009", "/i:Invoice", 1, "attribute a"),
        (
            document(Number="<Number a='1'>7</Number>"),
            "XML-009",
            "/i:Invoice/Number",
            3,
            "attribute a",
        ),
        (
            document(Number="<Number xml:lang='es'>7</Number>"),
            "XML-009",
            "/i:Invoice/Number",
            3,
            "lang",
        ),
        (
            document(Lines=PARTS["Lines"].replace("<Lines", "<Lines a=''")),
            "XML-009",
            "/i:Invoice/Lines",
            4,
            "a",
        ),
        (
            document(More="<m:Mark xmlns:m='urn:m'>5</m:Mark>"),
            "XML-010",
            "/i:Invoice/m:Mark",
            8,
            "attribute kind",
        ),
        (
            document(f" xmlns:xsi='{XSI}'", Number="<Number xsi:nil='true'/>"),
            "XML-011",
            "/i:Invoice/Number",
            3,
            "leave it out",
        ),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
def test_each_thing_that_can_be_wrong(
    data: bytes, rule: str, path: str, line: int, words: str
) -> None:
    bound = judged(data)
    found = [f for f in bound.findings if f.rule == rule]
    assert len(found) == 1, bound.findings
    assert (found[0].path, found[0].line, found[0].severity) == (path, line, Severity.FATAL)
    assert words in found[0].message
    assert len(bound.findings) == 1 or "There" in str(found)
    with pytest.raises(DocumentRefused) as caught:
        bound.require()
    assert caught.value.findings == bound.findings
    assert caught.value.code == "xml.document"


@pytest.mark.parametrize(
    "amount",
    [
        "NaN",
        "INF",
        "-Infinity",
        "1e400",
        "12,50",
        "1 000",
        "",
        "0x10",
        "1_000",
        "١٢",
        "--1",
        "1.2.3",
        "9" * 5_000,
    ],
)
def test_amounts_that_are_none(amount: str) -> None:
    lines = f"<Lines><Line><Text>x</Text><Amount>{amount}</Amount></Line></Lines>"
    bound = judged(document(Lines=lines))
    assert [f.rule for f in bound.findings] == ["XML-006"]
    assert bound.findings[0].path == "/i:Invoice/Lines/Line/Amount"
    assert len(bound.findings[0].message) < 300
    assert bound.record is None


@pytest.mark.parametrize(
    "day",
    [
        "2026-02-30",
        "2026-13-01",
        "30-06-2026",
        "2026-6-1",
        "20260101",
        "2026-W01-1",
        "0000-01-01",
        "",
        "2026-01-01T00:00:00",
    ],
)
def test_dates_that_are_none(day: str) -> None:
    lines = f"<Lines><Line><Text>x</Text><Amount>1</Amount><On>{day}</On></Line></Lines>"
    assert [f.rule for f in judged(document(Lines=lines)).findings] == ["XML-006"]


def test_codes_and_attributes_that_are_none() -> None:
    lines = "<Lines><Line><Text>x</Text><Amount>1</Amount><Unit>99</Unit></Line></Lines>"
    more = "<m:Mark xmlns:m='urn:m' kind='k' weight='heavy'>much</m:Mark>"
    findings = judged(document(Lines=lines, More=more)).findings
    assert [f.rule for f in findings] == ["XML-006"] * 3
    assert [f.path.rpartition("/")[2] for f in findings] == ["Unit", "m:Mark", "m:Mark"]


def test_everything_is_reported_at_once() -> None:
    lines = (
        "<Lines>\n<Line/>\n<Line><Text>x</Text><Amount>x</Amount></Line>"
        "<Odd/>\n<Line><Amount>1</Amount><Text/><Lines><Line/></Lines></Line></Lines>"
    )
    findings = judged(document(Lines=lines, Nif="")).findings
    assert [(f.rule, f.path, f.line) for f in findings] == [
        ("XML-003", "/i:Invoice/Lines/Line[1]", 5),
        ("XML-003", "/i:Invoice/Lines/Line[1]", 5),
        ("XML-006", "/i:Invoice/Lines/Line[2]/Amount", 6),
        ("XML-002", "/i:Invoice/Lines/Odd", 6),
        ("XML-005", "/i:Invoice/Lines/Line[3]/Text", 7),
        ("XML-003", "/i:Invoice/Lines/Line[3]/Lines/Line", 7),
        ("XML-003", "/i:Invoice/Lines/Line[3]/Lines/Line", 7),
        ("XML-007", "/i:Invoice", 1),
    ]


def test_a_record_is_made_when_the_findings_leave_its_values_whole() -> None:
    bound = judged(document(' a="1"', Number="<Number>1</Number><Number>2</Number>", More="<Odd/>"))
    assert len(bound.findings) == 3
    assert bound.record is not None
    assert bound.record.number == "1"


def test_paths_are_valid_xpath_where_names_have_prefixes() -> None:
    bound = judged(document(Lines="<Lines><Line/><Line/></Lines>"))
    for finding in bound.findings:
        found = bound.element.xpath(finding.path, namespaces={"i": "urn:i"})
        assert [element.sourceline for element in found] == [finding.line]


def test_every_rule_has_been_shown_to_fire() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [rule for rule in RULES if f'"{rule}"' not in source] == []


class TestTooMuch:
    def test_findings_have_a_limit(self) -> None:
        bound = read(parse(document(More="<Odd/>" * 20)), Invoice, limit=5)
        assert [f.rule for f in bound.findings] == ["XML-002"] * 5 + ["XML-012"]
        assert "5" in bound.findings[-1].message
        assert bound.record is None

    def test_a_hundred_thousand_findings_take_seconds(self) -> None:
        begun = time.process_time()
        bound = judged(document(More="<Odd/>" * 120_000))
        assert len(bound.findings) == 100_001
        assert time.process_time() - begun < 20

    def test_long_names_do_not_multiply(self) -> None:
        name = "n" * 40_000
        data = f"<{name}:Invoice xmlns:{name}='urn:i'>{'<Odd/>' * 1_000}</{name}:Invoice>"
        bound = judged(data.encode())
        assert sum(len(f.path) + len(f.message) for f in bound.findings) < 1_000_000

    def test_nested_records_as_deep_as_the_parser_allows(self) -> None:
        depth = 120
        lines = "<Lines><Line><Text/><Amount>1</Amount>" * depth + "</Line></Lines>" * depth
        assert judged(document(Lines=lines)).findings == ()

    def test_a_tree_beyond_the_limits_is_refused(self) -> None:
        lines = "<Lines><Line><Text/><Amount>1</Amount>" * 900 + "</Line></Lines>" * 900
        root = parse(document(Lines=lines), Limits(depth=2_000))
        with pytest.raises(XmlTooDeep):
            read(root, Invoice)

    def test_many_kept_elements_below_many_namespaces(self) -> None:
        declarations = "".join(f' xmlns:n{n}="urn:{n}"' for n in range(500))
        data = document(declarations, More=f"<Extensions>{'<n1:a/>' * 2_000}</Extensions>")
        begun = time.process_time()
        kept = judged(data).require().extensions or ()
        assert set(kept) == {'<n1:a xmlns:n1="urn:1"/>'}
        assert time.process_time() - begun < 20


WHOLE = document(
    f' xmlns:xsi="{XSI}" xmlns:x="urn:x"',
    Version="<!-- c --><Version>1.0</Version>",
    More="<Here/><Details><Reason>&amp;</Reason></Details>"
    "<m:Mark xmlns:m='urn:m' kind='k'>5</m:Mark><Extensions><x:a b='1'/></Extensions>",
)
PIECES = [
    *(b"<Number>", b"</Number>", b"<Lines>", b"</Lines>", b"<Line/>", b"<Odd/>", b"<Nif/>"),
    *(b" xsi:nil='1'", b"<!-- x -->", b"<?p?>", b"<![CDATA[", b"]]>", b"&lt;", b"&x;", b"<", b">"),
    *(b"\0", b"\xff", b" ", b"", b"<x:y/>", b"<!DOCTYPE i>", b"</i:Invoice>", b"xmlns=''"),
]


@settings(max_examples=400)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(WHOLE) - 1),
            st.integers(0, 30),
            st.sampled_from(PIECES) | st.binary(max_size=2),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_the_bytes_there_is_a_verdict(changes: list[tuple[int, int, bytes]]) -> None:
    data = bytearray(WHOLE)
    for place, length, piece in changes:
        data[place : place + length] = piece
    with contextlib.suppress(XmlRefused):
        verdict(parse(bytes(data)))


NAMES = [
    *("Version", "Number", "Lines", "Line", "Text", "Amount", "Unit", "On", "Nif", "Foreign"),
    *("Here", "There", "Details", "Reason", "{urn:m}Mark", "Extensions", "{urn:i}Invoice", "Odd"),
]
ATTRIBUTES = ["kind", "weight", f"{{{XSI}}}nil", f"{{{XSI}}}type", "odd"]


@st.composite
def trees(draw: st.DrawFn) -> etree._Element:
    """Any tree of the words of the format."""

    def element(tag: str, depth: int) -> etree._Element:
        attributes = st.dictionaries(
            st.sampled_from(ATTRIBUTES), st.sampled_from("15x"), max_size=1
        )
        made = etree.Element(tag, draw(attributes))
        made.text = draw(st.sampled_from([None, "", " ", "5", "x", "2026-01-01"]))
        for _ in range(draw(st.integers(0, 5 if depth else 0))):
            if draw(st.integers(0, 9)) == 0:
                child: etree._Element = etree.Comment("c")
            else:
                child = element(draw(st.sampled_from(NAMES)), depth - 1)
            child.tail = draw(st.sampled_from([None, "\n", "x"]))
            made.append(child)
        return made

    return element("{urn:i}Invoice", 3)


@given(trees())
def test_whatever_the_tree_there_is_a_verdict(root: etree._Element) -> None:
    verdict(root)


def verdict(root: etree._Element) -> None:
    """Every finding has a place, and what has none is written and read back."""
    bound = read(root, Invoice)
    for finding in bound.findings:
        assert finding.rule in RULES
        assert finding.path.startswith("/")
        assert finding.message.endswith(".")
    if bound.findings:
        with pytest.raises(DocumentRefused):
            bound.require()
    else:
        assert read(parse(write(bound.require())), Invoice).require() == bound.record
