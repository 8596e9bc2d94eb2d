"""Records of the extension of utilities, made from their table when a document has one.

The extension is judged and kept as it is; nobody here computes with readings of meters, so that its
two hundred elements need no names of ours.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources
from types import GenericAlias
from typing import Annotated, Any, cast

from pydantic import create_model

from einvoice_core.lexical import Codec
from einvoice_core.records import Record, Xml, XmlType
from facturae_es.facets import FOUR, TWO, Decimals, Digits, Text
from facturae_es.lexical import MONEY, code

__all__ = ["UTILITIES", "utilities_extension"]

UTILITIES = "http://www.facturae.es/Facturae/Extensions/Utilities"

_EIGHT = Digits(8, signed=False)
_DIGITS = {"d2": TWO, "d4": FOUR, "d8": _EIGHT}
_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T(?:([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?"
    r"|24:00:00(\.0+)?)(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?",
    re.ASCII,
)


class _YesOrNo(StrEnum):
    YES = "S"
    NO = "N"


def _integer(text: str) -> str:
    stripped = text.strip(" \t\r\n")
    if not _INTEGER.fullmatch(stripped):
        raise ValueError(f"{stripped[:40]!r} is not a whole number")
    return stripped


def _time(text: str) -> str:
    stripped = text.strip(" \t\r\n")
    match = _TIME.fullmatch(stripped)
    if match is None:
        raise ValueError(f"{stripped[:40]!r} is no day and hour: write it as 2026-12-31T23:59:59")
    date.fromisoformat(match[1])
    return stripped


_SIMPLE: dict[str, tuple[Any, Codec[Any] | None]] = {
    "int": (str, Codec("integer", _integer, str)),
    "date": (date, None),
    "time": (str, Codec("dateTime", _time, str)),
    "SN": (_YesOrNo, code(_YesOrNo)),
}


@cache
def utilities_extension() -> type[Record]:
    """Return the record of the extension."""
    made: dict[str, type[Record]] = {}
    table = dict(_table())
    return _record("UtilitiesExtension", table, made)


def _table() -> list[tuple[str, list[str]]]:
    text = resources.files("facturae_es").joinpath("data/utilities.txt").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if not line.startswith("#")]
    joined = "\n".join(rows).replace("\n    ", " ").splitlines()
    return [
        (name, fields.split(", ")) for name, fields in (row.split(": ", 1) for row in joined if row)
    ]


def _record(name: str, table: dict[str, list[str]], made: dict[str, type[Record]]) -> type[Record]:
    if name in made:
        return made[name]
    fields: dict[str, Any] = {}
    for field in table[name]:
        element, kind = field.split(" ")
        annotation = _annotation(element, kind.rstrip("!+"), table, made)
        if kind.endswith("+"):
            fields[element] = (GenericAlias(tuple, (annotation, ...)), ...)
        elif kind.endswith("!"):
            fields[element] = (annotation, ...)
        else:
            fields[element] = (annotation | None, None)
    made[name] = cast("type[Record]", create_model(name, __base__=Record, **fields))
    if name == "UtilitiesExtension":
        made[name].xml_type = XmlType(name, UTILITIES)
    return made[name]


def _annotation(
    element: str, kind: str, table: dict[str, list[str]], made: dict[str, type[Record]]
) -> Any:  # noqa: ANN401 - an annotation has no narrower type
    if kind.startswith("@"):
        return Annotated[_record(kind[1:], table, made), Xml(element)]
    if kind in _DIGITS:
        return Annotated[Decimal, Xml(element, MONEY), Decimals(_DIGITS[kind], _DIGITS[kind])]
    if kind.startswith("t") and kind != "time":
        return Annotated[str, Xml(element), Text(int(kind[1:]))]
    of_type, codec = _SIMPLE[kind]
    return Annotated[of_type, Xml(element, codec)]
