"""Values as XPath 2.0 sees them: texts, decimals, doubles and days.

The official rules are XPath on untyped documents. What that language does with an empty text, a
doubled element or ``1e3`` is part of their meaning, so it is kept here, once: where the official
run would stop with an error, :class:`~einvoice_core.findings.Undecided` is raised.

Source: W3C XPath 2.0, XPath Functions and Operators 2.0, XML Schema 1.0 Part 2.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from typing import cast

from lxml import etree

from einvoice_core.findings import Location, Undecided
from einvoice_core.money import parse_decimal

__all__ = [
    "AttachedFile",
    "Value",
    "as_double",
    "collapse",
    "difference",
    "divide",
    "location_of",
    "product",
    "round_half_up",
    "string_of",
    "unchanged",
]

_BLANK = re.compile("[ \t\r\n]+")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?", re.ASCII)
_WHOLE = re.compile(r"[ \t\r\n]*[+-]?[0-9]+[ \t\r\n]*", re.ASCII)
_PLAIN = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?", re.ASCII)
"""Numbers that are on the same side of zero as decimals and as doubles."""
_DAY = re.compile(
    r"(-?(?:[1-9][0-9]{3,8}|0[0-9]{3}))-([0-9]{2})-([0-9]{2})(?:Z|([+-])([0-9]{2}):([0-5][0-9]))?",
    re.ASCII,
)
_DAYS_OF_400_YEARS = 146_097
_SPECIAL = {
    "NaN": Decimal("NaN"),
    "INF": Decimal("Infinity"),
    "+INF": Decimal("Infinity"),
    "-INF": Decimal("-Infinity"),
}
_PREFIXES = {
    "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2": "cac:",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2": "cbc:",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2": "ext:",
    "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100": "rsm:",
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100": "ram:",
    "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100": "udt:",
    "urn:un:unece:uncefact:data:standard:QualifiedDataType:100": "qdt:",
}
_STRING: etree.XPath = etree.XPath("string()")
_CENT = Decimal("0.01")
_ORDINARY = 1_000
_WIDE = Context(prec=4_000, traps=[InvalidOperation, Inexact])
_WIDE_ROUNDING = Context(prec=4_000, traps=[InvalidOperation])


def string_of(element: etree._Element) -> str:
    """Return the string value of an element, whatever stands inside it."""
    return str(_STRING(element)) if len(element) else element.text or ""


def collapse(text: str) -> str:
    """Collapse white space as ``normalize-space()`` does."""
    if text.isascii():
        return " ".join(text.split())
    return _BLANK.sub(" ", text).strip(" ")


def round_half_up(value: Decimal) -> Decimal:
    """Round to two decimals as ``round(x * 100) div 100`` does: halves go up, also below zero."""
    if not value.is_signed() and value.adjusted() < _ORDINARY:
        return value.quantize(_CENT, ROUND_HALF_UP, _WIDE_ROUNDING)
    scaled = value.scaleb(2, _WIDE)
    whole = scaled.to_integral_value("ROUND_FLOOR")
    if scaled - whole >= Decimal("0.5"):
        whole += 1
    return whole.scaleb(-2, _WIDE)


def product(*factors: Decimal) -> Decimal:
    """Multiply exactly."""
    result = Decimal(1)
    for factor in factors:
        result = _WIDE.multiply(result, factor)
    return result


def difference(minuend: Decimal, subtrahend: Decimal) -> Decimal:
    """Subtract exactly."""
    return _WIDE.subtract(minuend, subtrahend)


def divide(dividend: Decimal, divisor: Decimal) -> Decimal:
    """Divide as the processor of the official rules does: 18 decimals at least, halves down.

    The precision of ``div`` is left to the implementation; at the edge of a tolerance it decides.
    """
    places = max(18, _places(dividend) - _places(divisor) + 18)
    return _WIDE_ROUNDING.divide(dividend, divisor).quantize(
        Decimal(1).scaleb(-places), "ROUND_HALF_DOWN", _WIDE_ROUNDING
    )


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def as_double(value: Decimal) -> Decimal:
    """Return the exact value of the IEEE 754 double that is nearest to a decimal.

    Some published rules compute in doubles; their results differ from decimal arithmetic where an
    amount is exactly at a tolerance.
    """
    if not value or not value.is_finite():
        return value
    if value.adjusted() > 309:
        return Decimal("Infinity").copy_sign(value)
    if value.adjusted() < -330:
        return Decimal(0).copy_sign(value)
    numerator, denominator = abs(value).as_integer_ratio()
    shift = numerator.bit_length() - denominator.bit_length() - 53
    shift = max(shift, -1074)
    while True:
        top = numerator << -shift if shift < 0 else numerator
        bottom = denominator << shift if shift > 0 else denominator
        mantissa, rest = divmod(top, bottom)
        if mantissa.bit_length() <= 53:
            break
        shift += 1
    if 2 * rest > bottom or (2 * rest == bottom and mantissa & 1):
        mantissa += 1
    exact = Decimal(mantissa << shift) if shift >= 0 else _halved(mantissa, -shift)
    return exact.copy_sign(value)


def _halved(mantissa: int, times: int) -> Decimal:
    # m / 2**n = m * 5**n / 10**n: exact in decimal.
    return Decimal(mantissa * 5**times).scaleb(-times, _WIDE)


_STEPS: ContextVar[dict[etree._Element, dict[etree._Element, str]] | None] = ContextVar(
    "ubl_peppol_steps", default=None
)


@contextmanager
def unchanged() -> Iterator[None]:
    """Promise that no document changes inside: positions of siblings are then counted once."""
    token = _STEPS.set({})
    try:
        yield
    finally:
        _STEPS.reset(token)


def location_of(element: etree._Element, attribute: str = "") -> Location:
    """Return the XPath of an element, with the usual prefixes, and its line."""
    steps: list[str] = []
    node: etree._Element | None = element
    while node is not None:
        parent = node.getparent()
        steps.append(_name_of(node) if parent is None else _steps_below(parent)[node])
        node = parent
    path = "/" + "/".join(reversed(steps)) + (f"/@{attribute}" if attribute else "")
    line = cast("int | None", element.sourceline)
    # libxml2 counts lines up to 65,535 in small fields and says so with that number.
    return Location(path, line if line is not None and line < 65_535 else None)


def _name_of(node: etree._Element) -> str:
    tag = str(node.tag)
    namespace, _, local = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
    return _PREFIXES.get(namespace, "") + local


def _steps_below(parent: etree._Element) -> dict[etree._Element, str]:
    """Name the children, with a position where several have the name."""
    known = _STEPS.get()
    if known is not None and parent in known:
        return known[parent]
    by_name: dict[str, list[etree._Element]] = {}
    for child in parent.iterchildren("*"):
        by_name.setdefault(_name_of(child), []).append(child)
    steps = {
        child: f"{name}[{number}]" if len(children) > 1 else name
        for name, children in by_name.items()
        for number, child in enumerate(children, 1)
    }
    if known is not None:
        known[parent] = steps
    return steps


class Value:
    """A text of the document with the element that holds it."""

    __slots__ = ("_decimal", "_part", "attribute", "element", "text")

    def __init__(self, text: str, element: etree._Element, attribute: str = "") -> None:
        self.text = text
        self.element = element
        self.attribute = attribute
        self._decimal: Decimal | None = None
        self._part: tuple[str, str | None] | None = None

    def __str__(self) -> str:
        return self.collapsed

    def __repr__(self) -> str:
        return f"Value({self.text!r})"

    @property
    def location(self) -> Location:
        """Where the value stands."""
        return location_of(self.element, self.attribute)

    @property
    def collapsed(self) -> str:
        """The text with its white space collapsed (``normalize-space``)."""
        return collapse(self.text)

    def part(self, name: str) -> str | None:
        """Return an attribute of the element, such as the scheme of an identifier."""
        known = self._part
        if known is None or known[0] != name:
            value = self.element.get(name)
            known = self._part = (name, value if value is None else str(value))
        return known[1]

    @property
    def decimal(self) -> Decimal:
        """The value as ``xs:decimal``.

        Raises:
            Undecided: The text is not one.
        """
        if self._decimal is None:
            try:
                self._decimal = parse_decimal(self.text)
            except ValueError as error:
                raise Undecided(self, str(error)) from None
        return self._decimal

    def equals(self, number: Decimal) -> bool:
        """Whether the text is an ``xs:decimal`` of that value."""
        try:
            return self.decimal == number
        except Undecided:
            return False

    @property
    def double(self) -> Decimal:
        """The value as ``xs:double``, exactly.

        Raises:
            Undecided: The text is not one.
        """
        text = collapse(self.text)
        if text in _SPECIAL:
            return _SPECIAL[text]
        if not _DOUBLE.fullmatch(text) or len(text) > 2_000:
            raise Undecided(self, f"{text[:40]!r} is not a number: write it like 12.50")
        return as_double(Decimal(text))

    def at_least(self, bound: int) -> bool:
        """Whether the value, as a double, is ``bound`` or more.

        The processor of the official rules takes NaN for greater than any whole number, against
        XPath, and a negative zero that is not written as an integer for less than zero; a verdict
        here is that of the official run.
        """
        if bound == 0 and _PLAIN.fullmatch(self.text):
            return True
        value = self.double
        if not value and value.is_signed() and not _WHOLE.fullmatch(self.text):
            return bound < 0
        return value.is_nan() or value >= bound

    def above(self, bound: int) -> bool:
        """Whether the value, as a double, is more than ``bound``."""
        if bound == 0 and _PLAIN.fullmatch(self.text):
            return self.decimal > 0
        value = self.double
        return value.is_nan() or value > bound

    def at_most(self, bound: int) -> bool:
        """Whether the value, as a double, is ``bound`` or less."""
        value = self.double
        return not value.is_nan() and value <= bound

    @property
    def day(self) -> int:
        """The value as ``xs:date``, as minutes that can be compared.

        Raises:
            Undecided: The text is not one.
        """
        text = collapse(self.text)
        match = _DAY.fullmatch(text)
        try:
            if match is None:
                raise ValueError
            # The calendar repeats every 400 years, so years that `date` has not are moved into it.
            rounds, year = divmod(int(match[1]) - 1, 400)
            start = date(year + 1, int(match[2]), int(match[3])).toordinal()
            start = (start + rounds * _DAYS_OF_400_YEARS) * 1440
            if match[4] and int(match[5]) * 60 + int(match[6]) > 840:
                raise ValueError
        except ValueError:
            raise Undecided(
                self, f"{text[:40]!r} is not a date: write it like 2026-12-31"
            ) from None
        if match[4]:
            offset = int(match[5]) * 60 + int(match[6])
            return start - offset if match[4] == "+" else start + offset
        return start

    @property
    def boolean(self) -> bool:
        """The value as ``xs:boolean``.

        Raises:
            Undecided: The text is not one.
        """
        text = collapse(self.text)
        if text in ("true", "1"):
            return True
        if text in ("false", "0"):
            return False
        raise Undecided(self, f"{text[:40]!r} is neither true nor false")


class AttachedFile(Value):
    """The value of an element that may be very large: its text is read whenever it is asked."""

    __slots__ = ()

    def __init__(self, element: etree._Element) -> None:
        super().__init__("", element)

    @property
    def text(self) -> str:
        """The text of the element."""
        return string_of(self.element)

    @text.setter
    def text(self, text: str) -> None:
        """Keep none: the element has it."""
