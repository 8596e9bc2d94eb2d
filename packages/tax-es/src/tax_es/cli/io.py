"""How the verbs read and write: JSON with amounts as texts, days like 2025-03-31."""

import json
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import click

from einvoice_core.money import parse_decimal
from tax_es.calendar import Period
from tax_es.closing import Close
from tax_es.errors import ArgumentError
from tax_es.ledger import Ledger, read_csv, read_json
from tax_es.trace import Result, Step, plain

__all__ = [
    "AMOUNT",
    "DAY",
    "PERIOD",
    "as_json",
    "close_json",
    "read_ledger",
    "read_text",
    "result_json",
    "show",
]


class _Day(click.ParamType[date]):
    name = "day"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:  # noqa: ANN401 - as click has it
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day: write it like 2025-03-31", param, ctx)


class _Amount(click.ParamType[Decimal]):
    name = "amount"

    def convert(self, value: Any, param: Any, ctx: Any) -> Decimal:  # noqa: ANN401 - as click has it
        if isinstance(value, Decimal):
            return value
        try:
            return parse_decimal(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _Period(click.ParamType[Period]):
    name = "period"

    def convert(self, value: Any, param: Any, ctx: Any) -> Period:  # noqa: ANN401 - as click has it
        if isinstance(value, Period):
            return value
        try:
            return Period.parse(value)
        except ArgumentError as error:
            self.fail(error.message, param, ctx)


DAY, AMOUNT, PERIOD = _Day(), _Amount(), _Period()


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


def show(value: object) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(as_json(value), ensure_ascii=False, indent=2))


def read_text(path: str) -> str:
    """Read a file, or standard input for ``-``.

    Raises:
        ArgumentError: The file cannot be read, or is not UTF-8.
    """
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(f"{path} cannot be read: {error}") from error


def read_ledger(path: str) -> Ledger:
    """Read a ledger from a file of JSON, or of CSV by its name.

    Raises:
        LedgerError: It is no ledger.
        ArgumentError: The file cannot be read.
    """
    text = read_text(path)
    return read_csv(text) if path.lower().endswith(".csv") else read_json(text)
