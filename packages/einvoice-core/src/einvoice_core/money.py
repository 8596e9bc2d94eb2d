"""Exact decimal arithmetic: floats are refused, rounding happens where the caller says.

Source of the rounding modes: IEEE 754-2008 decimal arithmetic, as in :mod:`decimal`.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import (
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Context,
    Decimal,
    Inexact,
    InvalidOperation,
    Overflow,
)
from typing import Annotated

from pydantic import (
    GetCoreSchemaHandler,
    GetPydanticSchema,
    ValidatorFunctionWrapHandler,
)
from pydantic_core import CoreSchema, SchemaValidator, core_schema

from einvoice_core.errors import EInvoiceError

__all__ = [
    "MAX_DIGITS",
    "Amount",
    "AmountError",
    "allocate",
    "parse_decimal",
    "round_to",
    "total",
]

MAX_DIGITS = 4_000
"""Digits that a sum may have; amounts of documents have far fewer."""

_EXACT = Context(prec=MAX_DIGITS, traps=[InvalidOperation, Inexact, Overflow])
_ROUNDING = Context(prec=MAX_DIGITS, traps=[InvalidOperation, Overflow])
_UNITS = tuple(Decimal(1).scaleb(-places) for places in range(13))
_LEXICAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", re.ASCII)


class AmountError(EInvoiceError):
    """An amount cannot be computed or shared out.

    Raised for values that are not finite or have more digits than any document holds.
    """

    code = "einvoice.amount"


def parse_decimal(text: str) -> Decimal:
    """Convert the text of an ``xs:decimal``: digits, a point, a sign; no exponent.

    Raises:
        ValueError: The text is something else, such as ``NaN``, ``1e400`` or ``12,50``.
    """
    stripped = text.strip(" \t\r\n")
    if len(stripped) > MAX_DIGITS or not _LEXICAL.fullmatch(stripped):
        shown = stripped if len(stripped) <= 40 else stripped[:40] + "…"
        raise ValueError(f"{shown!r} is not a decimal number: use digits and a point, like 12.50")
    return Decimal(stripped)


def _exact(value: object, handler: ValidatorFunctionWrapHandler) -> Decimal:
    if isinstance(value, str):
        value = parse_decimal(value)
    elif isinstance(value, bool | float):
        raise ValueError(f"{value!r} is not exact: give a Decimal or a text like '12.50'")
    elif isinstance(value, int):
        value = Decimal(value)
    checked: Decimal = handler(value)
    # The handler builds a new Decimal; the one given may remember how it was written.
    return value if isinstance(value, Decimal) else checked


_slowly = SchemaValidator(
    core_schema.no_info_wrap_validator_function(_exact, core_schema.decimal_schema())
).validate_python


def _quickly(value: object) -> Decimal:
    """Take a Decimal as it is; anything else, and what is not finite, the general way."""
    if type(value) is Decimal and value.is_finite():
        return value
    checked: Decimal = _slowly(value)
    return checked


def _schema(source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
    inner = handler(source)
    exact = core_schema.no_info_wrap_validator_function(_exact, inner)
    if inner != core_schema.decimal_schema():
        # The field has limits, which stand inside.
        return exact
    quick = core_schema.no_info_plain_validator_function(_quickly)
    return core_schema.json_or_python_schema(exact, quick)


Amount = Annotated[Decimal, GetPydanticSchema(_schema)]
"""A decimal field of a record: takes a Decimal, an int or a text; refuses floats."""


def round_to(value: Decimal, places: int = 2, rounding: str = ROUND_HALF_UP) -> Decimal:
    """Round to a number of decimals, halves away from zero unless told otherwise.

    Args:
        value: Any finite decimal.
        places: Decimals to keep.
        rounding: A rounding mode of :mod:`decimal`.

    Returns:
        A value with exactly ``places`` decimals; never a negative zero.

    Raises:
        AmountError: The value is not finite or has too many digits.
    """
    if not value.is_finite():
        raise AmountError(f"cannot round {value}: it is not a finite amount")
    try:
        unit = _UNITS[places] if 0 <= places < len(_UNITS) else Decimal(1).scaleb(-places)
        rounded = value.quantize(unit, rounding, _ROUNDING)
    except (InvalidOperation, Overflow) as error:
        raise AmountError(f"cannot round {_shown(value)} to {places} decimals") from error
    return rounded if rounded else abs(rounded)


def total(values: Iterable[Decimal]) -> Decimal:
    """Add up exactly; the sum of nothing is 0.

    Raises:
        AmountError: A value is not finite, or the sum has too many digits to be exact.
    """
    result = Decimal(0)
    add = _EXACT.add
    try:
        for value in values:
            result = add(result, value)
    except (InvalidOperation, Inexact, Overflow) as error:
        raise AmountError(f"cannot add {_shown(value)} exactly") from error
    if not result.is_finite():
        raise AmountError("the sum is not a finite amount")
    return result


def allocate(amount: Decimal, weights: Sequence[Decimal], places: int = 2) -> tuple[Decimal, ...]:
    """Share an amount out in proportion to weights, so that the shares add up to it.

    Each share is rounded down and what is left goes, one unit each, to the shares that lost most
    (method of the largest remainder; the first of equal ones wins).

    Args:
        amount: What to share; rounded to ``places`` beforehand.
        weights: One for each share, none negative, not all zero.
        places: Decimals of the shares.

    Raises:
        AmountError: The weights cannot be used, or the amount has more decimals than the shares.
    """
    if round_to(amount, places) != amount:
        raise AmountError(f"{_shown(amount)} has more than {places} decimals and cannot be shared")
    whole = total(weights)
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise AmountError("weights must not be negative, and one must be above zero")
    unit = Decimal(1).scaleb(-places)
    sign = -1 if amount < 0 else 1
    units = int((abs(amount) / unit).to_integral_value())
    numerators, denominator = _as_integers(weights, whole)
    shares = [units * n // denominator for n in numerators]
    lost = [units * n % denominator for n in numerators]
    by_loss = sorted(range(len(shares)), key=lambda i: -lost[i])
    for i in by_loss[: units - sum(shares)]:
        shares[i] += 1
    return tuple(round_to(sign * share * unit, places, ROUND_FLOOR) for share in shares)


def _as_integers(weights: Sequence[Decimal], whole: Decimal) -> tuple[list[int], int]:
    exponents = [weight.as_tuple().exponent for weight in weights]
    shift = -min(e for e in exponents if isinstance(e, int))
    scaled = [int(weight.scaleb(shift, _EXACT)) for weight in weights]
    return scaled, int(whole.scaleb(shift, _EXACT))


def _shown(value: Decimal) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"
