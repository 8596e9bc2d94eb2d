"""Which regimes oblige whom, and how much time is left."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tax_es.errors import ArgumentError, ConditionError
from tax_es.obligations import Company, Obligation, Regime, hours_left, obligations

D = Decimal
SMALL = Company("B12345674", D(100_000))
DAY = date(2026, 11, 25)


def of(company: Company, day: date, regime: Regime) -> Obligation:
    return next(each for each in obligations(company, day) if each.regime is regime)


@pytest.mark.parametrize(
    ("company", "applies"),
    [
        (SMALL, False),
        (replace(SMALL, turnover_before=D("6010121.04")), False),
        (replace(SMALL, turnover_before=D("6010121.05")), True),
        (replace(SMALL, vat_group=True), True),
        (replace(SMALL, monthly_refund=True), True),
    ],
)
def test_the_sii(company: Company, applies: bool) -> None:
    found = of(company, DAY, Regime.SII)
    assert found.applies is applies
    assert "art" in found.article
    assert of(company, DAY, Regime.VERIFACTU).reason.startswith("who keeps") is applies


@pytest.mark.parametrize(
    ("nif", "first"), [("B12345674", date(2027, 1, 1)), ("12345678Z", date(2027, 7, 1))]
)
def test_verifactu_by_who_is_asked(nif: str, first: date) -> None:
    company = Company(nif, D(1))
    before = of(company, date.fromordinal(first.toordinal() - 1), Regime.VERIFACTU)
    after = of(company, first, Regime.VERIFACTU)
    assert (before.applies, after.applies) == (False, True)
    assert "postponement" in after.mark


def test_foral_addresses_have_ticketbai() -> None:
    bilbao = replace(SMALL, postal_code="48001")
    assert of(bilbao, DAY, Regime.TICKETBAI).applies
    assert not of(bilbao, date(2025, 12, 31), Regime.TICKETBAI).applies
    assert of(bilbao, DAY, Regime.TICKETBAI).mark
    assert not of(bilbao, date(2028, 1, 1), Regime.VERIFACTU).applies
    assert not of(SMALL, DAY, Regime.TICKETBAI).applies


@pytest.mark.parametrize(
    ("turnover", "first"),
    [("8000000.01", date(2027, 10, 6)), ("8000000", date(2028, 10, 6))],
)
def test_invoices_between_businesses(turnover: str, first: date) -> None:
    company = replace(SMALL, turnover_before=D(turnover))
    assert of(company, first, Regime.B2B).applies
    assert not of(company, date.fromordinal(first.toordinal() - 1), Regime.B2B).applies


def test_invoices_to_the_administration() -> None:
    assert of(replace(SMALL, sells_to_administration=True), DAY, Regime.FACE).applies
    assert not of(SMALL, DAY, Regime.FACE).applies
    person = replace(SMALL, nif="12345678Z", sells_to_administration=True)
    assert not of(person, DAY, Regime.FACE).applies
    assert "may choose" in of(person, DAY, Regime.FACE).reason


def test_what_decides_is_asked_for() -> None:
    with pytest.raises(ConditionError) as refused:
        obligations(Company("B12345674"), DAY)
    assert refused.value.details["condition"] == "turnover_before"
    for wrong in (Company("B12345670", D(1)), Company("B12345674", D(1), postal_code="99999")):
        with pytest.raises(ArgumentError):
            obligations(wrong, DAY)


def test_hours_left() -> None:
    """An invoice of Friday 5 December 2025 may be sent until the end of Friday 12."""
    event = date(2025, 12, 5)
    assert hours_left(event, datetime(2025, 12, 12, 22, 30, tzinfo=UTC)) == 0
    assert hours_left(event, datetime(2025, 12, 12, 23, 30, tzinfo=UTC)) == -1
    assert hours_left(event, datetime(2025, 12, 11, 23, 0, tzinfo=UTC)) == 24
    assert hours_left(event, datetime(2025, 12, 9, 23, 0, tzinfo=UTC), working_days=1) == 0
    with pytest.raises(ArgumentError):
        hours_left(event, datetime(2025, 12, 12))  # noqa: DTZ001 - what is refused
