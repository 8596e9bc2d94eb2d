"""Seller and buyer of EN 16931 as parties of Facturae."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from facturae_es import company, person
from facturae_es.codes import PersonType, ResidenceType, RoleType
from facturae_es.model import (
    Address,
    AdministrativeCentre,
    ContactDetails,
    LegalEntity,
    OverseasAddress,
    Party,
    RegistrationData,
)
from tax_es.ids import postal
from ubl_peppol.errors import ConversionError
from ubl_peppol.facturae.back._common import fitting
from ubl_peppol.facturae.consequences import person_type, residence_of
from ubl_peppol.facturae.ledger import Ledger
from ubl_peppol.facturae.parties import read_registration
from ubl_peppol.facturae.tables import VAT_ADDRESSES, countries
from ubl_peppol.model import (
    Buyer,
    BuyerAddress,
    BuyerContact,
    Identifier,
    Seller,
    SellerAddress,
    SellerContact,
)

__all__ = ["buyer", "country", "seller"]

_UNKNOWN = "-"


@dataclass(frozen=True, slots=True)
class _Terms:
    """Business terms of a party: the same data have other numbers for seller and buyer."""

    name: str
    identifier: str
    registration: str
    vat_id: str
    electronic: str
    line: str
    city: str
    post_code: str
    province: str
    country: str
    point: str
    telephone: str
    email: str


_SELLER = _Terms(
    "BT-27", "BT-29", "BT-30", "BT-31", "BT-34", "BT-35", "BT-37", "BT-38", "BT-39", "BT-40",
    "BT-41", "BT-42", "BT-43",
)  # fmt: skip
_BUYER = _Terms(
    "BT-44", "BT-46", "BT-47", "BT-48", "BT-49", "BT-50", "BT-52", "BT-53", "BT-54", "BT-55",
    "BT-56", "BT-57", "BT-58",
)  # fmt: skip


@cache
def _long_codes() -> Mapping[str, str]:
    return {short: long for long, short in countries().items()}


def country(code: str, term: str) -> str:
    """Return the code of three letters of a country.

    Raises:
        ConversionError: The country has none in Facturae.
    """
    try:
        return _long_codes()[code]
    except KeyError:
        raise ConversionError(
            f"{term}: the country {code!r} has no code in Facturae", term=term, country=code
        ) from None


def seller(party: Seller, ledger: Ledger) -> Party:
    """Map the seller (BG-4).

    Raises:
        ConversionError: It has no tax number, or a country that Facturae does not know.
    """
    numbers = (
        party.vat_id,
        party.tax_registration,
        party.legal_registration.value if party.legal_registration else None,
    )
    made = _party(party, numbers, party.identifiers, (), _SELLER, ledger)
    registration = _registration(party.legal_information, ledger)
    if registration is None or made.legal_entity is None:
        return made
    entity: LegalEntity = made.legal_entity.model_copy(update={"registration_data": registration})
    return made.model_copy(update={"legal_entity": entity})


def buyer(party: Buyer, reference: str | None, ledger: Ledger) -> Party:
    """Map the buyer (BG-7), with its units where the buyer reference (BT-10) names them.

    Raises:
        ConversionError: It has no tax number, or a country that Facturae does not know.
    """
    numbers = (party.vat_id, party.legal_registration.value if party.legal_registration else None)
    identifiers = (party.identifier,) if party.identifier else ()
    made = _party(party, numbers, identifiers, _units(reference), _BUYER, ledger)
    if reference is not None and not made.administrative_centres:
        if reference == made.tax_identification.nif:
            ledger.derived("BT-10", reference, "BT-10", "the tax number of the buyer says it")
        else:
            ledger.dropped("BT-10", reference, "Facturae has no reference of the buyer")
    return made


def _units(reference: str | None) -> tuple[tuple[RoleType, str], ...]:
    """Read units of an administration from a buyer reference, as the other direction writes it."""
    parts = (reference or "").split("|")
    roles = {role.value: role for role in RoleType}
    if len(parts) < 2 or len(parts) % 2:
        return ()
    pairs = list(zip(parts[::2], parts[1::2], strict=True))
    if not all(role in roles and 0 < len(code) <= 10 for role, code in pairs):
        return ()
    return tuple((roles[role], code) for role, code in pairs)


def _party(
    party: Seller | Buyer,
    numbers: tuple[str | None, ...],
    identifiers: tuple[Identifier, ...],
    centres: tuple[tuple[RoleType, str], ...],
    terms: _Terms,
    ledger: Ledger,
) -> Party:
    number = next((each for each in numbers if each), None)
    if number is None:
        raise ConversionError(
            f"{party.name} has no tax number ({terms.vat_id}, {terms.registration}), which "
            "Facturae wants",
            term=terms.vat_id,
        )
    place = party.address.country
    spanish = _spanish(number) if place == "ES" or number.startswith("ES") else None
    if spanish is not None:
        residence, number = ResidenceType.SPAIN, spanish
    else:
        residence = residence_of(place, has_vat_number=party.vat_id is not None)
    for other in numbers:
        if other and other not in (number, f"ES{number}"):
            ledger.dropped(terms.registration, other, "Facturae has one number for each party")
    address = _address(party.address, terms, ledger)
    contact = _contact(party.contact, terms, ledger)
    _electronic(party, number, contact, terms, ledger)
    own_reference = _reference(identifiers, terms, ledger)
    found = [_centre(role, code, address) for role, code in centres]
    if person_type(number, residence) is PersonType.INDIVIDUAL:
        name, first, second = _names(party.name, terms, ledger)
        ledger.dropped(f"{terms.name} trade name", party.trading_name, "a person has none")
        return person(
            number,
            name,
            first,
            address,
            second_surname=second,
            residence=residence,
            contact=contact,
            centres=found,
            reference=own_reference,
        )
    if residence is not ResidenceType.SPAIN:
        ledger.assumed(
            "TaxIdentification/PersonTypeCode", "J", terms.name, "a legal entity, as most are"
        )
    trade_name = party.trading_name
    return company(
        number,
        fitting(party.name, 80, terms.name, ledger),
        address,
        trade_name=fitting(trade_name, 40, terms.name, ledger) if trade_name else None,
        residence=residence,
        contact=contact,
        centres=found,
        reference=own_reference,
    )


def _spanish(number: str) -> str | None:
    """Return a Spanish number without its prefix; nothing when it is a number of another kind."""
    bare = "".join(sign for sign in number.upper() if sign.isalnum())
    bare = bare[2:] if bare.startswith("ES") and len(bare) == 11 else bare
    return bare if len(bare) == 9 else None


def _names(text: str, terms: _Terms, ledger: Ledger) -> tuple[str, str, str | None]:
    words = text.split()
    if len(words) == 1:
        ledger.assumed("Individual/FirstSurname", _UNKNOWN, terms.name, "the name is one word")
        return fitting(text, 40, terms.name, ledger), _UNKNOWN, None
    if len(words) == 2:
        name, first, second = words[0], words[1], None
    else:
        name, first, second = " ".join(words[:-2]), words[-2], words[-1]
    ledger.derived(
        terms.name, text, terms.name, "the last words of the name are taken for the surnames"
    )
    return (
        fitting(name, 40, terms.name, ledger),
        fitting(first, 40, terms.name, ledger),
        fitting(second, 40, terms.name, ledger) if second else None,
    )


def _given(value: str | None, element: str, term: str, ledger: Ledger) -> str:
    if value:
        return value
    ledger.assumed(element, _UNKNOWN, term, "Facturae wants one")
    return _UNKNOWN


def _address(
    place: SellerAddress | BuyerAddress, terms: _Terms, ledger: Ledger
) -> Address | OverseasAddress:
    parts = [part for part in (place.line_1, place.line_2, place.line_3) if part]
    if len(parts) > 1:
        ledger.derived("Address", ", ".join(parts), terms.line, "the lines are one text")
    street = fitting(
        _given(", ".join(parts), "Address", terms.line, ledger), 80, terms.line, ledger
    )
    long_code = country(place.country, terms.country)
    city = place.city
    if place.country != "ES":
        town = " ".join(part for part in (place.post_code, city) if part)
        if place.post_code and city:
            ledger.derived("PostCodeAndTown", town, terms.post_code, "both are one text")
        return OverseasAddress(
            street=street,
            post_code_and_town=fitting(
                _given(town, "PostCodeAndTown", terms.city, ledger), 50, terms.city, ledger
            ),
            province=fitting(
                _given(place.subdivision, "Province", terms.province, ledger),
                20,
                terms.province,
                ledger,
            ),
            country=long_code,
        )
    post_code = place.post_code or ""
    if not (len(post_code) == 5 and post_code.isascii() and post_code.isdigit()):
        ledger.dropped(terms.post_code, place.post_code, "a Spanish post code has five digits")
        ledger.assumed("PostCode", "00000", terms.post_code, "Facturae wants one")
        post_code = "00000"
    return Address(
        street=street,
        post_code=post_code,
        town=fitting(_given(city, "Town", terms.city, ledger), 50, terms.city, ledger),
        province=fitting(
            place.subdivision or _province(post_code, terms, ledger), 20, terms.province, ledger
        ),
        country=long_code,
    )


def _province(post_code: str, terms: _Terms, ledger: Ledger) -> str:
    found = postal.provinces().get(post_code[:2])
    if found is None:
        return _given(None, "Province", terms.province, ledger)
    ledger.derived("Province", found.name, terms.province, "the post code says it")
    return found.name


def _contact(
    contact: SellerContact | BuyerContact | None, terms: _Terms, ledger: Ledger
) -> ContactDetails | None:
    if contact is None:
        return None
    return ContactDetails(
        telephone=_fitted(contact.telephone, 15, terms.telephone, ledger),
        email=_fitted(contact.email, 60, terms.email, ledger),
        contact_persons=_fitted(contact.point, 40, terms.point, ledger),
    )


def _fitted(text: str | None, limit: int, term: str, ledger: Ledger) -> str | None:
    return None if text is None else fitting(text, limit, term, ledger)


def _electronic(
    party: Seller | Buyer,
    number: str,
    contact: ContactDetails | None,
    terms: _Terms,
    ledger: Ledger,
) -> None:
    """Note the electronic address, unless tax number or mail say the same."""
    address = party.electronic_address
    if address is None:
        return
    of_number = address.scheme_id in VAT_ADDRESSES.values() and address.value.endswith(number)
    of_mail = address.scheme_id == "EM" and contact is not None and address.value == contact.email
    if of_number or of_mail:
        reason = "the tax number says it" if of_number else "the electronic mail says it"
        ledger.derived(terms.electronic, address.value, terms.electronic, reason)
    else:
        shown = f"{address.scheme_id}:{address.value}"
        ledger.dropped(terms.electronic, shown, "Facturae has no electronic addresses")


def _reference(identifiers: tuple[Identifier, ...], terms: _Terms, ledger: Ledger) -> str | None:
    chosen: str | None = None
    for each in identifiers:
        plain = each.value.isascii() and each.value.isdigit() and len(each.value) <= 10
        if chosen is None and plain and each.scheme_id is None:
            chosen = each.value
        else:
            shown = each.value if each.scheme_id is None else f"{each.scheme_id}:{each.value}"
            ledger.dropped(
                terms.identifier, shown, "Facturae has one of at most ten digits, without scheme"
            )
    return chosen


def _centre(role: RoleType, code: str, address: Address | OverseasAddress) -> AdministrativeCentre:
    inside = isinstance(address, Address)
    return AdministrativeCentre(
        centre_code=code,
        role=role,
        address_in_spain=address if inside else None,
        overseas_address=None if inside else address,
    )


def _registration(text: str | None, ledger: Ledger) -> RegistrationData | None:
    if text is None:
        return None
    found = read_registration(text)
    if found is None:
        ledger.dropped("BT-33", text, "not an entry in a register as this library words it")
    return found
