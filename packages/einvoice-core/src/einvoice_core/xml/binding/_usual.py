"""The short way to a record: for an element that is as its class says, which nearly all are.

One function per class is prepared from its table. It reads an element and everything inside it, or
returns ``None`` at the first thing that is not as usual: then the long way reads it again, copes
with whatever stands there and reports it. Nothing is reported here.
"""

from collections.abc import Callable
from typing import Any

from lxml import etree
from pydantic import BaseModel

from einvoice_core.xml.binding._keeping import kept
from einvoice_core.xml.binding._plan import Level, Plan, Slot

__all__ = ["construct", "usual"]

Read = Callable[[etree._Element], Any]
Fill = Callable[[etree._Element, dict[str, Any]], bool]
Known = dict[str, Any]
Leaf = tuple[int, bool, str, Callable[[str], Any], Known | None]
"""Rank, whether it must be there, field, what decodes a value and what it gave before; no values of
texts are remembered."""
Entry = tuple[
    int, bool, str, Callable[[str], Any] | None, Known | None, Read | None, Fill | None, bool
]
"""The same, what reads a record or a kept element, what reads a wrapper, and whether it may be
repeated."""

_REMEMBERED = 1_024
"""Values of one element that are remembered; rates, codes, dates and units repeat."""
_LONGEST = 32
_new = object.__new__
_set_values, _set_given, _set_extra, _set_private = (
    BaseModel.__dict__[name].__set__
    for name in (
        "__dict__",
        "__pydantic_fields_set__",
        "__pydantic_extra__",
        "__pydantic_private__",
    )
)


def construct(plan: Plan, values: dict[str, Any]) -> object:
    """Make a record of all its values as ``model_construct`` does, at a fifth of its cost."""
    if not plan.plain:
        return plan.record.model_construct(set(plan.given), **values)
    record = _new(plan.record)
    _set_values(record, values)
    # Nobody changes the set of a frozen record, and a copy of a record has its own.
    _set_given(record, plan.given)
    _set_extra(record, None)
    _set_private(record, None)
    return record


def usual(plan: Plan) -> Read:
    """Return the function that reads usual elements of a class."""
    if plan.usual is None:
        plan.usual = _record(plan, set())
    return plan.usual


def _record(plan: Plan, making: set[int]) -> Read:
    making.add(id(plan))
    defaults, text = plan.defaults, plan.text
    fill = _level(plan.content, making) if text is None else None
    kind, given, plain = plan.record, plan.given, plan.plain
    attributes, demanded = plan.attributes, len(plan.required_attributes)

    def attributes_are_usual(element: etree._Element, values: dict[str, Any]) -> bool:
        found = 0
        for name, value in element.items():
            slot = attributes.get(str(name))
            if slot is None or slot.decode is None:
                return False
            values[slot.field] = slot.decode(str(value))
            found += slot.field in plan.required_attributes
        return found == demanded

    def read(element: etree._Element) -> Any:  # noqa: ANN401 - a record of the plan
        values = defaults.copy()
        try:
            if (demanded or element.items()) and not attributes_are_usual(element, values):
                return None
            if fill is not None:
                if not fill(element, values):
                    return None
            elif text is not None and text.decode is not None:
                if len(element):
                    return None
                values[text.field] = text.decode(element.text or "")
        except (ValueError, ArithmeticError):
            return None
        if not plain:
            return construct(plan, values)
        record = _new(kind)
        _set_values(record, values)
        _set_given(record, given)
        _set_extra(record, None)
        _set_private(record, None)
        return record

    return read


def _level(level: Level, making: set[int]) -> Fill:
    """Make the function that reads the children of a record or wrapper into its values."""
    slots = level.slots.values()
    if any(slot.many for choice in level.choices.values() for slot in choice.slots):
        return lambda element, values: False
    chosen = {id(s) for c in level.choices.values() if not c.optional for s in c.slots}
    leaves: dict[str, Leaf] = {}
    entries: dict[str, Entry] = {}
    for slot in slots:
        counts = bool(slot.bit & level.mask) or id(slot) in chosen
        entry = _entry(slot, counts, making)
        if slot.decode is None or slot.many:
            entries[slot.tag] = entry
        else:
            leaves[slot.tag] = (slot.position, counts, slot.field, slot.decode, entry[4])
    needed = level.mask.bit_count() + sum(not c.optional for c in level.choices.values())
    repeated = tuple(dict.fromkeys(slot.field for slot in slots if slot.many))
    may_be_empty = not level.wrapper or bool(level.nullable)
    nullable = tuple(level.nullable)
    leaf_of, entry_of = leaves.get, entries.get

    def fill(element: etree._Element, values: dict[str, Any]) -> bool:
        text = element.text
        if text is not None and not (text.isspace() and text.isascii()):
            return False
        for field in nullable:
            values[field] = ()
        value: Any = None
        missing = needed
        rank = -1
        # A slice costs half of what the iterator of lxml does.
        for child in element[:]:  # type: ignore[index]  # the stubs do not know slices
            text = child.tail
            if text is not None and not (text.isspace() and text.isascii()):
                return False
            tag = child.tag
            leaf = leaf_of(tag)
            if leaf is not None:
                position, counts, field, decode, known = leaf
                # Ranks that rise mean that the order is right and that nothing stands twice.
                if position <= rank or len(child) or child.items():
                    return False
                rank = position
                missing -= counts
                text = child.text or ""
                if known is None:
                    values[field] = text
                    continue
                value = known.get(text)
                if value is None:
                    value = decode(text)
                    if len(known) < _REMEMBERED and len(text) < _LONGEST:
                        known[text] = value
                values[field] = value
                continue
            entry = entry_of(tag)
            if entry is None:
                return False
            position, counts, field, converted, known, read, wrapped, many = entry
            if position > rank:
                rank = position
                missing -= counts
            elif position < rank or not many:
                return False
            if read is not None:
                value = read(child)
                if value is None:
                    return False
            elif converted is not None:
                if len(child) or child.items():
                    return False
                value = converted(child.text or "")
            elif wrapped is None or child.items() or not wrapped(child, values):
                return False
            else:
                continue
            if not many:
                values[field] = value
            elif type(values[field]) is list:
                values[field].append(value)
            else:
                values[field] = [value]
        for field in repeated:
            items = values[field]
            if type(items) is list:
                values[field] = tuple(items)
        return not missing and (rank >= 0 or may_be_empty)

    return fill


def _entry(slot: Slot, counts: bool, making: set[int]) -> Entry:
    read: Read | None = None
    wrapped: Fill | None = None
    if slot.level is not None:
        wrapped = _level(slot.level, making)
    elif slot.kind == "record":
        plan = slot.plan
        # A record inside itself is looked up when it is met.
        inside = plan.usual is None and id(plan) in making
        read = (lambda element: usual(plan)(element)) if inside else _ready(plan, making)
    elif slot.kind == "raw":
        read = kept
    known: Known | None = None if slot.decode is None or slot.decode is str else {}
    return slot.position, counts, slot.field, slot.decode, known, read, wrapped, slot.many


def _ready(plan: Plan, making: set[int]) -> Read:
    if plan.usual is None:
        plan.usual = _record(plan, making)
    return plan.usual
