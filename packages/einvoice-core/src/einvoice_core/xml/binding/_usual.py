"""The short way to a record: for an element that is as its class says, which nearly all are.

One function per class is prepared from its table. It reads an element and everything inside it, or
returns ``None`` at the first thing that is not as usual: then the long way reads it again, copes
with whatever stands there and reports it. Nothing is reported here.
"""

from collections.abc import Callable
from typing import Any

from lxml import etree
from pydantic import BaseModel

from einvoice_core.xml.binding._plan import Level, Plan, Slot

__all__ = ["construct", "usual"]

Read = Callable[[etree._Element], Any]
Fill = Callable[[etree._Element, dict[str, Any]], bool]
Known = dict[str, Any]
Entry = tuple[
    int, str, Callable[[str], Any] | None, Known | None, Read | None, Fill | None, bool, bool
]
"""Rank, field, what decodes a value and the values it gave before (none for texts), what reads a
record, what reads a wrapper, whether it may be repeated, and whether it must be there."""

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
    entries = {
        slot.tag: _entry(slot, bool(slot.bit & level.mask) or id(slot) in chosen, making)
        for slot in slots
    }
    needed = level.mask.bit_count() + sum(not c.optional for c in level.choices.values())
    repeated = tuple(dict.fromkeys(slot.field for slot in slots if slot.many))
    may_be_empty = not level.wrapper or bool(level.nullable)
    nullable = tuple(level.nullable)
    entry_of = entries.get

    def fill(element: etree._Element, values: dict[str, Any]) -> bool:
        text = element.text
        if text is not None and not (text.isspace() and text.isascii()):
            return False
        for field in nullable:
            values[field] = ()
        value: Any = None
        missing = needed
        rank = -1
        for child in element:
            entry = entry_of(child.tag)
            if entry is None:
                return False
            position, field, decode, known, read, wrapped, many, counts = entry
            # Ranks that rise mean that the order is right and that nothing stands twice.
            if position > rank:
                rank = position
                missing -= counts
            elif position < rank or not many:
                return False
            text = child.tail
            if text is not None and not (text.isspace() and text.isascii()):
                return False
            if decode is not None:
                if len(child) or child.items():
                    return False
                value = written = child.text or ""
                if known is not None:
                    value = known.get(written)
                    if value is None:
                        value = decode(written)
                        if len(known) >= _REMEMBERED:
                            known.clear()
                        if len(written) < _LONGEST:
                            known[written] = value
            elif read is not None:
                value = read(child)
                if value is None:
                    return False
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
    known: Known | None = None if slot.decode is None or slot.decode is str else {}
    return slot.position, slot.field, slot.decode, known, read, wrapped, slot.many, counts


def _ready(plan: Plan, making: set[int]) -> Read:
    if plan.usual is None:
        plan.usual = _record(plan, making)
    return plan.usual
