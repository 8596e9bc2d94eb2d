"""Ley 3/2004: terms, interest by half-year, average period."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einvoice_core.errors import NotInForceError
from tax_es import payment_terms
from tax_es.errors import ArgumentError, UnverifiedParameter
from tax_es.payment_terms import Debt

D = Decimal


def test_due_dates() -> None:
    assert payment_terms.due_on(date(2025, 1, 31)) == date(2025, 3, 2)
    assert payment_terms.due_on(date(2025, 1, 31), 60) == date(2025, 4, 1)
    assert payment_terms.due_on(date(2025, 1, 31), 0) == date(2025, 1, 31)
    for days in (61, -1):
        with pytest.raises(ArgumentError):
            payment_terms.due_on(date(2025, 1, 31), days)
    with pytest.raises(NotInForceError):
        payment_terms.due_on(date(2012, 1, 1))


def test_interest_of_a_half_year() -> None:
    found = payment_terms.late_interest(D(10000), date(2022, 1, 31), date(2022, 3, 2))
    assert found["days"] == 30
    assert found["interest"] == D("65.75")  # 10,000 * 8 % * 30 / 365
    step = found.step("2022-02-01 to 2022-03-02")
    assert step.parameters[0].source.endswith("(BOE-A-2021-21959)")
    assert "[?]" not in step.sentence_en
    assert not found.marks


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        (date(2005, 1, 1), "9.09"), (date(2005, 6, 30), "9.09"), (date(2006, 7, 1), "9.83"),
        (date(2014, 7, 1), "8.15"), (date(2014, 12, 31), "8.15"), (date(2020, 6, 30), "8.00"),
        (date(2022, 1, 1), "8.00"), (date(2024, 1, 1), "12.50"), (date(2025, 12, 31), "10.15"),
        (date(2026, 6, 30), "10.15"),
    ],
)  # fmt: skip
def test_the_percentage_of_a_day(day: date, percent: str) -> None:
    """A year's debt of 36,500 euros bears a hundredth of the percentage each day."""
    found = payment_terms.late_interest(
        D(36500), day - timedelta(days=1), day, allow_unverified=True
    )
    assert found["interest"] == D(percent)


@pytest.mark.parametrize(
    "day",
    [date(2004, 12, 31), date(2005, 7, 1), date(2014, 6, 30), date(2015, 1, 1), date(2026, 7, 1)],
)
def test_the_day_outside_a_half_year_is_refused(day: date) -> None:
    with pytest.raises(NotInForceError):
        payment_terms.late_interest(D(1), day - timedelta(days=1), day, allow_unverified=True)


def test_interest_across_half_years_is_rounded_once() -> None:
    found = payment_terms.late_interest(
        D(1000), date(2025, 12, 21), date(2026, 1, 10), allow_unverified=True
    )
    assert [step.key for step in found.trace[:-1]] == [
        "2025-12-22 to 2025-12-31",
        "2026-01-01 to 2026-01-10",
    ]
    assert found["interest"] == D("5.56")
    assert found.marks


def test_half_years_that_cannot_be_cited_are_refused() -> None:
    with pytest.raises(NotInForceError):
        payment_terms.late_interest(D(1), date(2021, 1, 1), date(2021, 2, 1))
    with pytest.raises(NotInForceError):
        payment_terms.late_interest(
            D(1), date(2022, 6, 30), date(2022, 7, 1), allow_unverified=True
        )
    with pytest.raises(UnverifiedParameter):
        payment_terms.late_interest(D(1), date(2026, 1, 1), date(2026, 2, 1))
    for amount in (D(-1), 1.5):
        with pytest.raises(ArgumentError):
            payment_terms.late_interest(amount, date(2022, 1, 1), date(2022, 2, 1))  # type: ignore[arg-type]


def test_a_payment_in_time_bears_nothing() -> None:
    found = payment_terms.late_interest(D(1000), date(2022, 1, 31), date(2022, 1, 31))
    assert (found["interest"], found["days"]) == (0, 0)
    assert payment_terms.compensation(date(2025, 1, 1)) == 40


def test_the_average_period() -> None:
    on = date(2025, 3, 31)
    found = payment_terms.average_period(
        [
            Debt(D(1000), date(2025, 1, 1), date(2025, 1, 31)),
            Debt(D(3000), date(2025, 1, 1), date(2025, 3, 2)),
            Debt(D(1000), date(2025, 3, 1)),
        ],
        on,
    )
    assert (found["paid_ratio"], found["pending_ratio"]) == (D("52.50"), D("30.00"))
    assert found["average"] == D("48.00")
    with pytest.raises(ArgumentError):
        payment_terms.average_period([], on)
    with pytest.raises(ArgumentError):
        payment_terms.average_period([Debt(D(-1), on)], on)


days = st.integers(0, 180)


@given(st.decimals(0, 10**7, places=2), days, days)
def test_interest_grows_with_time(amount: Decimal, first: int, second: int) -> None:
    due = date(2019, 12, 31)
    early, late = sorted((first, second))
    one, two = (
        payment_terms.late_interest(
            amount, due, date.fromordinal(due.toordinal() + n), allow_unverified=True
        )["interest"]
        for n in (early, late)
    )
    assert one <= two
