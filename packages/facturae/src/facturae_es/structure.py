"""What a version demands of a document beyond names, order and types.

The binding has judged names, order, occurrence and types while reading; this layer looks at the
values: lengths, patterns, decimals, code lists, elements and codes that are younger than the
version, choices, and the elements inside ``Extensions``. Both together reach the verdict of the
official schema, without any XSD file; ``ds:Signature`` is left to the layer of signatures.

=============  ========================================================
FACTURAE-S01   a text is too long or too short
FACTURAE-S02   a text does not have its pattern
FACTURAE-S03   an amount does not have the decimals of the version
FACTURAE-S04   a code is not in the list, or not yet in this version
FACTURAE-S05   the version does not have this element
FACTURAE-S06   of the elements of a choice, not exactly one is there
FACTURAE-S07   an element is missing where at least one is demanded
FACTURAE-S08   the header declares another version than the namespace
FACTURAE-S09   an extension is not one of those that are published
FACTURAE-S10   the document is of version 3.0 or 3.1
=============  ========================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from einvoice_core.findings import Finding, Location, Severity
from facturae_es._extensions import faults_of_extensions
from facturae_es._places import Places
from facturae_es._values import Fault, faults
from facturae_es.facets import Version
from facturae_es.model import Facturae
from facturae_es.spanish import with_name

__all__ = ["LAYER", "check", "outdated"]

LAYER = "structure"
_SOURCE = "Facturae {version}, schema of the format"


_Locate = Callable[[str], Location]
"""Place of a field such as ``invoices[0].header.number``."""


def check(document: Facturae, version: Version, locate: _Locate | None = None) -> Iterator[Finding]:
    """Judge the values of a document.

    Args:
        document: What was read, or is about to be written.
        version: The version whose demands apply.
        locate: Place of a field; by default the place that the schema gives it.

    Yields:
        A finding for each value that the version does not allow.
    """
    source = _SOURCE.format(version=version.value)
    locate = locate or Places(Facturae).location
    for rule, message, field in _document(document, version):
        place = locate(field)
        yield with_name(
            Finding(
                rule=f"FACTURAE-{rule}",
                severity=Severity.FATAL,
                message=message,
                path=place.path,
                line=place.line,
                source=source,
            )
        )


def outdated(version: str, places: Places) -> Finding:
    """Make the finding about a document of 3.0 or 3.1, which the administrations do not take."""
    place = places.location("file_header.schema_version")
    return with_name(
        Finding(
            rule="FACTURAE-S10",
            severity=Severity.FATAL,
            message=f"this is Facturae {version}, read as 3.2; administrations take 3.2, 3.2.1 and "
            "3.2.2: convert it",
            path=place.path,
            line=place.line,
            source="FACe, formats of an invoice",
        )
    )


def _document(document: Facturae, version: Version) -> Iterator[Fault]:
    stated = document.file_header.schema_version
    # The schemas declare the version as the default of this element, so that it may be empty.
    if stated not in ("", version.value):
        yield (
            "S08",
            f"SchemaVersion says {stated[:40]!r}, but the namespace is that of {version.value}: "
            f"write {version.value}",
            "file_header.schema_version",
        )
    yield from faults(document, version, raw=faults_of_extensions)
