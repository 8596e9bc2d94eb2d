from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tax_es
from einvoice_core.errors import NotInForceError
from einvoice_core.money import AmountError, round_to
from tax_es import Tax, iva
from tax_es.errors import (
    ArgumentError,
    NoSuchRateError,
    TerritoryError,
    UnknownKindError,
    UnverifiedParameter,
)

DAYS = st.dates(date(1993, 1, 1), date(2099, 12, 31))
AMOUNTS = st.decimals(-(10**9), 10**9, places=2)


@pytest.mark.parametrize(
    ("kind", "first_day", "before", "after"),
    [
        ("general", date(1995, 1, 1), "15", "16"),
        ("general", date(2010, 7, 1), "16", "18"),
        ("general", date(2012, 9, 1), "18", "21"),
        ("reduced", date(1995, 1, 1), "6", "7"),
        ("reduced", date(2010, 7, 1), "7", "8"),
        ("reduced", date(2012, 9, 1), "8", "10"),
        ("super_reduced", date(1995, 1, 1), "3", "4"),
    ],
)
def test_the_rate_changes_on_its_day(kind: str, first_day: date, before: str, after: str) -> None:
    old = iva.rate(first_day - timedelta(days=1), kind)
    new = iva.rate(first_day, kind)
    assert (old.percent, old.until) == (Decimal(before), first_day - timedelta(days=1))
    assert (new.percent, new.since) == (Decimal(after), first_day)


@pytest.mark.parametrize(
    ("kind", "first_day"),
    [
        ("general", date(1993, 1, 1)),
        ("reduced", date(1993, 1, 1)),
        ("super_reduced", date(1993, 1, 1)),
        ("zero", date(2022, 4, 10)),
    ],
)
def test_there_is_no_rate_before_the_first(kind: str, first_day: date) -> None:
    assert iva.rate(first_day, kind).since == first_day
    with pytest.raises(NotInForceError):
        iva.rate(first_day - timedelta(days=1), kind)


def test_the_rates_of_a_day() -> None:
    found = {rate.kind: rate.percent for rate in iva.rates_on(date(2026, 11, 24))}
    assert found == {"general": 21, "reduced": 10, "super_reduced": 4, "zero": 0}
    assert iva.rates_on(date(1992, 12, 31)) == ()


def test_a_percentage_names_its_kind() -> None:
    assert iva.kind_of(Decimal("21.00"), date(2026, 11, 24)) == "general"
    assert iva.kind_of(Decimal(16), date(2010, 6, 30)) == "general"
    assert iva.kind_of(Decimal(8), date(2012, 8, 31)) == "reduced"


def test_a_percentage_of_earlier_is_explained_and_found() -> None:
    with pytest.raises(NoSuchRateError, match="that of general until 2012-08-31") as caught:
        iva.kind_of(Decimal(18), date(2013, 1, 17))
    assert caught.value.details["kind"] == "general"
    assert caught.value.details["until"] == date(2012, 8, 31)
    assert iva.last_rate(Decimal(18), date(2013, 1, 17)).kind == "general"
    assert iva.last_rate(Decimal(16), date(2013, 4, 30)).until == date(2010, 6, 30)


@pytest.mark.parametrize(
    ("percent", "day"),
    [("17", date(2026, 1, 1)), ("21", date(2012, 8, 31)), ("0", date(2021, 1, 1))],
)
def test_a_percentage_that_no_rate_had_is_refused(percent: str, day: date) -> None:
    with pytest.raises(NoSuchRateError, match="no rate of IVA"):
        iva.last_rate(Decimal(percent), day)


@given(DAYS)
def test_kind_and_percentage_name_each_other(day: date) -> None:
    for rate in iva.rates_on(day):
        assert rate.applies_on(day)
        assert iva.kind_of(rate.percent, day) == rate.kind
        assert iva.last_rate(rate.percent, day) == rate == iva.rate(day, rate.kind)


@pytest.mark.parametrize(
    ("base", "day", "tax"),
    [
        ("100.00", date(2012, 8, 31), "18.00"),
        ("100.00", date(2012, 9, 1), "21.00"),
        ("0.05", date(2026, 1, 1), "0.01"),
        ("-33.33", date(2026, 1, 1), "-7.00"),
        ("0.50", date(2010, 6, 30), "0.08"),
        (
            "12345678901234567890123456789012.50",
            date(2026, 1, 1),
            "2592592569259259256925925925692.63",
        ),
    ],
)
def test_output_tax(base: str, day: date, tax: str) -> None:
    assert str(tax_es.output_tax(Decimal(base), day)) == tax


@given(AMOUNTS, DAYS)
def test_the_tax_of_a_correction_mirrors_that_of_the_invoice(base: Decimal, day: date) -> None:
    tax = tax_es.output_tax(base, day)
    assert tax_es.output_tax(-base, day) == -tax
    assert tax == round_to(base * iva.rate(day).percent / 100)


def test_output_tax_of_another_rate() -> None:
    food = iva.temporary_rate(date(2024, 11, 1), "food_basic")
    assert tax_es.output_tax(Decimal(50), date(2024, 11, 1), food) == Decimal("1.00")
    assert tax_es.output_tax(Decimal(50), date(2024, 11, 1), "reduced") == Decimal("5.00")
    with pytest.raises(NotInForceError):
        tax_es.output_tax(Decimal(50), date(2026, 11, 1), food)


@pytest.mark.parametrize("base", [12.5, "12.50", True, None])
def test_a_base_that_is_not_exact_is_refused(base: object) -> None:
    with pytest.raises(ArgumentError, match="an amount is a Decimal"):
        tax_es.output_tax(base, date(2026, 1, 1))  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize("base", ["NaN", "sNaN", "Infinity", "1e999999", "9" * 4_000])
def test_a_base_that_is_no_amount_is_refused(base: str) -> None:
    with pytest.raises(AmountError):
        tax_es.output_tax(Decimal(base), date(2026, 1, 1))


@pytest.mark.parametrize("day", [datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01", 2026, None])
def test_what_is_no_day_is_refused(day: object) -> None:
    for ask in (iva.rate, iva.rates_on, iva.surcharge, iva.temporary_rates_on):
        with pytest.raises(ArgumentError, match=r"a day is a datetime\.date"):
            ask(day)  # type: ignore[operator]  # that is the point


@pytest.mark.parametrize("percent", [21.0, "21", True, Decimal("NaN"), Decimal("Infinity")])
def test_a_percentage_that_is_not_exact_is_refused(percent: object) -> None:
    with pytest.raises(ArgumentError, match="a percentage is a"):
        iva.kind_of(percent, date(2026, 1, 1))  # type: ignore[arg-type]  # that is the point


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownKindError, match="use one of general, reduced") as caught:
        iva.rate(date(2026, 1, 1), "standard")
    assert "super_reduced" in caught.value.details["known"]


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar_get_an_answer(day: date) -> None:
    assert len(iva.rates_on(day)) == (0 if day == date.min else 4)


class TestTerritories:
    def test_the_canary_islands_have_igic(self) -> None:
        rate = iva.rate(date(2026, 1, 1), territory="canarias")
        assert (rate.tax, rate.percent) == (Tax.IGIC, Decimal(7))
        assert iva.kind_of(Decimal("9.5"), date(2026, 1, 1), "canarias") == "increased"

    def test_a_row_that_was_not_confirmed_is_refused_unless_allowed(self) -> None:
        day = date(2024, 12, 29)
        with pytest.raises(UnverifiedParameter, match="first day was not traced"):
            iva.rate(day, territory="canarias")
        allowed = iva.rate(day, territory="canarias", allow_unverified=True)
        assert (allowed.percent, allowed.mark) == (Decimal(7), "the first day was not traced")
        assert iva.rate(date(2024, 12, 30), territory="canarias").mark == ""
        with pytest.raises(NotInForceError):
            iva.rate(date(2019, 12, 31), territory="canarias", allow_unverified=True)

    @pytest.mark.parametrize("territory", ["ceuta", "melilla", "navarra", "Bizkaia", "madeira", ""])
    def test_other_territories_are_refused(self, territory: str) -> None:
        with pytest.raises(TerritoryError):
            iva.rate(date(2026, 1, 1), territory=territory)


def test_a_rate_as_known_before_it_changed() -> None:
    known = date(2012, 7, 13)
    assert iva.rate(date(2012, 9, 1), known_on=known).percent == 18
    assert iva.rate(date(2012, 9, 1), known_on=known + timedelta(days=1)).percent == 21
