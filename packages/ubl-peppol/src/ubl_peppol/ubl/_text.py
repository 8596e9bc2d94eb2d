"""Pieces of UBL as text. A piece of nothing is the empty text, and a group of such is nothing."""

import re
from datetime import date
from decimal import Decimal

from einvoice_core.lexical import DECIMAL, XML_DATE
from ubl_peppol.errors import NotExpressibleError
from ubl_peppol.model import Identifier

__all__ = ["amount", "attribute", "basic", "encoded", "escape", "group", "identifier", "join"]

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escape(text: str) -> str:
    """Escape the text of an element."""
    if "&" in text or "<" in text or ">" in text or "\r" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        text = text.replace("\r", "&#13;")
    return text


def attribute(name: str, value: str | None) -> str:
    """Write an attribute with the space before it."""
    if value is None:
        return ""
    text = escape(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return f' {name}="{text}"'


def basic(name: str, value: str | Decimal | date | None, attributes: str = "") -> str:
    """Write a basic component (``cbc``)."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = escape(value)
    elif isinstance(value, Decimal):
        text = DECIMAL.encode(value)
    else:
        text = XML_DATE.encode(value)
    return f"<cbc:{name}{attributes}>{text}</cbc:{name}>"


def amount(name: str, value: Decimal | None, currency: str) -> str:
    """Write an amount with its currency."""
    return basic(name, value, attribute("currencyID", currency))


def identifier(name: str, value: Identifier | None, scheme: str = "schemeID") -> str:
    """Write an identifier with its scheme."""
    if value is None:
        return ""
    return basic(name, value.value, attribute(scheme, value.scheme_id))


def group(name: str, *children: str) -> str:
    """Write an aggregate component (``cac``), unless it would be empty."""
    content = "".join(children)
    return f"<cac:{name}>{content}</cac:{name}>" if content else ""


def join(*pieces: str) -> str:
    """Put pieces one after the other."""
    return "".join(pieces)


def encoded(text: str) -> bytes:
    """Return the bytes of a finished document.

    Raises:
        NotExpressibleError: A character that XML 1.0 does not have.
    """
    wrong = _NOT_XML.search(text)
    if wrong:
        raise NotExpressibleError(
            f"the character U+{ord(wrong[0]):04X} cannot stand in XML: remove it"
        )
    return text.encode("utf-8")
