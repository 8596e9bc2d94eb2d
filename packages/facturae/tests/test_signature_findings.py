"""Each way in which a signature is refused, with the rule that says why."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

import facturae_es
from einvoice_core.certificates import Credential, TrustStore, UnsupportedKeyError
from einvoice_core.certificates.revocation import Evidence
from einvoice_core.findings import Report, Severity
from einvoice_core.signing import xades
from einvoice_core.signing.algorithms import DigestAlgorithm, SignatureAlgorithm
from einvoice_core.signing.errors import CannotSignError, SignatureRefused
from einvoice_core.signing.report import CheckName, Outcome
from einvoice_core.signing.xmldsig import sign as sign_xml
from einvoice_core.testing.authority import ThrowawayAuthority, new_key
from einvoice_core.testing.timestamper import OpensslTimestamper
from einvoice_core.xml.canonical import canonicalize
from einvoice_core.xml.errors import XmlRefused
from facturae_es.model import Facturae
from facturae_es.signing import LAYER, PROFILE, signature

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
AUTHORITY = ThrowawayAuthority(keys="ec", clock=lambda: NOW)
SIGNER = AUTHORITY.issue("12345678Z", "Inventada Pérez")
TRUST = TrustStore((AUTHORITY.root,))


@pytest.fixture(scope="module")
def xml(simple: Facturae) -> bytes:
    return facturae_es.write(simple)


@pytest.fixture(scope="module")
def signed(xml: bytes) -> bytes:
    return sign(xml)


def sign(xml: bytes, credential: Credential = SIGNER, at: datetime = NOW) -> bytes:
    return facturae_es.sign(xml, credential, clock=lambda: at, ids=lambda: "1")


def check(document: bytes, **options: object) -> Report:
    asked = {"trust": TRUST, "clock": lambda: NOW, **options}
    return facturae_es.check_signature(document, **asked)  # type: ignore[arg-type]  # of a test


def rules(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


def text(old: str, new: str) -> Callable[[bytes], bytes]:
    def change(document: bytes) -> bytes:
        assert old.encode() in document
        return document.replace(old.encode(), new.encode(), 1)

    return change


def twice(document: bytes) -> bytes:
    start = document.index(b"<ds:Signature ")
    end = document.index(b"</fe:Facturae>")
    return document[:end] + document[start:end] + document[end:]


CHANGES: dict[str, tuple[Callable[[bytes], bytes], str, str]] = {
    "01": (lambda d: d[: d.index(b"<ds:Signature ")] + b"</fe:Facturae>", "no signature", "/*"),
    "02": (twice, "has 2 signatures", "/ds:Signature[1]"),
    "04": (text("</fe:Facturae>", "<Extra/></fe:Facturae>"), "last child", "/ds:Signature"),
    "05": (
        text("<FileHeader>", '<FileHeader Id="Signature-1-KeyInfo">'),
        "every Id occur once",
        "/ds:Signature",
    ),
    "06": (text("#ecdsa-sha256", "#hmac-sha256"), "hmac-sha256", "/ds:SignatureMethod"),
    "07": (text(">300.00<", ">900.00<"), "white space counts", "/ds:SignedInfo"),
    "10": (text("_v3_1.pdf", "_v3_9.pdf"), "published in 2009", "/xades:SignaturePolicyIdentifier"),
    "11": (text(">emisor<", ">dueño<"), "emisor, receptor or tercero", "/xades:SignerRole"),
    "12": (text("2026-07-01T09", "2026-07-01 09"), "time zone", "/xades:SigningTime"),
}


@pytest.mark.parametrize("number", CHANGES)
def test_a_change_has_its_finding(number: str, signed: bytes) -> None:
    change, words, path = CHANGES[number]
    report = check(change(signed))
    (finding, *_) = [f for f in report.findings if f.rule == f"FACTURAE-SIG-{number}"]
    assert words in finding.message
    assert finding.path.endswith(path)
    assert finding.terms
    assert finding.severity is Severity.FATAL
    assert not report.ok
    with pytest.raises(SignatureRefused):
        facturae_es.verify(change(signed), trust=TRUST)


@pytest.mark.parametrize(
    "place",
    ["SignatureMethod", "CanonicalizationMethod", "Transform", "DigestMethod"],
)
@pytest.mark.parametrize(
    "name", ["urn:example:unknown", "", "http://www.w3.org/2001/04/xmldsig-more#md5"]
)
def test_an_algorithm_that_nobody_knows(place: str, name: str, signed: bytes) -> None:
    root = etree.fromstring(signed)
    info = next(root.iter(f"{{{DS}}}SignedInfo"))
    next(info.iter(f"{{{DS}}}{place}")).set("Algorithm", name)
    # Whoever uses it signs what says so.
    value = SIGNER.sign(canonicalize(info), SignatureAlgorithm.ECDSA_SHA256)
    next(root.iter(f"{{{DS}}}SignatureValue")).text = b64encode(value).decode()
    report = check(etree.tostring(root))
    assert "FACTURAE-SIG-06" in rules(report)
    (finding, *_) = [f for f in report.findings if f.rule == "FACTURAE-SIG-06"]
    assert f"{name!r}" in finding.message
    with pytest.raises(SignatureRefused):
        facturae_es.verify(etree.tostring(root), trust=TRUST)


def test_a_good_signature_has_no_finding(signed: bytes) -> None:
    report = check(signed)
    assert report.findings == ()
    assert report.layers_run == (LAYER,)
    assert dict(report.layers_skipped) == {
        "signature: revocation": "no revocation lists were given"
    }


def test_without_roots_the_chain_is_skipped(signed: bytes) -> None:
    report = check(signed, trust=None)
    assert report.ok
    assert set(report.layers_skipped) == {"signature: chain", "signature: revocation"}


def test_a_signature_without_properties_is_not_xades(xml: bytes) -> None:
    report = check(sign_xml(xml, SIGNER))
    assert "FACTURAE-SIG-03" in rules(report)


def test_a_signature_that_leaves_the_certificate_out(xml: bytes) -> None:
    profile = replace(PROFILE, sign_key_info=False)
    report = check(xades.sign(xml, SIGNER, profile, clock=lambda: NOW))
    assert rules(report) == {"FACTURAE-SIG-08"}
    assert "KeyInfo is not signed" in report.findings[0].message


def test_an_invoice_hidden_in_the_signature(signed: bytes) -> None:
    hidden = b"<ds:Object><Invoices/></ds:Object></ds:Signature>"
    report = check(signed.replace(b"</ds:Signature>", hidden))
    assert rules(report) == {"FACTURAE-SIG-08"}
    assert "no part of a signature" in report.findings[0].message


def test_another_certificate_of_the_same_key(signed: bytes) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding

    from einvoice_core.signing.xmldsig._signing import lines_of

    def written(credential: Credential) -> bytes:
        return lines_of(credential.certificate.public_bytes(Encoding.DER)).encode()

    twin = AUTHORITY.issue("12345678Z", "Inventada Pérez", key=SIGNER.key)
    report = check(signed.replace(written(SIGNER), written(twin)))
    assert "FACTURAE-SIG-09" in rules(report)


@pytest.mark.parametrize(
    ("name", "since", "until"),
    [("expired", -20, -10), ("not valid yet", 10, 20)],
)
def test_a_certificate_outside_its_time(xml: bytes, name: str, since: int, until: int) -> None:
    credential = AUTHORITY.issue(
        "12345678Z",
        "Inventada Pérez",
        valid_from=NOW + timedelta(days=since),
        valid_until=NOW + timedelta(days=until),
    )
    inside = NOW + timedelta(days=(since + until) / 2)
    right = sign(xml, credential, at=inside)
    assert check(right, clock=lambda: NOW + timedelta(days=30)).ok

    class Careless:
        """A signer without the dates of its certificate."""

        certificate, chain = credential.certificate, credential.chain
        sign = credential.sign

    from einvoice_core.signing.xades import _writing

    original = _writing._require_valid
    _writing._require_valid = lambda certificate, now: None
    try:
        wrong = sign(xml, Careless())  # type: ignore[arg-type]  # of a test
    finally:
        _writing._require_valid = original
    report = check(wrong)
    assert "FACTURAE-SIG-14" in rules(report), name
    assert "FACTURAE-SIG-15" in rules(report), "an authority vouches for its validity only"


def test_an_authority_that_nobody_trusts(xml: bytes) -> None:
    other = ThrowawayAuthority("OTRA", keys="ec", clock=lambda: NOW)
    report = check(sign(xml, other.issue("12345678Z", "Inventada Pérez")))
    assert rules(report) == {"FACTURAE-SIG-15"}


def test_a_revoked_certificate(signed: bytes) -> None:
    earlier = NOW - timedelta(hours=2)
    crl = AUTHORITY.issue_crl(SIGNER.certificate, revoked_at=earlier)
    report = check(signed, revocation=Evidence(crls=(crl,)))
    assert rules(report) == {"FACTURAE-SIG-16"}
    with pytest.raises(SignatureRefused) as caught:
        facturae_es.verify(signed, trust=TRUST, revocation=Evidence(crls=(crl,)))
    assert [failed.name for failed in caught.value.report.failed] == [CheckName.REVOCATION]


def test_a_certificate_revoked_after_signing(signed: bytes) -> None:
    later = NOW + timedelta(days=1)
    crl = AUTHORITY.issue_crl(SIGNER.certificate, at=later, revoked_at=later - timedelta(hours=1))
    evidence = Evidence(crls=(crl,))
    assert check(signed, revocation=evidence).ok
    assert rules(check(signed, revocation=evidence, at=later)) == {"FACTURAE-SIG-16"}


def test_a_list_that_says_nothing_is_not_a_pass(signed: bytes) -> None:
    report = check(signed, revocation=Evidence(crls=(AUTHORITY.issue_crl(),)))
    assert report.ok
    # The list of the authority below the root says nothing about that authority itself.
    assert "signature: revocation" in report.layers_skipped
    assert "signature: revocation" in check(signed, revocation=Evidence()).layers_skipped


def test_a_certificate_without_nif_is_a_warning(xml: bytes) -> None:
    from einvoice_core.certificates import HolderKind

    device = AUTHORITY.issue(name="servidor", kind=HolderKind.DEVICE)
    report = check(sign(xml, device))
    assert rules(report) == {"FACTURAE-SIG-17"}
    assert report.ok


def test_a_signing_time_that_is_still_to_come(signed: bytes) -> None:
    report = check(signed, clock=lambda: NOW - timedelta(hours=1))
    assert rules(report) == {"FACTURAE-SIG-12"}
    assert "still to come" in report.findings[0].message


def test_too_many_signatures(signed: bytes) -> None:
    start, end = signed.index(b"<ds:Signature "), signed.index(b"</fe:Facturae>")
    report = check(signed[:end] + signed[start:end] * 20 + signed[end:])
    assert rules(report) == {"FACTURAE-SIG-02", "FACTURAE-SIG-20"}


def test_every_rule_has_a_test() -> None:
    source = Path(__file__).read_text("utf-8")
    untested = [
        rule
        for rule in signature.rules
        if rule not in source and rule.rpartition("-")[2] not in CHANGES
    ]
    assert untested == []


@pytest.mark.parametrize("data", [b"", b"no", b"<!DOCTYPE a><a/>", b"<a>"])
def test_what_is_not_xml_is_refused(data: bytes) -> None:
    with pytest.raises(XmlRefused):
        facturae_es.check_signature(data)


def test_short_keys_do_not_sign(xml: bytes) -> None:
    credential = AUTHORITY.issue("12345678Z", "Inventada Pérez", key=new_key("rsa", 1024))
    with pytest.raises(UnsupportedKeyError, match="1024"):
        sign(xml, credential)


def test_short_keys_of_others_are_refused(xml: bytes) -> None:
    """RSA-1024: refused today, a warning where signatures of the past are allowed."""
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    credential = AUTHORITY.issue("12345678Z", "Inventada Pérez", key=new_key("rsa", 1024))

    class Weak:
        """A program that signs with any key."""

        certificate, chain = credential.certificate, credential.chain

        def sign(self, data: bytes, algorithm: object) -> bytes:
            from cryptography.hazmat.primitives import hashes

            assert isinstance(credential.key, rsa.RSAPrivateKey)
            return credential.key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    signed = sign(xml, Weak())  # type: ignore[arg-type]  # of a test
    report = check(signed)
    assert rules(report) == {"FACTURAE-SIG-06"}
    assert "1024 bits" in report.findings[0].message
    assert check(signed, allow_sha1=True).ok


def test_a_signature_of_the_past_is_a_warning_where_it_is_allowed(xml: bytes) -> None:
    profile = replace(PROFILE, digest=DigestAlgorithm.SHA1)
    old = xades.sign(xml, SIGNER, profile, clock=lambda: NOW)
    assert rules(check(old)) == {"FACTURAE-SIG-06"}
    report = check(old, allow_sha1=True)
    assert report.ok
    assert rules(report) == {"FACTURAE-SIG-18"}


# Timestamps of a real authority: openssl ts.


@pytest.fixture(scope="module")
def today() -> ThrowawayAuthority:
    return ThrowawayAuthority(keys="ec")


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory, today: ThrowawayAuthority) -> OpensslTimestamper:
    return OpensslTimestamper(tmp_path_factory.mktemp("tsa"), today.issue_timestamper())


@pytest.fixture(scope="module")
def stamped(xml: bytes, today: ThrowawayAuthority, tsa: OpensslTimestamper) -> bytes:
    credential = today.issue("12345678Z", "Inventada Pérez")
    return facturae_es.sign(xml, credential, timestamps=tsa, hash_name="sha512")


def test_a_timestamp_is_checked_and_proves_when(stamped: bytes, today: ThrowawayAuthority) -> None:
    trust = TrustStore((today.root,))
    verified = facturae_es.verify(stamped, trust=trust)
    assert verified.report.outcome(CheckName.TIMESTAMP) is Outcome.PASSED
    stamped_at = verified.report.timestamped_at
    assert stamped_at is not None
    assert abs(stamped_at - verified.signed_at) < timedelta(minutes=2)
    assert facturae_es.check_signature(stamped, trust=trust).ok
    assert facturae_es.validate(stamped).ok


def test_a_timestamp_taken_away_leaves_the_rest_as_it_was(
    stamped: bytes, today: ThrowawayAuthority
) -> None:
    start = stamped.index(b"<xades:UnsignedProperties>")
    end_tag = b"</xades:UnsignedProperties>"
    end = stamped.index(end_tag) + len(end_tag)
    trust = TrustStore((today.root,))
    before = facturae_es.verify(stamped, trust=trust)
    after = facturae_es.verify(stamped[:start] + stamped[end:], trust=trust)
    assert after.document == before.document
    assert (after.certificate, after.signed_at) == (before.certificate, before.signed_at)
    assert after.report.timestamped_at is None


def test_a_timestamp_without_trusted_authority_proves_nothing(
    stamped: bytes, today: ThrowawayAuthority
) -> None:
    report = facturae_es.examine_signature(stamped)
    assert report.outcome(CheckName.TIMESTAMP) is Outcome.NOT_RUN
    assert report.timestamped_at is None
    skipped = facturae_es.check_signature(stamped).layers_skipped
    assert "signature: timestamp" in skipped
    trusts = {"trust": TrustStore((today.root,)), "timestamp_trust": TRUST}
    refused = facturae_es.check_signature(stamped, **trusts)  # type: ignore[arg-type]  # a mapping
    assert rules(refused) == {"FACTURAE-SIG-13"}


def test_a_timestamp_of_another_signature(
    stamped: bytes, xml: bytes, today: ThrowawayAuthority, tsa: OpensslTimestamper
) -> None:
    start = stamped.index(b"<xades:EncapsulatedTimeStamp>")
    end = stamped.index(b"</xades:EncapsulatedTimeStamp>")
    other = facturae_es.sign(
        xml, today.issue("12345678Z", "Inventada Pérez"), timestamps=tsa, hash_name="sha512"
    )
    o_start = other.index(b"<xades:EncapsulatedTimeStamp>")
    o_end = other.index(b"</xades:EncapsulatedTimeStamp>")
    swapped = stamped[:start] + other[o_start:o_end] + stamped[end:]
    report = facturae_es.check_signature(swapped, trust=TrustStore((today.root,)))
    assert rules(report) == {"FACTURAE-SIG-13"}
    assert "imprint" in report.findings[0].message


@pytest.mark.parametrize("text", ["", "AAAA", "?"])
def test_a_timestamp_that_is_none(stamped: bytes, today: ThrowawayAuthority, text: str) -> None:
    start = stamped.index(b"<xades:EncapsulatedTimeStamp>") + len(b"<xades:EncapsulatedTimeStamp>")
    end = stamped.index(b"</xades:EncapsulatedTimeStamp>")
    broken = stamped[:start] + text.encode() + stamped[end:]
    report = facturae_es.check_signature(broken, trust=TrustStore((today.root,)))
    assert rules(report) == {"FACTURAE-SIG-13"}


def test_a_signing_time_after_the_timestamp(
    xml: bytes, today: ThrowawayAuthority, tsa: OpensslTimestamper
) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    credential = today.issue("12345678Z", "Inventada Pérez")
    signed = facturae_es.sign(xml, credential, timestamps=tsa, clock=lambda: later)
    trust = TrustStore((today.root,))
    report = facturae_es.check_signature(
        signed, trust=trust, clock=lambda: later + timedelta(hours=1)
    )
    assert rules(report) == {"FACTURAE-SIG-12"}
    assert "after the timestamp" in report.findings[0].message


# Countersignatures.

_NAMES = ("UnsignedProperties", "UnsignedSignatureProperties", "CounterSignature")
_INSIDE = " ".join(
    [f"{{{DS}}}Signature", f"{{{DS}}}Object"]
    + [f"{{{XADES}}}{name}" for name in ("QualifyingProperties", *_NAMES)]
)
_EMPTY = (
    b"<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:CounterSignature/>"
    b"</xades:UnsignedSignatureProperties></xades:UnsignedProperties></xades:QualifyingProperties>"
)


def countersigned(signed: bytes, credential: Credential) -> bytes:
    profile = replace(PROFILE, policy=None, roles=(), default_role="")
    return xades.countersign(signed, credential, profile, clock=lambda: NOW, ids=lambda: "2")


def test_a_countersignature_is_reported(signed: bytes) -> None:
    other = AUTHORITY.issue(organization_nif="B12345674")
    document = countersigned(signed, other)
    verified = facturae_es.verify(document, trust=TRUST)
    (report,) = verified.report.countersignatures
    assert report.ok
    assert report.certificate == other.certificate
    assert check(document).findings == ()
    assert verified.document == facturae_es.verify(signed, trust=TRUST).document


def test_two_countersignatures_and_one_on_a_signature_without_identifier(signed: bytes) -> None:
    anonymous = signed.replace(b' Id="Signature-1-SignatureValue"', b"")
    first, second = (AUTHORITY.issue(organization_nif="B12345674") for _ in range(2))
    document = countersigned(anonymous, first)
    profile = replace(PROFILE, policy=None, roles=(), default_role="")
    document = xades.countersign(document, second, profile, clock=lambda: NOW)
    reports = facturae_es.verify(document, trust=TRUST).report.countersignatures
    assert [report.certificate for report in reports] == [first.certificate, second.certificate]
    assert all(report.ok for report in reports)
    assert facturae_es.validate(document).ok


def test_an_unsigned_document_is_not_countersigned(xml: bytes) -> None:
    with pytest.raises(CannotSignError, match="0 signatures"):
        countersigned(xml, SIGNER)


def test_a_countersignature_that_does_not_hold_is_a_warning(signed: bytes) -> None:
    other = AUTHORITY.issue(organization_nif="B12345674")
    document = countersigned(signed, other)
    at = document.rindex(b"SigningTime>2026") + len(b"SigningTime>")
    document = document[:at] + b"2025" + document[at + 4 :]
    report = check(document)
    assert rules(report) == {"FACTURAE-SIG-19"}
    assert report.ok


def test_a_countersignature_of_something_else_is_a_warning(signed: bytes) -> None:
    other = AUTHORITY.issue(organization_nif="B12345674")
    document = countersigned(signed, other)
    taken = document.replace(
        b'<ds:SignatureValue Id="Signature-1-SignatureValue">', b"<ds:SignatureValue>"
    )
    assert rules(check(taken)) == {"FACTURAE-SIG-19"}
    profile = replace(PROFILE, policy=None, roles=(), default_role="", path=_INSIDE)
    prepared = signed.replace(b"</xades:QualifyingProperties>", _EMPTY)
    whole = xades.sign(prepared, other, profile, clock=lambda: NOW, ids=lambda: "2")
    report = check(whole)
    assert rules(report) == {"FACTURAE-SIG-19"}
    assert "does not sign the signature value" in report.findings[0].message


def test_many_signatures_inside_a_signature(signed: bytes) -> None:
    nested = b"<ds:Object>" + b"<ds:Signature/>" * 9 + b"</ds:Object></ds:Signature>"
    report = check(signed.replace(b"</ds:Signature>", nested))
    assert "FACTURAE-SIG-03" in rules(report)
