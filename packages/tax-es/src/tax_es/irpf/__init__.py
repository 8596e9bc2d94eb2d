"""IRPF: what the payer of an income withholds."""

from tax_es.irpf.withholding import kind_of, kinds, last_rate, rates_on, withholding_rate

__all__ = ["kind_of", "kinds", "last_rate", "rates_on", "withholding_rate"]
