"""Blank texts: Facturae allows them, and an empty element says nothing in UBL."""

from typing import Any, TypeVar

from ubl_peppol.model import Group

__all__ = ["without_blanks"]

G = TypeVar("G", bound=Group)


def without_blanks(group: G) -> G:
    """Return the group without optional texts that are blank and groups that hold nothing."""
    changes: dict[str, Any] = {}
    for name, field in type(group).model_fields.items():
        value = getattr(group, name)
        cleaned = _cleaned(value)
        if cleaned is not value and not (cleaned is None and field.is_required()):
            changes[name] = cleaned
    return group.model_copy(update=changes) if changes else group


def _cleaned(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        return None
    if isinstance(value, Group):
        cleaned = without_blanks(value)
        empty = all(item is None or item == () for item in cleaned.__dict__.values())
        return None if empty else cleaned
    if isinstance(value, tuple):
        items = tuple(_cleaned(item) for item in value)
        if any(new is not old for new, old in zip(items, value, strict=True)):
            return tuple(item for item in items if item is not None)
    return value
