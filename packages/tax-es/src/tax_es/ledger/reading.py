"""Reading a ledger from JSON or CSV: everything that is wrong, entry by entry, or a ledger.

JSON holds the fields of :class:`~tax_es.ledger.Ledger`; lines of JSON (one entry a line) are read
one at a time, for books that do not fit in memory. Amounts are texts or integers: a number with a
point would be a float, and is refused.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from pydantic import BaseModel, ValidationError

from tax_es.errors import LedgerError
from tax_es.ledger.entries import Issued, Ledger, Received

__all__ = ["MAX_BYTES", "Fault", "read_csv", "read_json", "read_lines"]

MAX_BYTES = 256 * 1024 * 1024
"""Larger texts are read line by line."""

_MAX_FAULTS = 1_000
_SIDES: dict[str, type[BaseModel]] = {"issued": Issued, "received": Received}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an entry.

    Attributes:
        path: Where it stands, such as ``issued.3.lines.0.taxable_base`` or ``line 7``.
        message: What is wrong, and what to change.
    """

    path: str
    message: str


def read_json(text: str | bytes) -> Ledger:
    """Read a ledger.

    Raises:
        LedgerError: The text is not a ledger; ``details["faults"]`` says where and why.
    """
    if len(text) > MAX_BYTES:
        raise LedgerError(f"the ledger has more than {MAX_BYTES} bytes: read it line by line")
    try:
        return Ledger.model_validate(_parsed(text))
    except ValidationError as error:
        _refuse(tuple(_faults(error)))


def read_lines(lines: Iterable[str | bytes]) -> Iterator[Issued | Received]:
    """Read entries one at a time; each line is an object with ``side``: issued or received.

    Args:
        lines: Such as an open file; empty lines are passed over.

    Yields:
        Entries, in their order.

    Raises:
        LedgerError: A line is no entry; ``details["faults"]`` says which and why. What was read
            before it has been given.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"line {number}"
        found = _parsed(line, where)
        side = found.pop("side", None) if isinstance(found, dict) else None
        kind = _SIDES.get(str(side))
        if kind is None:
            _refuse((Fault(where, "say the side of the entry: issued or received"),))
        try:
            entry = kind.model_validate(found)
        except ValidationError as error:
            _refuse(tuple(_faults(error, where)))
        if isinstance(entry, Issued | Received):
            yield entry


def read_csv(text: str) -> Ledger:
    """Read a ledger from a table with a heading.

    The columns are ``side`` (issued or received), ``id``, ``date``, ``taxable_base``, ``percent``
    and, where they apply, ``tax``, ``surcharge_percent``, ``operation``, ``tax_id``, ``name``,
    ``country``, ``services``, ``investment_good``, ``modifies``, ``withheld``,
    ``deductible_percent`` and ``expense``. Rows of one invoice have one id and follow each other.

    Raises:
        LedgerError: A row is wrong, or a column is not known.
    """
    rows = csv.DictReader(io.StringIO(text, newline=""))
    unknown = sorted(set(rows.fieldnames or ()) - _COLUMNS)
    missing = sorted({"side", "id", "date", "taxable_base"} - set(rows.fieldnames or ()))
    if unknown or missing:
        words = f"unknown: {', '.join(unknown)}" if unknown else f"missing: {', '.join(missing)}"
        _refuse((Fault("heading", f"columns are {words}"),))
    faults: list[Fault] = []
    sides: dict[str, list[dict[str, object]]] = {"issued": [], "received": []}
    for number, row in enumerate(rows, 2):
        try:
            _add_row(sides, row)
        except (KeyError, ValueError) as error:
            faults.append(Fault(f"row {number}", f"{error}"))
    if faults:
        _refuse(tuple(faults))
    try:
        return Ledger.model_validate(sides)
    except ValidationError as error:
        _refuse(tuple(_faults(error)))


_LINE = frozenset({"taxable_base", "percent", "tax", "surcharge_percent"})
_PARTY = frozenset({"tax_id", "name", "country"})
_TRUTH = frozenset({"services", "investment_good", "modifies"})
_PLAIN = frozenset({"id", "operation", "withheld", "deductible_percent", "expense"})
_COLUMNS = _LINE | _PARTY | _TRUTH | _PLAIN | {"side", "date"}


def _add_row(sides: dict[str, list[dict[str, object]]], row: dict[str, str | None]) -> None:
    if None in row:
        raise ValueError("the row has more cells than the heading")
    cells = {key: value.strip() for key, value in row.items() if value and value.strip()}
    side = cells.get("side", "")
    if side not in sides:
        raise ValueError("the side is issued or received")
    line = {key: cells[key] for key in _LINE & cells.keys()}
    if sides[side] and sides[side][-1]["id"] == cells.get("id"):
        lines = sides[side][-1]["lines"]
        if isinstance(lines, list):
            lines.append(line)
        return
    entry: dict[str, object] = {key: cells[key] for key in _PLAIN & cells.keys()}
    entry |= {"id": cells.get("id", ""), "issued_on": cells.get("date", ""), "lines": [line]}
    entry["party"] = {key: cells[key] for key in _PARTY & cells.keys()}
    for key in _TRUTH & cells.keys():
        if cells[key].lower() not in {"true", "false", "1", "0"}:
            raise ValueError(f"{key} is true or false")
        entry[key] = cells[key].lower() in {"true", "1"}
    sides[side].append(entry)


def _parsed(text: str | bytes, where: str = "ledger") -> object:
    def refuse_float(token: str) -> NoReturn:
        raise LedgerError(
            f"{where}: {token[:40]} is a number with a point: write amounts as texts, '12.50'",
            faults=(Fault(where, f"{token[:40]} is a float"),),
        )

    try:
        return json.loads(text, parse_float=refuse_float, parse_constant=refuse_float)
    except (ValueError, RecursionError) as error:
        raise LedgerError(
            f"{where} is not JSON: {error}", faults=(Fault(where, "not JSON"),)
        ) from error


def _faults(error: ValidationError, where: str = "") -> Iterator[Fault]:
    for each in error.errors(include_url=False, include_context=False)[:_MAX_FAULTS]:
        path = ".".join(map(str, each["loc"]))
        yield Fault(f"{where} {path}".strip(), each["msg"])


def _refuse(faults: tuple[Fault, ...]) -> NoReturn:
    first = faults[0]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    raise LedgerError(f"{first.path}: {first.message}{more}", faults=faults)
