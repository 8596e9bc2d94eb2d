"""Reading and writing are the inverse of each other, for everything an annotation can say."""

import copy
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, NewType, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pydantic import PrivateAttr

from einvoice_core.lexical import AEAT_DATE
from einvoice_core.money import Amount
from einvoice_core.records import RawXml, Record, Xml, XmlType
from einvoice_core.xml.binding import read, write
from einvoice_core.xml.errors import WriteRefused
from einvoice_core.xml.parsing import parse

DOC, PART, ADDED = "urn:doc", "urn:part", "urn:added"
XML, XSI = "http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2001/XMLSchema-instance"
DS = "http://www.w3.org/2000/09/xmldsig#"
PREFIXES = {"d": DOC, "p": PART}

Nif = NewType("Nif", str)
Short = Annotated[str, "an alias"]


class Currency(StrEnum):
    EUR = "EUR"
    USD = "USD"


class Note(Record):
    language: Annotated[str | None, Xml("lang", namespace=XML, attribute=True)] = None
    kind: Annotated[Currency | None, Xml("kind", attribute=True)] = None
    text: Annotated[str, Xml("", text=True)]


class Quantity(Record):
    unit: Annotated[str, Xml("unit", attribute=True)]
    scale: Annotated[int | None, Xml("scale", namespace=ADDED, attribute=True)] = None
    value: Annotated[Amount, Xml("", text=True)]


class Person(Record):
    xml_type = XmlType("Person", PART, PART)

    name: Annotated[Short, Xml("Name")]
    nif: Annotated[Nif | None, Xml("Nif")] = None


class Company(Record):
    xml_type = XmlType("Company", PART, PART)

    name: Annotated[str, Xml("Name")]


class Empty(Record):
    """An element that says all by being there."""


class Line(Record):
    """Lives in the namespace of the record around it; may hold lines."""

    text: Annotated[str, Xml("Text")]
    quantity: Annotated[Quantity | None, Xml("Quantity")] = None
    amount: Annotated[Amount, Xml("Amount")]
    lines: Annotated[tuple["Line", ...], Xml("Line", inside="Lines")] = ()


class Everything(Record):
    xml_type = XmlType("Everything", DOC)

    version: Annotated[str, Xml("version", attribute=True)] = "1.0"
    schema_location: Annotated[str | None, Xml("schemaLocation", namespace=XSI, attribute=True)] = (
        None
    )
    id: Annotated[str, Xml("Id")]
    currency: Annotated[Currency, Xml("Currency")]
    other_currency: Annotated[Currency | str | None, Xml("OtherCurrency")] = None
    answer: Annotated[Literal["S", "N"], Xml("Answer")] = "S"
    on: Annotated[date, Xml("On")]
    aeat_on: Annotated[date | None, Xml("AeatOn", AEAT_DATE)] = None
    at: Annotated[datetime | None, Xml("At")] = None
    is_copy: Annotated[bool | None, Xml("Copy")] = None
    count: Annotated[int | None, Xml("Count")] = None
    old_style: Optional[Annotated[str, Xml("OldStyle")]] = None  # noqa: UP045 - the form is tested
    notes: Annotated[tuple[Note, ...], Xml("Note")] = ()
    words: Annotated[tuple[str, ...], Xml("Word", namespace=PART)] = ()
    nif: Annotated[str | None, Xml("Nif", choice="identity")] = None
    foreign_id: Annotated[Person | None, Xml("ForeignId", choice="identity")] = None
    first: Annotated[Empty | None, Xml("First", inside="Chain", choice="chain")] = None
    previous: Annotated[str | None, Xml("Previous", inside="Chain", choice="chain")] = None
    here: Annotated[str | None, Xml("Here", choice="where?")] = None
    there: Annotated[str | None, Xml("There", choice="where?")] = None
    owner: Annotated[Person | Company | None, Xml("*", inside=("Parties", "Owner"))] = None
    members: Annotated[tuple[Person | Company, ...], Xml("*", inside=("Parties", "Members"))] = ()
    lines: Annotated[tuple[Line, ...], Xml("Line", inside="Lines")]
    taxes: Annotated[tuple[Amount, ...], Xml("Tax", inside="Taxes")] = ()
    duties: Annotated[tuple[Amount, ...], Xml("Duty", inside="Taxes")] = ()
    attachments: Annotated[tuple[str, ...] | None, Xml("Attachment", inside="Attachments")] = None
    extensions: Annotated[tuple[Person | RawXml, ...] | None, Xml("*", inside="Extensions")] = None
    signature: Annotated[RawXml | None, Xml("Signature", namespace=DS)] = None


characters = st.characters(
    exclude_categories=("Cs",),
    exclude_characters=[*map(chr, [*range(9), 11, 12, *range(14, 32)]), "\ufffe", "\uffff"],
)
texts = st.text(characters, max_size=12)
amounts = st.decimals(allow_nan=False, allow_infinity=False)
zones = st.integers(-840, 840).map(lambda m: timezone(timedelta(minutes=m)))
persons = st.builds(Person, name=texts, nif=st.none() | texts)
companies = st.builds(Company, name=texts)
quantities = st.builds(Quantity, unit=texts, scale=st.none() | st.integers(-99, 99), value=amounts)
simple_lines = st.builds(Line, text=texts, quantity=st.none() | quantities, amount=amounts)


def tuples(of: st.SearchStrategy[object], least: int = 0) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(of, min_size=least, max_size=3).map(tuple)


lines = st.recursive(
    simple_lines,
    lambda inner: st.builds(Line, text=texts, amount=amounts, lines=tuples(inner)),
    max_leaves=4,
)
kept = st.sampled_from(
    [
        '<x:e xmlns:x="urn:x" a="1">t &amp; u<x:f/></x:e>',
        '<e xmlns="urn:x"><f xmlns="">text</f></e>',
        "<e/>",
        '<e a="&lt;&#10;&quot;">]]&gt;&#13;<!-- c --><?p q?></e>',
        '<x:e xmlns:x="urn:x" xmlns:q="urn:q" type="q:name"/>',
    ]
).map(RawXml)
identities = st.one_of(
    st.fixed_dictionaries({"nif": texts}), st.fixed_dictionaries({"foreign_id": persons})
)
places = st.one_of(
    st.just({}), st.fixed_dictionaries({"here": texts}), st.fixed_dictionaries({"there": texts})
)
chains = st.one_of(
    st.fixed_dictionaries({"first": st.just(Empty())}), st.fixed_dictionaries({"previous": texts})
)


@st.composite
def everything(draw: st.DrawFn) -> Everything:
    return Everything(
        **draw(
            st.fixed_dictionaries(
                {
                    "version": texts,
                    "id": texts,
                    "currency": st.sampled_from(Currency),
                    "answer": st.sampled_from("SN"),
                    "on": st.dates(),
                    "lines": tuples(lines, 1),
                },
                optional={
                    "schema_location": texts,
                    "other_currency": st.sampled_from(["XXX", Currency.USD]),
                    "aeat_on": st.dates(),
                    "at": st.datetimes(timezones=zones),
                    "is_copy": st.booleans(),
                    "count": st.integers(),
                    "old_style": texts,
                    "notes": tuples(
                        st.builds(
                            Note,
                            language=st.none() | texts,
                            kind=st.none() | st.sampled_from(Currency),
                            text=texts,
                        )
                    ),
                    "words": tuples(texts),
                    "owner": persons | companies,
                    "members": tuples(persons | companies),
                    "taxes": tuples(amounts),
                    "duties": tuples(amounts),
                    "attachments": st.none() | tuples(texts),
                    "extensions": st.none() | tuples(persons | kept),
                    "signature": st.just(RawXml(f'<ds:Signature xmlns:ds="{DS}" Id="s"/>')),
                },
            )
        ),
        **draw(identities),
        **draw(places),
        **draw(chains),
    )


def canonical(data: bytes) -> str:
    return etree.canonicalize(data.decode(), strip_text=True, rewrite_prefixes=True)


@settings(max_examples=150)
@given(everything())
def test_what_is_written_is_read_as_the_same(record: Everything) -> None:
    bound = read(parse(write(record, prefixes=PREFIXES)), Everything)
    assert bound.findings == ()
    assert bound.require() == record


@given(everything())
def test_prefixes_and_white_space_do_not_matter(record: Everything) -> None:
    plain = write(record)
    indented = write(record, prefixes=PREFIXES, indent=True, declaration=False)
    assert canonical(plain) == canonical(indented)
    assert read(parse(indented), Everything).require() == record


@given(everything())
def test_what_is_read_is_written_as_the_same(record: Everything) -> None:
    data = write(record, indent=True).replace(b"<Id>", b"<!-- c -->\n<Id><!-- c -->")
    again = write(read(parse(data), Everything).require())
    assert canonical(again) == canonical(data)


@given(everything())
def test_a_record_that_was_read_is_like_one_that_was_built(record: Everything) -> None:
    made = read(parse(write(record)), Everything).require()
    assert made.model_dump() == record.model_dump()
    assert made.model_fields_set <= set(Everything.model_fields)
    assert pickle.loads(pickle.dumps(made)) == record  # noqa: S301 - our own bytes
    assert copy.deepcopy(made) == made.model_copy() == record


def example(**values: object) -> Everything:
    return Everything(
        **{
            "id": "1",
            "currency": Currency.EUR,
            "on": date(2026, 7, 1),
            "nif": "A",
            "previous": "B",
            "lines": (Line(text="x", amount=Decimal("1.50")),),
            **values,
        }
    )


def document(middle: str = "", attributes: str = "", before: str = "") -> bytes:
    """Return the text of ``example()``, with something more."""
    return (
        f'<d:Everything xmlns:d="urn:doc" version="1.0"{attributes}>'
        f"<Id>1</Id><Currency>EUR</Currency><Answer>S</Answer><On>2026-07-01</On>{before}"
        "<Nif>A</Nif><Chain><Previous>B</Previous></Chain>"
        f"<Lines><Line><Text>x</Text><Amount>1.50</Amount></Line></Lines>{middle}"
        "</d:Everything>"
    ).encode()


def one(data: bytes) -> Everything:
    return read(parse(data), Everything).require()


def test_the_text_that_is_written() -> None:
    assert write(example(), prefixes={"d": DOC}, declaration=False) == document()


def test_prefixes_are_declared_as_given_and_others_made() -> None:
    data = write(example(words=("w",)), prefixes={"zz": "urn:unused", "d": DOC}, declaration=False)
    assert data.startswith(b'<d:Everything xmlns:zz="urn:unused" xmlns:d="urn:doc" xmlns:')
    assert parse(data).find(f"{{{PART}}}Word").prefix.startswith("ns")
    assert PART.encode() not in write(example())


def test_a_default_namespace() -> None:
    data = write(Person(name="x"), prefixes={"": PART}, declaration=False)
    assert data == b'<Person xmlns="urn:part"><Name>x</Name></Person>'
    with pytest.raises(WriteRefused, match="prefix"):
        write(example(), prefixes={"": DOC})


def test_a_kept_element_stays_out_of_a_default_namespace() -> None:
    class Holder(Record):
        xml_type = XmlType("Holder", PART, PART)
        kept: Annotated[tuple[RawXml, ...], Xml("*")] = ()

    raw = (RawXml("<e a='>'/>"), RawXml("<e\n/>"), RawXml('<e xmlns="urn:x"/>'))
    root = parse(write(Holder(kept=raw), prefixes={"": PART}))
    assert [child.tag for child in root.iterchildren("*")] == ["e", "e", "{urn:x}e"]


def test_an_absent_wrapper_differs_from_an_empty_one() -> None:
    assert one(document()).attachments is None
    empty = document("<Attachments></Attachments>")
    assert one(empty).attachments == ()
    assert write(one(empty), prefixes={"d": DOC}, declaration=False) == empty


def test_an_empty_text_differs_from_an_absent_element() -> None:
    assert one(document()).old_style is None
    assert one(document(before="<OldStyle/>")).old_style == ""


def test_the_way_a_value_was_written_is_kept() -> None:
    data = document(
        "<Taxes><Tax>+5</Tax><Tax>21.0</Tax><Tax>.5</Tax><Tax>007</Tax></Taxes>",
        before="<AeatOn>01-02-2026</AeatOn><At>2026-01-01T00:00:00Z</At><Copy>true</Copy>",
    )
    record = one(data)
    assert record.taxes == (5, 21, Decimal("0.5"), 7)
    assert record.at == datetime(2026, 1, 1, tzinfo=UTC)
    assert write(record, prefixes={"d": DOC}, declaration=False) == data


def test_white_space_around_values_is_no_part_of_them_but_of_texts() -> None:
    data = document(
        "<Taxes><Tax>\n 5 </Tax></Taxes>", before="<Copy> 1\t</Copy><OldStyle> x\n</OldStyle>"
    )
    record = one(data)
    assert (record.taxes, record.is_copy, record.old_style) == ((5,), True, " x\n")


def test_comments_and_instructions_are_tolerated_everywhere_and_dropped() -> None:
    data = document(
        "<!-- a --><Taxes><!-- b --><Tax>1<!-- c -->2<?p q?>3</Tax></Taxes>",
        before="<OldStyle>a<!-- d -->b</OldStyle>",
    )
    record = one(data)
    assert (record.taxes, record.old_style) == ((123,), "ab")
    assert b"<!--" not in write(record)


def test_cdata_is_text() -> None:
    assert one(document(before="<OldStyle><![CDATA[<&]]>;</OldStyle>")).old_style == "<&;"


def test_what_speaks_of_the_schema_is_tolerated() -> None:
    data = document(
        before='<OldStyle xsi:nil="false" xsi:type="xs:string">x</OldStyle>',
        attributes=f' xmlns:xsi="{XSI}" xsi:noNamespaceSchemaLocation="a" xsi:schemaLocation="b c"',
    )
    record = one(data)
    assert record.schema_location == "b c"
    assert b'xsi:schemaLocation="b c"' in write(record)
    assert b"noNamespace" not in write(record)


class TestKeptElements:
    def test_they_bring_the_namespaces_they_need_and_no_others(self) -> None:
        data = document(
            "<Extensions><x:a b='y:name'><x:c/>&lt;</x:a></Extensions>",
            ' xmlns:x="urn:x" xmlns:y="urn:y" xmlns:z="urn:z"',
        )
        assert one(data).extensions == (
            '<x:a xmlns:x="urn:x" xmlns:y="urn:y" b="y:name"><x:c/>&lt;</x:a>',
        )

    def test_their_own_declarations_stay_though_unused(self) -> None:
        raw = '<x:a xmlns:x="urn:x" xmlns:unused="urn:u"/>'
        assert one(document(f"<Extensions>{raw}</Extensions>")).extensions == (raw,)

    def test_a_default_namespace_around_them_comes_along(self) -> None:
        class Holder(Record):
            xml_type = XmlType("Holder", PART, PART)
            kept: Annotated[tuple[RawXml, ...], Xml("*")] = ()

        bound = read(parse(b'<Holder xmlns="urn:part"><e><f/></e><!-- c --></Holder>'), Holder)
        assert bound.require().kept == ('<e xmlns="urn:part"><f/></e>',)

    def test_they_parse_again_as_equal(self) -> None:
        raw = (
            '<x:a xmlns:x="urn:x"><b xmlns="urn:b" x:c="&#10;&#9;&quot;">&#13;é<!-- c -->'
            "<?p q?></b></x:a>"
        )
        kept = one(document(f"<Extensions>{raw}</Extensions>")).extensions
        assert kept is not None
        assert canonical(str(kept[0]).encode()) == canonical(raw.encode())

    def test_a_signature_is_kept(self) -> None:
        raw = f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo/>\n</ds:Signature>'
        assert one(document(raw)).signature == raw

    @pytest.mark.parametrize(
        "raw",
        [
            *("", "text", "<a>", "<a/><b/>", " <a/>", "<!-- c --><a/>", "<?p?><a/>", "<x:a/>"),
            *('<?xml version="1.0"?><a/>', "<!DOCTYPE a><a/>", "<a>\0</a>", "<a>\ud800</a>"),
        ],
    )
    def test_what_is_no_element_is_not_written(self, raw: str) -> None:
        with pytest.raises(WriteRefused):
            write(example().model_copy(update={"extensions": (RawXml(raw),)}))


class TestRefusedRecords:
    @pytest.mark.parametrize("text", ["\0", "a\x1f", "\ud800", "\ufffe", "\uffff", "\x0b"])
    def test_characters_that_xml_does_not_have(self, text: str) -> None:
        with pytest.raises(WriteRefused, match=f"U[+]{ord(text[-1]):04X} in OldStyle") as caught:
            write(example(old_style=text))
        assert caught.value.details == {"character": ord(text[-1]), "element": "OldStyle"}
        with pytest.raises(WriteRefused, match="in d:Everything"):
            write(example(version=text), prefixes=PREFIXES)

    @pytest.mark.parametrize(
        "values",
        [
            {"on": "2026-07-01"},
            {"lines": (5,)},
            {"lines": 5},
            {"lines": (Empty(),)},
            {"owner": Empty()},
            {"extensions": ("not raw",)},
            {"notes": (Note.model_construct(),)},
        ],
    )
    def test_values_that_passed_no_validation(self, values: dict[str, object]) -> None:
        with pytest.raises(WriteRefused, match="Everything"):
            write(example().model_copy(update=values))

    def test_a_record_that_is_no_document(self) -> None:
        with pytest.raises(WriteRefused):
            write(Empty())
        with pytest.raises(TypeError):
            read(parse(b"<a/>"), Empty)


def test_text_is_escaped() -> None:
    data = write(example(id="<&>\"'\r\n", version="<&>\"'\r\n\t"), prefixes=PREFIXES)
    assert b"<Id>&lt;&amp;&gt;\"'&#13;\n</Id>" in data
    assert b'version="&lt;&amp;&gt;&quot;\'&#13;&#10;&#9;"' in data


def test_indentation() -> None:
    data = write(example(first=Empty(), previous=None), prefixes={"d": DOC}, indent=True).decode()
    assert '<d:Everything xmlns:d="urn:doc"' in data
    assert "\n  <Id>1</Id>\n  <Currency>EUR</Currency>\n" in data
    assert "  <Chain>\n    <First></First>\n  </Chain>\n" in data
    assert data.endswith("</d:Everything>\n")


def test_an_element_of_a_larger_tree_is_read() -> None:
    root = parse(b"<s:E xmlns:s='urn:s'>\n<s:B>\n" + document() + b"</s:B></s:E>")
    bound = read(root[0][0], Everything)
    assert bound.require() == example()
    assert bound.location_of("lines[0].amount").path == "/s:E/s:B/d:Everything/Lines/Line/Amount"


class TestPlaces:
    data = document("<Taxes>\n<Tax>1</Tax>\n<Tax>2</Tax></Taxes>", before="\n")

    @pytest.mark.parametrize(
        ("path", "where", "line"),
        [
            ("id", "/d:Everything/Id", 1),
            ("lines[0].amount", "/d:Everything/Lines/Line/Amount", 2),
            ("Lines.Line[0].Amount", "/d:Everything/Lines/Line/Amount", 2),
            ("taxes[1]", "/d:Everything/Taxes/Tax[2]", 4),
            ("Taxes", "/d:Everything/Taxes", 2),
            ("taxes[2]", "/d:Everything", 1),
            ("lines[0].quantity.unit", "/d:Everything/Lines/Line", 2),
            ("version", "/d:Everything", 1),
            ("no.such[5].path", "/d:Everything", 1),
            ("", "/d:Everything", 1),
        ],
    )
    def test_of_a_field(self, path: str, where: str, line: int) -> None:
        bound = read(parse(self.data), Everything)
        assert bound.location_of(path).path == where
        assert bound.location_of(path).line == bound.line_of(path) == line


def test_private_attributes_and_hooks_work_in_records_that_were_read() -> None:
    class Hooked(Record):
        xml_type = XmlType("Hooked")
        name: Annotated[str, Xml("Name")]
        _seen: list[str] = PrivateAttr(default_factory=list)

        def model_post_init(self, context: object) -> None:
            super().model_post_init(context)
            self._seen.append(self.name)

    assert read(parse(b"<Hooked><Name>x</Name></Hooked>"), Hooked).require()._seen == ["x"]
