"""What the parties of an invoice tell each other, in which order and until when."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tax_es.calendar import WorkingDays
from ubl_peppol.spfe.between import Between, PartyStatus, PartyStatusKind, party_status_term
from ubl_peppol.spfe.messages import IllegalTransition

DAY = date(2027, 11, 3)
Kind = PartyStatusKind


def status(kind: Kind, amount: str | None = None, assignee: str | None = None) -> PartyStatus:
    return PartyStatus(
        kind=kind, on=DAY, amount=Decimal(amount) if amount else None, assignee=assignee
    )


def test_an_invoice_is_accepted_assigned_and_paid_in_parts() -> None:
    state = Between(Decimal("121.00")).told(status(Kind.ACCEPTED))
    state = state.told(status(Kind.ASSIGNED, assignee="B12345674"))
    state = state.told(status(Kind.PARTLY_PAID, "100.00"))
    assert (state.acceptance, state.creditor, state.paid) == (
        "accepted",
        "B12345674",
        Decimal("100.00"),
    )
    assert not state.settled
    state = state.told(status(Kind.PAID))
    assert state.settled
    assert state.paid == state.due


@pytest.mark.parametrize(
    ("told", "refused"),
    [
        ([Kind.REJECTED], status(Kind.PAID)),
        ([Kind.REJECTED], status(Kind.PARTLY_PAID, "1")),
        ([Kind.ACCEPTED], status(Kind.ACCEPTED)),
        ([Kind.PAID], status(Kind.REJECTED)),
        ([], status(Kind.PARTLY_PAID)),
        ([], status(Kind.PARTLY_PAID, "121.00")),
        ([], status(Kind.PARTLY_ACCEPTED)),
        ([], status(Kind.ASSIGNED)),
    ],
)
def test_what_contradicts_or_says_too_little_is_refused(
    told: list[Kind], refused: PartyStatus
) -> None:
    state = Between(Decimal("121.00"))
    for kind in told:
        state = state.told(status(kind))
    with pytest.raises(IllegalTransition):
        state.told(refused)


def test_a_partly_paid_invoice_is_not_rejected() -> None:
    state = Between(Decimal("121.00")).told(status(Kind.PARTLY_PAID, "21.00"))
    with pytest.raises(IllegalTransition, match="part of the invoice"):
        state.told(status(Kind.REJECTED))


def test_an_amount_is_positive() -> None:
    with pytest.raises(ValidationError):
        status(Kind.PARTLY_PAID, "-1")


def test_the_term_is_four_counted_days() -> None:
    days = WorkingDays.adding([date(2027, 12, 6), date(2027, 12, 8)])
    term = party_status_term(Kind.ACCEPTED, date(2027, 12, 2), days=days)
    assert (term.last_day, term.mandatory) == (date(2027, 12, 10), True)
    assert not party_status_term(Kind.PARTLY_PAID, date(2027, 12, 2), days=days).mandatory


amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(200), places=2)


@given(
    st.lists(
        st.builds(
            PartyStatus,
            kind=st.sampled_from(Kind),
            on=st.just(DAY),
            amount=st.none() | amounts,
            assignee=st.none() | st.just("B12345674"),
        ),
        max_size=15,
    )
)
def test_no_history_pays_more_than_is_due(history: list[PartyStatus]) -> None:
    state = Between(Decimal("121.00"))
    for each in history:
        try:
            state = state.told(each)
        except IllegalTransition:
            continue
    assert state.paid <= state.due
    assert state.settled == (state.paid == state.due)
    assert not (state.settled and state.acceptance == "rejected")
