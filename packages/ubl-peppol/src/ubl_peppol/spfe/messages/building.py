"""Messages from what is to be said."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from ubl_peppol.errors import UnknownProfileError
from ubl_peppol.spfe.messages.kinds import KINDS
from ubl_peppol.spfe.messages.records import InvoiceReference, Message, Reporter, Status

__all__ = ["cancel", "cancel_invoices", "default", "payment", "rejection", "settlement"]


def _dates(due_on: date | None, shipped_on: date | None, received_on: date | None) -> list[Status]:
    found = (("DueDate", due_on), ("ShipmentDate", shipped_on), ("ReceptionDate", received_on))
    return [Status(name=name, on=day) for name, day in found if day is not None]


def payment(
    invoice: InvoiceReference,
    *,
    message_id: str,
    sent_on: date,
    sender: Reporter,
    paid_on: date,
    due_on: date,
    shipped_on: date | None = None,
    received_on: date | None = None,
    corrected: bool = False,
    negative: bool = False,
) -> Message:
    """Say that the recipient has paid an invoice in full (``PAYMENT``).

    Args:
        invoice: The invoice.
        message_id: Number of the message, the sender's own.
        sent_on: Day of sending.
        sender: The recipient of the invoice, or who acts for it.
        paid_on: Day of the effective payment in full.
        due_on: Day on which the term of payment ends.
        shipped_on: Day on which goods were sent, where it counts.
        received_on: Day on which they were received, where it counts.
        corrected: The invoice was corrected before.
        negative: It is a negative corrective invoice without a payment of its own.

    Source:
        Orden HAC/1028/2026, art. 7.1 and annex II.1.
    """
    statuses = _dates(due_on, shipped_on, received_on)
    marks = (("CorrectedInvoice", corrected), ("NegativeAmountInvoice", negative))
    statuses += [Status(reason=name) for name, holds in marks if holds]
    return _message("PAYMENT", (invoice,), message_id, sent_on, sender, paid_on, statuses)


def rejection(
    invoice: InvoiceReference,
    *,
    message_id: str,
    sent_on: date,
    sender: Reporter,
    rejected_on: date,
    reason: Literal["01", "02"],
) -> Message:
    """Say that the recipient rejects an invoice (``REJECTION``).

    Args:
        invoice: The invoice.
        message_id: Number of the message.
        sent_on: Day of sending.
        sender: The recipient of the invoice, or who acts for it.
        rejected_on: Day of the rejection.
        reason: Code of the reason, as ``codes("rejection")`` lists them.
    """
    statuses = [Status(condition_code=reason)]
    return _message("REJECTION", (invoice,), message_id, sent_on, sender, rejected_on, statuses)


def settlement(
    invoice: InvoiceReference,
    *,
    message_id: str,
    sent_on: date,
    sender: Reporter,
    collected_on: date,
    due_on: date | None = None,
    shipped_on: date | None = None,
    received_on: date | None = None,
    financed: bool = False,
) -> Message:
    """Say that the issuer has been paid (``SETTLEMENT``).

    Args:
        invoice: The invoice.
        message_id: Number of the message.
        sent_on: Day of sending.
        sender: The issuer.
        collected_on: Day of the payment.
        due_on: Day on which the term of payment ends.
        shipped_on: Day on which goods were sent.
        received_on: Day on which they were received.
        financed: It was paid through a financing arrangement.
    """
    statuses = _dates(due_on, None, None)
    if financed:
        statuses.append(Status(name="FinancingArrangement"))
    statuses += _dates(None, shipped_on, received_on)
    return _message("SETTLEMENT", (invoice,), message_id, sent_on, sender, collected_on, statuses)


def default(
    invoice: InvoiceReference,
    *,
    message_id: str,
    sent_on: date,
    sender: Reporter,
    defaulted_on: date,
    shipped_on: date | None = None,
    received_on: date | None = None,
) -> Message:
    """Say that the issuer has not been paid in time (``DEFAULT``).

    Args:
        invoice: The invoice.
        message_id: Number of the message.
        sent_on: Day of sending.
        sender: The issuer.
        defaulted_on: Day of effect.
        shipped_on: Day on which goods were sent.
        received_on: Day on which they were received.
    """
    statuses = _dates(None, shipped_on, received_on)
    return _message("DEFAULT", (invoice,), message_id, sent_on, sender, defaulted_on, statuses)


def cancel(message: Message, *, message_id: str, sent_on: date) -> Message:
    """Take a message back (``CANCELPAYMENT`` and its like).

    Args:
        message: The message that was wrong.
        message_id: Number of the new one.
        sent_on: Day of sending.

    Raises:
        UnknownProfileError: There is no message that takes such a one back.
    """
    code = next((kind.code for kind in KINDS.values() if kind.cancels == message.code), None)
    if code is None:
        raise UnknownProfileError(f"nothing takes {message.code} back", code=message.code)
    return _message(code, message.invoices, message_id, sent_on, message.sender, None, ())


def cancel_invoices(
    invoices: Iterable[InvoiceReference],
    *,
    message_id: str,
    sent_on: date,
    sender: Reporter,
    effective_on: date,
) -> Message:
    """Take invoices or copies out (``CANCELINVOICE``).

    It is for an operation that does not exist, or for a copy before its original follows.

    Args:
        invoices: One or more.
        message_id: Number of the message.
        sent_on: Day of sending.
        sender: Who sent them.
        effective_on: Day of effect.
    """
    found = tuple(invoices)
    return _message("CANCELINVOICE", found, message_id, sent_on, sender, effective_on, ())


def _message(
    code: str,
    invoices: tuple[InvoiceReference, ...],
    message_id: str,
    sent_on: date,
    sender: Reporter | None,
    effective_on: date | None,
    statuses: Iterable[Status],
) -> Message:
    return Message(
        id=message_id,
        sent_on=sent_on,
        sender=sender,
        code=code,
        effective_on=effective_on,
        statuses=tuple(statuses),
        invoices=invoices,
    )
