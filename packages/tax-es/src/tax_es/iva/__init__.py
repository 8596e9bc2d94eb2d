"""IVA of the common territory, its regimes and deductions, and the IGIC of the Canary Islands."""

from tax_es.iva import cash, margin, operations, prorata, simplified
from tax_es.iva.equivalence import surcharge
from tax_es.iva.operations import classify
from tax_es.iva.rates import kind_of, last_rate, output_tax, rate, rates_on
from tax_es.iva.temporary import product_groups, temporary_rate, temporary_rates_on

__all__ = [
    "cash",
    "classify",
    "kind_of",
    "last_rate",
    "margin",
    "operations",
    "output_tax",
    "product_groups",
    "prorata",
    "rate",
    "rates_on",
    "simplified",
    "surcharge",
    "temporary_rate",
    "temporary_rates_on",
]
