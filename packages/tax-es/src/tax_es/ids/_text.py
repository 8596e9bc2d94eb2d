"""Reading of identifiers as people write them: with spaces, hyphens, points, in lower case."""

from tax_es.errors import ArgumentError

MAX_LENGTH = 64
"""Longer texts are no identifier; the limit keeps reasons short and work bounded."""

# Typographic hyphens and the no-break spaces come with text pasted from documents.
_SEPARATORS = dict.fromkeys(map(ord, " \t\r\n-./_\u00a0\u2009\u202f\u2010\u2011\u2012\u2013\u2014"))


def compact(text: str) -> str:
    """Remove separators and write in upper case, without touching letters outside ASCII.

    Raises:
        ArgumentError: The argument is not a text.
    """
    if not isinstance(text, str):
        raise ArgumentError(f"an identifier is a text, not {type(text).__name__}")
    if not text.isalnum():
        text = text.translate(_SEPARATORS)
    # Upper-casing U+0131 (dotless i) would turn a foreign letter into a valid one.
    return text.upper() if text.isascii() else text


def strange_character(text: str) -> str | None:
    """Return the first character that is neither an ASCII letter nor an ASCII digit."""
    return next((c for c in text if not (c.isascii() and c.isalnum())), None)
