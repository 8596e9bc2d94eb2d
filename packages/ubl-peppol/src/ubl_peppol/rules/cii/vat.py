"""VAT categories in CII (BR-S-, BR-Z-, BR-E-, BR-AE-, BR-IC-, BR-G-, BR-O-, BR-AF-, BR-AG-, BR-B-).

One function per rule of the family and one row per official id. The published conditions differ
from category to category in small things; the rows say so, because the verdict must be theirs.
"""

from collections import Counter
from collections.abc import Iterator

from einvoice_core.findings import Breach
from ubl_peppol.reading import Reading, Value
from ubl_peppol.rules._common import shown
from ubl_peppol.rules.cii._categories import ids, of_breakdown, taxes_of_category
from ubl_peppol.rules.cii._common import (
    children,
    model,
)
from ubl_peppol.rules.vat import NAMES

__all__ = ["category_is_broken_down", "exemption_has_a_reason", "taxed_category_has_no_reason"]

_PLACES = (("BG-23", "BT-118"), ("line-tax", "category"), ("entry-tax", "category"))


def _uses(invoice: Reading, code: str) -> tuple[int, int, int]:
    """How often a category stands in the breakdown, in lines, and in allowances and charges."""
    breakdown, lines, entries = invoice.remember("cii categories", _counted)
    return breakdown[code], lines[code], entries[code]


def _counted(invoice: Reading) -> tuple[Counter[str], Counter[str], Counter[str]]:
    breakdown, lines, entries = (
        Counter(code for group in invoice.groups(group_id) for code in set(group.texts(term)))
        for group_id, term in _PLACES
    )
    return breakdown, lines, entries


@model.family(
    ids("01"),
    terms=["BT-118", "BT-151", "BT-95", "BT-102"],
    message="Category {code} ({name}) stands {breakdown} times in the VAT breakdown, {lines} times "
    "in lines and {entries} times in allowances and charges: the breakdown must have what is used.",
)
def category_is_broken_down(invoice: Reading, code: str) -> Iterator[Breach]:
    """A category that is used stands in the VAT breakdown, and the other way about."""
    breakdown, lines, used = _uses(invoice, code)
    if code in ("S", "L", "M"):
        holds = (not lines or lines + breakdown >= 2) and (not used or used + breakdown >= 2)
    elif code == "O":
        holds = not breakdown or (breakdown == 1 and bool(lines or used))
    else:
        holds = (not breakdown and not lines and not used) or (
            breakdown == 1 and bool(lines or used)
        )
    if not holds:
        yield Breach(
            at=invoice.document,
            code=code,
            name=NAMES[code],
            breakdown=breakdown,
            lines=lines,
            entries=used,
        )


_PARTIES_MESSAGE = (
    "A {where} of category {code} ({name}) wants {needs}: add what is missing, take away what "
    "must not be there, or change the category."
)
_NEEDS = {
    "AE": "a tax number of the seller or its representative (BT-31, 32, 63) and a VAT number or "
    "legal registration of the buyer (BT-48, BT-47)",
    "G": "a VAT number of the seller or of its representative (BT-31, BT-63)",
    "K": "VAT numbers of the seller or its representative (BT-31, BT-63) and of the buyer (BT-48)",
    "O": "no VAT number of seller, representative or buyer (BT-31, BT-63, BT-48)",
}
_SELLER = "a tax number of the seller or a VAT number of its representative (BT-31, 32, 63)"


def _identified(invoice: Reading, code: str) -> bool:
    # Some conditions look for the parties anywhere, the others in their place only.
    source = invoice if code in ("AE", "G", "K") else invoice.document
    sellers, agents = source.groups("BG-4"), source.groups("BG-11")
    if code not in ("AE", "G", "K"):
        agreements = invoice.document.groups("BG-11")
        agents = agreements
    buyers = invoice.groups("BG-7")
    vat = any(party.exists("BT-31") for party in sellers)
    agent = any(party.exists("BT-63") for party in agents)
    buyer = any(party.exists("BT-48") for party in buyers)
    if code == "O":
        return not (vat or agent or buyer)
    if code == "G":
        return vat or agent
    if code == "K":
        return (vat or agent) and buyer
    seller = vat or agent or any(party.exists("BT-32") for party in sellers)
    if code == "AE":
        return seller and (buyer or any(party.exists("BT-47") for party in buyers))
    return seller


def _parties(invoice: Reading, code: str, where: str) -> Iterator[Breach]:
    found = taxes_of_category(invoice, code, where)
    if found and not _identified(invoice, code):
        yield Breach(
            at=found[0], where=where, code=code, name=NAMES[code], needs=_NEEDS.get(code, _SELLER)
        )


@model.family(ids("02"), terms=["BT-151"], message=_PARTIES_MESSAGE)
def parties_of_a_line_are_identified(invoice: Reading, code: str) -> Iterator[Breach]:
    """Lines of the category go with the tax numbers that it wants."""
    yield from _parties(invoice, code, "line")


@model.family(ids("03"), terms=["BT-95"], message=_PARTIES_MESSAGE)
def parties_of_an_allowance_are_identified(invoice: Reading, code: str) -> Iterator[Breach]:
    """Allowances of the category go with the tax numbers that it wants."""
    yield from _parties(invoice, code, "allowance")


@model.family(ids("04"), terms=["BT-102"], message=_PARTIES_MESSAGE)
def parties_of_a_charge_are_identified(invoice: Reading, code: str) -> Iterator[Breach]:
    """Charges of the category go with the tax numbers that it wants."""
    yield from _parties(invoice, code, "charge")


_RATES = {"S": "above 0", "L": "above 0", "M": "0 or more", "O": "left out"}
_RATE_MESSAGE = "The rate of category {code} ({name}) is {rate}: it must be {wanted}."


def _rate_fits(rates: list[Value], wanted: str) -> bool:
    if wanted == "left out":
        return not rates
    if wanted == "above 0":
        return any(rate.above(0) for rate in rates)
    if wanted == "0 or more":
        return any(rate.at_least(0) for rate in rates)
    return any(rate.double == 0 for rate in rates)


def _wrong_rates(invoice: Reading, code: str, where: str) -> Iterator[Breach]:
    wanted = _RATES.get(code, "0")
    for group in taxes_of_category(invoice, code, where):
        rates = group.values("rate")
        if not _rate_fits(rates, wanted):
            yield Breach(
                at=group.node("rate"),
                code=code,
                name=NAMES[code],
                rate=shown(", ".join(group.texts("rate"))),
                wanted=wanted,
            )


@model.family(ids("05"), terms=["BT-151", "BT-152"], message=_RATE_MESSAGE)
def rate_of_a_line(invoice: Reading, code: str) -> Iterator[Breach]:
    """The rate of a line fits its category."""
    yield from _wrong_rates(invoice, code, "line")


@model.family(ids("06"), terms=["BT-95", "BT-96"], message=_RATE_MESSAGE)
def rate_of_an_allowance(invoice: Reading, code: str) -> Iterator[Breach]:
    """The rate of an allowance fits its category."""
    yield from _wrong_rates(invoice, code, "allowance")


@model.family(ids("07"), terms=["BT-102", "BT-103"], message=_RATE_MESSAGE)
def rate_of_a_charge(invoice: Reading, code: str) -> Iterator[Breach]:
    """The rate of a charge fits its category."""
    yield from _wrong_rates(invoice, code, "charge")


@model.family(
    ids("10", ("AE", "E", "G", "K", "O")),
    terms=["BT-120", "BT-121"],
    message="Category {code} ({name}) wants the reason of the exemption: give BT-120 or BT-121.",
)
def exemption_has_a_reason(invoice: Reading, code: str) -> Iterator[Breach]:
    """A category without tax says why."""
    for group in of_breakdown(invoice, code):
        if not (group.exists("BT-120") or group.exists("BT-121")):
            yield Breach(at=group, code=code, name=NAMES[code])


@model.family(
    ids("10", ("S", "Z", "L", "M")),
    terms=["BT-120", "BT-121"],
    message="Category {code} ({name}) has no exemption: take BT-120 and BT-121 away.",
)
def taxed_category_has_no_reason(invoice: Reading, code: str) -> Iterator[Breach]:
    """A category with a rate has no exemption reason."""
    for group in of_breakdown(invoice, code):
        if group.exists("BT-120") or group.exists("BT-121"):
            yield Breach(at=group, code=code, name=NAMES[code])


@model.rule(
    "BR-IC-11",
    terms=["BT-72", "BG-14"],
    message="An intra-community supply wants the day of delivery (BT-72) or a period (BG-14).",
)
def intra_community_supply_has_a_day(invoice: Reading) -> Iterator[Breach]:
    """An intra-community supply says when it was delivered."""
    for group in of_breakdown(invoice, "K"):
        delivered = any(entry.exists("BT-72") for entry in invoice.document.groups("BG-13"))
        periods = children(group.element.getparent(), "BillingSpecifiedPeriod")
        in_period = any(
            children(period.element, "StartDateTime") or children(period.element, "EndDateTime")
            for period in periods
        )
        if not delivered and not in_period:
            yield Breach(at=group)


@model.rule(
    "BR-IC-12",
    terms=["BT-80"],
    message="An intra-community supply wants the country of delivery (BT-80): add it.",
)
def intra_community_supply_has_a_country(invoice: Reading) -> Iterator[Breach]:
    """An intra-community supply says to which country it was delivered."""
    known = any(entry.exists("BT-80") for entry in invoice.document.groups("BG-13"))
    for group in of_breakdown(invoice, "K"):
        if not known:
            yield Breach(at=group)


_ONLY_O = {
    "BR-O-11": "trade-tax",
    "BR-O-12": "trade-tax",
    "BR-O-13": "entry-tax",
    "BR-O-14": "entry-tax",
}


@model.family(
    _ONLY_O,
    terms=["BT-118"],
    message="A document that is not subject to VAT (O) has also the category {code}: it must not.",
)
def nothing_else_beside_not_subject_to_vat(invoice: Reading, where: str) -> Iterator[Breach]:
    """A document with the category O has no other category."""
    if not of_breakdown(invoice, "O"):
        return
    for group in invoice.groups(where):
        for code in group.values("category"):
            if code.text != "O":
                yield Breach(at=code, code=code)
                return


@model.rule(
    "BR-B-01",
    terms=["BT-151", "BT-95", "BT-102", "BT-118"],
    message="Split payment (category B) is Italian, but the document names the country {country}.",
)
def split_payment_is_domestic(invoice: Reading) -> Iterator[Breach]:
    """A document with the category B names no country but Italy."""
    if "B" in invoice.document.texts("category-code"):
        for country in invoice.values("country"):
            if country.text != "IT":
                yield Breach(at=country, country=country)
                return


@model.rule(
    "BR-B-02",
    terms=["BT-151", "BT-95", "BT-102", "BT-118"],
    message="Split payment (category B) and the standard rate (S) exclude each other: split the "
    "document in two.",
)
def split_payment_excludes_the_standard_rate(invoice: Reading) -> Iterator[Breach]:
    """A document with the category B does not have the category S."""
    codes = invoice.document.texts("category-code")
    if "B" in codes and "S" in codes:
        yield Breach(at=invoice.document)
