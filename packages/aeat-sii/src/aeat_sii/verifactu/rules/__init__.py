"""The agency's business rules on a registration record, as findings with the agency's codes.

A finding of severity ``fatal`` is one for which the agency rejects the record; with ``warning`` it
accepts the record with errors. Rules that only the agency can decide (census, agreements, records
that it holds) are not here: :data:`LEFT_TO_THE_AGENCY` names them.
"""

from collections.abc import Mapping
from datetime import datetime

from aeat_sii.verifactu.records import RegistrationRecord
from aeat_sii.verifactu.rules import breakdown, invoice, parties, totals
from aeat_sii.verifactu.rules._case import Case
from einvoice_core.findings import Report, RuleSet

__all__ = ["LEFT_TO_THE_AGENCY", "Case", "registration", "validate"]

registration: RuleSet[Case] = invoice.rules | parties.rules | breakdown.rules | totals.rules
"""Every rule on a registration record that needs nothing but the record, header and clock."""

LEFT_TO_THE_AGENCY: Mapping[str, str] = {
    "1109": "whether a NIF is in the census",
    "1110": "whether a NIF is in the census",
    "1121": "whether a VAT number is known",
    "1128": "whether the billing agreement exists",
    "1154": "whether the NIF of a rectified or substituted invoice is in the census",
    "1242": "whether the agreement of the system exists",
    "2001": "whether a recipient of kind 07 is in the census",
    "2007": "whether the agency already holds records of this system",
    "3000": "whether the agency already holds the record",
    "3001": "whether the record is already cancelled",
    "3002": "whether the agency holds the record that is amended",
}
"""Codes that only the agency can decide, with what it looks up."""


def validate(record: RegistrationRecord, *, now: datetime, issuer_nif: str | None = None) -> Report:
    """Judge a registration record before it is sent.

    Args:
        record: Linked into its chain.
        now: Instant of the submission, with its time zone; days are those of Spain.
        issuer_nif: NIF of the header; by default that of the invoice.

    Returns:
        The findings, each with the agency's code as its rule.
    """
    return registration.validate(Case(record, issuer_nif or record.invoice.issuer_nif, now))
