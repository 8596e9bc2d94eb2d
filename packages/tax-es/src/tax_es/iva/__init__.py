"""IVA of the common territory, its equivalence surcharge, and the IGIC of the Canary Islands."""

from tax_es.iva.equivalence import surcharge
from tax_es.iva.rates import kind_of, last_rate, output_tax, rate, rates_on
from tax_es.iva.temporary import product_groups, temporary_rate, temporary_rates_on

__all__ = [
    "kind_of",
    "last_rate",
    "output_tax",
    "product_groups",
    "rate",
    "rates_on",
    "surcharge",
    "temporary_rate",
    "temporary_rates_on",
]
