"""Text that stands in XML: escaped, and free of the characters that XML does not have."""

import re

from einvoice_core.xml.errors import WriteRefused

__all__ = ["declaration", "encoded", "escape_attribute", "escape_text"]

_ESCAPES = (
    ("&", "&amp;"),
    ("<", "&lt;"),
    (">", "&gt;"),
    ("\r", "&#13;"),
)
_ESCAPES_OF_ATTRIBUTES = (*_ESCAPES, ('"', "&quot;"), ("\n", "&#10;"), ("\t", "&#9;"))


def escape_text(text: str) -> str:
    """Escape the text of an element; characters that XML does not have are left to ``encoded``."""
    if "&" in text or "<" in text or ">" in text or "\r" in text:
        for character, escape in _ESCAPES:
            text = text.replace(character, escape)
    return text


def escape_attribute(text: str) -> str:
    """Escape the value of an attribute, to stand in double quotes."""
    for character, escape in _ESCAPES_OF_ATTRIBUTES:
        if character in text:
            text = text.replace(character, escape)
    return text


_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def encoded(text: str) -> bytes:
    """Return the bytes of a finished document.

    Raises:
        WriteRefused: A character that XML 1.0 does not have. Looking at the whole once is faster
            than looking at each value.
    """
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        data = b"\0"
    # One octet is found at once; a text in a Latin alphabet has none that begins U+FFFE.
    if len(data.translate(None, _CONTROLS)) == len(data) and not (
        b"\xef" in data and (b"\xef\xbf\xbe" in data or b"\xef\xbf\xbf" in data)
    ):
        return data
    character = _NOT_XML.search(text)
    assert character is not None  # noqa: S101 - the bytes have just shown one
    before = text[: character.start()]
    tag = before[before.rfind("<") + 1 :].split(">")[0].split(" ")[0]
    raise WriteRefused(
        f"the character U+{ord(character[0]):04X} in {tag} cannot stand in XML: remove it",
        character=ord(character[0]),
        element=tag,
    )


def declaration(prefix: str, namespace: str) -> str:
    """Return the declaration of a prefix, with the space before it; "" is the default."""
    return f' xmlns{":" if prefix else ""}{prefix}="{escape_attribute(namespace)}"'
