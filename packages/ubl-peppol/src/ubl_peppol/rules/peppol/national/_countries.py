"""The country of seller and buyer, as the national rules of Peppol see it, and their sets."""

from collections.abc import Sequence

from lxml import etree

from einvoice_core.findings import RuleSet, Undecided
from ubl_peppol.reading import Reading
from ubl_peppol.reading.values import collapse, location_of, string_of
from ubl_peppol.rules._common import PEPPOL_RELEASE
from ubl_peppol.rules._nodes import attributes, matches, nodes, raw, tag, text

__all__ = [
    "ADDRESS",
    "BUYER",
    "COUNTRY",
    "REGISTRATION",
    "SELLER",
    "address_country",
    "between",
    "buyer_by_vat",
    "mentioned",
    "national",
    "one_attribute",
    "registered",
    "seller_by_vat",
    "vat_registrations",
]

SELLER = "cac:AccountingSupplierParty/cac:Party"
BUYER = "cac:AccountingCustomerParty/cac:Party"
ADDRESS = "cac:PostalAddress"
COUNTRY = "cac:PostalAddress/cac:Country/cbc:IdentificationCode"
REGISTRATION = "cac:PartyLegalEntity/cbc:CompanyID"
_REPRESENTATIVE = "cac:TaxRepresentativeParty"


def national(name: str) -> RuleSet[Reading]:
    """Open the rule set of a country."""
    return RuleSet(PEPPOL_RELEASE, name)


def address_country(invoice: Reading, party: str) -> str:
    """Return the country code of a party's address as it stands.

    Raises:
        Undecided: There are two.
    """
    return raw(invoice.root, f"{party}/{COUNTRY}")


def between(invoice: Reading, seller: str, buyer: str = "") -> bool:
    """Whether the addresses are in these countries; two codes in one of them match nothing."""

    def question() -> bool:
        return address_country(invoice, SELLER) == seller and (
            not buyer or address_country(invoice, BUYER) == buyer
        )

    return matches(question)


def vat_registrations(parties: Sequence[etree._Element]) -> list[etree._Element]:
    """Return the tax registrations with the scheme VAT, in exactly these letters."""
    return [
        scheme
        for scheme in nodes(parties, "cac:PartyTaxScheme")
        if any(string_of(node) == "VAT" for node in nodes(scheme, "cac:TaxScheme/cbc:ID"))
    ]


def registered(party: etree._Element, scheme: str = "VAT") -> list[etree._Element]:
    """Return the tax registrations of a party whose scheme is that, but for white space.

    Raises:
        Undecided: A registration has two schemes.
    """
    return [
        entry
        for entry in nodes(party, "cac:PartyTaxScheme")
        if text(entry, "cac:TaxScheme/cbc:ID") == scheme
    ]


def _prefix(parties: Sequence[etree._Element]) -> str:
    """Return the country of the one VAT number; empty when there is none."""
    found = vat_registrations(parties)
    prefixes = [raw(entry, "cbc:CompanyID")[:2] for entry in found]
    if len(prefixes) > 1:
        raise Undecided(location_of(found[1]), "a party has two VAT numbers here: keep one")
    return prefixes[0] if prefixes else ""


def seller_by_vat(invoice: Reading, *, represented: bool = True) -> str:
    """Return the country of the seller: VAT number, representative's VAT number, address.

    Raises:
        Undecided: One of them occurs twice.
    """
    return _by_vat(invoice, SELLER, represented=represented)


def buyer_by_vat(invoice: Reading) -> str:
    """Return the country of the buyer: VAT number, address.

    Raises:
        Undecided: One of them occurs twice.
    """
    return _by_vat(invoice, BUYER, represented=False)


def _by_vat(invoice: Reading, party: str, *, represented: bool) -> str:
    root = invoice.root
    found = _prefix(nodes(root, party))
    if not found and represented:
        found = _prefix(nodes(root, _REPRESENTATIVE))
    if not found:
        found = raw(root, f"{party}/{COUNTRY}") if nodes(root, f"{party}/{COUNTRY}") else "XX"
    return collapse(found).upper()


def mentioned(invoice: Reading) -> frozenset[str]:
    """Return every country that the seller or its tax representative names, in capitals."""
    parties = [*invoice.groups("BG-4"), *invoice.groups("BG-11")]
    number, country = tag("cbc:CompanyID"), tag("cbc:IdentificationCode")
    found = [
        string_of(node)[: 2 if node.tag == number else None]
        for party in parties
        for node in party.element.iter(number, country)
    ]
    return frozenset([collapse(text).upper() for text in found])


def one_attribute(elements: Sequence[etree._Element], name: str) -> str:
    """Return the one attribute that the elements have, with its white space collapsed.

    Raises:
        Undecided: Two of them have it.
    """
    found = attributes(elements, name)
    if len(found) > 1:
        raise Undecided(location_of(elements[1]), f"{name} occurs twice here: keep one")
    return collapse(found[0]) if found else ""
