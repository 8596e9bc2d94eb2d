"""From bytes to records, with findings where the document is not what its version says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from types import MappingProxyType
from typing import ClassVar

from lxml import etree

from einvoice_core.findings import MAX_FINDINGS, Finding, HasLocation, Location, Report
from einvoice_core.records import XmlType
from einvoice_core.xml import binding
from einvoice_core.xml.errors import DocumentRefused
from einvoice_core.xml.parsing import LIMITS, Limits, parse
from facturae_es import structure
from facturae_es._places import Place, Places
from facturae_es._plan import made
from facturae_es._signed import with_source
from facturae_es.facets import Version
from facturae_es.model import Facturae
from facturae_es.older import modernise, older_version_of
from facturae_es.spanish import with_name
from facturae_es.versions import NAMESPACES, Loss, convert, version_of

__all__ = [
    "ROOTS",
    "Examined",
    "examine",
    "examine_tree",
    "read",
]


class _Root32(Facturae):
    """The root in the namespace of version 3.2."""

    xml_type: ClassVar[XmlType | None] = XmlType("Facturae", NAMESPACES[Version.V3_2])


class _Root321(Facturae):
    """The root in the namespace of version 3.2.1."""

    xml_type: ClassVar[XmlType | None] = XmlType("Facturae", NAMESPACES[Version.V3_2_1])


ROOTS: Mapping[Version, type[Facturae]] = MappingProxyType(
    {Version.V3_2: _Root32, Version.V3_2_1: _Root321, Version.V3_2_2: Facturae}
)
"""The same record under the root of each version."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A document as it was read: what it holds, and what is wrong with its structure.

    Attributes:
        document: The record; ``None`` when names, order or types do not allow one.
        version: Version of its namespace; 3.2 for a document of 3.0 or 3.1, which is read as such.
        report: Findings about the structure.
        read_from: ``3.0`` or ``3.1``, when the document came in one of them.
        losses: What such a document holds and 3.2 cannot, or what had to be filled in.
    """

    document: Facturae | None
    version: Version
    report: Report = field(default_factory=Report)
    places: Places = field(default_factory=lambda: Places(Facturae), repr=False, compare=False)
    read_from: str | None = None
    losses: tuple[Loss, ...] = ()

    def at(self, path: str) -> Location:
        """Return where a field stands, such as ``invoices[0].totals.invoice_total``."""
        return self.places.location(path)

    def place(self, path: str) -> HasLocation:
        """Return the same, to be looked up when it is needed."""
        return Place(self.places, path)


def examine(xml: bytes, *, limits: Limits = LIMITS) -> Examined:
    """Read a document and judge its structure.

    Args:
        xml: The document as received.
        limits: How large it may be.

    Returns:
        The record where there is one, and the findings of the structure: names, order,
        occurrence, types, lengths, patterns, decimals and code lists of its version. A document of
        3.0 or 3.1 is read and judged as 3.2, with the finding that it should be converted.

    Raises:
        XmlRefused: The bytes are not XML that is read here.
        UnsupportedVersionError: Facturae 3.0 or 3.1 with an assignment of credit.
        NotFacturaeError: Another root.
    """
    return examine_tree(parse(xml, limits), xml)


def examine_tree(root: etree._Element, xml: bytes) -> Examined:
    """Do what :func:`examine` does with a document that is parsed already.

    Args:
        root: Its root; that of a 3.0 or 3.1 document is changed.
        xml: The bytes it was parsed from.
    """
    older = older_version_of(root)
    losses = modernise(root) if older else ()
    version = version_of(root)
    bound = binding.read(root, ROOTS[version])
    places = Places(Facturae, root)
    findings = tuple(map(with_name, bound.findings))
    if older:
        findings = (structure.outdated(older, places), *findings)
    if bound.record is None:
        return Examined(None, version, _report(findings), places, older, losses)
    document = _plain(bound.record, version)
    if older:
        document = _as_3_2(document)
    values = structure.check(document, version, places.location)
    findings += tuple(islice(values, MAX_FINDINGS - len(findings)))
    if not bound.findings and not older:
        document = with_source(document, version, xml)
    return Examined(document, version, _report(findings), places, older, losses)


def read(xml: bytes, *, limits: Limits = LIMITS) -> Facturae:
    """Read a document of version 3.2, 3.2.1 or 3.2.2; one of 3.0 or 3.1 becomes one of 3.2.

    Only names, order, occurrence and types must be right; :func:`facturae_es.validate` judges
    values and sums too. :func:`examine` tells what of 3.0 or 3.1 had no place.

    Args:
        xml: The document as received.
        limits: How large it may be.

    Returns:
        All that it holds: writing it gives the same document, and a signed one byte by byte.

    Raises:
        XmlRefused: The bytes are not XML that is read here.
        UnsupportedVersionError: Facturae 3.0 or 3.1 with an assignment of credit.
        NotFacturaeError: Another root.
        DocumentRefused: The structure is broken; the error carries the findings.
    """
    root = parse(xml, limits)
    older = older_version_of(root)
    if older:
        modernise(root)
    version = version_of(root)
    bound = binding.read(root, ROOTS[version])
    if bound.findings:
        bound = replace(bound, findings=tuple(map(with_name, bound.findings)))
    record = _plain(bound.require(), version)
    stated = record.file_header.schema_version
    if stated != version.value:
        report = structure.check(record, version, Places(Facturae, root).location)
        raise DocumentRefused(
            f"the namespace is that of {version.value}, and the header says {stated[:40]!r}",
            tuple(finding for finding in report if finding.rule == "FACTURAE-S08"),
        )
    return _as_3_2(record) if older else with_source(record, version, xml)


def _report(findings: tuple[Finding, ...]) -> Report:
    return Report(findings, layers_run=(structure.LAYER,), truncated=len(findings) >= MAX_FINDINGS)


def _plain(record: Facturae, version: Version) -> Facturae:
    """Return the record under its common class; an empty version is the one of the schema."""
    values = dict(record.__dict__)
    if record.file_header.schema_version == "":
        values["file_header"] = record.file_header.model_copy(
            update={"schema_version": version.value}
        )
    return made(Facturae, **values)


def _as_3_2(document: Facturae) -> Facturae:
    """Give the amounts of an older document the decimals of 3.2, which are more or the same."""
    without = document.model_copy(update={"schema_location": None})
    return convert(without, Version.V3_2).document
