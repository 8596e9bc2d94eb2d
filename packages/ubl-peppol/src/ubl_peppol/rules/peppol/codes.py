"""Rules of Peppol on codes, dates and identifiers."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache, partial
from typing import Protocol

from einvoice_core.findings import Breach, Severity, Undecided
from ubl_peppol.codelists import code_list
from ubl_peppol.reading import Reading, Value
from ubl_peppol.rules._common import shown
from ubl_peppol.rules._identifiers import SHAPES
from ubl_peppol.rules._nodes import all_hold, own_text, text_nodes
from ubl_peppol.rules.peppol._set import common, process, within_germany

__all__ = [
    "DUTCH_MESSAGE",
    "FATAL_SCHEMES",
    "IDENTIFIER_MESSAGE",
    "WARNED_SCHEMES",
    "Identifiers",
    "attribute_is_listed",
    "code_is_listed",
    "date_has_no_time_zone",
    "dutch_vat_number_fits",
    "exemption_fits_the_category",
    "identifier_fits_its_scheme",
    "identifier_looks_like_its_scheme",
    "is_day",
    "misshapen",
    "not_dutch",
    "some_types_are_german",
    "type_code_is_of_peppol",
]


_PLAIN_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Identifiers(Protocol):
    """A document whose identifiers can be judged: an invoice, or a response to one."""

    def values(self, term: str) -> list[Value]:
        """Return every occurrence of a term."""

    def part(self, value: Value, term: str, part: str) -> str | None:
        """Return a part of a term."""


_TYPES = {
    "PEPPOL-EN16931-P0100": ("PEPPOL-EN16931-P0100", "invoice-type-code"),
    "PEPPOL-EN16931-P0101": ("PEPPOL-EN16931-P0101", "credit-note-type-code"),
}


@common.family(
    _TYPES,
    on=lambda place: place[1],
    terms=["BT-3"],
    message="The type code {code} is not one of Peppol billing.",
)
def type_code_is_of_peppol(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """The type code is one that Peppol billing takes."""
    rule, term = place
    for value in invoice.values(term):
        if process(invoice) and own_text(value) not in code_list(rule):
            yield Breach(at=value, code=value)


@common.rule(
    "PEPPOL-EN16931-P0112",
    on="invoice-type-code",
    terms=["BT-3"],
    message="Type code {code} stands between German parties only: use 380 and name the earlier "
    "invoice (BG-3), or a credit note (381).",
)
def some_types_are_german(invoice: Reading) -> Iterator[Breach]:
    """Partial (326) and corrective (384) invoices stand between German parties."""
    for value in invoice.values("invoice-type-code"):
        if value.collapsed in ("326", "384") and not within_germany(invoice):
            yield Breach(at=value, code=value)


_EXEMPTIONS = {
    "PEPPOL-EN16931-P0104": ("VATEX-EU-G", "G"),
    "PEPPOL-EN16931-P0105": ("VATEX-EU-O", "O"),
    "PEPPOL-EN16931-P0106": ("VATEX-EU-IC", "K"),
    "PEPPOL-EN16931-P0107": ("VATEX-EU-AE", "AE"),
    "PEPPOL-EN16931-P0108": ("VATEX-EU-D", "E"),
    "PEPPOL-EN16931-P0109": ("VATEX-EU-F", "E"),
    "PEPPOL-EN16931-P0110": ("VATEX-EU-I", "E"),
    "PEPPOL-EN16931-P0111": ("VATEX-EU-J", "E"),
}


@common.family(
    _EXEMPTIONS,
    on=lambda _: "exemption-code",
    terms=["BT-121", "BT-118"],
    message="The exemption {code} goes with category {wanted}, not {category}.",
)
def exemption_fits_the_category(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """An exemption code goes with its VAT category."""
    code, wanted = place
    for entry in invoice.groups("tax-category"):
        # A doubled code keeps the published rule from looking at the category at all.
        codes = [text.upper() for text in entry.texts("reason-code")]
        if codes == [code] and entry.text("category") != wanted:
            yield Breach(at=entry, code=code, wanted=wanted, category=shown(entry.text("category")))


_CODES = {
    "PEPPOL-EN16931-CL002": "plain-allowance-reason",
    "PEPPOL-EN16931-CL003": "plain-charge-reason",
    "PEPPOL-EN16931-CL006": "tax-point-code",
}


@common.family(
    {rule: (rule, term) for rule, term in _CODES.items()},
    on=lambda place: place[1],
    message="{code!r} is not in the code list of this element: replace it.",
)
def code_is_listed(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """The code is one of its list."""
    rule, term = place
    for value in invoice.values(term):
        code = own_text(value)
        if code not in code_list(rule):
            yield Breach(at=value, code=code)


_PARTS = {
    "PEPPOL-EN16931-CL001": ("attached-file", "BT-125-1", False),
    "PEPPOL-EN16931-CL007": ("amount", "currency", True),
    "PEPPOL-EN16931-CL008": ("electronic-address", "BT-34-1", False),
}


@common.family(
    {rule: (rule, *place) for rule, place in _PARTS.items()},
    on=lambda place: place[1],
    message="{code!r} is not in the list for this attribute: replace it.",
)
def attribute_is_listed(invoice: Reading, place: tuple[str, str, str, bool]) -> Iterator[Breach]:
    """The MIME code, currency or address scheme is one of its list."""
    rule, term, part, wanted = place
    codes = code_list(rule).codes
    for value in invoice.values(term):
        code = invoice.part(value, term, part)
        if code not in codes and (code is not None or wanted):
            yield Breach(at=value, code=shown(code))


@common.rule(
    "PEPPOL-EN16931-F001",
    message="{value!r} is not a date of ten characters: write it like 2026-12-31.",
)
def date_has_no_time_zone(invoice: Reading) -> Iterator[Breach]:
    """A date has the form YYYY-MM-DD and is a day of the calendar."""
    for value in invoice.values("date"):
        if not len(value.element) and _is_plain_day(value.text):
            continue
        if not all_hold(partial(is_day, value), partial(_has_ten_characters, value)):
            yield Breach(at=value, value=value.text[:40])


@lru_cache(maxsize=4_096)
def _is_plain_day(text: str) -> bool:
    """Whether a text is a day without anything around it; few days occur in many documents."""
    if not _PLAIN_DAY.fullmatch(text):
        return False
    try:
        return date.fromisoformat(text) >= date.min
    except ValueError:
        return False


def _has_ten_characters(value: Value) -> bool:
    return len(text_nodes([value.element]) if len(value.element) else value.text) == 10


def is_day(value: Value) -> bool:
    """Whether a text is a day of the calendar."""
    try:
        return value.day > 0
    except Undecided:
        return False


FATAL_SCHEMES = {
    "PEPPOL-COMMON-R040": "0088",
    "PEPPOL-COMMON-R041": "0192",
    "PEPPOL-COMMON-R042": "0184",
    "PEPPOL-COMMON-R043": "0208",
    "PEPPOL-COMMON-R049": "0007",
    "PEPPOL-COMMON-R050": "0151",
    "PEPPOL-COMMON-R052": "0096",
    "PEPPOL-COMMON-R053": "0198",
}
WARNED_SCHEMES = {
    "PEPPOL-COMMON-R044": "0201",
    "PEPPOL-COMMON-R045": "0210",
    "PEPPOL-COMMON-R046": "9907",
    "PEPPOL-COMMON-R047": "0211",
    "PEPPOL-COMMON-R054": "0106",
    "PEPPOL-COMMON-R055": "0190",
    "PEPPOL-COMMON-R056-1": "9944",
    "PEPPOL-COMMON-R057": "0217",
}
_AS_WRITTEN = frozenset({"0096", "0184", "0198"})
"""Schemes whose identifiers are judged with their white space."""
DUTCH_MESSAGE = "{value!r} is not a Dutch VAT number: it has the form NL123456789B01."
IDENTIFIER_MESSAGE = "{value!r} is not an identifier of the scheme {scheme}: correct it."


def misshapen(invoice: Identifiers, scheme: str) -> Iterator[Breach]:
    """Yield the identifiers that do not fit the scheme which they name."""
    term = "electronic-address" if scheme == "9907" else "identifier"
    part = "BT-34-1" if scheme == "9907" else "scheme-id"
    fits = SHAPES[scheme]
    for value in invoice.values(term):
        if invoice.part(value, term, part) == scheme:
            text = value.text if scheme in _AS_WRITTEN else value.collapsed
            if not fits(text):
                yield Breach(at=value, value=text, scheme=scheme)


def _scheme(scheme: str) -> str:
    return f"scheme {scheme}"


@common.family(FATAL_SCHEMES, on=_scheme, message=IDENTIFIER_MESSAGE)
def identifier_fits_its_scheme(invoice: Reading, scheme: str) -> Iterator[Breach]:
    """An identifier has the form and the check digits of its scheme."""
    yield from misshapen(invoice, scheme)


@common.family(WARNED_SCHEMES, on=_scheme, message=IDENTIFIER_MESSAGE, severity=Severity.WARNING)
def identifier_looks_like_its_scheme(invoice: Reading, scheme: str) -> Iterator[Breach]:
    """An identifier has the form of its scheme."""
    yield from misshapen(invoice, scheme)


@common.rule(
    "PEPPOL-COMMON-R056-2",
    on="nl-vat-number",
    terms=["BT-31", "BT-48", "BT-63"],
    severity=Severity.WARNING,
    message=DUTCH_MESSAGE,
)
def dutch_vat_number_fits(invoice: Reading) -> Iterator[Breach]:
    """A VAT number that begins with NL is a Dutch one."""
    yield from not_dutch(invoice)


def not_dutch(invoice: Identifiers) -> Iterator[Breach]:
    """Yield the VAT numbers that begin with NL and are no Dutch ones."""
    for value in invoice.values("nl-vat-number"):
        # An identifier with a scheme of its own is judged by that, which comes first.
        scheme = invoice.part(value, "nl-vat-number", "scheme-id")
        if scheme in SHAPES and scheme != "9907":
            continue
        text = value.collapsed
        if text.startswith("NL") and not SHAPES["9944"](text):
            yield Breach(at=value, value=text)
