"""Whether a message has the structure that the service asks for.

The table (``structure.toml``) was written for the sandbox alone: it shares nothing with the
records of the library, so that each can find the other wrong.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from lxml import etree

__all__ = ["DS", "LR", "LRC", "SF", "BadStructureError", "BadValue", "check", "text_of"]

_BASE = (
    "https://www2.agenciatributaria.gob.es/static_files/common/internet/dep/aplicaciones/es/aeat/"
    "tike/cont/ws/"
)
SF = _BASE + "SuministroInformacion.xsd"
LR = _BASE + "SuministroLR.xsd"
LRC = _BASE + "ConsultaLR.xsd"
DS = "http://www.w3.org/2000/09/xmldsig#"
_NAMESPACES = {"lr": LR, "lrc": LRC, "ds": DS, "": SF}

_ELEMENT = re.compile(
    r"(?:(?P<prefix>\w+):)?(?P<name>\w+)(?P<optional>\?)?(?:\{1,(?P<most>\d+)\})? "
    r"(?P<type>\w+)(?: (?P<code>\d{4})(?:/(?P<length_code>\d{4}):(?P<longest>\d+))?)?"
)


class BadStructureError(Exception):
    """An element is missing, unknown, repeated or out of place: the whole message is refused.

    Args:
        code: The agency's code.
        reason: For the text of the SOAP fault.
    """

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class BadValue:
    """An element whose text is not of its type.

    Args:
        element: Where.
        code: The agency's code.
    """

    element: etree._Element
    code: str


@dataclass(frozen=True, slots=True)
class _Element:
    tag: str
    type: str
    code: str
    length_code: str
    longest: int

    def code_for(self, text: str) -> str:
        """Return the code for a wrong text, which may be another one when it is too long."""
        return self.length_code if self.length_code and len(text) > self.longest else self.code


@dataclass(frozen=True, slots=True)
class _Particle:
    """A place in a sequence: one element, or a choice of several."""

    elements: tuple[_Element, ...]
    optional: bool
    most: int


@cache
def _table() -> tuple[dict[str, tuple[_Particle, ...]], dict[str, re.Pattern[str]]]:
    data = tomllib.loads(
        resources.files("aeat_sii.sandbox").joinpath("structure.toml").read_text(encoding="utf-8")
    )
    types = {
        name: tuple(_particle(text) for text in particles)
        for name, particles in data["types"].items()
    }
    texts = {name: re.compile(form, re.ASCII | re.DOTALL) for name, form in data["texts"].items()}
    return types, texts


def _particle(text: str) -> _Particle:
    matches = [_matched(part) for part in text.split(" | ")]
    elements = tuple(
        _Element(
            f"{{{_NAMESPACES[match['prefix'] or '']}}}{match['name']}",
            match["type"],
            match["code"] or "",
            match["length_code"] or "",
            int(match["longest"] or 0),
        )
        for match in matches
    )
    return _Particle(elements, bool(matches[0]["optional"]), int(matches[0]["most"] or 1))


def _matched(part: str) -> re.Match[str]:
    match = _ELEMENT.fullmatch(part)
    if match is None:
        raise ValueError(f"structure.toml: {part!r} is not an element")
    return match


def text_of(element: etree._Element | None, *steps: str) -> str:
    """Return the text of an element, or of one inside it, without the blanks around it.

    Args:
        element: Where to begin; ``None`` gives the empty text.
        steps: Names in the namespace of the records.
    """
    for step in steps:
        element = None if element is None else element.find(f"{{{SF}}}{step}")
    return "" if element is None else (element.text or "").strip()


def check(element: etree._Element, type_name: str, code: str = "") -> list[BadValue]:
    """Judge an element with a type of the table.

    Args:
        element: Its name has been looked at already.
        type_name: Name in the table.
        code: The agency's code for a wrong value that has none of its own.

    Returns:
        The texts that are not of their type, in the order of the document.

    Raises:
        BadStructureError: An element is missing, unknown, repeated or out of place.
    """
    return list(_check(element, type_name, code))


def _check(element: etree._Element, type_name: str, code: str) -> Iterator[BadValue]:
    types, texts = _table()
    if type_name not in types:
        if type_name != "any":
            yield from _check_text(element, type_name, texts[type_name], code)
        return
    if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
        raise BadStructureError("4103", f"{_name(element)} lleva texto entre sus elementos")
    children = list(element.iterchildren("*"))
    position = 0
    for particle in types[type_name]:
        count = 0
        while position < len(children):
            child = children[position]
            found = next((e for e in particle.elements if e.tag == child.tag), None)
            if found is None:
                break
            count += 1
            position += 1
            if count > particle.most:
                raise BadStructureError(
                    "4114" if found.type == "RegistroFactura" else "4113",
                    f"{_name(child)} aparece más de {particle.most} veces",
                )
            yield from _check(child, found.type, found.code_for((child.text or "").strip()) or code)
        if count == 0 and not particle.optional:
            names = " o ".join(_local(e.tag) for e in particle.elements)
            missing = "4136" if type_name == "RegistroFactura" else "4102"
            raise BadStructureError(missing, f"falta {names} en {_name(element)}")
    if position < len(children):
        raise BadStructureError(
            "4103", f"{_name(children[position])} no se espera ahí en {_name(element)}"
        )


def _check_text(
    element: etree._Element, type_name: str, form: re.Pattern[str], code: str
) -> Iterator[BadValue]:
    if next(element.iterchildren("*"), None) is not None:
        raise BadStructureError("4103", f"{_name(element)} no lleva elementos")
    text = (element.text or "").strip()
    if not form.fullmatch(text) or (type_name == "date" and not _is_day(text)):
        yield BadValue(element, code or "1100")


def _is_day(text: str) -> bool:
    try:
        date(int(text[6:]), int(text[3:5]), int(text[:2]))
    except ValueError:
        return False
    return True


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _name(element: etree._Element) -> str:
    return _local(str(element.tag))[:60]
