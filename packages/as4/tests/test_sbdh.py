from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from as4_peppol.peppol import sbdh
from as4_peppol.peppol.identifiers import DocumentTypeId, IdentifierError, ParticipantId
from as4_peppol.peppol.sbdh import SbdhError
from as4_peppol.testing import BILLING, INVOICE, NOW, RECIPIENT, SENDER

DOCUMENT = b'<Invoice xmlns="urn:example:Invoice-2"><ID>1 &amp; 2</ID></Invoice>'


def wrapped(content: bytes = DOCUMENT, **changes: Any) -> bytes:
    options: dict[str, Any] = {
        "sender": SENDER,
        "receiver": RECIPIENT,
        "document_type": INVOICE,
        "process": BILLING,
        "country_c1": "ES",
        "now": NOW,
        **changes,
    }
    return sbdh.wrap(content, **options)


def rules(data: bytes) -> set[str]:
    with pytest.raises(SbdhError) as caught:
        sbdh.read(data)
    assert all(f.rule in sbdh.RULES and f.message for f in caught.value.findings)
    return {f.rule for f in caught.value.findings}


def test_what_is_wrapped_comes_out() -> None:
    read = sbdh.read(wrapped(mls_to=ParticipantId.parse("0242:1"), mls_type="ALWAYS_SEND"))
    assert (read.sender, read.receiver) == (SENDER, RECIPIENT)
    assert (read.document_type, read.process) == (INVOICE, BILLING)
    assert (read.country_c1, read.created_at) == ("ES", NOW)
    assert (str(read.mls_to), read.mls_type) == ("iso6523-actorid-upis::0242:1", "ALWAYS_SEND")
    assert etree.fromstring(read.content).findtext("{*}ID") == "1 & 2"


@pytest.mark.parametrize(
    "content",
    [
        DOCUMENT.replace(b"</ID>", b"</id>"),
        DOCUMENT.replace(b"<ID>", b"<sh:ID>").replace(b"</ID>", b"</sh:ID>"),
        DOCUMENT + b"</sh:StandardBusinessDocument><sh:StandardBusinessDocument>" + DOCUMENT,
        DOCUMENT.replace(b"<ID>", b"<ID>" + b"<a>" * 254).replace(
            b"</ID>", b"</a>" * 254 + b"</ID>"
        ),
        b"<!DOCTYPE Invoice>" + DOCUMENT,
        DOCUMENT.replace(b"1 &amp; 2", b"&entity;"),
        DOCUMENT.replace(b"1 &amp; 2", b"\xff"),
        b"",
    ],
)
def test_what_could_not_be_read_is_not_wrapped(content: bytes) -> None:
    with pytest.raises(SbdhError):
        wrapped(content)


def test_the_deepest_document_that_is_wrapped_can_be_read() -> None:
    inner = b"<a>" * 253 + b"</a>" * 253
    deep = DOCUMENT.replace(b"1 &amp; 2", inner)
    assert b"<a>" * 252 in sbdh.read(wrapped(deep)).content


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_what_is_not_utf_8_is_converted(encoding: str) -> None:
    name = encoding.upper()
    text = (
        f'<?xml version="1.0" encoding="{name}"?><Invoice xmlns="urn:example:Invoice-2">ñ</Invoice>'
    )
    assert "ñ".encode() in sbdh.read(wrapped(text.encode(encoding))).content


@given(st.text(st.characters(min_codepoint=32, blacklist_categories=["Cs"]), max_size=30))
def test_the_document_stays_as_it_is(text: str) -> None:
    root = etree.Element("{urn:example:Invoice-2}Invoice", nsmap={"i": "urn:example:Invoice-2"})
    root.text = text
    data = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    read = sbdh.read(wrapped(data))
    # The namespace of the envelope stays in scope, and is not used.
    made, kept = (
        etree.tostring(each, method="c14n", exclusive=True)
        for each in (root, etree.fromstring(read.content))
    )
    assert kept == made


def test_a_document_of_another_namespace_than_its_type() -> None:
    kind = DocumentTypeId.parse("busdox-docid-qns::urn:x::Invoice##urn:c::1")
    with pytest.raises(SbdhError, match="AS4-SBDH-011"):
        wrapped(b"<Invoice/>", document_type=kind)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("HeaderVersion>1.0", "HeaderVersion>1.5", "AS4-SBDH-002"),
        ("<sh:Sender>", "<sh:Other>", "AS4-SBDH-001"),
        ("9920:ESB12345674", "ESB12345674", "AS4-SBDH-003"),
        ("9915:test", "", "AS4-SBDH-004"),
        ("09:00:00+00:00", "09:00:00", "AS4-SBDH-006"),
        (BILLING.value, "", "AS4-SBDH-008"),
        (">ES<", ">es<", "AS4-SBDH-009"),
        (">ES<", "><", "AS4-SBDH-009"),
        ("COUNTRY_C1", "PROCESSID", "AS4-SBDH-014"),
        ("Type>Invoice", "Type>Order", "AS4-SBDH-010"),
        ('<Invoice xmlns="urn:example:Invoice-2">', '<Invoice xmlns="urn:x">', "AS4-SBDH-011"),
        ("</sh:StandardBusinessDocument>", "<x/></sh:StandardBusinessDocument>", "AS4-SBDH-011"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, rule: str) -> None:
    text = wrapped().decode()
    assert old in text
    assert rule in rules(text.replace(old, new, 1).encode())


def test_mls_scopes_are_checked() -> None:
    text = wrapped(mls_to=RECIPIENT, mls_type="FAILURE_ONLY").decode()
    assert rules(text.replace("FAILURE_ONLY", "SOMETIMES").encode()) == {"AS4-SBDH-013"}
    scheme = "<sh:Identifier>iso6523-actorid-upis</sh:Identifier>"
    assert rules(text.replace(scheme, "").encode()) == {"AS4-SBDH-012"}


@pytest.mark.parametrize("data", [b"", b"x", b"<a/>", b"<!DOCTYPE a><a/>", wrapped()[:-40]])
def test_what_is_no_envelope(data: bytes) -> None:
    assert rules(data) == {"AS4-SBDH-001"}


def test_a_type_that_does_not_say_what_it_is() -> None:
    with pytest.raises(IdentifierError):
        wrapped(document_type=DocumentTypeId("busdox-docid-qns", "urn:x"))
