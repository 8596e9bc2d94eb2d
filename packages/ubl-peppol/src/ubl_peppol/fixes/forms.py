"""What a text certainly means; nothing when it could mean two things."""

import re
import tomllib
from collections.abc import Container, Mapping
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType

from ubl_peppol.reading.values import collapse

__all__ = ["as_code", "as_date", "as_scheme", "as_word", "without_idle_zeros"]

_ISO = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:T[0-9:.]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?", re.ASCII
)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)
_EUROPEAN = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})", re.ASCII)
_WORDS = MappingProxyType({"1": "true", "0": "false"})
_DECIMALS = re.compile(r"([+-]?[0-9]+\.[0-9]{2})0+", re.ASCII)


def as_date(text: str) -> str | None:
    """Return a date as YYYY-MM-DD; ``None`` when it is none, or day and month could be swapped."""
    written = collapse(text)
    if match := _ISO.fullmatch(written) or _COMPACT.fullmatch(written):
        return _iso(int(match[1]), int(match[2]), int(match[3]))
    if match := _EUROPEAN.fullmatch(written):
        first, second = int(match[1]), int(match[2])
        if first > 12 or first == second:
            return _iso(int(match[3]), second, first)
        if second > 12:
            return _iso(int(match[3]), first, second)
    return None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def as_code(text: str, codes: Container[str]) -> str | None:
    """Return the code that a text is, but for white space and capitals."""
    written = collapse(text)
    found = {form for form in (written, written.upper(), written.lower()) if form in codes}
    return found.pop() if len(found) == 1 else None


def as_word(text: str) -> str | None:
    """Return ``true`` or ``false``."""
    written = collapse(text).lower()
    return written if written in ("true", "false") else _WORDS.get(written)


@cache
def _schemes() -> Mapping[str, str]:
    text = resources.files("ubl_peppol").joinpath("fixes/schemes.toml").read_text("utf-8")
    return MappingProxyType(tomllib.loads(text))


def as_scheme(text: str, codes: Container[str]) -> str | None:
    """Return the code of an identifier scheme that is written as its name, such as ``ES:VAT``."""
    written = collapse(text)
    found = as_code(written, codes) or _schemes().get(written.upper())
    if found is None and written.isdigit() and len(written) < 4:
        found = written.zfill(4)
    return found if found is not None and found in codes else None


def without_idle_zeros(text: str) -> str | None:
    """Return an amount without zeros behind its second decimal: the same number."""
    match = _DECIMALS.fullmatch(collapse(text))
    return match[1] if match else None
