"""What a version demands of a value beyond its type: length, pattern, decimals, code list.

The facets stand beside ``Xml(...)`` in the annotation of a field. Reading a document does not look
at them, so that a wrong document can be read and reported; :mod:`facturae_es.structure` does.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "FOUR",
    "SIX",
    "TWO",
    "UP_TO_EIGHT",
    "Decimals",
    "Digits",
    "OneOf",
    "Since",
    "Text",
    "Version",
]


class Version(StrEnum):
    """A version of the format that has records here, oldest first."""

    V3_2 = "3.2"
    V3_2_1 = "3.2.1"
    V3_2_2 = "3.2.2"


@dataclass(frozen=True, slots=True)
class Digits:
    """How many decimals an amount is written with.

    Attributes:
        places: The most decimals the form can hold.
        exact: Whether exactly that many are written, with padding zeros.
        signed: Whether the form may be negative.
    """

    places: int
    exact: bool = True
    signed: bool = True

    @property
    def pattern(self) -> re.Pattern[str]:
        """Return the pattern that the text of the amount matches entirely."""
        sign = "-?" if self.signed else ""
        decimals = rf"\.[0-9]{{{self.places}}}" if self.exact else rf"(\.[0-9]{{1,{self.places}}})?"
        return re.compile(rf"{sign}[0-9]+{decimals}")

    def __str__(self) -> str:
        form = "exactly" if self.exact else "up to"
        return f"{form} {self.places} decimals" + ("" if self.signed else ", without sign")


TWO = Digits(2)
FOUR = Digits(4, signed=False)
SIX = Digits(6)
UP_TO_EIGHT = Digits(8, exact=False)


@dataclass(frozen=True, slots=True)
class Decimals:
    """The decimals of an amount: those of version 3.2 and those of the later versions."""

    in_3_2: Digits
    later: Digits = UP_TO_EIGHT

    def of(self, version: Version) -> Digits:
        """Return the form that a version demands."""
        return self.in_3_2 if version is Version.V3_2 else self.later


@dataclass(frozen=True, slots=True)
class Text:
    """The length of a text in characters, and its pattern when the schema has one."""

    maximum: int
    minimum: int = 0
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class OneOf:
    """A closed list of texts, where an enum would say no more than the list."""

    values: Collection[str]
    name: str


@dataclass(frozen=True, slots=True)
class Since:
    """The first version that has this element."""

    version: Version
