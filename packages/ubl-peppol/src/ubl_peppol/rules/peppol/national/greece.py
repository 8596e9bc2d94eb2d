"""Rules of Peppol for sellers in Greece (GR-R-, GR-S-)."""

import re
from collections.abc import Callable, Iterator, Sequence

from lxml import etree

from einvoice_core.findings import Breach, Severity, Undecided
from ubl_peppol.reading import Reading
from ubl_peppol.reading.values import collapse, location_of, string_of
from ubl_peppol.rules._common import shown
from ubl_peppol.rules._identifiers import greek_tin
from ubl_peppol.rules._nodes import (
    anywhere,
    at,
    is_number,
    matches,
    nodes,
    raw,
    text,
    tokens,
)
from ubl_peppol.rules.peppol.national._countries import (
    BUYER,
    COUNTRY,
    SELLER,
    buyer_by_vat,
    national,
    registered,
    seller_by_vat,
    vat_registrations,
)

__all__ = [
    "document_has_a_mark",
    "document_has_one_address",
    "document_should_have_an_address",
    "endpoint_is_a_tax_number",
    "greece",
    "invoice_address_is_given",
    "mark_is_a_number",
    "number_has_its_segments",
    "number_is_built_from_the_invoice",
    "party_has_a_greek_vat_number",
    "party_has_a_name",
    "seller_should_have_a_greek_vat_number",
    "vat_number_is_greek",
]

greece = national("peppol-gr")

_GREEK = ("GR", "EL")
_DATE = re.compile(
    r"(0?[1-9]|[12][0-9]|3[01])[-\\/ ]?(0?[1-9]|1[0-2])[-\\/ ]?(19|20)[0-9]{2}", re.ASCII
)
_MARK = re.compile("[1-9]", re.ASCII)
_INTEGER = re.compile("[+-]?[0-9]+", re.ASCII)
_TYPES = frozenset({"1.1", "1.6", "2.1", "2.4", "5.1", "5.2"})
_Check = Callable[[Reading, str], bool]
_MARK_LABEL, _ADDRESS_LABEL = "##M.AR.K##", "##INVOICE|URL##"


def _sends(invoice: Reading) -> bool:
    return matches(lambda: seller_by_vat(invoice) in _GREEK)


def _both(invoice: Reading) -> bool:
    return matches(lambda: seller_by_vat(invoice) in _GREEK and buyer_by_vat(invoice) in _GREEK)


def _numbers(invoice: Reading) -> Iterator[tuple[etree._Element, list[str]]]:
    if _sends(invoice):
        for element in nodes(invoice.root, "cbc:ID"):
            yield element, tokens(string_of(element), r"\|")


@greece.rule(
    "GR-R-001-1",
    terms=["BT-1"],
    message="The invoice number of the Greek seller has {count} segments: six, divided by |.",
)
def number_has_its_segments(invoice: Reading) -> Iterator[Breach]:
    """The invoice number of a Greek seller has six segments."""
    for element, segments in _numbers(invoice):
        if len(segments) != 6:
            yield Breach(at=at(element), count=len(segments))


def _is_tax_number(invoice: Reading, segment: str) -> bool:
    if len(collapse(segment)) != 9 or not greek_tin(segment):
        return False
    root = invoice.root
    return any(
        raw(entry, "cbc:CompanyID")[2:11] == segment
        for party in (SELLER, "cac:TaxRepresentativeParty")
        for entry in vat_registrations(nodes(root, party))
    )


def _is_issue_date(invoice: Reading, segment: str) -> bool:
    if not collapse(segment) or not _DATE.match(segment):
        return False
    day = tokens(segment, "/")
    issued = tokens(raw(invoice.root, "cbc:IssueDate"), "-")
    return len(day) >= 3 and len(issued) >= 3 and day[:3] == issued[2::-1]


def _is_count(invoice: Reading, segment: str) -> bool:
    if not collapse(segment) or not is_number(segment, invoice.root):
        return False
    if not _INTEGER.fullmatch(collapse(segment)):
        at_number = nodes(invoice.root, "cbc:ID")[0]
        raise Undecided(location_of(at_number), "the third segment is not an integer: write one")
    return int(collapse(segment)) >= 0


def _is_type(_invoice: Reading, segment: str) -> bool:
    return segment in _TYPES


def _is_given(_invoice: Reading, segment: str) -> bool:
    return bool(segment)


_SEGMENTS: dict[str, tuple[int, _Check, str]] = {
    "GR-R-001-2": (1, _is_tax_number, "the tax number of the seller or its representative"),
    "GR-R-001-3": (2, _is_issue_date, "the issue date as 31/12/2026"),
    "GR-R-001-4": (3, _is_count, "a positive integer"),
    "GR-R-001-5": (4, _is_type, "a Greek document type, such as 1.1"),
    "GR-R-001-6": (5, _is_given, "the series"),
    "GR-R-001-7": (6, _is_given, "the serial number"),
}


@greece.family(
    _SEGMENTS,
    terms=["BT-1"],
    message="Segment {place} of the invoice number is {value}: it must be {wanted}.",
)
def number_is_built_from_the_invoice(
    invoice: Reading, place: tuple[int, _Check, str]
) -> Iterator[Breach]:
    """The segments of the invoice number of a Greek seller say what it is."""
    position, holds, wanted = place
    for element, segments in _numbers(invoice):
        segment = segments[position - 1] if len(segments) >= position else ""
        if not holds(invoice, segment):
            yield Breach(at=at(element), place=position, value=shown(segment), wanted=wanted)


@greece.family(
    {"GR-R-002": (SELLER, "seller"), "GR-R-005": (BUYER, "buyer")},
    terms=["BT-28", "BT-45"],
    message="The {who} has no name in PartyName: add the name of the register.",
)
def party_has_a_name(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """With a Greek seller both parties have their name."""
    path, who = place
    if _sends(invoice):
        for party in anywhere(invoice.root, path):
            if not raw(party, "cac:PartyName/cbc:Name"):
                yield Breach(at=at(party), who=who)


def _has_greek_number(party: etree._Element) -> bool:
    numbers = [string_of(node) for node in nodes(registered(party), "cbc:CompanyID")]
    return len(numbers) == 1 and numbers[0][:2] == "EL" and greek_tin(numbers[0][2:])


def _unregistered(parties: Sequence[etree._Element], who: str) -> Iterator[Breach]:
    for party in parties:
        if not _has_greek_number(party):
            yield Breach(at=at(party), who=who)


_NUMBER_MESSAGE = "The {who} has no valid Greek VAT number (EL and nine digits): add it."


@greece.rule("GR-S-011", terms=["BT-31"], severity=Severity.WARNING, message=_NUMBER_MESSAGE)
def seller_should_have_a_greek_vat_number(invoice: Reading) -> Iterator[Breach]:
    """A Greek seller has one VAT number, which is Greek."""
    if _sends(invoice):
        yield from _unregistered(anywhere(invoice.root, SELLER), "seller")


@greece.rule("GR-R-006", terms=["BT-48"], message=_NUMBER_MESSAGE)
def party_has_a_greek_vat_number(invoice: Reading) -> Iterator[Breach]:
    """The Greek buyer of a Greek seller has one VAT number, which is Greek."""
    if _both(invoice):
        yield from _unregistered(anywhere(invoice.root, BUYER), "buyer")


@greece.rule(
    "GR-R-003",
    terms=["BT-31"],
    message="The VAT number of the Greek seller is {value!r}: write EL and its nine digits.",
)
def vat_number_is_greek(invoice: Reading) -> Iterator[Breach]:
    """The VAT number of a Greek seller is EL and a valid tax number."""
    if not _sends(invoice):
        return
    for scheme in nodes(anywhere(invoice.root, SELLER), "cac:PartyTaxScheme"):
        if not matches(_is_vat, scheme):
            continue
        for company in nodes(scheme, "cbc:CompanyID"):
            value = string_of(company)
            if not (value[:2] == "EL" and greek_tin(value[2:])):
                yield Breach(at=at(company), value=value)


def _is_vat(scheme: etree._Element) -> bool:
    return text(scheme, "cac:TaxScheme/cbc:ID") == "VAT"


def _in_greece(invoice: Reading) -> bool:
    codes = nodes(invoice.root, f"{SELLER}/{COUNTRY}")
    return _sends(invoice) and any(string_of(node) == "GR" for node in codes)


def _labelled(found: Sequence[etree._Element], label: str) -> list[etree._Element]:
    return [
        entry
        for entry in found
        if any(string_of(node) == label for node in nodes(entry, "cbc:DocumentDescription"))
    ]


def _references(invoice: Reading, label: str) -> list[etree._Element]:
    return _labelled(nodes(invoice.root, "cac:AdditionalDocumentReference"), label)


@greece.rule(
    "GR-R-004-1",
    terms=["BT-122"],
    message="There are {count} documents described as ##M.AR.K##: give one, with the MARK number.",
)
def document_has_a_mark(invoice: Reading) -> Iterator[Breach]:
    """An invoice of a Greek seller has one MARK number."""
    count = len(_references(invoice, _MARK_LABEL))
    if _in_greece(invoice) and count != 1:
        yield Breach(at=invoice.document, count=count)


@greece.rule(
    "GR-S-008-1",
    terms=["BT-122"],
    severity=Severity.WARNING,
    message="There are {count} documents described as ##INVOICE|URL##: give one, with the address "
    "of the invoice.",
)
def document_should_have_an_address(invoice: Reading) -> Iterator[Breach]:
    """An invoice of a Greek seller should have one address for its verification."""
    count = len(_references(invoice, _ADDRESS_LABEL))
    if _in_greece(invoice) and count != 1:
        yield Breach(at=invoice.document, count=count)


@greece.rule(
    "GR-R-008-2",
    terms=["BT-122"],
    message="There are {count} documents described as ##INVOICE|URL##: keep one.",
)
def document_has_one_address(invoice: Reading) -> Iterator[Breach]:
    """An invoice of a Greek seller has one address for its verification at most."""
    count = len(_references(invoice, _ADDRESS_LABEL))
    if _in_greece(invoice) and count > 1:
        yield Breach(at=invoice.document, count=count)


@greece.rule(
    "GR-R-004-2",
    terms=["BT-122"],
    message="The MARK number is {value!r}: it is a positive integer.",
)
def mark_is_a_number(invoice: Reading) -> Iterator[Breach]:
    """The MARK number is a positive integer."""
    if not _in_greece(invoice):
        return
    found = anywhere(invoice.root, "cac:AdditionalDocumentReference")
    for element in nodes(_labelled(found, _MARK_LABEL), "cbc:ID"):
        value = string_of(element)
        if not _MARK.match(value):
            yield Breach(at=at(element), value=value)


@greece.rule(
    "GR-R-008-3",
    terms=["BT-124"],
    message="The document ##INVOICE|URL## has no address: add it (BT-124).",
)
def invoice_address_is_given(invoice: Reading) -> Iterator[Breach]:
    """The address for the verification of the invoice is given."""
    if not _sends(invoice):
        return
    found = anywhere(invoice.root, "cac:AdditionalDocumentReference")
    for entry in _labelled(found, _ADDRESS_LABEL):
        if not text(entry, "cac:Attachment/cac:ExternalReference/cbc:URI"):
            yield Breach(at=at(entry))


def _endpoints(invoice: Reading, party: str) -> list[etree._Element]:
    if party == SELLER:
        greek = matches(lambda: seller_by_vat(invoice, represented=False) in _GREEK)
    else:
        greek = _both(invoice)
    return anywhere(invoice.root, f"{party}/cbc:EndpointID") if greek else []


@greece.family(
    {"GR-R-009": (SELLER, "seller"), "GR-R-010": (BUYER, "buyer")},
    terms=["BT-34", "BT-49"],
    message="The electronic address of the {who} is {value!r}: it is a Greek tax number with the "
    "scheme 9933.",
)
def endpoint_is_a_tax_number(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """The electronic address of a Greek party is its tax number (9933)."""
    party, who = place
    for element in _endpoints(invoice, party):
        value = string_of(element)
        if element.get("schemeID") != "9933" or not greek_tin(value):
            yield Breach(at=at(element), who=who, value=value)
