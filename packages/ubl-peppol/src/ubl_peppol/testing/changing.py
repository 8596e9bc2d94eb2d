"""Every datum of a record changed, one after the other: what a conversion must not ignore."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

from einvoice_core.records import Record

__all__ = ["changed", "other_values"]

R = TypeVar("R", bound=Record)


def other_values(value: object) -> list[Any]:
    """Return values of the same type that say something else."""
    if isinstance(value, Enum):
        return [member for member in type(value) if member is not value]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, date):
        return [value + timedelta(days=1)]
    if isinstance(value, int | Decimal):
        return [value + 1]
    return [type(value)(f"{value}x")]  # type: ignore[call-arg]  # texts, and types made of them


def changed(
    record: R, name_of: Callable[[type[Record], str], str], path: str = ""
) -> Iterator[tuple[str, R]]:
    """Yield each datum that a record holds, and the record with another value there.

    Args:
        record: Any record.
        name_of: Gives the name of a field in the path, from its record and its name.
        path: Of the record itself.
    """
    for name in type(record).model_fields:
        value = getattr(record, name)
        if value is None:
            continue
        at = f"{path}{name_of(type(record), name)}"
        items = value if isinstance(value, tuple) else (value,)
        for index, item in enumerate(items):
            others: Iterator[tuple[str, object]]
            if isinstance(item, Record):
                others = changed(item, name_of, f"{at}/")
            else:
                others = ((at, other) for other in other_values(item))
            for where, other in others:
                if isinstance(value, tuple):
                    new: object = (*value[:index], other, *value[index + 1 :])
                else:
                    new = other
                yield where, record.model_copy(update={name: new})
