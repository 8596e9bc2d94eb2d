"""Everything that can stop the work on an invoice of EN 16931.

UblError                       ubl
├── UnknownDocumentError       ubl.unknown_document   (not a UBL invoice or credit note)
├── InvoiceRefused             ubl.invoice            (carries the findings)
├── NotExpressibleError        ubl.not_expressible    (a term has no place in the target)
├── UnknownProfileError        ubl.unknown_profile
├── UnknownRuleError           ubl.unknown_rule
├── SchematronError            ubl.schematron         (the official rules could not be run)
├── PatchError                 ubl.patch              (a change does not fit the document)
├── CalculationError           ubl.calculation
├── ConversionError            ubl.conversion         (a datum that may not be lost)
├── spfe.messages.IllegalTransition  ubl.spfe.transition  (a status that does not follow)
├── spfe.SolutionError         ubl.spfe.solution      (no usable answer of the public solution)
└── spfe.RefusedBySolutionError  ubl.spfe.refused     (it says why)
    └── spfe.DuplicateInvoiceError  ubl.spfe.duplicate
"""

from collections.abc import Sequence

from einvoice_core.errors import EInvoiceError
from einvoice_core.findings import Finding

__all__ = [
    "CalculationError",
    "ConversionError",
    "InvoiceRefused",
    "NotExpressibleError",
    "PatchError",
    "SchematronError",
    "UblError",
    "UnknownDocumentError",
    "UnknownProfileError",
    "UnknownRuleError",
]


class UblError(EInvoiceError):
    """Root of the errors of this package."""

    code = "ubl"


class UnknownDocumentError(UblError):
    """The root of the document is not one that is read here."""

    code = "ubl.unknown_document"


class InvoiceRefused(UblError):  # noqa: N818 - the outcome is a refusal, and is named so
    """A document does not fit the semantic model.

    Args:
        message: How many findings, and the first of them.
        findings: What does not fit, each with its place.
        details: Further facts, machine-readable.
    """

    code = "ubl.invoice"

    def __init__(self, message: str, findings: Sequence[Finding] = (), **details: object) -> None:
        super().__init__(message, **details)
        self.findings = tuple(findings)


class NotExpressibleError(UblError):
    """A value of the model has no place in the target; ``details["term"]`` names its term."""

    code = "ubl.not_expressible"


class UnknownProfileError(UblError):
    """No profile has that name."""

    code = "ubl.unknown_profile"


class UnknownRuleError(UblError):
    """No rule has that id; ``details["similar"]`` names some that exist."""

    code = "ubl.unknown_rule"


class SchematronError(UblError):
    """A stylesheet or schema of official rules cannot be used, or its run did not end."""

    code = "ubl.schematron"


class PatchError(UblError):
    """A change cannot be made: its place is not in the document, or there more than once."""

    code = "ubl.patch"


class CalculationError(UblError):
    """Totals cannot be computed from what is given."""

    code = "ubl.calculation"


class ConversionError(UblError):
    """A document of another format holds something that may not be lost, and has no place here."""

    code = "ubl.conversion"
