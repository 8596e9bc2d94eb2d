"""The sets of rules, and the functions that judge with them."""

from datetime import datetime

from aeat_sii.verifactu.chain import AnyRecord
from aeat_sii.verifactu.records import Header, RegistrationRecord
from aeat_sii.verifactu.rules import breakdown, invoice, parties, shared, totals
from aeat_sii.verifactu.rules import cancellation as cancellations
from aeat_sii.verifactu.rules import header as headers
from aeat_sii.verifactu.rules._case import CancellationCase, Case, HeaderCase
from einvoice_core.findings import Report, RuleSet

__all__ = ["cancellation", "header", "registration", "validate", "validate_header"]

registration: RuleSet[Case] = (
    invoice.rules | parties.rules | breakdown.rules | totals.rules | shared.rules_for(Case)
)
"""Every rule on a registration record that needs nothing but the record, header and clock."""

cancellation: RuleSet[CancellationCase] = cancellations.rules | shared.rules_for(CancellationCase)
"""Every rule on a cancellation record that needs nothing but the record, header and clock."""

header: RuleSet[HeaderCase] = headers.rules
"""Every rule on the header of a submission."""


def validate(record: AnyRecord, *, now: datetime, issuer_nif: str | None = None) -> Report:
    """Judge a registration or a cancellation before it is sent.

    Args:
        record: Linked into its chain.
        now: Instant of the submission, with its time zone; days are those of Spain.
        issuer_nif: NIF of the header; by default that of the invoice.

    Returns:
        The findings, each with the agency's code as its rule.
    """
    issuer = issuer_nif or record.invoice.issuer_nif
    if isinstance(record, RegistrationRecord):
        return registration.validate(Case(record, issuer, now))
    return cancellation.validate(CancellationCase(record, issuer, now))


def validate_header(
    stated: Header, *, now: datetime, count: int = 1, on_request: bool = False
) -> Report:
    """Judge the header of a submission before it is sent.

    Args:
        stated: The header.
        now: Instant of the submission, with its time zone.
        count: How many records go with it.
        on_request: Whether it goes to the service for requests of the agency.

    Returns:
        The findings, each with the agency's code; any of them refuses the whole submission.
    """
    return header.validate(HeaderCase(stated, count, on_request, now))
