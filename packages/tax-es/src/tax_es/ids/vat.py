"""VAT identification numbers of the European Union (NIF-IVA), with the letters of the country.

The shape is checked for every Member State and Northern Ireland; the control characters where one
published algorithm covers every holder (``control_checked`` says so). Whether the number was issued
is known only to the service of the European Commission.

Source:
    Directive 2006/112/EC, arts. 214 and 215; Real Decreto 1065/2007 (BOE-A-2007-15984), art. 25.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from tax_es.ids import nif
from tax_es.ids._text import MAX_LENGTH, compact

__all__ = ["VatCheck", "check", "countries"]

_WRONG_PREFIX = {
    "GR": "Greece writes EL, not GR",
    "GB": "British numbers left the Union's system in 2021; Northern Ireland writes XI",
}


@dataclass(frozen=True, slots=True)
class VatCheck:
    """What a text is when read as a VAT number of the Union."""

    valid: bool
    normalised: str
    """With the letters of the country, without separators, in upper case."""
    country: str = ""
    """Prefix of the country (``EL`` for Greece, ``XI`` for Northern Ireland), or nothing."""
    reason: str = ""
    """What to change; empty when valid."""
    control_checked: bool = False
    """Whether the control characters were checked too, not only the shape."""


def countries() -> Mapping[str, str]:
    """Return the prefixes that are known, each with the name of its country."""
    return {prefix: str(row["name"]) for prefix, row in _table().items()}


def check(text: str) -> VatCheck:
    """Check a VAT number with its prefix, such as ``ESB12345674``.

    Args:
        text: The number as written, with or without separators.

    Returns:
        The verdict; for an invalid number, the reason says what to change.

    Raises:
        ArgumentError: The argument is not a text.
    """
    number = compact(text)
    shown = number[:MAX_LENGTH]
    prefix, rest = number[:2], number[2:]
    row = _table().get(prefix)
    if row is None:
        reason = _WRONG_PREFIX.get(prefix, "it must begin with the two letters of a Member State")
        return VatCheck(False, shown, reason=reason)
    if prefix == "ES":
        verdict = nif.check(number)
        return VatCheck(verdict.valid, shown, "ES", verdict.reason, control_checked=True)
    if not re.fullmatch(row["pattern"], rest, re.ASCII):
        reason = f"a number of {row['name']} has {row['shape']} after {prefix}"
        return VatCheck(False, shown, prefix, reason)
    if "control" not in row:
        return VatCheck(True, number, prefix)
    fits = _CONTROLS[row["control"]](rest, row)
    reason = "" if fits else "the control characters do not fit the rest of the number"
    return VatCheck(fits, number, prefix, reason, control_checked=True)


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    text = resources.files("tax_es").joinpath("params/eu_vat.toml").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, Any]] = tomllib.loads(text)["countries"]
    return table


def _weighted(number: str, row: Mapping[str, Any]) -> bool:
    weights, modulus = row["weights"], row["modulus"]
    digits = [int(c) for c in number.zfill(len(weights))]
    total = sum(w * d for w, d in zip(weights, digits, strict=True))
    if total % modulus == 0:
        return True
    ten = total + 10 * weights[-1]
    return bool(row.get("ten_is_zero")) and digits[-1] == 0 and ten % modulus == 0


def _luhn_sum(digits: str) -> int:
    """Add the digits from the right, every second one doubled and its digits added (ISO 7812)."""
    doubled = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
    plain = sum(int(c) for c in digits[::-2])
    return plain + sum(doubled[int(c)] for c in digits[-2::-2])


def _luhn(number: str, _row: Mapping[str, Any]) -> bool:
    return _luhn_sum(number) % 10 == 0


def _luhn_10(number: str, _row: Mapping[str, Any]) -> bool:
    """Sweden: the ten digits of the organisation, then the number of its registration."""
    return _luhn_sum(number[:10]) % 10 == 0


def _austria(number: str, _row: Mapping[str, Any]) -> bool:
    return (_luhn_sum(number[1:8]) + 4 + int(number[8])) % 10 == 0


def _france(number: str, _row: Mapping[str, Any]) -> bool:
    """A key of two characters before a SIREN; numbers of Monaco begin with three zeros."""
    key, siren = number[:2], number[2:]
    if not siren.startswith("000") and _luhn_sum(siren) % 10:
        return False
    return not key.isdigit() or int(key) == (12 + 3 * (int(siren) % 97)) % 97


def _iso7064_11_10(number: str, _row: Mapping[str, Any]) -> bool:
    product = 10
    for c in number[:-1]:
        product = ((product + int(c)) % 10 or 10) * 2 % 11
    return (product + int(number[-1])) % 10 == 1


def _pair_97(number: str, _row: Mapping[str, Any]) -> bool:
    return (int(number[:-2]) + int(number[-2:])) % 97 == 0


def _remainder_89(number: str, _row: Mapping[str, Any]) -> bool:
    return int(number[:-2]) % 89 == int(number[-2:])


def _netherlands(number: str, _row: Mapping[str, Any]) -> bool:
    """Companies keep a weighted number; natural persons have ISO 7064 (97, 10) since 2020."""
    if not re.fullmatch(r"\d{9}B\d{2}", number, re.ASCII):
        return False
    weighted = sum(w * int(c) for w, c in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), number, strict=False))
    as_digits = "".join(str(int(c, 36)) for c in "NL" + number)
    return weighted % 11 == 0 or int(as_digits) % 97 == 1


_CONTROLS: Mapping[str, Callable[[str, Mapping[str, Any]], bool]] = {
    "weighted": _weighted,
    "luhn": _luhn,
    "luhn_10": _luhn_10,
    "austria": _austria,
    "france": _france,
    "iso7064_11_10": _iso7064_11_10,
    "pair_97": _pair_97,
    "remainder_89": _remainder_89,
    "netherlands": _netherlands,
}
