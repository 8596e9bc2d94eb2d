"""Rules of Peppol BIS Self-Billing 3: those of billing, but for what names the process.

The national rules and the rule on German type codes (P0112) are no part of it.
"""

from collections.abc import Iterator

from einvoice_core.findings import Breach, RuleSet
from ubl_peppol.reading import Reading, Value
from ubl_peppol.reading.values import collapse
from ubl_peppol.rules._common import shown
from ubl_peppol.rules._nodes import own_text, tag, text_nodes
from ubl_peppol.rules.peppol._set import common, process

__all__ = [
    "amounts_are_in_the_document_currency",
    "business_process_is_self_billing",
    "selfbilling",
    "specification_is_self_billing",
    "type_code_is_of_self_billing",
]

_RELEASE = "Peppol BIS Self-Billing 3.0.2 (May 2026)"
_SPECIFICATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0"
_PROCESS = "urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0"

_own: RuleSet[Reading] = RuleSet(_RELEASE, "peppol-selfbilling")


@_own.rule(
    "PEPPOL-EN16931-R004",
    terms=["BT-24"],
    message="The specification (BT-24) is {value!r}: it must begin with that of Peppol "
    "self-billing 3.",
)
def specification_is_self_billing(invoice: Reading) -> Iterator[Breach]:
    """The specification identifier is that of Peppol BIS Self-Billing 3."""
    value = collapse(text_nodes(node.element for node in invoice.values("BT-24")))
    if not value.startswith(_SPECIFICATION) or "::" in value:
        yield Breach(at=invoice.document.node("BT-24"), value=value)


@_own.rule(
    "PEPPOL-EN16931-R007",
    terms=["BT-23"],
    message="The business process (BT-23) is {value!r}, which is not one of Peppol self-billing.",
)
def business_process_is_self_billing(invoice: Reading) -> Iterator[Breach]:
    """The business process is one of Peppol self-billing."""
    if not process(invoice, _PROCESS):
        yield Breach(at=invoice.document.node("BT-23"), value=invoice.document.text("BT-23"))


@_own.rule(
    "PEPPOL-EN16931-R051",
    message="The amount is in {currency}: amounts are in the currency of the invoice, {wanted}.",
)
def amounts_are_in_the_document_currency(invoice: Reading) -> Iterator[Breach]:
    """Amounts are in the currency of the invoice; the tax of a breakdown is not judged here."""
    wanted = invoice.document.texts("BT-5")
    for value in invoice.values("document-amount"):
        if value.element.tag == tag("cbc:TaxAmount") and _is_of_a_breakdown(value):
            continue
        currency = invoice.part(value, "document-amount", "currency")
        if currency not in wanted:
            yield Breach(at=value, currency=shown(currency), wanted=", ".join(wanted))


def _is_of_a_breakdown(value: Value) -> bool:
    parent = value.element.getparent()
    return parent is not None and parent.tag == tag("cac:TaxSubtotal")


_TYPES = {
    "PEPPOL-EN16931-P0100": ("invoice-type-code", ("389", "527")),
    "PEPPOL-EN16931-P0101": ("credit-note-type-code", ("261",)),
}


@_own.family(
    _TYPES, terms=["BT-3"], message="The type code {code} is not one of self-billing: use {wanted}."
)
def type_code_is_of_self_billing(
    invoice: Reading, place: tuple[str, tuple[str, ...]]
) -> Iterator[Breach]:
    """The type code is that of a self-billed invoice or credit note."""
    term, codes = place
    for value in invoice.values(term):
        if process(invoice, _PROCESS) == "01" and own_text(value) not in codes:
            yield Breach(at=value, code=value, wanted=" or ".join(codes))


selfbilling: RuleSet[Reading] = (
    common.without(*(rule for rule in common.rules if rule in _own.rules), "PEPPOL-EN16931-P0112")
    | _own
)
"""The rules of self-billing, each once."""
selfbilling.name = "peppol-selfbilling"
