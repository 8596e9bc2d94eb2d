"""Documents at the edge of every rule of the Peppol responses: our own, and their neighbours."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from lxml import etree

from ubl_peppol.testing.neighbours import Neighbour, neighbours
from ubl_peppol.testing.peppol import ADDRESSES

__all__ = [
    "INVOICE_RESPONSE",
    "MESSAGE_RESPONSE",
    "VALUES",
    "invoice_response_edges",
    "message_response_edges",
]

_SPACES = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)
_CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
_CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
_CHILDREN = (f"{_CBC}Note", f"{_CBC}ID", f"{_CBC}Name", f"{_CAC}Contact", f"{_CBC}UUID")
_ATTRIBUTES = (
    "schemaLocation",
    "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation",
    "{urn:example}schemaLocation",
    "schemeID",
)

_HEAD = """<cbc:CustomizationID>{spec}</cbc:CustomizationID><cbc:ProfileID>{process}</cbc:ProfileID>
<cbc:ID>R-1</cbc:ID><cbc:IssueDate>2026-11-24</cbc:IssueDate>"""
_ADDRESS = '<cbc:EndpointID schemeID="0088">{gln}</cbc:EndpointID>'
_GLNS = ("8412345000010", "8412345000027")
_NAMED = """<cac:PartyIdentification><cbc:ID schemeID="0002">1</cbc:ID></cac:PartyIdentification>
<cac:PartyName><cbc:Name>Ejemplo</cbc:Name></cac:PartyName>"""
_PARTY = """<cac:PartyIdentification><cbc:ID schemeID="0002">1</cbc:ID></cac:PartyIdentification>
<cac:PartyLegalEntity><cbc:RegistrationName>Ejemplo</cbc:RegistrationName></cac:PartyLegalEntity>"""
_CONTACT = """<cac:Contact><cbc:Name>N</cbc:Name><cbc:Telephone>1</cbc:Telephone></cac:Contact>"""
_TAXED = """<cac:PartyTaxScheme><cbc:CompanyID>NL123456789B01</cbc:CompanyID>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"""

INVOICE_RESPONSE = f"""<ApplicationResponse {_SPACES}>{
    _HEAD.format(
        spec="urn:fdc:peppol.eu:poacc:trns:invoice_response:3",
        process="urn:fdc:peppol.eu:poacc:bis:invoice_response:3",
    )
}
<cac:SenderParty>{_ADDRESS.format(gln=_GLNS[0])}{_PARTY}{_CONTACT}</cac:SenderParty>
<cac:ReceiverParty>{_ADDRESS.format(gln=_GLNS[1])}{_PARTY}</cac:ReceiverParty>
<cac:DocumentResponse><cac:Response><cbc:ResponseCode>RE</cbc:ResponseCode>
<cbc:EffectiveDate>2026-11-24</cbc:EffectiveDate>
<cac:Status><cbc:StatusReasonCode listID="OPStatusReason">REF</cbc:StatusReasonCode>
<cbc:StatusReason>Falta el pedido</cbc:StatusReason>
<cac:Condition><cbc:AttributeID>BT-13</cbc:AttributeID><cbc:Description>1</cbc:Description>
</cac:Condition></cac:Status>
<cac:Status><cbc:StatusReasonCode listID="OPStatusAction">NIN</cbc:StatusReasonCode>
</cac:Status></cac:Response>
<cac:DocumentReference><cbc:ID>F-1</cbc:ID><cbc:IssueDate>2026-11-01</cbc:IssueDate>
<cbc:DocumentTypeCode>380</cbc:DocumentTypeCode></cac:DocumentReference>
<cac:IssuerParty>{_NAMED}</cac:IssuerParty><cac:RecipientParty>{_NAMED}</cac:RecipientParty>
</cac:DocumentResponse></ApplicationResponse>"""

MESSAGE_RESPONSE = f"""<ApplicationResponse {_SPACES}>{
    _HEAD.format(
        spec="urn:fdc:peppol.eu:poacc:trns:mlr:3", process="urn:fdc:peppol.eu:poacc:bis:mlr:3"
    )
}
<cac:SenderParty>{_ADDRESS.format(gln=_GLNS[0])}</cac:SenderParty>
<cac:ReceiverParty>{_ADDRESS.format(gln=_GLNS[1])}</cac:ReceiverParty>
<cac:DocumentResponse><cac:Response><cbc:ResponseCode>RE</cbc:ResponseCode>
<cbc:Description>Rechazado</cbc:Description></cac:Response>
<cac:DocumentReference><cbc:ID>M-1</cbc:ID><cbc:DocumentTypeCode>380</cbc:DocumentTypeCode>
<cbc:VersionID>1</cbc:VersionID></cac:DocumentReference>
<cac:LineResponse><cac:LineReference><cbc:LineID>/Invoice</cbc:LineID></cac:LineReference>
<cac:Response><cbc:ResponseCode>RE</cbc:ResponseCode><cbc:Description>BR-01</cbc:Description>
<cac:Status><cbc:StatusReasonCode>BV</cbc:StatusReasonCode></cac:Status></cac:Response>
</cac:LineResponse></cac:DocumentResponse></ApplicationResponse>"""

VALUES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "CustomizationID": ["urn:x", "urn:fdc", "urn:fdc:peppol.eu:poacc:trns:mlr:3.1"],
        "ProfileID": ["urn:x", "urn:peppol:bis:billing_with_response", "urn:fdc"],
        "IssueDate": ["2026-11-24Z", "2026-13-01", "24/11/2026", "2026-11-25", "2024-02-29"],
        "ResponseCode": ["AB", "AP", "CA", "UQ", "PD", "XX", " RE ", "re", "9"],
        "StatusReasonCode": ["OTH", "PPD", "NON", "NOA", "BW", "SV", "X", "bv", "1"],
        "DocumentTypeCode": ["381", "471", "1999", "0", "x"],
        "@schemeID": ["0192", "0184", "XX", "1", "0300", "0003"],
        "@listID": ["OPStatusAction", "OPStatusReason", "X", "", "1"],
    }
)


def invoice_response_edges() -> Iterator[Neighbour]:
    """Yield documents around an invoice response (T111)."""
    yield from _around("T111", INVOICE_RESPONSE)
    bare = INVOICE_RESPONSE.replace("<cbc:StatusReason>Falta el pedido</cbc:StatusReason>", "")
    yield from neighbours("T111 bare", etree.fromstring(bare), VALUES, _CHILDREN)
    head, _, rest = INVOICE_RESPONSE.partition("<cac:Status>")
    silent = head + rest.rpartition("</cac:Status>")[2]
    yield from neighbours("T111 silent", etree.fromstring(silent), VALUES, _CHILDREN)


def message_response_edges() -> Iterator[Neighbour]:
    """Yield documents around a message level response (T71)."""
    yield from _around("T71", MESSAGE_RESPONSE)
    accepted = MESSAGE_RESPONSE.replace(">RE<", ">AP<")
    yield from neighbours("T71 accepted", etree.fromstring(accepted), VALUES, _CHILDREN)
    head, _, rest = accepted.partition("<cac:LineResponse>")
    brief = head + rest.rpartition("</cac:LineResponse>")[2]
    yield from neighbours("T71 brief", etree.fromstring(brief), VALUES, _CHILDREN)


def _around(name: str, xml: str) -> Iterator[Neighbour]:
    yield from neighbours(name, etree.fromstring(xml), VALUES, _CHILDREN, _ATTRIBUTES)
    for number, gln in enumerate(_GLNS):
        for scheme, (fitting, misfits) in ADDRESSES.items():
            old = f'schemeID="0088">{gln}<'
            for text in (*fitting, *misfits):
                changed = xml.replace(old, f'schemeID="{scheme}">{text}<')
                yield Neighbour(f"{name} address {scheme} {number}", f"says {text!r}", changed)
    for text in ("NL1", "NL123456789B1", "NL 123456789B01", "NL123456789B02", "DE1"):
        taxed = xml.replace("</cac:SenderParty>", f"{_TAXED}</cac:SenderParty>")
        yield Neighbour(f"{name} taxed", text, taxed.replace("NL123456789B01", text))
    yield Neighbour(
        f"{name} taxed", "well", xml.replace("</cac:SenderParty>", f"{_TAXED}</cac:SenderParty>")
    )
