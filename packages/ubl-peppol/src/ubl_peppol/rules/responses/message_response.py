"""Rules of the Peppol message level response 3 (transaction T71)."""

from collections.abc import Iterator

from einvoice_core.findings import Breach, RuleSet
from ubl_peppol.reading.values import collapse, string_of
from ubl_peppol.rules._nodes import anywhere, at, nodes, text_nodes
from ubl_peppol.rules.responses._model import (
    add_attributes,
    add_codes,
    add_common,
    add_foreign,
    add_needed,
)
from ubl_peppol.rules.responses._reading import ResponseReading

__all__ = ["message_response", "process_is_message_response", "specification_is_message_response"]

message_response: RuleSet[ResponseReading] = RuleSet(
    "Peppol BIS Message Level Response 3 (T71, May 2026)", "peppol-message-response"
)

_SENDER, _RECEIVER, _ANSWER = "cac:SenderParty", "cac:ReceiverParty", "cac:DocumentResponse"
_RESPONSE, _DOCUMENT = f"{_ANSWER}/cac:Response", f"{_ANSWER}/cac:DocumentReference"
_LINE = f"{_ANSWER}/cac:LineResponse"
_REFERENCE, _LINE_RESPONSE = f"{_LINE}/cac:LineReference", f"{_LINE}/cac:Response"
_STATUS = f"{_LINE_RESPONSE}/cac:Status"

add_common(message_response, "PEPPOL-T71-B00108")
add_needed(
    message_response,
    {
        "PEPPOL-T71-B00101": ("", "cbc:CustomizationID"),
        "PEPPOL-T71-B00102": ("", "cbc:ProfileID"),
        "PEPPOL-T71-B00103": ("", "cbc:ID"),
        "PEPPOL-T71-B00104": ("", "cbc:IssueDate"),
        "PEPPOL-T71-B00105": ("", _SENDER),
        "PEPPOL-T71-B00106": ("", _RECEIVER),
        "PEPPOL-T71-B00107": ("", _ANSWER),
        "PEPPOL-T71-B00701": (_SENDER, "cbc:EndpointID"),
        "PEPPOL-T71-B01001": (_RECEIVER, "cbc:EndpointID"),
        "PEPPOL-T71-B01301": (_ANSWER, "cac:Response"),
        "PEPPOL-T71-B01302": (_ANSWER, "cac:DocumentReference"),
        "PEPPOL-T71-B01401": (_RESPONSE, "cbc:ResponseCode"),
        "PEPPOL-T71-B01701": (_DOCUMENT, "cbc:ID"),
        "PEPPOL-T71-B02101": (_LINE, "cac:LineReference"),
        "PEPPOL-T71-B02102": (_LINE, "cac:Response"),
        "PEPPOL-T71-B02201": (_REFERENCE, "cbc:LineID"),
        "PEPPOL-T71-B02401": (_LINE_RESPONSE, "cbc:Description"),
        "PEPPOL-T71-B02402": (_LINE_RESPONSE, "cac:Status"),
        "PEPPOL-T71-B02701": (_STATUS, "cbc:StatusReasonCode"),
    },
)
add_attributes(
    message_response,
    {
        "PEPPOL-T71-B00801": (f"{_SENDER}/cbc:EndpointID", "schemeID"),
        "PEPPOL-T71-B01101": (f"{_RECEIVER}/cbc:EndpointID", "schemeID"),
    },
    {
        "PEPPOL-T71-B00802": (f"{_SENDER}/cbc:EndpointID", "schemeID", "address-scheme"),
        "PEPPOL-T71-B01102": (f"{_RECEIVER}/cbc:EndpointID", "schemeID", "address-scheme"),
    },
)
add_codes(
    message_response,
    {
        "PEPPOL-T71-B01501": (f"{_RESPONSE}/cbc:ResponseCode", "message-status"),
        "PEPPOL-T71-B01901": (f"{_DOCUMENT}/cbc:DocumentTypeCode", "document-type"),
        "PEPPOL-T71-B02501": (f"{_LINE_RESPONSE}/cbc:ResponseCode", "message-status"),
        "PEPPOL-T71-B02801": (f"{_STATUS}/cbc:StatusReasonCode", "message-reason"),
    },
)
add_foreign(
    message_response,
    {
        "PEPPOL-T71-B00109": (
            "",
            "cbc:CustomizationID cbc:ProfileID cbc:ID cbc:IssueDate cbc:IssueTime "
            "cac:SenderParty cac:ReceiverParty cac:DocumentResponse",
        ),
        "PEPPOL-T71-B00702": (_SENDER, "cbc:EndpointID"),
        "PEPPOL-T71-B01002": (_RECEIVER, "cbc:EndpointID"),
        "PEPPOL-T71-B01303": (
            _ANSWER,
            "cac:Response cac:DocumentReference cac:LineResponse",
        ),
        "PEPPOL-T71-B01402": (_RESPONSE, "cbc:ResponseCode cbc:Description"),
        "PEPPOL-T71-B01702": (_DOCUMENT, "cbc:ID cbc:DocumentTypeCode cbc:VersionID"),
        "PEPPOL-T71-B02202": (_REFERENCE, "cbc:LineID"),
        "PEPPOL-T71-B02403": (_LINE_RESPONSE, "cbc:ResponseCode cbc:Description cac:Status"),
        "PEPPOL-T71-B02702": (_STATUS, "cbc:StatusReasonCode"),
    },
)

_PROCESS = "urn:fdc:peppol.eu:poacc:bis:mlr:3"
_SPECIFICATION = "urn:fdc:peppol.eu:poacc:trns:mlr:3"


@message_response.rule("PEPPOL-T71-B00301", message="The process is {value!r}: write {wanted}.")
def process_is_message_response(response: ResponseReading) -> Iterator[Breach]:
    """The process identifier is that of the message level response."""
    for element in nodes(response.root, "cbc:ProfileID"):
        value = collapse(text_nodes([element]))
        if value != _PROCESS:
            yield Breach(at=at(element), value=value, wanted=_PROCESS)


@message_response.rule(
    "PEPPOL-T71-R001", message="The specification is {value!r}: it must begin with {wanted}."
)
def specification_is_message_response(response: ResponseReading) -> Iterator[Breach]:
    """The specification identifier is that of the message level response."""
    for element in anywhere(response.root, "cbc:CustomizationID"):
        value = collapse(string_of(element))
        if not value.startswith(_SPECIFICATION):
            yield Breach(at=at(element), value=value, wanted=_SPECIFICATION)
