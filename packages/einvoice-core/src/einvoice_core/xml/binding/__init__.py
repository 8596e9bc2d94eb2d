"""Records as XML and back, driven by their ``Xml`` annotations.

``read`` goes from an element to a record. It follows the order of the fields and reports what does
not fit (:data:`RULES`), each finding with its path and line. ``write`` makes text. What is not data
is not carried over: comments, processing instructions, white space between elements, and the
attributes ``xsi:schemaLocation``, ``xsi:noNamespaceSchemaLocation`` and ``xsi:type``, unless the
record has a field for them. The text of a ``str`` is kept as it is; other values are read without
the white space around them.

What a record says beyond names:

* ``X | None = None`` is optional; ``tuple[X, ...] = ()`` stands zero or more times, without a
  default at least once. Any other default serves those who build a record: a document must have
  the element all the same.
* A wrapper (``inside=``) holds something when it is there. ``tuple[X, ...] | None`` tells an absent
  wrapper (``None``) from an empty one (``()``). Neighbouring fields may share a wrapper.
* The members of a choice have a default; a name that ends in ``?`` allows none of them.
* A union of records stands under the names of their ``xml_type``.
* ``RawXml`` keeps an element as its text, ``Xml("*")`` every element that no other field names.
* A nested record without ``xml_type`` takes the namespace of the record around it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from lxml import etree

from einvoice_core.findings import MAX_FINDINGS, Finding, Location
from einvoice_core.records import Record
from einvoice_core.xml.binding._escaping import encoded
from einvoice_core.xml.binding._places import Places, line_of, name_of
from einvoice_core.xml.binding._plan import Level, Plan, Slot, local_name, plan_of, root_tag
from einvoice_core.xml.binding._reading import RULES, Reader, TooManyFindings
from einvoice_core.xml.binding._writing import Demands, document
from einvoice_core.xml.errors import DocumentRefused, WriteRefused, XmlTooDeep

__all__ = ["RULES", "Bound", "Demands", "read", "write"]

R = TypeVar("R", bound=Record)

_STEP = re.compile(r"([^.\[\]]+)(?:\[([0-9]+)\])?\.?")


@dataclass(frozen=True, slots=True)
class Bound(Generic[R]):
    """What was read: the record, where its values allow one, and the findings.

    Args:
        record: Complete and of the right types. With findings it may still lack what the document
            has too much of: unknown elements, repetitions.
        findings: Empty when the document is what the class says.
        element: What was read.
    """

    record: R | None
    findings: tuple[Finding, ...]
    element: etree._Element = field(repr=False)
    _plan: Plan = field(repr=False)

    def require(self) -> R:
        """Return the record of a document without findings.

        Raises:
            DocumentRefused: There are findings; it carries them.
        """
        if self.findings or self.record is None:
            first = self.findings[0]
            raise DocumentRefused(
                f"{name_of(self.element)} is not as its format says, {len(self.findings)} times; "
                f"the first is {first.rule} at {first.path}, line {first.line}",
                self.findings,
            )
        return self.record

    def location_of(self, path: str) -> Location:
        """Return where a field stands in the document.

        Args:
            path: Names of fields or official names, and positions from 0:
                ``invoices[1].totals.invoice_total`` or ``Invoices.Invoice[1]``.

        Returns:
            The place of the element, or of the nearest one around it that is there.
        """
        return Places().location(_find(self.element, self._plan, path))

    def line_of(self, path: str) -> int | None:
        """Return the line of a field, as :meth:`location_of` does."""
        return line_of(_find(self.element, self._plan, path))


def read(element: etree._Element, record_type: type[R], *, limit: int = MAX_FINDINGS) -> Bound[R]:
    """Read an element as a record.

    Args:
        element: From :func:`einvoice_core.xml.parsing.parse`; a root, or any element of a tree.
        record_type: Class whose ``xml_type`` names the element.
        limit: Findings to keep; reading ends with XML-012 when there are more.

    Returns:
        The record and what is wrong with the document.

    Raises:
        XmlTooDeep: The tree was not made by ``parse`` and is nested beyond the interpreter's means.
    """
    plan = plan_of(record_type)
    reader = Reader(limit)
    record: R | None = None
    try:
        if reader.is_named(element, root_tag(record_type)):
            record = reader.record(element, plan)
    except TooManyFindings:
        record = None
    except RecursionError as error:
        raise XmlTooDeep("the elements are nested too deeply to be read") from error
    return Bound(record, tuple(reader.findings), element, plan)


def write(
    record: Record,
    *,
    prefixes: Mapping[str, str] | None = None,
    declaration: bool = True,
    indent: bool = False,
    demands: Demands | None = None,
) -> bytes:
    """Write a record as a document in UTF-8.

    Args:
        record: Its class has an ``xml_type`` with a name.
        prefixes: Prefix → namespace, all declared on the root in this order; "" is the default
            namespace. Other namespaces get prefixes of ours.
        declaration: Whether to begin with the XML declaration.
        indent: Whether to put each element on a line of its own.
        demands: What a format demands of values; by default it is not looked at.

    Raises:
        WriteRefused: A value cannot stand in XML, is not what its field says, or not as demanded.
    """
    before = '<?xml version="1.0" encoding="UTF-8"?>\n' if declaration else ""
    try:
        made = document(
            type(record), tuple((prefixes or {}).items()), indent=indent, demands=demands
        )
        text = made.text(record, before)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise WriteRefused(
            f"{type(record).__name__} cannot be written: {type(error).__name__}: {error}"
        ) from error
    return encoded(text)


def _find(element: etree._Element, plan: Plan, path: str) -> etree._Element:
    """Follow a path as far as it goes."""
    level: Level | None = plan.content
    for match in _STEP.finditer(path):
        if level is None:
            break
        name, number = match[1], int(match[2] or 0)
        found = _by_field(element, level, name) or _by_name(element, level, name)
        if number >= len(found):
            break
        element, slot = found[number]
        level = slot.level if slot.level or not slot.record else slot.plan.content
    return element


def _by_field(
    element: etree._Element, level: Level, name: str
) -> list[tuple[etree._Element, Slot]]:
    found = []
    for child, slot in _children(element, level):
        if slot.level is not None:
            found += _by_field(child, slot.level, name)
        elif slot.field == name:
            found.append((child, slot))
    return found


def _by_name(element: etree._Element, level: Level, name: str) -> list[tuple[etree._Element, Slot]]:
    return [(c, slot) for c, slot in _children(element, level) if local_name(slot.tag) == name]


def _children(element: etree._Element, level: Level) -> Iterator[tuple[etree._Element, Slot]]:
    for child in element.iterchildren("*"):
        slot = level.slots.get(child.tag) or level.wildcard
        if slot is not None:
            yield child, slot
