"""The nine status messages: built, read and written; their states and terms.

::

    message = messages.payment(invoice, paid_on=…, due_on=…, sender=…, message_id="1", sent_on=…)
    xml = messages.write(message)
"""

from ubl_peppol.spfe.messages.building import (
    cancel,
    cancel_invoices,
    default,
    payment,
    rejection,
    settlement,
)
from ubl_peppol.spfe.messages.documents import examine, read, write
from ubl_peppol.spfe.messages.kinds import KINDS, MessageKind, Sender
from ubl_peppol.spfe.messages.records import InvoiceReference, Message, Reporter, Status
from ubl_peppol.spfe.messages.states import IllegalTransition, Lifecycle

__all__ = [
    "KINDS",
    "IllegalTransition",
    "InvoiceReference",
    "Lifecycle",
    "Message",
    "MessageKind",
    "Reporter",
    "Sender",
    "Status",
    "cancel",
    "cancel_invoices",
    "default",
    "examine",
    "payment",
    "read",
    "rejection",
    "settlement",
    "write",
]
