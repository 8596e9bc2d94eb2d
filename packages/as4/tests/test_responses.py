"""Responses to an invoice: what is read, what is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from as4_peppol.peppol import responses
from as4_peppol.peppol.responses import Kind, ResponseError

_SPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
TEXT = f"""<ApplicationResponse xmlns="{_SPACE}ApplicationResponse-2"
 xmlns:cac="{_SPACE}CommonAggregateComponents-2" xmlns:cbc="{_SPACE}CommonBasicComponents-2">
<cbc:CustomizationID>{Kind.INVOICE_RESPONSE}</cbc:CustomizationID><cbc:ID>R1</cbc:ID>
<cbc:IssueDate>2026-11-25</cbc:IssueDate>
<cac:SenderParty><cbc:EndpointID schemeID="9920">ESA1</cbc:EndpointID></cac:SenderParty>
<cac:ReceiverParty><cbc:EndpointID schemeID="9920">ESB2</cbc:EndpointID></cac:ReceiverParty>
<cac:DocumentResponse><cac:Response><cbc:ResponseCode>RE</cbc:ResponseCode>
<cbc:EffectiveDate>2026-11-26</cbc:EffectiveDate>
<cac:Status><cbc:StatusReasonCode listID="OPStatusReason">REF</cbc:StatusReasonCode>
<cbc:StatusReason>no order</cbc:StatusReason></cac:Status></cac:Response>
<cac:DocumentReference><cbc:ID>F-1</cbc:ID></cac:DocumentReference></cac:DocumentResponse>
</ApplicationResponse>"""


def test_a_rejection_is_read() -> None:
    found = responses.read(TEXT.encode())
    assert found.is_rejected
    assert (found.id, found.document_id, found.issued_on) == ("R1", "F-1", date(2026, 11, 25))
    assert found.effective_on == date(2026, 11, 26)
    assert [(c.code, c.text) for c in found.clarifications] == [("REF", "no order")]
    assert found.receiver.value == "9920:ESB2"


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (str(Kind.INVOICE_RESPONSE), "urn:x", "AS4-RSP-002"),
        ("DocumentReference", "Other", "AS4-RSP-004"),
        ("2026-11-25", "yesterday", "AS4-RSP-005"),
        ("2026-11-26", "tomorrow", "AS4-RSP-005"),
        (' schemeID="9920"', "", "AS4-RSP-004"),
        ("DocumentResponse", "LineResponse", "AS4-RSP-003"),
        ("ApplicationResponse-2", "Invoice-2", "AS4-RSP-001"),
        ("</ApplicationResponse>", "", "AS4-RSP-001"),
    ],
)
def test_what_is_missing_is_told(old: str, new: str, rule: str) -> None:
    with pytest.raises(ResponseError) as caught:
        responses.read(TEXT.replace(old, new).encode())
    assert rule in {finding.rule for finding in caught.value.findings}


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode()))
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ResponseError):
        responses.read(data)
