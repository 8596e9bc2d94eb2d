import zoneinfo
from datetime import UTC, date, datetime, timedelta, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeat_sii import clock
from aeat_sii.conversation import Pace
from aeat_sii.sandbox import Service
from aeat_sii.testing import examples
from aeat_sii.verifactu import InvoiceId, build, link, prepare, rules

instants = st.datetimes(
    min_value=datetime(1997, 1, 1),  # noqa: DTZ001 - the zone is added
    max_value=datetime(2037, 12, 31),  # noqa: DTZ001 - the zone is added
    timezones=st.just(UTC),
)


@given(instants)
def test_the_time_of_spain_is_that_of_the_data_base_of_time_zones(instant: datetime) -> None:
    try:
        madrid = zoneinfo.ZoneInfo("Europe/Madrid")
    except zoneinfo.ZoneInfoNotFoundError:
        pytest.skip("this system has no data base of time zones")

    told = clock.in_spain(instant)

    assert told == instant
    assert told.utcoffset() == instant.astimezone(madrid).utcoffset()


@pytest.mark.parametrize(
    ("universal", "hours"),
    [
        (datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), 1),
        (datetime(2026, 3, 29, 1, 0, 0, tzinfo=UTC), 2),
        (datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC), 2),
        (datetime(2026, 10, 25, 1, 0, 0, tzinfo=UTC), 1),
    ],
)
def test_the_clocks_change_on_the_last_sundays(universal: datetime, hours: int) -> None:
    assert clock.in_spain(universal).utcoffset() == timedelta(hours=hours)


def test_now_is_in_whole_seconds_with_a_zone() -> None:
    assert clock.now().microsecond == 0
    assert clock.now().utcoffset() in (timedelta(hours=1), timedelta(hours=2))


class _Madrid(tzinfo):
    """A zone whose local hours come twice on a night, as those of :mod:`zoneinfo` do."""

    def utcoffset(self, instant: datetime | None) -> timedelta:
        return timedelta(hours=1 if instant and instant.fold else 2)

    def dst(self, instant: datetime | None) -> timedelta:
        return timedelta(hours=0 if instant and instant.fold else 1)


def test_the_hour_that_comes_twice_makes_no_waiting_longer() -> None:
    madrid = _Madrid()
    sent = datetime(2026, 10, 25, 2, 59, 50, tzinfo=madrid)
    later = datetime(2026, 10, 25, 2, 0, 10, fold=1, tzinfo=madrid)

    assert Pace(60, 1_000, sent).remaining(later, 1) == 40


def test_days_are_those_of_spain() -> None:
    after_midnight = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    issued = InvoiceId(issuer_nif=examples.ISSUER, number="1", issued_on=date(2026, 7, 2))
    recorded_at = clock.in_spain(after_midnight)
    record = link(examples.registration(invoice=issued, recorded_at=recorded_at), None)

    assert rules.validate(record, now=after_midnight).findings == ()
    _, answer = Service(lambda: after_midnight).answer(build(prepare([record])), examples.ISSUER)
    assert b"<r:EstadoEnvio>Correcto<" in answer
