"""A status message as records on UBL 2.5."""

from datetime import date
from typing import Annotated

from ubl_peppol.model.datatypes import Code, Group, Text
from ubl_peppol.ubl25.plan import At

__all__ = ["AGENCY", "InvoiceReference", "Message", "Reporter", "Status"]

AGENCY = "Agencia Estatal de Administración Tributaria"
"""Who receives. The text leaves the header open; this is our reading."""
_ID, _NAME = "cac:PartyTaxScheme/cbc:CompanyID", "cac:PartyLegalEntity/cbc:RegistrationName"


class Reporter(Group):
    """Who sends a message, or who issued an invoice: NIF and name."""

    nif: Annotated[Text | None, At(_ID)] = None
    scheme_id: Annotated[Code | None, At(f"{_ID}/@schemeID")] = "FC"
    tax: Annotated[Code | None, At("cac:PartyTaxScheme/cac:TaxScheme/cbc:ID")] = "LOC"
    name: Annotated[Text | None, At(_NAME)] = None


class Status(Group):
    """One date, reason or indicator of a message."""

    condition_code: Annotated[Code | None, At("cbc:ConditionCode")] = None
    """Reason of a rejection: 01 or 02."""
    on: Annotated[date | None, At("cbc:ReferenceDate")] = None
    reason: Annotated[Text | None, At("cbc:StatusReason")] = None
    """``CorrectedInvoice`` or ``NegativeAmountInvoice``."""
    name: Annotated[Code | None, At("cac:Condition/cbc:AttributeID")] = None
    """``DueDate``, ``ShipmentDate``, ``ReceptionDate`` or ``FinancingArrangement``."""


class InvoiceReference(Group):
    """The invoice that a message is about: its unique code and the name of its seller."""

    number: Annotated[Text | None, At("cbc:ID")] = None
    issued_on: Annotated[date | None, At("cbc:IssueDate")] = None
    issuer: Annotated[Reporter | None, At("cac:IssuerParty")] = None


class Message(Group):
    """A status message."""

    id: Annotated[Text | None, At("cbc:ID")] = None
    sent_on: Annotated[date | None, At("cbc:IssueDate")] = None
    sender: Annotated[Reporter | None, At("cac:SenderParty")] = None
    receiver: Annotated[Text | None, At(f"cac:ReceiverParty/{_NAME}")] = AGENCY
    code: Annotated[Code, At("cac:DocumentResponse/cac:Response/cbc:ResponseCode")]
    effective_on: Annotated[
        date | None, At("cac:DocumentResponse/cac:Response/cbc:EffectiveDate")
    ] = None
    statuses: Annotated[tuple[Status, ...], At("cac:DocumentResponse/cac:Response/cac:Status")] = ()
    invoices: Annotated[
        tuple[InvoiceReference, ...], At("cac:DocumentResponse/cac:DocumentReference")
    ] = ()
