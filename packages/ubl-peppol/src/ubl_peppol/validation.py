"""Judge a document: its structure, and the rules of a profile."""

from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from lxml import etree

from einvoice_core.findings import MAX_FINDINGS, Finding, Report, RuleSet, Severity, Undecided
from einvoice_core.xml.parsing import LIMITS, Limits, parse
from ubl_peppol import structure
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
    """Judge a UBL 2.1 invoice, credit note or business response, or a CII D16B invoice.

    Args:
        xml: The document as it came, or an aggregate of UBL 2.1 alone, such as an invoice line: the
            rules that do not speak of a whole document judge it, and the structure says what it is.
        profile: Name of a profile, such as ``"en16931"`` or ``"peppol-bis-3"``; ``"auto"`` takes
            the one that the document names, and the report says so when none is known; or a
            profile of your own (:func:`ubl_peppol.compose`).
        xsd: Folder with the user's copy of the UBL 2.1 schemas (``maindoc/UBL-Invoice-2.1.xsd``),
            for a second opinion on the structure: the layer ``xsd``.
        limits: How large a document may be.

    Returns:
        The findings, and the layers that ran. ``layers_skipped`` says what was not judged: the
        official rules that are not implemented, or not for this syntax, and a specification that
        is not known.

    Raises:
        XmlRefused: The bytes are not a document that is read.
        UnknownDocumentError: It is not a document that the profile is for.
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
            report += judge_response(response, chosen, MAX_FINDINGS - len(report.findings))
        else:
            # A root that is no invoice is refused here; the reading holds no text yet.
            reading = read_document(root, fragments=True)
            _require(chosen, bool(chosen.layers), "an invoice or credit note")
            name = "CreditNote" if reading.is_credit_note else "Invoice"
            report = _structure(root, name, xsd)
            report += judge(reading, chosen, MAX_FINDINGS - len(report.findings))
    if note:
        report += Report(layers_skipped=MappingProxyType({"specification": note}))
    return report


def judge(reading: Reading, profile: Profile, limit: int = MAX_FINDINGS) -> Report:
    """Run the rules of a profile on a reading; keep so many findings at most."""
    # The whole document is walked only when one line of each kind has shown that it is needed.
    verdicts = reading.unreadable if reading.sample.unreadable else []
    unreadable = tuple(_unreadable(verdict) for verdict in verdicts[: max(limit, 0)])
    layers, skipped = profile.layers_in_cii() if reading.is_cii else (profile.layers, {})
    artefacts = profile.artefacts_in_cii if reading.is_cii else profile.artefacts
    rest = _rest(artefacts, tuple(layers))
    if skipped:
        rest = Report(layers_skipped=MappingProxyType(skipped)) + rest
    findings, run = [*unreadable], list[str]()
    truncated = False
    for layer in layers:
        report = layer.validate(reading, max(limit - len(findings), 0))
        findings += report.findings
        run += report.layers_run
        truncated |= report.truncated
    return Report(tuple(findings), tuple(run), rest.layers_skipped, truncated=truncated)


def judge_response(reading: ResponseReading, profile: Profile, limit: int = MAX_FINDINGS) -> Report:
    """Run the rules of a profile on a business response; keep so many findings at most."""
    report = Report()
    for layer in profile.responses:
        report += layer.validate(reading, max(limit - len(report.findings), 0))
    return report + _rest(profile.artefacts, profile.responses)


def _require(profile: Profile, fits: bool, what: str) -> None:
    if not fits:
        raise UnknownDocumentError(
            f"this is {what}, which {profile.title} is not for: choose another profile, or auto",
            profile=profile.name,
        )


@lru_cache(maxsize=64)
def _rest(
    artefacts: tuple[str, ...], layers: tuple[RuleSet[Reading] | RuleSet[ResponseReading], ...]
) -> Report:
    """Say which of the official rules were not judged: the same for every document of a profile."""
    known = census()
    here = {rule for layer in layers for rule in layer.rules}
    skipped = {}
    for name in artefacts:
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
    report = structure.validate(root)
    if xsd is None:
        return report
    # Compiling schemas is slow and rarely wanted: imported where it is used.
    from einvoice_core.xml.schema import SchemaSet

    schema = SchemaSet.load(Path(xsd) / _MAINDOC.format(name))
    return report + Report(findings=schema.validate(root), layers_run=("xsd",))
