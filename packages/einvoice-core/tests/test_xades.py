from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from einvoice_core.certificates import Credential, NotValidAtError, TrustStore
from einvoice_core.signing import xades
from einvoice_core.signing.errors import CannotSignError, SignatureRefused
from einvoice_core.signing.report import CheckName, Outcome, SignatureReport
from einvoice_core.signing.xades import (
    XADES,
    C14n,
    CertificateForm,
    DataFormat,
    DigestAlgorithm,
    Profile,
    SignaturePolicy,
)
from einvoice_core.signing.xmldsig import DSIG, _signing
from einvoice_core.testing.authority import ThrowawayAuthority, new_key
from einvoice_core.testing.documents import documents
from einvoice_core.xml.canonical import CanonicalError, canonicalize
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import parse

NOW = datetime(2026, 11, 24, 9, 30, 15, tzinfo=timezone(timedelta(hours=1)))
AUTHORITY = ThrowawayAuthority(keys="ec", clock=lambda: NOW)
SIGNER = AUTHORITY.issue("99999972C", "ANA PRUEBAS", organization_nif="B12345674")
RSA = AUTHORITY.issue("99999972C", key=new_key("rsa"))
TRUST = TrustStore.from_pem(AUTHORITY.pem)
TRUST_WITH_INTERMEDIATE = TrustStore((AUTHORITY.root,), (AUTHORITY.intermediate,))
DOCUMENT = b'<f:factura xmlns:f="urn:f"><total>121.00</total></f:factura>'

POLICY = SignaturePolicy(
    "http://example.org/policy",
    {
        DigestAlgorithm.SHA1: "Ohixl6upD6av8N7pEvDABhEL6hM=",
        DigestAlgorithm.SHA256: "a/vDoueJq9zxWGCFwdsXdlXtkFSEek4XVtmlQCEDaE8=",
    },
    description="Política de prueba",
    uri="http://example.org/policy.pdf",
    other_identifiers=("http://example.org/the policy",),
)
PROFILE = Profile(
    "the profile",
    POLICY,
    certificate_form=CertificateForm.V1,
    key_info_chain=True,
    roles=("emisor", "receptor"),
    default_role="emisor",
    data_format=DataFormat(
        encoding="UTF-8", description="Factura", identifier="urn:oid:1.2", qualifier="OIDAsURN"
    ),
)


def sign(
    document: bytes = DOCUMENT,
    profile: Profile = PROFILE,
    credential: Credential = SIGNER,
    role: str | None = None,
    at: datetime = NOW,
) -> bytes:
    return xades.sign(document, credential, profile, clock=lambda: at, ids=lambda: "1", role=role)


SIGNED = sign()
UNASKED = {CheckName.TIMESTAMP, CheckName.REVOCATION}


def failed(report: SignatureReport) -> dict[CheckName, str]:
    return {check.name: check.reason for check in report.failed}


def test_what_is_signed_verifies() -> None:
    verified = xades.verify(SIGNED, PROFILE, trust=TRUST)
    assert verified.signed_at == NOW
    assert verified.roles == ("emisor",)
    assert verified.policy == POLICY.identifier
    assert verified.holder.nif == "B12345674"
    assert verified.chain == (SIGNER.certificate, AUTHORITY.intermediate, AUTHORITY.root)
    assert verified.references[0].octets == canonicalize(parse(DOCUMENT).getroottree())
    assert {check.name for check in verified.report.not_run} == UNASKED
    assert xades.examine(SIGNED, PROFILE, trust=TRUST) == verified.report


def test_the_signature_is_the_last_child_of_the_root() -> None:
    root = parse(SIGNED)
    assert root[-1].tag == f"{{{DSIG}}}Signature"
    assert SIGNED.startswith(DOCUMENT.removesuffix(b"</f:factura>"))


def test_clock_and_identifiers_decide_every_octet() -> None:
    assert sign(credential=RSA) == sign(credential=RSA)
    assert sign(credential=RSA) != sign(credential=RSA, at=NOW + timedelta(seconds=1))


def test_without_roots_the_chain_is_not_run_and_not_passed() -> None:
    report = xades.verify(SIGNED, PROFILE).report
    assert report.ok
    assert report.outcome(CheckName.CHAIN) is Outcome.NOT_RUN
    assert report.check(CheckName.CHAIN).reason == "no trusted roots were given"
    assert {check.name for check in report.not_run} == {CheckName.CHAIN, *UNASKED}


def test_without_a_profile_its_checks_are_not_run() -> None:
    report = xades.verify(SIGNED).report
    assert {check.name for check in report.not_run} == {
        CheckName.PLACEMENT,
        CheckName.POLICY,
        CheckName.ROLE,
        CheckName.CHAIN,
        *UNASKED,
    }


PROFILES = st.builds(
    Profile,
    name=st.just("drawn"),
    policy=st.sampled_from([None, POLICY]),
    hash_name=st.sampled_from(["sha256", "sha384", "sha512"]),
    digest=st.sampled_from([DigestAlgorithm.SHA256, DigestAlgorithm.SHA512]),
    certificate_digest=st.sampled_from(DigestAlgorithm),
    certificate_form=st.sampled_from(CertificateForm),
    issuer_serial=st.booleans(),
    certificate_chain=st.booleans(),
    key_info_chain=st.booleans(),
    key_value=st.booleans(),
    sign_key_info=st.booleans(),
    canonical_form=st.sampled_from(C14n),
    roles=st.sampled_from([(), ("emisor",)]),
    default_role=st.just("emisor"),
    data_format=st.sampled_from([None, DataFormat(), PROFILE.data_format]),
)


@given(PROFILES, documents(), st.sampled_from([SIGNER, RSA]))
def test_every_profile_verifies_what_it_signs(
    profile: Profile, text: str, credential: Credential
) -> None:
    signed = sign(text.encode(), profile, credential)
    verified = xades.verify(signed, profile, trust=TRUST_WITH_INTERMEDIATE)
    assert verified.certificate == credential.certificate
    assert verified.references[0].covers_document


def looked_at(data: bytes) -> bytes:
    """All of a document but the attributes of the signature value, which nobody signs or needs."""
    root = parse(data)
    for value in root.iter(f"{{{DSIG}}}SignatureValue"):
        value.attrib.clear()
    return canonicalize(root.getroottree())


IDS = st.sampled_from(["1", "a b", "ñ", '"', "'", "<&>", "\t", "x\ny", "&amp;", "]]>"])
TEXTS = st.sampled_from(["emisor", "a > b", "<&>", "\r", "\tx\n", "'\"", "&#13;", "<!--", "ñ€"])


@settings(max_examples=50)
@given(PROFILES, documents(), IDS, TEXTS, TEXTS)
def test_what_is_known_to_be_canonical_is_signed_as_if_it_were_read(
    profile: Profile, text: str, name: str, role: str, description: str
) -> None:
    """The quick way and the slow one give the same octets, whatever is in scope."""
    odd = DataFormat(description=description, identifier=description, qualifier=description)
    profile = replace(profile, roles=(), data_format=odd)

    def make() -> bytes:
        return xades.sign(
            text.encode(), RSA, profile, clock=lambda: NOW, ids=lambda: name, role=role
        )

    quick = make()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_signing, "_as_written", lambda *arguments: None)
        assert make() == quick
    assert xades.verify(quick, profile).references[0].covers_document


def test_the_quick_way_is_the_usual_one() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_signing, "_in_context", None)
        assert xades.verify(sign(), PROFILE).report.ok


@given(st.data())
def test_a_signature_dies_with_any_changed_character(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(SIGNED) - 1))
    new = data.draw(st.sampled_from(b"abXY019 <>&\"'/=-"))
    changed = SIGNED[:at] + bytes([new]) + SIGNED[at + 1 :]
    try:
        if looked_at(changed) == looked_at(SIGNED):
            return
    except (XmlRefused, CanonicalError):
        # What has no canonical form, such as a document with a relative namespace, is not verified.
        with pytest.raises((XmlRefused, SignatureRefused)):
            xades.verify(changed, PROFILE)
        return
    assert not xades.examine(changed, PROFILE).ok


def test_the_role_is_the_signers() -> None:
    assert xades.verify(sign(role="receptor"), PROFILE).roles == ("receptor",)
    with pytest.raises(CannotSignError, match="'testigo'"):
        sign(role="testigo")


def test_no_role_where_none_is_wanted() -> None:
    profile = replace(PROFILE, roles=(), default_role="")
    signed = sign(profile=profile)
    assert b"SignerRole" not in signed
    assert xades.verify(signed, profile).roles == ()
    assert "no role" in failed(xades.examine(signed, PROFILE))[CheckName.ROLE]


def test_a_role_of_another_profile() -> None:
    signed = sign(profile=replace(PROFILE, roles=()), role="testigo")
    assert "'testigo'" in failed(xades.examine(signed, PROFILE))[CheckName.ROLE]


def test_the_policy_may_be_named_in_another_spelling_or_digest() -> None:
    other = replace(
        POLICY,
        identifier="http://example.org/the policy",
        digests={DigestAlgorithm.SHA256: POLICY.digests[DigestAlgorithm.SHA256]},
    )
    signed = sign(profile=replace(PROFILE, policy=other))
    assert xades.verify(signed, PROFILE).policy == "http://example.org/the policy"


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (None, "names the policy ''"),
        (replace(POLICY, identifier="http://example.org/other"), "example.org/other"),
        (replace(POLICY, digests={DigestAlgorithm.SHA1: "AAAA"}), "not that of the published"),
        (replace(POLICY, digests={DigestAlgorithm.SHA512: "AAAA"}), "SHA512"),
    ],
)
def test_another_policy(policy: SignaturePolicy | None, reason: str) -> None:
    signed = sign(profile=replace(PROFILE, policy=policy))
    assert reason in failed(xades.examine(signed, PROFILE))[CheckName.POLICY]


def test_a_signature_without_signed_key_info() -> None:
    signed = sign(profile=replace(PROFILE, sign_key_info=False))
    assert failed(xades.examine(signed, PROFILE)) == {CheckName.COVERAGE: "KeyInfo is not signed"}


def test_a_place_below_the_root() -> None:
    profile = replace(PROFILE, path="{urn:f}aqui")
    document = b'<f:a xmlns:f="urn:f"><f:aqui><b/></f:aqui><c/></f:a>'
    signed = sign(document, profile)
    assert xades.verify(signed, profile).signature.getparent().tag == "{urn:f}aqui"  # type: ignore[union-attr]
    assert "where" in failed(xades.examine(signed, PROFILE))[CheckName.PLACEMENT]


def test_something_behind_the_signature() -> None:
    signed = SIGNED.replace(b"</f:factura>", b"<more/></f:factura>")
    reasons = failed(xades.examine(signed, PROFILE))
    assert "last element" in reasons[CheckName.PLACEMENT]
    assert CheckName.INTEGRITY in reasons


def test_an_expired_certificate_does_not_sign() -> None:
    with pytest.raises(NotValidAtError, match="sign with one that is valid"):
        sign(at=NOW + timedelta(days=3650))


def test_a_clock_without_time_zone_does_not_sign() -> None:
    with pytest.raises(CannotSignError, match="time zone"):
        sign(at=datetime(2026, 11, 24))  # noqa: DTZ001 - the mistake under test


def test_a_signature_from_the_future() -> None:
    reasons = failed(xades.examine(SIGNED, PROFILE, at=NOW - timedelta(hours=1)))
    assert "still to come" in reasons[CheckName.SIGNING_TIME]
    early = NOW - timedelta(hours=1)
    assert reasons == failed(xades.examine(SIGNED, PROFILE, clock=lambda: early))
    assert xades.verify(SIGNED, PROFILE, at=NOW - timedelta(minutes=1)).report.ok


def test_a_certificate_that_had_expired_when_it_signed() -> None:
    late = NOW + timedelta(days=1000)
    short = AUTHORITY.issue("99999972C", valid_until=NOW + timedelta(days=2000))
    signed = sign(credential=short, at=late)
    verified = xades.verify(signed, PROFILE, trust=TRUST, clock=lambda: late)
    assert verified.signed_at == late
    changed = _with_time(sign(credential=SIGNER), late)
    with pytest.raises(SignatureRefused) as caught:
        xades.verify(changed, PROFILE, trust=TRUST, clock=lambda: late)
    reasons = failed(caught.value.report)
    assert "is valid from" in reasons[CheckName.VALIDITY]
    assert "not valid at" in reasons[CheckName.CHAIN]


def _with_time(signed: bytes, at: datetime) -> bytes:
    return signed.replace(NOW.isoformat().encode(), at.isoformat().encode())


def test_an_untrusted_authority() -> None:
    other = TrustStore.from_pem(ThrowawayAuthority(keys="ec", clock=lambda: NOW).pem)
    reasons = failed(xades.examine(SIGNED, PROFILE, trust=other))
    assert set(reasons) == {CheckName.CHAIN}


def test_a_server_certificate_may_sign_but_an_authority_may_not() -> None:
    authority = Credential(AUTHORITY.intermediate, AUTHORITY._key)
    signed = sign(credential=authority)
    reasons = failed(xades.examine(signed, PROFILE))
    assert "may not be used for signatures" in reasons[CheckName.VALIDITY]


def test_the_certificate_in_key_info_was_swapped() -> None:
    profile = replace(PROFILE, sign_key_info=False)
    twin = AUTHORITY.issue("99999972C", key=SIGNER.key, organization_nif="B87654321")
    first, second = (_der(credential) for credential in (SIGNER, twin))
    swapped = sign(profile=profile).replace(first, second)
    reasons = failed(xades.examine(swapped, profile))
    assert set(reasons) == {CheckName.CERTIFICATE_BOUND}


def _der(credential: Credential) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    from einvoice_core.signing.xmldsig._signing import lines_of

    return lines_of(credential.certificate.public_bytes(Encoding.DER)).encode()


def test_the_serial_number_is_another_one() -> None:
    number = str(SIGNER.certificate.serial_number).encode()
    other = (b"2" if number.startswith(b"1") else b"1") + number[1:]
    reasons = failed(xades.examine(SIGNED.replace(number, other), PROFILE))
    assert "serial number" in reasons[CheckName.CERTIFICATE_BOUND]


def resigned(change: Callable[[etree._Element], object]) -> SignatureReport:
    """Change the signed document and make its digests and its value right again."""
    from base64 import b64encode
    from hashlib import sha256

    root = parse(SIGNED)
    change(root)
    signature = root.find(f".//{{{DSIG}}}Signature")
    assert signature is not None
    info = signature[0]
    for reference in info.iter(f"{{{DSIG}}}Reference"):
        uri = reference.get("URI", "")
        if uri.startswith("#"):
            node = root.find(f".//*[@Id='{uri[1:]}']")
            assert node is not None
            octets = canonicalize(node)
        else:
            octets = canonicalize(root.getroottree(), without=signature)
        value = reference.find(f"{{{DSIG}}}DigestValue")
        assert value is not None
        value.text = b64encode(sha256(octets).digest()).decode()
    octets = SIGNER.sign(canonicalize(info), SIGNER.default_algorithm)
    signature[1].text = b64encode(octets).decode()
    return xades.examine(etree.tostring(root), PROFILE)


def test_the_helper_of_these_tests_signs_well() -> None:
    assert resigned(lambda root: None).ok


def test_signed_properties_that_are_not_the_signed_ones() -> None:
    """Wrapping: the reference points at properties hidden elsewhere in the document."""

    def wrap(root: etree._Element) -> None:
        properties = root.find(f".//{{{XADES}}}SignedProperties")
        assert properties is not None
        hidden = etree.fromstring(etree.tostring(properties))
        properties.set("Id", "other")
        root.insert(0, hidden)

    report = resigned(wrap)
    assert failed(report)[CheckName.COVERAGE] == "the signed properties are not signed"


def test_a_document_that_is_signed_only_in_part() -> None:
    def point(root: etree._Element) -> None:
        root[0].set("Id", "part")
        reference = root.find(f".//{{{DSIG}}}Reference")
        assert reference is not None
        reference.set("URI", "#part")
        reference.remove(reference[0])

    reasons = failed(resigned(point))
    assert reasons == {CheckName.COVERAGE: "the document is not signed as a whole"}


def test_properties_without_the_type_of_their_reference() -> None:
    def untype(root: etree._Element) -> None:
        for reference in root.iter(f"{{{DSIG}}}Reference"):
            reference.attrib.pop("Type", None)

    assert failed(resigned(untype))[CheckName.COVERAGE] == "the signed properties are not signed"


@pytest.mark.parametrize("text", ["", "ayer", "2026-11-24T09:30:15", "2026-13-24T09:30:15Z"])
def test_a_signing_time_that_is_none(text: str) -> None:
    def change(root: etree._Element) -> None:
        time = root.find(f".//{{{XADES}}}SigningTime")
        assert time is not None
        time.text = text

    report = resigned(change)
    assert CheckName.SIGNING_TIME in failed(report)
    assert report.outcome(CheckName.VALIDITY) is Outcome.NOT_RUN


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        ("xades:QualifyingProperties", "xades:Other", CheckName.STRUCTURE),
        ("xades:SignedProperties", "xades:Other", CheckName.STRUCTURE),
        ('Target="#', 'Target="#other', CheckName.STRUCTURE),
        ("xades:SigningCertificate>", "xades:Other>", CheckName.CERTIFICATE_BOUND),
        ("xades:CertDigest", "xades:Other", CheckName.CERTIFICATE_BOUND),
        ("xades:SigPolicyHash", "xades:Other", CheckName.POLICY),
        ("<total>121.00", "<total>1.00", CheckName.INTEGRITY),
        ("<total>", '<total Id="Signature-1">', CheckName.DUPLICATE_IDS),
    ],
)
def test_bad_signatures(old: str, new: str, check: CheckName) -> None:
    changed = SIGNED.replace(old.encode(), new.encode())
    assert changed != SIGNED
    assert check in failed(xades.examine(changed, PROFILE))
    with pytest.raises(SignatureRefused):
        xades.verify(changed, PROFILE)


def test_two_qualifying_properties() -> None:
    start = SIGNED.index(b"<ds:Object>")
    twice = SIGNED[start : SIGNED.index(b"</ds:Signature>")]
    changed = SIGNED.replace(twice, twice + twice)
    assert CheckName.STRUCTURE in failed(xades.examine(changed, PROFILE))


def test_an_unsigned_document() -> None:
    report = xades.examine(DOCUMENT, PROFILE)
    assert not report.ok
    assert "0 signatures" in failed(report)[CheckName.STRUCTURE]
    assert report.outcome(CheckName.INTEGRITY) is Outcome.NOT_RUN


@pytest.mark.parametrize("data", [b"", b"no", b"<!DOCTYPE a><a/>", SIGNED[:-20]])
def test_what_is_not_xml(data: bytes) -> None:
    with pytest.raises(XmlRefused):
        xades.verify(data, PROFILE)
    with pytest.raises(XmlRefused):
        xades.examine(data, PROFILE)


def test_a_refusal_says_what_failed() -> None:
    with pytest.raises(
        SignatureRefused, match="integrity: the document is not what was signed"
    ) as e:
        xades.verify(SIGNED.replace(b"121.00", b"12.00"), PROFILE)
    assert e.value.details["checks"] == [CheckName.INTEGRITY]


def test_an_instant_in_another_zone_is_the_same() -> None:
    assert xades.verify(sign(at=NOW.astimezone(UTC)), PROFILE).signed_at == NOW
