"""The rules of the CII artefact: those of the semantic model, and those of the syntax."""

from einvoice_core.findings import MAX_FINDINGS, Report, RuleSet
from ubl_peppol.reading import Reading
from ubl_peppol.rules.cii import arithmetic, integrity, lists, vat, vat_amounts
from ubl_peppol.rules.cii._common import CII_RELEASE, model
from ubl_peppol.rules.cii.syntax import syntax

__all__ = [
    "arithmetic",
    "en16931_cii",
    "integrity",
    "lists",
    "model",
    "syntax",
    "vat",
    "vat_amounts",
]


class _Joined(RuleSet[Reading]):
    """Both sets as one layer; the syntax is asked in its own way."""

    def validate(self, document: Reading, limit: int = MAX_FINDINGS) -> Report:
        """Run every rule on a document, as :meth:`RuleSet.validate` does."""
        report = model.validate(document, limit)
        report += syntax.validate(document, max(limit - len(report.findings), 0))
        return Report(report.findings, (self.name,), truncated=report.truncated)


def _joined() -> RuleSet[Reading]:
    both = model | syntax
    joined = _Joined(CII_RELEASE, "en16931")
    joined._rules = dict(both.rules)
    return joined


en16931_cii: RuleSet[Reading] = _joined()
"""All rules of EN 16931 for CII."""
