"""What a text is when read as an identifier."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tax_es.ids._text import MAX_LENGTH, compact, strange_character

__all__ = ["IdCheck", "prepare", "wrong"]


@dataclass(frozen=True, slots=True)
class IdCheck:
    """The verdict on an identifier.

    Attributes:
        valid: Whether the shape and the control characters hold.
        normalised: Without separators, in upper case.
        kind: What the identifier is of; empty while its shape is wrong.
        reason: What to change; empty when valid.
        parts: The parts that it consists of, by name.
        control_checked: Whether control characters were checked, not only the shape.
    """

    valid: bool
    normalised: str
    kind: str = ""
    reason: str = ""
    parts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    control_checked: bool = True


def prepare(text: str) -> tuple[str, str]:
    """Return the text without separators, and what is wrong with its characters, if anything."""
    number = compact(text)
    if not number:
        return "", "it is empty"
    if strange := strange_character(number[:MAX_LENGTH]):
        return number, f"it contains {strange!r}: use digits and letters from A to Z"
    return number, ""


def wrong(number: str, reason: str, kind: str = "", **parts: str) -> IdCheck:
    """Return the verdict on a number that is not valid."""
    return IdCheck(False, number[:MAX_LENGTH], kind, reason, MappingProxyType(parts))
