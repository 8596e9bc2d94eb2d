"""Rules of Peppol between parties in Germany (DE-R-): document and parties."""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from lxml import etree

from einvoice_core.findings import Breach, Severity, Undecided
from ubl_peppol.reading import Reading
from ubl_peppol.reading.values import location_of, string_of
from ubl_peppol.rules._common import label, shown
from ubl_peppol.rules._nodes import at, attributes, blank, nodes, text, tokens
from ubl_peppol.rules.peppol.national._countries import BUYER, SELLER
from ubl_peppol.rules.peppol.national._germany import german, germany

__all__ = [
    "attached_files_have_names_of_their_own",
    "cash_discount_is_structured",
    "contact_field_looks_right",
    "document_has_what_germany_wants",
    "document_location_is_an_address",
    "document_should_have_what_germany_wants",
    "field_is_filled",
    "germany",
    "group_is_given",
    "seller_has_a_tax_number",
    "type_code_is_german",
]

_CATEGORIES = frozenset({"S", "Z", "E", "AE", "K", "G", "L", "M"})
_TYPES = frozenset({"326", "380", "384", "389", "381", "875", "876", "877"})
_SKONTO = re.compile(
    r"#SKONTO#TAGE=[0-9]+#PROZENT=[0-9]+\.[0-9]{2}(#BASISBETRAG=-?[0-9]+\.[0-9]{2})?#", re.ASCII
)
_EMAIL = re.compile(r"[^@ \t\r\n]+@([^@. \t\r\n]+\.)+[^@. \t\r\n]+")
_URL = re.compile("[a-zA-Z][a-zA-Z0-9+.-]+:", re.ASCII)
_BLANK = " \t\r\n"


def _filled(element: etree._Element, path: str) -> bool:
    return any(not blank(node) for node in nodes(element, path))


_GROUPS = {
    "DE-R-001": ("", "cac:PaymentMeans", "BG-16"),
    "DE-R-002": ("cac:AccountingSupplierParty", "cac:Party/cac:Contact", "BG-6"),
}


@germany.family(_GROUPS, message="Between German parties the group {term} is wanted: add it.")
def group_is_given(invoice: Reading, place: tuple[str, str, str]) -> Iterator[Breach]:
    """Between German parties there are payment instructions and a contact of the seller."""
    where, path, term = place
    for element in german(invoice, where):
        if not nodes(element, path):
            yield Breach(at=at(element), term=term)


_SELLER_ADDRESS, _SELLER_CONTACT = f"{SELLER}/cac:PostalAddress", f"{SELLER}/cac:Contact"
_BUYER_ADDRESS = f"{BUYER}/cac:PostalAddress"
_DELIVERY = "cac:Delivery/cac:DeliveryLocation/cac:Address"
_FIELDS = {
    "DE-R-003": (_SELLER_ADDRESS, "cbc:CityName", "BT-37"),
    "DE-R-004": (_SELLER_ADDRESS, "cbc:PostalZone", "BT-38"),
    "DE-R-005": (_SELLER_CONTACT, "cbc:Name", "BT-41"),
    "DE-R-006": (_SELLER_CONTACT, "cbc:Telephone", "BT-42"),
    "DE-R-007": (_SELLER_CONTACT, "cbc:ElectronicMail", "BT-43"),
    "DE-R-008": (_BUYER_ADDRESS, "cbc:CityName", "BT-52"),
    "DE-R-009": (_BUYER_ADDRESS, "cbc:PostalZone", "BT-53"),
    "DE-R-010": (_DELIVERY, "cbc:CityName", "BT-77"),
    "DE-R-011": (_DELIVERY, "cbc:PostalZone", "BT-78"),
    "DE-R-014": ("cac:TaxTotal/cac:TaxSubtotal", "cac:TaxCategory/cbc:Percent", "BT-119"),
    "DE-R-015": ("", "cbc:BuyerReference", "BT-10"),
}


@germany.family(_FIELDS, message="Between German parties {term} is wanted: fill it in.")
def field_is_filled(invoice: Reading, place: tuple[str, str, str]) -> Iterator[Breach]:
    """Between German parties this term is given and not empty."""
    where, path, term = place
    for element in german(invoice, where):
        if not _filled(element, path):
            yield Breach(at=at(element), term=label(term))


def _telephone(value: str) -> bool:
    return sum(sign in "0123456789" for sign in value) >= 3


def _email(value: str) -> bool:
    return _EMAIL.fullmatch(value) is not None


_LOOKS: Mapping[str, tuple[str, str, Callable[[str], bool], str]] = MappingProxyType(
    {
        "DE-R-027": ("cbc:Telephone", "BT-42", _telephone, "it has three digits at least"),
        "DE-R-028": ("cbc:ElectronicMail", "BT-43", _email, "write it like name@example.com"),
    }
)


@germany.family(
    _LOOKS,
    severity=Severity.WARNING,
    message="Between German parties {term} is {value!r}: {wanted}.",
)
def contact_field_looks_right(
    invoice: Reading, place: tuple[str, str, Callable[[str], bool], str]
) -> Iterator[Breach]:
    """Telephone and address of the contact look like one."""
    path, term, fits, wanted = place
    for contact in german(invoice, _SELLER_CONTACT):
        value = text(contact, path)
        if not fits(value):
            yield Breach(at=at(contact), term=label(term), value=value, wanted=wanted)


@germany.rule(
    "DE-R-T02",
    terms=["BT-124"],
    severity=Severity.WARNING,
    message="The location of the document is {value!r}: write an address with its scheme, such as "
    "https:.",
)
def document_location_is_an_address(invoice: Reading) -> Iterator[Breach]:
    """The location of a document outside (BT-124) is an absolute URL."""
    where = "cac:AdditionalDocumentReference/cac:Attachment/cac:ExternalReference"
    for reference in german(invoice, where):
        found = nodes(reference, "cbc:URI")
        if len(found) > 1:
            raise Undecided(location_of(found[1]), "there are two addresses here: keep one")
        value = string_of(found[0]) if found else ""
        if not _URL.match(value):
            yield Breach(at=at(reference), value=value)


@germany.rule(
    "DE-R-016",
    terms=["BT-31", "BT-32", "BG-11"],
    message="VAT is stated, but the seller has no tax number: add a VAT number (BT-31), a tax "
    "registration (BT-32) or a tax representative (BG-11).",
)
def seller_has_a_tax_number(invoice: Reading) -> Iterator[Breach]:
    """Where VAT is stated between German parties, the seller has a tax number."""
    for root in german(invoice):
        categories = [
            *nodes(_stated(root), "cac:TaxCategory/cbc:ID"),
            *nodes(root, "cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cbc:ID"),
            *nodes(root, "cac:CreditNoteLine/cac:Item/cac:ClassifiedTaxCategory/cbc:ID"),
        ]
        if not any(string_of(node) in _CATEGORIES for node in categories):
            continue
        if not nodes(root, "cac:TaxRepresentativeParty") and not _filled(
            root, f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID"
        ):
            yield Breach(at=at(root))


def _stated(root: etree._Element) -> list[etree._Element]:
    """Return the allowances and charges that say which they are."""
    return [
        entry
        for entry in nodes(root, "cac:AllowanceCharge")
        if {string_of(node) for node in nodes(entry, "cbc:ChargeIndicator")} & {"true", "false"}
    ]


@germany.rule(
    "DE-R-017",
    terms=["BT-3"],
    severity=Severity.WARNING,
    message="The type code {code} is not usual between German parties: use 380 or 381.",
)
def type_code_is_german(invoice: Reading) -> Iterator[Breach]:
    """Between German parties the type code (BT-3) is one of a short list."""
    for root in german(invoice):
        codes = []
        for name in ("cbc:InvoiceTypeCode", "cbc:CreditNoteTypeCode"):
            codes.append(text(root, name))
            if codes[-1] in _TYPES:
                break
        else:
            yield Breach(at=at(root), code=shown("".join(codes)))


@germany.rule(
    "DE-R-018",
    terms=["BT-20"],
    message="The payment terms hold {line!r}: a cash discount is written #SKONTO#TAGE=14"
    "#PROZENT=2.00#, each on a line of its own, the last with a line break.",
)
def cash_discount_is_structured(invoice: Reading) -> Iterator[Breach]:
    """Between German parties a cash discount in the payment terms has its form."""
    for root in german(invoice):
        notes = [
            found[0]
            for terms in nodes(root, "cac:PaymentTerms")
            if (found := nodes(terms, "cbc:Note"))
        ]
        lines = [
            line
            for note in notes
            for line in tokens(string_of(note), r"\r?\n")
            if line.strip(_BLANK).startswith("#")
        ]
        for line in lines:
            if not _SKONTO.fullmatch(" ".join(line.split())) or not _ends_well(notes):
                yield Breach(at=at(notes[0]), line=line)
                break


def _ends_well(notes: list[etree._Element]) -> bool:
    """Whether after the last discount there is a line break."""
    rests = [(note, found[-1]) for note in notes if (found := tokens(string_of(note), "#.+#"))]
    if len(rests) > 1:
        raise Undecided(location_of(rests[1][0]), "there are two payment terms: keep one")
    return bool(rests) and re.match(r"[ \t\r\n]*\n", rests[0][1]) is not None


@germany.rule(
    "DE-R-022",
    terms=["BT-125-2"],
    message="The file name {name!r} occurs twice among the attachments: rename one.",
)
def attached_files_have_names_of_their_own(invoice: Reading) -> Iterator[Breach]:
    """Between German parties no two attachments have one file name."""
    for root in german(invoice):
        seen: set[str] = set()
        for reference in nodes(root, "cac:AdditionalDocumentReference"):
            files = nodes(reference, "cac:Attachment/cbc:EmbeddedDocumentBinaryObject")
            names = attributes(files, "filename")
            if seen.intersection(names):
                yield Breach(at=at(reference), name=next(name for name in names if name in seen))
            seen.update(names)


def _corrected(root: etree._Element) -> bool:
    corrective = (
        text(root, "cbc:InvoiceTypeCode") == "384" or text(root, "cbc:CreditNoteTypeCode") == "384"
    )
    return not corrective or bool(nodes(root, "cac:BillingReference/cac:InvoiceDocumentReference"))


def _creditor(root: etree._Element) -> bool:
    ids = [
        *nodes(root, f"{SELLER}/cac:PartyIdentification/cbc:ID"),
        *nodes(root, "cac:PayeeParty/cac:PartyIdentification/cbc:ID"),
    ]
    return not nodes(root, "cac:PaymentMeans/cac:PaymentMandate") or "SEPA" in attributes(
        ids, "schemeID"
    )


def _debited(root: etree._Element) -> bool:
    mandates = nodes(root, "cac:PaymentMeans/cac:PaymentMandate")
    return not mandates or bool(nodes(mandates, "cac:PayerFinancialAccount/cbc:ID"))


_Wants = tuple[Callable[[etree._Element], bool], str]
_FATAL: Mapping[str, _Wants] = MappingProxyType(
    {
        "DE-R-030": (_creditor, "a direct debit names the creditor (BT-90, scheme SEPA)"),
        "DE-R-031": (_debited, "a direct debit names the account that is debited (BT-91)"),
    }
)
_WARNED: Mapping[str, _Wants] = MappingProxyType(
    {"DE-R-026": (_corrected, "a corrected invoice (384) names the earlier one (BG-3)")}
)
_WANTS_MESSAGE = "Between German parties {wanted}: add it."


@germany.family(_FATAL, message=_WANTS_MESSAGE)
def document_has_what_germany_wants(invoice: Reading, place: _Wants) -> Iterator[Breach]:
    """Between German parties a document has what goes with what it says."""
    holds, wanted = place
    for root in german(invoice):
        if not holds(root):
            yield Breach(at=at(root), wanted=wanted)


@germany.family(_WARNED, severity=Severity.WARNING, message=_WANTS_MESSAGE)
def document_should_have_what_germany_wants(invoice: Reading, place: _Wants) -> Iterator[Breach]:
    """Between German parties a document has what goes with what it says."""
    yield from document_has_what_germany_wants(invoice, place)
