"""Rules of Peppol for sellers in Iceland (IS-R-)."""

from collections.abc import Iterator

from lxml import etree

from einvoice_core.findings import Breach, Severity, Undecided
from ubl_peppol.reading import Reading, Value
from ubl_peppol.reading.values import collapse, string_of
from ubl_peppol.rules._common import shown
from ubl_peppol.rules._nodes import at, attributes, nodes, only, text
from ubl_peppol.rules.peppol.national._countries import REGISTRATION, between, national

__all__ = [
    "account_has_twelve_digits",
    "deadline_is_a_day",
    "deadline_is_not_before_the_due_date",
    "deadline_needs_a_due_date",
    "document_is_invoice_or_credit_note",
    "iceland",
    "party_has_a_legal_registration",
    "party_has_street_and_post_code",
]

iceland = national("peppol-is")


@iceland.rule(
    "IS-R-001",
    terms=["BT-3"],
    severity=Severity.WARNING,
    message="The type code of the Icelandic seller's document is {code}: use 380 or 381.",
)
def document_is_invoice_or_credit_note(invoice: Reading) -> Iterator[Breach]:
    """The type code (BT-3) of an Icelandic seller is 380 or 381."""
    if between(invoice, "IS"):
        root = invoice.root
        codes = []
        for name in ("cbc:InvoiceTypeCode", "cbc:CreditNoteTypeCode"):
            codes.append(text(root, name))
            if codes[-1] in ("380", "381"):
                return
        yield Breach(at=at(root), code=shown("".join(codes)))


_PARTIES = {
    "seller": ("IS", "", "cac:AccountingSupplierParty"),
    "buyer": ("IS", "IS", "cac:AccountingCustomerParty"),
}
_OF_SELLER_AND_BUYER = {"IS-R-002": "seller", "IS-R-004": "buyer"}


def _groups(invoice: Reading, who: str) -> list[etree._Element]:
    seller, buyer, path = _PARTIES[who]
    if not between(invoice, seller, buyer):
        return []
    # Of the seller the document is asked, of the buyer each of its elements.
    return [invoice.root] if who == "seller" else nodes(invoice.root, path)


def _party(who: str) -> str:
    return f"{_PARTIES[who][2]}/cac:Party" if who == "seller" else "cac:Party"


@iceland.family(
    _OF_SELLER_AND_BUYER,
    terms=["BT-30", "BT-47"],
    message="The Icelandic {who} has no legal registration with the scheme 0196: add it.",
)
def party_has_a_legal_registration(invoice: Reading, who: str) -> Iterator[Breach]:
    """An Icelandic party has its legal registration (kennitala, scheme 0196)."""
    for group in _groups(invoice, who):
        companies = nodes(group, f"{_party(who)}/{REGISTRATION}")
        if "0196" not in attributes(companies, "schemeID"):
            yield Breach(at=at(companies[0] if companies else group), who=who)


@iceland.family(
    {"IS-R-003": "seller", "IS-R-005": "buyer"},
    message="The address of the Icelandic {who} lacks street or post code: add it.",
)
def party_has_street_and_post_code(invoice: Reading, who: str) -> Iterator[Breach]:
    """The address of an Icelandic party has street and post code."""
    for group in _groups(invoice, who):
        addresses = nodes(group, f"{_party(who)}/cac:PostalAddress")
        if not (nodes(addresses, "cbc:StreetName") and nodes(addresses, "cbc:PostalZone")):
            yield Breach(at=at(group), who=who)


@iceland.family(
    {"IS-R-006": "9", "IS-R-007": "42"},
    terms=["BT-84"],
    message="Payment means {code} wants an account of 12 digits, not {account}.",
)
def account_has_twelve_digits(invoice: Reading, code: str) -> Iterator[Breach]:
    """An Icelandic claim (9) or transfer (42) names an account of 12 characters."""
    if not between(invoice, "IS"):
        return
    means = [
        entry
        for entry in nodes(invoice.root, "cac:PaymentMeans")
        if any(string_of(node) == code for node in nodes(entry, "cbc:PaymentMeansCode"))
    ]
    if not means:
        return
    found = only(nodes(means, "cac:PayeeFinancialAccount/cbc:ID"))
    account = "" if found is None else collapse(string_of(found))
    if found is None or len(account) != 12:
        yield Breach(at=at(means[0]), code=code, account=shown(account))


def _deadlines(invoice: Reading) -> list[etree._Element]:
    if not between(invoice, "IS"):
        return []
    return [
        entry
        for entry in nodes(invoice.root, "cac:AdditionalDocumentReference")
        if any(string_of(node) == "EINDAGI" for node in nodes(entry, "cbc:DocumentDescription"))
    ]


@iceland.rule(
    "IS-R-008",
    terms=["BT-122"],
    message="The final deadline (EINDAGI) is {value!r}: write a date like 2026-12-31.",
)
def deadline_is_a_day(invoice: Reading) -> Iterator[Breach]:
    """The final deadline (document EINDAGI) is a date."""
    found = _deadlines(invoice)
    if found:
        node = only(nodes(found, "cbc:ID"))
        value = "" if node is None else string_of(node)
        if len(value) != 10 or node is None or not _is_day(value, node):
            yield Breach(at=at(found[0]), value=value[:40])


def _is_day(value: str, node: etree._Element) -> bool:
    try:
        return Value(value, node).day > 0
    except Undecided:
        return False


@iceland.rule(
    "IS-R-009",
    terms=["BT-9"],
    message="There is a final deadline (EINDAGI), but no due date: add BT-9.",
)
def deadline_needs_a_due_date(invoice: Reading) -> Iterator[Breach]:
    """With a final deadline (document EINDAGI) goes a due date (BT-9)."""
    found = _deadlines(invoice)
    if found and not nodes(invoice.root, "cbc:DueDate"):
        yield Breach(at=at(found[0]))


@iceland.rule(
    "IS-R-010",
    terms=["BT-9"],
    message="The final deadline (EINDAGI) lies before the due date ({due}): correct one of them.",
)
def deadline_is_not_before_the_due_date(invoice: Reading) -> Iterator[Breach]:
    """The final deadline (document EINDAGI) is the due date (BT-9) or later."""
    found = _deadlines(invoice)
    if not found:
        return
    due = [string_of(node) for node in nodes(invoice.root, "cbc:DueDate")]
    days = [string_of(node) for node in nodes(found, "cbc:ID")]
    # The published rule compares the texts.
    if not any(first <= second for first in due for second in days):
        yield Breach(at=at(found[0]), due=shown(", ".join(due)))
