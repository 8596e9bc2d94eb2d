from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einvoice_core.errors import NotInForceError
from tax_es import Tax, irpf
from tax_es.errors import ArgumentError, NoSuchRateError, TerritoryError, UnknownKindError


@pytest.mark.parametrize(
    ("first_day", "before", "after"),
    [
        (date(2012, 9, 1), "15", "21"),
        (date(2015, 1, 1), "21", "19"),
        (date(2015, 7, 12), "19", "15"),
    ],
)
def test_the_rate_of_professionals_changes_on_its_day(
    first_day: date, before: str, after: str
) -> None:
    assert irpf.withholding_rate(first_day - timedelta(days=1)).percent == Decimal(before)
    assert irpf.withholding_rate(first_day).percent == Decimal(after)


@pytest.mark.parametrize(
    ("kind", "first_day", "percent"),
    [
        ("professional_general", date(2007, 1, 1), "15"),
        ("professional_new", date(2015, 7, 12), "7"),
        ("professional_special7", date(2015, 7, 12), "7"),
        ("professional_special7_artists", date(2023, 1, 26), "7"),
        ("urban_rent", date(2019, 1, 1), "19"),
        ("objective_estimation", date(2007, 4, 21), "1"),
        ("agriculture", date(2007, 1, 1), "2"),
        ("livestock_fattening", date(2007, 1, 1), "1"),
        ("forestry", date(2007, 1, 1), "2"),
        ("intellectual_property", date(2023, 1, 1), "15"),
        ("courses_conferences", date(2015, 7, 12), "15"),
        ("image_rights", date(2015, 1, 1), "24"),
        ("movable_capital", date(2016, 1, 1), "19"),
        ("prizes", date(2016, 1, 1), "19"),
        ("directors", date(2015, 1, 1), "35"),
        ("directors_small", date(2015, 7, 12), "19"),
    ],
)
def test_the_first_day_of_each_kind(kind: str, first_day: date, percent: str) -> None:
    assert irpf.withholding_rate(first_day, kind).percent == Decimal(percent)
    with pytest.raises(NotInForceError):
        irpf.withholding_rate(first_day - timedelta(days=1), kind)


def test_every_kind_is_listed() -> None:
    assert set(irpf.kinds()) == {rate.kind for rate in irpf.rates_on(date(2026, 11, 24))}
    assert len(irpf.kinds()) == 16


def test_the_amount_that_is_withheld() -> None:
    rate = irpf.withholding_rate(date(2026, 11, 24), "professional_new")
    assert (rate.tax, rate.of(Decimal("1234.50"))) == (Tax.IRPF, Decimal("86.42"))


@pytest.mark.parametrize(
    ("percent", "day", "kind"),
    [
        ("15.00", date(2021, 12, 8), "professional_general"),
        ("21", date(2013, 6, 1), "professional_general"),
        ("19", date(2015, 3, 1), "professional_general"),
        ("19", date(2021, 1, 1), "urban_rent"),
        ("7", date(2021, 1, 1), "professional_new"),
        ("1", date(2021, 1, 1), "objective_estimation"),
        ("2", date(2021, 1, 1), "agriculture"),
    ],
)
def test_a_percentage_names_the_kind_that_invoices_carry(
    percent: str, day: date, kind: str
) -> None:
    assert irpf.kind_of(Decimal(percent), day) == kind


def test_a_percentage_of_earlier_is_explained_and_found() -> None:
    with pytest.raises(NoSuchRateError, match="professional_general until 2014-12-31"):
        irpf.kind_of(Decimal(21), date(2021, 1, 1))
    assert irpf.last_rate(Decimal(21), date(2021, 1, 1)).kind == "professional_general"
    with pytest.raises(NoSuchRateError, match="no rate of IRPF"):
        irpf.last_rate(Decimal(4), date(2013, 4, 30))


@given(st.dates(date(2007, 1, 1), date(2099, 12, 31)))
def test_kind_and_percentage_name_each_other(day: date) -> None:
    for rate in irpf.rates_on(day):
        named = irpf.kind_of(rate.percent, day)
        assert irpf.withholding_rate(day, named).percent == rate.percent


class TestCeutaAndMelilla:
    def test_the_rates_of_activities_are_reduced(self) -> None:
        full = irpf.withholding_rate(date(2026, 1, 1), "professional_general")
        reduced = irpf.withholding_rate(date(2026, 1, 1), "professional_general", "melilla")
        assert (full.percent, reduced.percent) == (Decimal(15), Decimal(6))
        assert reduced.since == date(2018, 7, 5)
        assert "Real Decreto 1461/2018" in reduced.source

    def test_the_new_professional(self) -> None:
        rate = irpf.withholding_rate(date(2026, 1, 1), "professional_new", "ceuta")
        assert rate.percent == Decimal("2.8")

    def test_what_is_not_recorded_is_refused(self) -> None:
        with pytest.raises(TerritoryError, match="urban_rent"):
            irpf.withholding_rate(date(2026, 1, 1), "urban_rent", "ceuta")
        with pytest.raises(NotInForceError):
            irpf.withholding_rate(date(2018, 7, 4), territory="ceuta")


@pytest.mark.parametrize("territory", ["gipuzkoa", "navarra", "portugal"])
def test_other_territories_are_refused(territory: str) -> None:
    with pytest.raises(TerritoryError):
        irpf.withholding_rate(date(2026, 1, 1), territory=territory)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(UnknownKindError, match="urban_rent"):
        irpf.withholding_rate(date(2026, 1, 1), "dividends")
    with pytest.raises(ArgumentError):
        irpf.withholding_rate("2026-01-01")  # type: ignore[arg-type]  # that is the point
    with pytest.raises(ArgumentError):
        irpf.kind_of(15.0, date(2026, 1, 1))  # type: ignore[arg-type]  # that is the point
