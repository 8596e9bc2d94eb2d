"""Parties, their addresses and identifiers (BG-4 to BG-13, BG-ES-1)."""

from datetime import date
from typing import Annotated

from einvoice_core.records import Term
from ubl_peppol.model.datatypes import Code, Group, Text
from ubl_peppol.ubl25.plan import At

__all__ = [
    "Address",
    "Contact",
    "Delivery",
    "Issuer",
    "Party",
    "PartyId",
    "Payee",
    "TaxId",
    "TaxRepresentative",
]


class Address(Group):
    """A postal address (BG-5, BG-8, BG-12, BG-15, BG-38)."""

    street: Annotated[Text | None, At("cbc:StreetName")] = None
    """BT-35, BT-50, BT-64, BT-75, BT-203."""
    line_2: Annotated[Text | None, At("cbc:AdditionalStreetName")] = None
    """BT-36, BT-51, BT-65, BT-76, BT-204."""
    line_3: Annotated[Text | None, At("cac:AddressLine/cbc:Line")] = None
    """BT-162 to BT-165, BT-205."""
    city: Annotated[Text | None, At("cbc:CityName")] = None
    """BT-37, BT-52, BT-66, BT-77, BT-206: the municipality."""
    post_code: Annotated[Text | None, At("cbc:PostalZone")] = None
    """BT-38, BT-53, BT-67, BT-78, BT-207."""
    subdivision: Annotated[Text | None, At("cbc:CountrySubentity")] = None
    """BT-39, BT-54, BT-68, BT-79, BT-208: the province."""
    country: Annotated[Code | None, At("cac:Country/cbc:IdentificationCode")] = None
    """BT-40, BT-55, BT-69, BT-80, BT-209."""


class TaxId(Group):
    """An identifier for a tax: of VAT with its country, or the NIF alone (LOC)."""

    value: Annotated[Text | None, At("cbc:CompanyID")] = None
    """BT-31, BT-32, BT-47, BT-48, BT-63, BT-ES-4."""
    scheme_id: Annotated[Code | None, At("cbc:CompanyID/@schemeID")] = None
    """``FC`` for a NIF."""
    tax: Annotated[Code | None, At("cac:TaxScheme/cbc:ID")] = None
    """``VAT``, or ``LOC`` for a NIF."""


class PartyId(Group):
    """An identifier of a party (BT-29, BT-46, BT-60) with its scheme."""

    value: Annotated[Text | None, At("cbc:ID")] = None
    scheme_id: Annotated[Code | None, At("cbc:ID/@schemeID")] = None


class Contact(Group):
    """A contact (BG-6, BG-9)."""

    name: Annotated[Text | None, At("cbc:Name")] = None
    """BT-41, BT-56."""
    telephone: Annotated[Text | None, At("cbc:Telephone")] = None
    """BT-42, BT-57."""
    email: Annotated[Text | None, At("cbc:ElectronicMail")] = None
    """BT-43, BT-58."""


class Issuer(Group):
    """Who draws the invoice up for the seller (BG-ES-1)."""

    type_code: Annotated[Code | None, Term("BT-ES-5"), At("cbc:ServiceTypeCode")] = None
    tax_ids: Annotated[tuple[TaxId, ...], Term("BT-ES-4"), At("cac:Party/cac:PartyTaxScheme")] = ()
    name: Annotated[
        Text | None, Term("BT-ES-3"), At("cac:Party/cac:PartyLegalEntity/cbc:RegistrationName")
    ] = None


class Party(Group):
    """Seller (BG-4) or buyer (BG-7)."""

    endpoint: Annotated[Text | None, At("cbc:EndpointID")] = None
    """BT-34, BT-49."""
    endpoint_scheme: Annotated[Code | None, At("cbc:EndpointID/@schemeID")] = None
    ids: Annotated[tuple[PartyId, ...], At("cac:PartyIdentification")] = ()
    """BT-29, BT-46."""
    trading_name: Annotated[Text | None, At("cac:PartyName/cbc:Name")] = None
    """BT-28, BT-45."""
    address: Annotated[Address | None, At("cac:PostalAddress")] = None
    tax_ids: Annotated[tuple[TaxId, ...], At("cac:PartyTaxScheme")] = ()
    """BT-31 and BT-32, BT-47 and BT-48."""
    name: Annotated[Text | None, At("cac:PartyLegalEntity/cbc:RegistrationName")] = None
    """BT-27, BT-44."""
    legal_id: Annotated[Text | None, At("cac:PartyLegalEntity/cbc:CompanyID")] = None
    """BT-30; BT-47 of the European edition."""
    legal_id_scheme: Annotated[Code | None, At("cac:PartyLegalEntity/cbc:CompanyID/@schemeID")] = (
        None
    )
    legal_information: Annotated[
        Text | None, Term("BT-33"), At("cac:PartyLegalEntity/cbc:CompanyLegalForm")
    ] = None
    contact: Annotated[Contact | None, At("cac:Contact")] = None
    issuers: Annotated[tuple[Issuer, ...], Term("BG-ES-1"), At("cac:ServiceProviderParty")] = ()

    @property
    def vat_id(self) -> str | None:
        """The identifier for VAT (BT-31, BT-48), with its country."""
        return next((each.value for each in self.tax_ids if each.tax == "VAT"), None)

    @property
    def nif(self) -> str:
        """The NIF without the prefix of the country; empty when the party has none."""
        found = self.vat_id or next((each.value for each in self.tax_ids if each.value), None)
        return (found or "").upper().removeprefix("ES")


class Payee(Group):
    """Who is paid, when it is not the seller (BG-10)."""

    ids: Annotated[tuple[PartyId, ...], Term("BT-60"), At("cac:PartyIdentification")] = ()
    name: Annotated[Text | None, Term("BT-59"), At("cac:PartyName/cbc:Name")] = None
    legal_id: Annotated[Text | None, Term("BT-61"), At("cac:PartyLegalEntity/cbc:CompanyID")] = None
    legal_id_scheme: Annotated[Code | None, At("cac:PartyLegalEntity/cbc:CompanyID/@schemeID")] = (
        None
    )


class TaxRepresentative(Group):
    """The tax representative of the seller (BG-11)."""

    name: Annotated[Text | None, Term("BT-62"), At("cac:PartyName/cbc:Name")] = None
    address: Annotated[Address | None, Term("BG-12"), At("cac:PostalAddress")] = None
    tax_ids: Annotated[tuple[TaxId, ...], Term("BT-63"), At("cac:PartyTaxScheme")] = ()


class Delivery(Group):
    """When and where things were delivered (BG-13; of a line BG-37)."""

    delivered_on: Annotated[date | None, At("cbc:ActualDeliveryDate")] = None
    """BT-72, BT-187."""
    location_id: Annotated[Text | None, At("cac:DeliveryLocation/cbc:ID")] = None
    """BT-71, BT-186."""
    location_scheme: Annotated[Code | None, At("cac:DeliveryLocation/cbc:ID/@schemeID")] = None
    address: Annotated[Address | None, At("cac:DeliveryLocation/cac:Address")] = None
    party_name: Annotated[Text | None, At("cac:DeliveryParty/cac:PartyName/cbc:Name")] = None
    """BT-70, BT-185."""
