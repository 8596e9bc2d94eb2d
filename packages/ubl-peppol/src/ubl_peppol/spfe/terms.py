"""The terms in which messages and invoices are due, on the calendar of tax_es.

Two sets of holidays: the term of a status skips Saturdays, Sundays and national holidays; the grace
after an outage counts working days, which skip regional and local holidays too.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tax_es.calendar import NATIONAL, WorkingDays
from ubl_peppol.spfe.messages.kinds import KINDS
from ubl_peppol.spfe.readings import DEFAULT, Readings

__all__ = ["StatusTerm", "outage_grace", "payment_report_needed", "status_term"]

_COUNTED_DAYS = 4
_LONG_OUTAGE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class StatusTerm:
    """Until when a message is due.

    Attributes:
        last_day: The last day.
        mandatory: Whether the texts state it, or it is recommended only.
        article: Norm and article.
    """

    last_day: date
    mandatory: bool
    article: str


def status_term(
    code: str,
    event_on: date,
    *,
    days: WorkingDays = NATIONAL,
    readings: Readings = DEFAULT,
) -> StatusTerm | None:
    """Tell until when a message is due: the fourth counted day after the event.

    Args:
        code: One of the nine messages.
        event_on: Day of the payment or of the rejection.
        days: The calendar; by default only holidays of the whole of Spain.
        readings: ``rejection_days`` counts for a rejection.

    Returns:
        The term; ``None`` for a message that has none.

    Raises:
        CalendarError: The year has no holidays recorded.
        KeyError: It is none of the nine.

    Source:
        RD 238/2026, arts. 10.3, 12.1 and 12.3.
    """
    kind = KINDS[code]
    if kind.code == "PAYMENT":
        return StatusTerm(days.add(event_on, _COUNTED_DAYS), True, "RD 238/2026, art. 12.3")
    if kind.code == "REJECTION":
        last = days.add(event_on, readings.rejection_days)
        return StatusTerm(last, False, "RD 238/2026, art. 10.3, by analogy")
    return None


def outage_grace(began_at: datetime, repaired_at: datetime, *, days: WorkingDays) -> date | None:
    """Tell until when what an outage of the public solution held up may be sent.

    Args:
        began_at: When it began, with a time zone.
        repaired_at: When it was repaired, with a time zone.
        days: The calendar of the sender, with regional and local holidays.

    Returns:
        The fourth working day after the repair; ``None`` when it lasted 24 hours or less.

    Source:
        Orden HAC/1028/2026, arts. 5.7 and 8.4.
    """
    if repaired_at - began_at <= _LONG_OUTAGE:
        return None
    return days.add(repaired_at.date(), _COUNTED_DAYS)


def payment_report_needed(
    issued_on: date, *, paid_on: date | None, operation_on: date | None = None
) -> bool:
    """Tell whether the recipient must report the payment.

    Args:
        issued_on: Day of issue (BT-2).
        paid_on: Day of payment that the invoice states (BT-ES-2).
        operation_on: Day of the operations (BT-7); that of issue when the invoice has none.

    Source:
        Orden HAC/1028/2026, art. 7.4 (check ES-SPFE-136).
    """
    return paid_on is None or paid_on > issued_on or paid_on != (operation_on or issued_on)
