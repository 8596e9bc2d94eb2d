"""How the verbs read and write: JSON with amounts as texts, days like 2025-03-31."""

import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from einvoice_core.money import parse_decimal
from tax_es.calendar import Period
from tax_es.errors import ArgumentError
from tax_es.ledger import Ledger, read_csv, read_json
from tax_es.wire import as_json

__all__ = [
    "AMOUNT",
    "DAY",
    "PERIOD",
    "read_ledger",
    "read_text",
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
