"""What one document between two parties must be."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax_es.calendar import WorkingDays
from tax_es.errors import ConditionError
from tax_es.exchange import (
    Counterpart,
    CounterpartKind,
    DocumentKind,
    Requirement,
    requirements,
)
from tax_es.obligations import Company, Regime, obligations

LARGE = Company("B12345674", Decimal("8000000.01"))
SMALL = Company("B12345674", Decimal(8_000_000))
PERSON = Company("12345678Z", Decimal(50_000))
ABROAD = Counterpart(in_spain=False)
OFFICE = Counterpart(CounterpartKind.ADMINISTRATION)
CONSUMER = Counterpart(CounterpartKind.CONSUMER)
INVOICE, STATUS = DocumentKind.INVOICE, DocumentKind.STATUS
SPFE = "ubl-2.5 es-spfe-1.0.0"


def of(
    regime: Regime,
    company: Company,
    day: date,
    other: Counterpart = Counterpart(),  # noqa: B008 - frozen
    document: DocumentKind = INVOICE,
    **more: WorkingDays,
) -> Requirement:
    found = requirements(company, other, document, day, **more)
    return next(each for each in found if each.regime is regime)


@pytest.mark.parametrize(
    ("company", "first"), [(LARGE, date(2027, 10, 6)), (SMALL, date(2028, 10, 6))]
)
@pytest.mark.parametrize("regime", [Regime.B2B, Regime.SPFE])
def test_between_businesses_from_the_day_of_the_turnover(
    regime: Regime, company: Company, first: date
) -> None:
    before, after = of(regime, company, first - timedelta(days=1)), of(regime, company, first)
    assert (before.applies, before.by, before.since) == (False, None, first)
    assert (after.applies, after.by, after.since) == (True, first, first)
    assert after.formats[0] == SPFE
    assert "238/2026" in after.article


def test_four_syntaxes_between_the_parties_and_one_to_the_public_solution() -> None:
    day = date(2027, 10, 6)
    assert of(Regime.B2B, LARGE, day).formats == (SPFE, "ubl", "cii", "edifact", "facturae")
    assert of(Regime.SPFE, LARGE, day).formats == (SPFE,)


@pytest.mark.parametrize(
    ("company", "day", "companion"),
    [
        (LARGE, date(2027, 10, 5), ""),
        (LARGE, date(2027, 10, 6), "pdf"),
        (LARGE, date(2028, 10, 6), "pdf"),
        (LARGE, date(2028, 10, 7), ""),
        (SMALL, date(2028, 10, 6), ""),
    ],
)
def test_a_readable_copy_in_the_first_year_of_the_large(
    company: Company, day: date, companion: str
) -> None:
    assert of(Regime.B2B, company, day).companion == companion
    assert of(Regime.SPFE, company, day).companion == ""


@pytest.mark.parametrize(
    ("other", "document"),
    [
        (ABROAD, INVOICE),
        (OFFICE, INVOICE),
        (CONSUMER, INVOICE),
        (Counterpart(), DocumentKind.SIMPLIFIED),
    ],
)
def test_what_is_none_between_businesses(other: Counterpart, document: DocumentKind) -> None:
    for regime in (Regime.B2B, Regime.SPFE):
        found = of(regime, LARGE, date(2030, 1, 1), other, document)
        assert (found.applies, found.since, found.formats) == (False, None, ())


def test_a_simplified_invoice_with_the_recipient_is_one() -> None:
    day = date(2027, 10, 6)
    assert of(Regime.B2B, LARGE, day, document=DocumentKind.QUALIFIED_SIMPLIFIED).applies


@pytest.mark.parametrize(
    ("company", "first"),
    [
        (LARGE, date(2027, 10, 6)),
        (replace(PERSON, turnover_before=Decimal(9_000_000)), date(2027, 10, 6)),
        (SMALL, date(2028, 10, 6)),
        (PERSON, date(2029, 10, 6)),
        (replace(SMALL, pass_through=True), date(2029, 10, 6)),
    ],
)
def test_statuses_by_who_reports(company: Company, first: date) -> None:
    for regime in (Regime.B2B, Regime.SPFE):
        assert of(regime, company, first, document=STATUS).applies
        assert not of(regime, company, first - timedelta(days=1), document=STATUS).applies


def test_a_status_has_four_days() -> None:
    """The event of 2027-10-08 is counted to 2027-10-15: the 12th is a national holiday."""
    event = date(2027, 10, 8)
    known = WorkingDays.adding([date(2027, 10, 12)])
    found = of(Regime.SPFE, LARGE, event, document=STATUS, days=known)
    assert found.by == date(2027, 10, 15)
    assert found.formats == ("ubl-2.5 application-response",)
    unknown = of(Regime.SPFE, LARGE, date(2040, 3, 1), document=STATUS)
    assert unknown.by is None
    assert "2040" in unknown.mark


def test_the_formats_of_face_by_day() -> None:
    before = of(Regime.FACE, SMALL, date(2019, 4, 17), OFFICE)
    after = of(Regime.FACE, SMALL, date(2019, 4, 18), OFFICE)
    assert before.applies
    assert before.formats == ("facturae-3.2", "facturae-3.2.1")
    assert "ubl-2.1 cius-es-face-1.0.0" in after.formats
    person = of(Regime.FACE, PERSON, date(2026, 1, 1), OFFICE)
    assert (person.applies, bool(person.formats)) == (False, True)
    assert not of(Regime.FACE, SMALL, date(2026, 1, 1)).formats


def test_peppol_obliges_nobody() -> None:
    found = of(Regime.PEPPOL, LARGE, date(2027, 10, 6))
    assert (found.applies, found.formats) == (False, ("ubl-2.1 peppol-bis-3",))
    assert not of(Regime.PEPPOL, LARGE, date(2027, 10, 6), ABROAD).formats


def test_foral_addresses_are_marked_and_the_turnover_asked_for() -> None:
    bilbao = replace(LARGE, postal_code="48001")
    assert "foral" in of(Regime.B2B, bilbao, date(2027, 10, 6)).mark
    with pytest.raises(ConditionError):
        requirements(Company("B12345674"), Counterpart(), INVOICE, date(2027, 1, 1))


@given(
    company=st.sampled_from([LARGE, SMALL, PERSON]),
    other=st.builds(Counterpart, st.sampled_from(CounterpartKind), st.booleans()),
    document=st.sampled_from(DocumentKind),
    day=st.dates(date(2017, 7, 1), date(2035, 1, 1)),
)
def test_one_answer_of_each_and_none_against_the_regimes(
    company: Company, other: Counterpart, document: DocumentKind, day: date
) -> None:
    found = requirements(company, other, document, day)
    assert [each.regime for each in found] == [
        Regime.B2B,
        Regime.SPFE,
        Regime.FACE,
        Regime.PEPPOL,
    ]
    own = {each.regime: each for each in obligations(company, day)}
    for each in found:
        assert each.article
        assert each.reason
        assert not each.applies or (each.since is not None and each.since <= day)
        assert each.by is None or (each.applies and each.by >= day)
    assert not found[0].applies or own[Regime.B2B].applies
