"""The built-in types of XML Schema that the grammars use, as checks of a text.

Source: XML Schema 1.0 Part 2, second edition. White space is collapsed where the type says so.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

__all__ = ["TYPES", "Check", "bounded", "described"]

Check = Callable[[str], object]
"""Whether a text is one of the type: true in a boolean sense."""

_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_YMD = r"(-?(?:[1-9][0-9]{3,17}|0[0-9]{3}))-([0-9]{2})-([0-9]{2})"
_HMS = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_BLANK = "[ \t\r\n]*"
_DECIMAL = re.compile(rf"{_BLANK}[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+){_BLANK}", re.ASCII)
_BOOLEAN = re.compile(rf"{_BLANK}(?:true|false|0|1){_BLANK}", re.ASCII)
_TIME = re.compile(rf"{_BLANK}{_HMS}{_ZONE}{_BLANK}", re.ASCII)
_DATE = re.compile(rf"{_BLANK}{_YMD}{_ZONE}{_BLANK}", re.ASCII)
_DATE_TIME = re.compile(rf"{_BLANK}{_YMD}T{_HMS}{_ZONE}{_BLANK}", re.ASCII)
_LANGUAGE = re.compile(rf"{_BLANK}[a-zA-Z]{{1,8}}(?:-[a-zA-Z0-9]{{1,8}})*{_BLANK}", re.ASCII)
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_PADDED = {"": "", "=": "AEIMQUYcgkosw048", "==": "AQgw"}
"""Padding → the signs that may stand before it: the bits it leaves over are 0."""
_PIECE = 1 << 20
_WHITE_SPACE = re.compile("[ \t\r\n]+")
_BAD_ESCAPE = re.compile("%(?![0-9a-fA-F]{2})")
_SCHEME = re.compile("[a-zA-Z][a-zA-Z0-9+.-]*", re.ASCII)
_PORT = re.compile(r"//[^/?#]*?:([^/?#:@\]]*)(?:[/?#]|$)")


def _day(match: "re.Match[str] | None") -> bool:
    if match is None:
        return False
    year = int(match[1])
    if year == 0:
        return False
    try:
        # The calendar repeats every 400 years; a year before Christ -n stands where 1 - n would.
        date((year if year > 0 else year + 1) % 400 + 400, int(match[2]), int(match[3]))
    except ValueError:
        return False
    return True


def _base64(text: str) -> bool:
    # Attachments are large: piece by piece, so that no second copy of one is made.
    end = text.find("=")
    if end < 0:
        end = len(text)
    padding = _WHITE_SPACE.sub("", text[end:])
    count = 0
    last = ""
    for start in range(0, end, _PIECE):
        piece = text[start : min(start + _PIECE, end)]
        if not piece.isascii():
            return False
        signs = piece.encode().translate(None, b" \t\r\n")
        if signs.translate(None, _ALPHABET):
            return False
        count += len(signs)
        last = chr(signs[-1]) if signs else last
    if padding not in _PADDED or (count + len(padding)) % 4:
        return False
    return not padding or last in _PADDED[padding]


def _uri(text: str) -> bool:
    reference = text.strip(" \t\r\n")
    before, _, fragment = reference.partition("#")
    if "#" in fragment or _BAD_ESCAPE.search(reference) or "[" in fragment:
        return False
    head = before.partition("/")[0].partition("?")[0]
    if ":" in head and not _SCHEME.fullmatch(head.partition(":")[0]):
        return False
    port = _PORT.search(before)
    if port is not None and port[1] and not port[1].isdecimal():
        return False
    return before.count("[") == before.count("]")


TYPES: Mapping[str, Check | None] = MappingProxyType(
    {
        "string": None,
        "normalizedString": None,
        "token": None,
        "decimal": _DECIMAL.fullmatch,
        "boolean": _BOOLEAN.fullmatch,
        "date": lambda text: _day(_DATE.fullmatch(text)),
        "time": _TIME.fullmatch,
        "dateTime": lambda text: _day(_DATE_TIME.fullmatch(text)),
        "base64Binary": _base64,
        "language": _LANGUAGE.fullmatch,
        "anyURI": _uri,
    }
)
"""Name of the type → its check; ``None`` where every text is one."""

_DESCRIPTIONS = {
    "decimal": "a number such as 12.50",
    "boolean": "true or false",
    "date": "a date such as 2026-12-31",
    "time": "a time such as 09:30:00",
    "dateTime": "a date and time such as 2026-12-31T09:30:00",
    "base64Binary": "base64",
    "language": "a language such as es",
    "anyURI": "a URI",
}


def described(base: str) -> str:
    """Return what a text of the type looks like, for a message."""
    return _DESCRIPTIONS.get(base, "text")


def bounded(shortest: int, longest: int | None) -> Check:
    """Return a check of the length of a token."""

    def check(text: str) -> bool:
        length = len(" ".join(text.split()))
        return shortest <= length and (longest is None or length <= longest)

    return check
