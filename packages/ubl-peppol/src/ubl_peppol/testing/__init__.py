"""For tests: invoices, documents changed from them, and the official stylesheets as a judge."""

from ubl_peppol.testing.directed import directed
from ubl_peppol.testing.invoices import full_invoice, simple_line, small_invoice
from ubl_peppol.testing.mutants import random_mutants

__all__ = ["directed", "full_invoice", "random_mutants", "simple_line", "small_invoice"]
