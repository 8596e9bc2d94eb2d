"""Checks of a document beyond its structure, with ids of this package."""

from facturae_es.rules.contents import contents
from facturae_es.rules.dates import dates
from facturae_es.rules.header import header
from facturae_es.rules.parties import parties
from facturae_es.rules.payments import payments
from facturae_es.rules.sums import sums

__all__ = ["contents", "dates", "facturae", "header", "parties", "payments", "sums"]

facturae = sums | header | dates | parties | payments | contents
facturae.name = "rules"
"""All rules of the format."""
