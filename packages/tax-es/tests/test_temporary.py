from datetime import date
from decimal import Decimal

import pytest

from einvoice_core.errors import NotInForceError
from tax_es import iva
from tax_es.errors import ConditionError, UnknownKindError, UnverifiedParameter


@pytest.mark.parametrize(
    ("group", "day", "percent"),
    [
        ("food_basic", date(2023, 1, 1), "0"),
        ("food_basic", date(2024, 9, 30), "0"),
        ("food_basic", date(2024, 10, 1), "2"),
        ("food_basic", date(2024, 12, 31), "2"),
        ("food_basic", date(2025, 1, 1), "4"),
        ("olive_oil", date(2024, 6, 30), "5"),
        ("olive_oil", date(2024, 7, 1), "0"),
        ("seed_oil_pasta", date(2024, 10, 1), "7.5"),
        ("seed_oil_pasta", date(2025, 1, 1), "10"),
        ("natural_gas", date(2023, 12, 31), "5"),
        ("natural_gas", date(2024, 1, 1), "10"),
        ("housing", date(2012, 12, 31), "4"),
        ("electricity_small", date(2026, 5, 31), "10"),
    ],
)
def test_the_rate_of_a_group_on_a_day(group: str, day: date, percent: str) -> None:
    assert iva.temporary_rate(day, group).percent == Decimal(percent)


@pytest.mark.parametrize(
    ("group", "day"),
    [
        ("food_basic", date(2022, 12, 31)),
        ("natural_gas", date(2024, 4, 1)),
        ("housing", date(2013, 1, 1)),
        ("electricity_small", date(2026, 3, 21)),
        ("motor_fuels", date(2026, 7, 1)),
    ],
)
def test_outside_its_days_the_ordinary_rate_applies(group: str, day: date) -> None:
    with pytest.raises(NotInForceError):
        iva.temporary_rate(day, group)


def test_a_condition_is_named_and_can_be_resolved() -> None:
    day = date(2026, 6, 1)
    with pytest.raises(ConditionError, match="consumer price index of electricity") as caught:
        iva.temporary_rate(day, "electricity_small")
    name = str(caught.value.details["condition"])
    assert name == "cpi_electricity_2026_04"

    met = iva.temporary_rate(day, "electricity_small", conditions={name: True})
    assert (met.percent, met.condition) == (Decimal(10), name)
    with pytest.raises(NotInForceError, match="ordinary rate"):
        iva.temporary_rate(day, "electricity_small", conditions={name: False})
    with pytest.raises(ConditionError):
        iva.temporary_rate(day, "electricity_small", conditions={"cpi_gas_2026_04": True})


def test_a_row_that_was_not_confirmed_is_refused_unless_allowed() -> None:
    with pytest.raises(UnverifiedParameter, match="later extensions"):
        iva.temporary_rate(date(2022, 1, 1), "surgical_masks")
    found = iva.temporary_rate(date(2022, 1, 1), "surgical_masks", allow_unverified=True)
    assert found.percent == 4


def test_the_groups_of_a_day_come_with_their_conditions() -> None:
    found = {rate.kind: rate.condition for rate in iva.temporary_rates_on(date(2026, 8, 15))}
    assert found["electricity_small"] == "cpi_electricity_2026_06"
    assert found["gas_biomass"] == "cpi_gas_2026_06"
    assert found["food_basic"] == ""


def test_an_unknown_group_is_refused() -> None:
    assert "olive_oil" in iva.product_groups()
    with pytest.raises(UnknownKindError, match="olive_oil"):
        iva.temporary_rate(date(2024, 1, 1), "wine")
