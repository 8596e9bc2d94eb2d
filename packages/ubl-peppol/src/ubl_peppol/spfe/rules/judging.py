"""Judging a document as the public solution would, by our reading of the texts."""

from types import MappingProxyType

from einvoice_core.findings import MAX_FINDINGS, Report
from einvoice_core.xml.parsing import LIMITS, Limits, parse
from ubl_peppol import structure
from ubl_peppol.errors import UnknownDocumentError
from ubl_peppol.reading.values import unchanged
from ubl_peppol.spfe.messages.documents import ROOT as MESSAGE
from ubl_peppol.spfe.readings import DEFAULT, Readings
from ubl_peppol.spfe.rules._base import Document, facts, invoice_rules, message_rules
from ubl_peppol.ubl25.documents import INVOICE

__all__ = ["validate"]


def validate(xml: bytes, *, readings: Readings = DEFAULT, limits: Limits = LIMITS) -> Report:
    """Judge an invoice or a status message for the public solution.

    Args:
        xml: The document as it came.
        readings: How unclear places of the texts are read.
        limits: How large a document may be.

    Returns:
        The findings of the structure (UBL 2.5) and of the checks that a document alone decides.
        ``layers_skipped`` names those that need more than the document.

    Raises:
        XmlRefused: The bytes are not a document.
        UnknownDocumentError: It is neither an Invoice nor an ApplicationResponse.
    """
    root = parse(xml, limits)
    if root.tag not in (INVOICE, MESSAGE):
        raise UnknownDocumentError(
            f"the public solution takes an Invoice or an ApplicationResponse of UBL, not "
            f"{str(root.tag)[:200]!r}: a credit note is a corrective Invoice there",
            root=root.tag,
        )
    with unchanged():
        report = structure.validate(root, grammar=structure.ubl25())
        document = Document(root, readings, well_formed=report.ok)
        rules = invoice_rules if root.tag == INVOICE else message_rules
        report += rules.validate(document, MAX_FINDINGS - len(report.findings))
    left = sum(fact.decided_from != "document" for fact in facts().values())
    return report + Report(
        layers_skipped=MappingProxyType(
            {"es-spfe-context": f"{left} checks need more than the document: sender, day, registry"}
        )
    )
