"""What the published assertions ask of a publisher and its client, tried on the sandbox's."""

import pytest
from lxml import etree

from as4_peppol.peppol import smp
from as4_peppol.peppol.identifiers import DocumentTypeId, ParticipantId
from as4_peppol.peppol.smp import read_group, read_metadata
from as4_peppol.testing import BILLING, INVOICE, RECIPIENT, Pair
from as4_peppol.testing.publisher import Publisher
from as4_peppol.testing.sandbox import Sandbox
from einvoice_core import http

SMP = "https://smp.example.test"


def body(publisher: Publisher, address: str) -> bytes:
    return publisher.answers[address]().read()


def address(publisher: Publisher) -> str:
    return f"{publisher.base}/{RECIPIENT.encoded}/services/{INVOICE.encoded}"


@pytest.fixture
def publisher(pair: Pair) -> Publisher:
    return Publisher(pair.pki, pair.receiver.certificate, SMP)


def test_a_participant_without_its_scheme_is_found(as4_sandbox: Sandbox) -> None:
    base = as4_sandbox.publisher.base
    with http.client() as client:
        assert client.get(f"{base}/{RECIPIENT.value}").status_code == 200
        assert client.get(f"{base}/9915:nobody").status_code == 404


def test_a_publisher_speaks_http_and_sends_xml_in_utf_8(as4_sandbox: Sandbox) -> None:
    publisher = as4_sandbox.publisher
    as4_sandbox.register(RECIPIENT, as4_sandbox.corner3, name="Panadería Ñ")
    with http.client() as client:
        for place in (address(publisher), f"{publisher.base}/{RECIPIENT.encoded}"):
            answer = client.get(place)
            assert (answer.http_version, answer.status_code) == ("HTTP/1.1", 200)
            assert answer.headers["content-type"].startswith("text/xml")
            found = etree.fromstring(answer.read()).getroottree().docinfo.encoding
            assert found in (None, "UTF-8")
            answer.read().decode("utf-8")


def test_identifiers_keep_their_case_on_the_way(publisher: Publisher) -> None:
    """A scheme may be one whose case matters: nothing changes it, and the publisher looks at it."""
    who = ParticipantId("urn:example:scheme", "AbC")
    assert who.encoded.endswith("%3A%3AAbC")
    publisher.group(who, INVOICE)
    with http.client(transport=publisher) as client:
        assert client.get(f"{SMP}/{who.encoded}").status_code == 200
        other = ParticipantId("urn:example:scheme", "abc")
        assert client.get(f"{SMP}/{other.encoded}").status_code == 404


def test_schemes_may_be_uris(publisher: Publisher) -> None:
    who = ParticipantId("urn:oasis:names:tc:ebcore:partyid-type:iso6523", "0088:1")
    kind = DocumentTypeId("urn:example:documents", INVOICE.value)
    publisher.publish(who, kind)
    publisher.group(who, kind)
    place = f"{SMP}/{who.encoded}/services/{kind.encoded}"
    assert "urn%3Aoasis" in place
    assert "urn%3Aexample%3Adocuments%3A%3A" in place
    with http.client(transport=publisher) as client:
        assert client.get(place).status_code == 200
        assert client.get(f"{SMP}/{who.encoded}").status_code == 200


def test_an_extension_changes_nothing(publisher: Publisher) -> None:
    publisher.publish(RECIPIENT)
    (known,) = publisher.answers
    plain = body(publisher, known)
    found = read_metadata(plain, RECIPIENT, INVOICE, lambda certificate: None)
    inner = etree.fromstring(plain).find("{*}ServiceMetadata")
    assert inner is not None
    extension = b"<Extension><x:more xmlns:x='urn:x'/></Extension></ServiceInformation>"
    text = b"".join(etree.tostring(e) for e in inner)
    grown = publisher.signed(text.replace(b"</ServiceInformation>", extension).decode())
    again = read_metadata(grown, RECIPIENT, INVOICE, lambda certificate: None)
    assert isinstance(found, smp.ServiceMetadata)
    assert isinstance(again, smp.ServiceMetadata)
    assert again.processes == found.processes
    assert again.processes[0].id == BILLING


def test_a_document_is_named_with_its_namespace(publisher: Publisher) -> None:
    publisher.publish(RECIPIENT)
    publisher.group(RECIPIENT, INVOICE)
    (_, group) = publisher.answers.values()
    for kind in read_group(group().read(), RECIPIENT).document_types:
        assert kind.parts is not None
        assert kind.parts[0].startswith("urn:")
