"""The services of SII that the sandbox plays: every book, with registration, cancellation, query.

Its structure is a table made from the agency's schemas; its answers are written from the same
table. What it decides beyond structure is in :mod:`aeat_sii.sandbox.sii.checks`.
"""

from aeat_sii.sandbox.sii.contrast import Contrast
from aeat_sii.sandbox.sii.register import Attached, Held, Register, State
from aeat_sii.sandbox.sii.service import SiiService
from aeat_sii.sandbox.sii.tables import OPERATIONS, PATHS, Operation

__all__ = [
    "OPERATIONS",
    "PATHS",
    "Attached",
    "Contrast",
    "Held",
    "Operation",
    "Register",
    "SiiService",
    "State",
]
