"""Where a field of a record stands in the document it was read from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from einvoice_core.findings import Location
from einvoice_core.records import Record
from facturae_es._plan import FieldPlan, plan_of

__all__ = ["Place", "Places"]


@dataclass(frozen=True, slots=True)
class Place:
    """A field whose place is looked up when somebody asks, which is when a rule is broken."""

    places: Places
    field: str

    @property
    def location(self) -> Location:
        """Where the field stands in the document."""
        return self.places.location(self.field)


_STEP = re.compile(r"([a-z_0-9]+)(?:\[([0-9]+)\])?")
_ROOT = "/fe:Facturae"


class Places:
    """Finds the XPath and line of fields such as ``invoices[0].totals.invoice_total``.

    Children are looked up once per parent, so that a finding on each of many lines costs little.

    Args:
        record: Class of the document.
        root: Its element; without one the path is that of the schema and no line is known.
    """

    def __init__(self, record: type[Record], root: etree._Element | None = None) -> None:
        self._record = record
        self._root = root
        self._children: dict[tuple[Any, str], list[etree._Element]] = {}

    def location(self, field: str) -> Location:
        """Return the place of a field, or of the nearest element around it that is there."""
        element, path = self._root, _ROOT
        record: type[Record] | None = self._record
        for match in _STEP.finditer(field):
            plan = _named(record, match[1]) if record else None
            if plan is None:
                break
            number = int(match[2] or 0)
            for step in plan.steps[:-1]:
                element, path, there = self._down(element, path, step, plan, 0)
                if not there:
                    return Location(path, _line(element))
            element, path, there = self._down(element, path, plan.steps[-1], plan, number)
            if not there:
                break
            record = plan.record
        return Location(path, _line(element))

    def _down(
        self,
        parent: etree._Element | None,
        path: str,
        name: str,
        plan: FieldPlan,
        number: int,
    ) -> tuple[etree._Element | None, str, bool]:
        last = name == plan.steps[-1]
        if parent is None:
            position = f"[{number + 1}]" if plan.many and last else ""
            return None, f"{path}/{name}{position}", True
        key = (parent, name)
        found = self._children.get(key)
        if found is None:
            found = self._children[key] = list(parent.iterchildren(f"{{*}}{name}"))
        if number >= len(found):
            return parent, path, False
        element = found[number]
        shown = f"{element.prefix}:{name}" if element.prefix else name
        position = f"[{number + 1}]" if len(found) > 1 else ""
        return element, f"{path}/{shown}{position}", True


def _named(record: type[Record], field: str) -> FieldPlan | None:
    return next((plan for plan in plan_of(record) if plan.name == field), None)


def _line(element: etree._Element | None) -> int | None:
    line: Any = None if element is None else element.sourceline
    return line if isinstance(line, int) else None
