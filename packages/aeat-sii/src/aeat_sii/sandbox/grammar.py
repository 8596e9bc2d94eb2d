"""Judges a message with a table of its structure, in one walk over its elements.

A table (a TOML file) has types of elements and forms of texts; ``structure.toml`` says how an
element is written in it.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from typing import Any

from lxml import etree

__all__ = ["BadStructureError", "BadValue", "Element", "Grammar"]

_ELEMENT = re.compile(
    r"(?:(?P<prefix>\w+):)?(?P<name>[\w.]+)(?P<optional>\?)?(?:\{1,(?P<most>\d+|\*)\})? "
    r"(?P<type>\w+)(?: (?P<code>\d{4})(?:/(?P<length_code>\d{4}):(?P<longest>\d+))?)?"
)
_UNBOUNDED = 10**9
_DAY_TYPES = ("date", "fecha")


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
class Element:
    """One element that a type may hold.

    Args:
        tag: In Clark's notation.
        name: Local name.
        prefix: Of the table; empty for the namespace of the records.
        type: Name in the table.
        code: The agency's code for a wrong text.
        length_code: The one for a text of more than ``longest`` characters, if it has another.
        longest: Characters.
    """

    tag: str
    name: str
    prefix: str
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

    elements: tuple[Element, ...]
    optional: bool
    most: int


@dataclass(frozen=True, slots=True)
class _Shape:
    """A type with elements: its places, and which place each element has."""

    particles: tuple[_Particle, ...]
    places: Mapping[str, tuple[int, Element]]


@dataclass(frozen=True, slots=True)
class Grammar:
    """A table of structure.

    Args:
        types: The types with elements.
        texts: The forms of the types that are texts.
        missing: Code for the lack of an element of a type; ``""`` for the others.
        too_many: Code for too many elements of a type; ``""`` for the others.
        bad_value: Code for a wrong text whose element has none of its own.
        data: The whole file.
    """

    types: Mapping[str, _Shape]
    texts: Mapping[str, re.Pattern[str]]
    missing: Mapping[str, str]
    too_many: Mapping[str, str]
    bad_value: str = "1100"
    data: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def load(
        cls,
        package: str,
        namespaces: Mapping[str, str],
        *,
        missing: Mapping[str, str],
        too_many: Mapping[str, str],
        codes: Mapping[str, str] | None = None,
        file: str = "structure.toml",
    ) -> "Grammar":
        """Read a table of structure.

        Args:
            package: Where the file lies.
            namespaces: By prefix of the table.
            missing: See the class.
            too_many: See the class.
            codes: Codes by type or name of element, for a table that has none.
            file: Name of the table.
        """
        text = resources.files(package).joinpath(file).read_text(encoding="utf-8")
        data = tomllib.loads(text)
        types = {
            name: _shape([_particle(text, namespaces, codes or {}) for text in particles])
            for name, particles in data["types"].items()
        }
        texts = {
            name: re.compile(form, re.ASCII | re.DOTALL) for name, form in data["texts"].items()
        }
        return cls(types, texts, missing, too_many, data=data)

    def elements(self, type_name: str) -> tuple[Element, ...]:
        """Return the elements of a type in their order; none for a text."""
        shape = self.types.get(type_name)
        if shape is None:
            return ()
        return tuple(e for particle in shape.particles for e in particle.elements)

    def check(self, element: etree._Element, type_name: str, code: str = "") -> list[BadValue]:
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
        found: list[BadValue] = []
        self._check(element, type_name, code, found)
        return found

    def _check(
        self, element: etree._Element, type_name: str, code: str, found: list[BadValue]
    ) -> None:
        shape = self.types.get(type_name)
        if shape is None:
            if type_name != "any":
                self._check_text(element, type_name, code, found)
            return
        if element.text and element.text.strip():
            raise BadStructureError("4103", f"{_name(element)} lleva texto entre sus elementos")
        particles, places = shape.particles, shape.places
        position, count = -1, 0
        for child in element.iterchildren("*"):
            if child.tail and child.tail.strip():
                raise BadStructureError("4103", f"{_name(element)} lleva texto entre sus elementos")
            place = places.get(child.tag)
            if place is None or place[0] < position:
                self._require(element, particles[position + 1 :], type_name)
                raise BadStructureError(
                    "4103", f"{_name(child)} no se espera ahí en {_name(element)}"
                )
            index, expected = place
            if index == position:
                count += 1
            else:
                if index > position + 1:
                    self._require(element, particles[position + 1 : index], type_name)
                position, count = index, 1
            if count > particles[index].most:
                raise BadStructureError(
                    self.too_many.get(expected.type) or self.too_many[""],
                    f"{_name(child)} aparece más de {particles[index].most} veces",
                )
            own = expected.code
            if expected.length_code:
                own = expected.code_for((child.text or "").strip())
            self._check(child, expected.type, own or code, found)
        self._require(element, particles[position + 1 :], type_name)

    def _require(
        self, element: etree._Element, particles: tuple[_Particle, ...], type_name: str
    ) -> None:
        for particle in particles:
            if not particle.optional:
                names = " o ".join(e.name for e in particle.elements)
                code = self.missing.get(type_name) or self.missing[""]
                raise BadStructureError(code, f"falta {names} en {_name(element)}")

    def _check_text(
        self, element: etree._Element, type_name: str, code: str, found: list[BadValue]
    ) -> None:
        if len(element) and next(element.iterchildren("*"), None) is not None:
            raise BadStructureError("4103", f"{_name(element)} no lleva elementos")
        text = (element.text or "").strip()
        form = self.texts[type_name]
        good = form.fullmatch(text) or form.fullmatch(element.text or "")
        if not good or (type_name in _DAY_TYPES and not _is_day(text)):
            found.append(BadValue(element, code or self.bad_value))


def _shape(particles: list[_Particle]) -> _Shape:
    places: dict[str, tuple[int, Element]] = {}
    for index, particle in enumerate(particles):
        for element in particle.elements:
            if element.tag in places:
                raise ValueError(f"structure.toml: {element.name} has two places")
            places[element.tag] = (index, element)
    return _Shape(tuple(particles), places)


def _particle(text: str, namespaces: Mapping[str, str], codes: Mapping[str, str]) -> _Particle:
    matches = [_matched(part) for part in text.split(" | ")]
    elements = tuple(
        Element(
            f"{{{namespaces[match['prefix'] or '']}}}{match['name']}",
            match["name"],
            match["prefix"] or "",
            match["type"],
            match["code"] or codes.get(match["type"]) or codes.get(match["name"], ""),
            match["length_code"] or "",
            int(match["longest"] or 0),
        )
        for match in matches
    )
    most = matches[0]["most"] or "1"
    return _Particle(
        elements, bool(matches[0]["optional"]), _UNBOUNDED if most == "*" else int(most)
    )


def _matched(part: str) -> re.Match[str]:
    match = _ELEMENT.fullmatch(part)
    if match is None:
        raise ValueError(f"structure.toml: {part!r} is not an element")
    return match


def _is_day(text: str) -> bool:
    try:
        date(int(text[6:]), int(text[3:5]), int(text[:2]))
    except ValueError:
        return False
    return True


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2][:60]
