"""Rules of the Peppol invoice response 3.1 (transaction T111)."""

from collections.abc import Iterator, Mapping

from lxml import etree

from einvoice_core.findings import Breach, RuleSet, Severity
from ubl_peppol.reading.values import collapse, string_of
from ubl_peppol.rules._common import shown
from ubl_peppol.rules._nodes import anywhere, at, attributes, matches, nodes, text
from ubl_peppol.rules.responses._codes import response_codes
from ubl_peppol.rules.responses._model import (
    add_attributes,
    add_codes,
    add_common,
    add_foreign,
    add_needed,
)
from ubl_peppol.rules.responses._reading import ResponseReading

__all__ = [
    "clarification_is_explained",
    "clarification_is_of_its_list",
    "invoice_response",
    "partial_payment_goes_with_its_status",
    "partial_payment_is_explained",
    "process_is_invoice_response",
    "specification_is_invoice_response",
    "status_is_clarified",
]

invoice_response: RuleSet[ResponseReading] = RuleSet(
    "Peppol BIS Invoice Response 3.1 (T111, May 2026)", "peppol-invoice-response"
)

_SENDER, _RECEIVER, _ANSWER = "cac:SenderParty", "cac:ReceiverParty", "cac:DocumentResponse"
_RESPONSE, _DOCUMENT = f"{_ANSWER}/cac:Response", f"{_ANSWER}/cac:DocumentReference"
_ISSUER, _RECIPIENT = f"{_ANSWER}/cac:IssuerParty", f"{_ANSWER}/cac:RecipientParty"
_STATUS = f"{_RESPONSE}/cac:Status"

add_common(invoice_response, "PEPPOL-T111-B00108")
add_needed(
    invoice_response,
    {
        "PEPPOL-T111-B00101": ("", "cbc:CustomizationID"),
        "PEPPOL-T111-B00102": ("", "cbc:ProfileID"),
        "PEPPOL-T111-B00103": ("", "cbc:ID"),
        "PEPPOL-T111-B00104": ("", "cbc:IssueDate"),
        "PEPPOL-T111-B00105": ("", _SENDER),
        "PEPPOL-T111-B00106": ("", _RECEIVER),
        "PEPPOL-T111-B00107": ("", _ANSWER),
        "PEPPOL-T111-B00801": (_SENDER, "cbc:EndpointID"),
        "PEPPOL-T111-B00802": (_SENDER, "cac:PartyLegalEntity"),
        "PEPPOL-T111-B01101": (f"{_SENDER}/cac:PartyIdentification", "cbc:ID"),
        "PEPPOL-T111-B01401": (f"{_SENDER}/cac:PartyLegalEntity", "cbc:RegistrationName"),
        "PEPPOL-T111-B02001": (_RECEIVER, "cbc:EndpointID"),
        "PEPPOL-T111-B02002": (_RECEIVER, "cac:PartyLegalEntity"),
        "PEPPOL-T111-B02301": (f"{_RECEIVER}/cac:PartyIdentification", "cbc:ID"),
        "PEPPOL-T111-B02601": (f"{_RECEIVER}/cac:PartyLegalEntity", "cbc:RegistrationName"),
        "PEPPOL-T111-B02801": (_ANSWER, "cac:Response"),
        "PEPPOL-T111-B02802": (_ANSWER, "cac:DocumentReference"),
        "PEPPOL-T111-B02901": (_RESPONSE, "cbc:ResponseCode"),
        "PEPPOL-T111-B03601": (f"{_STATUS}/cac:Condition", "cbc:AttributeID"),
        "PEPPOL-T111-B03901": (_DOCUMENT, "cbc:ID"),
        "PEPPOL-T111-B03902": (_DOCUMENT, "cbc:DocumentTypeCode"),
        "PEPPOL-T111-B04301": (_ISSUER, "cac:PartyName"),
        "PEPPOL-T111-B04401": (f"{_ISSUER}/cac:PartyIdentification", "cbc:ID"),
        "PEPPOL-T111-B04701": (f"{_ISSUER}/cac:PartyName", "cbc:Name"),
        "PEPPOL-T111-B04901": (_RECIPIENT, "cac:PartyName"),
        "PEPPOL-T111-B05001": (f"{_RECIPIENT}/cac:PartyIdentification", "cbc:ID"),
        "PEPPOL-T111-B05301": (f"{_RECIPIENT}/cac:PartyName", "cbc:Name"),
    },
)
add_attributes(
    invoice_response,
    {
        "PEPPOL-T111-B00901": (f"{_SENDER}/cbc:EndpointID", "schemeID"),
        "PEPPOL-T111-B02101": (f"{_RECEIVER}/cbc:EndpointID", "schemeID"),
        "PEPPOL-T111-B03302": (f"{_STATUS}/cbc:StatusReasonCode", "listID"),
    },
    {
        "PEPPOL-T111-B00902": (f"{_SENDER}/cbc:EndpointID", "schemeID", "address-scheme"),
        "PEPPOL-T111-B02102": (f"{_RECEIVER}/cbc:EndpointID", "schemeID", "address-scheme"),
        "PEPPOL-T111-B03303": (f"{_STATUS}/cbc:StatusReasonCode", "listID", "clarification-list"),
        **{
            rule: (f"{party}/cac:PartyIdentification/cbc:ID", "schemeID", "party-scheme")
            for rule, party in {
                "PEPPOL-T111-B01201": _SENDER,
                "PEPPOL-T111-B02401": _RECEIVER,
                "PEPPOL-T111-B04501": _ISSUER,
                "PEPPOL-T111-B05101": _RECIPIENT,
            }.items()
        },
    },
)
add_codes(
    invoice_response,
    {
        "PEPPOL-T111-B03001": (f"{_RESPONSE}/cbc:ResponseCode", "invoice-status"),
        "PEPPOL-T111-B03301": (f"{_STATUS}/cbc:StatusReasonCode", "clarification"),
        "PEPPOL-T111-B04201": (f"{_DOCUMENT}/cbc:DocumentTypeCode", "document-type"),
    },
)
_PARTY = "cbc:EndpointID cac:PartyIdentification cac:PartyLegalEntity"
_OTHER_PARTY = "cac:PartyIdentification cac:PartyName"
add_foreign(
    invoice_response,
    {
        "PEPPOL-T111-B00109": (
            "",
            "cbc:CustomizationID cbc:ProfileID cbc:ID cbc:IssueDate cbc:IssueTime cbc:Note "
            "cac:SenderParty cac:ReceiverParty cac:DocumentResponse",
        ),
        "PEPPOL-T111-B00803": (_SENDER, f"{_PARTY} cac:Contact"),
        "PEPPOL-T111-B01402": (f"{_SENDER}/cac:PartyLegalEntity", "cbc:RegistrationName"),
        "PEPPOL-T111-B01601": (
            f"{_SENDER}/cac:Contact",
            "cbc:Name cbc:Telephone cbc:ElectronicMail",
        ),
        "PEPPOL-T111-B02003": (_RECEIVER, _PARTY),
        "PEPPOL-T111-B02602": (f"{_RECEIVER}/cac:PartyLegalEntity", "cbc:RegistrationName"),
        "PEPPOL-T111-B02803": (
            _ANSWER,
            "cac:Response cac:DocumentReference cac:IssuerParty cac:RecipientParty",
        ),
        "PEPPOL-T111-B02902": (_RESPONSE, "cbc:ResponseCode cbc:EffectiveDate cac:Status"),
        "PEPPOL-T111-B03201": (_STATUS, "cbc:StatusReasonCode cbc:StatusReason cac:Condition"),
        "PEPPOL-T111-B03602": (f"{_STATUS}/cac:Condition", "cbc:AttributeID cbc:Description"),
        "PEPPOL-T111-B03903": (_DOCUMENT, "cbc:ID cbc:IssueDate cbc:DocumentTypeCode"),
        "PEPPOL-T111-B04302": (_ISSUER, _OTHER_PARTY),
        "PEPPOL-T111-B04902": (_RECIPIENT, _OTHER_PARTY),
    },
)


def _is_negative(response: etree._Element) -> bool:
    return text(response, "cbc:ResponseCode") in ("CA", "UQ", "RE")


@invoice_response.rule(
    "PEPPOL-T111-R001",
    message="The status {code} wants a clarification: add a StatusReasonCode.",
)
def status_is_clarified(response: ResponseReading) -> Iterator[Breach]:
    """A conditional acceptance, query or rejection has a clarification code."""
    for element in anywhere(response.root, "cac:Response"):
        if matches(_is_negative, element) and not nodes(element, "cac:Status/cbc:StatusReasonCode"):
            yield Breach(at=at(element), code=text(element, "cbc:ResponseCode"))


def _statuses(response: ResponseReading, code: str) -> Iterator[etree._Element]:
    for element in anywhere(response.root, "cac:Status"):
        if code in {string_of(node) for node in nodes(element, "cbc:StatusReasonCode")}:
            yield element


@invoice_response.rule(
    "PEPPOL-T111-R002",
    severity=Severity.WARNING,
    message="The clarification is OTH (other): say which in StatusReason.",
)
def clarification_is_explained(response: ResponseReading) -> Iterator[Breach]:
    """The clarification OTH comes with a text."""
    for status in _statuses(response, "OTH"):
        if not nodes(status, "cbc:StatusReason"):
            yield Breach(at=at(status))


@invoice_response.rule(
    "PEPPOL-T111-R004",
    message="The clarification is PPD (partial payment): say how much in StatusReason.",
)
def partial_payment_is_explained(response: ResponseReading) -> Iterator[Breach]:
    """The clarification PPD comes with a text."""
    other = set(_statuses(response, "OTH"))
    for status in _statuses(response, "PPD"):
        # R002 stands before this rule in the artefact: what it judges, this one does not.
        if status not in other and not nodes(status, "cbc:StatusReason"):
            yield Breach(at=at(status))


@invoice_response.rule("PEPPOL-T111-R005", message="PPD goes with the status PD only.")
def partial_payment_goes_with_its_status(_response: ResponseReading) -> Iterator[Breach]:
    """The clarification PPD goes with the status PD; the published condition is always true."""
    yield from ()


@invoice_response.rule(
    "PEPPOL-T111-R003",
    message="The specification is {value!r}: it must begin with {wanted}.",
)
def specification_is_invoice_response(response: ResponseReading) -> Iterator[Breach]:
    """The specification identifier is that of the invoice response."""
    wanted = "urn:fdc:peppol.eu:poacc:trns:invoice_response:3"
    for element in anywhere(response.root, "cbc:CustomizationID"):
        value = collapse(string_of(element))
        if not value.startswith(wanted):
            yield Breach(at=at(element), value=value, wanted=wanted)


_PROCESSES = (
    "urn:fdc:peppol.eu:poacc:bis:invoice_response:3",
    "urn:peppol:bis:billing_with_response",
)


@invoice_response.rule("PEPPOL-T111-R008", message="The process is {value!r}: write {wanted}.")
def process_is_invoice_response(response: ResponseReading) -> Iterator[Breach]:
    """The process identifier is one of the invoice response."""
    for element in anywhere(response.root, "cbc:ProfileID"):
        value = collapse(string_of(element))
        if value not in _PROCESSES:
            yield Breach(at=at(element), value=value, wanted=" or ".join(_PROCESSES))


_CLARIFICATIONS: Mapping[str, tuple[str, str | None, str]] = {
    "PEPPOL-T111-R006": ("OPStatusAction", None, "clarification-action"),
    "PEPPOL-T111-R007": ("OPStatusReason", "OPStatusAction", "clarification-reason"),
}


@invoice_response.family(
    _CLARIFICATIONS, message="{code} is not a code of the list {name} that it names: replace one."
)
def clarification_is_of_its_list(
    response: ResponseReading, place: tuple[str, str | None, str]
) -> Iterator[Breach]:
    """A clarification code is one of the list that it names."""
    name, before, known = place
    for status in anywhere(response.root, "cac:Status"):
        names = attributes(nodes(status, "cbc:StatusReasonCode"), "listID")
        if name in names and before not in names:
            code = text(status, "cbc:StatusReasonCode")
            if code not in response_codes(known):
                yield Breach(at=at(status), code=shown(code), name=name)
