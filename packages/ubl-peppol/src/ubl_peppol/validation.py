"""Judge a document: structure, when the user has the schemas, and the rules of a profile."""

from pathlib import Path
from types import MappingProxyType

from lxml import etree

from einvoice_core.findings import MAX_FINDINGS, Finding, Report, Severity, Undecided
from einvoice_core.xml.parsing import LIMITS, Limits, parse
from ubl_peppol.census import census
from ubl_peppol.errors import UnknownDocumentError
from ubl_peppol.profiles import AUTO, Profile, detect, profile_of
from ubl_peppol.reading import Reading
from ubl_peppol.reading import read as read_document
from ubl_peppol.reading.values import unchanged
from ubl_peppol.rules.responses import ResponseReading, read_response
from ubl_peppol.syntax import APPLICATION_RESPONSE

__all__ = ["UNREADABLE", "judge", "judge_response", "validate"]

UNREADABLE = "UBL-PEPPOL-004"
"""The id of a finding of ours: an element that the official rules could not read either."""

_MAINDOC = "maindoc/UBL-{}-2.1.xsd"


def validate(
    xml: bytes,
    profile: str | Profile = "en16931",
    *,
    xsd: Path | str | None = None,
    limits: Limits = LIMITS,
) -> Report:
    """Judge a UBL 2.1 invoice, credit note or business response.

    Args:
        xml: The document as it came.
        profile: Name of a profile, such as ``"en16931"`` or ``"peppol-bis-3"``; ``"auto"`` takes
            the one that the document names, and the report says so when none is known; or a
            profile of your own (:func:`ubl_peppol.compose`).
        xsd: Folder with the user's copy of the UBL 2.1 schemas (``maindoc/UBL-Invoice-2.1.xsd``);
            without it the layer ``structure`` stands in the report as skipped.
        limits: How large a document may be.

    Returns:
        The findings, and the layers that ran. ``layers_skipped`` says what was not judged: the
        structure without schemas, the official rules that are not implemented, a specification
        that is not known.

    Raises:
        XmlRefused: The bytes are not a document that is read.
        UnknownDocumentError: It is not a UBL document that the profile is for.
        UnknownProfileError: There is no profile of that name.
        SchemaUnusable: The schemas cannot be used.
    """
    chosen = profile if isinstance(profile, Profile) or profile == AUTO else profile_of(profile)
    root = parse(xml, limits)
    note = ""
    if isinstance(chosen, str):
        chosen, note = detect(root)
    with unchanged():
        if root.tag == f"{{{APPLICATION_RESPONSE}}}ApplicationResponse":
            _require(chosen, bool(chosen.responses), "a business response")
            response = read_response(root)
            report = _structure(root, "ApplicationResponse", xsd)
            report += judge_response(response, chosen)
        else:
            reading = read_document(root)
            _require(chosen, bool(chosen.layers), "an invoice or credit note")
            name = "CreditNote" if reading.is_credit_note else "Invoice"
            report = _structure(root, name, xsd) + judge(reading, chosen)
    if note:
        report += Report(layers_skipped=MappingProxyType({"specification": note}))
    return report


def judge(reading: Reading, profile: Profile) -> Report:
    """Run the rules of a profile on a reading."""
    unreadable = tuple(_unreadable(verdict) for verdict in reading.unreadable[:MAX_FINDINGS])
    report = Report(findings=unreadable)
    for layer in profile.layers:
        report += layer.validate(reading, max(MAX_FINDINGS - len(report.findings), 0))
    return report + _rest(profile)


def judge_response(reading: ResponseReading, profile: Profile) -> Report:
    """Run the rules of a profile on a business response."""
    report = Report()
    for layer in profile.responses:
        report += layer.validate(reading, max(MAX_FINDINGS - len(report.findings), 0))
    return report + _rest(profile)


def _require(profile: Profile, fits: bool, what: str) -> None:
    if not fits:
        raise UnknownDocumentError(
            f"this is {what}, which {profile.title} is not for: choose another profile, or auto",
            profile=profile.name,
        )


def _rest(profile: Profile) -> Report:
    """Say which of the official rules were not judged."""
    known = census()
    here = {rule for layer in profile.layers for rule in layer.rules}
    here |= {rule for layer in profile.responses for rule in layer.rules}
    skipped = {}
    for name in profile.artefacts:
        entry = known[name]
        count = len((entry.fired & here) | set(entry.silent))
        if count < entry.total:
            skipped[f"rest of {name}"] = (
                f"{count} of the {entry.total} official rules were judged; the others are not "
                "implemented, or not part of this profile"
            )
    return Report(layers_skipped=MappingProxyType(skipped))


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


def _structure(root: etree._Element, name: str, xsd: Path | str | None) -> Report:
    if xsd is None:
        reason = "no schemas were given: name the folder of the UBL 2.1 schemas"
        return Report(layers_skipped=MappingProxyType({"structure": reason}))
    # Compiling schemas is slow and rarely wanted: imported where it is used.
    from einvoice_core.xml.schema import SchemaSet

    schema = SchemaSet.load(Path(xsd) / _MAINDOC.format(name))
    return Report(findings=schema.validate(root), layers_run=("structure",))
