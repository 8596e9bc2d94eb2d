"""Results as JSON holds them: amounts and days as texts, the trace with both sentences."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from tax_es.calendar import Period
from tax_es.closing.result import Close
from tax_es.trace import Result, Step, plain

__all__ = ["as_json", "close_json", "result_json"]


def as_json(value: object) -> object:
    """Return a value as JSON holds it: amounts and days become texts."""
    match value:
        case None | bool() | int() | str() if not isinstance(value, Enum):
            return value
        case Enum():
            return value.value
        case Decimal():
            return plain(value)
        case date() | Period():
            return str(value)
        case Mapping():
            return {str(key): as_json(each) for key, each in value.items()}
        case tuple() | list() | frozenset():
            return [as_json(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: as_json(getattr(value, each.name)) for each in fields(value)}
    return str(value)


def _step(step: Step) -> dict[str, object]:
    return {
        "key": step.key,
        "value": plain(step.value),
        "formula": step.formula,
        "inputs": {key: plain(value) for key, value in step.inputs},
        "article": step.article,
        "es": step.sentence_es,
        "en": step.sentence_en,
        "parameters": [as_json(each) for each in step.parameters],
        "entries": list(step.entries),
    }


def result_json(result: Result, *, trace: bool) -> dict[str, object]:
    """Return figures, with their trace if it is wanted."""
    found: dict[str, object] = {"values": as_json(result.values), "digest": result.digest}
    if result.marks:
        found["marks"] = list(result.marks)
    if trace:
        found["trace"] = [_step(step) for step in result.trace]
    return found


def close_json(closed: Close, *, trace: bool) -> dict[str, object]:
    """Return a form, with its trace if it is wanted."""
    found: dict[str, object] = {
        "model": closed.model,
        "period": str(closed.period),
        "design": closed.design,
        "boxes": as_json(closed.boxes),
        "digest": closed.digest,
    }
    if closed.records:
        found["records"] = [dict(record) for record in closed.records]
    if closed.marks:
        found["marks"] = list(closed.marks)
    if trace:
        found["trace"] = [_step(step) for step in closed.trace]
    return found
