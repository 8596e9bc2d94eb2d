"""Judges the values of records by the facets of their fields: one walk, compiled per class."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from einvoice_core.records import Record
from facturae_es._plan import FieldPlan, plan_of, value_text
from facturae_es.codes import SINCE
from facturae_es.facets import Digits, Version

__all__ = ["CENTS", "Fault", "Judge", "choices_of", "faults", "test_of"]

Fault = tuple[str, str, str]
"""Number of the rule, message and field."""

Judge = Callable[[object], Iterator[tuple[str, str]]]
"""Yields number of the rule and message for each fault of a value."""

CENTS = 2
"""Decimals that nearly all amounts have."""
_AGE = {version: age for age, version in enumerate(Version)}


def faults(
    record: Record, version: Version, *, raw: Judge | None = None, prefix: str = ""
) -> Iterator[Fault]:
    """Yield what is wrong with the values of a record and of the records inside it.

    Args:
        record: Any record whose fields have facets.
        version: The version whose demands apply.
        raw: Judges the text of an ``Extensions`` element.
        prefix: Field in which the record stands, with a point at the end.
    """
    if _cleanliness(type(record), version)(record):
        return
    values = record.__dict__
    for name, plan, judge in _judges(type(record), version):
        value = values[name]
        if value is None or (plan.many and not value and not plan.required):
            continue
        field = prefix + name
        if plan.many:
            if not value:
                yield "S07", f"{plan.xml.name} is missing: give at least one", field
            items = ((f"{field}[{i}]", item) for i, item in enumerate(value))
        else:
            items = ((field, value) for _ in (0,))
        if not plan.exists_in(version):
            since = plan.since.value
            yield (
                "S05",
                f"{plan.xml.name} exists since version {since}: leave it out of {version.value}",
                field,
            )
        for own, item in items:
            if plan.record is not None:
                yield from faults(item, version, raw=raw, prefix=f"{own}.")
                continue
            own_judge = raw if plan.xml.name == "Extensions" else judge
            if own_judge is not None:
                for rule, message in own_judge(item):
                    yield rule, message, own
    for choice, plans in choices_of(type(record)):
        given = sum(values[plan.name] is not None for plan in plans)
        if given > 1 or not (given or choice.endswith("?")):
            options = " or ".join(plan.xml.name for plan in plans)
            yield "S06", f"exactly one of {options} is needed, not {given}", prefix[:-1]


Test = Callable[[Any], bool]


@cache
def _cleanliness(kind: type[Record], version: Version) -> Test:
    """Return a quick test whether a record has no fault, which is what nearly all records are."""
    tests = tuple(
        (name, _test(plan, judge, version)) for name, plan, judge in _judges(kind, version)
    )
    choices = tuple(
        (tuple(plan.name for plan in plans), choice.endswith("?"))
        for choice, plans in choices_of(kind)
    )

    def is_clean(record: Any) -> bool:  # noqa: ANN401 - a record of that class
        values = record.__dict__
        for name, test in tests:
            value = values[name]
            if value is not None and not test(value):
                return False
        for names, optional in choices:
            given = 0
            for name in names:
                given += values[name] is not None
            if given > 1 or not (given or optional):
                return False
        return True

    return is_clean


def _test(plan: FieldPlan, judge: Judge | None, version: Version) -> Test:
    if not plan.exists_in(version):
        return lambda value: plan.many and not value
    one = _test_of_one(plan, judge, version)
    if not plan.many:
        return one
    if plan.required:
        return lambda items: bool(items) and all(map(one, items))
    return lambda items: not items or all(map(one, items))


def test_of(plan: FieldPlan, version: Version) -> Test | None:
    """Return the test of a single value of a field, if the version demands anything of it."""
    judge = _judge(plan, version)
    return None if judge is None else _test_of_one(plan, judge, version)


def _test_of_one(plan: FieldPlan, judge: Judge | None, version: Version) -> Test:
    if plan.record is not None:
        return _cleanliness(plan.record, version)
    if plan.text is not None and not plan.text.pattern:
        low, high = plan.text.minimum, plan.text.maximum
        return lambda text: low <= len(text) <= high
    if plan.decimals is not None and plan.xml.codec is not None:
        return _test_of_amount(plan.decimals.of(version), plan.xml.codec.encode)
    if plan.one_of is not None:
        return plan.one_of.values.__contains__
    if judge is not None:
        return lambda value: not any(judge(value))
    # An element that is kept as text: the slow way looks into extensions.
    return lambda value: plan.xml.name != "Extensions"


def _test_of_amount(digits: Digits, encode: Callable[[Any], str]) -> Test:
    match = digits.pattern.fullmatch
    allows_cents = digits.signed and (digits.places == CENTS or not digits.exact)
    # Padding with zeros, which is all that the codec adds, breaks no pattern that holds.

    def is_right(value: Decimal) -> bool:
        if type(value) is Decimal:
            text = str(value)
            if (allows_cents and text[-3:-2] == ".") or match(text):
                return True
        return match(encode(value)) is not None

    return is_right


@cache
def _judges(
    kind: type[Record], version: Version
) -> tuple[tuple[str, FieldPlan, Judge | None], ...]:
    """Return the fields of a class that have something to judge, in this version."""
    made = ((plan.name, plan, _judge(plan, version)) for plan in plan_of(kind))
    return tuple(each for each in made if each[2] or _matters(each[1], version))


def _matters(plan: FieldPlan, version: Version) -> bool:
    return bool(plan.record or plan.raw or plan.required or not plan.exists_in(version))


@cache
def choices_of(kind: type[Record]) -> tuple[tuple[str, tuple[FieldPlan, ...]], ...]:
    """Return the fields of each choice of a class, by the name of the choice."""
    groups: dict[str, list[FieldPlan]] = {}
    for plan in plan_of(kind):
        if plan.xml.choice:
            groups.setdefault(plan.xml.choice, []).append(plan)
    return tuple((name, tuple(plans)) for name, plans in groups.items())


def _judge(plan: FieldPlan, version: Version) -> Judge | None:
    if plan.text is not None:
        return _text_judge(plan)
    if plan.decimals is not None:
        return _decimals_judge(plan, version)
    if plan.one_of is not None:
        return _list_judge(plan)
    if plan.codes is not None and any(
        _AGE[first] > _AGE[version] for first in SINCE.get(plan.codes, {}).values()
    ):
        return _code_judge(plan, version)
    return None


def _text_judge(plan: FieldPlan) -> Judge:
    facet, name = plan.text, plan.xml.name
    assert facet is not None  # noqa: S101 - chosen by it
    pattern = re.compile(facet.pattern) if facet.pattern else None
    exact = facet.minimum == facet.maximum
    wanted = (
        f"exactly {facet.maximum}"
        if exact
        else f"at most {facet.maximum}"
        if not facet.minimum
        else f"{facet.minimum} to {facet.maximum}"
    )

    def judge(value: object) -> Iterator[tuple[str, str]]:
        text = str(value)
        if not facet.minimum <= len(text) <= facet.maximum:
            yield "S01", f"{name} has {len(text)} characters: use {wanted}"
        if pattern is not None and not pattern.fullmatch(text):
            yield "S02", f"{name} is {text[:40]!r}: use digits only"

    return judge


def _decimals_judge(plan: FieldPlan, version: Version) -> Judge:
    assert plan.decimals is not None  # noqa: S101 - chosen by it
    digits = plan.decimals.of(version)
    match, name = digits.pattern.fullmatch, plan.xml.name

    def judge(value: object) -> Iterator[tuple[str, str]]:
        text = value_text(plan, value)
        if not match(text):
            yield "S03", f"{name} is {text[:40]}: {version.value} writes it with {digits}"

    return judge


def _list_judge(plan: FieldPlan) -> Judge:
    one_of, name = plan.one_of, plan.xml.name
    assert one_of is not None  # noqa: S101 - chosen by it

    def judge(value: object) -> Iterator[tuple[str, str]]:
        if value not in one_of.values:
            yield "S04", f"{name} is {str(value)[:40]!r}, which is no {one_of.name} of the schema"

    return judge


def _code_judge(plan: FieldPlan, version: Version) -> Judge:
    assert plan.codes is not None  # noqa: S101 - chosen by it
    since, name = SINCE[plan.codes], plan.xml.name
    age = _AGE[version]

    def judge(value: object) -> Iterator[tuple[str, str]]:
        first = since.get(str(value))
        if first is not None and _AGE[first] > age:
            yield "S04", f"{name} {value} exists since {first.value}: choose one of {version.value}"

    return judge
