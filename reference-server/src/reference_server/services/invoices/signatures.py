"""What is known about the signature of a document that somebody sent."""

import hashlib
from datetime import datetime

import facturae_es
from einvoice_core.signing.errors import SignatureRefused
from reference_server.services.invoices.schemas import SignatureFinding, SignatureVerdict, SignedBy

__all__ = ["judge"]


def judge(data: bytes, at: datetime) -> SignatureVerdict:
    """Verify the signature of a Facturae document as it was received at an instant."""
    report = facturae_es.check_signature(data, at=at)
    try:
        verified = facturae_es.verify(data, at=at)
    except SignatureRefused:
        signed_by = None
    else:
        signed_by = SignedBy(
            nif=verified.holder.nif,
            name=verified.holder.name,
            roles=verified.roles,
            signed_at=verified.signed_at,
            document_sha256=hashlib.sha256(verified.document).hexdigest(),
        )
    return SignatureVerdict(
        ok=report.ok and signed_by is not None,
        signed_by=signed_by,
        findings=tuple(
            SignatureFinding(
                rule=finding.rule,
                severity=finding.severity.value,
                message=finding.message,
                element=", ".join(finding.terms),
                path=finding.path,
                line=finding.line,
            )
            for finding in report.findings
        ),
        skipped=dict(report.layers_skipped),
    )
