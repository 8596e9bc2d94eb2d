"""Checks of who takes part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from einvoice_core.findings import Breach, RuleSet, Severity
from facturae_es.codes import PersonType, ResidenceType, RoleType
from facturae_es.model import Party, ThirdParty
from facturae_es.reader import Examined
from facturae_es.rules._common import SOURCE
from facturae_es.rules._union import is_member, prefixes
from tax_es.ids import nif

__all__ = ["parties"]

_COMPOSITION = (
    "Real Decreto 1065/2007, art. 19 and 22, and Orden EHA/451/2008: composition of the NIF"
)
_PUBLIC = "Ley 25/2013 (BOE-A-2013-13722), disposición adicional trigésima segunda of Ley 9/2017"

parties: RuleSet[Examined] = RuleSet(SOURCE, "rules")

_SPAIN = "ESP"
_UNITS = (RoleType.FISCAL, RoleType.RECEIVER, RoleType.PAYER)
_DIR3_ROLES = frozenset({*_UNITS, RoleType.BUYER})
_DIR3 = re.compile(r"[A-Z][0-9]{8}|[A-Z]{2}[0-9]{7}", re.ASCII)
_PUBLIC_FORMS = "PQS"
"""First letters of the NIF of town and province councils, public bodies and ministries."""


def _everybody(examined: Examined) -> Iterator[tuple[str, Party | ThirdParty]]:
    document = examined.document
    if document is None:
        return
    yield "parties.seller", document.parties.seller
    yield "parties.buyer", document.parties.buyer
    header = document.file_header
    if header.third_party:
        yield "file_header.third_party", header.third_party
    if header.factoring:
        yield "file_header.factoring.assignee", header.factoring.assignee


@parties.rule(
    "FACTURAE-030",
    message="The NIF {nif} is not one that Spain issues: {reason}.",
    source=_COMPOSITION,
)
def residents_have_a_valid_nif(examined: Examined) -> Iterator[Breach]:
    """The number of a resident in Spain has the form and control character of a NIF."""
    for path, party in _everybody(examined):
        identification = party.tax_identification
        if identification.residence_type is not ResidenceType.SPAIN:
            continue
        checked = nif.check(identification.nif)
        if not checked.valid:
            at = examined.place(f"{path}.tax_identification.nif")
            yield Breach(at, nif=identification.nif, reason=checked.reason)


@parties.rule(
    "FACTURAE-042",
    message="PersonTypeCode is {stated}, but the NIF {nif} is that of {holder}: write {right}.",
    source=_COMPOSITION,
)
def the_person_type_is_that_of_the_nif(examined: Examined) -> Iterator[Breach]:
    """PersonTypeCode is J when the NIF is that of an entity, F otherwise."""
    for path, party in _everybody(examined):
        identification = party.tax_identification
        checked = nif.check(identification.nif)
        if identification.residence_type is not ResidenceType.SPAIN or not checked.valid:
            continue
        right = PersonType.LEGAL_ENTITY if checked.is_entity else PersonType.INDIVIDUAL
        if identification.person_type is not right:
            yield Breach(
                examined.place(f"{path}.tax_identification.person_type"),
                stated=identification.person_type,
                nif=identification.nif,
                holder="an entity" if checked.is_entity else "a natural person",
                right=right,
            )


@parties.rule(
    "FACTURAE-043",
    message="PersonTypeCode is {stated}, so {right} must say who it is, not {wrong}.",
)
def the_person_type_is_that_of_the_data(examined: Examined) -> Iterator[Breach]:
    """PersonTypeCode J goes with LegalEntity, F with Individual."""
    for path, party in _everybody(examined):
        stated = party.tax_identification.person_type
        is_entity = stated is PersonType.LEGAL_ENTITY
        if (party.individual if is_entity else party.legal_entity) is not None:
            names = ("LegalEntity", "Individual") if is_entity else ("Individual", "LegalEntity")
            at = examined.place(f"{path}.tax_identification.person_type")
            yield Breach(at, stated=stated, right=names[0], wrong=names[1])


def _addresses(examined: Examined) -> Iterator[tuple[str, str]]:
    """Yield the path of each address with its country."""
    for path, party in _everybody(examined):
        places = [
            (f"{path}.legal_entity", party.legal_entity),
            (f"{path}.individual", party.individual),
        ]
        centres = party.administrative_centres if isinstance(party, Party) else ()
        holders = [
            *places,
            *((f"{path}.administrative_centres[{i}]", each) for i, each in enumerate(centres)),
        ]
        for at, holder in holders:
            if holder is None:
                continue
            if holder.address_in_spain is not None:
                yield f"{at}.address_in_spain", holder.address_in_spain.country
            if holder.overseas_address is not None:
                yield f"{at}.overseas_address", holder.overseas_address.country


@parties.rule(
    "FACTURAE-044",
    message="AddressInSpain has the country {country}: write ESP, or use OverseasAddress.",
)
def addresses_in_spain_are_in_spain(examined: Examined) -> Iterator[Breach]:
    """CountryCode of AddressInSpain is ESP."""
    for path, country in _addresses(examined):
        if path.endswith("address_in_spain") and country != _SPAIN:
            yield Breach(examined.place(f"{path}.country"), country=country)


@parties.rule(
    "FACTURAE-045",
    message="OverseasAddress has the country ESP: use AddressInSpain.",
    severity=Severity.WARNING,
)
def overseas_addresses_are_abroad(examined: Examined) -> Iterator[Breach]:
    """CountryCode of OverseasAddress is not ESP."""
    for path, country in _addresses(examined):
        if path.endswith("overseas_address") and country == _SPAIN:
            yield Breach(examined.place(f"{path}.country"))


def _issued_on(examined: Examined) -> date:
    document = examined.document
    days = [invoice.issue_data.issued_on for invoice in document.invoices] if document else []
    return min(days, default=date.max)


@parties.rule(
    "FACTURAE-046",
    message="ResidenceTypeCode is {stated}, but the address is in {country}: write {right}.",
    severity=Severity.WARNING,
)
def residence_and_country_agree(examined: Examined) -> Iterator[Breach]:
    """ResidenceTypeCode U goes with an address in another member state, E with one elsewhere."""
    day = _issued_on(examined)
    for path, party in _everybody(examined):
        holder = party.legal_entity or party.individual
        if holder is None or holder.overseas_address is None:
            continue
        stated = party.tax_identification.residence_type
        country = holder.overseas_address.country
        member = is_member(country, day) and country != _SPAIN
        if country == _SPAIN or stated is ResidenceType.SPAIN:
            continue
        if member != (stated is ResidenceType.EUROPEAN_UNION):
            right = ResidenceType.EUROPEAN_UNION if member else ResidenceType.ELSEWHERE
            at = examined.place(f"{path}.tax_identification.residence_type")
            yield Breach(at, stated=stated, country=country, right=right)


@parties.rule(
    "FACTURAE-047",
    message="{nif} is the number of a party in another member state and does not begin with the "
    "code of its country: write it as PT123456789.",
    severity=Severity.WARNING,
)
def numbers_of_the_union_name_their_country(examined: Examined) -> Iterator[Breach]:
    """The number of a party with residence U begins with the code of its member state."""
    for path, party in _everybody(examined):
        identification = party.tax_identification
        abroad = identification.residence_type is ResidenceType.EUROPEAN_UNION
        if abroad and identification.nif[:2].upper() not in prefixes():
            yield Breach(examined.place(f"{path}.tax_identification.nif"), nif=identification.nif)


@parties.rule(
    "FACTURAE-048",
    message="The centres of the buyer name {given}, and FACe needs 01 (oficina contable), 02 "
    "(órgano gestor) and 03 (unidad tramitadora): add {missing}.",
    source=_PUBLIC,
)
def a_public_buyer_has_three_units(examined: Examined) -> Iterator[Breach]:
    """A public buyer that names one of the units 01, 02 and 03 names all three."""
    for path, buyer in _public_buyer(examined):
        given = {centre.role for centre in buyer.administrative_centres} & set(_UNITS)
        missing = [role for role in _UNITS if role not in given]
        if given and missing:
            at = examined.place(f"{path}.administrative_centres[0]")
            shown = ", ".join(sorted(role or "" for role in given))
            yield Breach(at, given=shown, missing=", ".join(missing))


@parties.rule(
    "FACTURAE-049",
    message="The buyer {nif} is a public body, and no centre says which of its units receives the "
    "invoice: FACe needs 01, 02 and 03 with their DIR3 codes.",
    severity=Severity.WARNING,
    source=_PUBLIC,
)
def a_public_buyer_has_units(examined: Examined) -> Iterator[Breach]:
    """A buyer whose NIF begins with P, Q or S has the units 01, 02 and 03."""
    for path, buyer in _public_buyer(examined):
        if not any(centre.role in _UNITS for centre in buyer.administrative_centres):
            at = examined.place(f"{path}.tax_identification.nif")
            yield Breach(at, nif=buyer.tax_identification.nif)


@parties.rule(
    "FACTURAE-050",
    message="{stated} is not a DIR3 code: one or two letters and digits, nine characters in all, "
    "such as L01280796.",
    severity=Severity.WARNING,
    source="Directorio Común de Unidades Orgánicas y Oficinas (DIR3): form of a code",
)
def units_have_a_dir3_code(examined: Examined) -> Iterator[Breach]:
    """CentreCode of the units of a public buyer has the form of a DIR3 code."""
    for path, buyer in _public_buyer(examined):
        for i, centre in enumerate(buyer.administrative_centres):
            code = centre.centre_code or ""
            if centre.role in _DIR3_ROLES and not _DIR3.fullmatch(code):
                at = examined.place(f"{path}.administrative_centres[{i}].centre_code")
                yield Breach(at, stated=repr(code))


def _public_buyer(examined: Examined) -> Iterator[tuple[str, Party]]:
    if examined.document is not None:
        buyer = examined.document.parties.buyer
        identification = buyer.tax_identification
        in_spain = identification.residence_type is ResidenceType.SPAIN
        if in_spain and nif.normalise(identification.nif)[:1] in tuple(_PUBLIC_FORMS):
            yield "parties.buyer", buyer
