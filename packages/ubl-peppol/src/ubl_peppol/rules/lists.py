"""Code lists (BR-CL-): each code is one of its list."""

from collections.abc import Iterator

from einvoice_core.findings import Breach
from ubl_peppol.codelists import code_list
from ubl_peppol.reading import Reading, Value
from ubl_peppol.reading.values import collapse
from ubl_peppol.rules._common import en_rules, shown

__all__ = ["lists"]

lists = en_rules("en16931-lists")


_CODES = {
    "BR-CL-04": "currency-code",
    "BR-CL-05": "accounting-currency-code",
    "BR-CL-06": "tax-point-code",
    "BR-CL-14": "country-code",
    "BR-CL-15": "origin-country-code",
    "BR-CL-16": "payment-means-code",
    "BR-CL-17": "tax-category-code",
    "BR-CL-18": "item-tax-category-code",
    "BR-CL-19": "allowance-reason-code",
    "BR-CL-20": "charge-reason-code",
}


@lists.family(
    {rule: (rule, term) for rule, term in _CODES.items()},
    on=lambda place: place[1],
    message="{code!r} is not in the code list of this element: replace it.",
)
def code_is_listed(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """The code is one of its list."""
    rule, term = place
    codes = code_list(rule).codes
    for value in invoice.values(term):
        if value.text in codes:
            continue
        code = value.collapsed
        if code not in codes:
            yield Breach(at=value, code=code)


_SCHEMES = {
    "BR-CL-03": ("amount", "currency"),
    "BR-CL-07": ("object-identifier", "BT-18-1"),
    "BR-CL-11": ("legal-registration", "BT-30-1"),
    "BR-CL-13": ("item-classification", "BT-158-1"),
    "BR-CL-21": ("standard-item-identifier", "BT-157-1"),
    "BR-CL-23": ("quantity", "unit"),
    "BR-CL-24": ("attached-file", "BT-125-1"),
    "BR-CL-25": ("electronic-address", "BT-34-1"),
    "BR-CL-26": ("delivery-location", "BT-71-1"),
}


@lists.family(
    {rule: (rule, *place) for rule, place in _SCHEMES.items()},
    on=lambda place: place[1],
    message="{code!r} is not in the list for this attribute: replace it.",
)
def scheme_is_listed(invoice: Reading, place: tuple[str, str, str]) -> Iterator[Breach]:
    """The scheme, currency or unit of a value is one of its list."""
    rule, term, part = place
    codes = code_list(rule).codes
    always = term == "amount"
    for value in invoice.values(term):
        code = invoice.part(value, term, part)
        if code in codes:
            continue
        if code is None:
            # An amount without currency is judged as one with an empty one.
            if always:
                yield Breach(at=value, code="")
            continue
        collapsed = code if part == "BT-125-1" else collapse(code)
        if collapsed not in codes:
            yield Breach(at=value, code=collapsed)


@lists.rule(
    "BR-CL-01",
    terms=["BT-3"],
    message="{code!r} is not a type of {document} in UNTDID 1001: replace it.",
)
def document_type_is_listed(invoice: Reading) -> Iterator[Breach]:
    """The type code (BT-3) is one for invoices, or one for credit notes."""
    for term, number, document in (
        ("invoice-type-code", "1", "invoice"),
        ("credit-note-type-code", "2", "credit note"),
    ):
        codes = code_list(f"BR-CL-01-{number}")
        for value in invoice.values(term):
            if value.collapsed not in codes:
                yield Breach(at=value, code=value.collapsed, document=document)


@lists.rule(
    "BR-CL-08",
    on="BG-1",
    terms=["BT-21"],
    message="The note begins with the subject code {code!r}, which UNTDID 4451 does not have.",
)
def subject_of_a_note_is_listed(invoice: Reading) -> Iterator[Breach]:
    """The subject code of a note (BT-21) is one of UNTDID 4451."""
    for note in invoice.document.groups("BG-1"):
        text = note.own.text
        code, closed, _ = text.partition("#")[2].partition("#")
        if closed and len(code) == 3 and code not in code_list("BR-CL-08").text:
            yield Breach(at=note, code=code)


@lists.rule(
    "BR-CL-10",
    on="party-identifier",
    terms=["BT-29-1", "BT-46-1", "BT-60-1", "BT-61-1"],
    message="{scheme!r} is not a scheme of ISO 6523; SEPA is one for the seller and the payee.",
)
def scheme_of_a_party_is_listed(invoice: Reading) -> Iterator[Breach]:
    """The scheme of a party's identifier is one of ISO 6523, or SEPA where it collects."""
    for value in invoice.values("party-identifier"):
        scheme = invoice.part(value, "party-identifier", "BT-29-1")
        if scheme is None:
            continue
        code = collapse(scheme)
        collects = code == "SEPA" and _of_a_creditor(value)
        if code not in code_list("BR-CL-10-1") and not collects:
            yield Breach(at=value, scheme=code)


def _of_a_creditor(value: Value) -> bool:
    # The path of the place says it: the identifier stands below the seller or the payee.
    steps = {step.partition("[")[0] for step in value.location.path.split("/")}
    return bool(steps & {"cac:AccountingSupplierParty", "cac:PayeeParty"})


@lists.rule(
    "BR-CL-22",
    on="exemption-code",
    terms=["BT-121"],
    message="{code} is not in the VATEX list of exemption reasons: replace it.",
)
def exemption_code_is_listed(invoice: Reading) -> Iterator[Breach]:
    """The code of an exemption reason (BT-121) is one of the VATEX list."""
    for value in invoice.values("exemption-code"):
        code = collapse(value.text.upper())
        if code not in code_list("BR-CL-22"):
            yield Breach(at=value, code=shown(value.collapsed))
