"""The books of a taxpayer: what every close is made of."""

from tax_es.ledger.entries import (
    Asset,
    Bought,
    Branch,
    Expense,
    Income,
    Issued,
    Ledger,
    ModuleActivity,
    Party,
    Payment,
    Received,
    TaxLine,
    Use,
)
from tax_es.ledger.reading import Fault, read_csv, read_json, read_lines

__all__ = [
    "Asset",
    "Bought",
    "Branch",
    "Expense",
    "Fault",
    "Income",
    "Issued",
    "Ledger",
    "ModuleActivity",
    "Party",
    "Payment",
    "Received",
    "TaxLine",
    "Use",
    "read_csv",
    "read_json",
    "read_lines",
]
