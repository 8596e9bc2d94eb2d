"""What a version demands of a document beyond names, order and types.

The binding has judged names, order, occurrence and types while reading; this layer looks at the
values: lengths, patterns, decimals, code lists, elements and codes that are younger than the
version, choices, and the elements inside ``Extensions``. Both together reach the verdict of the
official schema, without any XSD file; ``ds:Signature`` is left to the layer of signatures.

=============  ========================================================
FACTURAE-S01   a text is too long or too short
FACTURAE-S02   a text does not have its pattern
FACTURAE-S03   an amount does not have the decimals of the version
FACTURAE-S04   a code is not in the list, or not yet in this version
FACTURAE-S05   the version does not have this element
FACTURAE-S06   of the elements of a choice, not exactly one is there
FACTURAE-S07   an element is missing where at least one is demanded
FACTURAE-S08   the header declares another version than the namespace
FACTURAE-S09   an extension is not one of those that are published
=============  ========================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from einvoice_core.findings import Finding, Severity
from einvoice_core.records import Record

from facturae_es._extensions import faults_of_extensions
from facturae_es._plan import FieldPlan, plan_of, value_text
from facturae_es.codes import SINCE
from facturae_es.facets import Version
from facturae_es.model import Facturae

__all__ = ["LAYER", "check"]

LAYER = "structure"
SOURCE = "Facturae {version}, schema of the format"

_AGE = {version: age for age, version in enumerate(Version)}

Fault = tuple[str, str]
"""Number of the rule and message."""

Lines = Callable[[str], "int | None"]
"""Source line of a field path such as ``invoices.0.header.number``."""


def _unknown(path: str) -> int | None:
    return None


def check(document: Facturae, version: Version, lines: Lines = _unknown) -> Iterator[Finding]:
    """Judge the values of a document.

    Args:
        document: What was read, or is about to be written.
        version: The version whose demands apply.
        lines: Source line of a field path, when the document was read.

    Yields:
        A finding for each value that the version does not allow.
    """
    source = SOURCE.format(version=version.value)
    for fault in _document(document, version):
        yield Finding(
            rule=f"FACTURAE-{fault.rule}",
            severity=Severity.FATAL,
            message=fault.message,
            path=fault.path,
            line=lines(fault.field),
            source=source,
        )


@dataclass(frozen=True, slots=True)
class _Fault:
    rule: str
    message: str
    path: str
    field: str


def _document(document: Facturae, version: Version) -> Iterator[_Fault]:
    stated = document.file_header.schema_version
    # The schemas declare the version as the default of this element, so that it may be empty.
    if stated not in ("", version.value):
        yield _Fault(
            "S08",
            f"SchemaVersion says {stated[:40]!r}, but the namespace is that of {version.value}: "
            f"write {version.value}",
            "/fe:Facturae/FileHeader/SchemaVersion",
            "file_header.schema_version",
        )
    yield from _record(document, version, "/fe:Facturae", "")


def _record(record: Record, version: Version, path: str, field: str) -> Iterator[_Fault]:
    kind = type(record)
    for plan, judge in _judges(kind, version):
        value = getattr(record, plan.name)
        if value is None:
            continue
        at = f"{path}/{'/'.join(plan.steps)}"
        own = f"{field}{plan.name}"
        if plan.many:
            if not value:
                if plan.required:
                    yield _Fault("S07", f"{plan.xml.name} is missing: give at least one", at, own)
                continue
            if not plan.exists_in(version):
                yield _too_young(plan, version, at, own)
            for i, item in enumerate(value):
                if plan.record is not None:
                    yield from _record(item, version, f"{at}[{i + 1}]", f"{own}.{i}.")
                elif judge is not None:
                    for rule, message in judge(item):
                        yield _Fault(rule, message, f"{at}[{i + 1}]", f"{own}.{i}")
            continue
        if not plan.exists_in(version):
            yield _too_young(plan, version, at, own)
        if plan.record is not None:
            yield from _record(value, version, at, f"{own}.")
        elif judge is not None:
            for rule, message in judge(value):
                yield _Fault(rule, message, at, own)
    for choice, names in _choices(kind):
        given = [plan for plan in names if getattr(record, plan.name) is not None]
        if len(given) > 1 or not (given or choice.endswith("?")):
            options = " or ".join(plan.xml.name for plan in names)
            yield _Fault(
                "S06", f"exactly one of {options} is needed, not {len(given)}", path, field[:-1]
            )


def _too_young(plan: FieldPlan, version: Version, path: str, field: str) -> _Fault:
    return _Fault(
        "S05",
        f"{plan.xml.name} exists since version {plan.since.value}: leave it out of {version.value}",
        path,
        field,
    )


Judge = Callable[[object], Iterator[Fault]]


@cache
def _judges(kind: type[Record], version: Version) -> tuple[tuple[FieldPlan, Judge | None], ...]:
    return tuple((plan, _judge(plan, version)) for plan in plan_of(kind))


@cache
def _choices(kind: type[Record]) -> tuple[tuple[str, tuple[FieldPlan, ...]], ...]:
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
    if plan.codes is not None and plan.codes in SINCE:
        return _code_judge(plan, version)
    if plan.xml.name == "Extensions":
        return faults_of_extensions
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

    def judge(value: object) -> Iterator[Fault]:
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

    def judge(value: object) -> Iterator[Fault]:
        text = value_text(plan, value)
        if not match(text):
            yield "S03", f"{name} is {text[:40]}: {version.value} writes it with {digits}"

    return judge


def _list_judge(plan: FieldPlan) -> Judge:
    one_of, name = plan.one_of, plan.xml.name
    assert one_of is not None  # noqa: S101 - chosen by it

    def judge(value: object) -> Iterator[Fault]:
        if value not in one_of.values:
            yield "S04", f"{name} is {str(value)[:40]!r}, which is no {one_of.name} of the schema"

    return judge


def _code_judge(plan: FieldPlan, version: Version) -> Judge:
    assert plan.codes is not None  # noqa: S101 - chosen by it
    since, name = SINCE[plan.codes], plan.xml.name
    age = _AGE[version]

    def judge(value: object) -> Iterator[Fault]:
        first = since.get(str(value))
        if first is not None and _AGE[first] > age:
            yield "S04", f"{name} {value} exists since {first.value}: choose one of {version.value}"

    return judge
