"""Facturae 3.2, 3.2.1 and 3.2.2: read, write, compute, check, sign and verify."""

from facturae_es.reader import Examined, examine, read
from facturae_es.writer import write

__all__ = ["Examined", "examine", "read", "write"]
