"""Annotations that cannot be meant are refused when their class is first used."""

from typing import Annotated

import pytest

from einvoice_core.records import RawXml, Record, Xml, XmlType
from einvoice_core.xml.binding import read
from einvoice_core.xml.parsing import parse


class Person(Record):
    name: Annotated[str, Xml("Name")]


class Empty(Record):
    """An element with nothing in it."""


def contradictions() -> list[type[Record]]:
    class NoXml(Record):
        name: str

    class TwoTexts(Record):
        a: Annotated[str, Xml("", text=True)]
        b: Annotated[str, Xml("", text=True)]

    class TextAndElements(Record):
        a: Annotated[str, Xml("", text=True)]
        b: Annotated[str, Xml("B")]

    class SameName(Record):
        a: Annotated[str, Xml("A")]
        b: Annotated[str, Xml("A")]

    class SameNameAsWrapper(Record):
        a: Annotated[str, Xml("A")]
        b: Annotated[str, Xml("B", inside="A")]

    class RepeatedAttribute(Record):
        a: Annotated[tuple[str, ...], Xml("a", attribute=True)]

    class TwoWildcards(Record):
        a: Annotated[tuple[RawXml, ...], Xml("*")] = ()
        b: Annotated[tuple[RawXml, ...], Xml("*")] = ()

    class AnyValue(Record):
        a: Annotated[str, Xml("*")]

    class Mixed(Record):
        a: Annotated[str | Person, Xml("A")]

    class Nameless(Record):
        a: Annotated[Person | Empty, Xml("*")]

    class RequiredChoice(Record):
        a: Annotated[str, Xml("A", choice="c")]
        b: Annotated[str | None, Xml("B", choice="c")] = None

    class SplitChoice(Record):
        a: Annotated[str | None, Xml("A", choice="c")] = None
        b: Annotated[str | None, Xml("B", inside="W", choice="c")] = None

    class NoCodec(Record):
        a: Annotated[bytes, Xml("A")]

    return [
        *(NoXml, TwoTexts, TextAndElements, SameName, SameNameAsWrapper, RepeatedAttribute),
        *(TwoWildcards, AnyValue, Mixed, Nameless, RequiredChoice, SplitChoice, NoCodec),
    ]


@pytest.mark.parametrize("record", contradictions(), ids=lambda record: record.__name__)
def test_annotations_that_contradict_each_other_are_refused(record: type[Record]) -> None:
    record.xml_type = XmlType("X")
    with pytest.raises(TypeError, match=record.__name__):
        read(parse(b"<X/>"), record)
