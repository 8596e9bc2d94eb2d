"""Parties and delivery as CII."""

from ubl_peppol.cii._text import day, group, identifiers, value
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
from ubl_peppol.ubl._text import attribute

__all__ = ["buyer", "delivery", "payee", "seller", "tax_representative"]

_Address = SellerAddress | BuyerAddress | RepresentativeAddress | DeliverToAddress


def seller(party: Seller) -> str:
    """Write BG-4."""
    return group(
        "SellerTradeParty",
        identifiers(*party.identifiers),
        value("Name", party.name),
        value("Description", party.legal_information),
        _organization(party.legal_registration, party.trading_name),
        _contact(party.contact),
        _address(party.address),
        _endpoint(party.electronic_address),
        _registration(party.vat_id, "VA"),
        _registration(party.tax_registration, "FC"),
    )


def buyer(party: Buyer) -> str:
    """Write BG-7."""
    return group(
        "BuyerTradeParty",
        identifiers(party.identifier),
        value("Name", party.name),
        _organization(party.legal_registration, party.trading_name),
        _contact(party.contact),
        _address(party.address),
        _endpoint(party.electronic_address),
        _registration(party.vat_id, "VA"),
    )


def payee(party: Payee | None) -> str:
    """Write BG-10."""
    if party is None:
        return ""
    return group(
        "PayeeTradeParty",
        identifiers(party.identifier),
        value("Name", party.name),
        _organization(party.legal_registration, None),
    )


def tax_representative(party: TaxRepresentative | None) -> str:
    """Write BG-11."""
    if party is None:
        return ""
    return group(
        "SellerTaxRepresentativeTradeParty",
        value("Name", party.name),
        _address(party.address),
        _registration(party.vat_id, "VA"),
    )


def delivery(place: Delivery | None) -> str:
    """Write BG-13."""
    if place is None:
        return ""
    return group(
        "ShipToTradeParty",
        identifiers(place.location),
        value("Name", place.party_name),
        _address(place.address),
    ) + group("ActualDeliverySupplyChainEvent", day("OccurrenceDateTime", place.delivered_on))


def _organization(registration: Identifier | None, trading_name: str | None) -> str:
    number = ""
    if registration is not None:
        number = value("ID", registration.value, attribute("schemeID", registration.scheme_id))
    return group("SpecifiedLegalOrganization", number, value("TradingBusinessName", trading_name))


def _endpoint(address: Identifier | None) -> str:
    if address is None:
        return ""
    return group(
        "URIUniversalCommunication",
        value("URIID", address.value, attribute("schemeID", address.scheme_id)),
    )


def _registration(number: str | None, scheme: str) -> str:
    return group("SpecifiedTaxRegistration", value("ID", number, attribute("schemeID", scheme)))


def _address(place: _Address | None) -> str:
    if place is None:
        return ""
    return group(
        "PostalTradeAddress",
        value("PostcodeCode", place.post_code),
        value("LineOne", place.line_1),
        value("LineTwo", place.line_2),
        value("LineThree", place.line_3),
        value("CityName", place.city),
        value("CountryID", place.country),
        value("CountrySubDivisionName", place.subdivision),
    )


def _contact(person: SellerContact | BuyerContact | None) -> str:
    if person is None:
        return ""
    return group(
        "DefinedTradeContact",
        value("PersonName", person.point),
        group("TelephoneUniversalCommunication", value("CompleteNumber", person.telephone)),
        group("EmailURIUniversalCommunication", value("URIID", person.email)),
    )
