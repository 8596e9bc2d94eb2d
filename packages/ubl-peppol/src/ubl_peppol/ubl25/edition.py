"""What the 2026 edition of EN 16931 adds to that of 2017, as far as it is publicly known."""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

__all__ = ["CHANGED_OCCURRENCE", "NOW_WITH_SCHEME", "WITHDRAWN", "NewTerm", "Trust", "terms"]


class Trust(StrEnum):
    """How far a fact about the edition can be trusted."""

    EXPLICIT = "explicit"
    """It stands in a norm that was read."""
    TRANSCRIBED = "transcribed"
    """Two independent public readings agree; the norm was not read."""
    STANDARD = "standard"
    """A rule of the European standard that the Spanish norm refers to."""
    INFERRED = "inferred"
    """Our reading, where the text leaves several."""


@dataclass(frozen=True, slots=True)
class NewTerm:
    """A term or group that the edition of 2017 does not have."""

    id: str
    name: str
    occurs: str
    path: str
    """Below ``Invoice``, in UBL 2.5."""
    trust: Trust


@cache
def terms() -> tuple[NewTerm, ...]:
    """Return the new terms and groups, each with its place in UBL 2.5 and its trust."""
    file = resources.files("ubl_peppol").joinpath("ubl25/en16931-2026.csv")
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return tuple(
        NewTerm(row["id"], row["name"], row["occurs"], row["path"], Trust(row["trust"]))
        for row in rows
    )


CHANGED_OCCURRENCE = {
    "BT-10": ("0..1", "0..n"),
    "BT-46": ("0..1", "0..n"),
    "BT-117": ("1..1", "0..1"),
    "BT-160": ("1..1", "0..1"),
}
"""Term → how often it occurs in 2017 and in 2026 (transcribed)."""
NOW_WITH_SCHEME = {
    "BT-29": "BR-69",
    "BT-30": "BR-70",
    "BT-46": "BR-71",
    "BT-47": "BR-72",
    "BT-60": "BR-73",
    "BT-61": "BR-74",
    "BT-71": "BR-75",
}
"""Identifiers that must have a scheme in 2026, and the rule that asks for it (transcribed)."""
WITHDRAWN = (
    "BR-CO-17", "BR-S-10", "BR-Z-10", "BR-O-02", "BR-O-03", "BR-O-04", "BR-O-11", "BR-O-12",
    "BR-O-13", "BR-O-14", "BR-IG-10", "BR-IP-10",
)  # fmt: skip
"""Rules of 2017 that the edition of 2026 no longer has (transcribed)."""
