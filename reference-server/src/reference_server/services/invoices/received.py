"""Facturae documents that somebody sends to be judged or converted; nothing of them is kept."""

import facturae_es
from reference_server.services.invoices.schemas import (
    FacturaeConversion,
    FacturaeFinding,
    FacturaeLoss,
    FacturaeVerdict,
)

__all__ = ["MAX_SHOWN", "convert", "judge"]

MAX_SHOWN = 1_000
"""Findings that an answer shows; the verdict looks at all of them."""


def judge(data: bytes) -> FacturaeVerdict:
    """Judge structure and rules of a document."""
    report = facturae_es.validate(data)
    return FacturaeVerdict(
        valid=report.ok,
        findings=tuple(
            FacturaeFinding(
                rule=finding.rule,
                severity=finding.severity.value,
                message=finding.message,
                path=finding.path,
                line=finding.line,
            )
            for finding in report.findings[:MAX_SHOWN]
        ),
        layers_run=report.layers_run,
        layers_skipped=dict(report.layers_skipped),
        truncated=report.truncated or len(report.findings) > MAX_SHOWN,
    )


def convert(data: bytes, version: facturae_es.Version) -> FacturaeConversion:
    """Convert a document of any version; what does not fit is listed."""
    examined = facturae_es.examine(data)
    conversion = facturae_es.convert(facturae_es.read(data), version)
    return FacturaeConversion(
        version=version.value,
        document=facturae_es.write(conversion.document, version, check=False).decode(),
        losses=tuple(
            FacturaeLoss(path=loss.path, element=loss.element, value=loss.value, became=loss.became)
            for loss in (*examined.losses, *conversion.losses)
        ),
    )
