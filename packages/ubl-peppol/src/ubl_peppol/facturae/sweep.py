"""What a conversion from Facturae leaves behind: the elements without a term.

``mapping.toml`` says for each element what becomes of it. Whatever it does not name is dropped, and
stands in the ledger.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import product
from typing import Any, get_args

from einvoice_core.records import Record, Xml
from facturae_es.model import Facturae
from facturae_es.model import Invoice as FacturaeInvoice
from ubl_peppol.facturae.ledger import Ledger

__all__ = ["WAYS", "Row", "elements", "record_in", "rows", "sweep", "terms_of"]

WAYS = {
    "same": "the same value on both sides",
    "code": "the nearest code of the other list",
    "joined": "one text of several elements; taken apart again where that is certain",
    "named": "the texts of the invoice name the operation",
    "sentence": "a sentence of the notes or of the terms of payment, read back",
    "charge": "a charge or allowance without tax, read back",
    "computed": "the norm computes it; the ledger says where the file says something else",
    "follows": "it follows from other elements; the ledger says where it does not",
    "chosen": "part of it passes, as the ledger says",
    "dropped": "no term: the ledger holds it",
}

_INVOICE = "Invoices/Invoice/"
_INSTALLMENTS = "PaymentDetails/Installment/"
_FACTORING = "FileHeader/FactoringAssignmentData/"


@dataclass(frozen=True, slots=True)
class Row:
    """What becomes of an element.

    Attributes:
        element: Its path, without that of the invoice.
        terms: Business terms of EN 16931.
        way: One of :data:`WAYS`.
    """

    element: str
    terms: tuple[str, ...]
    way: str


@cache
def _table() -> Mapping[str, Any]:
    file = resources.files("ubl_peppol").joinpath("facturae/mapping.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def rows() -> tuple[Row, ...]:
    """Return the published table, one row for each element that has a place."""
    found = []
    for path, terms, way in _table()["rows"]:
        parts = [part.split("|") for part in path.split("/")]
        found += [Row("/".join(names), tuple(terms.split()), way) for names in product(*parts)]
    return tuple(found)


@cache
def terms_of() -> frozenset[str]:
    """Return the terms that have a place in Facturae, or an entry of their own in the ledger."""
    others = _table()["terms"].values()
    return frozenset(term for row in rows() for term in row.terms).union(*others)


@cache
def _placed() -> frozenset[str]:
    return frozenset(row.element for row in rows())


@cache
def _names(kind: type[Record]) -> tuple[tuple[str, str], ...]:
    """Return the fields of a record with the path of their elements below it."""
    found = []
    for name, field in kind.model_fields.items():
        mark = next(each for each in field.metadata if isinstance(each, Xml))
        inside = (mark.inside,) if isinstance(mark.inside, str) else mark.inside
        found.append((name, "/".join((*filter(None, inside), str(mark.name)))))
    return tuple(found)


def elements(kind: type[Record] = Facturae, path: str = "") -> Iterator[str]:
    """Yield every element of a file that holds a value, without the path of the invoice."""
    fields = kind.model_fields
    for name, element in _names(kind):
        at = f"{path}{element}"
        below = record_in(fields[name].annotation)
        if below is not None:
            yield from elements(below, f"{at}/")
        else:
            yield at.removeprefix(_INVOICE)


def record_in(annotation: object) -> type[Record] | None:
    """Return the record that a field holds, alone or among others."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return annotation
    return next((found for part in get_args(annotation) if (found := record_in(part))), None)


def sweep(document: Facturae, source: FacturaeInvoice, ledger: Ledger) -> None:
    """Note every element without a term, for the file and one of its invoices."""
    file = document.model_copy(update={"invoices": (source,)})
    for path, value in _unplaced(file, ""):
        ledger.dropped(path.removeprefix(_INVOICE), value, _reason(path))
    if document.file_header.factoring is not None:
        for installment in source.payment_details:
            for path, value in _all(installment, _INSTALLMENTS):
                ledger.dropped(path, value, "the assignee is paid as the assignment says")


@cache
def _steps(kind: type[Record], path: str) -> tuple[tuple[str, str, bool], ...]:
    """Return the fields below which something has no term: name, path, and whether they are it."""
    found = []
    for name, element in _names(kind):
        at = f"{path}{element}"
        below = record_in(kind.model_fields[name].annotation)
        if below is None:
            plain = at.removeprefix(_INVOICE)
            known = plain.removeprefix(_FACTORING) if _INSTALLMENTS in plain else plain
            if known not in _placed():
                found.append((name, at, True))
        elif _steps(below, f"{at}/"):
            found.append((name, f"{at}/", False))
    return tuple(found)


def _unplaced(record: Record, path: str) -> Iterator[tuple[str, object]]:
    for name, at, is_leaf in _steps(type(record), path):
        value = getattr(record, name)
        if value is None:
            continue
        for item in value if isinstance(value, tuple) else (value,):
            if is_leaf:
                yield at, item
            else:
                yield from _unplaced(item, at)


def _all(record: Record, path: str) -> Iterator[tuple[str, object]]:
    """Yield path and value of everything that a record says."""
    for name, element in _names(type(record)):
        value = getattr(record, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Record):
                yield from _all(item, f"{path}{element}/")
            elif item is not None:
                yield f"{path}{element}", item


def _reason(path: str) -> str:
    if path == "Signature":
        return "it covers the Facturae file, not this invoice"
    if path.startswith("FileHeader/ThirdParty/"):
        return "EN 16931 does not say who drew the invoice up"
    return "EN 16931 has no term for it"
