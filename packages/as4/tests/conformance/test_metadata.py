"""Answers of metadata publishers, as they were recorded."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from as4_peppol import anyone
from as4_peppol.peppol.identifiers import DocumentTypeId, ParticipantId
from as4_peppol.peppol.smp import MetadataRefusedError, Redirect, read_group, read_metadata
from as4_peppol.peppol.trust import Network, NotTrustedError, PeppolTrust, Role
from einvoice_core.certificates import load_certificates
from einvoice_core.signing import xmldsig
from einvoice_core.testing.judges import official, program

OLD = xmldsig.ALLOWED.with_sha1()


def answers() -> list[Path]:
    found = sorted(official("as4/smp").rglob("*.xml"))
    return [p for p in found if b"SignedServiceMetadata" in p.read_bytes()[:3000]]


def asked(data: bytes) -> tuple[ParticipantId, DocumentTypeId]:
    root = etree.fromstring(data)
    ids = [root.find(f".//{{*}}{name}") for name in ("ParticipantIdentifier", "DocumentIdentifier")]
    texts = ["a::b" if e is None else f"{e.get('scheme')}::{(e.text or '').strip()}" for e in ids]
    scheme, _, value = texts[0].partition("::")
    return ParticipantId(scheme, value), DocumentTypeId(*texts[1].split("::", 1))


def libxmlsec_accepts(path: Path, folder: Path) -> bool:
    """Ask xmlsec1, with the certificate that the answer carries, at a time when it was valid."""
    command = [program("xmlsec1"), "--verify", "--insecure", "--enabled-key-data", "x509,rsa"]
    done = subprocess.run([*command, str(path)], capture_output=True, check=False, cwd=folder)
    return done.returncode == 0


def outcome(data: bytes) -> str:
    participant, kind = asked(data)
    try:
        found = read_metadata(data, participant, kind, anyone, allowed=OLD)
    except MetadataRefusedError as error:
        return error.message
    assert isinstance(found, Redirect) or found.participant == participant
    return ""


def test_what_another_verifier_accepts_is_accepted(tmp_path: Path) -> None:
    found = {path: outcome(path.read_bytes()) for path in answers()}
    theirs = [path for path in found if libxmlsec_accepts(path, tmp_path)]
    print(f"{len(theirs)} of {len(found)} answers accepted by xmlsec1")
    assert len(theirs) >= 10
    assert {path.name: found[path] for path in theirs if found[path]} == {}


@pytest.mark.parametrize(
    ("name", "who", "least"),
    [
        ("busdox-servicegroup-0192-991825827.xml", "0192:991825827", 4),
        ("bdxr201605-servicegroup-9908-991825827.xml", "9908:991825827", 1),
        ("bdxr201407-servicegroup-9908-991825827.xml", "9908:991825827", 1),
    ],
)
def test_groups_are_read(name: str, who: str, least: int) -> None:
    path = official("as4/smp") / "vefa-peppol" / name
    group = read_group(path.read_bytes(), ParticipantId.parse(who))
    assert len(group.document_types) >= least


# Certificates of the network by the names of their files; those of earlier generations speak for
# nobody any more.
_SPEAKS = {
    "ap-prod.cer": (Network.PRODUCTION, Role.ACCESS_POINT),
    "ap-test.cer": (Network.TEST, Role.ACCESS_POINT),
    "smp-random-prod.cer": (Network.PRODUCTION, Role.METADATA_PUBLISHER),
    "smp-random-test.cer": (Network.TEST, Role.METADATA_PUBLISHER),
}
_DAY = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize("network", list(Network))
@pytest.mark.parametrize("role", list(Role))
def test_a_certificate_speaks_for_one_role_in_one_network(network: Network, role: Role) -> None:
    authorities = official("as4/pki/peppol-2025-g3").glob("*.pem")
    everything = b"".join(path.read_bytes() for path in sorted(authorities))
    trust = PeppolTrust.of_network(network, everything, clock=lambda: _DAY)
    seen = 0
    for path in sorted(official("as4/pki/test-certs").iterdir()):
        for certificate in load_certificates(path.read_bytes()):
            seen += 1
            if _SPEAKS.get(path.name) == (network, role):
                trust.require(certificate, role)
            else:
                with pytest.raises(NotTrustedError):
                    trust.require(certificate, role)
    assert seen > 8
