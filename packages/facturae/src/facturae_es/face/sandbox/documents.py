"""What the sandbox reads of a document, and why it would not take it.

Source: FACe, manual SOAP for suppliers 2.0.0, section 3; policy of signatures of Facturae 3.1.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from einvoice_core.certificates import TrustStore
from einvoice_core.signing import xades
from einvoice_core.signing.algorithms import DigestAlgorithm
from einvoice_core.signing.errors import SigningError
from einvoice_core.signing.xades import CertificateForm, Profile, SignaturePolicy
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import Limits, parse
from einvoice_core.xml.schema import SchemaSet
from facturae_es.face.sandbox.norm import Norm, norm_of

__all__ = ["Document", "Judge", "missing_centres"]

_NAMESPACES = {
    "http://www.facturae.es/Facturae/2009/v3.2/Facturae": "3.2",
    "http://www.facturae.es/Facturae/2014/v3.2.1/Facturae": "3.2.1",
    "http://www.facturae.gob.es/formato/Versiones/Facturaev3_2_2.xml": "3.2.2",
}
_AMOUNT = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,8})?")
_LIMITS = Limits(document=16 * 1024 * 1024)
_ROLES = {"01": "oficina contable", "02": "órgano gestor", "03": "unidad tramitadora"}

# The elements that every version demands, from the root; the schema knows the rest.
_REQUIRED = (
    "FileHeader/SchemaVersion",
    "FileHeader/Modality",
    "FileHeader/InvoiceIssuerType",
    "FileHeader/Batch/BatchIdentifier",
    "FileHeader/Batch/InvoicesCount",
    "FileHeader/Batch/TotalInvoicesAmount/TotalAmount",
    "FileHeader/Batch/InvoiceCurrencyCode",
    "Parties/SellerParty/TaxIdentification/TaxIdentificationNumber",
    "Parties/BuyerParty/TaxIdentification/TaxIdentificationNumber",
    "Invoices/Invoice/InvoiceHeader/InvoiceNumber",
    "Invoices/Invoice/InvoiceIssueData/IssueDate",
    "Invoices/Invoice/TaxesOutputs/Tax",
    "Invoices/Invoice/InvoiceTotals/InvoiceTotal",
    "Invoices/Invoice/InvoiceTotals/TotalExecutableAmount",
    "Invoices/Invoice/Items/InvoiceLine",
)

_POLICY = Profile(
    name="the policy that FACe asks for",
    policy=SignaturePolicy(
        "http://www.facturae.es/politica_de_firma_formato_facturae/"
        "politica_de_firma_formato_facturae_v3_1.pdf",
        {DigestAlgorithm.SHA1: "Ohixl6upD6av8N7pEvDABhEL6hM="},
    ),
    certificate_form=CertificateForm.V1,
    roles=("emisor", "receptor", "tercero", "supplier", "customer", "third party"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """What the register keeps about an invoice.

    Args:
        seller: NIF and name.
        buyer: NIF and name.
        signer: NIF and name of whoever signed.
        number: Of the invoice.
        series: Of the invoice.
        amount: Total, as written.
        currency: ISO 4217.
        issued_on: Date of issue, as written.
        centres: Code by role.
    """

    seller: tuple[str, str]
    buyer: tuple[str, str]
    signer: tuple[str, str]
    number: str
    series: str
    amount: str
    currency: str
    issued_on: str
    centres: Mapping[str, str]

    @property
    def key(self) -> tuple[str, str, str]:
        """What no other invoice may have: issuer, series and number."""
        return self.seller[0].removeprefix("ES"), self.series, self.number


@dataclass(slots=True)
class Judge:
    """Decides whether a document can be taken.

    Args:
        trust: Roots of the signers' certificates.
        schemas: Official schemas by version, where the caller has them; otherwise only the elements
            that every version demands are looked for.
    """

    trust: TrustStore
    schemas: Mapping[str, SchemaSet] = field(default_factory=dict)

    def judge(self, content: bytes, now: datetime) -> tuple[Document | None, list[str]]:
        """Read a document.

        Args:
            content: Octets as they came.
            now: The instant of reception.

        Returns:
            What was read, and why it cannot be taken: with reasons there is no document.
        """
        try:
            root = parse(content, _LIMITS)
        except XmlRefused as error:
            return None, [f"El fichero no es XML: {error.message}"]
        norm = norm_of(root)
        if norm is not None:
            return (None, list(norm.reasons)) if norm.reasons else (_of_norm(norm), [])
        version = _NAMESPACES.get(etree.QName(root).namespace or "")
        if version is None or etree.QName(root).localname != "Facturae":
            return None, ["El formato no es Facturae 3.2, 3.2.1 o 3.2.2, ni UBL o CII"]
        reasons = list(self._structure(root, version))
        signer = ("", "")
        if not reasons:
            try:
                signed = xades.verify(content, _POLICY, trust=self.trust, clock=lambda: now)
            except (SigningError, XmlRefused) as error:
                reasons.append(f"La firma no es válida: {error.message}")
            else:
                signer = (signed.holder.nif or "", signed.holder.name)
        return (None, reasons) if reasons else (_document(root, signer), [])

    def _structure(self, root: etree._Element, version: str) -> Iterator[str]:
        schema = self.schemas.get(version)
        if schema is not None:
            for finding in schema.validate(root, limit=20):
                yield f"El documento no cumple el esquema (línea {finding.line}): {finding.message}"
        for path in _REQUIRED:
            if root.find(path) is None:
                yield f"El documento no cumple el esquema: falta {path}"
        if _text(root, "FileHeader/SchemaVersion") not in ("", version):
            yield "El documento no cumple el esquema: la versión es otra que la del espacio"
        if not _AMOUNT.fullmatch(_text(root, "Invoices/Invoice/InvoiceTotals/InvoiceTotal")):
            yield "El documento no cumple el esquema: InvoiceTotal no es un importe"
        if len(root.findall("Invoices/Invoice")) > 1 or _text(root, "FileHeader/Modality") == "L":
            yield "El fichero es un lote: remita cada factura por separado"


def missing_centres(document: Document) -> list[str]:
    """Say which of the three units of a public buyer a document does not name."""
    return [
        f"Falta el centro administrativo con rol {role} ({name})"
        for role, name in _ROLES.items()
        if not document.centres.get(role)
    ]


def _of_norm(norm: Norm) -> Document:
    values = norm.values
    seller, buyer = (
        (values[f"{side}_nif"].removeprefix("ES"), values[side]) for side in ("seller", "buyer")
    )
    issued_on = values["issued_on"]
    if len(issued_on) == 8:  # CII writes the day without hyphens
        issued_on = f"{issued_on[:4]}-{issued_on[4:6]}-{issued_on[6:]}"
    nobody = ("", "")
    return Document(
        seller,
        buyer,
        nobody,
        values["number"],
        "",
        values["amount"],
        values["currency"],
        issued_on,
        norm.centres,
    )


def _document(root: etree._Element, signer: tuple[str, str]) -> Document:
    header = "Invoices/Invoice/InvoiceHeader"
    centres: dict[str, str] = {}
    for centre in root.iterfind("Parties/BuyerParty/AdministrativeCentres/AdministrativeCentre"):
        centres.setdefault(_text(centre, "RoleTypeCode"), _text(centre, "CentreCode"))
    return Document(
        _party(root, "SellerParty"),
        _party(root, "BuyerParty"),
        signer,
        _text(root, f"{header}/InvoiceNumber"),
        _text(root, f"{header}/InvoiceSeriesCode"),
        _text(root, "Invoices/Invoice/InvoiceTotals/InvoiceTotal"),
        _text(root, "FileHeader/Batch/InvoiceCurrencyCode"),
        _text(root, "Invoices/Invoice/InvoiceIssueData/IssueDate"),
        centres,
    )


def _party(root: etree._Element, which: str) -> tuple[str, str]:
    party = f"Parties/{which}"
    names = [_text(root, f"{party}/LegalEntity/CorporateName")]
    parts = ("Name", "FirstSurname", "SecondSurname")
    names += [_text(root, f"{party}/Individual/{part}") for part in parts]
    nif = _text(root, f"{party}/TaxIdentification/TaxIdentificationNumber")
    return nif, " ".join(filter(None, names))


def _text(element: etree._Element, path: str) -> str:
    return (element.findtext(path) or "").strip()
