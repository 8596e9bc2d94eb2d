"""Writes answers of SII: a value is put where the table of structure has its name."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from xml.sax.saxutils import escape

from aeat_sii.sandbox.sii.tables import Operation, Tax, grammar, namespaces
from aeat_sii.sandbox.sii.tree import Tree, Value
from aeat_sii.sandbox.soap import SOAP

__all__ = ["envelope", "moment"]


@cache
def _declared(tax: Tax) -> str:
    return " ".join(
        f'xmlns:{prefix or "sii"}="{namespace}"'
        for prefix, namespace in namespaces(tax).items()
        if prefix in ("", "r", "rc")
    )


def envelope(operation: Operation, source: Tree) -> bytes:
    """Write the answer of an operation.

    Args:
        operation: Says the type of the answer.
        source: Its values; what the type does not have is left out.
    """
    content = _content(operation.tax, operation.answer_type, source)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<env:Envelope xmlns:env="{SOAP}"><env:Header/>'
        f"<env:Body><{operation.answer} {_declared(operation.tax)}>{content}</{operation.answer}>"
        "</env:Body></env:Envelope>"
    ).encode()


def moment(instant: datetime) -> str:
    """Write an instant as the service does."""
    return f"{instant:%d-%m-%Y %H:%M:%S}"


def _content(tax: Tax, type_name: str, source: Value) -> str:
    if isinstance(source, str):
        return escape(source)
    parts = []
    for element in grammar(tax).elements(type_name):
        value = source.get(element.name, ())
        name = f"{element.prefix or 'sii'}:{element.name}"
        values = [value] if isinstance(value, str | Mapping) else value
        parts += [f"<{name}>{_content(tax, element.type, each)}</{name}>" for each in values]
    return "".join(parts)
