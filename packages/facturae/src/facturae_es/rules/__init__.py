"""Checks of a document beyond its structure, with ids of this package."""

from facturae_es.rules.header import header
from facturae_es.rules.parties import parties
from facturae_es.rules.sums import sums

__all__ = ["facturae", "header", "parties", "sums"]

facturae = sums | header | parties
facturae.name = "rules"
"""All rules of the format."""
