"""The official schemas, walked element by element: each has its field, and no field more.

Beside the names: how often an element may stand, its code list, its length and its decimals.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import xmlschema

from einvoice_core.records import Record
from einvoice_core.testing import judges
from facturae_es._extensions import KNOWN
from facturae_es._plan import FieldPlan, plan_of
from facturae_es._utilities import utilities_extension
from facturae_es.codes import SINCE
from facturae_es.facets import Version
from facturae_es.model import Facturae
from facturae_es.model.extensions import CorreosExtension, FaceB2BExtension
from facturae_es.spanish import names

Path = tuple[str, ...]

DS = "http://www.w3.org/2000/09/xmldsig#"
AGE = {version: age for age, version in enumerate(Version)}
AMOUNTS = (
    "1", "1.", "1.0", "1.00", "-1.00", "+1.00", "1.000", "1.0000", "-1.0000", "1.00000",
    "1.000000", "-1.000000", "1.0000000", "1.00000000", "-1.00000000", "1.000000000", "1,00",
)  # fmt: skip

EXTENSIONS: dict[str, tuple[str, type[Record]]] = {
    "FaceB2BExtension": ("Extension_FACEB2B_v1-1.xsd", FaceB2BExtension),
    "CorreosExtension": ("CorreosExtension_v1.0.xsd", CorreosExtension),
    "UtilitiesExtension": ("UtilitiesExtension.xsd", utilities_extension()),
}


@cache
def official(file: str, root: str) -> dict[Path, Any]:
    """Return every element below the root by its path; signatures and extensions stay closed."""
    schema = xmlschema.XMLSchema(str(judges.official("facturae") / file))
    found = [e for e in schema.maps.elements.values() if e.local_name == root]
    assert len(found) == 1
    return dict(_walk(found[0], ()))


def _walk(element: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    yield path, element
    if element.target_namespace == DS or path[-1:] == ("Extensions",) or element.type.is_simple():
        return
    for child in element.type.content.iter_elements():
        assert isinstance(child, xmlschema.XsdElement), f"a wildcard at {path}"
        yield from _walk(child, (*path, child.local_name))


def bound(record: type[Record], version: Version) -> dict[Path, FieldPlan | None]:
    """Return every element that the records of a version bind; ``None`` for those around fields."""
    return {(): None, **dict(_bound(record, version, ()))}


def _bound(
    record: type[Record], version: Version, path: Path
) -> Iterator[tuple[Path, FieldPlan | None]]:
    for plan in plan_of(record):
        if plan.xml.attribute or not plan.exists_in(version):
            continue
        for depth in range(1, len(plan.steps)):
            yield path + plan.steps[:depth], None
        yield path + plan.steps, plan
        if plan.record is not None:
            yield from _bound(plan.record, version, path + plan.steps)


def fields(
    elements: dict[Path, Any], plans: dict[Path, FieldPlan | None]
) -> Iterator[tuple[Path, FieldPlan, Any]]:
    return ((path, plan, elements[path]) for path, plan in plans.items() if plan is not None)


def codes_of(plan: FieldPlan, version: Version) -> set[str] | None:
    """Return the values that a version allows in a field, where they are listed."""
    if plan.codes is not None:
        since = SINCE.get(plan.codes, {})
        return {c for c in plan.codes if AGE[since.get(c.value, Version.V3_2)] <= AGE[version]}
    if plan.one_of is not None:
        return set(plan.one_of.values)
    # The header names the version of its own namespace: FACTURAE-S08.
    return {version.value} if plan.name == "schema_version" else None


def compare(elements: dict[Path, Any], record: type[Record], version: Version) -> int:
    """Fail where records and schema differ; return how many elements were compared."""
    plans = bound(record, version)
    assert set(plans) == set(elements)
    differences = []
    for path, plan, element in fields(elements, plans):
        around = [elements[path[:end]] for end in range(len(path) - len(plan.steps) + 1, len(path))]
        often = element.max_occurs is None or element.max_occurs > 1
        demanded = all(each.min_occurs for each in (*around, element))
        said: dict[str, tuple[object, object]] = {"may be repeated": (plan.many, often)}
        if not plan.xml.choice:
            said["is demanded"] = (plan.required, demanded)
        if element.type.is_simple():
            said |= of_values(plan, element.type, version)
        differences += [(path, what, *pair) for what, pair in said.items() if pair[0] != pair[1]]
    assert differences == []
    return len(elements)


def of_values(plan: FieldPlan, kind: Any, version: Version) -> dict[str, tuple[object, object]]:
    """What the field and the type say of values: code list, length, decimals."""
    listed = None if kind.enumeration is None else set(map(str, kind.enumeration))
    said: dict[str, tuple[object, object]] = {"codes": (codes_of(plan, version), listed)}
    if listed is None:
        text = (0, None) if plan.text is None else (plan.text.minimum, plan.text.maximum)
        said["length"] = (text, (kind.min_length or 0, kind.max_length))
    if plan.decimals is not None:
        form = plan.decimals.of(version).pattern
        ours = [amount for amount in AMOUNTS if form.fullmatch(amount)]
        assert 0 < len(ours) < len(AMOUNTS)
        said["decimals"] = (ours, [amount for amount in AMOUNTS if kind.is_valid(amount)])
    return said


@pytest.mark.parametrize(
    ("version", "count"), [(Version.V3_2, 610), (Version.V3_2_1, 610), (Version.V3_2_2, 626)]
)
def test_every_element_of_a_version_has_its_field(version: Version, count: int) -> None:
    elements = official(f"drivers/facturae-{version.value}.xsd", "Facturae")
    assert compare(elements, Facturae, version) == count


@pytest.mark.parametrize(
    ("name", "count"),
    [("FaceB2BExtension", 19), ("CorreosExtension", 10), ("UtilitiesExtension", 249)],
)
def test_every_element_of_the_published_extensions_has_its_field(name: str, count: int) -> None:
    file, record = EXTENSIONS[name]
    assert compare(official(f"xsd-extensions/{file}", name), record, Version.V3_2_2) == count


def test_the_published_extensions_are_those_that_are_known() -> None:
    known = {tag.rpartition("}")[2] for tag, record in KNOWN.items() if record is not None}
    assert known == set(EXTENSIONS)


@pytest.mark.parametrize("version", Version)
def test_no_element_of_the_format_has_an_attribute(version: Version) -> None:
    elements = official(f"drivers/facturae-{version.value}.xsd", "Facturae")
    with_attributes = [
        path
        for path, element in elements.items()
        if element.target_namespace != DS
        and not element.type.is_simple()
        and len(element.type.attributes)
    ]
    assert with_attributes == []


def test_every_element_has_a_spanish_name() -> None:
    elements = {
        path[-1]
        for version in Version
        for path in official(f"drivers/facturae-{version.value}.xsd", "Facturae")
        if path
    }
    assert elements - set(names()) == set()
