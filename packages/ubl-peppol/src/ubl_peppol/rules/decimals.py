"""Decimals of amounts (BR-DEC-): at most two.

BR-DEC-13 and BR-DEC-15 compare the currency of a total VAT with a code *inside* that amount, where
the schema has none: they fire on structurally wrong documents only, as the official artefact does.
"""

from collections.abc import Iterator

from einvoice_core.findings import Breach, Undecided
from ubl_peppol.reading import Reading
from ubl_peppol.reading.values import string_of
from ubl_peppol.rules._common import en_rules, label
from ubl_peppol.syntax import CBC

__all__ = ["decimals"]

decimals = en_rules("en16931-decimals")

_TWO_DECIMALS = {
    "BR-DEC-01": ("BG-20", "BT-92"),
    "BR-DEC-02": ("BG-20", "BT-93"),
    "BR-DEC-05": ("BG-21", "BT-99"),
    "BR-DEC-06": ("BG-21", "BT-100"),
    "BR-DEC-09": ("BG-22", "BT-106"),
    "BR-DEC-10": ("BG-22", "BT-107"),
    "BR-DEC-11": ("BG-22", "BT-108"),
    "BR-DEC-12": ("BG-22", "BT-109"),
    "BR-DEC-14": ("BG-22", "BT-112"),
    "BR-DEC-16": ("BG-22", "BT-113"),
    "BR-DEC-17": ("BG-22", "BT-114"),
    "BR-DEC-18": ("BG-22", "BT-115"),
    "BR-DEC-19": ("BG-23", "BT-116"),
    "BR-DEC-20": ("BG-23", "BT-117"),
    "BR-DEC-23": ("BG-25", "BT-131"),
    "BR-DEC-24": ("BG-27", "BT-136"),
    "BR-DEC-25": ("BG-27", "BT-137"),
    "BR-DEC-27": ("BG-28", "BT-141"),
    "BR-DEC-28": ("BG-28", "BT-142"),
}


@decimals.family(
    _TWO_DECIMALS, on=lambda _: "decimals", message="{term} is {value}: round it to two decimals."
)
def amount_has_two_decimals(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """The amount has at most two decimals, counted as it is written."""
    group_id, term = place
    for group in invoice.groups(group_id):
        text = group.raw(term)
        if len(text.partition(".")[2]) > 2:
            yield Breach(at=group.node(term), term=label(term), value=text.strip())


_TOTAL_VAT = {"BR-DEC-13": "DocumentCurrencyCode", "BR-DEC-15": "TaxCurrencyCode"}


@decimals.family(
    _TOTAL_VAT,
    on=lambda _: "nested",
    terms=["BT-110", "BT-111"],
    message="The total VAT is {value}: round it to two decimals, and take {code} out of it.",
)
def total_vat_has_two_decimals(invoice: Reading, code: str) -> Iterator[Breach]:
    """The total VAT in the currency that stands inside it has at most two decimals."""
    found = [
        value
        for tax_total in invoice.groups("tax-total")
        for value in tax_total.values("total-tax")
        if any(
            string_of(child) == value.element.get("currencyID")
            for child in value.element.iterchildren(f"{{{CBC}}}{code}")
        )
    ]
    if len(found) > 1:
        raise Undecided(found[1], f"the total VAT with a {code} inside occurs twice: keep one")
    for value in found:
        if len(value.text.partition(".")[2]) > 2:
            yield Breach(at=value, value=value.collapsed, code=code)
