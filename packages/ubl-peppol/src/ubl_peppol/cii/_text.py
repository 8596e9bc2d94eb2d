"""Pieces of CII as text. A piece of nothing is the empty text, and a group of such is nothing."""

import re
from datetime import date
from decimal import Decimal

from einvoice_core.lexical import DECIMAL
from ubl_peppol.model import Identifier
from ubl_peppol.ubl._text import attribute, escape

__all__ = ["account_is_iban", "day", "group", "identifiers", "indicator", "value"]

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Za-z0-9 ]{8,38}", re.ASCII)


def value(name: str, content: str | Decimal | None, attributes: str = "") -> str:
    """Write an element that holds a value."""
    if content is None:
        return ""
    text = escape(content) if isinstance(content, str) else DECIMAL.encode(content)
    return f"<ram:{name}{attributes}>{text}</ram:{name}>"


def group(name: str, *children: str) -> str:
    """Write an element that holds elements, unless it would be empty."""
    content = "".join(children)
    return f"<ram:{name}>{content}</ram:{name}>" if content else ""


def day(name: str, content: date | None, kind: str = "udt:DateTimeString") -> str:
    """Write a day as ``20261231``, which is what format 102 means."""
    if content is None:
        return ""
    text = f"{content.year:04}{content.month:02}{content.day:02}"
    return f'<ram:{name}><{kind} format="102">{text}</{kind}></ram:{name}>'


def indicator(charge: bool) -> str:
    """Write whether something is a charge or an allowance."""
    text = "true" if charge else "false"
    return f"<ram:ChargeIndicator><udt:Indicator>{text}</udt:Indicator></ram:ChargeIndicator>"


def identifiers(*entries: Identifier | None) -> str:
    """Write identifiers of a party: those without a scheme first, as the schema has it."""
    given = [entry for entry in entries if entry is not None]
    plain = [value("ID", entry.value) for entry in given if entry.scheme_id is None]
    schemed = [
        value("GlobalID", entry.value, attribute("schemeID", entry.scheme_id))
        for entry in given
        if entry.scheme_id is not None
    ]
    return "".join(plain + schemed)


def account_is_iban(account: str) -> bool:
    """Whether an account (BT-84) is written as an IBAN, not as an identifier of its own."""
    return _IBAN.fullmatch(account) is not None
