"""Rules of Peppol for sellers in Denmark (DK-R-)."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType

from lxml import etree

from einvoice_core.findings import Breach
from ubl_peppol.reading import Reading
from ubl_peppol.reading.values import collapse, string_of
from ubl_peppol.rules._common import shown
from ubl_peppol.rules._nodes import (
    all_hold,
    anywhere,
    at,
    attributes,
    nodes,
    number,
    raw,
    text_nodes,
)
from ubl_peppol.rules.peppol.national._countries import (
    BUYER,
    REGISTRATION,
    SELLER,
    address_country,
    between,
    national,
    one_attribute,
)

__all__ = [
    "buyer_registration_is_a_cvr",
    "classification_has_a_known_version",
    "credit_note_is_not_negative",
    "denmark",
    "identifier_has_a_scheme",
    "payment_is_danish",
    "seller_has_a_cvr",
    "seller_registration_is_a_cvr",
    "special_tax_is_stated",
]

denmark = national("peppol-dk")
_GIRO = re.compile("[0-9]{7,8}", re.ASCII)
_VERSIONS = frozenset({"19.05.01", "19.0501", "26.08.01", "26.0801"})
_ALLOWED = " 1 10 31 42 48 49 50 58 59 93 97 "


@denmark.rule(
    "DK-R-002",
    terms=["BT-30"],
    message="The Danish seller has no legal registration: add its CVR number (BT-30).",
)
def seller_has_a_cvr(invoice: Reading) -> Iterator[Breach]:
    """A Danish seller has a legal registration (BT-30)."""
    if between(invoice, "DK") and not collapse(
        text_nodes(nodes(invoice.root, f"{SELLER}/{REGISTRATION}"))
    ):
        yield Breach(at=at(invoice.root))


@denmark.rule(
    "DK-R-014",
    terms=["BT-30-1"],
    message="The legal registration of the Danish seller has the scheme {scheme}: it is 0184.",
)
def seller_registration_is_a_cvr(invoice: Reading) -> Iterator[Breach]:
    """The legal registration of a Danish seller has the scheme 0184."""
    companies = nodes(invoice.root, f"{SELLER}/{REGISTRATION}") if between(invoice, "DK") else []
    if companies:
        scheme = one_attribute(companies, "schemeID")
        if scheme != "0184":
            yield Breach(at=at(companies[0]), scheme=shown(scheme))


@denmark.rule(
    "DK-R-016",
    terms=["BT-115"],
    message="The credit note is over {amount}: between Danish parties its total is not negative.",
)
def credit_note_is_not_negative(invoice: Reading) -> Iterator[Breach]:
    """A Danish credit note has no negative total (BT-115)."""
    if not (between(invoice, "DK") and invoice.is_credit_note):
        return
    due = nodes(invoice.root, "cac:LegalMonetaryTotal/cbc:PayableAmount")
    amount = number(text_nodes(due), invoice.root)
    # The country is asked last, as the official run does: it can be undecided.
    if not amount.is_nan() and amount < 0 and address_country(invoice, BUYER) == "DK":
        yield Breach(at=at(due[0]), amount=amount)


@denmark.rule(
    "DK-R-013",
    terms=["BT-29-1", "BT-46-1"],
    message="The identifier of the party has no scheme: add it.",
)
def identifier_has_a_scheme(invoice: Reading) -> Iterator[Breach]:
    """Between Danish parties an identifier of a party has a scheme."""
    if not between(invoice, "DK", "DK"):
        return
    for party in (SELLER, BUYER):
        for entry in nodes(invoice.root, f"{party}/cac:PartyIdentification"):
            ids = nodes(entry, "cbc:ID")
            if ids and not one_attribute(ids, "schemeID"):
                yield Breach(at=at(ids[0]))


def _has(means: etree._Element, code: str) -> bool:
    return any(string_of(node) == code for node in nodes(means, "cbc:PaymentMeansCode"))


def _filled(means: etree._Element, *paths: str) -> bool:
    """Whether all of these have a text."""
    return all_hold(
        *(partial(lambda path: bool(collapse(text_nodes(nodes(means, path)))), p) for p in paths)
    )


def _card(means: etree._Element, *kinds: str) -> bool:
    return raw(means, "cbc:PaymentID")[:3] in kinds


def _code_is_listed(means: etree._Element) -> bool:
    return f" {raw(means, 'cbc:PaymentMeansCode')} " in _ALLOWED


def _transfer(means: etree._Element) -> bool:
    account = "cac:PayeeFinancialAccount"
    return not (_has(means, "31") or _has(means, "42")) or _filled(
        means, f"{account}/cbc:ID", f"{account}/cac:FinancialInstitutionBranch/cbc:ID"
    )


def _mandate(means: etree._Element) -> bool:
    return not _has(means, "49") or _filled(
        means,
        "cac:PaymentMandate/cbc:ID",
        "cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID",
    )


def _giro_account(means: etree._Element) -> bool:
    return not _has(means, "50") or (
        _card(means, "01#", "04#", "15#")
        and _GIRO.fullmatch(raw(means, "cac:PayeeFinancialAccount/cbc:ID")) is not None
    )


def _giro_instruction(means: etree._Element) -> bool:
    return (
        not (_has(means, "50") and _card(means, "04#", "15#"))
        or len(raw(means, "cbc:PaymentID")) == 19
    )


def _fik_account(means: etree._Element) -> bool:
    return not _has(means, "93") or (
        _card(means, "71#", "73#", "75#")
        and len(text_nodes(nodes(means, "cac:PayeeFinancialAccount/cbc:ID"))) == 8
    )


def _fik_instruction(means: etree._Element) -> bool:
    return not (_has(means, "93") and _card(means, "71#", "75#")) or len(
        raw(means, "cbc:PaymentID")
    ) in (18, 19)


_PAYMENT: Mapping[str, tuple[Callable[[etree._Element], bool], str]] = MappingProxyType(
    {
        "DK-R-005": (_code_is_listed, "the code is not one that Danish sellers use"),
        "DK-R-006": (_transfer, "codes 31 and 42 want an account and its bank (BT-84, BT-86)"),
        "DK-R-007": (_mandate, "code 49 wants a mandate and the payer's account (BT-89, BT-91)"),
        "DK-R-008": (
            _giro_account,
            "code 50 wants a payment identifier that begins with 01#, 04# or 15#, and an account "
            "of 7 or 8 digits",
        ),
        "DK-R-009": (_giro_instruction, "after 04# or 15# come the 16 digits of the instruction"),
        "DK-R-010": (
            _fik_account,
            "code 93 wants a payment identifier that begins with 71#, 73# or 75#, and an account "
            "of 8 characters",
        ),
        "DK-R-011": (_fik_instruction, "after 71# or 75# come the 15 or 16 digits"),
    }
)


@denmark.family(
    _PAYMENT, terms=["BG-16"], message="The payment means {code} do not fit Denmark: {wanted}."
)
def payment_is_danish(
    invoice: Reading, place: tuple[Callable[[etree._Element], bool], str]
) -> Iterator[Breach]:
    """Between Danish parties the payment means follow the national rules."""
    holds, wanted = place
    if invoice.is_credit_note or not between(invoice, "DK", "DK"):
        return
    for means in nodes(invoice.root, "cac:PaymentMeans"):
        if not holds(means):
            codes = [string_of(node) for node in nodes(means, "cbc:PaymentMeansCode")]
            yield Breach(at=at(means), code=shown(", ".join(codes)), wanted=wanted)


@denmark.rule(
    "DK-R-017",
    terms=["BT-47-1"],
    message="The legal registration of the Danish buyer has the scheme {scheme}: it is 0184.",
)
def buyer_registration_is_a_cvr(invoice: Reading) -> Iterator[Breach]:
    """The legal registration of a Danish buyer has the scheme 0184."""
    if not between(invoice, "DK", "DK"):
        return
    for party in nodes(invoice.root, BUYER):
        companies = nodes(party, REGISTRATION)
        if companies:
            scheme = one_attribute(companies, "schemeID")
            if scheme != "0184":
                yield Breach(at=at(companies[0]), scheme=shown(scheme))


@denmark.rule(
    "DK-R-003",
    terms=["BT-158-2"],
    message="The UNSPSC classification has the version {version}: use 19.05.01 or 26.08.01.",
)
def classification_has_a_known_version(invoice: Reading) -> Iterator[Breach]:
    """Between Danish parties UNSPSC codes are of version 19.05.01 or 26.08.01."""
    if not between(invoice, "DK", "DK"):
        return
    name = "cac:CreditNoteLine" if invoice.is_credit_note else "cac:InvoiceLine"
    for line in nodes(invoice.root, name):
        codes = nodes(line, "cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode")
        versions = attributes(codes, "listVersionID")
        if "TST" in attributes(codes, "listID") and not _VERSIONS.intersection(versions):
            yield Breach(at=at(codes[0]), version=shown(", ".join(versions)))


@denmark.rule(
    "DK-R-004",
    terms=["BT-97", "BT-104", "BT-139", "BT-144"],
    message="The reason {reason!r} of a special tax (ZZZ) is neither the four digits of its "
    "category nor a text with # inside.",
)
def special_tax_is_stated(invoice: Reading) -> Iterator[Breach]:
    """Between Danish parties the reason of a tax other than VAT (ZZZ) names it."""
    if not between(invoice, "DK", "DK"):
        return
    for entry in anywhere(invoice.root, "cac:AllowanceCharge"):
        codes = nodes(entry, "cbc:AllowanceChargeReasonCode")
        if not any(string_of(node) == "ZZZ" for node in codes):
            continue
        reasons = nodes(entry, "cbc:AllowanceChargeReason")
        four = len(collapse(text_nodes(reasons))) == 4
        reason = raw(entry, "cbc:AllowanceChargeReason")
        value = number(reason, entry)
        if four and not value.is_nan() and 0 <= value <= 9999:
            continue
        if not ("#" in reason and not reason.startswith("#") and not reason.endswith("#")):
            yield Breach(at=at(entry), reason=reason)
