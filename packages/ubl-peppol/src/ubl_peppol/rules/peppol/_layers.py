"""The rules of Peppol as one set that leaves out the countries a document does not mention."""

from collections.abc import Mapping

from einvoice_core.findings import MAX_FINDINGS, Report, RuleSet
from ubl_peppol.reading import Reading
from ubl_peppol.rules.peppol.national._countries import mentioned

__all__ = ["WithCountries"]


class WithCountries(RuleSet[Reading]):
    """A set for every country, and sets that run where their country is mentioned.

    Args:
        common: The rules that hold everywhere.
        countries: Set of a country → the codes that make it run.
    """

    def __init__(
        self, common: RuleSet[Reading], countries: Mapping[RuleSet[Reading], frozenset[str]]
    ) -> None:
        super().__init__(common.source, common.name)
        joined = common
        for national in countries:
            joined = joined | national
        self._rules = dict(joined.rules)
        self._common = common
        self._countries = countries

    def validate(self, document: Reading, limit: int = MAX_FINDINGS) -> Report:
        """Run the rules that can fire on a document; the report is that of all of them."""
        report = self._common.validate(document, limit)
        codes = mentioned(document.sample)
        for national, wanted in self._countries.items():
            if codes & wanted and not report.truncated:
                found = national.validate(document, limit - len(report.findings))
                report += Report(found.findings, truncated=found.truncated)
        return Report(report.findings, (self.name,), truncated=report.truncated)
