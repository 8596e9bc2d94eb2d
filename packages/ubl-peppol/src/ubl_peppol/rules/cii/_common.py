"""What the CII rules share: doubles, sums, and the places where VAT stands."""

import math
import re
import tomllib
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from importlib import resources

from lxml import etree

from einvoice_core.findings import RuleSet, Undecided
from einvoice_core.money import total
from ubl_peppol.codelists import code_list
from ubl_peppol.reading import GroupReading, Reading, Value
from ubl_peppol.reading.values import string_of
from ubl_peppol.rules._engine import Rules
from ubl_peppol.syntax_cii import RAM, UDT

__all__ = [
    "CII_RELEASE",
    "as_float",
    "children",
    "codes_of",
    "decimals_of",
    "entries",
    "first_decimal",
    "is_vat",
    "model",
    "only",
    "round_double",
    "same_double",
    "says",
    "sum_of_doubles",
    "whole",
]

CII_RELEASE = "CEN/TC 434 validation artefacts 1.3.16 for CII, EN 16931-1:2017"

model: RuleSet[Reading] = Rules(CII_RELEASE, "en16931-cii")
"""The set that the rules of the semantic model join."""

_PLAIN = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?", re.ASCII)
_FLAG = f"{{{RAM}}}ChargeIndicator"
_INDICATOR = f"{{{UDT}}}Indicator"
_TYPE = f"{{{RAM}}}TypeCode"


@cache
def _differences() -> dict[str, frozenset[str]]:
    text = resources.files("ubl_peppol").joinpath("rules/cii/lists.toml").read_text("utf-8")
    found = {}
    for rule, row in tomllib.loads(text).items():
        codes: set[str] = set(row.get("add", "").split())
        for like in row["like"]:
            codes |= code_list(like).codes
        found[rule] = frozenset(codes - set(row.get("remove", "").split()))
    return found


def codes_of(rule: str) -> frozenset[str]:
    """Return the codes that a rule of the CII artefact accepts."""
    known = _differences().get(rule)
    return code_list(rule).codes if known is None else known


def children(element: etree._Element | None, name: str) -> list[Value]:
    """Return the children of a name as values."""
    if element is None:
        return []
    return [Value(string_of(child), child) for child in element.iterchildren(f"{{{RAM}}}{name}")]


def only(values: list[Value], what: str = "it") -> Value | None:
    """Return the one value that may be there.

    Raises:
        Undecided: There are more.
    """
    if len(values) > 1:
        raise Undecided(values[1], f"{what} occurs {len(values)} times here: keep one")
    return values[0] if values else None


def first_decimal(group: GroupReading, term: str) -> Decimal | None:
    """Return the first occurrence of a term as a decimal: the others are not looked at."""
    values = group.values(term)
    return values[0].decimal if values else None


def as_float(value: Value) -> float:
    """Return a value as ``xs:double``.

    Raises:
        Undecided: It is not one.
    """
    if _PLAIN.fullmatch(value.text):
        return float(value.text)
    return float(value.double)


def sum_of_doubles(values: Iterable[Value]) -> float:
    """Add up as the official rules do where they forget to ask for decimals: in doubles."""
    found = 0.0
    for number, value in enumerate(values):
        found = as_float(value) if number == 0 else found + as_float(value)
    return found


def round_double(value: float) -> float:
    """Round a double to a whole one: halves go up."""
    if not math.isfinite(value):
        return value
    below = math.floor(value)
    return math.copysign(below + (1.0 if value - below >= 0.5 else 0.0), value)


def same_double(one: float, other: float) -> bool:
    """Whether two doubles are the same; the processor takes 0 and -0 for different ones."""
    return one == other and math.copysign(1, one) == math.copysign(1, other)


def whole(value: Decimal) -> Decimal:
    """Round to an integer as ``round()`` does: halves go up."""
    return total((value, Decimal("0.5"))).to_integral_value("ROUND_FLOOR")


def is_vat(element: etree._Element) -> bool:
    """Whether the type of a tax is VAT, in any letters.

    Raises:
        Undecided: It has two types.
    """
    kind = only(children(element, "TypeCode"), "the type of the tax")
    return kind is not None and kind.text.upper() == "VAT"


def says(element: etree._Element, wanted: bool) -> bool:
    """Whether an allowance or charge says which of the two it is.

    Raises:
        Undecided: It says neither true nor false.
    """
    return any(
        Value(string_of(indicator), indicator).boolean is wanted
        for flag in element.iterchildren(_FLAG)
        for indicator in flag.iterchildren(_INDICATOR)
    )


def entries(invoice: Reading, wanted: bool) -> list[GroupReading]:
    """Return the allowances or the charges of the document that say what they are."""
    return [group for group in invoice.groups("header-entry") if says(group.element, wanted)]


def decimals_of(values: Iterable[Value]) -> Iterator[Decimal]:
    """Return values as decimals."""
    return (value.decimal for value in values)
