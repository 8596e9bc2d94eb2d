"""Rules of Peppol on the document as a whole."""

from collections.abc import Callable, Iterator
from functools import partial

from einvoice_core.findings import Breach
from ubl_peppol.reading import GroupReading, Reading, Value
from ubl_peppol.reading.values import collapse
from ubl_peppol.rules._common import label, shown
from ubl_peppol.rules._nodes import all_hold, nodes, own_text, text_nodes
from ubl_peppol.rules.peppol._set import common, process, within_germany

__all__ = [
    "accounting_currency_differs",
    "amounts_are_in_the_document_currency",
    "both_tax_totals_have_the_same_sign",
    "business_process_is_given",
    "business_process_is_known",
    "buyer_can_find_the_order",
    "credit_note_has_one_project",
    "direct_debit_has_a_mandate",
    "no_element_is_empty",
    "one_tax_total_has_the_breakdown",
    "one_tax_total_is_in_the_accounting_currency",
    "party_has_an_electronic_address",
    "specification_is_peppol",
    "there_is_one_note",
]

_SPECIFICATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"


@common.rule(
    "PEPPOL-EN16931-R001",
    wants=("document", ["BT-23"]),
    terms=["BT-23"],
    message="The business process (BT-23) is missing: add the ProfileID of Peppol billing.",
)
def business_process_is_given(invoice: Reading) -> Iterator[Breach]:
    """The business process is given."""
    if not invoice.document.exists("BT-23"):
        yield Breach(at=invoice.document)


@common.rule(
    "PEPPOL-EN16931-R002",
    terms=["BT-22"],
    message="There are {count} notes: join them into one.",
)
def there_is_one_note(invoice: Reading) -> Iterator[Breach]:
    """There is one note at most, except between German parties."""
    notes = invoice.document.groups("BG-1")
    if len(notes) > 1 and not within_germany(invoice):
        yield Breach(at=notes[1], count=len(notes))


@common.rule(
    "PEPPOL-EN16931-R003",
    terms=["BT-10", "BT-13"],
    message="There is neither a buyer reference (BT-10) nor a purchase order (BT-13): add one.",
)
def buyer_can_find_the_order(invoice: Reading) -> Iterator[Breach]:
    """A buyer reference or a purchase order is given."""
    if not (invoice.document.exists("BT-10") or invoice.document.exists("BT-13")):
        yield Breach(at=invoice.document)


@common.rule(
    "PEPPOL-EN16931-R004",
    terms=["BT-24"],
    message="The specification (BT-24) is {value!r}: it must begin with that of Peppol billing 3.",
)
def specification_is_peppol(invoice: Reading) -> Iterator[Breach]:
    """The specification identifier is that of Peppol BIS Billing 3."""
    value = collapse(text_nodes(node.element for node in invoice.values("BT-24")))
    if not value.startswith(_SPECIFICATION) or "::" in value:
        yield Breach(at=invoice.document.node("BT-24"), value=value)


@common.rule(
    "PEPPOL-EN16931-R005",
    terms=["BT-6", "BT-5"],
    message="The VAT accounting currency {currency} (BT-6) is that of the invoice: leave it out.",
)
def accounting_currency_differs(invoice: Reading) -> Iterator[Breach]:
    """The VAT accounting currency differs from the currency of the invoice."""
    for value in invoice.values("accounting-currency-code"):
        parent = value.element.getparent()
        siblings = nodes(parent, "cbc:DocumentCurrencyCode") if parent is not None else []
        currency = own_text(value)
        if currency == collapse(text_nodes(siblings)):
            yield Breach(at=value, currency=currency)


@common.rule(
    "PEPPOL-EN16931-R007",
    terms=["BT-23"],
    message="The business process (BT-23) is {value!r}, which is not one of Peppol billing.",
)
def business_process_is_known(invoice: Reading) -> Iterator[Breach]:
    """The business process is one of Peppol billing."""
    if not process(invoice):
        yield Breach(at=invoice.document.node("BT-23"), value=invoice.document.text("BT-23"))


@common.rule("PEPPOL-EN16931-R008", message="The element is empty: fill it in or leave it out.")
def no_element_is_empty(invoice: Reading) -> Iterator[Breach]:
    """No element is empty."""
    for element in invoice.empty:
        yield Breach(at=GroupReading(element))


_ENDPOINTS = {
    "PEPPOL-EN16931-R010": ("buyer-party", "BT-49"),
    "PEPPOL-EN16931-R020": ("seller-party", "BT-34"),
}


@common.family(
    _ENDPOINTS,
    wants=lambda row: (row[0], ["endpoint"]),
    message="The electronic address {term} is missing: add it.",
)
def party_has_an_electronic_address(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """Seller and buyer have an electronic address."""
    group_id, term = place
    for party in invoice.groups(group_id):
        if not party.exists("endpoint"):
            yield Breach(at=party, term=label(term))


@common.rule(
    "PEPPOL-EN16931-R051",
    message="The amount is in {currency}: amounts are in the currency of the invoice, {wanted}.",
)
def amounts_are_in_the_document_currency(invoice: Reading) -> Iterator[Breach]:
    """Amounts are in the currency of the invoice, but for the VAT in the accounting currency."""
    wanted = invoice.document.texts("BT-5")
    for value in invoice.values("document-amount"):
        currency = invoice.part(value, "document-amount", "currency")
        if currency not in wanted:
            yield Breach(at=value, currency=shown(currency), wanted=", ".join(wanted))


@common.rule(
    "PEPPOL-EN16931-R053",
    terms=["BG-23"],
    message="There are {count} total taxes with a breakdown: keep exactly one.",
)
def one_tax_total_has_the_breakdown(invoice: Reading) -> Iterator[Breach]:
    """One total tax has the VAT breakdown."""
    count = sum(bool(entry.groups("BG-23")) for entry in invoice.document.groups("tax-total"))
    if count != 1:
        yield Breach(at=invoice.document, count=count)


@common.rule(
    "PEPPOL-EN16931-R054",
    terms=["BT-111", "BT-6"],
    message="There are {count} total taxes without a breakdown: {wanted} is right, because a VAT "
    "accounting currency (BT-6) is {given}.",
)
def one_tax_total_is_in_the_accounting_currency(invoice: Reading) -> Iterator[Breach]:
    """One total tax has no breakdown with a VAT accounting currency, none without it."""
    count = sum(not entry.groups("BG-23") for entry in invoice.document.groups("tax-total"))
    given = invoice.document.exists("BT-6")
    if count != int(given):
        yield Breach(
            at=invoice.document,
            count=count,
            wanted=int(given),
            given="given" if given else "not given",
        )


@common.rule(
    "PEPPOL-EN16931-R055",
    terms=["BT-110", "BT-111"],
    message="The total VAT in the accounting currency and in that of the invoice must have the "
    "same sign, and both must be given.",
)
def both_tax_totals_have_the_same_sign(invoice: Reading) -> Iterator[Breach]:
    """The total VAT has the same sign in both currencies."""
    document = invoice.document
    if not document.exists("BT-6"):
        return
    if not any(
        all_hold(partial(_one_is, invoice, "BT-6", side), partial(_one_is, invoice, "BT-5", side))
        for side in (Value.at_most, Value.at_least)
    ):
        yield Breach(at=document.node("BT-6"))


def _one_is(invoice: Reading, term: str, side: Callable[[Value, int], bool]) -> bool:
    return any(side(tax, 0) for tax in _taxes_in(invoice, term))


def _taxes_in(invoice: Reading, term: str) -> list[Value]:
    """Return the taxes in the currency of a term; it is asked for when there is a tax at all."""
    return [
        value
        for entry in invoice.document.groups("tax-total")
        for value in entry.values("total-tax")
        if invoice.part(value, "total-tax", "currency") == invoice.document.text(term)
    ]


@common.rule(
    "PEPPOL-EN16931-R061",
    terms=["BT-89"],
    message="Payment means {code} is a direct debit: give the mandate (BT-89).",
)
def direct_debit_has_a_mandate(invoice: Reading) -> Iterator[Breach]:
    """A direct debit names the mandate."""
    for means in invoice.groups("BG-16"):
        codes = [value.collapsed for value in means.values("BT-81")]
        mandates = means.groups("BG-19")
        # A doubled code keeps the published rule from looking at the payment means at all.
        if codes in (["49"], ["59"]) and not any(mandate.exists("BT-89") for mandate in mandates):
            yield Breach(at=means, code=codes[0])


@common.rule(
    "PEPPOL-EN16931-R080",
    terms=["BT-11"],
    message="There are {count} references to a project (type 50): keep one.",
)
def credit_note_has_one_project(invoice: Reading) -> Iterator[Breach]:
    """A credit note refers to one project at most."""
    count = len(invoice.document.groups("project-reference"))
    if count > 1:
        yield Breach(at=invoice.document, count=count)
