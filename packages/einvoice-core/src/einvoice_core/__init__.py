"""Foundations shared by the packages of the suite; import from its modules."""

from einvoice_core.errors import EInvoiceError

__all__ = ["EInvoiceError"]
