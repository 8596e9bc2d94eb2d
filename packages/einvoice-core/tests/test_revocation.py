"""What lists and responses tell about a certificate; openssl is the judge."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given, settings
from hypothesis import strategies as st

from einvoice_core.certificates import Credential, UnreadableFileError
from einvoice_core.certificates.revocation import (
    Evidence,
    Revocation,
    RevocationStatus,
    load_crls,
    load_ocsp,
    revocation_status,
)
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.judges import program

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
GOOD, REVOKED, UNKNOWN = RevocationStatus


@pytest.fixture(scope="module")
def authority() -> ThrowawayAuthority:
    return ThrowawayAuthority(keys="ec", clock=lambda: NOW)


@pytest.fixture(scope="module")
def mine(authority: ThrowawayAuthority) -> Credential:
    return authority.issue("12345678Z", "ANA PRUEBAS DEMO")


@pytest.fixture(scope="module")
def other(authority: ThrowawayAuthority) -> Credential:
    return authority.issue("12345678Z", "EVA PRUEBAS DEMO")


Ask = Callable[..., Revocation]


@pytest.fixture
def ask(authority: ThrowawayAuthority, mine: Credential) -> Ask:
    def ask(
        *evidence: x509.CertificateRevocationList | ocsp.OCSPResponse, at: datetime = NOW
    ) -> Revocation:
        lists = [one for one in evidence if isinstance(one, x509.CertificateRevocationList)]
        responses = [one for one in evidence if isinstance(one, ocsp.OCSPResponse)]
        return revocation_status(
            mine.certificate, authority.intermediate, at, crls=lists, responses=responses
        )

    return ask


def test_without_evidence_nothing_is_known(ask: Ask) -> None:
    verdict = ask()
    assert verdict.status is UNKNOWN
    assert "no revocation list or response" in verdict.reason


def test_a_list_tells(
    ask: Ask, authority: ThrowawayAuthority, mine: Credential, other: Credential
) -> None:
    free = authority.issue_crl(other.certificate)
    listed = authority.issue_crl(mine.certificate, other.certificate)

    assert (ask(free).status, ask(free).source) == (GOOD, "crl")
    assert ask(listed).status is REVOKED
    assert "superseded" in ask(listed).reason
    assert ask(free, listed).status is REVOKED


def test_a_revocation_counts_from_its_date(
    ask: Ask, authority: ThrowawayAuthority, mine: Credential
) -> None:
    listed = authority.issue_crl(mine.certificate, at=NOW + DAY, revoked_at=NOW + timedelta(1 / 2))

    before, after = ask(listed), ask(listed, at=NOW + DAY)

    assert (before.status, after.status) == (GOOD, REVOKED)
    assert before.revoked_at == after.revoked_at == NOW + timedelta(1 / 2)


def test_a_list_that_is_out_of_date_tells_nothing(ask: Ask, authority: ThrowawayAuthority) -> None:
    old = authority.issue_crl(at=NOW - 10 * DAY, lasts=DAY)
    assert ask(old).status is UNKNOWN
    assert "out of date" in ask(old).reason
    assert ask(old, at=NOW - 10 * DAY).status is GOOD


def test_a_list_from_after_the_end_of_a_certificate_may_have_dropped_it(
    ask: Ask, authority: ThrowawayAuthority
) -> None:
    assert ask(authority.issue_crl(at=NOW + 800 * DAY)).status is UNKNOWN


def test_only_the_authority_itself_may_say_so(
    ask: Ask, authority: ThrowawayAuthority, mine: Credential
) -> None:
    namesake = ThrowawayAuthority(keys="ec", clock=lambda: NOW)
    stranger = ThrowawayAuthority("OTRA", keys="ec", clock=lambda: NOW)

    assert "does not hold" in ask(namesake.issue_crl(mine.certificate)).reason
    assert "another authority" in ask(stranger.issue_crl(mine.certificate)).reason
    assert ask(namesake.issue_ocsp(mine.certificate, revoked_at=NOW)).status is UNKNOWN


POINT = x509.UniformResourceIdentifier("http://crl.example/1.crl")


def scope(**changes: object) -> tuple[x509.ExtensionType, bool]:
    values: dict[str, object] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**{**values, **changes}), True  # type: ignore[arg-type]  # kept short


@pytest.mark.parametrize(
    ("extension", "status"),
    [
        (scope(only_contains_user_certs=True), GOOD),
        (scope(only_contains_ca_certs=True), UNKNOWN),
        (scope(indirect_crl=True), UNKNOWN),
        (scope(only_contains_attribute_certs=True), UNKNOWN),
        (scope(full_name=[POINT]), UNKNOWN),
        ((x509.DeltaCRLIndicator(3), True), UNKNOWN),
        ((x509.CRLNumber(3), False), GOOD),
    ],
)
def test_a_list_of_a_part_tells_about_that_part(
    ask: Ask,
    authority: ThrowawayAuthority,
    extension: tuple[x509.ExtensionType, bool],
    status: RevocationStatus,
) -> None:
    assert ask(authority.issue_crl(extensions=[extension])).status is status


def test_a_response_tells(ask: Ask, authority: ThrowawayAuthority, mine: Credential) -> None:
    good = authority.issue_ocsp(mine.certificate)
    bad = authority.issue_ocsp(mine.certificate, revoked_at=NOW - DAY)
    later = authority.issue_ocsp(mine.certificate, revoked_at=NOW + DAY, at=NOW + DAY)

    assert (ask(good).status, ask(good).source) == (GOOD, "ocsp")
    assert (ask(bad).status, ask(bad).revoked_at) == (REVOKED, NOW - DAY)
    assert ask(later).status is GOOD
    assert ask(good, at=NOW + 2 * DAY).status is UNKNOWN
    assert ask(good, bad).status is REVOKED


def test_a_response_about_another_certificate_tells_nothing(
    ask: Ask, authority: ThrowawayAuthority, other: Credential
) -> None:
    assert "another certificate" in ask(authority.issue_ocsp(other.certificate)).reason


def test_a_responder_may_be_busy(ask: Ask) -> None:
    busy = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    assert "try_later" in ask(busy).reason


def delegated(authority: ThrowawayAuthority, mine: Credential, helper: Credential) -> bytes:
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            mine.certificate,
            authority.intermediate,
            hashes.SHA1(),  # noqa: S303 - of names, as most responders have it
            ocsp.OCSPCertStatus.GOOD,
            NOW,
            NOW + DAY,
            None,
            None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, helper.certificate)
        .certificates([helper.certificate])
    )
    assert isinstance(helper.key, ec.EllipticCurvePrivateKey)
    return builder.sign(helper.key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_a_responder_needs_the_authority_behind_it(
    ask: Ask, authority: ThrowawayAuthority, mine: Credential
) -> None:
    purposes = [x509.ObjectIdentifier("1.3.6.1.5.5.7.3.9")]
    helper = authority.issue_timestamper("RESPONDER", purposes=purposes)
    stranger = ThrowawayAuthority(keys="ec").issue_timestamper("RESPONDER", purposes=purposes)
    unnamed = authority.issue_timestamper("TSA")

    verdicts = [
        ask(load_ocsp(delegated(authority, mine, one))).status
        for one in (helper, stranger, unnamed)
    ]
    assert verdicts == [GOOD, UNKNOWN, UNKNOWN]


def test_evidence_is_a_function(authority: ThrowawayAuthority, mine: Credential) -> None:
    evidence = Evidence((authority.issue_crl(mine.certificate),))
    assert evidence(mine.certificate, authority.intermediate, NOW).status is REVOKED


def test_lists_are_read_in_both_forms(authority: ThrowawayAuthority) -> None:
    crl = authority.issue_crl()
    pem = crl.public_bytes(Encoding.PEM)

    assert load_crls(crl.public_bytes(Encoding.DER)) == (crl,)
    assert load_crls(b"text\n" + pem + pem) == (crl, crl)


@pytest.mark.parametrize("data", [b"", b"text", b"0\x03abc", b"-----BEGIN X509 CRL-----\nx"])
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        load_crls(data)
    with pytest.raises(UnreadableFileError):
        load_ocsp(data)


@pytest.fixture(scope="module")
def octets(authority: ThrowawayAuthority, mine: Credential) -> tuple[bytes, bytes]:
    """A list and a response that say that the certificate was revoked."""
    response = authority.issue_ocsp(mine.certificate, revoked_at=NOW - DAY)
    crl = authority.issue_crl(mine.certificate)
    return crl.public_bytes(Encoding.DER), response.public_bytes(Encoding.DER)


@pytest.mark.filterwarnings("ignore")  # cryptography warns of odd names and numbers
@settings(max_examples=200)
@given(data=st.data())
def test_a_changed_list_or_response_never_clears_a_certificate(
    authority: ThrowawayAuthority,
    mine: Credential,
    octets: tuple[bytes, bytes],
    data: st.DataObject,
) -> None:
    which = data.draw(st.integers(0, 1))
    changed = bytearray(octets[which])
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        crls = load_crls(bytes(changed)) if which == 0 else ()
        responses = (load_ocsp(bytes(changed)),) if which == 1 else ()
    except UnreadableFileError:
        return
    verdict = revocation_status(
        mine.certificate, authority.intermediate, NOW, crls=crls, responses=responses
    )
    assert verdict.status is not GOOD


@pytest.mark.parametrize("revoked", [True, False])
def test_openssl_agrees_about_lists(
    ask: Ask, authority: ThrowawayAuthority, mine: Credential, tmp_path: Path, *, revoked: bool
) -> None:
    crl = authority.issue_crl(*([mine.certificate] if revoked else []))
    files = {
        "crl": crl,
        "root": authority.root,
        "below": authority.intermediate,
        "mine": mine.certificate,
    }
    for name, item in files.items():
        (tmp_path / name).write_bytes(item.public_bytes(Encoding.PEM))

    options = ["-crl_check", "-CRLfile", "crl", "-CAfile", "root"]
    done = subprocess.run(
        [program("openssl"), "verify", *options, "-untrusted", "below", "mine"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ("certificate revoked" in done.stdout + done.stderr) is revoked
    assert ask(crl).status is (REVOKED if revoked else GOOD)


@pytest.mark.parametrize("revoked", [True, False])
def test_a_response_of_openssl_is_understood(
    ask: Ask, authority: ThrowawayAuthority, mine: Credential, tmp_path: Path, *, revoked: bool
) -> None:
    helper = authority.issue_timestamper(
        "RESPONDER", purposes=[x509.ObjectIdentifier("1.3.6.1.5.5.7.3.9")]
    )
    (tmp_path / "below").write_bytes(authority.intermediate.public_bytes(Encoding.PEM))
    (tmp_path / "mine").write_bytes(mine.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "helper").write_bytes(helper.to_pem(b"x"))
    state, since = ("R", f"{NOW - DAY:%y%m%d%H%M%SZ}") if revoked else ("V", "")
    line = [state, f"{NOW + 300 * DAY:%y%m%d%H%M%SZ}", since, f"{mine.certificate.serial_number:X}"]
    (tmp_path / "index").write_text("\t".join([*line, "unknown", "/CN=x"]) + "\n")
    options = ["-index", "index", "-CA", "below", "-rsigner", "helper", "-passin", "pass:x"]
    asked = ["-issuer", "below", "-cert", "mine", "-ndays", "1", "-respout", "reply", "-no_nonce"]
    subprocess.run(
        [program("openssl"), "ocsp", *options, *asked],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )

    verdict = ask(load_ocsp((tmp_path / "reply").read_bytes()), at=datetime.now(UTC))
    assert verdict.status is (REVOKED if revoked else GOOD)
