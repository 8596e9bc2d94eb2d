import copy
import pickle
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einvoice_core.lexical import (
    AEAT_DATE,
    BOOLEAN,
    DECIMAL,
    INTEGER,
    XML_DATE,
    XML_DATETIME,
    Codec,
    codec_for,
)
from einvoice_core.money import Amount
from einvoice_core.records import Record


class Colour(StrEnum):
    RED = "r"


@pytest.mark.parametrize(
    ("codec", "text", "value"),
    [
        (DECIMAL, "21.0", Decimal("21")),
        (DECIMAL, "+5", Decimal(5)),
        (DECIMAL, ".5", Decimal("0.5")),
        (XML_DATE, "2026-01-01Z", date(2026, 1, 1)),
        (XML_DATE, "2026-01-01", date(2026, 1, 1)),
        (XML_DATETIME, "2026-01-01T10:00:00Z", datetime(2026, 1, 1, 10, tzinfo=UTC)),
        (XML_DATETIME, "2026-01-01T10:00:00.5+00:00", datetime(2026, 1, 1, 10, 0, 0, 500000, UTC)),
        (AEAT_DATE, "31-12-2026", date(2026, 12, 31)),
        (BOOLEAN, "true", True),
        (INTEGER, "12", 12),
        (codec_for(Colour), "r", Colour.RED),
    ],
)
def test_a_text_is_read_and_written_back_as_it_was(
    codec: Codec[Any], text: str, value: object
) -> None:
    read = codec.decode(text)
    assert read == value
    assert codec.encode(read) == text
    assert codec.encode(pickle.loads(pickle.dumps(read))) == text  # noqa: S301 - our own bytes
    assert codec.encode(copy.deepcopy(read)) == text


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        (DECIMAL, "12,50"),
        (XML_DATE, "2026-02-30"),
        (XML_DATE, "30-02-2026"),
        (XML_DATE, "2026-1-1"),
        (XML_DATETIME, "2026-01-01T10:00:00"),
        (XML_DATETIME, "2026-13-01T10:00:00Z"),
        (AEAT_DATE, "31-02-2026"),
        (AEAT_DATE, "2026-12-31"),
        (BOOLEAN, "yes"),
        (INTEGER, "1.0"),
        (INTEGER, "9" * 5_000),
        (codec_for(Colour), "green"),
    ],
)
def test_a_wrong_text_is_refused(codec: Codec[Any], text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text of an enum's refusal is not ours
        codec.decode(text)


def test_a_type_without_codec_says_so() -> None:
    with pytest.raises(TypeError, match="codec"):
        codec_for(bytes)


class Priced(Record):
    price: Amount


def test_validation_keeps_the_written_form_of_an_amount() -> None:
    priced = Priced(price=DECIMAL.decode("+5"))
    assert DECIMAL.encode(priced.price) == "+5"


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_every_decimal_survives_its_text(value: Decimal) -> None:
    assert DECIMAL.decode(DECIMAL.encode(value)) == value


@given(st.dates())
def test_every_day_survives_its_text(day: date) -> None:
    assert XML_DATE.decode(XML_DATE.encode(day)) == day
    assert AEAT_DATE.decode(AEAT_DATE.encode(day)) == day
