"""Simple types of the official schema, for records that are sent: lengths, forms and lists."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from aeat_sii.codes import COUNTRIES
from einvoice_core.lexical import DECIMAL, Codec
from einvoice_core.money import Amount

__all__ = [
    "ONLY_YES",
    "YES_NO",
    "Amount12",
    "Country",
    "Fingerprint",
    "Moment",
    "Nif",
    "Percent",
    "Text",
]

_UNWRITABLE = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{0,2})?", re.ASCII)
_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{0,2})?", re.ASCII)


def _text(value: str) -> str:
    found = _UNWRITABLE.search(value)
    if found:
        raise ValueError(f"the character U+{ord(found[0]):04X} cannot be written in XML: remove it")
    return value


def _amount(value: Decimal) -> Decimal:
    text = DECIMAL.encode(value)
    if not _AMOUNT.fullmatch(text):
        raise ValueError(f"{text[:40]} does not fit: at most 12 digits and 2 decimals, rounded")
    return value


def _percent(value: Decimal) -> Decimal:
    text = DECIMAL.encode(value)
    if not _PERCENT.fullmatch(text):
        raise ValueError(f"{text[:40]} is not a percentage: at most 3 digits and 2 decimals")
    return value


def _moment(value: datetime) -> datetime:
    offset = value.utcoffset()
    if offset is None:
        raise ValueError("the instant has no time zone: give it one, such as Europe/Madrid")
    if offset % timedelta(minutes=1) or abs(offset) > timedelta(hours=14):
        raise ValueError("the time zone is not of whole minutes, up to 14 hours")
    if value.microsecond:
        raise ValueError("the agency takes whole seconds: use .replace(microsecond=0)")
    return value


def _country(value: str) -> str:
    if value not in COUNTRIES:
        raise ValueError(f"{value!r} is not a country code of the agency: use one such as 'PT'")
    return value


def _decode_yes_no(text: str) -> bool:
    match text.strip(" \t\r\n"):
        case "S":
            return True
        case "N":
            return False
    raise ValueError(f"{text.strip()[:40]!r} is neither S nor N")


def _decode_only_yes(text: str) -> bool:
    if text.strip(" \t\r\n") != "S":
        raise ValueError(f"{text.strip()[:40]!r} is not S, the only value here")
    return True


YES_NO: Codec[bool] = Codec("S/N", _decode_yes_no, lambda value: "S" if value else "N")
ONLY_YES: Codec[bool] = Codec("S", _decode_only_yes, lambda value: "S")

Text = Annotated[str, AfterValidator(_text)]
"""Text that XML can hold; the field adds the length."""

Nif = Annotated[str, AfterValidator(_text), Field(min_length=9, max_length=9)]
"""Nine characters; whether the control character is right is a rule."""

Fingerprint = Annotated[str, AfterValidator(_text), Field(max_length=64)]
"""Fingerprint (huella): 64 hexadecimal digits in upper case, once computed."""

Country = Annotated[str, AfterValidator(_country)]
"""Country code of the agency's list."""

Amount12 = Annotated[Amount, AfterValidator(_amount)]
"""Euros: up to 12 digits and 2 decimals, with sign."""

Percent = Annotated[Amount, AfterValidator(_percent)]
"""Percentage: 21 for 21 %; up to 3 digits and 2 decimals."""

Moment = Annotated[datetime, AfterValidator(_moment)]
"""Instant in whole seconds, with its time zone."""
