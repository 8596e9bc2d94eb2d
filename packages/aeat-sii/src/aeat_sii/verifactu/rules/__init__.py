"""The agency's business rules on records and headers, as findings with the agency's codes.

A finding of severity ``fatal`` is one for which the agency rejects the record, or with a header the
whole submission; with ``warning`` it accepts the record with errors. Rules that only the agency can
decide (census, agreements, records that it holds) are not here: :data:`LEFT_TO_THE_AGENCY` names
them, and :data:`MARKS` says which readings are not the document's own words.
"""

from aeat_sii.verifactu.rules._case import CancellationCase, Case, HeaderCase
from aeat_sii.verifactu.rules.judging import (
    cancellation,
    header,
    registration,
    validate,
    validate_header,
)
from aeat_sii.verifactu.rules.marks import LEFT_TO_THE_AGENCY, MARKS

__all__ = [
    "LEFT_TO_THE_AGENCY",
    "MARKS",
    "CancellationCase",
    "Case",
    "HeaderCase",
    "cancellation",
    "header",
    "registration",
    "validate",
    "validate_header",
]
