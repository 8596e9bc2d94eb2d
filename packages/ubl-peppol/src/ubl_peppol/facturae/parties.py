"""Parties of Facturae as seller, buyer and payee of EN 16931."""

from dataclasses import dataclass

from facturae_es.codes import ResidenceType
from facturae_es.model import (
    Address,
    ContactDetails,
    Individual,
    LegalEntity,
    OverseasAddress,
    Party,
    RegistrationData,
    ThirdParty,
)
from ubl_peppol.errors import ConversionError
from ubl_peppol.facturae.ledger import Ledger
from ubl_peppol.facturae.tables import VAT_ADDRESSES, countries
from ubl_peppol.model import (
    Buyer,
    BuyerAddress,
    BuyerContact,
    Identifier,
    Payee,
    Seller,
    SellerAddress,
    SellerContact,
)

__all__ = ["buyer", "payee", "read_registration", "seller", "tax_number"]


def _country(code: str) -> str:
    try:
        return countries()[code]
    except KeyError:
        raise ConversionError(
            f"the country {code!r} has no code of two letters in ISO 3166-1", country=code
        ) from None


_REGISTER = (
    ("Registro Mercantil de", "register_location"),
    ("Tomo", "volume"),
    ("Libro", "book"),
    ("Sección", "section"),
    ("Folio", "folio"),
    ("Hoja", "sheet"),
    ("", "additional_data"),
)
"""How the parts of an entry in the register are worded, in that order."""
_REGISTER_LIMIT = 20


@dataclass(frozen=True, slots=True)
class _Person:
    """What EN 16931 asks of a party, from a legal entity or an individual."""

    name: str
    trade_name: str | None
    line_1: str
    city: str
    post_code: str | None
    province: str
    country: str
    contact: ContactDetails | None


def _person(party: Party | ThirdParty, path: str, ledger: Ledger) -> _Person:
    entity: LegalEntity | Individual | None = party.legal_entity or party.individual
    if entity is None:
        raise ConversionError(f"{path} has neither a legal entity nor an individual")
    if isinstance(entity, LegalEntity):
        name, trade_name = entity.corporate_name, entity.trade_name
    else:
        parts = (entity.name, entity.first_surname, entity.second_surname)
        name, trade_name = " ".join(part for part in parts if part), None
    place: Address | OverseasAddress | None = entity.address_in_spain or entity.overseas_address
    if isinstance(place, Address):
        city, post_code = place.town, place.post_code
    elif place is not None:
        city, post_code = place.post_code_and_town, None
        ledger.derived(
            f"{path}/OverseasAddress/PostCodeAndTown",
            city,
            "BT-37" if "Seller" in path else "BT-52",
            "post code and town are one text in Facturae; both stand in the city",
        )
    else:
        raise ConversionError(f"{path} has no address")
    return _Person(
        name,
        trade_name,
        place.street,
        city,
        post_code,
        place.province,
        _country(place.country),
        entity.contact_details,
    )


def _registration(entity: LegalEntity | None) -> str | None:
    data = entity.registration_data if entity is not None else None
    if data is None:
        return None
    named = [(name, getattr(data, field)) for name, field in _REGISTER]
    return ", ".join(f"{name} {value}".strip() for name, value in named if value) or None


def read_registration(text: str) -> RegistrationData | None:
    """Read an entry in the register of companies, worded as :func:`seller` words it."""
    values: dict[str, str] = {}
    names = list(_REGISTER)
    for part in text.split(", "):
        while names:
            name, field = names.pop(0)
            if part.startswith(f"{name} ") or not name:
                values[field] = part.removeprefix(f"{name} ") if name else part
                break
        else:
            return None
    if any(not value.strip() or len(value) > _REGISTER_LIMIT for value in values.values()):
        return None
    return RegistrationData(**values)


def tax_number(party: Party | ThirdParty, country: str) -> tuple[str, str | None]:
    """Return a party's tax number as it is, and as VAT number where it is one.

    A Spanish NIF is a VAT number with ES before it; one of the European Union has its country's
    code; another country's number is no VAT number.
    """
    identification = party.tax_identification
    number = "".join(sign for sign in identification.nif.upper() if sign.isalnum())
    if identification.residence_type is ResidenceType.SPAIN:
        bare = number[2:] if number.startswith("ES") and len(number) == 11 else number
        return bare, f"ES{bare}"
    if identification.residence_type is ResidenceType.EUROPEAN_UNION:
        prefix = "EL" if country == "GR" else country
        return number, number if number.startswith(prefix) else f"{prefix}{number}"
    return number, None


def _electronic_address(
    vat_id: str | None, person: _Person, term: str, path: str, ledger: Ledger
) -> Identifier | None:
    country = "GR" if vat_id and vat_id.startswith("EL") else (vat_id or "")[:2]
    scheme = VAT_ADDRESSES.get(country)
    email = person.contact.email if person.contact else None
    if vat_id is not None and scheme is not None:
        value, scheme_id = vat_id.removeprefix("IT") if scheme == "9906" else vat_id, scheme
    elif email:
        value, scheme_id = email, "EM"
    else:
        return None
    ledger.derived(
        f"{path}/TaxIdentification" if scheme_id != "EM" else f"{path}/ElectronicMail",
        value,
        term,
        f"Facturae has no electronic address; this one is of scheme {scheme_id}",
    )
    return Identifier(value=value, scheme_id=scheme_id)


def seller(party: Party, *, as_vat_payer: bool, ledger: Ledger) -> Seller:
    """Map the seller (BG-4).

    Args:
        party: ``SellerParty``.
        as_vat_payer: Whether the tax number goes to BT-31; otherwise (IGIC, IPSI, not subject to
            VAT) it goes to BT-32, because a VAT number must not stand there.
        ledger: Where losses are noted.
    """
    path = "Parties/SellerParty"
    person = _person(party, path, ledger)
    number, vat_id = tax_number(party, person.country)
    contact = None
    reached = person.contact
    if reached and (reached.contact_persons or reached.telephone or reached.email):
        contact = SellerContact(
            point=reached.contact_persons, telephone=reached.telephone, email=reached.email
        )
    is_vat = as_vat_payer and vat_id is not None
    return Seller(
        name=person.name,
        trading_name=person.trade_name,
        identifiers=(Identifier(value=party.party_identification),)
        if party.party_identification
        else (),
        # Without a VAT number the seller must be identified otherwise (BR-CO-26).
        legal_registration=None if is_vat else Identifier(value=number),
        vat_id=vat_id if is_vat else None,
        tax_registration=None if is_vat else number,
        legal_information=_registration(party.legal_entity),
        electronic_address=_electronic_address(vat_id, person, "BT-34", path, ledger),
        address=SellerAddress(
            line_1=person.line_1,
            city=person.city,
            post_code=person.post_code,
            subdivision=person.province,
            country=person.country,
        ),
        contact=contact,
    )


def buyer(party: Party, *, as_vat_payer: bool, ledger: Ledger) -> Buyer:
    """Map the buyer (BG-7).

    Args:
        party: ``BuyerParty``.
        as_vat_payer: Whether the tax number may go to BT-48.
        ledger: Where losses are noted.
    """
    path = "Parties/BuyerParty"
    person = _person(party, path, ledger)
    number, vat_id = tax_number(party, person.country)
    contact = None
    reached = person.contact
    if reached and (reached.contact_persons or reached.telephone or reached.email):
        contact = BuyerContact(
            point=reached.contact_persons, telephone=reached.telephone, email=reached.email
        )
    is_vat = as_vat_payer and vat_id is not None
    return Buyer(
        name=person.name,
        trading_name=person.trade_name,
        identifier=Identifier(value=party.party_identification)
        if party.party_identification
        else None,
        legal_registration=None if is_vat else Identifier(value=number),
        vat_id=vat_id if is_vat else None,
        electronic_address=_electronic_address(vat_id, person, "BT-49", path, ledger),
        address=BuyerAddress(
            line_1=person.line_1,
            city=person.city,
            post_code=person.post_code,
            subdivision=person.province,
            country=person.country,
        ),
        contact=contact,
    )


def payee(party: ThirdParty, ledger: Ledger) -> Payee:
    """Map the assignee of the credit (BG-10)."""
    path = "FileHeader/FactoringAssignmentData/Assignee"
    person = _person(party, path, ledger)
    number, _ = tax_number(party, person.country)
    return Payee(name=person.name, legal_registration=Identifier(value=number))
