"""What the sandbox reads of an invoice or a message, and what it cannot take at all.

It reads a few elements of UBL 2.5 for itself. Source: Orden HAC/1028/2026, arts. 3 to 8, annexes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from lxml import etree

from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import Limits, parse

__all__ = ["Code", "Message", "Reason", "Received", "read"]

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_PREFIXES = {
    "cac": f"{_UBL}CommonAggregateComponents-2",
    "cbc": f"{_UBL}CommonBasicComponents-2",
}
_INVOICE = f"{{{_UBL}Invoice-2}}Invoice"
_MESSAGE = f"{{{_UBL}ApplicationResponse-2}}ApplicationResponse"
_SPECIFICATION = "urn:cen.eu:en16931:2026#conformant#urn:aeat.es:spfe:1.0.0:extended"
_PROCESS = "urn:aeat:names:specification:ubl:schema:profile:B2B"
_LIMITS = Limits(document=5 * 1024 * 1024)
_TYPES = frozenset({"380", "384", "388", "389", "471"})
_NIF = re.compile(r"[0-9A-Z][0-9]{7}[0-9A-Z]", re.ASCII)
_SELLER, _BUYER = "cac:AccountingSupplierParty/cac:Party", "cac:AccountingCustomerParty/cac:Party"
_NEEDED = (
    "cbc:ID",
    "cbc:IssueDate",
    "cbc:InvoiceTypeCode",
    "cbc:DocumentCurrencyCode",
    "cac:LegalMonetaryTotal/cbc:PayableAmount",
    "cac:InvoiceLine",
)


@dataclass(frozen=True, slots=True, order=True)
class Code:
    """The unique code of an invoice (art. 6)."""

    nif: str
    number: str
    issued_on: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is not taken."""

    code: str
    text: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """An invoice or a copy."""

    code: Code
    buyer: str
    is_copy: bool
    type_code: str
    corrects: tuple[tuple[str, str], ...]
    """Number and date of the invoices that it corrects."""
    paid_on: str
    operation_on: str


@dataclass(frozen=True, slots=True)
class Message:
    """A status message about some invoices."""

    identifier: str
    kind: str
    sender: str
    about: tuple[Code, ...]
    effective_on: str


@dataclass(slots=True)
class _Reading:
    root: etree._Element
    reasons: list[Reason] = field(default_factory=list)

    def text(self, path: str, element: etree._Element | None = None) -> str:
        source = self.root if element is None else element
        return (source.findtext(path, namespaces=_PREFIXES) or "").strip()

    def refuse(self, code: str, text: str, article: str = "") -> None:
        self.reasons.append(Reason(code, text, article))

    def nif(self, party: str) -> str:
        found = self.root.findall(f"{party}/cac:PartyTaxScheme/cbc:CompanyID", _PREFIXES)
        numbers = ["".join((each.text or "").split()).upper().removeprefix("ES") for each in found]
        return next((number for number in numbers if _NIF.fullmatch(number)), "")


def read(content: bytes) -> tuple[Received | Message | None, list[Reason]]:
    """Read a document; with reasons there is none."""
    try:
        root = parse(content, _LIMITS)
    except XmlRefused as error:
        return None, [Reason("FORMATO", f"El fichero no es XML: {error.message}")]
    reading = _Reading(root)
    found: Received | Message | None = None
    if root.tag == _INVOICE:
        found = _invoice(reading)
    elif root.tag == _MESSAGE:
        found = _message(reading)
    else:
        reading.refuse("FORMATO", "No es una factura ni un mensaje de estado en UBL 2.5", "art. 3")
    return (None, reading.reasons) if reading.reasons else (found, [])


def _invoice(reading: _Reading) -> Received:
    expected: Mapping[str, str] = {"cbc:CustomizationID": _SPECIFICATION, "cbc:ProfileID": _PROCESS}
    for path, value in expected.items():
        if reading.text(path) != value:
            reading.refuse("PERFIL", f"{path} debe ser {value}", "anexo I")
    for path in _NEEDED:
        if reading.root.find(path, _PREFIXES) is None:
            reading.refuse("ESTRUCTURA", f"Falta {path}", "anexo I")
    issued_on = _day(reading, "cbc:IssueDate")
    type_code = reading.text("cbc:InvoiceTypeCode")
    if type_code and type_code not in _TYPES:
        reading.refuse("TIPO", f"El tipo {type_code} no está en la lista L1", "anexo I")
    seller, buyer = reading.nif(_SELLER), reading.nif(_BUYER)
    for role, number in (("emisor", seller), ("destinatario", buyer)):
        if not number:
            reading.refuse("NIF", f"Falta el NIF del {role}, o no lo es", "arts. 3 y 4")
    embedded = "cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject"
    if reading.root.find(embedded, _PREFIXES) is not None:
        reading.refuse("ADJUNTO", "No se admiten documentos adjuntos", "arts. 3.6 y 4.4")
    corrects = [
        (reading.text("cbc:ID", each), reading.text("cbc:IssueDate", each))
        for each in reading.root.iterfind(
            "cac:BillingReference/cac:InvoiceDocumentReference", _PREFIXES
        )
    ]
    return Received(
        Code(seller, reading.text("cbc:ID"), issued_on),
        buyer,
        reading.text("cbc:CopyIndicator") == "true",
        type_code,
        tuple(corrects),
        reading.text("cac:PrepaidPayment/cbc:PaidDate"),
        reading.text("cbc:TaxPointDate") or issued_on,
    )


def _message(reading: _Reading) -> Message:
    response = "cac:DocumentResponse/cac:Response"
    identifier, kind = reading.text("cbc:ID"), reading.text(f"{response}/cbc:ResponseCode")
    if not identifier:
        reading.refuse("ESTRUCTURA", "Falta cbc:ID", "anexo II")
    sender = reading.nif("cac:SenderParty")
    if not sender:
        reading.refuse("NIF", "Falta el NIF de quien comunica", "anexo II")
    about = []
    for each in reading.root.iterfind("cac:DocumentResponse/cac:DocumentReference", _PREFIXES):
        company = reading.text("cac:IssuerParty/cac:PartyTaxScheme/cbc:CompanyID", each)
        number, issued_on = reading.text("cbc:ID", each), reading.text("cbc:IssueDate", each)
        about.append(Code(company.upper().removeprefix("ES"), number, issued_on))
    if not about:
        reading.refuse("ESTRUCTURA", "El mensaje no nombra ninguna factura", "anexo II")
    effective_on = reading.text(f"{response}/cbc:EffectiveDate")
    return Message(identifier, kind, sender, tuple(about), effective_on)


def _day(reading: _Reading, path: str) -> str:
    text = reading.text(path)
    try:
        date.fromisoformat(text)
    except ValueError:
        if text:
            reading.refuse("ESTRUCTURA", f"{path} no es una fecha", "anexo I")
    return text
