"""Rules that one category alone has."""

from collections.abc import Iterator

from einvoice_core.findings import Breach, Undecided
from ubl_peppol.reading import Reading
from ubl_peppol.rules._categories import categories
from ubl_peppol.rules._common import shown
from ubl_peppol.rules.vat._names import vat

__all__ = [
    "intra_community_supply_has_a_country",
    "intra_community_supply_has_a_day",
    "nothing_else_beside_not_subject_to_vat",
    "split_payment_excludes_the_standard_rate",
    "split_payment_is_domestic",
]


@vat.rule(
    "BR-IC-11",
    on="vat K",
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
    on="vat K",
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
    on=lambda _: "vat O",
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
    on="vat B",
    terms=["BT-151", "BT-95", "BT-102", "BT-118"],
    message="Split payment (category B) is Italian, but the document names the country {country}.",
)
def split_payment_is_domestic(invoice: Reading) -> Iterator[Breach]:
    """A document with the category B names no country but Italy."""
    if invoice.is_fragment:
        return  # it speaks of a document
    found = categories(invoice)
    if any("B" in entry.raw for entry in (*found.anywhere, *found.of_lines)):
        for country in invoice.values("country"):
            if country.text != "IT":
                yield Breach(at=country, country=country)
                return


@vat.rule(
    "BR-B-02",
    on="vat B",
    terms=["BT-151", "BT-95", "BT-102", "BT-118"],
    message="Split payment (category B) and the standard rate (S) exclude each other: split the "
    "document in two.",
)
def split_payment_excludes_the_standard_rate(invoice: Reading) -> Iterator[Breach]:
    """A document with the category B does not have the category S."""
    if invoice.is_fragment:
        return  # it speaks of a document
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
