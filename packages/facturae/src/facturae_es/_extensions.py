"""What may stand inside ``Extensions``.

The official schemas take any element of another namespace there, and demand that its declaration
is known. Known are the three published extensions, whose content is judged, and a signature, which
the layer of signatures judges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from lxml import etree

from einvoice_core.records import Record
from einvoice_core.xml import binding
from einvoice_core.xml.parsing import parse
from facturae_es._utilities import UTILITIES, utilities_extension
from facturae_es._values import faults
from facturae_es.facets import Version
from facturae_es.model.extensions import CORREOS, FACEB2B, CorreosExtension, FaceB2BExtension

__all__ = ["KNOWN", "faults_of_extensions"]

KNOWN: Mapping[str, Callable[[], type[Record]] | None] = MappingProxyType(
    {
        f"{{{FACEB2B}}}FaceB2BExtension": lambda: FaceB2BExtension,
        f"{{{CORREOS}}}CorreosExtension": lambda: CorreosExtension,
        f"{{{UTILITIES}}}UtilitiesExtension": utilities_extension,
        "{http://www.w3.org/2000/09/xmldsig#}Signature": None,
    }
)
"""Elements that may stand there, and where to get the record of those that have one."""

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def faults_of_extensions(value: object) -> Iterator[tuple[str, str]]:
    """Judge the text of an ``Extensions`` element.

    Yields:
        Number of the rule and message.
    """
    root = parse(str(value).encode())
    if any(not str(name).startswith(_XSI) for name in root.attrib):
        yield "S09", "Extensions takes no attributes: remove them"
    texts = [root.text, *(child.tail for child in root)]
    if any(text and text.strip(" \t\r\n") for text in texts):
        yield "S09", "Extensions holds elements only: remove the text between them"
    for child in root.iterchildren("*"):
        yield from _faults_of(child)


def _faults_of(element: etree._Element) -> Iterator[tuple[str, str]]:
    tag: Any = element.tag
    if tag not in KNOWN:
        shown = str(tag)[:200]
        yield "S09", f"{shown} is no published extension: agree on one of those, or leave it out"
        return
    record_type = KNOWN[tag]
    if record_type is None:
        return
    bound = binding.read(element, record_type())
    for finding in bound.findings:
        yield "S09", finding.message
    if bound.record is not None:
        for rule, message, _ in faults(bound.record, Version.V3_2_2):
            yield rule, message
