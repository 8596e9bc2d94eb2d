"""How the verbs read and write: JSON with amounts as texts, days like 2025-03-31."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from einvoice_core.money import parse_decimal
from tax_es.calendar import Period
from tax_es.errors import ArgumentError, CaseError
from tax_es.ledger import Issued, Ledger, Received, read_csv, read_json, read_lines
from tax_es.wire import as_json

__all__ = [
    "amount",
    "day",
    "is_stream",
    "period",
    "read_ledger",
    "read_object",
    "read_text",
    "show",
    "stream",
]


def day(text: str) -> date:
    """Read a day."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no day: write it like 2025-03-31") from error


def amount(text: str) -> Decimal:
    """Read an amount."""
    try:
        return parse_decimal(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def period(text: str) -> Period:
    """Read a period."""
    try:
        return Period.parse(text)
    except ArgumentError as error:
        raise click.BadParameter(error.message) from error


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


def read_object(path: str) -> Any:  # noqa: ANN401 - JSON holds anything
    """Read JSON whose amounts are texts.

    Raises:
        CaseError: It is not JSON, or holds a number with a point.
        ArgumentError: The file cannot be read.
    """
    try:
        return json.loads(read_text(path), parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise CaseError(f"{path} is not JSON: {error}") from error


def _refuse(token: str) -> object:
    raise CaseError(f"{token[:40]} is a number with a point: write amounts as texts, '12.50'")


def is_stream(path: str) -> bool:
    """Whether a file holds lines of JSON, by its name."""
    return path.lower().endswith((".jsonl", ".ndjson"))


def stream(path: str) -> Iterator[Issued | Received]:
    """Yield the entries of a file of lines of JSON, one at a time.

    Raises:
        LedgerError: A line is no entry.
        ArgumentError: The file cannot be read.
    """
    try:
        with Path(path).open("rb") as lines:
            yield from read_lines(lines)
    except OSError as error:
        raise ArgumentError(f"{path} cannot be read: {error}") from error


def read_ledger(path: str) -> Ledger:
    """Read a ledger from a file of JSON, or of CSV by its name.

    Raises:
        LedgerError: It is no ledger.
        ArgumentError: The file cannot be read.
    """
    text = read_text(path)
    return read_csv(text) if path.lower().endswith(".csv") else read_json(text)
