"""The tables of the sandbox of SII: structure, operations, books, and what each code says."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, TypeAlias

from aeat_sii.sandbox.grammar import Grammar

__all__ = [
    "IGIC_OPERATIONS",
    "NAMESPACES",
    "OPERATIONS",
    "PATHS",
    "Operation",
    "Tax",
    "canonical",
    "grammar",
    "namespaces",
    "said",
    "value_codes",
]

Tax: TypeAlias = Literal["iva", "igic"]
"""Whose messages: those of the state's agency, or of the Canary Islands."""

_BASE = (
    "https://www2.agenciatributaria.gob.es/static_files/common/internet/dep/aplicaciones/es/aeat/"
    "ssii/"
)
_FOLDERS: Mapping[Tax, str] = {"iva": "fact/ws/", "igic": "igic/ws/"}
_TABLES: Mapping[Tax, str] = {"iva": "structure.toml", "igic": "structure_igic.toml"}


def namespaces(tax: Tax) -> Mapping[str, str]:
    """Return the namespaces by the prefixes of the tables of structure."""
    base = _BASE + _FOLDERS[tax]
    return {
        "": f"{base}SuministroInformacion.xsd",
        "lr": f"{base}SuministroLR.xsd",
        "lrc": f"{base}ConsultaLR.xsd",
        "r": f"{base}RespuestaSuministro.xsd",
        "rc": f"{base}RespuestaConsultaLR.xsd",
    }


NAMESPACES = namespaces("iva")
"""Namespaces of the state's agency."""


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
        tax: Whose messages they are.
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
    tax: Tax = "iva"


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
def grammar(tax: Tax = "iva") -> Grammar:
    """Return the table of structure."""
    codes = _file("codes.toml")
    return Grammar.load(
        "aeat_sii.sandbox.sii",
        namespaces(tax),
        missing={"": "4102"},
        too_many=codes["too_many"],
        codes=codes["values"],
        file=_TABLES[tax],
    )


def _operations(tax: Tax) -> dict[str, Operation]:
    books = _file("books.toml")
    found = {}
    for name, (path, type_, answer, answer_type) in grammar(tax).data["operations"].items():
        prefix, _, local = name.partition(":")
        root = f"{{{namespaces(tax)[prefix]}}}{local}"
        row = books[name]
        found[root] = Operation(
            root=root,
            path=path,
            type=type_,
            answer=answer,
            answer_type=answer_type,
            tax=tax,
            **row,
        )
    return found


OPERATIONS: Mapping[str, Operation] = _operations("iva")
"""Every operation of the services of the state's agency, by the tag of its message."""

IGIC_OPERATIONS: Mapping[str, Operation] = _operations("igic")
"""Those of the Canary Islands: issued and received invoices."""

_PRODUCTION, _TRIALS = "/tributos/middleware/", "/tributos/middlewarecaut/"
_IGIC_PATHS = {operation.path for operation in IGIC_OPERATIONS.values()}

PATHS = frozenset(
    {operation.path for operation in OPERATIONS.values()}
    | _IGIC_PATHS
    | {path.replace(_PRODUCTION, _TRIALS) for path in _IGIC_PATHS}
)
"""Paths of the services, as at the agencies; those of the Canary Islands for trials too."""


def canonical(path: str) -> str:
    """Return the path of a service in production: the Canary Islands have another for trials."""
    return path.replace(_TRIALS, _PRODUCTION)
