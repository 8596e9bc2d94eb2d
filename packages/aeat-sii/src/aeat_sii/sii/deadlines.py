"""Until when a record has to be sent: four working days, on the one calendar of the suite.

Source: RIVA, Real Decreto 1624/1992 (BOE-A-1992-28925), art. 69 bis.
"""

from datetime import date

from aeat_sii.sii.records import (
    CollectionsOfInvoice,
    IgicIssuedRecord,
    IgicReceivedRecord,
    IssuedRecord,
    PaymentsOfInvoice,
    ReceivedRecord,
)
from tax_es.calendar import NATIONAL, WorkingDays, sii_deadline

__all__ = ["Timed", "deadline_of"]

Timed = (
    IssuedRecord
    | IgicIssuedRecord
    | ReceivedRecord
    | IgicReceivedRecord
    | CollectionsOfInvoice
    | PaymentsOfInvoice
)
"""Records whose own date begins a term of four working days."""


def deadline_of(record: Timed, *, days: WorkingDays = NATIONAL) -> date:
    """Return the last day to send a record.

    An issued invoice counts from its issue, a received one from its accounting entry, a payment or
    collection from the day it was made (of several, the first one).

    Args:
        record: What will be sent.
        days: Saturdays, Sundays and national holidays do not count.

    Raises:
        CalendarError: The holidays of the year are not recorded.
    """
    match record:
        case IssuedRecord() | IgicIssuedRecord():
            return sii_deadline(record.invoice.issued_on, days=days)
        case ReceivedRecord() | IgicReceivedRecord():
            return sii_deadline(record.content.entered_on, days=days)
    return sii_deadline(min(payment.paid_on for payment in record.payments), days=days)
