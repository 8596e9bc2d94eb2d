"""UBL 2.1: read an invoice or credit note into the model, write one from it."""

from ubl_peppol.ubl.reader import Examination, examine, read, to_model
from ubl_peppol.ubl.writer import write

__all__ = ["Examination", "examine", "read", "to_model", "write"]
