"""The ledger of a conversion: what was dropped, and what was derived or assumed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import get_args

from einvoice_core.records import Record

__all__ = ["Loss", "LossKind", "record_in"]


class LossKind(StrEnum):
    """What happened to a datum on the way."""

    DROPPED = "dropped"
    """It has no place in the target."""
    MOVED = "moved"
    """It stands in the target as text, where a program will not look for it."""
    REORDERED = "reordered"
    """It stands in the target, but not in the same place among its like."""
    DERIVED = "derived"
    """The target wants it; it was computed from other data of the source."""
    ASSUMED = "assumed"
    """The target wants it and the source does not have it."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One datum that did not pass unchanged."""

    kind: LossKind
    path: str
    """Where it stood: an XPath, or the name in the source format."""
    value: str
    reason: str
    term: str = ""
    """The business term concerned, where there is one."""
    line: int | None = None


def record_in(annotation: object) -> type[Record] | None:
    """Return the record that a field holds, alone or among others."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return annotation
    return next((found for part in get_args(annotation) if (found := record_in(part))), None)
