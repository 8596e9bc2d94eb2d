"""What the annotations of a record say, gathered once per class."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from einvoice_core.records import RawXml, Record, Xml
from facturae_es.facets import Decimals, OneOf, Since, Text, Version

__all__ = ["FieldPlan", "defaults_of", "made", "maker", "plan_of", "value_text"]

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """One field of a record.

    Attributes:
        name: Name of the field.
        xml: Its official name and place.
        steps: Element names from the record's element down to the field's own.
        many: The field is a tuple.
        optional: The field may be absent.
        required: A value must be given; for a tuple, at least one.
        record: Class of the records it holds, if it holds records.
        raw: It holds elements that are kept as text.
        codes: Enum of the codes it holds, if it holds codes.
        text: Length and pattern.
        decimals: Decimals of each version.
        one_of: Closed list.
        since: First version with the element.
    """

    name: str
    xml: Xml
    steps: tuple[str, ...]
    many: bool
    optional: bool
    required: bool
    record: type[Record] | None
    raw: bool
    codes: type[StrEnum] | None
    text: Text | None
    decimals: Decimals | None
    one_of: OneOf | None
    since: Version

    def exists_in(self, version: Version) -> bool:
        """Return whether a version has this element."""
        return _AGE[self.since] <= _AGE[version]


_AGE = {version: age for age, version in enumerate(Version)}


def _parts(hint: Any) -> Iterator[Any]:  # noqa: ANN401 - a type annotation has no narrower type
    """Yield the bare types and the metadata of an annotation, wherever they nest."""
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *metadata = get_args(hint)
        yield from metadata
        yield from _parts(inner)
    elif origin in (Union, UnionType):
        for argument in get_args(hint):
            yield from _parts(argument)
    elif origin is tuple:
        yield tuple
        yield from _parts(get_args(hint)[0])
    else:
        yield hint


def _field(name: str, hint: object, required: bool) -> FieldPlan | None:
    parts = list(_parts(hint))
    types = [part for part in parts if isinstance(part, type)]

    def first(kind: type) -> Any:  # noqa: ANN401 - the caller names the type
        return next((part for part in parts if isinstance(part, kind)), None)

    def subclass(kind: type) -> Any:  # noqa: ANN401 - the caller names the type
        return next((part for part in types if issubclass(part, kind)), None)

    xml = first(Xml)
    if xml is None:
        return None
    inside = (xml.inside,) if isinstance(xml.inside, str) else xml.inside
    since = first(Since)
    return FieldPlan(
        name=name,
        xml=xml,
        steps=(*inside, xml.name),
        many=tuple in types,
        optional=NoneType in types,
        required=required,
        record=subclass(Record),
        raw=RawXml in types,
        codes=subclass(StrEnum),
        text=first(Text),
        decimals=first(Decimals),
        one_of=first(OneOf),
        since=since.version if since else Version.V3_2,
    )


@cache
def plan_of(record: type[Record]) -> tuple[FieldPlan, ...]:
    """Return the fields of a record that stand for elements, in the order of the schema."""
    hints = get_type_hints(record, include_extras=True)
    fields = (
        _field(name, hints[name], info.is_required()) for name, info in record.model_fields.items()
    )
    return tuple(field for field in fields if field is not None)


def value_text(plan: FieldPlan, value: object) -> str:
    """Return the text that a value of a field is written as."""
    return plan.xml.codec.encode(value) if plan.xml.codec else str(value)


@cache
def _defaults(record: type[Record]) -> tuple[dict[str, Any], set[str]]:
    """Return the defaults of a record's fields, and the names of all of them."""
    defaults = {
        name: None if info.is_required() else info.get_default()
        for name, info in record.model_fields.items()
    }
    return defaults, set(defaults)


_new = object.__new__
_put_values, _put_given, _put_extra, _put_private = (
    BaseModel.__dict__[name].__set__
    for name in (
        "__dict__",
        "__pydantic_fields_set__",
        "__pydantic_extra__",
        "__pydantic_private__",
    )
)


def maker(kind: type[R]) -> Callable[[dict[str, object]], R]:
    """Return a function that makes records of values that are known to be right.

    It wants a value for every field, in their order, and keeps the dictionary.
    """
    names = _defaults(kind)[1]

    def make(values: dict[str, object]) -> R:
        record = _new(kind)
        _put_values(record, values)
        # Nobody changes the set of a frozen record, and a copy of a record has its own.
        _put_given(record, names)
        _put_extra(record, None)
        _put_private(record, None)
        return record

    return make


def made(kind: type[R], **values: object) -> R:
    """Make a record of values that are known to be right, without validating them again."""
    return maker(kind)(defaults_of(kind) | values)


def defaults_of(kind: type[Record]) -> dict[str, Any]:
    """Return the defaults of a record's fields in their order; ``None`` where there is none."""
    return _defaults(kind)[0]
