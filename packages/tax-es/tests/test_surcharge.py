from datetime import date, timedelta
from decimal import Decimal

import pytest

from einvoice_core.errors import NotInForceError
from tax_es import Tax, iva
from tax_es.errors import NoSuchRateError, UnknownKindError, UnverifiedParameter


@pytest.mark.parametrize(
    ("kind", "first_day", "before", "after"),
    [
        ("general", date(2012, 9, 1), "4", "5.2"),
        ("reduced", date(2012, 9, 1), "1", "1.4"),
        ("super_reduced", date(2012, 9, 1), "0.5", "0.5"),
    ],
)
def test_the_surcharge_changes_on_its_day(
    kind: str, first_day: date, before: str, after: str
) -> None:
    assert iva.surcharge(first_day - timedelta(days=1), kind).percent == Decimal(before)
    assert iva.surcharge(first_day, kind).percent == Decimal(after)


@pytest.mark.parametrize(
    ("day", "percent", "surcharge"),
    [
        (date(1994, 12, 31), "15", "4"),
        (date(2010, 6, 30), "16", "4"),
        (date(2012, 8, 31), "18", "4"),
        (date(2012, 9, 1), "21.00", "5.2"),
        (date(2026, 11, 24), "10", "1.4"),
        (date(2026, 11, 24), "4", "0.5"),
        (date(2023, 1, 1), "5", "0.62"),
        (date(2023, 1, 1), "0", "0"),
        (date(2024, 9, 30), "0.00", "0"),
        (date(2024, 10, 1), "2", "0.26"),
        (date(2024, 10, 1), "7.50", "1"),
        (date(2024, 12, 31), "7.5", "1"),
    ],
)
def test_the_surcharge_follows_the_percentage_of_the_tax(
    day: date, percent: str, surcharge: str
) -> None:
    found = iva.surcharge(day, Decimal(percent))
    assert (found.tax, found.percent) == (Tax.SURCHARGE, Decimal(surcharge))


def test_the_surcharge_of_tobacco() -> None:
    found = iva.surcharge(date(2026, 1, 1), "tobacco")
    assert found.of(Decimal("1000")) == Decimal("17.50")
    with pytest.raises(NotInForceError):
        iva.surcharge(date(1996, 12, 31), "tobacco")


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        (date(2012, 9, 1), "18"),
        (date(2024, 10, 1), "5"),
        (date(2025, 1, 1), "7.5"),
        (date(2026, 1, 1), "13"),
    ],
)
def test_a_percentage_out_of_its_days_is_refused(day: date, percent: str) -> None:
    with pytest.raises(NoSuchRateError):
        iva.surcharge(day, Decimal(percent))


def test_gifts_at_zero_have_no_surcharge_recorded() -> None:
    with pytest.raises(NotInForceError, match="no surcharge is recorded for 0 %"):
        iva.surcharge(date(2026, 1, 1), Decimal(0))


def test_a_surcharge_without_a_norm_is_refused_unless_allowed() -> None:
    with pytest.raises(UnverifiedParameter, match="no norm was found"):
        iva.surcharge(date(2022, 7, 1), Decimal(5))
    found = iva.surcharge(date(2022, 12, 31), Decimal(5), allow_unverified=True)
    assert (found.percent, bool(found.mark)) == (Decimal("0.5"), True)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownKindError):
        iva.surcharge(date(2026, 1, 1), "luxury")
