"""Closes of a period: forms as boxes, with the entries behind each and a trace."""

from tax_es.closing import form130, form131, form303, form390, parties, withheld
from tax_es.closing.form130 import close_130, close_131
from tax_es.closing.parties import close_347, close_349
from tax_es.closing.result import Close
from tax_es.closing.sectors import Sector
from tax_es.closing.withheld import close_111, close_115, close_123, close_180, close_190

__all__ = [
    "Close",
    "Sector",
    "close_111",
    "close_115",
    "close_123",
    "close_130",
    "close_131",
    "close_180",
    "close_190",
    "close_347",
    "close_349",
    "form130",
    "form131",
    "form303",
    "form390",
    "parties",
    "withheld",
]
