"""The verdict on a document: its structure, then the rules."""

from __future__ import annotations

from types import MappingProxyType

from einvoice_core.findings import MAX_FINDINGS, Report
from einvoice_core.xml.parsing import LIMITS, Limits
from facturae_es.facets import Version
from facturae_es.model import Facturae
from facturae_es.reader import Examined, examine
from facturae_es.rules import facturae
from facturae_es.spanish import named
from facturae_es.structure import LAYER, check
from facturae_es.versions import declared

__all__ = ["RULES_LAYER", "validate", "validate_record"]

RULES_LAYER = facturae.name


def validate(xml: bytes, *, limits: Limits = LIMITS) -> Report:
    """Judge a document: structure and rules.

    The signature is another matter: see :func:`facturae_es.verify`.

    Args:
        xml: The document as received.
        limits: How large it may be.

    Returns:
        The findings, with the layers that ran: ``structure`` and ``rules``.

    Raises:
        XmlRefused: The bytes are not XML that is read here.
        UnsupportedVersionError: Facturae 3.0 or 3.1.
        NotFacturaeError: Another root.
    """
    return _with_rules(examine(xml, limits=limits))


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
    return examined.report + named(facturae.validate(examined, limit=room))
