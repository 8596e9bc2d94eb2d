"""Which record a message speaks of: the texts that identify it, but for names."""

from collections.abc import Iterator, Mapping

from lxml import etree

from aeat_sii.sandbox.grammar import BadStructureError
from aeat_sii.sandbox.sii.tables import Operation, grammar
from aeat_sii.sandbox.sii.tree import Field, Tree, leaves

__all__ = ["identification", "key_of", "line_type", "only", "repeatable", "require_nameable"]

_CUT = {"NombreRazon": 120, "NumSerieFacturaEmisorResumenFin": 60, "IdentificacionBien": 40}
"""Texts of an identification that an answer can shorten when they are too long."""
_NAMES = ("NombreRazon", "NIFRepresentante", "NumSerieFacturaEmisorResumenFin")


def line_type(operation: Operation) -> str:
    """Return the type of a row of the answer of an operation."""
    elements = {
        element.name: element for element in grammar(operation.tax).elements(operation.answer_type)
    }
    return (elements.get("RespuestaLinea") or elements[operation.line]).type


def identification(operation: Operation) -> tuple[str, ...]:
    """Return the elements of a record that the answer names it by."""
    names = []
    for element in grammar(operation.tax).elements(line_type(operation)):
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


def repeatable(named: Tree) -> Tree:
    """Shorten the texts of an identification that are longer than an answer may have them."""
    found: dict[str, Field] = {}
    for name, value in named.items():
        if isinstance(value, Mapping):
            found[name] = repeatable(value)
        else:
            found[name] = value[: _CUT[name]] if name in _CUT else value
    return found


def require_nameable(
    element: etree._Element, names: tuple[str, ...], wrong: dict[etree._Element, str]
) -> None:
    """Refuse a message with a record that the answer could not name.

    Args:
        element: The record.
        names: Elements that the answer names it by.
        wrong: Codes of the wrong values.

    Raises:
        BadStructureError: One of the wrong values names the record.
    """
    for node in _named(element, names):
        if node not in wrong:
            continue
        name = etree.QName(node).localname
        stated = (node.text or "").strip()
        if len(stated) > _CUT.get(name, len(stated)):
            continue
        if name.startswith("Fecha"):
            if not grammar().texts["fecha"].fullmatch(stated):
                raise BadStructureError("4106", f"Campo: {name}.")
        else:
            raise BadStructureError("4111" if name == "NIF" else "4102", f"Campo: {name}.")


def _named(element: etree._Element, names: tuple[str, ...]) -> Iterator[etree._Element]:
    for child in element.iter():
        if etree.QName(child).localname in names:
            yield from child.iter()
