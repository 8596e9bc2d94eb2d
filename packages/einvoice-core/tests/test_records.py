import pickle
from typing import Annotated

import pytest
from pydantic import ValidationError

from einvoice_core.errors import EInvoiceError, NotInForceError
from einvoice_core.records import RawXml, Record, Term, Xml, made


class Line(Record):
    number: Annotated[str, Xml("Number"), Term("BT-126")]
    more: Annotated[RawXml | None, Xml("More")] = None
    parts: tuple[str, ...] = ()


def test_a_record_is_frozen_and_knows_its_fields() -> None:
    line = Line(number="1", more=RawXml("<a/>"), parts=("x",))
    with pytest.raises(ValidationError):
        line.number = "2"  # type: ignore[misc] # the point of the test
    with pytest.raises(ValidationError):
        Line.model_validate({"number": "1", "unknown": 1})
    assert isinstance(line.more, RawXml)
    assert hash(line) == hash(Line(number="1", more=RawXml("<a/>"), parts=("x",)))


def test_a_record_made_of_right_values_is_like_a_validated_one() -> None:
    values = {"number": "1", "more": None, "parts": ("x",)}
    line = made(Line, values)
    validated = Line.model_validate(values)
    assert line == validated
    assert hash(line) == hash(validated)
    assert repr(line) == repr(validated)
    assert line.model_dump() == validated.model_dump()
    assert pickle.loads(pickle.dumps(line)) == line  # noqa: S301 - our own bytes
    changed = line.model_copy(update={"number": "2"})
    assert (line.number, changed.number) == ("1", "2")
    with pytest.raises(ValidationError):
        line.number = "2"  # type: ignore[misc] # the point of the test


def test_annotations_are_kept_on_the_field() -> None:
    metadata = Line.model_fields["number"].metadata
    assert metadata == [Xml("Number"), Term("BT-126")]


def test_an_error_has_a_code_and_details() -> None:
    error = NotInForceError("nothing that day", name="iva")
    assert isinstance(error, EInvoiceError)
    assert (error.code, error.details["name"], error.message) == (
        "einvoice.not_in_force",
        "iva",
        "nothing that day",
    )
