"""Parties and delivery as UBL."""

from ubl_peppol.model import (
    Buyer,
    BuyerAddress,
    BuyerContact,
    DeliverToAddress,
    Delivery,
    Identifier,
    Payee,
    RepresentativeAddress,
    Seller,
    SellerAddress,
    SellerContact,
    TaxRepresentative,
)
from ubl_peppol.ubl._text import attribute, basic, group, identifier

__all__ = ["buyer", "delivery", "payee", "seller", "tax_representative"]

_Address = SellerAddress | BuyerAddress | RepresentativeAddress | DeliverToAddress


def seller(party: Seller, creditor: str | None) -> str:
    """Write BG-4; ``creditor`` is BT-90 when the seller collects."""
    return group(
        "AccountingSupplierParty",
        group(
            "Party",
            identifier("EndpointID", party.electronic_address),
            *(_identification(item) for item in party.identifiers),
            _creditor(creditor),
            group("PartyName", basic("Name", party.trading_name)),
            _address("PostalAddress", party.address),
            _tax_scheme(party.vat_id, "VAT"),
            _tax_scheme(party.tax_registration, "TAX"),
            group(
                "PartyLegalEntity",
                basic("RegistrationName", party.name),
                identifier("CompanyID", party.legal_registration),
                basic("CompanyLegalForm", party.legal_information),
            ),
            _contact(party.contact),
        ),
    )


def buyer(party: Buyer) -> str:
    """Write BG-7."""
    return group(
        "AccountingCustomerParty",
        group(
            "Party",
            identifier("EndpointID", party.electronic_address),
            _identification(party.identifier),
            group("PartyName", basic("Name", party.trading_name)),
            _address("PostalAddress", party.address),
            _tax_scheme(party.vat_id, "VAT"),
            group(
                "PartyLegalEntity",
                basic("RegistrationName", party.name),
                identifier("CompanyID", party.legal_registration),
            ),
            _contact(party.contact),
        ),
    )


def payee(party: Payee | None, creditor: str | None) -> str:
    """Write BG-10; ``creditor`` is BT-90 when the payee collects."""
    if party is None:
        return ""
    return group(
        "PayeeParty",
        _identification(party.identifier),
        _creditor(creditor),
        group("PartyName", basic("Name", party.name)),
        group("PartyLegalEntity", identifier("CompanyID", party.legal_registration)),
    )


def tax_representative(party: TaxRepresentative | None) -> str:
    """Write BG-11."""
    if party is None:
        return ""
    return group(
        "TaxRepresentativeParty",
        group("PartyName", basic("Name", party.name)),
        _address("PostalAddress", party.address),
        _tax_scheme(party.vat_id, "VAT"),
    )


def delivery(place: Delivery | None) -> str:
    """Write BG-13."""
    if place is None:
        return ""
    return group(
        "Delivery",
        basic("ActualDeliveryDate", place.delivered_on),
        group(
            "DeliveryLocation",
            identifier("ID", place.location),
            _address("Address", place.address),
        ),
        group("DeliveryParty", group("PartyName", basic("Name", place.party_name))),
    )


def _identification(value: Identifier | None) -> str:
    return group("PartyIdentification", identifier("ID", value))


def _creditor(value: str | None) -> str:
    return group("PartyIdentification", basic("ID", value, attribute("schemeID", "SEPA")))


def _tax_scheme(number: str | None, scheme: str) -> str:
    if number is None:
        return ""
    return group(
        "PartyTaxScheme", basic("CompanyID", number), group("TaxScheme", basic("ID", scheme))
    )


def _address(name: str, place: _Address | None) -> str:
    if place is None:
        return ""
    return group(
        name,
        basic("StreetName", place.line_1),
        basic("AdditionalStreetName", place.line_2),
        basic("CityName", place.city),
        basic("PostalZone", place.post_code),
        basic("CountrySubentity", place.subdivision),
        group("AddressLine", basic("Line", place.line_3)),
        group("Country", basic("IdentificationCode", place.country)),
    )


def _contact(person: SellerContact | BuyerContact | None) -> str:
    if person is None:
        return ""
    return group(
        "Contact",
        basic("Name", person.point),
        basic("Telephone", person.telephone),
        basic("ElectronicMail", person.email),
    )
