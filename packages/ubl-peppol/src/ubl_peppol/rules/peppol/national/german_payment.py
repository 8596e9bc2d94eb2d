"""Rules of Peppol between parties in Germany (DE-R-): means of payment."""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from lxml import etree

from einvoice_core.findings import Breach, Severity
from ubl_peppol.reading import Reading
from ubl_peppol.rules._common import shown
from ubl_peppol.rules._nodes import at, matches, nodes, raw, text
from ubl_peppol.rules.peppol.national._germany import german, germany

__all__ = ["account_is_an_iban", "means_fit_their_code"]

_IBAN = re.compile("[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{0,30}", re.ASCII)
_BLANKS = re.compile("[ \t\r\n]")

_Means = Callable[[etree._Element], bool]
_TRANSFER, _CARD, _DEBIT = ("30", "58"), ("48", "54", "55"), ("59",)


def _lacks(*names: str) -> _Means:
    return lambda means: not any(nodes(means, name) for name in names)


def _has(name: str) -> _Means:
    return lambda means: bool(nodes(means, name))


def _has_code(means: etree._Element, codes: tuple[str, ...]) -> bool:
    return text(means, "cbc:PaymentMeansCode") in codes


def _of(invoice: Reading, codes: tuple[str, ...]) -> Iterator[etree._Element]:
    for means in german(invoice, "cac:PaymentMeans"):
        if matches(_has_code, means, codes):
            yield means


_ACCOUNT, _CARDED, _MANDATE = "cac:PayeeFinancialAccount", "cac:CardAccount", "cac:PaymentMandate"
_FITS: Mapping[str, tuple[tuple[str, ...], _Means, str]] = MappingProxyType(
    {
        "DE-R-023-1": (_TRANSFER, _has(_ACCOUNT), "a transfer names an account (BG-17)"),
        "DE-R-023-2": (_TRANSFER, _lacks(_CARDED, _MANDATE), "a transfer has no BG-18 or BG-19"),
        "DE-R-024-1": (_CARD, _has(_CARDED), "a card payment names the card (BG-18)"),
        "DE-R-024-2": (_CARD, _lacks(_ACCOUNT, _MANDATE), "a card payment has no BG-17 or BG-19"),
        "DE-R-025-1": (_DEBIT, _has(_MANDATE), "a direct debit names the mandate (BG-19)"),
        "DE-R-025-2": (_DEBIT, _lacks(_ACCOUNT, _CARDED), "a direct debit has no BG-17 or BG-18"),
    }
)


@germany.family(
    _FITS,
    terms=["BG-16", "BT-81"],
    message="Payment means {code} between German parties: {wanted}.",
)
def means_fit_their_code(
    invoice: Reading, place: tuple[tuple[str, ...], _Means, str]
) -> Iterator[Breach]:
    """Between German parties the groups of the payment means go with their code."""
    codes, holds, wanted = place
    for means in _of(invoice, codes):
        if not holds(means):
            yield Breach(at=at(means), code=text(means, "cbc:PaymentMeansCode"), wanted=wanted)


_IBANS = {
    "DE-R-019": (_TRANSFER, "58", "cac:PayeeFinancialAccount/cbc:ID", "BT-84"),
    "DE-R-020": (_DEBIT, "59", "cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID", "BT-91"),
}


@germany.family(
    _IBANS,
    severity=Severity.WARNING,
    message="The account ({term}) is {value}: with payment means {code} it should be an IBAN.",
)
def account_is_an_iban(
    invoice: Reading, place: tuple[tuple[str, ...], str, str, str]
) -> Iterator[Breach]:
    """Between German parties the account of a SEPA payment is an IBAN."""
    codes, sepa, path, term = place
    for means in _of(invoice, codes):
        if text(means, "cbc:PaymentMeansCode") != sepa:
            continue
        value = _BLANKS.sub("", raw(means, path))
        if not (_IBAN.fullmatch(value) and _checks(value)):
            yield Breach(at=at(means), term=term, value=shown(value), code=sepa)


def _checks(value: str) -> bool:
    """Whether the check digits hold; a small letter counts as published, as its code less 55."""
    moved = value[4:] + value[:4]
    digits = "".join(str(ord(sign) - (55 if ord(sign) > 64 else 48)) for sign in moved)
    return int(digits) % 97 == 1
