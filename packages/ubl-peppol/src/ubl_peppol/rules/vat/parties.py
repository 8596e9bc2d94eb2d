"""Rules -02 to -04: whose tax numbers a category wants."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from einvoice_core.findings import Breach
from ubl_peppol.reading import GroupReading, Reading
from ubl_peppol.reading.conditions import CONDITIONS
from ubl_peppol.rules._categories import Entry, categories
from ubl_peppol.rules.vat._names import NAMES, vat

__all__ = [
    "parties_of_a_charge_are_identified",
    "parties_of_a_line_are_identified",
    "parties_of_an_allowance_are_identified",
]

_only_vat = CONDITIONS["only-vat"]


@dataclass(frozen=True, slots=True)
class _Who:
    """Whom a category wants identified, and how the published condition finds its use."""

    code: str
    needs: str
    loose: str = ""
    """The condition that ends the rule leaves out the scheme, or compares with white space."""


_LINE_PARTIES = {
    "BR-AE-02": _Who("AE", "seller-and-buyer"),
    "BR-E-02": _Who("E", "seller"),
    "BR-G-02": _Who("G", "seller-vat"),
    "BR-IC-02": _Who("K", "seller-vat-and-buyer-vat"),
    "BR-AF-02": _Who("L", "seller"),
    "BR-AG-02": _Who("M", "seller"),
    "BR-O-02": _Who("O", "nobody"),
    "BR-S-02": _Who("S", "seller", loose="scheme"),
    "BR-Z-02": _Who("Z", "seller"),
}
_ALLOWANCE_PARTIES = {
    "BR-AE-03": _Who("AE", "seller-and-buyer"),
    "BR-E-03": _Who("E", "seller"),
    "BR-G-03": _Who("G", "seller-vat"),
    "BR-IC-03": _Who("K", "seller-vat-and-buyer-vat"),
    "BR-AF-03": _Who("L", "seller"),
    "BR-AG-03": _Who("M", "seller"),
    "BR-O-03": _Who("O", "nobody"),
    "BR-S-03": _Who("S", "seller"),
    "BR-Z-03": _Who("Z", "seller"),
}
_CHARGE_PARTIES = {
    "BR-AE-04": _Who("AE", "seller-and-buyer"),
    "BR-E-04": _Who("E", "seller"),
    "BR-G-04": _Who("G", "seller-vat"),
    "BR-IC-04": _Who("K", "seller-vat-and-buyer-vat"),
    "BR-AF-04": _Who("L", "seller", loose="white space"),
    "BR-AG-04": _Who("M", "seller"),
    "BR-O-04": _Who("O", "nobody"),
    "BR-S-04": _Who("S", "seller"),
    "BR-Z-04": _Who("Z", "seller"),
}
_PARTIES_MESSAGE = (
    "A {where} of category {code} ({name}) wants {needs}: add what is missing, take away what "
    "must not be there, or change the category."
)
_NEEDS = {
    "seller": "a tax number of the seller or a VAT number of its representative (BT-31, 32, 63)",
    "seller-vat": "a VAT number of the seller or of its representative (BT-31, BT-63)",
    "seller-and-buyer": "a tax number of the seller or its representative (BT-31, 32, 63) and a "
    "VAT number or legal registration of the buyer (BT-48, BT-47)",
    "seller-vat-and-buyer-vat": "VAT numbers of the seller or its representative (BT-31, BT-63) "
    "and of the buyer (BT-48)",
    "nobody": "no VAT number of seller, representative or buyer (BT-31, BT-63, BT-48)",
}


def _identified(invoice: Reading, needs: str) -> bool:
    sellers, buyers = invoice.groups("BG-4"), invoice.groups("BG-7")
    represented = any(entry.exists("BT-63") for entry in invoice.groups("BG-11"))
    if needs == "nobody":
        return not (_has_vat_number(sellers) or represented or _has_vat_number(buyers))
    if needs.startswith("seller-vat"):
        seller = _has_vat_number(sellers) or represented
        return seller and (needs == "seller-vat" or _has_vat_number(buyers))
    seller = represented or any(seller.exists("seller-tax-id") for seller in sellers)
    if needs == "seller" or not seller:
        return seller
    return _has_vat_number(buyers) or any(buyer.exists("BT-47") for buyer in buyers)


def _has_vat_number(parties: Sequence[GroupReading]) -> bool:
    # Published so that two tax schemes in one registration stop the evaluation.
    for party in parties:
        for registration in party.groups("tax-registration"):
            if _only_vat(registration.element) and registration.exists("company"):
                return True
    return False


def _parties(invoice: Reading, who: _Who, entries: Sequence[Entry], where: str) -> Iterator[Breach]:
    if invoice.is_fragment:
        return  # the parties are those of the document
    uses = [entry for entry in entries if entry.code == who.code]
    strict = [entry for entry in uses if entry.scheme]
    concerned = strict
    if who.loose == "scheme":
        concerned = uses
    elif who.loose == "white space":
        concerned = [entry for entry in strict if who.code in entry.raw]
    if concerned and not (strict and _identified(invoice, who.needs)):
        yield Breach(
            at=concerned[0].group,
            where=where,
            code=who.code,
            name=NAMES[who.code],
            needs=_NEEDS[who.needs],
        )


@vat.family(
    _LINE_PARTIES, on=lambda who: f"vat {who.code}", terms=["BT-151"], message=_PARTIES_MESSAGE
)
def parties_of_a_line_are_identified(invoice: Reading, who: _Who) -> Iterator[Breach]:
    """Lines of the category go with the tax numbers that it wants."""
    yield from _parties(invoice, who, categories(invoice).of_lines, "line")


@vat.family(
    _ALLOWANCE_PARTIES,
    on=lambda who: f"charged {who.code}",
    terms=["BT-95"],
    message=_PARTIES_MESSAGE,
)
def parties_of_an_allowance_are_identified(invoice: Reading, who: _Who) -> Iterator[Breach]:
    """Allowances of the category go with the tax numbers that it wants."""
    found = categories(invoice)
    entries = found.of_document_allowances if who.code == "O" else found.of_allowances
    yield from _parties(invoice, who, entries, "document allowance")


@vat.family(
    _CHARGE_PARTIES,
    on=lambda who: f"charged {who.code}",
    terms=["BT-102"],
    message=_PARTIES_MESSAGE,
)
def parties_of_a_charge_are_identified(invoice: Reading, who: _Who) -> Iterator[Breach]:
    """Charges of the category go with the tax numbers that it wants."""
    found = categories(invoice)
    entries = found.of_document_charges if who.code == "O" else found.of_charges
    yield from _parties(invoice, who, entries, "document charge")
