"""Rules of Peppol for sellers in Norway (NO-R-)."""

from collections.abc import Iterator

from lxml import etree

from einvoice_core.findings import Breach, Severity
from ubl_peppol.reading import Reading
from ubl_peppol.reading.values import collapse, string_of
from ubl_peppol.rules._common import shown
from ubl_peppol.rules._identifiers import SHAPES
from ubl_peppol.rules._nodes import anywhere, at, matches, nodes, only, raw
from ubl_peppol.rules.peppol.national._countries import (
    SELLER,
    national,
    registered,
    seller_by_vat,
)

__all__ = ["norway", "seller_is_in_the_register", "vat_number_is_norwegian"]

norway = national("peppol-no")


def _sellers(invoice: Reading) -> list[etree._Element]:
    if not matches(lambda: seller_by_vat(invoice) == "NO"):
        return []
    return anywhere(invoice.root, SELLER)


@norway.rule(
    "NO-R-002",
    terms=["BT-32"],
    severity=Severity.WARNING,
    message="The tax registration of the Norwegian seller (scheme TAX) is {value}: most write "
    "Foretaksregisteret there.",
)
def seller_is_in_the_register(invoice: Reading) -> Iterator[Breach]:
    """A Norwegian seller states Foretaksregisteret as its tax registration (BT-32)."""
    for party in _sellers(invoice):
        found = only(nodes(registered(party, "TAX"), "cbc:CompanyID"))
        value = "" if found is None else collapse(string_of(found))
        if value != "Foretaksregisteret":
            yield Breach(at=at(party if found is None else found), value=shown(value))


@norway.rule(
    "NO-R-001",
    terms=["BT-31"],
    message="The VAT number of the Norwegian seller is {value!r}: write NO, the nine digits of "
    "the organisation number, MVA.",
)
def vat_number_is_norwegian(invoice: Reading) -> Iterator[Breach]:
    """The VAT number of a Norwegian seller is NO, an organisation number and MVA."""
    for party in _sellers(invoice):
        found = registered(party)
        numbers = [raw(entry, "cbc:CompanyID") for entry in found]
        if not any(value[:2] == "NO" for value in numbers):
            continue
        only(found)
        value = numbers[0]
        # The nine digits are checked with the letters behind them: mod 11 alone lets 000000000 by.
        if not (value[11:] == "MVA" and SHAPES["0192"](value[2:11])):
            yield Breach(at=at(found[0]), value=value)
