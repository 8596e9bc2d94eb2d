"""A document read by the shape of an earlier one is what a walk over it reads, to the letter."""

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from ubl_peppol import ubl
from ubl_peppol.reading import GroupReading, Reading, Value, read
from ubl_peppol.reading.shapes import Shapes, part_of
from ubl_peppol.testing import full_invoice, simple_line, small_invoice
from ubl_peppol.testing.mutants import random_mutants

SIMPLE = [simple_line(n, Decimal(n), Decimal("7.25")) for n in range(1, 4)]
PARENTS = {
    "simple": ubl.write(small_invoice(*SIMPLE)),
    "credit": ubl.write(small_invoice(*SIMPLE, type_code="381")),
    "full": ubl.write(full_invoice()),
    "full credit": ubl.write(full_invoice("381")),
}


def told(reading: Reading) -> dict[str, Any]:
    """Tell all that a reading holds below its root, with elements by their place."""
    places = {element: place for place, element in enumerate(reading.root.iter())}

    def of_value(value: Value) -> tuple[int, str, str]:
        return places[value.element], value.attribute, value.text

    def of_group(group: GroupReading) -> tuple[object, ...]:
        return (
            places[group.element],
            {term: [of_value(value) for value in values] for term, values in group._values.items()},
            {name: [places[g.element] for g in groups] for name, groups in group._groups.items()},
        )

    return {
        "groups": {name: [of_group(g) for g in found] for name, found in reading._groups.items()},
        "outside": {
            rule: of_value(value)
            for rule, value in reading.outside.items()
            if value.element is not reading.root
        },
        "amounts": [places[element] for element in reading.amounts],
        "binary objects": [places[element] for element in reading.binary_objects],
        "empty": [places[element] for element in reading.empty if element is not reading.root],
        "repeated": reading.repeated,
        "unreadable": [verdict.reason for verdict in reading.unreadable],
    }


def documents(name: str, count: int) -> Iterator[bytes]:
    """Yield a document and variants of it: most with the shape of another, some with a new one."""
    yield PARENTS[name]
    for _, mutant in random_mutants({name: PARENTS[name]}, count, seed=20_261_125):
        yield etree.tostring(mutant)


@pytest.fixture
def planning(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Note for each part whether it was read by a plan."""
    noted: list[bool] = []
    plan = Shapes.plan

    def noting(*given: Any) -> object:
        found = plan(*given)
        noted.append(found is not None)
        return found

    monkeypatch.setattr(Shapes, "plan", noting)
    return noted


@pytest.mark.parametrize("name", PARENTS)
def test_a_plan_reads_what_a_walk_reads(name: str, planning: list[bool]) -> None:
    for _ in range(3):
        planning.clear()
        for xml in documents(name, 150):
            root = etree.fromstring(xml)
            walked = told(read(root).apart(root))
            assert told(read(root)) == walked
            sample = read(root).sample
            assert sample.repeated <= walked["repeated"]
            assert sample._groups.keys() == walked["groups"].keys()
    assert sum(planning) > len(planning) / 3, "hardly a plan was used: the test shows nothing"


def test_values_of_a_plan_are_those_of_the_document(planning: list[bool]) -> None:
    rng = random.Random(7)  # noqa: S311 - a repeatable choice, not a secret
    for _ in range(20):
        number = f"N-{rng.randrange(10**9)}"
        invoice = small_invoice(*SIMPLE).model_copy(update={"number": number})
        reading = read(etree.fromstring(ubl.write(invoice)))
        assert reading.sample.document.text("BT-1") == number
    assert planning[-1]


def test_what_conditions_ask_is_part_of_the_shape(planning: list[bool]) -> None:
    xml = PARENTS["full"].decode()
    for _ in range(3):
        for scheme in ("VAT", "GST", " vat "):
            other = xml.replace(">VAT<", f">{scheme}<")
            root = etree.fromstring(other.encode())
            assert told(read(root)) == told(read(root).apart(root))
        for currency in ("EUR", "SEK"):
            other = xml.replace("DocumentCurrencyCode>EUR", f"DocumentCurrencyCode>{currency}")
            root = etree.fromstring(other.encode())
            assert told(read(root)) == told(read(root).apart(root))
    assert any(planning)


def test_what_is_kept_is_bounded() -> None:
    known = Shapes()
    for number in range(3_000):
        root = etree.fromstring(f"<a><b{number} x='{'y' * 3_000}'>t</b{number}></a>".encode())
        part = part_of(root)
        shape = known.of(part, 1)
        known.plan(read(etree.fromstring(PARENTS["simple"])), part, shape, list(root), ())
        assert known._taken <= 8_000_000
    assert len(known._shapes) < 3_000
