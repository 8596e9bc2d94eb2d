"""The checks of the public solution that a document alone decides, under ids of ours."""

from ubl_peppol.spfe.rules import documents, header, lines, parties, taxes, totals
from ubl_peppol.spfe.rules._base import Document, RuleFact, facts, invoice_rules, message_rules

from ubl_peppol.spfe.rules import messages  # isort: skip - registers on the sets above

from ubl_peppol.spfe.rules.judging import validate

__all__ = ["Document", "RuleFact", "facts", "invoice_rules", "message_rules", "validate"]

_REGISTERED = (documents, header, lines, messages, parties, taxes, totals)
