"""Headers of ours are what the schema of ebMS and its signals says."""

from functools import cache

import pytest
from lxml import etree

from as4_peppol import Payload, make_error, make_receipt, pack
from as4_peppol.errors import EbmsError
from as4_peppol.message.records import Property
from as4_peppol.peppol.messages import ping
from as4_peppol.profiles import EDELIVERY_1_15, PEPPOL
from as4_peppol.testing import NOW, RECIPIENT, SENDER, Pair
from einvoice_core.testing.judges import official

_IMPORTS = (
    ("http://www.w3.org/XML/1998/namespace", "w3c/xml.xsd"),
    ("http://www.w3.org/1999/xlink", "w3c/xlink.xsd"),
    ("http://www.w3.org/2000/09/xmldsig#", "w3c/xmldsig-core-schema.xsd"),
    ("http://schemas.xmlsoap.org/soap/envelope/", "ebms3/soap11.xsd"),
    ("http://www.w3.org/2003/05/soap-envelope", "ebms3/soap12.xsd"),
    ("http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0", "ebms3/ebbp-signals-2.0.4.xsd"),
    (
        "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/",
        "ebms3/ebms-header-3_0-200704.xsd",
    ),
)


@cache
def schema() -> etree.XMLSchema:
    folder = official("as4/xsd")
    lines = "".join(
        f'<xs:import namespace="{namespace}" schemaLocation="{(folder / file).as_uri()}"/>'
        for namespace, file in _IMPORTS
    )
    text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{lines}</xs:schema>'
    parser = etree.XMLParser(no_network=True, load_dtd=False)
    return etree.XMLSchema(etree.fromstring(text, parser, base_url=folder.as_uri()))


def require_valid(envelope: bytes) -> None:
    found = schema()
    assert found.validate(etree.fromstring(envelope)), found.error_log


def test_user_messages(pair: Pair) -> None:
    require_valid(pair.pack(b"<x/>").envelope)
    part = Payload(b"x", "text/plain", "UTF-8", (Property(name="a", value="b", type="c"),))
    payloads = [Payload(b"<x/>"), part]
    sent = pack(pair.message(), payloads, EDELIVERY_1_15, pair.sender, pair.receiver.certificate)
    require_valid(sent.envelope)
    header = ping(
        sender=pair.sender.certificate,
        receiver=pair.receiver.certificate,
        original_sender=SENDER,
        final_recipient=RECIPIENT,
        now=NOW,
    )
    require_valid(pair.pack(message=header).envelope)


def test_receipts(pair: Pair) -> None:
    sent = pair.pack(b"<x/>")
    inbound = pair.unpack(sent.content_type, sent.body())
    require_valid(make_receipt(inbound, PEPPOL, pair.receiver, NOW))


@pytest.mark.parametrize("message_id", ["a@b", None])
def test_errors(pair: Pair, message_id: str | None) -> None:
    error = EbmsError("EBMS:0303", "so < it is", message_id)
    require_valid(make_error(error, PEPPOL, pair.receiver, NOW))


def test_the_schema_finds_what_is_wrong(pair: Pair) -> None:
    envelope = pair.pack(b"<x/>").envelope.replace(b"eb:Action>", b"eb:Other>")
    assert not schema().validate(etree.fromstring(envelope))
