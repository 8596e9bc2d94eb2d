from __future__ import annotations

import copy
import pickle
from decimal import Decimal

import pytest

from facturae_es.codes import TaxType
from facturae_es.lexical import DOUBLE, LONG, MONEY, code


@pytest.mark.parametrize("text", ["1", "-1", "+1", "007", "9223372036854775807"])
def test_a_count_is_written_as_it_was(text: str) -> None:
    value = LONG.decode(text)
    assert value == int(text)
    assert LONG.encode(value) == text
    assert LONG.encode(pickle.loads(pickle.dumps(value))) == text  # noqa: S301 - our own bytes


@pytest.mark.parametrize("text", ["0", "2", "2.50", "+1", ".5", "5.", "1E3", "1.5e-2", "-0"])
def test_a_quantity_is_written_as_it_was(text: str) -> None:
    value = DOUBLE.decode(text)
    assert value == Decimal(text)
    assert DOUBLE.encode(value) == text
    assert DOUBLE.encode(copy.deepcopy(value)) == text


@pytest.mark.parametrize("text", ["0.00", "21.0", "21", "-0.00", "007.00", "1.12345678", "+5"])
def test_an_amount_is_written_as_it_was(text: str) -> None:
    assert MONEY.encode(MONEY.decode(text)) == text


@pytest.mark.parametrize(
    ("value", "text"), [("5", "5.00"), ("5.1", "5.10"), ("1E+2", "100.00"), ("1.123", "1.123")]
)
def test_a_computed_amount_has_two_decimals_at_least(value: str, text: str) -> None:
    assert MONEY.encode(Decimal(value)) == text


def test_a_code_is_taken_to_the_letter() -> None:
    codec = code(TaxType)
    assert codec.decode("01") is TaxType.IVA
    assert codec.encode(TaxType.IVA) == "01"
    with pytest.raises(ValueError, match="TaxType"):
        codec.decode(" 01")
