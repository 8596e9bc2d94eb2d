"""What a version demands of values, in the form in which the writer looks at it on its way.

Whoever writes looks at each value anyway: judging it there costs a third of a walk of its own. The
writer learns only that something is wrong; :mod:`facturae_es.structure` says what.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from einvoice_core.lexical import Codec
from einvoice_core.records import Record
from facturae_es._plan import FieldPlan, plan_of
from facturae_es._values import CENTS, choices_of, test_of
from facturae_es.facets import Digits, Version

__all__ = ["VersionDemands", "demands_of"]


class VersionDemands:
    """The demands of a version.

    Args:
        version: The version that is written.
    """

    def __init__(self, version: Version) -> None:
        self._version = version

    def of_field(self, record: type[Record], field: str, codec: Codec[Any]) -> Codec[Any] | None:
        """Return a codec that raises for values that the version does not allow."""
        plan = next(plan for plan in plan_of(record) if plan.name == field)
        if plan.decimals is not None:
            return _amount(codec, plan.decimals.of(self._version))
        test = test_of(plan, self._version)
        return None if test is None else _tested(codec, test)

    def of_record(self, record: type[Record]) -> Callable[[dict[str, Any]], bool] | None:
        """Return the test of what no single value shows: what is missing, too much or too new."""
        plans = plan_of(record)
        absent = tuple(plan.name for plan in plans if self._must_be_absent(plan))
        needed = tuple(plan.name for plan in plans if plan.many and plan.required)
        choices = tuple(
            (tuple(plan.name for plan in plans), choice.endswith("?"))
            for choice, plans in choices_of(record)
        )
        if not (absent or needed or choices):
            return None

        def holds(values: dict[str, Any]) -> bool:
            for name in needed:
                if not values[name]:
                    return False
            for name in absent:
                if values[name]:
                    return False
            for names, optional in choices:
                given = 0
                for name in names:
                    given += values[name] is not None
                if given > 1 or not (given or optional):
                    return False
            return True

        return holds

    def _must_be_absent(self, plan: FieldPlan) -> bool:
        # An element that is kept as text is looked into where findings are made.
        return plan.xml.name == "Extensions" or not plan.exists_in(self._version)


@cache
def demands_of(version: Version) -> VersionDemands:
    """Return the demands of a version, always the same object."""
    return VersionDemands(version)


def _amount(codec: Codec[Any], digits: Digits) -> Codec[Any]:
    match = digits.pattern.fullmatch
    allows_cents = digits.signed and (digits.places == CENTS or not digits.exact)
    usual = codec.quick
    assert usual is not None  # noqa: S101 - that of amounts has one

    def encode(value: Decimal) -> str:
        text = codec.encode(value)
        if not match(text):
            raise ValueError("an amount has other decimals")
        return text

    def quick(value: Decimal) -> str:
        text = str(value)
        if allows_cents and text[-3:-2] == ".":
            return text
        text = usual(value)
        if not match(text):
            raise ValueError("an amount has other decimals")
        return text

    return Codec(codec.name, codec.decode, encode, codec.exact, quick)


def _tested(codec: Codec[Any], test: Callable[[Any], bool]) -> Codec[Any]:
    def encode(value: object) -> str:
        if not test(value):
            raise ValueError("a value is not allowed")
        return codec.encode(value)

    return Codec(codec.name, codec.decode, encode)
