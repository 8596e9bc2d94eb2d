"""The walk that reads a document: one step down the path table for each element."""

from collections.abc import Iterable, Sequence
from itertools import groupby, islice, takewhile
from operator import attrgetter
from typing import TYPE_CHECKING

from lxml import etree

from einvoice_core.findings import Undecided
from ubl_peppol.reading.conditions import Condition
from ubl_peppol.reading.group import GroupReading
from ubl_peppol.reading.kinds import Kind, Kinds
from ubl_peppol.reading.shapes import Context, Part, Shape, context_of, part_of, parts_of, replay
from ubl_peppol.reading.table import Path
from ubl_peppol.reading.values import AttachedFile, Value, string_of
from ubl_peppol.syntax import LINES

if TYPE_CHECKING:
    from ubl_peppol.reading.document import Reading

__all__ = ["walk", "walk_root"]


def walk_root(reading: "Reading") -> bool:
    """Walk a document, or its sample; return whether all of it was walked."""
    root, path = reading.root, reading.table.root
    opened: dict[str, GroupReading | None] = {"document": reading.document}
    if reading.is_fragment:
        walk(reading, (root,), reading.table.nowhere, opened, None)
        reading.outside = {}  # what a document may not hold
        return True
    _mark(reading, root, path, root.items())
    if reading.is_cii:
        walk(reading, root, path, opened, None)
        whole = True
    else:
        whole = _walk_parts(reading, opened)
    if root.find("*") is None and not string_of(root).strip(" \t\r\n"):
        reading.empty.append(root)
    return whole


def _walk_parts(reading: "Reading", opened: dict[str, GroupReading | None]) -> bool:
    """Walk what stands before the lines as one part, and then each child on its own."""
    root, kinds = reading.root, Kinds() if reading._sampling else None
    context = context_of(root)
    whole = True
    head = [*takewhile(lambda child: child.tag not in LINES, root)]
    shapes = reading.table.shapes
    part = part_of(head)
    _read(reading, head, part, shapes.of(part, len(head)), opened, context, None)
    for tag, children in groupby(islice(root, len(head), None), key=attrgetter("tag")):
        if tag not in LINES:
            walk(reading, children, reading.table.root, opened, None)
            continue
        for part in parts_of(children):
            shape = shapes.of(part, 1)
            kind = kinds.of(part, shape.columns) if kinds is not None else None
            if kind is None or kind.count == 1:
                _read(reading, part.elements[:1], part, shape, opened, context, kind)
            else:
                whole = False
    return whole


def _read(
    reading: "Reading",
    children: Sequence[etree._Element],
    part: Part,
    shape: Shape,
    opened: dict[str, GroupReading | None],
    context: Context,
    kind: Kind | None,
) -> None:
    """Read children of the root by a plan, or walk them where there is none."""
    plan = reading.table.shapes.plan(reading, part, shape, children, context)
    if plan is None:
        part.texts.clear()  # they may be large, and the walk reads them again
        walk(reading, children, reading.table.root, opened, kind)
    else:
        replay(reading, plan, part, kind)


def walk(
    reading: "Reading",
    children: Iterable[etree._Element],
    path: Path,
    opened: dict[str, GroupReading | None],
    kind: Kind | None,
) -> bool:
    """Walk elements and what they hold; return whether there were any."""
    known = path.children
    some = False
    for child in children:
        tag = child.tag
        if tag.__class__ is not str:
            continue  # a comment or a processing instruction
        some = True
        here = known.get(tag)
        if here is None:
            here = path.grow(tag)
        if here.named:
            (reading.amounts if here.named == "Amount" else reading.binary_objects).append(child)
        attributes = child.items()
        if attributes or here.outside:
            _mark(reading, child, here, attributes)
        below = _open(reading, child, here, opened, kind) if here.groups else opened
        if len(child):
            if here.terms:
                _hold(reading, child, here, string_of(child), below)
            # Where a comment is the only thing in it, the element is as empty as without.
            inner = walk(reading, child, here, below, kind)
            if not inner and not string_of(child).strip(" \t\r\n"):
                reading.empty.append(child)
        else:
            text = child.text or ""
            if here.terms:
                _hold(reading, child, here, text, below)
            if not text or not text.strip(" \t\r\n"):
                reading.empty.append(child)
    return some


def _mark(
    reading: "Reading",
    element: etree._Element,
    path: Path,
    attributes: Sequence[tuple[str | bytes, str | bytes]],
) -> None:
    """Note which rules on what the norm does not use an element and its attributes break."""
    for mark in path.outside:
        if mark.rule not in reading.outside and _all_hold(reading, element, mark.conditions):
            reading.outside[mark.rule] = Value("", element)
    forbidden = path.outside_attributes
    for name, text in attributes:
        for mark in forbidden.get(str(name), ()):
            if mark.rule not in reading.outside and _all_hold(reading, element, mark.conditions):
                reading.outside[mark.rule] = Value(str(text), element, str(name))


def _open(
    reading: "Reading",
    element: etree._Element,
    path: Path,
    opened: dict[str, GroupReading | None],
    kind: Kind | None,
) -> dict[str, GroupReading | None]:
    below = opened.copy()
    group = GroupReading(element, kind)
    registry = reading._groups
    places: set[str] = set()
    for group_id, within, conditions in path.groups:
        if conditions and not _all_hold(reading, element, conditions):
            if group_id not in places:
                below[group_id] = None
            continue
        if group_id not in places:
            places.add(group_id)
            known = registry.get(group_id)
            if known is None:
                registry[group_id] = [group]
            else:
                known.append(group)
            below[group_id] = group
        parent = opened.get(within) if within else None
        if parent is not None:
            known = parent._groups.get(group_id)
            if known is None:
                parent._groups[group_id] = [group]
            elif known[-1] is not group:
                known.append(group)
    return below


def _hold(
    reading: "Reading",
    element: etree._Element,
    path: Path,
    text: str,
    opened: dict[str, GroupReading | None],
) -> None:
    large = path.named == "BinaryObject"
    value = AttachedFile(element) if large else Value(text, element)
    for term, within, attribute, conditions in path.terms:
        group = opened.get(within)
        if group is None or (conditions and not _all_hold(reading, element, conditions)):
            continue
        held = value
        if attribute:
            content = element.get(attribute)
            if content is None:
                continue
            held = Value(str(content), element, attribute)
        values = group._values.get(term)
        if values is None:
            group._values[term] = [held]
        else:
            values.append(held)
            reading.repeated.add(term)


def _all_hold(
    reading: "Reading",
    element: etree._Element,
    conditions: tuple[tuple[int, Condition], ...],
) -> bool:
    for up, condition in conditions:
        node: etree._Element | None = element
        for _ in range(up):
            node = node.getparent() if node is not None else None
        if node is None:
            return False
        known = reading._held.get(condition)
        if known is None:
            known = reading._held[condition] = {}
        holds = known.get(node)
        if holds is None:
            try:
                holds = condition(node)
            except Undecided as verdict:
                reading.unreadable.append(verdict)
                holds = False
            known[node] = holds
        if not holds:
            return False
    return True
