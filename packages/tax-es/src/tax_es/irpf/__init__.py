"""IRPF: withholding, yields of activities, gross quota, minimums."""

from tax_es.irpf import direct, employee, household, minimums, modules, quota
from tax_es.irpf.quota import gross_quota
from tax_es.irpf.withholding import kind_of, kinds, last_rate, rates_on, withholding_rate

__all__ = [
    "direct",
    "employee",
    "gross_quota",
    "household",
    "kind_of",
    "kinds",
    "last_rate",
    "minimums",
    "modules",
    "quota",
    "rates_on",
    "withholding_rate",
]
