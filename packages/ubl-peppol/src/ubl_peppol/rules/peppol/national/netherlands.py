"""Rules of Peppol for sellers in the Netherlands (NL-R-)."""

from collections.abc import Iterator

from einvoice_core.findings import Breach
from ubl_peppol.reading import Reading, Value
from ubl_peppol.reading.values import collapse, string_of
from ubl_peppol.rules._common import shown
from ubl_peppol.rules._nodes import anywhere, at, blank, matches, nodes, one, text
from ubl_peppol.rules.peppol.national._countries import (
    ADDRESS,
    BUYER,
    REGISTRATION,
    SELLER,
    address_country,
    national,
)

__all__ = [
    "address_is_complete",
    "credit_note_names_an_invoice",
    "legal_registration_is_dutch",
    "means_of_payment_is_dutch",
    "netherlands",
    "order_line_has_an_order",
    "payment_has_means",
]

netherlands = national("peppol-nl")
_REPRESENTATIVE = "cac:TaxRepresentativeParty"
_MEANS = frozenset({"30", "48", "49", "57", "58", "59"})


def _dutch(invoice: Reading, *parties: str) -> bool:
    """Whether the addresses of these parties are Dutch."""
    return matches(
        lambda: all(collapse(address_country(invoice, party)).upper() == "NL" for party in parties)
    )


@netherlands.rule(
    "NL-R-001",
    terms=["BG-3"],
    message="The credit note of the Dutch seller names no earlier invoice: add its number (BT-25).",
)
def credit_note_names_an_invoice(invoice: Reading) -> Iterator[Breach]:
    """A credit note of a Dutch seller refers to an invoice (BG-3)."""
    if not _dutch(invoice, SELLER):
        return
    if nodes(invoice.root, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"):
        return
    for code in anywhere(invoice.root, "cbc:CreditNoteTypeCode"):
        yield Breach(at=at(code))


_ADDRESSES = {
    "NL-R-002": (SELLER, (SELLER,), "seller"),
    "NL-R-004": (BUYER, (SELLER, BUYER), "buyer"),
    "NL-R-006": (_REPRESENTATIVE, (SELLER, _REPRESENTATIVE), "tax representative"),
}


@netherlands.family(
    _ADDRESSES, message="The Dutch address of the {who} lacks street, city or post code: add it."
)
def address_is_complete(
    invoice: Reading, place: tuple[str, tuple[str, ...], str]
) -> Iterator[Breach]:
    """A Dutch address has street, city and post code when the seller is Dutch."""
    party, dutch, who = place
    if not _dutch(invoice, *dutch):
        return
    for address in anywhere(invoice.root, f"{party}/{ADDRESS}"):
        parts = ("cbc:StreetName", "cbc:CityName", "cbc:PostalZone")
        if not all(nodes(address, name) for name in parts):
            yield Breach(at=at(address), who=who)


_REGISTRATIONS = {
    "NL-R-003": (SELLER, (SELLER,), "seller"),
    "NL-R-005": (BUYER, (SELLER, BUYER), "buyer"),
}


@netherlands.family(
    _REGISTRATIONS,
    message="The legal registration of the Dutch {who} has the scheme {scheme}: give a KVK "
    "(0106) or an OIN number (0190).",
)
def legal_registration_is_dutch(
    invoice: Reading, place: tuple[str, tuple[str, ...], str]
) -> Iterator[Breach]:
    """The legal registration of a Dutch party is a KVK or an OIN number."""
    party, dutch, who = place
    if not _dutch(invoice, *dutch):
        return
    for company in anywhere(invoice.root, f"{party}/{REGISTRATION}"):
        scheme = str(company.get("schemeID", ""))
        padded = f" {scheme} "
        if blank(company) or not (" 0106 " in padded or " 0190 " in padded):
            yield Breach(at=at(company), who=who, scheme=shown(scheme))


@netherlands.rule(
    "NL-R-007",
    terms=["BG-16"],
    message="{amount} is to be paid, and nothing says how: add the means of payment (BG-16).",
)
def payment_has_means(invoice: Reading) -> Iterator[Breach]:
    """A Dutch seller says how it is paid when something is to be paid to it."""
    if not _dutch(invoice, SELLER) or anywhere(invoice.root, "cac:PaymentMeans"):
        return
    for totals in anywhere(invoice.root, "cac:LegalMonetaryTotal"):
        due = one(totals, "cbc:PayableAmount")
        amount = None if due is None else Value(string_of(due), due).decimal
        if amount is not None and (amount >= 0 if invoice.is_credit_note else amount <= 0):
            continue
        yield Breach(at=at(totals), amount=shown(amount))


@netherlands.rule(
    "NL-R-008",
    terms=["BT-81"],
    message="Payment means {code} does not stand between Dutch parties: use 30, 48, 49, 57, 58 "
    "or 59.",
)
def means_of_payment_is_dutch(invoice: Reading) -> Iterator[Breach]:
    """Between Dutch parties the payment means are those of a short list."""
    if not _dutch(invoice, SELLER, BUYER):
        return
    for means in anywhere(invoice.root, "cac:PaymentMeans"):
        code = text(means, "cbc:PaymentMeansCode")
        if code not in _MEANS:
            yield Breach(at=at(means), code=shown(code))


@netherlands.rule(
    "NL-R-009",
    terms=["BT-132", "BT-13"],
    message="The line refers to a line of an order, but the document names no order: add BT-13.",
)
def order_line_has_an_order(invoice: Reading) -> Iterator[Breach]:
    """With a reference to an order line (BT-132) goes one to the order (BT-13)."""
    if not _dutch(invoice, SELLER) or nodes(invoice.root, "cac:OrderReference/cbc:ID"):
        return
    for reference in anywhere(invoice.root, "cac:OrderLineReference/cbc:LineID"):
        yield Breach(at=at(reference))
