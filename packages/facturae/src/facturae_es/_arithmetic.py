"""Arithmetic in which the amounts of a document, however long they are written, stay exact.

The usual context of :mod:`decimal` keeps 28 digits of a sum or product and drops the rest.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from decimal import Context, localcontext

__all__ = ["exactly"]

_DIGITS = Context(prec=400)
"""Sums and products of amounts of up to 200 digits are exact; only shares are rounded."""


def exactly() -> AbstractContextManager[Context]:
    """Compute exactly inside a ``with`` statement."""
    return localcontext(_DIGITS)
