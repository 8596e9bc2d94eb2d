import pytest

from as4_peppol.peppol.identifiers import (
    DocumentTypeId,
    IdentifierError,
    ParticipantId,
    ProcessId,
)


def test_the_name_in_the_dns_is_that_of_the_published_example() -> None:
    # Recomputed from the example of the network's documentation.
    name = ParticipantId.parse("9915:test").dns_name("participant.example.org.")
    label = "eh5boavaktmbgzyh2a63dz4qov33fvp5nsdvqklucfraayoodw6a"
    assert name == f"{label}.iso6523-actorid-upis.participant.example.org"


def test_participants_are_compared_without_case() -> None:
    one, other = ParticipantId.parse("9920:ESB1"), ParticipantId.parse("9920:esb1")
    assert one.key == other.key
    assert one.dns_name("z") == other.dns_name("z")
    assert one.encoded == "iso6523-actorid-upis%3A%3A9920%3AESB1"


def test_a_document_type_says_what_it_is() -> None:
    text = "busdox-docid-qns::urn:a:Invoice-2::Invoice##urn:c:3.0#x::2.1"
    kind = DocumentTypeId.parse(text)
    assert str(kind) == text
    assert kind.parts == ("urn:a:Invoice-2", "Invoice", "urn:c:3.0#x", "2.1")
    assert "%23%23" in kind.encoded
    assert DocumentTypeId.parse("urn:a:Invoice-2::Invoice##urn:c::2.1").scheme == "busdox-docid-qns"


@pytest.mark.parametrize("text", ["", "test", "99:x", "9915:", "9915:a b", "9915:" + "x" * 131])
def test_what_is_no_participant(text: str) -> None:
    with pytest.raises(IdentifierError):
        ParticipantId.parse(text)


@pytest.mark.parametrize("text", ["", "a b", "busdox-docid-qns::" + "x" * 501, "x::"])
def test_what_is_no_document_type(text: str) -> None:
    with pytest.raises(IdentifierError):
        DocumentTypeId.parse(text)


@pytest.mark.parametrize("text", ["", "a b", "x" * 201])
def test_what_is_no_process(text: str) -> None:
    with pytest.raises(IdentifierError):
        ProcessId.parse(text)


def test_what_stands_in_an_address_is_encoded() -> None:
    kind = DocumentTypeId.parse("busdox-docid-qns::urn:x::Invoice##urn:c#urn:d::2.1")
    assert kind.encoded == (
        "busdox-docid-qns%3A%3Aurn%3Ax%3A%3AInvoice%23%23urn%3Ac%23urn%3Ad%3A%3A2.1"
    )
    assert ParticipantId.parse("9915:test").encoded == "iso6523-actorid-upis%3A%3A9915%3Atest"
