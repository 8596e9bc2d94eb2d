"""One pass over a document beside its grammar."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import cast

from lxml import etree

from einvoice_core.findings import MAX_FINDINGS, Finding, Location, Report, Severity
from ubl_peppol.errors import UnknownDocumentError
from ubl_peppol.reading.values import location_of
from ubl_peppol.structure.grammar import Attribute, Grammar, Leaf, Node, Particle, grammar_of
from ubl_peppol.structure.lexical import described
from ubl_peppol.syntax import CAC

__all__ = ["STRUCTURE_RULES", "validate"]

_LAYER = "structure"

STRUCTURE_RULES: Mapping[str, str] = MappingProxyType(
    {
        "UBL-PEPPOL-101": "An element stands only where the grammar has it.",
        "UBL-PEPPOL-102": "An element that the grammar demands is there.",
        "UBL-PEPPOL-103": "An element occurs no more often than the grammar allows.",
        "UBL-PEPPOL-104": "Elements stand in the order of the grammar.",
        "UBL-PEPPOL-105": "A value is of the type of its element.",
        "UBL-PEPPOL-106": "An element has only the attributes of its type.",
        "UBL-PEPPOL-107": "An attribute that the type demands is there.",
        "UBL-PEPPOL-108": "The value of an attribute is of its type.",
        "UBL-PEPPOL-109": "An element that holds elements holds no text besides.",
        "UBL-PEPPOL-110": "No instruction in the document (xsi:type, xsi:nil) changes the grammar.",
        "UBL-PEPPOL-111": "The root is a document, not an element that stands inside documents.",
    }
)
"""Our rule ids of the layer, and what each demands."""

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_HINTS = (f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation")
_BLANK = " \t\r\n"
_EXTENSIONS = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"


def validate(
    root: etree._Element, limit: int = MAX_FINDINGS, *, grammar: Grammar | None = None
) -> Report:
    """Judge names, order, occurrence, types and attributes.

    Args:
        root: A UBL 2.1 invoice, credit note or application response, or a CII D16B invoice; or an
            aggregate of UBL 2.1 alone, of which only is said that it is no document.
        limit: Findings to keep at most.
        grammar: Another grammar than the one that the root names, such as that of UBL 2.5.

    Returns:
        The findings in the order of the document.

    Raises:
        UnknownDocumentError: There is no grammar for the root.
    """
    tag = str(root.tag)
    grammar = grammar or grammar_of(tag)
    if grammar is None and etree.QName(root).namespace == CAC:
        name = etree.QName(root).localname
        message = f"cac:{name[:100]} is a part of a document: put it into an Invoice or CreditNote."
        return Report((_finding("111", location_of(root), message),), (_LAYER,))
    if grammar is None or tag not in grammar.roots:
        raise UnknownDocumentError(f"there is no grammar for the root {tag[:200]!r}", root=tag)
    findings: list[Finding] = []
    for finding in _Walk(grammar).node(root, grammar.roots[tag]):
        if len(findings) >= limit:
            return Report(tuple(findings), (_LAYER,), truncated=True)
        findings.append(finding)
    return Report(tuple(findings), (_LAYER,))


def _finding(rule: str, at: Location, message: str) -> Finding:
    return Finding(f"UBL-PEPPOL-{rule}", Severity.FATAL, message, at.path, at.line)


def _cut(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:60] + "…")


class _Walk:
    """The walk through one document."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar

    def name(self, tag: str) -> str:
        namespace, _, local = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
        for prefix, uri in self.grammar.prefixes.items():
            if uri == namespace:
                return f"{prefix}:{local}"
        return f"{local} (namespace {namespace or 'none'})"

    def node(self, element: etree._Element, node: Node) -> Iterator[Finding]:
        if element.keys():
            yield from self._attributes(element, _NO_ATTRIBUTES, ())
        if node.open:
            yield from self._wildcard(element)
            return
        known, place, said_text = node.children, -1, False
        text: str | None = element.text
        for child in element:
            if text and not text.isspace() and not said_text and text.strip(_BLANK):
                yield self._text(element, text)
                said_text = True
            text = child.tail
            tag = child.tag
            if tag.__class__ is not str:
                continue
            particle = known.get(tag)
            if particle is None:
                yield self._unexpected(child, node, place)
                continue
            here = particle.place
            if here > place and (not node.one_of or place < 0):
                if particle.after > place and not node.one_of:
                    yield self._missing(child, node, place, particle)
                place = here
            elif node.one_of:
                yield self._second(child, node)
            elif here < place:
                yield self._misplaced(child, node, place, particle)
            elif not particle.repeats:
                yield self._repeated(child, particle)
            kind = particle.kind
            if isinstance(kind, Leaf):
                check = kind.check
                if len(child) or (check is not None and not check(child.text or "")):
                    yield from self._value(child, kind)
                elif child.keys() or kind.required:
                    yield from self._attributes(child, kind.attributes, kind.required)
            else:
                yield from self.node(child, kind)
        if text and not said_text and text.strip(_BLANK):
            yield self._text(element, text)
        if place < node.last or (node.one_of and place < 0):
            yield self._ended(element, node, place)

    def _value(self, element: etree._Element, leaf: Leaf) -> Iterator[Finding]:
        yield from self._attributes(element, leaf.attributes, leaf.required)
        inner = element.find("*")
        if inner is not None:
            yield _finding(
                "101",
                location_of(element),
                f"{self.name(str(inner.tag))} stands inside {self.name(str(element.tag))}, which "
                f"holds {described(leaf.base)} and no elements: take it away.",
            )
            return
        if leaf.check is not None:
            # Comments may stand in the middle of a value.
            text = (element.text or "") + "".join(child.tail or "" for child in element)
            if not leaf.check(text):
                yield _finding(
                    "105",
                    location_of(element),
                    f"{self.name(str(element.tag))} has the value {_cut(text)}: write "
                    f"{described(leaf.base)}.",
                )

    def _attributes(
        self, element: etree._Element, known: Mapping[str, Attribute], required: tuple[str, ...]
    ) -> Iterator[Finding]:
        for name, value in cast("list[tuple[str, str]]", element.items()):
            entry = known.get(name)
            if entry is None:
                if name in _HINTS:
                    continue
                yield self._strange(element, name, known)
            elif entry.fixed is not None and _same(value, entry) != entry.fixed:
                yield _finding(
                    "108",
                    location_of(element, name),
                    f"{name} of {self.name(str(element.tag))} has the value {_cut(value)}: it can "
                    f"only be {entry.fixed!r}; change it or leave it out.",
                )
            elif entry.check is not None and not entry.check(value):
                yield _finding(
                    "108",
                    location_of(element, name),
                    f"{name} of {self.name(str(element.tag))} has the value {_cut(value)}: write "
                    f"{described(entry.base)}.",
                )
        for name in required:
            if element.get(name) is None:
                yield _finding(
                    "107",
                    location_of(element),
                    f"{self.name(str(element.tag))} has no {name}: add this attribute.",
                )

    def _strange(
        self, element: etree._Element, name: str, known: Mapping[str, Attribute]
    ) -> Finding:
        if name.startswith(_XSI):
            return _finding(
                "110",
                location_of(element),
                f"xsi:{name.removeprefix(_XSI)} is not for an invoice: take it away.",
            )
        may = f"it may have {', '.join(known)}" if known else "it has none"
        return _finding(
            "106",
            location_of(element, name),
            f"{self.name(str(element.tag))} has no attribute {name!r} ({may}): take it away.",
        )

    def _wildcard(self, element: etree._Element) -> Iterator[Finding]:
        children = [child for child in element if child.tag.__class__ is str]
        for child in children[1:]:
            yield _finding(
                "103", location_of(child), "An extension holds one element: move this to another."
            )
        if not children:
            yield _finding(
                "102", location_of(element), "The extension is empty: fill it or take it away."
            )
            return
        first = children[0]
        namespace = etree.QName(first).namespace
        if namespace in (None, _EXTENSIONS):
            yield _finding(
                "101",
                location_of(first),
                f"{self.name(str(first.tag))} cannot be the content of an extension: it needs a "
                "namespace of its own.",
            )
            return
        kind = self.grammar.known.get(str(first.tag))
        if isinstance(kind, Node):
            yield from self.node(first, kind)
        elif kind is not None:
            yield from self._value(first, kind)

    def _text(self, element: etree._Element, text: str) -> Finding:
        return _finding(
            "109",
            location_of(element),
            f"{self.name(str(element.tag))} holds elements, but also the text "
            f"{_cut(text.strip())}: take the text away.",
        )

    def _unexpected(self, child: etree._Element, node: Node, place: int) -> Finding:
        return _finding(
            "101",
            location_of(child),
            f"{self.name(str(child.tag))} is not known in {node.name}"
            f"{_expected(node, place)}: take it away or correct its name or namespace.",
        )

    def _second(self, child: etree._Element, node: Node) -> Finding:
        names = " or ".join(particle.shown for particle in node.order)
        return _finding(
            "103", location_of(child), f"There is one of {names} here: take this one away."
        )

    def _missing(
        self, child: etree._Element, node: Node, place: int, particle: Particle
    ) -> Finding:
        lacking = [
            entry.shown for entry in node.order[place + 1 : particle.place] if entry.required
        ]
        return _finding(
            "102",
            location_of(child),
            f"Before {particle.shown}, {', '.join(lacking)} is missing: add it.",
        )

    def _ended(self, element: etree._Element, node: Node, place: int) -> Finding:
        if node.one_of:
            lacking = [" or ".join(particle.shown for particle in node.order)]
        else:
            lacking = [entry.shown for entry in node.order[place + 1 :] if entry.required]
        return _finding(
            "102",
            location_of(element),
            f"{self.name(str(element.tag))} ends without {', '.join(lacking)}: add it.",
        )

    def _misplaced(
        self, child: etree._Element, node: Node, place: int, particle: Particle
    ) -> Finding:
        return _finding(
            "104",
            location_of(child),
            f"{particle.shown} stands after {node.order[place].shown}: move it before it.",
        )

    def _repeated(self, child: etree._Element, particle: Particle) -> Finding:
        return _finding(
            "103",
            location_of(child),
            f"{particle.shown} may occur once here: keep one.",
        )


_NO_ATTRIBUTES: Mapping[str, Attribute] = {}


def _same(value: str, entry: Attribute) -> str:
    """Return a value as its type reads it, to be compared with a fixed one."""
    if entry.base == "token":
        return " ".join(value.split())
    return value


def _expected(node: Node, place: int) -> str:
    shown = []
    for entry in node.order[max(place, 0) :]:
        if entry.place == place and not entry.repeats:
            continue
        shown.append(entry.shown)
        if entry.required or len(shown) == 4:
            break
    if not shown or node.one_of:
        return ""
    return f" (expected: {', '.join(shown)})"
