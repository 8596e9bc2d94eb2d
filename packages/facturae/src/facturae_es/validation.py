"""The verdict on a document: its structure, then the rules."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from lxml import etree

from einvoice_core.findings import MAX_FINDINGS, Report
from einvoice_core.xml.parsing import LIMITS, Limits, parse
from facturae_es._arithmetic import exactly
from facturae_es.facets import Version
from facturae_es.model import Facturae
from facturae_es.older import older_version_of
from facturae_es.reader import Examined, examine_tree
from facturae_es.rules import facturae
from facturae_es.spanish import named
from facturae_es.structure import LAYER, check
from facturae_es.versions import declared, version_of

__all__ = ["RULES_LAYER", "validate", "validate_record"]

RULES_LAYER = facturae.name


def validate(xml: bytes, *, limits: Limits = LIMITS, xsd: Path | str | None = None) -> Report:
    """Judge a document: structure and rules.

    The signature is another matter: see :func:`facturae_es.verify`.

    Args:
        xml: The document as received.
        limits: How large it may be.
        xsd: Folder with the official schemas, as a second opinion on the structure.

    Returns:
        The findings, with the layers that ran: ``structure``, ``rules``, and ``xsd`` if asked for.

    Raises:
        XmlRefused: The bytes are not XML that is read here.
        UnsupportedVersionError: Facturae 3.0 or 3.1 with an assignment of credit.
        NotFacturaeError: Another root.
        SchemaUnusable: The folder lacks a schema.
    """
    root = parse(xml, limits)
    second = Report() if xsd is None else _second_opinion(root, xsd)
    return _with_rules(examine_tree(root, xml)) + second


def _second_opinion(root: etree._Element, folder: Path | str) -> Report:
    from facturae_es.official import check_official

    if older_version_of(root) is None:
        version_of(root)
    return check_official(root, folder)


def validate_record(document: Facturae, version: Version | str | None = None) -> Report:
    """Judge a document before it is written: values and rules.

    Args:
        document: A document that was built or read.
        version: Version to judge by; by default the one that its header declares.

    Returns:
        The findings, with the layers that ran.
    """
    target = declared(document) if version is None else Version(version)
    report = Report(tuple(check(document, target)), layers_run=(LAYER,))
    return _with_rules(Examined(document, target, report))


def _with_rules(examined: Examined) -> Report:
    if examined.document is None:
        reason = "the structure does not allow a record: correct its findings first"
        return examined.report + Report(layers_skipped=MappingProxyType({RULES_LAYER: reason}))
    room = MAX_FINDINGS - len(examined.report.findings)
    with exactly():
        report = facturae.validate(examined, limit=room)
    return examined.report + named(report)
