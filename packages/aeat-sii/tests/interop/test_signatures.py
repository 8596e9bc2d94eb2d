"""Signed records and events, judged by xmlsec1, signxml and the official schema."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from aeat_sii.testing import examples
from aeat_sii.testing.examples import ISSUER, NOW
from aeat_sii.verifactu import link
from aeat_sii.verifactu.codes import EventKind
from aeat_sii.verifactu.event_log import make_event
from aeat_sii.verifactu.events import link_event
from aeat_sii.verifactu.records import SpanishPerson
from aeat_sii.verifactu.signing import examine_signature, sign, sign_event, verify
from einvoice_core.certificates import TrustStore
from einvoice_core.signing.errors import SignatureRefused
from einvoice_core.signing.report import CheckName, Outcome
from einvoice_core.testing.authority import ThrowawayAuthority, new_key
from einvoice_core.testing.judges import official, program

AUTHORITY = ThrowawayAuthority(keys="ec", clock=lambda: NOW)
CREDENTIAL = AUTHORITY.issue(ISSUER, "ANA PRUEBAS DEMO", key=new_key("rsa"))
XADES = "http://uri.etsi.org/01903/v1.3.2#"


def signed_registration() -> bytes:
    return sign(link(examples.registration(), None), CREDENTIAL, clock=lambda: NOW)


def signed_cancellation() -> bytes:
    first = link(examples.registration(), None)
    return sign(link(examples.cancellation(), first), CREDENTIAL, clock=lambda: NOW)


def signed_event() -> bytes:
    event = make_event(
        EventKind.STARTED,
        system=examples.system(),
        issuer=SpanishPerson(name="X", nif=ISSUER),
        recorded_at=NOW,
    )
    return sign_event(link_event(event, None), CREDENTIAL, clock=lambda: NOW)


SIGNED = pytest.mark.parametrize("make", [signed_registration, signed_cancellation, signed_event])
Make = Callable[[], bytes]


def xmlsec1(document: bytes, folder: Path) -> str:
    """Verify with xmlsec1; the empty text means that it holds."""
    file, root, below = (folder / name for name in ("signed.xml", "root.pem", "below.pem"))
    file.write_bytes(document)
    root.write_bytes(AUTHORITY.pem)
    below.write_bytes(AUTHORITY.intermediate.public_bytes(Encoding.PEM))
    trust = ["--trusted-pem", str(root), "--untrusted-pem", str(below)]
    ids = ["--id-attr:Id", f"{XADES}:SignedProperties"]
    run = subprocess.run(
        [
            program("xmlsec1"),
            "--verify",
            *trust,
            *ids,
            "--verification-gmt-time",
            f"{NOW:%Y-%m-%d} 07:00:00",
            str(file),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return "" if run.returncode == 0 else run.stderr or "failed"


@SIGNED
def test_xmlsec1_finds_it_whole_and_every_change(make: Make, tmp_path: Path) -> None:
    signed = make()

    assert xmlsec1(signed, tmp_path) == ""
    assert xmlsec1(signed.replace(b"89890001K", b"89890002E", 1), tmp_path) != ""


@SIGNED
def test_signxml_finds_it_whole(make: Make) -> None:
    from signxml import DigestAlgorithm, SignatureConfiguration
    from signxml.xades import XAdESSignatureConfiguration, XAdESVerifier

    expected = XAdESSignatureConfiguration(
        expect_references=2,
        digest_algorithms=frozenset({DigestAlgorithm.SHA1, DigestAlgorithm.SHA256}),
    )
    assert issubclass(XAdESSignatureConfiguration, SignatureConfiguration)
    results = XAdESVerifier().verify(
        make(),
        x509_cert=CREDENTIAL.certificate.public_bytes(Encoding.PEM).decode(),
        expect_config=expected,
        expect_signature_policy=None,
    )
    assert any(
        etree.QName(result.signed_xml).localname.startswith("Registro")
        for result in results
        if result.signed_xml is not None
    )


@SIGNED
def test_the_schema_finds_its_structure(
    make: Make, schema: Callable[[str], etree.XMLSchema]
) -> None:
    root = etree.fromstring(make())
    is_event = etree.QName(root).localname == "RegistroEvento"

    schema("EventosSIF.xsd" if is_event else "SuministroInformacion.xsd").assertValid(root)


@SIGNED
def test_we_find_it_whole_and_every_change(make: Make) -> None:
    signed = make()
    trust = TrustStore((AUTHORITY.root,), (AUTHORITY.intermediate,))

    assert verify(signed, trust=trust)
    with pytest.raises(SignatureRefused):
        verify(signed.replace(b"89890001K", b"89890002E", 1), trust=trust)


def test_the_agencys_own_signed_record_is_whole() -> None:
    name = "verifactu/samples/aeat-firma-registro-alta-xades-epes.xml"

    report = examine_signature(official(name).read_bytes())

    outcomes = {check.name: check for check in report.checks}
    for wanted in (CheckName.INTEGRITY, CheckName.COVERAGE, CheckName.POLICY):
        assert outcomes[wanted].outcome is Outcome.PASSED, outcomes[wanted].reason
