"""Judge a document: its structure, and the rules of a profile."""

from pathlib import Path
from types import MappingProxyType

from lxml import etree

from einvoice_core.findings import MAX_FINDINGS, Finding, Report, Severity, Undecided
from einvoice_core.xml.parsing import LIMITS, Limits, parse
from ubl_peppol import structure
from ubl_peppol.census import census
from ubl_peppol.profiles import Profile, profile_of
from ubl_peppol.reading import Reading
from ubl_peppol.reading import read as read_document
from ubl_peppol.reading.values import unchanged

__all__ = ["UNREADABLE", "judge", "validate"]

UNREADABLE = "UBL-PEPPOL-004"
"""The id of a finding of ours: an element that the official rules could not read either."""


def validate(
    xml: bytes,
    profile: str = "en16931",
    *,
    xsd: Path | str | None = None,
    limits: Limits = LIMITS,
) -> Report:
    """Judge a UBL 2.1 invoice or credit note.

    Args:
        xml: The document as it came.
        profile: Name of a profile, such as ``"en16931"`` or ``"peppol-bis-3"``.
        xsd: Folder with the user's copy of the UBL 2.1 schemas (``maindoc/UBL-Invoice-2.1.xsd``),
            for a second opinion on the structure: the layer ``xsd``.
        limits: How large a document may be.

    Returns:
        The findings, and the layers that ran. ``layers_skipped`` says what was not judged: the
        official rules that are not implemented.

    Raises:
        XmlRefused: The bytes are not a document that is read.
        UnknownDocumentError: It is not a UBL invoice.
        UnknownProfileError: There is no profile of that name.
        SchemaUnusable: The schemas cannot be used.
    """
    chosen = profile_of(profile)
    root = parse(xml, limits)
    with unchanged():
        reading = read_document(root)
        return _structure(root, reading, xsd) + judge(reading, chosen)


def judge(reading: Reading, profile: Profile) -> Report:
    """Run the rules of a profile on a reading."""
    unreadable = tuple(_unreadable(verdict) for verdict in reading.unreadable[:MAX_FINDINGS])
    report = Report(findings=unreadable)
    for layer in profile.layers:
        left = MAX_FINDINGS - len(report.findings)
        report += layer.validate(reading, max(left, 0))
    known = census()
    skipped = {
        f"rest of {name}": f"{known[name].implemented} of the {known[name].total} official rules "
        "are implemented; the others were not judged"
        for name in profile.artefacts
        if known[name].implemented < known[name].total
    }
    return report + Report(layers_skipped=MappingProxyType(skipped))


def _unreadable(verdict: Undecided) -> Finding:
    at = verdict.at
    place = at.location if at is not None and hasattr(at, "location") else at
    return Finding(
        rule=UNREADABLE,
        severity=Severity.FATAL,
        message=verdict.reason,
        path=place.path if place is not None else "",
        line=place.line if place is not None else None,
        undecided=True,
    )


def _structure(root: etree._Element, reading: Reading, xsd: Path | str | None) -> Report:
    report = structure.validate(root)
    if xsd is None:
        return report
    # Compiling schemas is slow and rarely wanted: imported where it is used.
    from einvoice_core.xml.schema import SchemaSet

    name = "CreditNote" if reading.is_credit_note else "Invoice"
    schema = SchemaSet.load(Path(xsd) / "maindoc" / f"UBL-{name}-2.1.xsd")
    return report + Report(findings=schema.validate(root), layers_run=("xsd",))
