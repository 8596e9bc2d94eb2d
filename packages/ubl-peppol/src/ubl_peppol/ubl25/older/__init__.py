"""The way from the edition of 2026 to that of 2017."""

from ubl_peppol.ubl25.older.document import Older, to_2017

__all__ = ["Older", "to_2017"]
