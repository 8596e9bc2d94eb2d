"""Timestamps of a real authority on this machine, and what is wrong with others."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from einvoice_core import http
from einvoice_core.certificates import Credential, TrustStore, der
from einvoice_core.certificates.revocation import Evidence
from einvoice_core.signing.algorithms import DigestAlgorithm
from einvoice_core.signing.report import Outcome
from einvoice_core.signing.timestamp import (
    NotGrantedError,
    TimestampCheckName,
    TimestampClient,
    TimestampError,
    TimestampRefused,
    TimestampUnreadable,
    Token,
    check,
    examine,
    read_response,
    read_token,
    request,
)
from einvoice_core.signing.timestamp.service import TimestampService
from einvoice_core.testing.authority import KeyKind, ThrowawayAuthority
from einvoice_core.testing.timestamper import POLICY, OpensslTimestamper
from einvoice_core.testing.transport import Exchange, Scripted, reply

DATA = b"what existed"
NONCE = 0x8000_0000_0000_0001
Name = TimestampCheckName


@pytest.fixture(scope="module")
def authority() -> ThrowawayAuthority:
    return ThrowawayAuthority(keys="ec")


@pytest.fixture(scope="module")
def credential(authority: ThrowawayAuthority) -> Credential:
    return authority.issue_timestamper()


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory, credential: Credential) -> OpensslTimestamper:
    return OpensslTimestamper(tmp_path_factory.mktemp("tsa"), credential)


@pytest.fixture(scope="module")
def trust(authority: ThrowawayAuthority) -> TrustStore:
    return TrustStore((authority.root,))


@pytest.fixture(scope="module")
def query() -> bytes:
    return request(DATA, nonce=NONCE)


@pytest.fixture(scope="module")
def response(tsa: OpensslTimestamper, query: bytes) -> bytes:
    return tsa.answer(query)


@pytest.fixture(scope="module")
def token(response: bytes, query: bytes) -> Token:
    return read_response(response, query)


def failed(token: Token, data: bytes = DATA, **options: object) -> list[TimestampCheckName]:
    report = examine(token, data, **options)  # type: ignore[arg-type]  # kept short
    return [one.name for one in report.failed]


@pytest.mark.parametrize(
    "digest", [DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512]
)
@pytest.mark.parametrize("certificates", [True, False])
def test_openssl_reads_our_requests(
    tsa: OpensslTimestamper, tmp_path: Path, digest: DigestAlgorithm, *, certificates: bool
) -> None:
    path = tmp_path / "query"
    path.write_bytes(
        request(DATA, digest=digest, nonce=NONCE, policy="1.2.3.4", certificates=certificates)
    )

    said = tsa.run("-query", "-in", path, "-text")

    assert f"Hash Algorithm: {digest.hash_name}" in said
    assert "Policy OID: 1.2.3.4" in said
    assert f"Nonce: 0x{NONCE:X}" in said
    assert f"Certificate required: {'yes' if certificates else 'no'}" in said


def test_openssl_writes_the_same_request(tsa: OpensslTimestamper, tmp_path: Path) -> None:
    digest = hashlib.sha256(DATA).hexdigest()
    out = tmp_path / "query"
    tsa.run("-query", "-digest", digest, "-sha256", "-no_nonce", "-cert", "-out", out)
    assert out.read_bytes() == request(DATA)


def test_a_token_says_when_and_for_what(token: Token, response: bytes) -> None:
    assert (token.nonce, token.policy) == (NONCE, POLICY)
    assert token.imprint == hashlib.sha256(DATA).digest()
    assert abs(datetime.now(UTC) - token.generated_at) < timedelta(hours=1)
    assert token.octets in response
    assert read_token(token.octets) == token


@pytest.mark.parametrize("keys", ["rsa", "ec"])
@pytest.mark.parametrize("binding", ["sha1", "sha256", "sha512"])
def test_every_check_passes_on_a_good_timestamp(
    tmp_path: Path, keys: KeyKind, binding: str
) -> None:
    authority = ThrowawayAuthority(keys=keys)
    credential = authority.issue_timestamper()
    token = OpensslTimestamper(tmp_path, credential, binding).stamp(DATA, DigestAlgorithm.SHA512)
    evidence = Evidence((authority.issue_crl(),))

    report = check(
        token,
        DATA,
        trust=TrustStore((authority.root, authority.intermediate)),
        now=datetime.now(UTC) + timedelta(minutes=1),
        nonce=token.nonce,
        policies=[POLICY],
        revocation=evidence,
    )

    assert {one.name: one.outcome for one in report.checks} == dict.fromkeys(Name, Outcome.PASSED)
    assert report.certificate == credential.certificate


def test_what_could_not_be_checked_is_listed(token: Token) -> None:
    report = check(token, DATA)
    assert [one.name for one in report.not_run] == [
        Name.NONCE,
        Name.POLICY,
        Name.CHAIN,
        Name.REVOCATION,
    ]


def test_other_data_is_found_out(token: Token) -> None:
    with pytest.raises(TimestampRefused, match="imprint: it is about other data") as caught:
        check(token, DATA + b".")
    assert caught.value.details["checks"] == [Name.IMPRINT]


def test_the_caller_decides_what_else_counts(token: Token, trust: TrustStore) -> None:
    early = token.generated_at - timedelta(seconds=1)
    stranger = TrustStore((ThrowawayAuthority("OTRA", keys="ec").root,))

    assert failed(token, nonce=1) == [Name.NONCE]
    assert failed(token, policies=["1.2.3"]) == [Name.POLICY]
    assert failed(token, now=early) == [Name.TIME]
    assert failed(token, trust=stranger) == [Name.CHAIN]
    assert failed(token, trust=trust) == []


def test_a_revoked_authority_proves_nothing(
    token: Token, authority: ThrowawayAuthority, credential: Credential, trust: TrustStore
) -> None:
    at = token.generated_at - timedelta(days=1)
    revoked = Evidence((authority.issue_crl(credential.certificate, revoked_at=at),))

    assert failed(token, trust=trust, revocation=revoked) == [Name.REVOCATION]
    # The list is of the authority below the root; about itself it says nothing.
    unknown = examine(token, DATA, trust=trust, revocation=Evidence((authority.issue_crl(),)))
    assert unknown.ok
    assert "no revocation list" in unknown.not_run[-1].reason or unknown.not_run


@pytest.mark.parametrize(
    "purposes",
    [
        [ExtendedKeyUsageOID.CLIENT_AUTH],
        [ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CLIENT_AUTH],
    ],
)
def test_the_certificate_must_be_for_timestamps_alone(
    token: Token, authority: ThrowawayAuthority, purposes: list[x509.ObjectIdentifier]
) -> None:
    wrong = authority.issue_timestamper(purposes=purposes).certificate
    posing = replace(
        token,
        certificates=(wrong,),
        signer=replace(token.signer, identifier=identifier_of(wrong)),
    )
    assert failed(posing) == [Name.SIGNATURE, Name.CERTIFICATE_BOUND, Name.PURPOSE]


def identifier_of(certificate: x509.Certificate) -> der.Element:
    name = certificate.issuer.public_bytes()
    return der.only_element(der.sequence(name, der.integer(certificate.serial_number)))


def test_the_certificate_may_come_from_the_caller(
    tsa: OpensslTimestamper, credential: Credential, trust: TrustStore
) -> None:
    query = request(DATA, certificates=False)
    token = read_response(tsa.answer(query), query)

    without = [Name.SIGNATURE, Name.CERTIFICATE_BOUND, Name.PURPOSE, Name.TIME]
    assert failed(token) == without
    given_by_caller = (credential.certificate, *credential.chain)
    assert failed(token, certificates=given_by_caller, trust=trust) == []


def test_an_authority_may_refuse(tsa: OpensslTimestamper) -> None:
    with pytest.raises(NotGrantedError) as caught:
        read_response(tsa.answer(request(DATA, policy="1.2.3.4.5")))
    assert caught.value.details["failure"] == "unacceptedPolicy"
    assert caught.value.details["status"] == "rejection"


@pytest.mark.parametrize(
    "other",
    [
        request(b"other", nonce=NONCE),
        request(DATA, nonce=1),
        request(DATA),
        request(DATA, nonce=NONCE, policy="1.2.3"),
        request(DATA, nonce=NONCE, digest=DigestAlgorithm.SHA512),
    ],
)
def test_the_answer_to_another_request_is_not_taken(response: bytes, other: bytes) -> None:
    with pytest.raises(TimestampUnreadable):
        read_response(response, other)


def test_a_request_holds_no_weak_digest_and_no_negative_nonce() -> None:
    with pytest.raises(ValueError, match="SHA-1"):
        request(DATA, digest=DigestAlgorithm.SHA1)
    with pytest.raises(ValueError, match="negative"):
        request(DATA, nonce=-1)


@pytest.mark.filterwarnings("ignore")  # cryptography warns of odd names and numbers
@settings(max_examples=300)
@given(data=st.data())
def test_a_changed_token_never_proves_anything(
    token: Token, trust: TrustStore, data: st.DataObject
) -> None:
    octets = bytearray(token.octets)
    at = data.draw(st.integers(0, len(octets) - 1))
    octets[at] ^= data.draw(st.integers(1, 255))
    try:
        changed = read_token(bytes(octets))
    except TimestampUnreadable:
        return
    report = examine(changed, DATA, trust=trust)
    if report.ok:
        # Nothing that counts lies there: an unsigned version number, or the algorithm's parameters.
        assert (changed.imprint, changed.generated_at) == (token.imprint, token.generated_at)
        assert changed.signer.content == token.signer.content


@given(st.binary(max_size=200))
def test_any_octets_are_read_or_refused(octets: bytes) -> None:
    for read in (read_token, read_response):
        with pytest.raises(TimestampError):
            read(octets)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_cut_answer_is_refused(response: bytes, share: float) -> None:
    with pytest.raises(TimestampUnreadable):
        read_response(response[: int(len(response) * share)])


def test_a_huge_answer_is_refused() -> None:
    with pytest.raises(TimestampUnreadable, match="1 MB"):
        read_token(bytes(1024 * 1024 + 1))


def service(exchange: Exchange) -> TimestampService:
    client = http.client(transport=Scripted([exchange]))
    return TimestampService("http://tsa.example/", client, nonce=lambda: NONCE)


def test_a_service_is_asked_over_http(tsa: OpensslTimestamper, trust: TrustStore) -> None:
    seen: list[str] = []

    def answer(incoming: http.Request) -> bytes:
        seen.append(incoming.headers["content-type"])
        return tsa.answer(incoming.content)

    client: TimestampClient = service(reply(answer))
    token = client.stamp(DATA)

    assert check(token, DATA, trust=trust, nonce=NONCE).ok
    assert seen == ["application/timestamp-query"]


Answer = Callable[[bytes], Exchange]


@pytest.mark.parametrize(
    ("exchange", "error"),
    [
        (Exchange(503, b"closed"), NotGrantedError),
        (Exchange(200, b"<html/>"), TimestampUnreadable),
        (Exchange(200, b""), TimestampUnreadable),
        (Exchange(200, b"x" * 2_000_000), http.ReplyTooLargeError),
    ],
)
def test_a_service_that_answers_something_else(exchange: Exchange, error: type[Exception]) -> None:
    with pytest.raises(error):
        service(exchange).stamp(DATA)
