"""Rules of Peppol BIS Billing 3: those of every country (PEPPOL-) and the national ones."""

from einvoice_core.findings import RuleSet
from ubl_peppol.reading import Reading
from ubl_peppol.rules.peppol import amounts, codes, document
from ubl_peppol.rules.peppol._layers import WithCountries
from ubl_peppol.rules.peppol._set import common
from ubl_peppol.rules.peppol.national import COUNTRIES

__all__ = ["amounts", "codes", "common", "document", "peppol"]

peppol: RuleSet[Reading] = WithCountries(common, COUNTRIES)
