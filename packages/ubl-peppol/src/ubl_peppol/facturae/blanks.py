"""Blank texts: Facturae allows them, and an empty element says nothing in UBL."""

from functools import cache
from typing import Any, TypeVar, get_args

from ubl_peppol.model import Group

__all__ = ["without_blanks"]

G = TypeVar("G", bound=Group)


def without_blanks(group: G) -> G:
    """Return the group without optional texts that are blank and groups that hold nothing."""
    changes: dict[str, Any] = {}
    for name, required in _fields(type(group)):
        value = getattr(group, name)
        if value is None or value == ():
            continue
        cleaned = _cleaned(value)
        if cleaned is not value and not (cleaned is None and required):
            changes[name] = cleaned
    return group.model_copy(update=changes) if changes else group


@cache
def _fields(kind: type[Group]) -> tuple[tuple[str, bool], ...]:
    """Return the fields that may hold a text, and whether they must."""
    return tuple(
        (name, field.is_required())
        for name, field in kind.model_fields.items()
        if _may_be_blank(field.annotation)
    )


def _may_be_blank(annotation: object) -> bool:
    if isinstance(annotation, type):
        if issubclass(annotation, Group):
            return bool(_fields(annotation))
        return annotation is str
    return any(map(_may_be_blank, get_args(annotation)))


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, Group):
        cleaned = without_blanks(value)
        if cleaned is value:
            return value
        empty = all(item is None or item == () for item in cleaned.__dict__.values())
        return None if empty else cleaned
    if isinstance(value, tuple):
        items = tuple(map(_cleaned, value))
        if any(new is not old for new, old in zip(items, value, strict=True)):
            return tuple(item for item in items if item is not None)
    return value
