"""From bytes to records, with findings where the document is not what its version says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import ClassVar

from einvoice_core.findings import MAX_FINDINGS, Finding, Location, Report
from einvoice_core.records import XmlType
from einvoice_core.xml import binding
from einvoice_core.xml.errors import DocumentRefused
from einvoice_core.xml.parsing import LIMITS, Limits, parse
from facturae_es import structure
from facturae_es._places import Places
from facturae_es.facets import Version
from facturae_es.model import Facturae
from facturae_es.versions import NAMESPACES, version_of

__all__ = ["Examined", "examine", "read"]


class Root32(Facturae):
    """The root in the namespace of version 3.2."""

    xml_type: ClassVar[XmlType | None] = XmlType("Facturae", NAMESPACES[Version.V3_2])


class Root321(Facturae):
    """The root in the namespace of version 3.2.1."""

    xml_type: ClassVar[XmlType | None] = XmlType("Facturae", NAMESPACES[Version.V3_2_1])


ROOTS: Mapping[Version, type[Facturae]] = MappingProxyType(
    {Version.V3_2: Root32, Version.V3_2_1: Root321, Version.V3_2_2: Facturae}
)
"""The same record under the root of each version."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A document as it was read: what it holds, and what is wrong with its structure.

    Attributes:
        document: The record; ``None`` when names, order or types do not allow one.
        version: Version of its namespace.
        report: Findings about the structure.
    """

    document: Facturae | None
    version: Version
    report: Report = field(default_factory=Report)
    places: Places = field(default_factory=lambda: Places(Facturae), repr=False, compare=False)

    def at(self, path: str) -> Location:
        """Return where a field stands, such as ``invoices[0].totals.invoice_total``."""
        return self.places.location(path)


def examine(xml: bytes, *, limits: Limits = LIMITS) -> Examined:
    """Read a document and judge its structure.

    Args:
        xml: The document as received.
        limits: How large it may be.

    Returns:
        The record where there is one, and the findings of the structure: names, order,
        occurrence, types, lengths, patterns, decimals and code lists of its version.

    Raises:
        XmlRefused: The bytes are not XML that is read here.
        UnsupportedVersionError: Facturae 3.0 or 3.1.
        NotFacturaeError: Another root.
    """
    root = parse(xml, limits)
    version = version_of(root)
    bound = binding.read(root, ROOTS[version])
    places = Places(Facturae, root)
    findings = bound.findings
    if bound.record is None:
        return Examined(None, version, _report(findings), places)
    document = _plain(bound.record, version)
    values = structure.check(document, version, places.location)
    findings += tuple(islice(values, MAX_FINDINGS - len(findings)))
    return Examined(document, version, _report(findings), places)


def read(xml: bytes, *, limits: Limits = LIMITS) -> Facturae:
    """Read a document of version 3.2, 3.2.1 or 3.2.2.

    Only names, order, occurrence and types must be right; :func:`facturae_es.validate` judges
    values and sums too.

    Args:
        xml: The document as received.
        limits: How large it may be.

    Returns:
        All that it holds: writing it gives the same document.

    Raises:
        XmlRefused: The bytes are not XML that is read here.
        UnsupportedVersionError: Facturae 3.0 or 3.1.
        NotFacturaeError: Another root.
        DocumentRefused: The structure is broken; the error carries the findings.
    """
    root = parse(xml, limits)
    version = version_of(root)
    record = binding.read(root, ROOTS[version]).require()
    stated = record.file_header.schema_version
    if stated not in ("", version.value):
        report = structure.check(_plain(record, version), version, Places(Facturae, root).location)
        raise DocumentRefused(
            f"the namespace is that of {version.value}, and the header says {stated[:40]!r}",
            tuple(finding for finding in report if finding.rule == "FACTURAE-S08"),
        )
    return _plain(record, version)


def _report(findings: tuple[Finding, ...]) -> Report:
    return Report(findings, layers_run=(structure.LAYER,), truncated=len(findings) >= MAX_FINDINGS)


def _plain(record: Facturae, version: Version) -> Facturae:
    """Return the record under its common class; an empty version is the one of the schema."""
    values = dict(record.__dict__)
    if record.file_header.schema_version == "":
        values["file_header"] = record.file_header.model_copy(
            update={"schema_version": version.value}
        )
    return Facturae.model_construct(**values)
