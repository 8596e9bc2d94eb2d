"""The profile of the gas transporters: the published predicates on what is on the wire."""

from typing import Any

import pytest
from lxml import etree

from as4_peppol import Payload, anyone, pack, take, unpack
from as4_peppol._names import EB, INITIATOR, RESPONDER
from as4_peppol.errors import EbmsError
from as4_peppol.message.records import (
    AgreementRef,
    CollaborationInfo,
    MessageInfo,
    Party,
    PartyId,
    PartyInfo,
    Property,
    Service,
    UserMessage,
)
from as4_peppol.profiles import EDELIVERY_1_15, ENTSOG
from as4_peppol.profiles.entsog import ACTION, DOCUMENT_TYPE, PARTY_ID_TYPE, SERVICE_TYPE
from as4_peppol.testing import NOW, Pair

DOCUMENT = b"<?xml version='1.0'?><Nomination_Document/>"
LEFT, RIGHT = "21X-XX-A-A0A0A-1", "21X-YY-B-B0B0B-2"


def party(code: str, role: str, kind: str = PARTY_ID_TYPE) -> Party:
    return Party(ids=(PartyId(value=code, type=kind),), role=role)


PARTIES = PartyInfo(sender=party(LEFT, INITIATOR), receiver=party(RIGHT, RESPONDER))
ABOUT = CollaborationInfo(
    agreement=AgreementRef(value="http://entsog.eu/communication/agreements/1/2/3"),
    service=Service(value="A06", type=SERVICE_TYPE),
    action=ACTION,
    conversation_id="one",
)


def message(**changes: Any) -> UserMessage:
    made = UserMessage(
        info=MessageInfo(sent_at=NOW, message_id="one@example.test"),
        parties=PARTIES,
        collaboration=ABOUT,
    )
    return made.model_copy(update=changes)


def exchanged(
    pair: Pair, said: UserMessage, content: bytes = DOCUMENT, profile: Any = ENTSOG
) -> etree._Element:
    kind = (Property(name=DOCUMENT_TYPE, value="01G"),)
    payload = Payload(content, properties=kind)
    sent = pack(said, [payload], profile, pair.sender, pair.receiver.certificate)
    try:
        incoming = take(sent.content_type, [sent.body()], ENTSOG)
        unpack(incoming, ENTSOG, [pair.receiver], trusted=anyone).close()
    finally:
        sent.close()
    return etree.fromstring(sent.envelope)


@pytest.mark.parametrize(
    "predicate",
    [
        f'not(//eb:UserMessage[@mpc and not(@mpc="{EB}defaultMPC")])',
        f"not(//eb:PartyId[not(@type='{PARTY_ID_TYPE}')])",
        f"not(//eb:Service[@type and not(@type='{SERVICE_TYPE}')])",
        "string-length(//eb:Service) = 3 and starts-with(//eb:Service, 'A')",
        f"not(//eb:Action[not(text()='{ACTION}')])",
        f"count(//eb:PartInfo[1]//eb:Property[@name='{DOCUMENT_TYPE}']) = 1",
        f"not(//eb:Role[not(text()='{INITIATOR}') and not(text()='{RESPONDER}')])",
        "not(//eb:CollaborationInfo[not(eb:AgreementRef)])",
        "not(//eb:ConversationId[not(text())])",
        "//eb:PartInfo[1]/eb:PartProperties/eb:Property[@name='MimeType' and "
        "(text()='text/xml' or text()='application/xml')]",
    ],
)
def test_a_message_fulfils_the_published_predicates(pair: Pair, predicate: str) -> None:
    assert exchanged(pair, message()).xpath(predicate, namespaces={"eb": EB})


def parties(**changes: Party) -> PartyInfo:
    return PARTIES.model_copy(update=changes)


def collaboration(**changes: Any) -> CollaborationInfo:
    return ABOUT.model_copy(update=changes)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"mpc": "urn:example:another"}, "EBMS:0010"),
        (
            {"parties": PARTIES.model_copy(update={"sender": party(LEFT, INITIATOR, "x")})},
            "EBMS:0003",
        ),
        ({"parties": PARTIES.model_copy(update={"sender": party("21x", INITIATOR)})}, "EBMS:0003"),
        ({"parties": PARTIES.model_copy(update={"receiver": party(RIGHT, "boss")})}, "EBMS:0003"),
        ({"collaboration": collaboration(service=Service(value="A06", type="x"))}, "EBMS:0010"),
        ({"collaboration": collaboration(service=Service(value="gas"))}, "EBMS:0010"),
        ({"collaboration": collaboration(action="submit")}, "EBMS:0010"),
        ({"collaboration": collaboration(agreement=None)}, "EBMS:0010"),
    ],
)
def test_what_breaks_one_is_refused(pair: Pair, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(EbmsError) as caught:
        exchanged(pair, message(**changes), profile=EDELIVERY_1_15)
    assert caught.value.ebms == code


def test_a_payload_of_ten_megabytes_is_refused(pair: Pair) -> None:
    fits = b"<a>" + b" " * 9_999_900 + b"</a>"
    assert exchanged(pair, message(), fits) is not None
    with pytest.raises(EbmsError) as caught:
        exchanged(pair, message(), fits + b" " * 200)
    assert caught.value.ebms == "EBMS:0303"


def test_a_sign_of_life_needs_no_business(pair: Pair) -> None:
    about = collaboration(
        service=Service(value=f"{EB}service"), action=f"{EB}test", conversation_id="two"
    )
    assert exchanged(pair, message(collaboration=about)) is not None
