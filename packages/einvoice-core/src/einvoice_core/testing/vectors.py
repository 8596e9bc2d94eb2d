"""Vectors: values as data, each with where it comes from.

A file is a JSON list of objects with ``name``, ``input``, ``expected`` and ``source``; or an object
with one ``source`` for all and the list under ``cases``. Numbers with a point become ``Decimal``.
"""

import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from einvoice_core.errors import BadParameterError

__all__ = ["Case", "load_cases"]


@dataclass(frozen=True, slots=True)
class Case:
    """One vector: what goes in, what must come out, and who says so."""

    name: str
    input: Any
    expected: Any
    source: str


def load_cases(path: str | Path) -> list[Case]:
    """Read the cases of a file; a relative path starts at the folder of the calling module.

    Raises:
        BadParameterError: A case lacks something, has a name twice, or says no source.
    """
    file = Path(path)
    if not file.is_absolute():
        file = _folder_of_caller() / file
    content = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    common = content.get("source", "") if isinstance(content, Mapping) else ""
    rows = content["cases"] if isinstance(content, Mapping) else content
    cases = [_case(row, common, file.name, number) for number, row in enumerate(rows, start=1)]
    names = [case.name for case in cases]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise BadParameterError(f"{file.name} has several cases named {repeated[0]!r}")
    return cases


def _case(row: Mapping[str, Any], common: str, file: str, number: int) -> Case:
    missing = [key for key in ("name", "input", "expected") if key not in row]
    source = row.get("source", common)
    if missing or not source:
        lacks = ", ".join([*missing, *([] if source else ["source"])])
        raise BadParameterError(f"case {number} of {file} lacks {lacks}")
    return Case(row["name"], row["input"], row["expected"], source)


def _folder_of_caller() -> Path:
    frame = inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__") == __name__:
        frame = frame.f_back
    if frame is None or "__file__" not in frame.f_globals:
        return Path.cwd()
    return Path(frame.f_globals["__file__"]).parent
