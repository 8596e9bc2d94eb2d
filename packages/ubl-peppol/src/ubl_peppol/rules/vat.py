"""VAT categories (BR-S-, BR-Z-, BR-E-, BR-AE-, BR-IC-, BR-G-, BR-O-, BR-AF-, BR-AG-, BR-B-).

One function per rule of the family and one row per official id. Where the published condition
differs from its siblings (it leaves out the tax scheme, or compares with white space) the row says
so, because a verdict must equal that of the official artefact.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from einvoice_core.findings import Breach, Undecided
from ubl_peppol.reading import GroupReading, Reading, Value
from ubl_peppol.reading.conditions import CONDITIONS
from ubl_peppol.reading.values import as_double, difference
from ubl_peppol.rules._categories import Entry, categories
from ubl_peppol.rules._common import en_rules, shown
from ubl_peppol.rules.arithmetic import tax_is_close

__all__ = ["NAMES", "vat"]

vat = en_rules("en16931-vat")

NAMES = {
    "S": "standard rate",
    "Z": "zero rate",
    "E": "exempt",
    "AE": "reverse charge",
    "K": "intra-community supply",
    "G": "export",
    "O": "not subject to VAT",
    "L": "IGIC",
    "M": "IPSI",
}


# -- 01: the breakdown has the categories that are used --

_ONE_BREAKDOWN = {
    "BR-AE-01": "AE",
    "BR-E-01": "E",
    "BR-G-01": "G",
    "BR-IC-01": "K",
    "BR-O-01": "O",
    "BR-Z-01": "Z",
}


@vat.family(
    _ONE_BREAKDOWN,
    terms=["BG-23", "BT-118"],
    message="Category {code} ({name}) is used, so the VAT breakdown must have it once; it has it "
    "{count} times.",
)
def category_has_one_breakdown(invoice: Reading, code: str) -> Iterator[Breach]:
    """A category that is used has exactly one VAT breakdown."""
    found = categories(invoice)
    used = any(entry.has(code) for entry in (*found.anywhere, *found.of_lines))
    count = sum(entry.count(code) for entry in found.of_breakdown)
    if used and count != 1:
        yield Breach(at=invoice.document, code=code, name=NAMES[code], count=count)


@dataclass(frozen=True, slots=True)
class _Some:
    """How the published condition looks for a category in uses and in the breakdown."""

    code: str
    use_needs_scheme: bool = True
    breakdown_needs_scheme: bool = True


_SOME_BREAKDOWN = {
    "BR-S-01": _Some("S", use_needs_scheme=False, breakdown_needs_scheme=False),
    "BR-AF-01": _Some("L", breakdown_needs_scheme=False),
    "BR-AG-01": _Some("M"),
}


@vat.family(
    _SOME_BREAKDOWN,
    terms=["BG-23", "BT-118"],
    message="Category {code} ({name}) is used {uses} times and stands in {count} VAT breakdowns: "
    "it needs at least one where it is used, and none where it is not.",
)
def category_has_some_breakdown(invoice: Reading, place: _Some) -> Iterator[Breach]:
    """A category that is used has a VAT breakdown for each rate; one that is not has none."""
    found = categories(invoice)
    code = place.code
    uses = sum(
        entry.code == code and (entry.scheme or not place.use_needs_scheme)
        for entry in (*found.of_allowances_and_charges, *found.of_lines)
    )
    if place.code == "S":
        count = unused = sum(entry.code == code for entry in found.of_breakdown)
    else:
        # Here the used category is compared as it is written, the unused one without white space.
        count = sum(
            code in entry.raw and (entry.scheme or not place.breakdown_needs_scheme)
            for entry in found.of_breakdown
        )
        unused = sum(entry.code == code and entry.scheme for entry in found.of_breakdown)
    if (uses and not count) or (not uses and unused):
        yield Breach(
            at=invoice.document, code=code, name=NAMES[code], uses=uses, count=count or unused
        )


# -- 02 to 04: who must be identified --

only_vat = CONDITIONS["only-vat"]


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
            if only_vat(registration.element) and registration.exists("company"):
                return True
    return False


def _parties(invoice: Reading, who: _Who, entries: Sequence[Entry], where: str) -> Iterator[Breach]:
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


@vat.family(_LINE_PARTIES, terms=["BT-151"], message=_PARTIES_MESSAGE)
def parties_of_a_line_are_identified(invoice: Reading, who: _Who) -> Iterator[Breach]:
    """Lines of the category go with the tax numbers that it wants."""
    yield from _parties(invoice, who, categories(invoice).of_lines, "line")


@vat.family(_ALLOWANCE_PARTIES, terms=["BT-95"], message=_PARTIES_MESSAGE)
def parties_of_an_allowance_are_identified(invoice: Reading, who: _Who) -> Iterator[Breach]:
    """Allowances of the category go with the tax numbers that it wants."""
    found = categories(invoice)
    entries = found.of_document_allowances if who.code == "O" else found.of_allowances
    yield from _parties(invoice, who, entries, "document allowance")


@vat.family(_CHARGE_PARTIES, terms=["BT-102"], message=_PARTIES_MESSAGE)
def parties_of_a_charge_are_identified(invoice: Reading, who: _Who) -> Iterator[Breach]:
    """Charges of the category go with the tax numbers that it wants."""
    found = categories(invoice)
    entries = found.of_document_charges if who.code == "O" else found.of_charges
    yield from _parties(invoice, who, entries, "document charge")


# -- 05 to 07: the rate --

_RATES = {
    "S": "above 0",
    "Z": "0",
    "E": "0",
    "AE": "0",
    "K": "0",
    "G": "0",
    "L": "0 or more",
    "M": "0 or more",
    "O": "left out",
}
_LINE_RATES = {
    "BR-S-05": "S",
    "BR-Z-05": "Z",
    "BR-E-05": "E",
    "BR-AE-05": "AE",
    "BR-IC-05": "K",
    "BR-G-05": "G",
    "BR-AF-05": "L",
    "BR-AG-05": "M",
    "BR-O-05": "O",
}
_ALLOWANCE_RATES = {
    "BR-S-06": "S",
    "BR-Z-06": "Z",
    "BR-E-06": "E",
    "BR-AE-06": "AE",
    "BR-IC-06": "K",
    "BR-G-06": "G",
    "BR-AF-06": "L",
    "BR-AG-06": "M",
    "BR-O-06": "O",
}
_CHARGE_RATES = {
    "BR-S-07": "S",
    "BR-Z-07": "Z",
    "BR-E-07": "E",
    "BR-AE-07": "AE",
    "BR-IC-07": "K",
    "BR-G-07": "G",
    "BR-AF-07": "L",
    "BR-AG-07": "M",
    "BR-O-07": "O",
}
_RATE_MESSAGE = "The rate of category {code} ({name}) is {rate}: it must be {wanted}."


def _rate_fits(rates: Sequence[Value], wanted: str) -> bool:
    if wanted == "left out":
        return not rates
    if wanted == "0":
        if len(rates) > 1:
            raise Undecided(rates[1], "the rate occurs twice here: keep one")
        return bool(rates) and rates[0].decimal == 0
    if wanted == "above 0":
        return any(rate.above(0) for rate in rates)
    return any(rate.at_least(0) for rate in rates)


def _wrong_rates(entries: Sequence[Entry], code: str) -> Iterator[Breach]:
    wanted = _RATES[code]
    for entry in entries:
        if entry.scheme and not _rate_fits(entry.rates, wanted):
            rate = ", ".join(value.collapsed for value in entry.rates)
            yield Breach(
                at=entry.rates[0] if entry.rates else entry.group,
                code=code,
                name=NAMES[code],
                rate=shown(rate),
                wanted=wanted,
            )


@vat.family(_LINE_RATES, terms=["BT-151", "BT-152"], message=_RATE_MESSAGE)
def rate_of_a_line(invoice: Reading, code: str) -> Iterator[Breach]:
    """The rate of a line fits its category."""
    yield from _wrong_rates(categories(invoice).of_items_with(code), code)


@vat.family(_ALLOWANCE_RATES, terms=["BT-95", "BT-96"], message=_RATE_MESSAGE)
def rate_of_an_allowance(invoice: Reading, code: str) -> Iterator[Breach]:
    """The rate of an allowance fits its category."""
    entries = [entry for entry in categories(invoice).of_allowances if entry.code == code]
    yield from _wrong_rates(entries, code)


@vat.family(_CHARGE_RATES, terms=["BT-102", "BT-103"], message=_RATE_MESSAGE)
def rate_of_a_charge(invoice: Reading, code: str) -> Iterator[Breach]:
    """The rate of a charge fits its category."""
    entries = [entry for entry in categories(invoice).of_charges if entry.code == code]
    yield from _wrong_rates(entries, code)


# -- 08: the taxable amount --

_EXACT_BASES = {
    "BR-AE-08": "AE",
    "BR-E-08": "E",
    "BR-G-08": "G",
    "BR-IC-08": "K",
    "BR-O-08": "O",
    "BR-Z-08": "Z",
}


@vat.family(
    _EXACT_BASES,
    terms=["BT-116", "BT-131", "BT-92", "BT-99"],
    message="The taxable amount of category {code} ({name}) is {stated}, but its lines - "
    "allowances + charges are {computed}.",
)
def taxable_amount_of_a_category(invoice: Reading, code: str) -> Iterator[Breach]:
    """The taxable amount of a category equals its lines - allowances + charges."""
    found = categories(invoice)
    for entry in found.of_breakdown_with(code):
        stated = entry.outer.amount("BT-116")
        computed = [found.base(code, lines) for lines in found.kinds_of_lines]
        if stated is None or stated not in computed:
            yield Breach(
                at=entry.outer.node("BT-116"),
                code=code,
                name=NAMES[code],
                stated=shown(stated),
                computed=shown(computed[0] if computed else None),
            )


_NEAR_BASES = {"BR-S-08": "S", "BR-AF-08": "L", "BR-AG-08": "M"}


@vat.family(
    _NEAR_BASES,
    terms=["BT-116", "BT-119", "BT-131", "BT-92", "BT-99"],
    message="The taxable amount of category {code} ({name}) at {rate} % is {stated}, but its "
    "lines - allowances + charges are {computed}.",
)
def taxable_amount_of_a_rate(invoice: Reading, code: str) -> Iterator[Breach]:
    """The taxable amount of a category and rate is lines - allowances + charges, within 1."""
    found = categories(invoice)
    for entry in found.of_breakdown_with(code):
        if len(entry.rates) > 1:
            raise Undecided(entry.rates[1], "the rate occurs twice here: keep one")
        if not entry.rates:
            continue
        rate = entry.rates[0].decimal
        bases = list(found.bases_at(code, rate))
        if not any(_is_near(entry.outer, base) for base in bases):
            yield Breach(
                at=entry.outer.node("BT-116"),
                code=code,
                name=NAMES[code],
                rate=rate,
                stated=shown(entry.outer.raw("BT-116")),
                computed=shown(bases[0] if bases else None),
            )


def _is_near(breakdown: GroupReading, base: Decimal) -> bool:
    # The published condition subtracts 1 from an untyped value: in binary floating point.
    stated = breakdown.one("BT-116")
    if stated is None:
        return False
    value = stated.double
    if not value.is_finite():
        raise Undecided(stated, f"{stated.collapsed!r} is not an amount")
    one = Decimal(1)
    below, above = as_double(difference(value, one)), as_double(difference(value, -one))
    return below < base < above


# -- 09: the tax --

_NO_TAX = {
    "BR-AE-09": "AE",
    "BR-E-09": "E",
    "BR-G-09": "G",
    "BR-IC-09": "K",
    "BR-O-09": "O",
    "BR-Z-09": "Z",
}


@vat.family(
    _NO_TAX,
    terms=["BT-117"],
    message="The tax of category {code} ({name}) is {tax}: it must be 0.",
)
def category_bears_no_tax(invoice: Reading, code: str) -> Iterator[Breach]:
    """The tax of the category is 0."""
    for entry in categories(invoice).of_breakdown_with(code):
        tax = entry.outer.amount("BT-117")
        if tax != 0:
            yield Breach(at=entry.outer.node("BT-117"), code=code, name=NAMES[code], tax=shown(tax))


_TAXED = {"BR-S-09": "S", "BR-AF-09": "L", "BR-AG-09": "M"}


@vat.family(
    _TAXED,
    terms=["BT-117", "BT-116", "BT-119"],
    message="The tax of category {code} ({name}) is {tax}, which is not {base} at {rate} %.",
)
def tax_of_a_category(invoice: Reading, code: str) -> Iterator[Breach]:
    """The tax of the category equals its taxable amount x rate, within 1."""
    for entry in categories(invoice).of_breakdown_with(code):
        if len(entry.rates) > 1:
            raise Undecided(entry.rates[1], "the rate occurs twice here: keep one")
        rate = entry.rates[0].decimal if entry.rates else None
        tax, base = entry.outer.amount("BT-117"), entry.outer.amount("BT-116")
        if not tax_is_close(tax, base, rate):
            yield Breach(
                at=entry.outer.node("BT-117"),
                code=code,
                name=NAMES[code],
                tax=shown(tax),
                base=shown(base),
                rate=shown(rate),
            )


# -- 10: the reason of an exemption --

_REASON = {
    "BR-AE-10": "AE",
    "BR-E-10": "E",
    "BR-G-10": "G",
    "BR-IC-10": "K",
    "BR-O-10": "O",
}
_NO_REASON = {"BR-S-10": "S", "BR-Z-10": "Z", "BR-AF-10": "L", "BR-AG-10": "M"}


def _has_reason(entry: Entry) -> bool:
    return entry.group.exists("reason") or entry.group.exists("reason-code")


@vat.family(
    _REASON,
    terms=["BT-120", "BT-121"],
    message="Category {code} ({name}) wants the reason of the exemption: give BT-120 or BT-121.",
)
def exemption_has_a_reason(invoice: Reading, code: str) -> Iterator[Breach]:
    """A category without tax says why."""
    for entry in categories(invoice).of_breakdown_with(code):
        if not _has_reason(entry):
            yield Breach(at=entry.group, code=code, name=NAMES[code])


@vat.family(
    _NO_REASON,
    terms=["BT-120", "BT-121"],
    message="Category {code} ({name}) has no exemption: take BT-120 and BT-121 away.",
)
def taxed_category_has_no_reason(invoice: Reading, code: str) -> Iterator[Breach]:
    """A category with a rate has no exemption reason."""
    for entry in categories(invoice).of_breakdown_with(code):
        if _has_reason(entry):
            yield Breach(at=entry.group, code=code, name=NAMES[code])


# -- single rules --


@vat.rule(
    "BR-IC-11",
    terms=["BT-72", "BG-14"],
    message="An intra-community supply wants the day of delivery (BT-72) or a period (BG-14).",
)
def intra_community_supply_has_a_day(invoice: Reading) -> Iterator[Breach]:
    """An intra-community supply says when it was delivered."""
    found = categories(invoice)
    if not any(entry.has("K") for entry in found.of_breakdown):
        return
    days = [day for place in invoice.document.groups("BG-13") for day in place.values("BT-72")]
    if len(days) > 1:
        raise Undecided(days[1], "the day of delivery (BT-72) occurs twice: keep one")
    in_period = any(
        period.element.find("*") is not None for period in invoice.document.groups("BG-14")
    )
    if not (days and len(days[0].text) > 1) and not in_period:
        yield Breach(at=invoice.document)


@vat.rule(
    "BR-IC-12",
    terms=["BT-80"],
    message="An intra-community supply wants the country of delivery (BT-80): add it.",
)
def intra_community_supply_has_a_country(invoice: Reading) -> Iterator[Breach]:
    """An intra-community supply says to which country it was delivered."""
    found = categories(invoice)
    if not any(entry.has("K") for entry in found.of_breakdown):
        return
    countries = [
        country
        for place in invoice.document.groups("BG-13")
        for address in place.groups("BG-15")
        for country in address.values("BT-80")
    ]
    if len(countries) > 1:
        raise Undecided(countries[1], "the country of delivery (BT-80) occurs twice: keep one")
    if not countries or len(countries[0].text) <= 1:
        yield Breach(at=invoice.document)


_ONLY_O = {
    "BR-O-11": "other VAT breakdowns",
    "BR-O-12": "lines of other categories",
    "BR-O-13": "allowances of other categories",
    "BR-O-14": "charges of other categories",
}


@vat.family(
    _ONLY_O,
    terms=["BT-118"],
    message="A document that is not subject to VAT (O) has {where}, such as {code}: it must not.",
)
def nothing_else_beside_not_subject_to_vat(invoice: Reading, where: str) -> Iterator[Breach]:
    """A document with the category O has no other category."""
    found = categories(invoice)
    if not any(entry.has("O") for entry in found.of_breakdown):
        return
    entries = {
        "other VAT breakdowns": found.of_breakdown,
        "lines of other categories": found.of_lines,
        "allowances of other categories": found.of_allowances,
        "charges of other categories": found.of_charges,
    }[where]
    for entry in entries:
        if entry.scheme and entry.code != "O":
            yield Breach(at=entry.group, where=where, code=shown(entry.code))
            return


@vat.rule(
    "BR-B-01",
    terms=["BT-151", "BT-95", "BT-102", "BT-118"],
    message="Split payment (category B) is Italian, but the document names the country {country}.",
)
def split_payment_is_domestic(invoice: Reading) -> Iterator[Breach]:
    """A document with the category B names no country but Italy."""
    found = categories(invoice)
    if any("B" in entry.raw for entry in (*found.anywhere, *found.of_lines)):
        for country in invoice.values("country"):
            if country.text != "IT":
                yield Breach(at=country, country=country)
                return


@vat.rule(
    "BR-B-02",
    terms=["BT-151", "BT-95", "BT-102", "BT-118"],
    message="Split payment (category B) and the standard rate (S) exclude each other: split the "
    "document in two.",
)
def split_payment_excludes_the_standard_rate(invoice: Reading) -> Iterator[Breach]:
    """A document with the category B does not have the category S."""
    found = categories(invoice)
    entries = (
        *found.of_breakdown,
        *found.of_document_allowances,
        *found.of_document_charges,
        *found.of_lines,
    )
    split = [entry for entry in entries if "B" in entry.raw]
    if split and any("S" in entry.raw for entry in entries):
        yield Breach(at=split[0].group)
