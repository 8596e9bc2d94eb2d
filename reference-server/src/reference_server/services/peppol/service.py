"""Use cases of EN 16931."""

from collections.abc import Iterable

import facturae_es
import ubl_peppol
from einvoice_core.findings import Report
from reference_server.services.peppol.schemas import (
    FindingView,
    LossView,
    Mended,
    Returned,
    RuleView,
    Verdict,
)
from ubl_peppol import fixes
from ubl_peppol.facturae import Conversion, facturae_of, to_en16931
from ubl_peppol.losses import Loss

__all__ = [
    "MAX_SHOWN",
    "as_cii",
    "as_facturae",
    "convert",
    "explain",
    "fix",
    "judge",
    "judge_invoice",
    "losses_of",
    "verdict_of",
]

MAX_SHOWN = 1_000
"""Findings that an answer shows; the verdict looks at all of them."""


def convert(document: bytes) -> tuple[bytes, Conversion]:
    """Return a Facturae document as UBL 2.1, with what was lost on the way.

    Raises:
        ConversionError: EN 16931 has no place for something that may not be lost.
    """
    conversion = to_en16931(facturae_es.read(document))
    return ubl_peppol.ubl.write(conversion.invoice), conversion


def as_cii(document: bytes) -> bytes:
    """Return a Facturae document as CII D16B.

    Raises:
        ConversionError: EN 16931 has no place for something that may not be lost.
        NotExpressibleError: CII has no place for something that EN 16931 has.
    """
    return ubl_peppol.cii.write(to_en16931(facturae_es.read(document)).invoice)


def as_facturae(data: bytes, series: str | None) -> Returned:
    """Return a document in UBL or CII as Facturae.

    Raises:
        ConversionError: Facturae has no place for something that may not be lost.
    """
    made, losses = facturae_of(ubl_peppol.read_any(data), series=series)
    return Returned(document=made.decode(), losses=losses_of(losses))


def judge(data: bytes, profile: str) -> Verdict:
    """Judge a document in UBL or CII."""
    return _verdict(ubl_peppol.validate(data, profile=profile), profile, None)


def judge_invoice(document: bytes, profile: str) -> Verdict:
    """Judge an invoice of ours, a Facturae document, as UBL."""
    data, conversion = convert(document)
    return _verdict(ubl_peppol.validate(data, profile=profile), profile, conversion)


def explain(rule: str) -> RuleView:
    """Explain a rule."""
    found = ubl_peppol.explain(rule)
    return RuleView(
        rule=found.rule,
        severity=found.severity.value,
        requirement=found.requirement,
        terms=found.terms,
        source=found.source,
        profiles=found.profiles,
    )


def fix(data: bytes, profile: str) -> Mended:
    """Mend what is certain in a document."""
    result = fixes.fix(data, profile)
    return Mended(
        document=result.xml.decode("utf-8", "replace"),
        patch=result.patch.to_xml().decode(),
        changes=len(result.patch.operations),
        verdict=_verdict(result.after, profile, None),
    )


def _verdict(report: Report, profile: str, conversion: Conversion | None) -> Verdict:
    rules = 0 if profile == "auto" else len(ubl_peppol.rules_of(profile))
    return verdict_of(report, profile, rules, conversion.losses if conversion else ())


def verdict_of(report: Report, profile: str, rules: int, losses: Iterable[Loss] = ()) -> Verdict:
    """Show a report."""
    return Verdict(
        ok=report.ok,
        profile=profile,
        findings=tuple(
            FindingView(
                rule=finding.rule,
                severity=finding.severity.value,
                message=finding.message,
                path=finding.path,
                line=finding.line,
                undecided=finding.undecided,
            )
            for finding in report.findings[:MAX_SHOWN]
        ),
        layers_run=report.layers_run,
        layers_skipped=dict(report.layers_skipped),
        rules=rules,
        losses=losses_of(losses),
    )


def losses_of(losses: Iterable[Loss]) -> tuple[LossView, ...]:
    """Show the ledger of a conversion."""
    return tuple(
        LossView(
            kind=loss.kind.value,
            path=loss.path,
            value=loss.value,
            reason=loss.reason,
            term=loss.term,
        )
        for loss in losses
    )
