"""Rules of the answers to an invoice: invoice response (T111) and message level response (T71)."""

from ubl_peppol.rules.responses._reading import ResponseReading, read_response
from ubl_peppol.rules.responses.invoice_response import invoice_response
from ubl_peppol.rules.responses.message_response import message_response

__all__ = ["ResponseReading", "invoice_response", "message_response", "read_response"]
