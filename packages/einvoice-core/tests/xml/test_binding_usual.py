"""What is as usual is read the short way, and just as the long way reads it."""

from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einvoice_core.money import Amount
from einvoice_core.records import Record, Xml, XmlType
from einvoice_core.xml import binding
from einvoice_core.xml.binding._plan import plan_of
from einvoice_core.xml.binding._reading import Reader
from einvoice_core.xml.binding._usual import usual
from einvoice_core.xml.parsing import parse


class Money(Record):
    total: Annotated[Amount, Xml("Total")]
    euros: Annotated[Amount | None, Xml("Euros")] = None


class Bill(Record):
    xml_type: ClassVar[XmlType | None] = XmlType("Bill")

    sum: Annotated[Money, Xml("Sum")]


READ = {
    "usual": ("<Total>1.50</Total>", None),
    "white space": ("\n  <Total>1.50</Total>\n", None),
    "both": ("<Total>1.50</Total><Euros>2</Euros>", Decimal(2)),
    "comment": ("<!-- c --><Total>1.50</Total>", None),
    "comment inside": ("<Total>1.<!-- c -->50</Total>", None),
}


@pytest.mark.parametrize(("inside", "euros"), READ.values(), ids=READ.keys())
def test_what_is_right_is_read(inside: str, euros: Decimal | None) -> None:
    bound = binding.read(parse(f"<Bill><Sum>{inside}</Sum></Bill>".encode()), Bill)
    assert bound.findings == ()
    assert bound.require() == Bill(sum=Money(total=Decimal("1.50"), euros=euros))
    assert bound.require().model_copy(update={"sum": Money(total=Decimal(1))}) != bound.require()


WRONG = {
    "no number": ("<Total>x</Total>", "XML-006"),
    "another element": ("<Totals>1</Totals>", "XML-002"),
    "an element inside": ("<Total>1<b/></Total>", "XML-002"),
    "text before": ("x<Total>1</Total>", "XML-008"),
    "text after": ("<Total>1</Total>x", "XML-008"),
    "twice": ("<Total>1</Total><Total>2</Total>", "XML-004"),
    "an attribute": ("<Total a='b'>1</Total>", "XML-009"),
    "nothing": ("", "XML-003"),
}


@pytest.mark.parametrize(("inside", "rule"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_found(inside: str, rule: str) -> None:
    bound = binding.read(parse(f"<Bill><Sum>{inside}</Sum></Bill>".encode()), Bill)
    assert rule in {finding.rule for finding in bound.findings}
    attribute = binding.read(parse(b"<Bill><Sum a='b'><Total>1</Total></Sum></Bill>"), Bill)
    assert [finding.rule for finding in attribute.findings] == ["XML-009"]


class Note(Record):
    lang: Annotated[str | None, Xml("lang", attribute=True)] = None
    text: Annotated[str, Xml("", text=True)] = ""


class Everything(Record):
    xml_type: ClassVar[XmlType | None] = XmlType("Everything")

    number: Annotated[int, Xml("number", attribute=True)]
    company: Annotated[str | None, Xml("Company", choice="who")] = None
    person: Annotated[str | None, Xml("Person", choice="who")] = None
    days: Annotated[tuple[date, ...], Xml("Day", inside="Days")]
    notes: Annotated[tuple[Note, ...] | None, Xml("Note", inside="Notes")] = None
    bill: Annotated[Money | None, Xml("Bill")] = None
    inner: Annotated[tuple["Everything", ...], Xml("Inner")] = ()


PARTS = (
    "<Company>a</Company>",
    "<Person>b</Person>",
    "<Days><Day>2026-01-31</Day><Day>2026-01-31Z</Day></Days>",
    "<Days/>",
    "<Notes/>",
    "<Notes><Note lang='es'>n</Note><Note/></Notes>",
    "<Bill><Total>1.5</Total></Bill>",
    "<Bill><Total>x</Total></Bill>",
    "<!-- c -->",
    "\n  ",
    "text",
    "<Other/>",
)
WHOLE = st.lists(st.sampled_from(PARTS), max_size=6).map("".join)
STARTS = st.sampled_from(("number='7'", "number='x'", "", "number='1' other='2'"))


@settings(max_examples=300, deadline=None)
@given(STARTS, WHOLE, STARTS, WHOLE)
def test_the_short_way_reads_as_the_long_way(a: str, first: str, b: str, second: str) -> None:
    xml = f"<Everything {a}>{first}<Inner {b}>{second}</Inner></Everything>"
    element = parse(xml.encode())
    plan = plan_of(Everything)
    reader = Reader()
    reader._tries = 0
    long = reader.record(element, plan)
    short = usual(plan)(element)
    if short is not None:
        assert reader.findings == []
        assert short == long
        assert short.model_fields_set == long.model_fields_set
    bound = binding.read(element, Everything)
    assert bound.record == long
    assert bound.findings == tuple(reader.findings)


def test_the_short_way_is_taken() -> None:
    days = "<Person>b</Person><Days><Day>2026-01-31</Day></Days>"
    more = f"<Notes>\n<Note lang='es'>n</Note></Notes><Inner number='2'>{days}</Inner>"
    element = parse(f"<Everything number='1'>{days}{more}</Everything>".encode())
    read = usual(plan_of(Everything))(element)
    assert read == binding.read(element, Everything).require()
    assert read.inner[0].number == 2
    assert (
        binding.write(read, declaration=False)
        == (
            f'<Everything number="1">{days}<Notes><Note lang="es">n</Note></Notes>'
            f'<Inner number="2">{days}</Inner></Everything>'
        ).encode()
    )


def test_many_values_of_one_element_are_read_right() -> None:
    for number in range(3_000):
        bound = binding.read(
            parse(f"<Bill><Sum><Total>{number}.5</Total></Sum></Bill>".encode()), Bill
        )
        assert bound.require().sum.total == Decimal(f"{number}.5")


def test_many_faults_are_all_found() -> None:
    wrong = "<Inner number='x'/>" * 50
    xml = f"<Everything number='1'><Days><Day>2026-01-31</Day></Days>{wrong}</Everything>"
    found = binding.read(parse(xml.encode()), Everything).findings
    assert sum(finding.rule == "XML-006" for finding in found) == 50
