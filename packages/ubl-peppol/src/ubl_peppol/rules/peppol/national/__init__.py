"""The national rules of Peppol BIS Billing 3: one set a country, run where the country occurs.

A set is run when the seller's address or a VAT number names its country; elsewhere none of its
rules can fire.
"""

from collections.abc import Mapping
from types import MappingProxyType

from einvoice_core.findings import RuleSet
from ubl_peppol.reading import Reading
from ubl_peppol.rules.peppol.national import german_payment
from ubl_peppol.rules.peppol.national._countries import mentioned
from ubl_peppol.rules.peppol.national.denmark import denmark
from ubl_peppol.rules.peppol.national.germany import germany
from ubl_peppol.rules.peppol.national.greece import greece
from ubl_peppol.rules.peppol.national.iceland import iceland
from ubl_peppol.rules.peppol.national.italy import italy
from ubl_peppol.rules.peppol.national.netherlands import netherlands
from ubl_peppol.rules.peppol.national.norway import norway
from ubl_peppol.rules.peppol.national.sweden import sweden

__all__ = ["COUNTRIES", "german_payment", "mentioned"]

COUNTRIES: Mapping[RuleSet[Reading], frozenset[str]] = MappingProxyType(
    {
        norway: frozenset({"NO"}),
        denmark: frozenset({"DK"}),
        italy: frozenset({"IT"}),
        sweden: frozenset({"SE"}),
        greece: frozenset({"GR", "EL"}),
        iceland: frozenset({"IS"}),
        netherlands: frozenset({"NL"}),
        germany: frozenset({"DE"}),
    }
)
"""Set of a country -> the codes that make it run."""
