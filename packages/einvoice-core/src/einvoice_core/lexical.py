"""Text of XML Schema simple types <-> Python values, keeping the way a value was written.

``21.0``, ``+5`` and ``2026-01-01Z`` are read as the number or day they mean and written back as
they were: where the usual text of a value differs, a subclass carries the original.

Source: W3C XML Schema 1.0 Part 2, and the date form of the Spanish tax agency's schemas.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, Generic, Self, TypeVar

from einvoice_core.money import parse_decimal

__all__ = [
    "AEAT_DATE",
    "BOOLEAN",
    "DECIMAL",
    "INTEGER",
    "STRING",
    "XML_DATE",
    "XML_DATETIME",
    "Codec",
    "LexicalDate",
    "LexicalDateTime",
    "LexicalDecimal",
    "codec_for",
    "enum_codec",
]

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
_BLANK = " \t\r\n"
_MARKUP = re.compile("[&<>\r]")


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """How a simple value is written; ``decode`` raises ``ValueError`` on a wrong text.

    Args:
        name: Of the form.
        decode: Makes a value of its text.
        encode: Makes the text of a value.
        exact: A class, when there is a quicker way to write those of its values that are of no
            subclass: these carry no text of their own.
        quick: That way. It gives what ``encode`` gives, which must need no escaping in XML.
    """

    name: str
    decode: Callable[[str], T]
    encode: Callable[[T], str]
    exact: type[T] | None = None
    quick: Callable[[T], str] | None = None


class LexicalDecimal(Decimal):
    """A decimal that remembers a text other than its usual one."""

    text: str

    def __new__(cls, text: str) -> Self:
        """Read a text that :func:`einvoice_core.money.parse_decimal` accepts."""
        self = super().__new__(cls, text)
        self.text = text
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return type(self), (self.text,)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self


class LexicalDate(date):
    """A day that remembers a text other than its usual one, such as one with a time zone."""

    text: str

    @classmethod
    def of(cls, day: date, text: str) -> Self:
        """Make the day with the text it was written as."""
        self = cls(day.year, day.month, day.day)
        self.text = text
        return self

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return type(self).of, (date(self.year, self.month, self.day), self.text)

    def __deepcopy__(self, memo: object) -> Self:
        return self


class LexicalDateTime(datetime):
    """An instant that remembers a text other than its usual one, such as one ending in Z."""

    text: str

    @classmethod
    def of(cls, instant: datetime, text: str) -> Self:
        """Make the instant with the text it was written as."""
        self = cls.combine(instant.date(), instant.timetz())
        self.text = text
        return self

    def __reduce_ex__(self, protocol: object) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return type(self).of, (datetime.combine(self.date(), self.timetz()), self.text)

    def __deepcopy__(self, memo: object) -> Self:
        return self


def _kept(value: object, usual: Callable[[Any], str]) -> str:
    text = getattr(value, "text", None)
    return text if isinstance(text, str) else usual(value)


def _decode_decimal(text: str) -> Decimal:
    # The usual form costs a third this way; everything else goes the general way.
    if len(text) <= 40:
        try:
            value = Decimal(text)
        except InvalidOperation:
            pass
        else:
            if str(value) == text and "E" not in text and value.is_finite():
                return value
    stripped = text.strip(_BLANK)
    value = parse_decimal(stripped)
    return value if _plain(value) == stripped else LexicalDecimal(stripped)


def _plain(value: Decimal) -> str:
    text = str(value)
    return format(value, "f") if "E" in text else text


def _encode_decimal(value: Decimal) -> str:
    return _plain(value) if type(value) is Decimal else _kept(value, _plain)


def _decode_integer(text: str) -> int:
    stripped = text.strip(_BLANK)
    if len(stripped) > 1_000 or not re.fullmatch(r"[+-]?[0-9]+", stripped, re.ASCII):
        raise ValueError(f"{stripped[:40]!r} is not a whole number")
    return int(stripped)


_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def _decode_boolean(text: str) -> bool:
    try:
        return _BOOLEANS[text.strip(_BLANK)]
    except KeyError:
        raise ValueError(f"{text.strip()[:40]!r} is neither true nor false") from None


_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII)


def _decode_date(text: str) -> date:
    # `fromisoformat` reads other forms too, none of which has both dashes in these places.
    if len(text) == 10 and text[4] == text[7] == "-":
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    stripped = text.strip(_BLANK)
    match = _DATE.fullmatch(stripped)
    if not match:
        raise ValueError(f"{stripped[:40]!r} is not a date: write it as 2026-12-31")
    try:
        day = date.fromisoformat(match[1])
    except ValueError as error:
        raise ValueError(f"{stripped[:40]!r} is not a day of the calendar") from error
    return LexicalDate.of(day, stripped) if match[2] else day


def _decode_aeat_date(text: str) -> date:
    stripped = text.strip(_BLANK)
    match = re.fullmatch(r"([0-9]{2})-([0-9]{2})-([0-9]{4})", stripped, re.ASCII)
    if not match:
        raise ValueError(f"{stripped[:40]!r} is not a date: write it as 31-12-2026")
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError as error:
        raise ValueError(f"{stripped[:40]!r} is not a day of the calendar") from error


_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)


def _decode_datetime(text: str) -> datetime:
    stripped = text.strip(_BLANK)
    if not _INSTANT.fullmatch(stripped):
        raise ValueError(
            f"{stripped[:40]!r} is not an instant: write it as 2026-12-31T23:59:59+01:00"
        )
    try:
        instant = datetime.fromisoformat(stripped)
    except ValueError as error:
        raise ValueError(f"{stripped[:40]!r} is not an instant of the calendar") from error
    usual = instant.isoformat() == stripped
    return instant if usual else LexicalDateTime.of(instant, stripped)


STRING: Codec[str] = Codec("string", str, str)
DECIMAL: Codec[Decimal] = Codec("decimal", _decode_decimal, _encode_decimal, Decimal, _plain)
INTEGER: Codec[int] = Codec("integer", _decode_integer, str, int, str)
BOOLEAN: Codec[bool] = Codec("boolean", _decode_boolean, lambda v: "true" if v else "false")
XML_DATE: Codec[date] = Codec(
    "date", _decode_date, lambda v: _kept(v, date.isoformat), date, date.isoformat
)
XML_DATETIME: Codec[datetime] = Codec(
    "dateTime",
    _decode_datetime,
    lambda v: _kept(v, datetime.isoformat),
    datetime,
    datetime.isoformat,
)
AEAT_DATE: Codec[date] = Codec(
    "DD-MM-YYYY", _decode_aeat_date, lambda v: f"{v.day:02}-{v.month:02}-{v.year:04}"
)

_DEFAULTS: dict[type, Codec[Any]] = {
    str: STRING,
    Decimal: DECIMAL,
    int: INTEGER,
    bool: BOOLEAN,
    date: XML_DATE,
    datetime: XML_DATETIME,
}


def enum_codec(kind: type[E], decode: Callable[[str], E]) -> Codec[E]:
    """Make the codec of an enum whose members are written as their values."""
    written = [member.value for member in kind]
    if all(isinstance(text, str) and not _MARKUP.search(text) for text in written):
        return Codec(kind.__name__, decode, lambda v: str(v.value), kind, attrgetter("_value_"))
    return Codec(kind.__name__, decode, lambda v: str(v.value))


@cache
def codec_for(kind: type) -> Codec[Any]:
    """Return the codec of a field that names none: by its type; an enum by its value.

    Raises:
        TypeError: No codec is known for that type.
    """
    if issubclass(kind, Enum):
        return enum_codec(kind, lambda text: kind(text.strip(_BLANK)))
    try:
        return _DEFAULTS[kind]
    except KeyError:
        raise TypeError(f"{kind!r} has no codec: name one in Xml(codec=...)") from None
