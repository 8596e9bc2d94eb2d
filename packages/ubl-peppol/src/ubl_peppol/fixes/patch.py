"""Operations of an XML patch, written and applied.

Source: RFC 5261. A selector is the path of one element, of its text or of an attribute; a name
without prefix is in the namespace of the document's root, which the patch declares as its default
(section 4.2.2). Of the RFC this holds ``replace`` of a text or an attribute and ``remove`` of an
element, with its text behind it (``ws="after"``): what certain changes need.
"""

import re
from dataclasses import dataclass

from lxml import etree

from einvoice_core.xml.parsing import parse
from ubl_peppol.errors import PatchError
from ubl_peppol.syntax import CAC, CBC

__all__ = ["PATCH", "Operation", "Patch", "Remove", "Replace", "find"]

PATCH = "urn:einvoice-es:xml-patch"
"""Namespace of the element ``diff`` that holds the operations."""

_STEP = re.compile(
    r"(?:(?P<prefix>cac|cbc):)?(?P<name>[A-Za-z][A-Za-z0-9]*)(?:\[(?P<place>[0-9]+)\])?"
)
_NAMESPACES = {"cac": CAC, "cbc": CBC}


@dataclass(frozen=True, slots=True)
class Replace:
    """Put another text in the place of one: ``path`` ends in ``text()`` or in an attribute."""

    path: str
    value: str

    def __str__(self) -> str:
        return f"replace {self.path} with {self.value!r}"


@dataclass(frozen=True, slots=True)
class Remove:
    """Take an element away."""

    path: str

    def __str__(self) -> str:
        return f"remove {self.path}"


Operation = Replace | Remove


@dataclass(frozen=True, slots=True)
class Patch:
    """Operations in the order in which they are made; each sees what those before it left."""

    operations: tuple[Operation, ...] = ()
    namespace: str = ""
    """Namespace of the document's root."""

    def to_xml(self) -> bytes:
        """Write the patch as a document."""
        spaces: dict[str | None, str] = {"p": PATCH, "cac": CAC, "cbc": CBC}
        if self.namespace:
            spaces[None] = self.namespace
        diff = etree.Element(f"{{{PATCH}}}diff", nsmap=spaces)  # type: ignore[arg-type]  # the stubs know no default namespace
        for operation in self.operations:
            kind = "replace" if isinstance(operation, Replace) else "remove"
            entry = etree.SubElement(diff, f"{{{PATCH}}}{kind}", sel=operation.path)
            if isinstance(operation, Replace):
                entry.text = operation.value
            else:
                entry.set("ws", "after")
        return etree.tostring(diff, xml_declaration=True, encoding="UTF-8", pretty_print=True)

    @classmethod
    def from_xml(cls, data: bytes) -> "Patch":
        """Read a patch.

        Raises:
            PatchError: It is no patch, or holds an operation that is not made here.
            XmlRefused: The bytes are not a document that is read.
        """
        diff = parse(data)
        if diff.tag != f"{{{PATCH}}}diff":
            raise PatchError("this is no patch: its root is not diff")
        operations: list[Operation] = []
        for entry in diff.iterchildren("*"):
            path = str(entry.get("sel") or "")
            if entry.tag == f"{{{PATCH}}}replace":
                operations.append(Replace(path, entry.text or ""))
            elif entry.tag == f"{{{PATCH}}}remove":
                operations.append(Remove(path))
            else:
                raise PatchError(f"the operation {entry.tag} is not made here", path=path)
        return cls(tuple(operations), diff.nsmap.get(None, "") or "")

    def apply(self, root: etree._Element) -> None:
        """Make the changes in a document.

        Raises:
            PatchError: A place is not there; what came before it is made.
        """
        for operation in self.operations:
            _apply(root, operation)


def _apply(root: etree._Element, operation: Operation) -> None:
    path = operation.path
    if isinstance(operation, Remove):
        _remove(find(root, path))
        return
    if path.endswith("/text()"):
        element = find(root, path.removesuffix("/text()"))
        if len(element):
            raise PatchError(f"{path} holds more than a text", path=path)
        element.text = operation.value
        return
    where, at, name = path.rpartition("/@")
    if not at:
        raise PatchError(f"{path} is neither a text nor an attribute", path=path)
    element = find(root, where)
    if element.get(name) is None:
        raise PatchError(f"{path} is not there", path=path)
    element.set(name, operation.value)


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        raise PatchError("the root cannot be taken away")
    tail = (element.tail or "").lstrip(" \t\r\n")
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    element.tail = None
    parent.remove(element)


def find(root: etree._Element, path: str) -> etree._Element:
    """Return the one element at a path.

    Raises:
        PatchError: There is none, or there are several and the path does not say which.
    """
    space = etree.QName(root).namespace
    element = root
    steps = path.split("/")[1:] if path.startswith("/") else []
    if not steps:
        raise PatchError(f"{path!r} is no path of an element", path=path)
    for number, step in enumerate(steps):
        match = _STEP.fullmatch(step)
        if match is None:
            raise PatchError(f"the step {step!r} of {path} is not understood", path=path)
        uri = _NAMESPACES[match["prefix"]] if match["prefix"] else space
        name = f"{{{uri}}}{match['name']}" if uri else match["name"]
        found = [root] if number == 0 else element.findall(name)
        place = int(match["place"] or 0)
        if (number == 0 and root.tag != name) or not found or place > len(found):
            raise PatchError(f"{path} is not there", path=path)
        if not place and len(found) > 1:
            raise PatchError(f"{path} leads to {len(found)} elements", path=path)
        element = found[max(place, 1) - 1]
    return element
