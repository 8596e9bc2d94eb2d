"""Text forms that the schemas of this format use beyond the usual ones.

Source: W3C XML Schema 1.0 Part 2: ``xs:double`` and ``xs:long``; an enumeration of ``xs:string``
keeps white space, so that ``" 01"`` is not the code ``01``.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from typing import Self, TypeVar

from einvoice_core.lexical import Codec, LexicalDecimal, enum_codec
from einvoice_core.money import parse_decimal

__all__ = ["DOUBLE", "LONG", "MONEY", "LexicalInt", "code"]

E = TypeVar("E", bound=StrEnum)

_BLANK = " \t\r\n"
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?", re.ASCII)
_LONG = re.compile(r"[+-]?[0-9]+", re.ASCII)
_MAX_CHARACTERS = 400
_MAX_EXPONENT = 300


class LexicalInt(int):
    """A whole number that remembers a text other than its usual one, such as ``007``."""

    text: str

    def __new__(cls, text: str) -> Self:
        """Read a text of digits with an optional sign."""
        self = super().__new__(cls, text)
        self.text = text
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return type(self), (self.text,)


def _decode_double(text: str) -> Decimal:
    if text.isdigit() and text.isascii() and len(text) < 16 and (text[0] != "0" or text == "0"):
        return Decimal(text)
    stripped = text.strip(_BLANK)
    match = _DOUBLE.fullmatch(stripped) if len(stripped) <= _MAX_CHARACTERS else None
    if match is None:
        raise ValueError(f"{stripped[:40]!r} is not a number: use digits and a point, like 12.5")
    exponent = match[1]
    if exponent is None:
        value = Decimal(stripped)
        return value if format(value, "f") == stripped else LexicalDecimal(stripped)
    if len(exponent) > 5 or abs(int(exponent)) > _MAX_EXPONENT:
        raise ValueError(f"the exponent of {stripped[:40]!r} is beyond any quantity")
    return LexicalDecimal(stripped)


def _encode_double(value: Decimal) -> str:
    text = getattr(value, "text", None)
    return text if isinstance(text, str) else _usual_double(value)


def _usual_double(value: Decimal) -> str:
    text = str(value)
    return format(value, "f") if "E" in text else text


_USUAL_MONEY = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]{2,20}", re.ASCII)


def _decode_money(text: str) -> Decimal:
    # Nearly all amounts have two decimals; this costs a fifth of the pattern.
    if text[-3:-2] == ".":
        try:
            value = Decimal(text)
        except InvalidOperation:
            pass
        else:
            if str(value) == text:
                return value
    if _USUAL_MONEY.fullmatch(text):
        return Decimal(text)
    stripped = text.strip(_BLANK)
    parse_decimal(stripped)
    return LexicalDecimal(stripped)


def _encode_money(value: Decimal) -> str:
    if type(value) is not Decimal:
        text = getattr(value, "text", None)
        if isinstance(text, str):
            return text
    return _usual_money(value)


def _usual_money(value: Decimal) -> str:
    usual = str(value)
    if usual[-3:-2] == ".":
        return usual
    plain = format(value, "f")
    whole, _, decimals = plain.partition(".")
    return plain if len(decimals) >= 2 else f"{whole}.{decimals:0<2}"


def _decode_long(text: str) -> int:
    stripped = text.strip(_BLANK)
    if len(stripped) > _MAX_CHARACTERS or not _LONG.fullmatch(stripped):
        raise ValueError(f"{stripped[:40]!r} is not a whole number")
    value = int(stripped)
    if not -(2**63) <= value < 2**63:
        raise ValueError(f"{stripped[:40]!r} is outside the range of a count")
    return value if str(value) == stripped else LexicalInt(stripped)


def _encode_long(value: int) -> str:
    text = getattr(value, "text", None)
    return text if isinstance(text, str) else str(value)


DOUBLE: Codec[Decimal] = Codec("double", _decode_double, _encode_double, Decimal, _usual_double)
"""A quantity: a decimal, also with an exponent. ``NaN`` and ``INF`` count nothing: refused."""

MONEY: Codec[Decimal] = Codec("amount", _decode_money, _encode_money, Decimal, _usual_money)
"""An amount: written with two decimals at least, unless it was read in another form."""

LONG: Codec[int] = Codec("long", _decode_long, _encode_long, int, str)


@cache
def code(kind: type[E]) -> Codec[E]:
    """Return the codec of a code list: the text must be the code to the letter."""
    members = {member.value: member for member in kind}

    def decode(text: str) -> E:
        try:
            return members[text]
        except KeyError:
            raise ValueError(f"{text[:40]!r} is not a code of {kind.__name__}") from None

    return enum_codec(kind, decode)
