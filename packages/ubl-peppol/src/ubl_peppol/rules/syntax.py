"""What UBL may hold of an invoice of EN 16931 (UBL-CR-, UBL-SR-, UBL-DT-).

The norm uses a part of UBL 2.1. The 699 rules that forbid the rest are one walk: the reading marks
what breaks them, by the table ``reading/ubl_outside.csv``. The others count what may occur once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from einvoice_core.findings import Breach, Severity
from ubl_peppol.reading import GroupReading, Reading, Value
from ubl_peppol.reading.table import outside_rows
from ubl_peppol.reading.values import string_of
from ubl_peppol.rules._common import en_rules, label
from ubl_peppol.syntax import CAC, CBC

__all__ = ["syntax"]

syntax = en_rules("en16931-syntax")

_OUTSIDE_MESSAGE = "EN 16931 does not use {path}: leave it out."


def _outside(severity: Severity) -> dict[str, tuple[str, str]]:
    return {
        row.rule: (row.rule, row.path) for row in outside_rows() if row.severity == severity.value
    }


def _not_there(row: tuple[str, str]) -> str:
    return f"The document has no {row[1]}."


@syntax.family(
    _outside(Severity.WARNING),
    on=lambda row: row[0],
    message=_OUTSIDE_MESSAGE,
    severity=Severity.WARNING,
    requirement=_not_there,
)
def only_what_the_norm_uses(invoice: Reading, row: tuple[str, str]) -> Iterator[Breach]:
    """The document has no element and no attribute that the norm does not use."""
    rule, path = row
    at = invoice.outside.get(rule)
    if at is not None:
        yield Breach(at=at, path=path.partition("[")[0].removeprefix("//"))


syntax.family(
    _outside(Severity.FATAL),
    on=lambda row: row[0],
    message=_OUTSIDE_MESSAGE,
    requirement=_not_there,
)(only_what_the_norm_uses)


_AT_MOST_ONCE = {
    "UBL-SR-01": ("document", "BT-12"),
    "UBL-SR-02": ("document", "BT-15"),
    "UBL-SR-03": ("document", "BT-16"),
    "UBL-SR-04": ("document", "BT-18"),
    "UBL-SR-05": ("document", "BT-20"),
    "UBL-SR-06": ("BG-3", "preceding-invoice"),
    "UBL-SR-09": ("document", "BT-27"),
    "UBL-SR-10": ("document", "seller-trading-name"),
    "UBL-SR-11": ("document", "seller-legal-registration"),
    "UBL-SR-12": ("document", "seller-vat-number"),
    "UBL-SR-13": ("document", "seller-other-tax-number"),
    "UBL-SR-14": ("document", "seller-legal-form"),
    "UBL-SR-15": ("document", "BT-44"),
    "UBL-SR-16": ("document", "buyer-identifier"),
    "UBL-SR-17": ("document", "buyer-legal-registration"),
    "UBL-SR-18": ("document", "buyer-vat-number"),
    "UBL-SR-22": ("BG-11", "BT-62"),
    "UBL-SR-23": ("BG-11", "number-of-representative"),
    "UBL-SR-25": ("any-delivery", "name-of-recipient"),
    "UBL-SR-26": ("BG-16", "BT-83"),
    "UBL-SR-27": ("BG-16", "BT-81"),
    "UBL-SR-28": ("BG-16", "mandate-id"),
    "UBL-SR-29": ("document", "sepa-identifier"),
    "UBL-SR-30": ("any-allowance", "reason-of-allowance"),
    "UBL-SR-31": ("any-charge", "reason-of-charge"),
    "UBL-SR-32": ("any-subtotal", "reason-of-exemption"),
    "UBL-SR-33": ("document-reference", "description-of-reference"),
    "UBL-SR-34": ("BG-25", "BT-127"),
    "UBL-SR-35": ("BG-25", "BT-132"),
    "UBL-SR-37": ("BG-25", "price-allowance-of-line"),
    "UBL-SR-39": ("document", "project-id"),
    "UBL-SR-40": ("document", "buyer-trading-name"),
    "UBL-SR-45": ("document", "due-date-of-means"),
    "UBL-SR-46": ("document", "text-of-means"),
    "UBL-SR-49": ("document", "BT-8"),
    "UBL-SR-50": ("BG-25", "description-of-item"),
    "UBL-SR-51": ("any-address", "address-line"),
    "UBL-SR-54": ("document", "card-of-means"),
    "UBL-SR-55": ("document", "mandate-of-means"),
    "UBL-SR-56": ("document", "BT-17"),
}


@syntax.family(
    _AT_MOST_ONCE,
    on=lambda row: f"many {row[1]}",
    message="{term} occurs {count} times: keep one.",
)
def term_occurs_at_most_once(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """The term occurs at most once."""
    group_id, term = place
    for group in invoice.groups(group_id):
        values = group.values(term)
        if len(values) > 1:
            yield Breach(at=values[1], term=label(term), count=len(values))


_GROUP_AT_MOST_ONCE = {
    "UBL-SR-08": ("document", "BG-14"),
    "UBL-SR-24": ("document", "BG-13"),
    "UBL-SR-36": ("BG-25", "BG-26"),
    "UBL-SR-52": ("BG-25", "line-document"),
}


@syntax.family(
    _GROUP_AT_MOST_ONCE,
    on=lambda row: row[1],
    message="The group {group} occurs {count} times: keep one.",
)
def group_occurs_at_most_once(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """The group occurs at most once."""
    outer, inner = place
    for group in invoice.groups(outer):
        found = group.groups(inner)
        if len(found) > 1:
            yield Breach(at=found[1], group=label(inner), count=len(found))


@syntax.rule(
    "UBL-SR-07",
    on="BG-3",
    terms=["BG-3", "BT-25"],
    message="The reference to a preceding invoice has no number (BT-25): add it.",
)
def preceding_invoice_has_a_number(invoice: Reading) -> Iterator[Breach]:
    """A preceding invoice (BG-3) is referred to by its number."""
    for reference in invoice.groups("BG-3"):
        if not reference.exists("BT-25"):
            yield Breach(at=reference)


@dataclass(frozen=True, slots=True)
class _Payee:
    term: str
    what: str


_PAYEE = {
    "UBL-SR-19": _Payee("BT-59", "name"),
    "UBL-SR-20": _Payee("payee-not-sepa", "identifier"),
    "UBL-SR-21": _Payee("BT-61", "legal registration"),
}
_SELLER_NAME = f"{{{CAC}}}Party/{{{CAC}}}PartyLegalEntity/{{{CBC}}}RegistrationName"


@syntax.family(
    _PAYEE,
    on=lambda _: "BG-10",
    terms=["BT-59", "BT-60", "BT-61", "BT-27"],
    message="The payee (BG-10) has {count} times a {what} and is called {name}: it may have one, "
    "and its name must differ from that of the seller, {seller}.",
)
def payee_is_one_and_not_the_seller(invoice: Reading, row: _Payee) -> Iterator[Breach]:
    """The payee has the term at most once, and another name than the seller."""
    for payee in invoice.groups("BG-10"):
        names, sellers = payee.texts("BT-59"), _seller_names(payee.element)
        differ = any(name != seller for name in names for seller in sellers)
        count = len(payee.values(row.term))
        if count > 1 or not differ:
            yield Breach(
                at=payee,
                count=count,
                what=row.what,
                name=", ".join(names) or "nothing",
                seller=", ".join(sellers) or "nothing",
            )


def _seller_names(payee: etree._Element) -> list[str]:
    parent = payee.getparent()
    if parent is None:
        return []
    return [
        string_of(name)
        for seller in parent.iterchildren(f"{{{CAC}}}AccountingSupplierParty")
        for name in seller.iterfind(_SELLER_NAME)
    ]


@syntax.rule(
    "UBL-SR-42",
    shaped=True,
    on="party-of-seller",
    terms=["BT-31", "BT-32"],
    message="The seller has {count} tax registrations: keep a VAT number (BT-31) and another "
    "tax number (BT-32) at most.",
)
def seller_has_two_tax_numbers_at_most(invoice: Reading) -> Iterator[Breach]:
    """The seller has at most two tax registrations."""
    for party in invoice.groups("party-of-seller"):
        registrations = party.values("tax-scheme-of-party")
        if len(registrations) > 2:
            yield Breach(at=registrations[2], count=len(registrations))


@syntax.rule(
    "UBL-SR-43",
    shaped=True,
    on="document-reference",
    terms=["BT-18-1", "BT-122"],
    message="The supporting document {reference} has a scheme or the document type {code}: only an "
    "invoiced object (type 130) and, in a credit note, a project (type 50) have them.",
)
def scheme_belongs_to_the_invoiced_object(invoice: Reading) -> Iterator[Breach]:
    """A reference has a scheme or type only when it is an invoiced object or a project."""
    for reference in invoice.groups("document-reference"):
        types = reference.texts("document-type")
        if "130" in types or (invoice.is_credit_note and "50" in types):
            continue
        if types or reference.exists("scheme-of-reference"):
            yield Breach(
                at=reference,
                reference=", ".join(reference.texts("document-reference-id")) or "without number",
                code=", ".join(types) or "nothing",
            )


_DISTINCT = {
    "UBL-SR-44": ("any-remittance", "remittance texts (BT-83)"),
    "UBL-SR-47": ("any-means-code", "codes of payment means (BT-81)"),
}


@syntax.family(
    _DISTINCT,
    on=lambda row: row[0],
    message="There are different {what}, {first!r} and {second!r}: use one throughout.",
)
def payment_means_agree(invoice: Reading, row: tuple[str, str]) -> Iterator[Breach]:
    """All payment means have the same code and remittance text."""
    term, what = row
    values = invoice.values(term)
    for value in values:
        if value.text != values[0].text:
            yield Breach(at=value, what=what, first=values[0].text, second=value.text)
            return


@syntax.rule(
    "UBL-SR-48",
    shaped=True,
    on="BG-25",
    terms=["BG-30", "BT-151"],
    message="The line has {count} VAT categories (BG-30): it must have one.",
)
def line_has_one_vat_category(invoice: Reading) -> Iterator[Breach]:
    """An invoice line has exactly one VAT category."""
    for line in invoice.groups("BG-25"):
        count = len(line.groups("BG-30"))
        if count != 1:
            yield Breach(at=line, count=count)


@syntax.rule(
    "UBL-SR-53",
    shaped=True,
    on="any-registration",
    terms=["BT-31", "BT-32", "BT-48", "BT-63"],
    message="The tax registration lacks its {lack}: give number and tax scheme.",
)
def tax_registration_is_complete(invoice: Reading) -> Iterator[Breach]:
    """A tax registration has a number and a tax scheme."""
    for entry in invoice.groups("any-registration"):
        if not entry.exists("scheme-of-registration"):
            yield Breach(at=entry, lack="tax scheme")
        elif not entry.exists("number-of-registration"):
            yield Breach(at=entry, lack="number")


@syntax.rule(
    "UBL-DT-01",
    on="decimals",
    message="The amount is {value}: round it to two decimals.",
)
def any_amount_has_two_decimals(invoice: Reading) -> Iterator[Breach]:
    """Every amount but a price has at most two decimals, counted as it is written."""
    for element in invoice.amounts:
        text = string_of(element)
        if len(text.partition(".")[2]) > 2 and not _below_a_reduced_price(element):
            yield Breach(at=Value(text, element), value=text.strip())


def _below_a_reduced_price(element: etree._Element) -> bool:
    """Whether an amount stands in a price that has an allowance: those may have more decimals."""
    prices = element.iterancestors(f"{{{CAC}}}Price")
    return any(price.find(f"{{{CAC}}}AllowanceCharge") is not None for price in prices)


_BINARY = {"UBL-DT-06": "mimeCode", "UBL-DT-07": "filename"}


@syntax.family(
    _BINARY, terms=["BT-125"], message="The attached file has no {attribute}: add the attribute."
)
def attached_file_is_described(invoice: Reading, attribute: str) -> Iterator[Breach]:
    """An attached file says its kind and its name."""
    for element in invoice.binary_objects:
        if element.get(attribute) is None:
            yield Breach(at=GroupReading(element), attribute=attribute)
