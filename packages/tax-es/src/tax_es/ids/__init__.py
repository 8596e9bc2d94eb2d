"""Identifiers: normalise, check, classify, and say what is wrong."""

from tax_es.ids import cadastre, cups, dir3, iban, nif, postal, vat

__all__ = ["cadastre", "cups", "dir3", "iban", "nif", "postal", "vat"]
