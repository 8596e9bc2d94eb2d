"""Working days and terms, against the calendar that the tax agency printed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax_es import calendar
from tax_es.calendar import NATIONAL, Period, WorkingDays
from tax_es.errors import ArgumentError, CalendarError, UnknownKindError, UnverifiedParameter


@pytest.mark.parametrize(
    ("model", "period", "due"),
    [
        ("303", "2025-1T", date(2025, 4, 21)),  # 20 April was a Sunday, the 21st a Monday
        ("303", "2025-2T", date(2025, 7, 21)),
        ("303", "2025-3T", date(2025, 10, 20)),
        ("303", "2025-4T", date(2026, 1, 30)),
        ("303", "2025-01", date(2025, 2, 28)),
        ("303", "2025-02", date(2025, 3, 31)),
        ("303", "2024-01", date(2024, 2, 29)),
        ("130", "2025-4T", date(2026, 1, 30)),
        ("111", "2024-4T", date(2025, 1, 20)),
        ("111", "2025-07", date(2025, 8, 20)),
        ("390", "2025-0A", date(2026, 1, 30)),
        ("190", "2024-0A", date(2025, 1, 31)),
        ("180", "2025-0A", date(2026, 2, 2)),  # 31 January 2026 was a Saturday
        ("347", "2025-0A", date(2026, 3, 2)),  # 28 February 2026 was a Saturday
        ("369", "2025-2T", date(2025, 7, 31)),
        ("369", "2025-08", date(2025, 9, 30)),
        ("369", "2026-1T", date(2026, 4, 30)),
    ],
)
def test_the_last_day(model: str, period: str, due: date) -> None:
    found = calendar.deadline(model, Period.parse(period))
    assert found.due_on == due
    assert "BOE-A" in found.source
    assert found.opens_on.day == 1


def test_a_term_that_no_holiday_moves() -> None:
    """31 May 2026 is a Sunday: form 369 is due that day all the same."""
    assert calendar.deadline("369", Period(2026, "04")).due_on == date(2026, 5, 31)


def test_direct_debit_closes_before_the_term() -> None:
    found = calendar.deadline("303", Period(2025, "3T"))
    assert found.direct_debit_until == date(2025, 10, 15)


def test_the_sii_counts_four_working_days() -> None:
    assert calendar.sii_deadline(date(2025, 12, 5)) == date(2025, 12, 12)
    assert calendar.sii_deadline(date(2026, 4, 1)) == date(2026, 4, 8)


def test_a_year_without_data_is_refused_until_it_is_given() -> None:
    with pytest.raises(CalendarError) as refused:
        calendar.deadline("303", Period(2026, "4T"))
    assert refused.value.details["year"] == 2027
    given_days = WorkingDays.adding([date(2027, 1, 1), date(2027, 1, 6)])
    found = calendar.deadline("303", Period(2026, "4T"), days=given_days)
    assert found.due_on == date(2027, 2, 1)


def test_holidays_of_a_place_are_added() -> None:
    madrid = WorkingDays.adding([date(2025, 4, 21)])
    assert calendar.deadline("303", Period(2025, "1T"), days=madrid).due_on == date(2025, 4, 22)


def test_terms_that_were_not_read_are_marked() -> None:
    with pytest.raises(UnverifiedParameter):
        calendar.deadline("349", Period(2025, "1T"))
    found = calendar.deadline("349", Period(2025, "07"), allow_unverified=True)
    assert found.due_on == date(2025, 9, 22)


def test_a_year_of_terms() -> None:
    found = calendar.deadlines(2025)
    assert len(found) == 4 * 4 + 4
    assert [each.due_on for each in found] == sorted(each.due_on for each in found)


@pytest.mark.parametrize(
    ("model", "period"), [("999", "2025-1T"), ("390", "2025-1T"), ("130", "2025-01")]
)
def test_an_unknown_form_or_regime_is_refused(model: str, period: str) -> None:
    with pytest.raises(UnknownKindError):
        calendar.deadline(model, Period.parse(period))


@pytest.mark.parametrize("text", ["2025", "2025-13", "2025-5T", "25-1T", "2025-00", ""])
def test_a_text_that_is_no_period(text: str) -> None:
    with pytest.raises(ArgumentError):
        Period.parse(text)


def test_the_days_of_a_period() -> None:
    assert (Period(2024, "1T").first_day, Period(2024, "1T").last_day) == (
        date(2024, 1, 1),
        date(2024, 3, 31),
    )
    assert Period(2024, "02").last_day == date(2024, 2, 29)
    assert date(2024, 5, 1) in Period(2024, "0A")
    assert Period(2024, "12").is_last_of_year


@given(st.dates(date(2022, 1, 10), date(2026, 11, 1)), st.integers(0, 25))
def test_counting_forward_and_between_agree(day: date, number: int) -> None:
    end = NATIONAL.add(day, number)
    assert NATIONAL.between(day, end) == number
    assert number == 0 or NATIONAL.is_working(end)


@given(st.dates(date(2022, 1, 1), date(2026, 12, 20)))
def test_the_next_working_day_is_near_and_works(day: date) -> None:
    found = NATIONAL.next_working(day)
    assert NATIONAL.is_working(found)
    assert timedelta(0) <= found - day <= timedelta(days=5)


def test_the_calendar_can_be_subscribed_to() -> None:
    text = calendar.icalendar(calendar.deadlines(2025), stamp=date(2026, 1, 1))
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") == 20
    assert "DTSTART;VALUE=DATE:20250421" in lines
    unfolded = text.replace("\r\n ", "")
    assert "Domiciliación hasta el 15-04-2025. RIVA\\, Real Decreto 1624/1992" in unfolded
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    english = calendar.icalendar(calendar.deadlines(2025), stamp=date(2026, 1, 1), language="en")
    assert english.count("SUMMARY:Form 303") == text.count("SUMMARY:Modelo 303") == 4
    assert "Direct debit until 2025-04-15." in english.replace("\r\n ", "")
    with pytest.raises(ArgumentError):
        calendar.icalendar([], stamp=date(2026, 1, 1), language="fr")
