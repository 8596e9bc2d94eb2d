"""A signed SOAP message is taken whole or not at all."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from einvoice_core.certificates import Credential, TrustStore
from einvoice_core.soap.envelope import SOAP_11, SOAP_12, EnvelopeRefused, SoapVersion, unwrap
from einvoice_core.soap.security import (
    SECURITY,
    WSSE,
    WSU,
    Part,
    SecurityRefused,
    secure,
    verify_security,
)
from einvoice_core.testing.authority import KeyKind, ThrowawayAuthority
from einvoice_core.xml.errors import XmlRefused

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
BODY = b'<?xml version="1.0"?>\n<a:ask xmlns:a="urn:x"><n a:k="1">5</n></a:ask>'
ID = f"{{{WSU}}}Id"


@pytest.fixture(scope="module")
def authority() -> ThrowawayAuthority:
    return ThrowawayAuthority(keys="ec", clock=lambda: NOW)


@pytest.fixture(scope="module")
def credential(authority: ThrowawayAuthority) -> Credential:
    return authority.issue("12345678Z", "ANA PRUEBAS DEMO")


@pytest.fixture(scope="module")
def secured(credential: Credential) -> bytes:
    return secure(BODY, credential, at=NOW)


@pytest.mark.parametrize("version", SoapVersion)
@pytest.mark.parametrize("hash_name", ["sha256", "sha512"])
@pytest.mark.parametrize("keys", ["rsa", "ec"])
def test_what_was_secured_verifies(version: SoapVersion, hash_name: str, keys: KeyKind) -> None:
    authority = ThrowawayAuthority(keys=keys, clock=lambda: NOW)
    credential = authority.issue("12345678Z")
    envelope = secure(BODY, credential, at=NOW, version=version, hash_name=hash_name)
    trust = TrustStore((authority.root,), (authority.intermediate,))

    message = verify_security(envelope, now=NOW, trust=trust)

    assert message.message.tag == "{urn:x}ask"
    assert message.certificate == credential.certificate
    assert message.covered == frozenset(Part)
    assert (message.created_at, message.expires_at) == (NOW, NOW + timedelta(seconds=300))


def test_a_reader_has_to_understand_the_header(secured: bytes, credential: Credential) -> None:
    assert unwrap(secured, understood={SECURITY}).tag == "{urn:x}ask"
    with pytest.raises(EnvelopeRefused, match="must be understood"):
        unwrap(secured)
    assert unwrap(secure(BODY, credential, at=NOW, must_understand=False)).tag == "{urn:x}ask"


def test_the_same_message_is_the_same_bytes(authority: ThrowawayAuthority) -> None:
    signer = ThrowawayAuthority(clock=lambda: NOW).issue("12345678Z")
    assert secure(BODY, signer, at=NOW) == secure(BODY, signer, at=NOW)


@pytest.mark.parametrize(
    ("minutes", "reason"), [(-6, "in the future"), (-4, ""), (9, ""), (11, "ended at")]
)
def test_a_message_counts_for_some_minutes(secured: bytes, minutes: int, reason: str) -> None:
    now = NOW + timedelta(minutes=minutes)
    if not reason:
        assert verify_security(secured, now=now).message.tag == "{urn:x}ask"
        return
    with pytest.raises(SecurityRefused, match=reason):
        verify_security(secured, now=now)


def test_a_stranger_is_not_trusted(secured: bytes) -> None:
    stranger = ThrowawayAuthority("OTRA", keys="ec", clock=lambda: NOW)
    with pytest.raises(SecurityRefused, match="not trusted"):
        verify_security(secured, now=NOW, trust=TrustStore((stranger.root,)))


def test_a_part_that_is_not_signed_is_missed(credential: Credential) -> None:
    envelope = secure(BODY, credential, at=NOW, parts=[Part.TIMESTAMP])
    with pytest.raises(SecurityRefused, match="does not cover Body"):
        verify_security(envelope, now=NOW)
    assert verify_security(envelope, now=NOW, required=[]).covered == {Part.TIMESTAMP}


Change = Callable[[etree._Element], object]


def at(root: etree._Element, path: str) -> etree._Element:
    found = root.find(path, {"s": SOAP_11.value, "wsse": WSSE, "wsu": WSU, "ds": DSIG})
    assert found is not None
    return found


DSIG = "http://www.w3.org/2000/09/xmldsig#"
HEADER = "s:Header/wsse:Security"


def wrap_body(root: etree._Element) -> None:
    """The classic: the signed body moves away and another one takes its place."""
    body = at(root, "s:Body")
    wrapper = etree.SubElement(at(root, "s:Header"), "{urn:attack}Wrapper")
    forged = etree.SubElement(root, body.tag)
    etree.SubElement(forged, "{urn:x}pay")
    wrapper.append(body)


def wrap_body_same_id(root: etree._Element) -> None:
    wrap_body(root)
    root[-1].set(ID, "Body-1")


def other_token(root: etree._Element) -> None:
    stranger = ThrowawayAuthority("OTRA", keys="ec", clock=lambda: NOW).issue("12345678Z")
    der = stranger.certificate.public_bytes(Encoding.DER)
    at(root, f"{HEADER}/wsse:BinarySecurityToken").text = base64.b64encode(der).decode()


def second_header(root: etree._Element) -> None:
    etree.SubElement(at(root, "s:Header"), SECURITY)


def no_signature(root: etree._Element) -> None:
    at(root, HEADER).remove(at(root, f"{HEADER}/ds:Signature"))


def later_end(root: etree._Element) -> None:
    at(root, f"{HEADER}/wsu:Timestamp/wsu:Expires").text = "2036-07-01T09:00:00Z"


def other_stamp(root: etree._Element) -> None:
    """A fresh timestamp beside the signed one."""
    stamp = etree.SubElement(at(root, HEADER), f"{{{WSU}}}Timestamp")
    etree.SubElement(stamp, f"{{{WSU}}}Created").text = "2026-07-01T09:00:00Z"


def other_value_type(root: etree._Element) -> None:
    at(root, f"{HEADER}/wsse:BinarySecurityToken").set("ValueType", "urn:password")


def broken_token(root: etree._Element) -> None:
    at(root, f"{HEADER}/wsse:BinarySecurityToken").text = "AAAA"


def no_token(root: etree._Element) -> None:
    at(root, HEADER).remove(at(root, f"{HEADER}/wsse:BinarySecurityToken"))


def two_messages(root: etree._Element) -> None:
    etree.SubElement(at(root, "s:Body"), "{urn:x}pay")


def no_header(root: etree._Element) -> None:
    root.remove(at(root, "s:Header"))


@pytest.mark.parametrize(
    "change",
    [
        wrap_body,
        wrap_body_same_id,
        other_token,
        second_header,
        no_signature,
        later_end,
        other_stamp,
        other_value_type,
        broken_token,
        no_token,
        two_messages,
        no_header,
    ],
)
def test_a_manipulated_message_is_refused(secured: bytes, change: Change) -> None:
    root = etree.fromstring(secured)
    change(root)
    with pytest.raises(SecurityRefused):
        verify_security(etree.tostring(root), now=NOW)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00Z"])
def test_an_odd_instant_is_refused_or_over(credential: Credential, text: str) -> None:
    root = etree.fromstring(secure(BODY, credential, at=NOW, parts=[Part.BODY]))
    at(root, f"{HEADER}/wsu:Timestamp/wsu:Expires").text = text
    with pytest.raises(SecurityRefused):
        verify_security(root, now=NOW, required=[Part.BODY])


def test_without_a_zone_an_instant_is_utc(credential: Credential) -> None:
    root = etree.fromstring(secure(BODY, credential, at=NOW, parts=[Part.BODY]))
    at(root, f"{HEADER}/wsu:Timestamp/wsu:Created").text = "2026-07-01T09:00:00"
    assert verify_security(root, now=NOW, required=[Part.BODY]).created_at == NOW


@settings(max_examples=200)
@pytest.mark.filterwarnings("ignore")  # cryptography warns of odd names and numbers
@given(data=st.data())
def test_a_changed_octet_never_changes_what_is_taken(secured: bytes, data: st.DataObject) -> None:
    octets = bytearray(secured)
    octets[data.draw(st.integers(0, len(octets) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        message = verify_security(bytes(octets), now=NOW)
    except (SecurityRefused, EnvelopeRefused, XmlRefused):
        return
    original = verify_security(secured, now=NOW)
    assert etree.tostring(message.body, method="c14n") == etree.tostring(
        original.body, method="c14n"
    )
    assert message.certificate == original.certificate


def test_soap_12_is_another_envelope(credential: Credential) -> None:
    envelope = secure(BODY, credential, at=NOW, version=SOAP_12)
    assert SOAP_12.value.encode() in envelope
