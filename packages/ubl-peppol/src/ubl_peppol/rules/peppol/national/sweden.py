"""Rules of Peppol for sellers in Sweden (SE-R-)."""

import re
from collections.abc import Iterator

from lxml import etree

from einvoice_core.findings import Breach, Severity, Undecided
from ubl_peppol.reading import Reading
from ubl_peppol.reading.values import collapse, location_of, string_of
from ubl_peppol.rules._common import shown
from ubl_peppol.rules._identifiers import luhn
from ubl_peppol.rules._nodes import (
    anywhere,
    at,
    is_number,
    matches,
    nodes,
    number,
    one,
    only,
    raw,
    text,
)
from ubl_peppol.rules.peppol.national._countries import (
    BUYER,
    COUNTRY,
    REGISTRATION,
    SELLER,
    national,
    vat_registrations,
)

__all__ = [
    "domestic_transfer_has_code_30",
    "giro_account_has_its_length",
    "giro_account_is_numeric",
    "giro_has_code_30",
    "organisation_number_fits",
    "rate_is_swedish",
    "sweden",
    "tax_registration_is_the_phrase",
    "vat_number_is_swedish",
]

sweden = national("peppol-se")
_DIGITS = re.compile(r"\d+")


def _swedish(party: etree._Element) -> bool:
    return any(string_of(node) == "SE" for node in nodes(party, COUNTRY))


def _taxed(party: etree._Element) -> bool:
    """Whether a party is in Sweden and one of its VAT numbers is Swedish."""
    return matches(
        lambda: (
            _swedish(party)
            and any(raw(entry, "cbc:CompanyID")[:2] == "SE" for entry in vat_registrations([party]))
        )
    )


def _sellers(invoice: Reading) -> list[etree._Element]:
    return [party for party in anywhere(invoice.root, SELLER) if _swedish(party)]


@sweden.family(
    {"SE-R-001": "length", "SE-R-002": "digits"},
    terms=["BT-31"],
    message="The VAT number of the Swedish seller is {value!r}: write SE and twelve digits.",
)
def vat_number_is_swedish(invoice: Reading, part: str) -> Iterator[Breach]:
    """The VAT number of a Swedish seller is SE and twelve digits."""
    for party in _sellers(invoice):
        if not _taxed(party):
            continue
        found = only(nodes(vat_registrations([party]), "cbc:CompanyID"))
        if found is None:
            continue
        value = string_of(found)
        holds = len(collapse(value)) == 14 if part == "length" else is_number(value[2:14], found)
        if not holds:
            yield Breach(at=at(found), value=value)


@sweden.family(
    {"SE-R-003": "numeric", "SE-R-004": "length", "SE-R-013": "check digit"},
    terms=["BT-30"],
    message="The organisation number of the Swedish seller is {value!r} (its {part} is wrong): "
    "it has ten digits, the last a check digit.",
)
def organisation_number_fits(invoice: Reading, part: str) -> Iterator[Breach]:
    """The organisation number of a Swedish seller has ten digits and checks."""
    for entity in nodes(_sellers(invoice), "cac:PartyLegalEntity"):
        company = one(entity, "cbc:CompanyID")
        if company is None:
            continue
        value = string_of(company)
        if part == "numeric":
            holds = is_number(value, company)
        elif part == "length":
            holds = len(collapse(value)) == 10
        else:
            holds = _checks(collapse(value), company)
        if not holds:
            yield Breach(at=at(company), value=value, part=part)


def _checks(value: str, company: etree._Element) -> bool:
    if not _DIGITS.fullmatch(value):
        return False
    if not value[:9].isascii():
        # A digit of another script passes the published pattern and stops the sum behind it.
        raise Undecided(location_of(company), "write the number with the digits 0 to 9")
    return value[9:10].isascii() and luhn(value[:10])


@sweden.rule(
    "SE-R-005",
    terms=["BT-32"],
    message="The tax registration of the Swedish seller is {value!r}: it can only be 'Godkänd "
    "för F-skatt'.",
)
def tax_registration_is_the_phrase(invoice: Reading) -> Iterator[Breach]:
    """The tax registration (BT-32) of a Swedish seller is the phrase on F-skatt."""
    for party in _sellers(invoice):
        if not nodes(party, REGISTRATION):
            continue
        for scheme in nodes(party, "cac:PartyTaxScheme"):
            if not matches(_is_other_tax, scheme):
                continue
            for company in nodes(scheme, "cbc:CompanyID"):
                if collapse(string_of(company).upper()) != "GODKÄND FÖR F-SKATT":
                    yield Breach(at=at(company), value=string_of(company))


def _is_other_tax(scheme: etree._Element) -> bool:
    return collapse(raw(scheme, "cac:TaxScheme/cbc:ID").upper()) != "VAT"


@sweden.rule(
    "SE-R-006",
    terms=["BT-96", "BT-103", "BT-119", "BT-152"],
    message="The VAT rate is {rate} %: in Sweden it is 6, 12 or 25.",
)
def rate_is_swedish(invoice: Reading) -> Iterator[Breach]:
    """The standard rates of a Swedish seller are 6, 12 and 25 %."""
    if not any(_taxed(party) for party in _sellers(invoice)):
        return
    for name in ("cac:TaxCategory", "cac:ClassifiedTaxCategory"):
        for category in anywhere(invoice.root, name):
            if not any(string_of(node) == "S" for node in nodes(category, "cbc:ID")):
                continue
            rate = one(category, "cbc:Percent")
            if rate is None or number(string_of(rate), rate) not in (6, 12, 25):
                yield Breach(at=at(category), rate=shown("" if rate is None else rate.text))


def _means(invoice: Reading) -> list[etree._Element]:
    return anywhere(invoice.root, "cac:PaymentMeans") if _sellers(invoice) else []


def _is_giro(means: etree._Element, giro: str) -> bool:
    branch = "cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID"
    return text(means, "cbc:PaymentMeansCode") == "30" and text(means, branch) == giro


def _accounts(invoice: Reading, giro: str) -> Iterator[etree._Element]:
    for means in _means(invoice):
        if matches(_is_giro, means, giro):
            yield from nodes(means, "cac:PayeeFinancialAccount/cbc:ID")


@sweden.family(
    {"SE-R-007": "SE:PLUSGIRO", "SE-R-008": "SE:BANKGIRO"},
    terms=["BT-84"],
    severity=Severity.WARNING,
    message="The account of {giro} is {value!r}: it has digits only.",
)
def giro_account_is_numeric(invoice: Reading, giro: str) -> Iterator[Breach]:
    """The account of a Swedish giro is numeric."""
    for account in _accounts(invoice, giro):
        if not is_number(string_of(account), account):
            yield Breach(at=at(account), giro=giro, value=string_of(account))


@sweden.family(
    {"SE-R-009": ("SE:BANKGIRO", 7, 8), "SE-R-010": ("SE:PLUSGIRO", 2, 8)},
    terms=["BT-84"],
    severity=Severity.WARNING,
    message="The account of {giro} is {value!r}: it has {least} to {most} digits.",
)
def giro_account_has_its_length(invoice: Reading, place: tuple[str, int, int]) -> Iterator[Breach]:
    """The account of a Swedish giro has the length of its kind."""
    giro, least, most = place
    for account in _accounts(invoice, giro):
        value = collapse(string_of(account))
        if not least <= len(value) <= most:
            yield Breach(at=at(account), giro=giro, value=value, least=least, most=most)


def _codes(means: etree._Element) -> set[str]:
    return {string_of(node) for node in nodes(means, "cbc:PaymentMeansCode")}


@sweden.rule(
    "SE-R-011",
    terms=["BT-81"],
    severity=Severity.WARNING,
    message="A Swedish giro has code 30 and the bank SE:BANKGIRO or SE:PLUSGIRO (BT-86).",
)
def giro_has_code_30(invoice: Reading) -> Iterator[Breach]:
    """Payment by Swedish giro is a credit transfer (30), not 50 or 56."""
    for means in _means(invoice):
        if _codes(means) & {"50", "56"}:
            yield Breach(at=at(means))


@sweden.rule(
    "SE-R-012",
    terms=["BT-81"],
    severity=Severity.WARNING,
    message="Between Swedish parties a transfer has the code 30, not 31.",
)
def domestic_transfer_has_code_30(invoice: Reading) -> Iterator[Breach]:
    """Between Swedish parties a transfer has the code 30."""
    if not any(_swedish(party) for party in anywhere(invoice.root, BUYER)):
        return
    for means in _means(invoice):
        # A doubled code that SE-R-011 takes is not looked at again.
        if "31" in _codes(means) and not _codes(means) & {"50", "56"}:
            yield Breach(at=at(means))
