"""Identifiers: normalise, check, classify, and say what is wrong."""

from tax_es.ids import nif, vat

__all__ = ["nif", "vat"]
