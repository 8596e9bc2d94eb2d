"""Changes of a document, written in one line each, and the pairs that they make.

An *edit* is a verb, a path and a value: ``drop``, ``double``, ``text``, ``set`` and ``unset`` an
attribute, ``add`` an element at the end of another, ``nest`` an element inside a leaf. A *pair* is
what a directed suite holds of a rule: a document on which it fires, and a near miss, the same
document with another edit at the same place, on which it is silent.
"""

import copy
import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from einvoice_core.errors import BadParameterError
from ubl_peppol.reading.values import location_of
from ubl_peppol.syntax import CAC, CBC, EXT
from ubl_peppol.syntax_cii import CII_NAMESPACES

__all__ = ["TEXTS", "Edit", "Pair", "apply", "edits_of", "read_pairs", "read_suite", "write_pairs"]

_NAMES = {"cac": CAC, "cbc": CBC, "ext": EXT, **CII_NAMESPACES}
TEXTS = (
    "", "  ", "XX", "1.234", "-7.00", "0", "999999.00", "2016-01-01", "2199-12-31",
    "S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B", "VAT", "TAX", "30", "58", "130", "50",
    "380", "EUR", "DE", "IT", "true", "false", "#XX!#Nota", "12345678901234",
)  # fmt: skip
"""What a plain edit makes an element of UBL say."""
_VALUES = ("XX", "", "EUR", "SEPA", "0088")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a document."""

    verb: str
    path: str
    """From the root, whose name is left out: ``/*/cac:InvoiceLine[2]/cbc:ID``."""
    value: str = ""

    def __str__(self) -> str:
        return f"{self.verb} {self.path} {self.value}".rstrip(" ")


@dataclass(frozen=True, slots=True)
class Pair:
    """A document on which a rule fires, and one near it on which the rule is silent."""

    rule: str
    base: str
    fires: tuple[Edit, ...]
    near: tuple[Edit, ...]


def apply(xml: str, edits: tuple[Edit, ...]) -> str:
    """Return a document with some edits made, in their order.

    Raises:
        BadParameterError: An edit names a place that the document has not.
    """
    root = etree.fromstring(xml.encode())
    for edit in edits:
        _apply(root, edit)
    return etree.tostring(root, encoding="unicode")


def _apply(root: etree._Element, edit: Edit) -> None:
    path, _, attribute = edit.path.partition("/@")
    found = root.xpath(path, namespaces=_NAMES)
    element = found[0] if isinstance(found, list) and found else None
    if not isinstance(element, etree._Element):
        raise BadParameterError(f"the document has no {path}", path=path)
    parent = element.getparent()
    if edit.verb == "drop" and parent is not None:
        parent.remove(element)
    elif edit.verb == "double":
        element.addnext(copy.deepcopy(element))
    elif edit.verb == "text":
        element.text = edit.value
    elif edit.verb == "set":
        element.set(attribute, edit.value)
    elif edit.verb == "unset":
        element.attrib.pop(attribute, "")
    elif edit.verb in ("add", "nest"):
        _add(element, edit.value)
    else:
        raise BadParameterError(f"there is no edit {edit.verb!r}", verb=edit.verb)


def _add(element: etree._Element, value: str) -> None:
    """Add ``cac:A/cbc:B=text`` below an element."""
    path, _, text = value.partition("=")
    for step in path.split("/"):
        if step.startswith("@"):
            element.set(step[1:], text)
            return
        prefix, _, local = step.partition(":")
        name = f"{{{_NAMES[prefix]}}}{local}" if local else step
        element = etree.SubElement(element, name)
    element.text = text


def edits_of(xml: str, texts: Iterable[str] = TEXTS) -> Iterator[Edit]:
    """Yield every plain edit of a document: what can be dropped, doubled, blanked or replaced."""
    texts = tuple(texts)
    root = etree.fromstring(xml.encode())
    for element in root.iter(etree.Element):
        path = _path(element)
        if element is not root:
            yield Edit("drop", path)
            yield Edit("double", path)
        if element.find("*") is None:
            for text in texts:
                yield Edit("text", path, text)
        for name in map(str, element.attrib):
            attribute = f"{path}/@{name}"
            yield Edit("unset", attribute)
            for value in _VALUES:
                yield Edit("set", attribute, value)


def _path(element: etree._Element) -> str:
    below = location_of(element).path.split("/", 2)[2:]
    return "/".join(("/*", *below))


def read_pairs(path: Path) -> tuple[Pair, ...]:
    """Read the pairs of a directed suite."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(line for line in file if not line.startswith("#"))
        return tuple(
            Pair(rule, base, _parse(fires), _parse(near)) for rule, base, fires, near in rows
        )


def read_suite(folder: Path, name: str) -> tuple[Pair, ...]:
    """Read a directed suite: the pairs that were made by hand, then those that were searched."""
    return read_pairs(folder / f"{name}-by-hand.csv") + read_pairs(folder / f"{name}.csv")


def write_pairs(path: Path, pairs: Mapping[str, list[Pair]], head: str) -> None:
    """Write the pairs of a directed suite, rule by rule."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(head)
        writer = csv.writer(file, lineterminator="\n")
        for rule in sorted(pairs):
            for pair in pairs[rule]:
                writer.writerow([rule, pair.base, _format(pair.fires), _format(pair.near)])


def _parse(text: str) -> tuple[Edit, ...]:
    edits = []
    for line in text.split(" ; "):
        if line:
            verb, path, *value = line.split(" ", 2)
            edits.append(Edit(verb, path, _unquoted("".join(value))))
    return tuple(edits)


def _format(edits: tuple[Edit, ...]) -> str:
    return " ; ".join(
        f"{edit.verb} {edit.path} {edit.value!r}" if edit.value.strip() != edit.value else str(edit)
        for edit in edits
    )


def _unquoted(value: str) -> str:
    return value[1:-1] if value[:1] == "'" == value[-1:] else value
