"""Which record a message speaks of: the texts that identify it, but for names."""

from aeat_sii.sandbox.sii.tables import Operation, grammar
from aeat_sii.sandbox.sii.tree import Tree, leaves

__all__ = ["identification", "key_of", "line_type", "only"]

_NAMES = ("NombreRazon", "NIFRepresentante", "NumSerieFacturaEmisorResumenFin")


def line_type(operation: Operation) -> str:
    """Return the type of a row of the answer of an operation."""
    elements = {element.name: element for element in grammar().elements(operation.answer_type)}
    return (elements.get("RespuestaLinea") or elements[operation.line]).type


def identification(operation: Operation) -> tuple[str, ...]:
    """Return the elements of a record that the answer names it by."""
    names = []
    for element in grammar().elements(line_type(operation)):
        if element.name in ("RefExterna", "EstadoRegistro"):
            break
        names.append(element.name)
    return tuple(names)


def only(record: Tree, names: tuple[str, ...]) -> Tree:
    """Return those elements of a record that have one of the names."""
    return {name: record[name] for name in names if name in record}


def key_of(named: Tree) -> tuple[str, ...]:
    """Return the texts that identify a record.

    Args:
        named: What the record is named by; names of persons are left out.
    """
    return tuple(text.upper() for text in leaves(named, *_NAMES))
