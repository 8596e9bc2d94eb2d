"""What a stranger may send to make a verifier crash, work or believe."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from einvoice_core.certificates import TrustStore
from einvoice_core.signing import xades
from einvoice_core.signing.algorithms import DigestAlgorithm
from einvoice_core.signing.report import CheckName, SignatureReport
from einvoice_core.signing.xades import CertificateForm, Profile, SignaturePolicy
from einvoice_core.testing.authority import ThrowawayAuthority

NOW = datetime(2026, 11, 24, 9, 30, 15, tzinfo=UTC)
AUTHORITY = ThrowawayAuthority(keys="ec", clock=lambda: NOW)
SIGNER = AUTHORITY.issue("99999972C", "ANA PRUEBAS", organization_nif="B12345674")
TRUST = TrustStore.from_pem(AUTHORITY.pem)
DOCUMENT = b'<f:factura xmlns:f="urn:f"><total>121.00</total></f:factura>'
PROFILE = Profile(
    "the profile",
    SignaturePolicy("http://example.org/policy", {DigestAlgorithm.SHA256: "AAAA"}),
    certificate_form=CertificateForm.V1,
    key_info_chain=True,
    roles=("emisor",),
    default_role="emisor",
)


def sign(document: bytes = DOCUMENT) -> bytes:
    return xades.sign(document, SIGNER, PROFILE, clock=lambda: NOW, ids=lambda: "1")


SIGNED = sign()


def failed(report: SignatureReport) -> dict[CheckName, str]:
    return {check.name: check.reason for check in report.failed}


def examine(document: bytes) -> SignatureReport:
    return xades.examine(document, PROFILE, trust=TRUST, clock=lambda: NOW)


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_a_certificate_with_a_broken_part_is_refused() -> None:
    """The library reads parts of a certificate late, and some of its errors are of odd kinds."""
    der = SIGNER.certificate.public_bytes(Encoding.DER)
    start = SIGNED.index(b"<ds:X509Certificate>") + len(b"<ds:X509Certificate>")
    end = SIGNED.index(b"</ds:X509Certificate>", start)
    for at in range(len(der)):
        broken = der[:at] + bytes([der[at] ^ (1 << at % 8)]) + der[at + 1 :]
        changed = SIGNED[:start] + b64encode(broken) + SIGNED[end:]
        assert failed(examine(changed))


def test_what_a_stranger_writes_at_length_is_cut() -> None:
    endless = SIGNED.replace(b">http://example.org/policy<", b">" + b"x" * 10**6 + b"<")
    reasons = failed(examine(endless))
    assert len(reasons[CheckName.POLICY]) < 500


def test_the_end_of_time_is_not_an_instant() -> None:
    changed = SIGNED.replace(b">2026-11-24T09:30:15+00:00<", b">9999-12-31T23:59:59Z<")
    assert "not an instant" in failed(examine(changed))[CheckName.SIGNING_TIME]


def test_a_comment_in_a_property_is_refused() -> None:
    """Canonical XML leaves the comment out, and a reader may stop at it."""
    changed = SIGNED.replace(b">emisor<", b">emi<!-- -->sor<")
    assert "more than a text" in failed(examine(changed))[CheckName.ROLE]
    changed = SIGNED.replace(b"</ds:DigestValue>", b"<!-- --></ds:DigestValue>", 1)
    assert "more than a text" in failed(examine(changed))[CheckName.INTEGRITY]


def test_a_countersignature_cannot_make_the_verifier_work() -> None:
    """Each reference to a large document would have it written anew."""
    large = b'<f:factura xmlns:f="urn:f"><a>' + b"x" * 2_000_000 + b"</a></f:factura>"
    small = replace(PROFILE, policy=None, roles=(), default_role="")
    signed = xades.countersign(sign(large), SIGNER, small, clock=lambda: NOW, ids=lambda: "2")
    value = b'URI="#Signature-1-SignatureValue"'
    assert value in signed
    report = examine(signed.replace(value, b'URI=""'))
    assert report.ok
    reason = failed(report.countersignatures[0])[CheckName.INTEGRITY]
    assert "signature value does not hold" in reason or "octets" in reason
