"""CII D16B, the second syntax of the same model: read an invoice, write one."""

from ubl_peppol.cii.reader import examine, read, to_model
from ubl_peppol.cii.writer import write

__all__ = ["examine", "read", "to_model", "write"]
