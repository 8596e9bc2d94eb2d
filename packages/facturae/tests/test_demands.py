"""What the writer refuses on its way is what the structure has findings about, all of it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import facturae_es
from einvoice_core.records import RawXml, Record
from einvoice_core.xml.errors import DocumentRefused
from facturae_es import structure
from facturae_es._plan import FieldPlan, plan_of
from facturae_es.facets import Version
from facturae_es.model import Facturae
from facturae_es.testing import documents

few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
many = settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))

Place = tuple[tuple[str, int | None], ...]
"""Fields from the document down, each with a position where it holds several records."""

AMOUNTS = tuple(map(Decimal, ("0", "-1", "1.5", "-0.25", "1.23456789", "1.234567891", "1E+3")))
TEXTS = ("", "x", "0", "x" * 20, "0" * 15, "x" * 2_501)
EXTENSION = RawXml('<Extensions><e:Mine xmlns:e="urn:example:mine"/></Extensions>')


def places(record: Record, place: Place = ()) -> Iterator[tuple[Place, FieldPlan]]:
    for plan in plan_of(type(record)):
        yield place, plan
        value = getattr(record, plan.name)
        if plan.record is not None and plan.many:
            for number, item in enumerate(value or ()):
                yield from places(item, (*place, (plan.name, number)))
        elif plan.record is not None and value is not None:
            yield from places(value, (*place, (plan.name, None)))


def replaced(record: Record, place: Place, name: str, value: object) -> Record:
    if not place:
        return record.model_copy(update={name: value})
    (field, number), *further = place
    inside = getattr(record, field)
    if number is None:
        changed: object = replaced(inside, tuple(further), name, value)
    else:
        item = replaced(inside[number], tuple(further), name, value)
        changed = (*inside[:number], item, *inside[number + 1 :])
    return record.model_copy(update={field: changed})


def must_stay(plan: FieldPlan) -> bool:
    return plan.record is not None and not (plan.many or plan.optional)


def others(plan: FieldPlan) -> st.SearchStrategy[object]:
    """Values of the right type, right or wrong; nothing in place of what is not a record."""
    if plan.record is not None:
        return st.just(() if plan.many else None)
    if plan.raw:
        return st.sampled_from((None, EXTENSION)) if plan.xml.name == "Extensions" else st.none()
    if plan.codes is not None:
        values: st.SearchStrategy[object] = st.sampled_from(list(plan.codes))
    elif plan.decimals is not None:
        values = st.sampled_from(AMOUNTS)
    elif plan.text is not None or plan.one_of is not None:
        values = st.sampled_from(TEXTS)
    else:
        return st.none()
    return values.map(lambda value: (value,)) if plan.many else values


@st.composite
def changed(draw: st.DrawFn) -> tuple[Version, Facturae]:
    version = draw(st.sampled_from(Version))
    document = draw(documents(version))
    free = [each for each in places(document) if not must_stay(each[1])]
    place, plan = draw(st.sampled_from(free))
    document = replaced(document, place, plan.name, draw(others(plan)))  # type: ignore[assignment]  # the same class
    return version, document


def the_writer_and_the_structure_agree(made: tuple[Version, Facturae]) -> None:
    version, document = made
    if document.file_header.schema_version != version.value:
        return
    findings = tuple(structure.check(document, version))
    if findings:
        with pytest.raises(DocumentRefused) as refused:
            facturae_es.write(document, version)
        assert refused.value.findings == findings
    else:
        assert facturae_es.write(document, version)


def test_the_writer_refuses_what_the_structure_finds() -> None:
    few(given(changed())(the_writer_and_the_structure_agree))()


@pytest.mark.long
def test_the_writer_refuses_what_the_structure_finds_in_full() -> None:
    many(given(changed())(the_writer_and_the_structure_agree))()
