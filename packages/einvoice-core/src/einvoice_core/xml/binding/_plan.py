"""The table of a record class: which elements and attributes it has, in which order.

Compiled from the annotations on first use and kept; reading and writing both run on it.
"""

import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from lxml import etree

from einvoice_core.lexical import Codec, codec_for
from einvoice_core.records import RawXml, Record, Xml

__all__ = ["Choice", "Kind", "Level", "Plan", "Slot", "local_name", "plan_of"]

XML = "http://www.w3.org/XML/1998/namespace"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ANY = "*"
"""Name of a slot that takes every element no other slot names."""

Kind = Literal["value", "record", "raw", "wrapper"]


@dataclass(eq=False, slots=True)
class Slot:
    """A place where an element or attribute may stand.

    Attributes:
        field: Field of the record; for a wrapper, its tag in brackets, which no field can have.
        tag: Name in Clark notation, or ``*``.
        position: Rank in the order of the schema; the members of a choice share it.
        bit: Stands for the field in the masks of its level.
        many: The element may be repeated, the field is a tuple.
        decode: Makes a value of its text; only where there is one.
        codec: Of such a value; ``decode`` is its own.
        owner: Class that has the field of such a value.
        record: Class of a nested record.
        namespace: Where the children of that record live when it does not say.
        level: Content of a wrapper.
        inner: The ``plan`` once it is compiled.
    """

    field: str
    tag: str
    kind: Kind
    position: int = 0
    bit: int = 0
    many: bool = False
    decode: Callable[[str], Any] | None = None
    codec: Codec[Any] | None = None
    owner: type[Record] | None = None
    record: type[Record] | None = None
    namespace: str = ""
    level: "Level | None" = None
    inner: "Plan | None" = None

    @property
    def plan(self) -> "Plan":
        """The table of the nested record, compiled when first needed: records may be recursive."""
        if self.inner is None:
            assert self.record is not None  # noqa: S101 - a slot of kind `record` has a class
            self.inner = plan_of(self.record, self.namespace)
        return self.inner


@dataclass(eq=False, slots=True)
class Choice:
    """Fields of which exactly one is present, or at most one; ``mask`` has their bits."""

    slots: list[Slot] = field(default_factory=list)
    mask: int = 0
    optional: bool = False


@dataclass(eq=False, slots=True)
class Level:
    """What an element contains: that of a record, or of a wrapper inside it.

    Attributes:
        slots: By tag.
        wildcard: Takes what no slot names.
        ordered: Slots as they are written; the alternatives of one field are neighbours.
        required: Fields and wrappers that must be present; ``mask`` has their bits.
        choices: By name.
        wrapper: A wrapper holds something, unless a field is ``nullable``.
        nullable: Fields ``tuple | None`` of this wrapper: its presence makes them ``()``.
    """

    slots: dict[str, Slot] = field(default_factory=dict)
    wildcard: Slot | None = None
    ordered: list[Slot] = field(default_factory=list)
    required: set[str] = field(default_factory=set)
    mask: int = 0
    choices: dict[str, Choice] = field(default_factory=dict)
    wrapper: bool = False
    nullable: list[str] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Plan:
    """The table of one record class.

    Attributes:
        record: The class.
        content: Its child elements.
        attributes: By name in Clark notation.
        required_attributes: Fields without a default.
        text: Simple content of the element itself.
        defaults: Fields in order; the required ones stand with ``None`` to keep their place.
        tuples: Fields that hold several values.
        choices: The level of each choice.
        plain: Nothing but fields: no private attributes, nothing to do after construction.
        given: All fields: a document states every one of them, be it by its absence.
        usual: Reads an element that is as it should be, once that is prepared.
    """

    record: type[Record]
    content: Level = field(default_factory=Level)
    attributes: dict[str, Slot] = field(default_factory=dict)
    required_attributes: set[str] = field(default_factory=set)
    text: Slot | None = None
    defaults: dict[str, Any] = field(default_factory=dict)
    tuples: list[str] = field(default_factory=list)
    choices: dict[str, Level] = field(default_factory=dict)
    plain: bool = True
    given: set[str] = field(default_factory=set)
    usual: Callable[[etree._Element], Any] | None = None


@dataclass(slots=True)
class _Shape:
    """What an annotation says."""

    xml: Xml | None = None
    optional: bool = False
    many: bool = False
    items: list[Any] = field(default_factory=list)


def local_name(tag: str) -> str:
    """Return a name without its namespace."""
    return tag.rpartition("}")[2]


def qualified(name: str, namespace: str) -> str:
    """Return a name in Clark notation; one that already is stays."""
    return f"{{{namespace}}}{name}" if namespace and not name.startswith("{") else name


def root_tag(record: type[Record]) -> str:
    """Return the name of the element that a class is when it is a document."""
    if record.xml_type is None or not record.xml_type.name:
        raise TypeError(f"{record.__name__} needs an xml_type with a name to be a document")
    return qualified(record.xml_type.name, record.xml_type.namespace)


@cache
def plan_of(record: type[Record], namespace: str = "") -> Plan:
    """Compile the table of a record class.

    Args:
        record: The class.
        namespace: Of the children, when the class has no ``xml_type`` that says it.

    Raises:
        TypeError: The annotations contradict each other or leave something open.
    """
    if not record.__pydantic_fields_complete__:
        record.model_rebuild()
    if record.xml_type is not None:
        namespace = record.xml_type.child_namespace
    plan = Plan(record)
    plan.plain = not record.__private_attributes__ and record.__pydantic_post_init__ is None
    for name, info in record.model_fields.items():
        shape = _Shape()
        _look(info.annotation, shape)
        shape.xml = next((m for m in info.metadata if isinstance(m, Xml)), shape.xml)
        where = f"{record.__name__}.{name}"
        if shape.xml is None:
            raise TypeError(f"{where} has no Xml(...) annotation")
        if shape.many:
            plan.tuples.append(name)
        default = None
        if not info.is_required():
            default = info.get_default(call_default_factory=True)
        plan.defaults[name] = default
        # A default that is a value serves those who build a record; a document must have it.
        required = info.is_required() or (default is not None and default != ())
        if shape.xml.attribute or shape.xml.text:
            _add_simple(plan, shape, name, where, required=required)
        else:
            _add_element(plan, shape, name, where, namespace, required=required)
    if plan.text and plan.content.ordered:
        raise TypeError(f"{record.__name__} has both text and child elements")
    _rank(plan.content)
    plan.given = set(plan.defaults)
    return plan


def _look(annotation: Any, shape: _Shape) -> None:  # noqa: ANN401 - annotations have no type
    """Take an annotation apart, through aliases, ``Annotated``, unions and tuples."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        shape.xml = next((a for a in arguments[1:] if isinstance(a, Xml)), shape.xml)
        _look(arguments[0], shape)
    elif origin in (Union, types.UnionType):
        for argument in arguments:
            _look(argument, shape)
    elif origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        shape.many = True
        _look(arguments[0], shape)
    elif annotation is type(None):
        shape.optional = True
    elif hasattr(annotation, "__supertype__"):
        _look(annotation.__supertype__, shape)
    elif hasattr(annotation, "__value__"):
        _look(annotation.__value__, shape)
    else:
        shape.items.append(annotation)


def _codec(items: list[Any], where: str) -> Codec[Any]:
    """Return the codec of a type, of a ``Literal``, or of a union tried from left to right."""
    try:
        codecs = [_literal(i) if get_origin(i) is Literal else codec_for(i) for i in items]
    except TypeError as error:
        raise TypeError(f"{where}: {error}") from error
    if not codecs:
        raise TypeError(f"{where} has no type")
    if len(codecs) == 1:
        return codecs[0]

    def decode(text: str) -> object:
        for codec in codecs[:-1]:
            try:
                return codec.decode(text)
            except ValueError:
                continue
        return codecs[-1].decode(text)

    def encode(value: object) -> str:
        for item, codec in zip(items, codecs, strict=True):
            if get_origin(item) is not Literal and isinstance(value, item):
                return codec.encode(value)
        return codecs[-1].encode(value)

    return Codec(" or ".join(codec.name for codec in codecs), decode, encode)


def _literal(annotation: Any) -> Codec[Any]:  # noqa: ANN401 - annotations have no type
    values = {str(value): value for value in get_args(annotation)}

    def decode(text: str) -> object:
        try:
            return values[text.strip(" \t\r\n")]
        except KeyError:
            raise ValueError(f"{text[:40]!r} is none of {', '.join(values)}") from None

    return Codec("|".join(values), decode, str)


def _add_simple(plan: Plan, shape: _Shape, name: str, where: str, *, required: bool) -> None:
    xml = shape.xml
    if xml is None or shape.many or xml.inside or xml.choice:
        raise TypeError(f"{where} is an attribute or text: it stands alone")
    codec = xml.codec or _codec(shape.items, where)
    # An attribute without a prefix is in no namespace, whatever that of its element is.
    tag = qualified(xml.name, xml.namespace or "")
    slot = _value(name, tag, codec, plan.record)
    if xml.text:
        if plan.text:
            raise TypeError(f"{where} is a second text")
        plan.text = slot
    else:
        plan.attributes[slot.tag] = slot
        if required:
            plan.required_attributes.add(name)


def _add_element(
    plan: Plan,
    shape: _Shape,
    name: str,
    where: str,
    namespace: str,
    *,
    required: bool,
) -> None:
    xml = shape.xml
    assert xml is not None  # noqa: S101 - the caller has looked
    own = namespace if xml.namespace is None else xml.namespace
    steps = (xml.inside,) if isinstance(xml.inside, str) else xml.inside
    level = plan.content
    for step in steps:
        level = _wrapper(level, qualified(step, own), where, required=required)
    may_be_empty = shape.many and shape.optional
    if steps and may_be_empty:
        level.nullable.append(name)
    slots = list(_slots(shape, xml, plan.record, name, own, namespace, where))
    for slot in slots:
        slot.many = shape.many
        if slot.tag == ANY:
            if level.wildcard:
                raise TypeError(f"{where} is a second wildcard")
            level.wildcard = slot
        elif level.slots.setdefault(slot.tag, slot) is not slot:
            raise TypeError(f"{where}: {slot.tag} stands for another field already")
        level.ordered.append(slot)
    if xml.choice:
        if required:
            raise TypeError(f"{where} is one of a choice: give it a default")
        if plan.choices.setdefault(xml.choice, level) is not level:
            raise TypeError(f"{where}: the members of {xml.choice} have different wrappers")
        choice = level.choices.setdefault(xml.choice, Choice())
        choice.optional = xml.choice.endswith("?")
        choice.slots.extend(slots)
    elif required and not may_be_empty:
        level.required.add(name)


def _wrapper(level: Level, tag: str, where: str, *, required: bool) -> Level:
    """Return the content of a wrapper, which neighbouring fields share."""
    slot = level.slots.get(tag)
    if slot is None:
        slot = Slot(f"<{tag}>", tag, "wrapper", level=Level(wrapper=True))
        level.slots[tag] = slot
        level.ordered.append(slot)
    if slot.level is None:
        raise TypeError(f"{where}: {tag} stands for another field already")
    if required:
        level.required.add(slot.field)
    return slot.level


def _slots(
    shape: _Shape,
    xml: Xml,
    owner: type[Record],
    name: str,
    own: str,
    inherited: str,
    where: str,
) -> Iterator[Slot]:
    """Yield the slots of a field: one, or one for each record of a union."""
    records = [i for i in shape.items if isinstance(i, type) and issubclass(i, Record)]
    others = [i for i in shape.items if i not in records]
    for record in records:
        if xml.name == ANY or len(records) > 1:
            if record.xml_type is None or not record.xml_type.name:
                raise TypeError(f"{where}: {record.__name__} needs an xml_type with a name")
            tag = qualified(record.xml_type.name, record.xml_type.namespace)
        else:
            tag = qualified(xml.name, own)
        yield Slot(name, tag, "record", record=record, namespace=inherited)
    if RawXml in others:
        yield Slot(name, ANY if xml.name == ANY else qualified(xml.name, own), "raw")
    elif others:
        if records or xml.name == ANY:
            raise TypeError(f"{where} mixes values and records")
        codec = xml.codec or _codec(others, where)
        tag = qualified(xml.name, own)
        yield _value(name, tag, codec, owner)


def _value(name: str, tag: str, codec: Codec[Any], owner: type[Record]) -> Slot:
    return Slot(name, tag, "value", decode=codec.decode, codec=codec, owner=owner)


def _rank(level: Level) -> None:
    """Give the slots their order, and a bit to each field."""
    ranks: dict[str, int] = {}
    bits: dict[str, int] = {}
    for slot in level.ordered:
        place = next((name for name, c in level.choices.items() if slot in c.slots), "")
        slot.position = ranks.setdefault(place or slot.field, len(ranks))
        slot.bit = bits.setdefault(slot.field, 1 << len(bits))
        if place:
            level.choices[place].mask |= slot.bit
        if slot.field in level.required:
            level.mask |= slot.bit
        if slot.level:
            _rank(slot.level)


def walk(plan: Plan) -> Iterator[Plan]:
    """Yield a plan and those of the records inside it, each once."""
    seen: set[int] = set()
    waiting = [plan]
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting.extend(slot.plan for slot in slots_of(current.content) if slot.kind == "record")


def slots_of(level: Level) -> Iterator[Slot]:
    """Yield the slots of a level and of its wrappers."""
    for slot in level.ordered:
        yield slot
        if slot.level:
            yield from slots_of(slot.level)
