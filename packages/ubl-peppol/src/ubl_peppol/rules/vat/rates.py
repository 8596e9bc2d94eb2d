"""Rules -05 to -07: the rate of a category."""

from collections.abc import Iterator, Sequence

from einvoice_core.findings import Breach, Undecided
from ubl_peppol.reading import Reading, Value
from ubl_peppol.rules._categories import Entry, categories
from ubl_peppol.rules._common import shown
from ubl_peppol.rules.vat._names import NAMES, vat

__all__ = [
    "rate_of_a_charge",
    "rate_of_a_line",
    "rate_of_an_allowance",
]

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


@vat.family(
    _LINE_RATES, on=lambda code: f"vat {code}", terms=["BT-151", "BT-152"], message=_RATE_MESSAGE
)
def rate_of_a_line(invoice: Reading, code: str) -> Iterator[Breach]:
    """The rate of a line fits its category."""
    yield from _wrong_rates(categories(invoice).of_items_with(code), code)


@vat.family(
    _ALLOWANCE_RATES,
    on=lambda code: f"charged {code}",
    terms=["BT-95", "BT-96"],
    message=_RATE_MESSAGE,
)
def rate_of_an_allowance(invoice: Reading, code: str) -> Iterator[Breach]:
    """The rate of an allowance fits its category."""
    entries = [entry for entry in categories(invoice).of_allowances if entry.code == code]
    yield from _wrong_rates(entries, code)


@vat.family(
    _CHARGE_RATES,
    on=lambda code: f"charged {code}",
    terms=["BT-102", "BT-103"],
    message=_RATE_MESSAGE,
)
def rate_of_a_charge(invoice: Reading, code: str) -> Iterator[Breach]:
    """The rate of a charge fits its category."""
    entries = [entry for entry in categories(invoice).of_charges if entry.code == code]
    yield from _wrong_rates(entries, code)
