"""The tables of the sandbox of SII: structure, operations, books, and what each code says."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from aeat_sii.sandbox.grammar import Grammar

__all__ = ["NAMESPACES", "OPERATIONS", "PATHS", "Operation", "grammar", "said", "value_codes"]

_BASE = (
    "https://www2.agenciatributaria.gob.es/static_files/common/internet/dep/aplicaciones/es/aeat/"
    "ssii/fact/ws/"
)
NAMESPACES: Mapping[str, str] = {
    "": f"{_BASE}SuministroInformacion.xsd",
    "lr": f"{_BASE}SuministroLR.xsd",
    "lrc": f"{_BASE}ConsultaLR.xsd",
    "r": f"{_BASE}RespuestaSuministro.xsd",
    "rc": f"{_BASE}RespuestaConsultaLR.xsd",
}
"""Namespaces by the prefixes of the table of structure."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of one of the services.

    Args:
        root: Tag of the message.
        does: What it is for.
        book: The book that it is about.
        path: Of the service, as at the agency.
        type: Of the message, in the table of structure.
        answer: Element of the answer, with its prefix.
        answer_type: Its type.
        line: Element of a record in the message, and of a row in the answer.
        body: Element of a record that holds the data of the invoice, if they are wrapped.
        data: Element of a row of an answer to a query that holds the data.
        state: Element of a row that holds the state.
        duplicate: Code for a record that is held already; empty where the list has none.
    """

    root: str
    does: Literal["supply", "cancel", "attach", "query", "query_attached", "informed", "totals"]
    book: str
    path: str
    type: str
    answer: str
    answer_type: str
    line: str = ""
    body: str = ""
    data: str = ""
    state: str = ""
    duplicate: str = ""


def _file(name: str) -> dict[str, Any]:
    text = resources.files("aeat_sii.sandbox.sii").joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def value_codes() -> dict[str, str]:
    """Return the codes for wrong values in the header, by element."""
    codes: dict[str, str] = _file("codes.toml")["header"]
    return codes


@cache
def _said() -> dict[str, str]:
    codes: dict[str, str] = _file("codes.toml")["said"]
    return codes


def said(code: str) -> str:
    """Return the sandbox's words for a code."""
    return _said().get(code, "El registro no cumple las reglas del SII.")


@cache
def grammar() -> Grammar:
    """Return the table of structure."""
    codes = _file("codes.toml")
    return Grammar.load(
        "aeat_sii.sandbox.sii",
        NAMESPACES,
        missing={"": "4102"},
        too_many=codes["too_many"],
        codes=codes["values"],
    )


def _operations() -> dict[str, Operation]:
    books = _file("books.toml")
    found = {}
    for name, (path, type_, answer, answer_type) in grammar().data["operations"].items():
        prefix, _, local = name.partition(":")
        root = f"{{{NAMESPACES[prefix]}}}{local}"
        found[root] = Operation(
            root=root, path=path, type=type_, answer=answer, answer_type=answer_type, **books[name]
        )
    return found


OPERATIONS: Mapping[str, Operation] = _operations()
"""Every operation of the services, by the tag of its message."""

PATHS = frozenset(operation.path for operation in OPERATIONS.values())
"""Paths of the services, as at the agency."""
