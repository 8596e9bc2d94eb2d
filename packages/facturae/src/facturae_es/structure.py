"""What a version demands of a document beyond names, order and types.

The binding has judged names, order, occurrence and types while reading; this layer looks at the
values: lengths, patterns, decimals, code lists, elements and codes that are younger than the
version, choices, and the elements inside ``Extensions``. Both together reach the verdict of the
official schema, without any XSD file; ``ds:Signature`` is left to the layer of signatures.

:data:`DEMANDS` lists what is judged, by the id of the finding; ``XML-001`` to ``XML-012`` are those
of :mod:`einvoice_core.xml.binding`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from einvoice_core.findings import Finding, Location, Severity
from facturae_es._extensions import faults_of_extensions
from facturae_es._places import Places
from facturae_es._values import Fault, faults
from facturae_es.facets import Version
from facturae_es.model import Facturae
from facturae_es.spanish import with_name

__all__ = ["DEMANDS", "LAYER", "Demand", "check", "outdated"]

LAYER = "structure"
_SOURCE = "Facturae {version}, schema of the format"


@dataclass(frozen=True, slots=True)
class Demand:
    """What the structure must fulfil, under the id of its findings."""

    requirement: str
    severity: Severity = Severity.FATAL
    source: str = "Official schema of the version"
    terms: tuple[str, ...] = ()


DEMANDS: Mapping[str, Demand] = MappingProxyType(
    {
        "FACTURAE-S01": Demand("A text has the length that the schema allows."),
        "FACTURAE-S02": Demand("A text has the pattern of the schema, such as digits only."),
        "FACTURAE-S03": Demand("An amount is written with the decimals of the version."),
        "FACTURAE-S04": Demand("A code is in the list of the version."),
        "FACTURAE-S05": Demand("An element exists in the version."),
        "FACTURAE-S06": Demand("Of the elements of a choice exactly one is there."),
        "FACTURAE-S07": Demand("An element stands where at least one is demanded."),
        "FACTURAE-S08": Demand("SchemaVersion is that of the namespace."),
        "FACTURAE-S09": Demand("Extensions holds published extensions only, each well formed."),
        "FACTURAE-S10": Demand(
            "The document is of version 3.2, 3.2.1 or 3.2.2.",
            source="FACe, formats of an invoice",
        ),
    }
)
"""What the values of a document must fulfil."""

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
