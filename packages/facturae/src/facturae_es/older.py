"""Facturae 3.0 and 3.1: read as 3.2, which carries nearly all that they hold.

What they name or order in another way is put in its place; what has no place is listed. Only the
assignment of credit cannot be read: its payment has no amount, and means of payment in free words.

Source: target namespaces and declarations of the official schemas 3.0, 3.1 and 3.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from lxml import etree

from facturae_es.codes import ReasonCode
from facturae_es.errors import UnsupportedVersionError
from facturae_es.facets import Version
from facturae_es.versions import NAMESPACES, Loss

__all__ = ["NAMESPACES_OF_OLDER", "modernise", "older_version_of"]

NAMESPACES_OF_OLDER: Mapping[str, str] = MappingProxyType(
    {
        "3.0": "http://www.facturae.es/Facturae/2007/v3.0/Facturae",
        "3.1": "http://www.facturae.es/Facturae/2007/v3.1/Facturae",
    }
)

_VERSIONS = {f"{{{namespace}}}Facturae": name for name, namespace in NAMESPACES_OF_OLDER.items()}
_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_INSOLVENCY_IN_3_0 = (
    "Base imponible modificada cuotas repercutidas no satisfechas. Auto declaración concurso"
)


def older_version_of(root: etree._Element) -> str | None:
    """Return ``3.0`` or ``3.1`` when a document is in one of them."""
    return _VERSIONS.get(str(root.tag))


def modernise(root: etree._Element) -> tuple[Loss, ...]:
    """Turn the tree of a 3.0 or 3.1 document into one of 3.2.

    Args:
        root: The document's root; it is changed.

    Returns:
        What 3.2 has no place for, and what had to be filled in.

    Raises:
        UnsupportedVersionError: The document assigns the credit, which 3.2 writes with amounts
            that are not there.
    """
    version = _VERSIONS[str(root.tag)]
    if root.find("FileHeader/FactoringAssignmentData") is not None:
        raise UnsupportedVersionError(
            f"this is Facturae {version} with an assignment of credit, whose payment has no amount "
            "as 3.2 demands: ask the issuer for version 3.2, 3.2.1 or 3.2.2",
            version=version,
        )
    root.tag = f"{{{NAMESPACES[Version.V3_2]}}}Facturae"
    stated = root.find("FileHeader/SchemaVersion")
    if stated is not None and stated.text in ("", None, version):
        stated.text = Version.V3_2.value
    losses = list(_in_invoices(root, version))
    for signature in root.findall(_SIGNATURE):
        root.remove(signature)
        losses.append(Loss("signature", "Signature", "signature of the original"))
    return tuple(losses)


def _in_invoices(root: etree._Element, version: str) -> Iterator[Loss]:
    for i, invoice in enumerate(root.iterfind("Invoices/Invoice")):
        for j, line in enumerate(invoice.iterfind("Items/InvoiceLine")):
            order = line.find("PurchaseOrderReference")
            if order is not None:
                line.remove(order)
                yield Loss(
                    f"invoices[{i}].lines[{j}]", "PurchaseOrderReference", (order.text or "")[:80]
                )
        if version == "3.0":
            yield from _from_3_0(invoice, f"invoices[{i}]")


def _from_3_0(invoice: etree._Element, path: str) -> Iterator[Loss]:
    related = invoice.find("AdditionalData/RelayedInvoice")
    if related is not None:
        related.tag = "RelatedInvoice"
    reason = invoice.find("InvoiceHeader/Corrective/ReasonDescription")
    if reason is not None and reason.text == _INSOLVENCY_IN_3_0:
        reason.text = ReasonCode.UNPAID_TAX_IN_INSOLVENCY.description
    paid = invoice.find("InvoiceTotals/TotalPaymentsOnAccount")
    outstanding = invoice.find("InvoiceTotals/TotalOutstandingAmount")
    if paid is not None and outstanding is not None:
        outstanding.addnext(paid)
    issue = invoice.find("InvoiceIssueData")
    if issue is not None and issue.find("LanguageName") is None:
        # 3.0 may leave the language open; later versions must name one.
        etree.SubElement(issue, "LanguageName").text = "es"
        yield Loss(f"{path}.issue_data.language", "LanguageName", "", became="es")
