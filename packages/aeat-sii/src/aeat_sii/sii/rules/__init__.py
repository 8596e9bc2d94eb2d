"""The agency's rules on SII records, as findings with its codes.

The document of validations is not at hand: the conditions are those that the texts of the list of
codes state, and a code is here when its record alone decides about it. What only the authority
knows is left to it (``docs/limits.md``). A finding of severity ``fatal`` is one for which the
agency rejects the record; with ``warning`` it accepts it with errors.

Source: AEAT, validations of the SII v1.1, rev. 17 (22/12/2025), list of codes.
"""

from datetime import datetime

from aeat_sii.sii.books import home_of
from aeat_sii.sii.codes import Communication
from aeat_sii.sii.records import AnyRecord, IgicIssuedRecord, IgicReceivedRecord, Titular
from aeat_sii.sii.rules import breakdown, issued, others, received, shared, stock, taxed
from aeat_sii.sii.rules._case import Case
from einvoice_core.findings import Report, RuleSet

__all__ = ["Case", "rules", "validate"]

rules: RuleSet[Case] = (
    shared.rules
    | issued.rules
    | breakdown.rules
    | taxed.rules
    | received.rules
    | stock.rules
    | others.rules
)
"""Every rule on records, by the agency's code."""
rules.name = "sii"


def validate(
    record: AnyRecord,
    titular: Titular,
    *,
    now: datetime,
    communication: Communication = Communication.REGISTER,
) -> Report:
    """Judge a record before it is sent.

    Args:
        record: Of any book, or a cancellation.
        titular: Whose books they are.
        now: Instant of the submission, with its time zone; days are those of Spain.
        communication: What the submission will do.

    Returns:
        The findings, each with the agency's code as its rule; for invoices of IGIC, that the rules
        were not run.
    """
    home_of(record)
    if isinstance(record, IgicIssuedRecord | IgicReceivedRecord):
        return Report(
            findings=(),
            layers_run=(),
            layers_skipped={rules.name: "the conditions of the Canary tax agency are not known"},
        )
    return rules.validate(Case(record, titular, communication, now))
