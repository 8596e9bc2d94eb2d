"""Rules of Peppol for sellers in Italy (IT-R-)."""

import re
from collections.abc import Iterator

from lxml import etree

from einvoice_core.findings import Breach
from ubl_peppol.reading import Reading
from ubl_peppol.rules._common import label
from ubl_peppol.rules._nodes import anywhere, at, matches, nodes, text
from ubl_peppol.rules.peppol.national._countries import SELLER, national, seller_by_vat

__all__ = ["italy", "seller_address_is_complete", "tax_registration_is_italian"]

italy = national("peppol-it")
_REGISTRATION = re.compile("[A-Z0-9]{11,16}", re.ASCII)


def _sellers(invoice: Reading) -> list[etree._Element]:
    if not matches(lambda: seller_by_vat(invoice) == "IT"):
        return []
    return anywhere(invoice.root, SELLER)


@italy.rule(
    "IT-R-001",
    terms=["BT-32"],
    message="The tax registration of the Italian seller is {value!r}: it has 11 to 16 capital "
    "letters and digits.",
)
def tax_registration_is_italian(invoice: Reading) -> Iterator[Breach]:
    """The tax registration (BT-32) of an Italian seller has 11 to 16 letters and digits."""
    for scheme in nodes(_sellers(invoice), "cac:PartyTaxScheme"):
        if matches(_is_no_vat, scheme):
            value = text(scheme, "cbc:CompanyID")
            if not _REGISTRATION.fullmatch(value):
                yield Breach(at=at(scheme), value=value)


def _is_no_vat(scheme: etree._Element) -> bool:
    return text(scheme, "cac:TaxScheme/cbc:ID") != "VAT"


_ADDRESS = {
    "IT-R-002": ("cbc:StreetName", "BT-35"),
    "IT-R-003": ("cbc:CityName", "BT-37"),
    "IT-R-004": ("cbc:PostalZone", "BT-38"),
}


@italy.family(_ADDRESS, message="The address of the Italian seller lacks {term}: add it.")
def seller_address_is_complete(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """The address of an Italian seller has street, city and post code."""
    name, term = place
    for party in _sellers(invoice):
        if not nodes(party, f"cac:PostalAddress/{name}"):
            yield Breach(at=at(party), term=label(term))
