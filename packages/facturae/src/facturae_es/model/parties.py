"""Who takes part: seller, buyer, third party and assignee, with their addresses and centres."""

from __future__ import annotations

from typing import Annotated

from einvoice_core.records import Record, Xml
from facturae_es.codes import COUNTRIES, PersonType, ResidenceType, RoleType
from facturae_es.facets import OneOf, Text
from facturae_es.lexical import code

__all__ = [
    "Address",
    "AdministrativeCentre",
    "ContactDetails",
    "Individual",
    "LegalEntity",
    "OverseasAddress",
    "Parties",
    "Party",
    "RegistrationData",
    "TaxIdentification",
    "ThirdParty",
]

COUNTRY = OneOf(COUNTRIES, "country code")


class TaxIdentification(Record):
    """Person type, residence and tax number of a party (``TaxIdentificationType``)."""

    person_type: Annotated[PersonType, Xml("PersonTypeCode", code(PersonType))]
    residence_type: Annotated[ResidenceType, Xml("ResidenceTypeCode", code(ResidenceType))]
    nif: Annotated[str, Xml("TaxIdentificationNumber"), Text(30, minimum=3)]


class Address(Record):
    """An address in Spain (``AddressType``)."""

    street: Annotated[str, Xml("Address"), Text(80)]
    post_code: Annotated[str, Xml("PostCode"), Text(5, minimum=5, pattern="[0-9]*")]
    town: Annotated[str, Xml("Town"), Text(50)]
    province: Annotated[str, Xml("Province"), Text(20)]
    country: Annotated[str, Xml("CountryCode"), COUNTRY]


class OverseasAddress(Record):
    """An address outside Spain (``OverseasAddressType``)."""

    street: Annotated[str, Xml("Address"), Text(80)]
    post_code_and_town: Annotated[str, Xml("PostCodeAndTown"), Text(50)]
    province: Annotated[str, Xml("Province"), Text(20)]
    country: Annotated[str, Xml("CountryCode"), COUNTRY]


class ContactDetails(Record):
    """Telephone, mail and other ways to reach somebody (``ContactDetailsType``)."""

    telephone: Annotated[str | None, Xml("Telephone"), Text(15)] = None
    fax: Annotated[str | None, Xml("TeleFax"), Text(15)] = None
    web_address: Annotated[str | None, Xml("WebAddress"), Text(60)] = None
    email: Annotated[str | None, Xml("ElectronicMail"), Text(60)] = None
    contact_persons: Annotated[str | None, Xml("ContactPersons"), Text(40)] = None
    cno_cnae: Annotated[str | None, Xml("CnoCnae"), Text(5, minimum=5, pattern=r"\d{5}")] = None
    ine_town_code: Annotated[str | None, Xml("INETownCode"), Text(9)] = None
    additional_details: Annotated[str | None, Xml("AdditionalContactDetails"), Text(60)] = None


class RegistrationData(Record):
    """Entry in the register of companies (``RegistrationDataType``)."""

    book: Annotated[str | None, Xml("Book"), Text(20)] = None
    register_location: Annotated[str | None, Xml("RegisterOfCompaniesLocation"), Text(20)] = None
    sheet: Annotated[str | None, Xml("Sheet"), Text(20)] = None
    folio: Annotated[str | None, Xml("Folio"), Text(20)] = None
    section: Annotated[str | None, Xml("Section"), Text(20)] = None
    volume: Annotated[str | None, Xml("Volume"), Text(20)] = None
    additional_data: Annotated[str | None, Xml("AdditionalRegistrationData"), Text(20)] = None


class LegalEntity(Record):
    """A company or other legal person (``LegalEntityType``)."""

    corporate_name: Annotated[str, Xml("CorporateName"), Text(80)]
    trade_name: Annotated[str | None, Xml("TradeName"), Text(40)] = None
    registration_data: Annotated[RegistrationData | None, Xml("RegistrationData")] = None
    address_in_spain: Annotated[Address | None, Xml("AddressInSpain", choice="address")] = None
    overseas_address: Annotated[
        OverseasAddress | None, Xml("OverseasAddress", choice="address")
    ] = None
    contact_details: Annotated[ContactDetails | None, Xml("ContactDetails")] = None


class Individual(Record):
    """A natural person (``IndividualType``)."""

    name: Annotated[str, Xml("Name"), Text(40)]
    first_surname: Annotated[str, Xml("FirstSurname"), Text(40)]
    second_surname: Annotated[str | None, Xml("SecondSurname"), Text(40)] = None
    address_in_spain: Annotated[Address | None, Xml("AddressInSpain", choice="address")] = None
    overseas_address: Annotated[
        OverseasAddress | None, Xml("OverseasAddress", choice="address")
    ] = None
    contact_details: Annotated[ContactDetails | None, Xml("ContactDetails")] = None


class AdministrativeCentre(Record):
    """A unit of a party with its task, such as a DIR3 unit (``AdministrativeCentreType``)."""

    centre_code: Annotated[str | None, Xml("CentreCode"), Text(10)] = None
    role: Annotated[RoleType | None, Xml("RoleTypeCode", code(RoleType))] = None
    name: Annotated[str | None, Xml("Name"), Text(40)] = None
    first_surname: Annotated[str | None, Xml("FirstSurname"), Text(40)] = None
    second_surname: Annotated[str | None, Xml("SecondSurname"), Text(40)] = None
    address_in_spain: Annotated[Address | None, Xml("AddressInSpain", choice="address")] = None
    overseas_address: Annotated[
        OverseasAddress | None, Xml("OverseasAddress", choice="address")
    ] = None
    contact_details: Annotated[ContactDetails | None, Xml("ContactDetails")] = None
    physical_gln: Annotated[str | None, Xml("PhysicalGLN"), Text(14)] = None
    logical_operational_point: Annotated[str | None, Xml("LogicalOperationalPoint"), Text(14)] = (
        None
    )
    description: Annotated[str | None, Xml("CentreDescription"), Text(2500)] = None


class Party(Record):
    """Seller or buyer (``BusinessType``)."""

    tax_identification: Annotated[TaxIdentification, Xml("TaxIdentification")]
    party_identification: Annotated[
        str | None, Xml("PartyIdentification"), Text(10, pattern="[0-9]*")
    ] = None
    administrative_centres: Annotated[
        tuple[AdministrativeCentre, ...],
        Xml("AdministrativeCentre", inside="AdministrativeCentres"),
    ] = ()
    legal_entity: Annotated[LegalEntity | None, Xml("LegalEntity", choice="person")] = None
    individual: Annotated[Individual | None, Xml("Individual", choice="person")] = None


class ThirdParty(Record):
    """Who issues in place of the parties, or collects (``ThirdPartyType``, ``AssigneeType``)."""

    tax_identification: Annotated[TaxIdentification, Xml("TaxIdentification")]
    legal_entity: Annotated[LegalEntity | None, Xml("LegalEntity", choice="person")] = None
    individual: Annotated[Individual | None, Xml("Individual", choice="person")] = None


class Parties(Record):
    """Both ends of the invoices of a file (``PartiesType``)."""

    seller: Annotated[Party, Xml("SellerParty")]
    buyer: Annotated[Party, Xml("BuyerParty")]
