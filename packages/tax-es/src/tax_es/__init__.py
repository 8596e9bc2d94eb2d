"""Spanish taxes: identifiers, rates and amounts, each with its days and the text that says so."""

from tax_es import ids, irpf, iva
from tax_es.errors import TaxError
from tax_es.iva import output_tax
from tax_es.rates import Rate, Tax, Territory

__all__ = ["Rate", "Tax", "TaxError", "Territory", "ids", "irpf", "iva", "output_tax"]
