from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from einvoice_core.lexical import LexicalDecimal
from einvoice_core.money import Amount, AmountError, allocate, parse_decimal, round_to, total
from einvoice_core.records import Record

cents = st.decimals(min_value=-(10**9), max_value=10**9, places=2)


class Priced(Record):
    price: Amount


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [("0.005", 2, "0.01"), ("-0.005", 2, "-0.01"), ("-0.001", 2, "0.00"), ("2.5", 0, "3")],
)
def test_halves_are_rounded_away_from_zero(value: str, places: int, expected: str) -> None:
    assert str(round_to(Decimal(value), places)) == expected


def test_another_rounding_can_be_asked_for() -> None:
    assert round_to(Decimal("0.125"), 2, ROUND_HALF_EVEN) == Decimal("0.12")


@pytest.mark.parametrize(
    "text", ["NaN", "1e400", "12,50", "", "--1", "Infinity", "\u0661", "1_0", "."]
)
def test_what_is_not_a_decimal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a decimal number"):
        parse_decimal(text)


@pytest.mark.parametrize("text", ["+5", " 21.0\n", ".5", "5.", "-0"])
def test_the_lexical_forms_of_the_schema_are_read(text: str) -> None:
    assert parse_decimal(text) == Decimal(text.strip())


def test_a_sum_is_exact_far_beyond_28_digits() -> None:
    huge = Decimal("1" + "0" * 60)
    assert total([huge, Decimal("0.01"), -huge]) == Decimal("0.01")


@pytest.mark.parametrize(
    "values", [[Decimal("NaN")], [Decimal("Infinity")], [Decimal("1e9999"), Decimal(1)]]
)
def test_a_sum_that_cannot_be_exact_is_refused(values: list[Decimal]) -> None:
    with pytest.raises(AmountError):
        total(values)


class Limited(Record):
    before: Amount = Field(default=Decimal(1), ge=0)
    after: Annotated[Amount, Field(le=100)] = Decimal(1)


@pytest.mark.parametrize("value", [Decimal("1.50"), LexicalDecimal("+1.5"), 1, "1.50"])
def test_a_record_keeps_the_number_it_was_given(value: Decimal | int | str) -> None:
    price = Priced.model_validate({"price": value}).price
    assert str(price) == str(Decimal(value))
    assert price is value or not isinstance(value, Decimal)
    assert Priced(price=price).model_dump_json() == f'{{"price":"{price}"}}'


@pytest.mark.parametrize("given", [{"before": Decimal(-1)}, {"after": Decimal(101)}])
def test_limits_of_a_field_hold_for_numbers_too(given: dict[str, Decimal]) -> None:
    with pytest.raises(ValidationError, match="Input should be"):
        Limited.model_validate(given)


@pytest.mark.parametrize("value", [1.5, True, Decimal("NaN"), "1e3"])
def test_a_record_refuses_what_is_not_exact(value: object) -> None:
    with pytest.raises(ValidationError):
        Priced.model_validate({"price": value})


def test_a_record_takes_text_and_whole_numbers() -> None:
    assert Priced.model_validate({"price": "1.50"}).price == Decimal("1.50")
    assert Priced.model_validate_json('{"price": 3}').price == Decimal(3)
    with pytest.raises(ValidationError):
        Priced.model_validate_json('{"price": 1.5}')


@given(
    cents, st.lists(st.decimals(min_value=0, max_value=10**6, places=3), min_size=1, max_size=20)
)
def test_shares_add_up_to_the_amount(amount: Decimal, weights: list[Decimal]) -> None:
    if total(weights) == 0:
        with pytest.raises(AmountError):
            allocate(amount, weights)
        return
    shares = allocate(amount, weights)
    assert total(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - amount * weight / total(weights)) < Decimal("0.0101")


def test_an_amount_finer_than_its_shares_is_refused() -> None:
    with pytest.raises(AmountError):
        allocate(Decimal("0.001"), [Decimal(1)])
