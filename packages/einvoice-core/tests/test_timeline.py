from datetime import date
from decimal import Decimal

import pytest

from einvoice_core.errors import BadParameterError, NotInForceError
from einvoice_core.timeline import parse_timelines

RATES = """
[[general]]
since = 2010-07-01
until = 2012-08-31
value = 18.0
source = "first text"

[[general]]
since = 2012-09-01
value = 21.0
source = "second text"
note = "a column of its own"
"""


def test_the_value_of_a_day_is_the_one_in_force() -> None:
    general = parse_timelines(RATES)["general"]
    assert general.on(date(2012, 8, 31)).value == Decimal("18.0")
    assert general.on(date(2012, 9, 1)).value == Decimal("21.0")
    assert general.on(date(2026, 1, 1)).details["note"] == "a column of its own"
    assert len(general) == len(list(general)) == 2


def test_a_day_without_a_value_is_refused() -> None:
    with pytest.raises(NotInForceError, match="2010-06-30"):
        parse_timelines(RATES)["general"].on(date(2010, 6, 30))


@pytest.mark.parametrize(
    "text",
    [
        RATES.replace('source = "first text"', ""),
        RATES.replace("first text", " "),
        RATES.replace("2012-08-31", "2012-09-01"),
        RATES.replace("2012-08-31", "2009-01-01"),
        "general = 5",
        "[[general",
    ],
)
def test_incomplete_or_overlapping_values_are_refused(text: str) -> None:
    with pytest.raises(BadParameterError):
        parse_timelines(text)
