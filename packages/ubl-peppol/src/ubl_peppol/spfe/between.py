"""The statuses that the parties of an invoice tell each other; none of them goes to the agency.

The norm names them and their term, and gives no message for them: platforms agree on one. This is
what has to be told, until when, and what follows; how it travels is left to whoever sends it.

Source: RD 238/2026, art. 10. The norm states no order of the statuses: what is refused here is what
contradicts an earlier one, which is our reading.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from einvoice_core.money import Amount, total
from einvoice_core.records import Record
from tax_es.calendar import NATIONAL, WorkingDays
from ubl_peppol.spfe.messages.states import IllegalTransition
from ubl_peppol.spfe.terms import StatusTerm

__all__ = ["Between", "PartyStatus", "PartyStatusKind", "party_status_term"]

_COUNTED_DAYS = 4


class PartyStatusKind(StrEnum):
    """What one party tells the other."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PARTLY_ACCEPTED = "partly accepted"
    PARTLY_PAID = "partly paid"
    PAID = "paid"
    ASSIGNED = "assigned"

    @property
    def mandatory(self) -> bool:
        """Whether it must be told: acceptance or rejection, and full payment."""
        return self in (self.ACCEPTED, self.REJECTED, self.PAID)


class PartyStatus(Record):
    """One status with its date."""

    kind: PartyStatusKind
    on: date
    """Day of the acceptance, the effective payment or the assignment."""
    amount: Annotated[Amount, Field(gt=0)] | None = None
    """Of a partial payment or acceptance."""
    assignee: str | None = None
    """NIF of whoever the credit is assigned to."""
    reason: str | None = None
    """Of a rejection."""


@dataclass(frozen=True, slots=True)
class Between:
    """Where an invoice stands between its parties; each status makes a new one.

    Attributes:
        due: What is to be paid.
        acceptance: ``pending``, ``accepted``, ``partly accepted`` or ``rejected``.
        paid: What was paid so far.
        creditor: NIF of whoever is to be paid, when the credit was assigned.
        statuses: What was told, in order.
    """

    due: Decimal
    acceptance: str = "pending"
    paid: Decimal = Decimal(0)
    creditor: str | None = None
    statuses: tuple[PartyStatus, ...] = field(default=())

    @property
    def settled(self) -> bool:
        """Whether everything was paid."""
        return any(status.kind is PartyStatusKind.PAID for status in self.statuses)

    def told(self, status: PartyStatus) -> "Between":
        """A status arrives.

        Raises:
            IllegalTransition: It contradicts an earlier one, or lacks its amount or assignee.
        """
        kind = status.kind
        refused = self._refused(status)
        if refused:
            raise IllegalTransition(f"{kind}: {refused}", state=self.acceptance, event=kind.value)
        after = replace(self, statuses=(*self.statuses, status))
        if kind in (
            PartyStatusKind.ACCEPTED,
            PartyStatusKind.REJECTED,
            PartyStatusKind.PARTLY_ACCEPTED,
        ):
            return replace(after, acceptance=kind.value)
        if kind is PartyStatusKind.PAID:
            return replace(after, paid=self.due)
        if kind is PartyStatusKind.PARTLY_PAID:
            return replace(after, paid=total((self.paid, status.amount or Decimal(0))))
        return replace(after, creditor=status.assignee)

    def _refused(self, status: PartyStatus) -> str:
        kind = status.kind
        if self.settled:
            return "everything was paid"
        if kind is PartyStatusKind.ASSIGNED:
            return "" if status.assignee else "say who the credit is assigned to"
        if kind in (PartyStatusKind.PAID, PartyStatusKind.PARTLY_PAID):
            if self.acceptance == PartyStatusKind.REJECTED.value:
                return "the invoice was rejected"
            return self._refused_payment(status) if kind is PartyStatusKind.PARTLY_PAID else ""
        if self.acceptance == kind.value:
            return "it was told before"
        if kind is PartyStatusKind.REJECTED and self.paid:
            return "a part of the invoice was paid"
        if kind is PartyStatusKind.PARTLY_ACCEPTED and status.amount is None:
            return "say which amount is accepted"
        return ""

    def _refused_payment(self, status: PartyStatus) -> str:
        if status.amount is None:
            return "say which amount was paid"
        if total((self.paid, status.amount)) >= self.due:
            return (
                f"with {self.paid} paid before it makes {self.due} or more: tell the full payment"
            )
        return ""


def party_status_term(
    kind: PartyStatusKind, event_on: date, *, days: WorkingDays = NATIONAL
) -> StatusTerm:
    """Tell until when one party must tell the other: the fourth counted day after the event.

    Args:
        kind: What is told.
        event_on: For an acceptance or rejection the day of reception; for a payment that of it.
        days: Saturdays, Sundays and national holidays do not count.

    Raises:
        CalendarError: The year has no holidays recorded.

    Source:
        RD 238/2026, art. 10.3.
    """
    last = days.add(event_on, _COUNTED_DAYS)
    return StatusTerm(last, kind.mandatory, "RD 238/2026, art. 10.3")
