from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

import facturae_es
from einvoice_core.certificates import Credential, TrustStore
from einvoice_core.certificates.errors import NotValidAtError
from einvoice_core.records import RawXml
from einvoice_core.signing import xmldsig
from einvoice_core.signing.errors import CannotSignError, SignatureRefused
from einvoice_core.signing.report import CheckName, Outcome
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.xml.errors import XmlTooLarge
from einvoice_core.xml.parsing import Limits
from einvoice_core.xml.plain import Plain, as_it_stands
from facturae_es.facets import Version
from facturae_es.model import Facturae
from facturae_es.signing import Role
from facturae_es.testing import documents

Change = Callable[[Facturae, str, object], Facturae]

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
DS = "{http://www.w3.org/2000/09/xmldsig#}"
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"


def clock() -> datetime:
    return NOW


@pytest.fixture(scope="module")
def authority() -> ThrowawayAuthority:
    return ThrowawayAuthority(clock=clock)


@pytest.fixture(scope="module")
def credential(authority: ThrowawayAuthority) -> Credential:
    return authority.issue(nif="12345678Z", name="Inventada Pérez")


@pytest.fixture(scope="module")
def xml(simple: Facturae) -> bytes:
    return facturae_es.write(simple)


@pytest.fixture(scope="module")
def signed(xml: bytes, credential: Credential) -> bytes:
    return facturae_es.sign(xml, credential, clock=clock, ids=lambda: "1")


def test_a_signature_is_verified(
    signed: bytes, authority: ThrowawayAuthority, credential: Credential
) -> None:
    verified = facturae_es.verify(signed, trust=TrustStore((authority.root,)))
    assert verified.certificate == credential.certificate
    assert verified.holder.nif == "12345678Z"
    assert verified.signed_at == NOW
    assert verified.roles == ("emisor",)
    assert verified.policy.endswith("politica_de_firma_formato_facturae_v3_1.pdf")
    unasked = {CheckName.TIMESTAMP, CheckName.REVOCATION}
    assert {check.name for check in verified.report.not_run} == unasked


def test_without_roots_the_chain_is_not_passed(signed: bytes) -> None:
    report = facturae_es.examine_signature(signed)
    assert report.ok
    assert report.outcome(CheckName.CHAIN) is Outcome.NOT_RUN


def test_the_signature_has_the_shape_of_the_policy(signed: bytes) -> None:
    root = etree.fromstring(signed)
    signature = root[-1]
    assert signature.tag == f"{DS}Signature"
    references = signature.findall(f"{DS}SignedInfo/{DS}Reference")
    uris = [reference.get("URI") for reference in references]
    assert uris == ["", "#Signature-1-SignedProperties", "#Signature-1-KeyInfo"]
    methods = {e.get("Algorithm") for e in signature.iter(f"{DS}CanonicalizationMethod")}
    assert methods == {"http://www.w3.org/TR/2001/REC-xml-c14n-20010315"}
    assert signature.find(f".//{XADES}SigningCertificate") is not None
    assert signature.find(f".//{XADES}SigningCertificateV2") is None
    hash_ = signature.find(f".//{XADES}SigPolicyHash/{DS}DigestValue")
    assert hash_ is not None
    assert hash_.text == "Ohixl6upD6av8N7pEvDABhEL6hM="


def test_the_same_clock_and_ids_give_the_same_bytes(
    xml: bytes, signed: bytes, credential: Credential
) -> None:
    assert facturae_es.sign(xml, credential, clock=clock, ids=lambda: "1") == signed


def test_a_signed_document_is_read_and_keeps_its_signature(signed: bytes, simple: Facturae) -> None:
    document = facturae_es.read(signed)
    assert document.signature is not None
    assert document.model_copy(update={"signature": None}) == simple
    again = facturae_es.read(facturae_es.write(document))
    assert again.signature == document.signature
    assert facturae_es.validate(signed).ok


@pytest.mark.parametrize("hash_name", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("role", list(Role))
def test_hashes_and_roles(xml: bytes, credential: Credential, hash_name: str, role: Role) -> None:
    signed = facturae_es.sign(xml, credential, role=role, hash_name=hash_name, clock=clock)  # type: ignore[arg-type]  # a parameter of the test
    assert facturae_es.verify(signed).roles == (role.value,)
    assert f"rsa-{hash_name}".encode() in signed


def test_an_unknown_role_is_refused(xml: bytes, credential: Credential) -> None:
    with pytest.raises(CannotSignError, match="emisor"):
        facturae_es.sign(xml, credential, role="owner", clock=clock)


def test_an_unknown_hash_is_refused(xml: bytes, credential: Credential) -> None:
    with pytest.raises(CannotSignError, match="md5"):
        facturae_es.sign(xml, credential, hash_name="md5", clock=clock)  # type: ignore[arg-type]  # the mistake under test


def test_a_document_is_signed_once(signed: bytes, credential: Credential) -> None:
    with pytest.raises(CannotSignError):
        facturae_es.sign(signed, credential, clock=clock)


@pytest.mark.parametrize("days", [20_000, -20_000], ids=["expired", "not valid yet"])
def test_a_certificate_outside_its_time_does_not_sign(
    days: int, xml: bytes, credential: Credential
) -> None:
    with pytest.raises(NotValidAtError) as caught:
        facturae_es.sign(xml, credential, clock=lambda: NOW + timedelta(days=days))
    assert caught.value.code == "certificate.not_valid"


def add_space(data: bytes) -> bytes:
    return data.replace(b"</FileHeader>", b" </FileHeader>")


CHANGES: dict[str, tuple[Callable[[bytes], bytes], CheckName]] = {
    "an amount": (lambda d: d.replace(b">300.00<", b">900.00<", 1), CheckName.INTEGRITY),
    "white space": (add_space, CheckName.INTEGRITY),
    "the signing time": (
        lambda d: d.replace(b"2026-07-01T09", b"2026-07-01T08"),
        CheckName.INTEGRITY,
    ),
    "the role": (lambda d: d.replace(b">emisor<", b">receptor<"), CheckName.INTEGRITY),
    "the policy": (lambda d: d.replace(b"_v3_1.pdf", b"_v3_0.pdf"), CheckName.POLICY),
    "another place": (
        lambda d: d.replace(b"</fe:Facturae>", b"<Extra/></fe:Facturae>"),
        CheckName.PLACEMENT,
    ),
}


@pytest.mark.parametrize(("change", "check"), CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_document_is_refused(
    change: Callable[[bytes], bytes], check: CheckName, signed: bytes
) -> None:
    changed = change(signed)
    assert changed != signed
    with pytest.raises(SignatureRefused) as caught:
        facturae_es.verify(changed)
    assert check in {failed.name for failed in caught.value.report.failed}


def test_an_unsigned_document_is_refused(xml: bytes) -> None:
    with pytest.raises(SignatureRefused):
        facturae_es.verify(xml)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(Version).flatmap(documents))
def test_what_was_written_is_signed_as_it_would_be_after_reading(
    credential: Credential, document: Facturae
) -> None:
    written = facturae_es.write(document)
    read = bytes(written)
    if isinstance(written, Plain):
        assert written.canonical == etree.tostring(etree.fromstring(read), method="c14n")
        assert as_it_stands(read) in {written.canonical, None}
    signed = facturae_es.sign(written, credential, clock=clock, ids=lambda: "1")
    assert signed == facturae_es.sign(read, credential, clock=clock, ids=lambda: "1")
    facturae_es.verify(signed)


def test_only_what_needs_no_reading_is_vouched_for(simple: Facturae, change: Change) -> None:
    extension = RawXml(
        "<Extensions><Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/></Extensions>"
    )
    invoiced = "invoices[0].issue_data.description"
    assert isinstance(facturae_es.write(change(simple, invoiced, 'A < B & C > "D"\t\n = 1')), Plain)
    assert not isinstance(facturae_es.write(change(simple, invoiced, "A\rB")), Plain)
    assert not isinstance(
        facturae_es.write(change(simple, "schema_location", "urn:a a.xsd")), Plain
    )
    assert not isinstance(facturae_es.write(change(simple, "extensions", extension)), Plain)
    assert not isinstance(facturae_es.write(simple, check=False), Plain)
    assert type(pickle.loads(pickle.dumps(facturae_es.write(simple)))) is bytes  # noqa: S301 - our own bytes


def test_limits_hold_for_what_was_written(xml: bytes, credential: Credential) -> None:
    assert isinstance(xml, Plain)
    with pytest.raises(XmlTooLarge):
        xmldsig.sign(xml, credential, parts={}, limits=Limits(document=100))
