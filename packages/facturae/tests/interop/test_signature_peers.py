"""Our signatures before independent verifiers, and signed samples of others before ours."""

from __future__ import annotations

import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

import facturae_es
from einvoice_core.certificates import Credential
from einvoice_core.signing.errors import SignatureRefused
from einvoice_core.testing import judges
from einvoice_core.testing.authority import ThrowawayAuthority, new_key
from facturae_es.model import Address

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"


@pytest.fixture(scope="module")
def authority() -> ThrowawayAuthority:
    return ThrowawayAuthority(clock=lambda: NOW)


@pytest.fixture(scope="module", params=["rsa", "ec"])
def credential(authority: ThrowawayAuthority, request: pytest.FixtureRequest) -> Credential:
    return authority.issue(nif="12345678Z", name="Inventada Pérez", key=new_key(request.param))


@pytest.fixture(scope="module", params=["sha256", "sha512"])
def signed(credential: Credential, request: pytest.FixtureRequest) -> bytes:
    address = Address(
        street="Calle de la Prueba, 5",
        post_code="28013",
        town="Madrid",
        province="Madrid",
        country="ESP",
    )
    document = facturae_es.build(
        facturae_es.company("B12345674", "Ejemplos Inventados, S.L.", address),
        facturae_es.person("12345678Z", "Inventada", "Pérez", address),
        "1",
        date(2026, 7, 1),
        [
            facturae_es.Line(
                description="Ñandú & compañía <a> €",
                unit_price="10.00",
                taxes=(facturae_es.Tax(rate_percent="21.00"),),
            )
        ],
    )
    xml = facturae_es.write(document, indent=True)
    return facturae_es.sign(xml, credential, clock=lambda: NOW, hash_name=request.param)


def with_xmlsec1(signed: bytes, root: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    document, trusted = folder / "signed.xml", folder / "root.pem"
    document.write_bytes(signed)
    trusted.write_bytes(root)
    command = [
        judges.program("xmlsec1"),
        "--verify",
        "--enabled-key-data",
        "x509",
        "--trusted-pem",
        str(trusted),
        "--verification-time",
        "2026-07-01 09:00:00",
        "--id-attr:Id",
        f"{XADES}:SignedProperties",
        "--id-attr:Id",
        f"{DS}:KeyInfo",
        str(document),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_xmlsec1_accepts_our_signature(
    signed: bytes, authority: ThrowawayAuthority, tmp_path: Path
) -> None:
    result = with_xmlsec1(signed, authority.pem, tmp_path)
    assert result.returncode == 0, result.stderr


def test_xmlsec1_refuses_a_changed_document(
    signed: bytes, authority: ThrowawayAuthority, tmp_path: Path
) -> None:
    changed = signed.replace(b">10.00<", b">90.00<", 1)
    assert with_xmlsec1(changed, authority.pem, tmp_path).returncode != 0


def test_signxml_accepts_our_signature(signed: bytes, credential: Credential) -> None:
    signxml = pytest.importorskip("signxml")
    from signxml.xades import XAdESVerifier

    pem = credential.certificate.public_bytes(Encoding.PEM).decode()
    configuration = signxml.SignatureConfiguration(expect_references=3)
    results = signxml.XMLVerifier().verify(signed, x509_cert=pem, expect_config=configuration)
    assert len(results) == 3
    verified = XAdESVerifier().verify(signed, x509_cert=pem, expect_references=3)
    assert verified


def test_the_signed_document_has_the_structure_of_schema_and_xades(signed: bytes) -> None:
    path = judges.official("facturae/drivers/facturae-3.2.2.xsd")
    schema = etree.XMLSchema(etree.parse(str(path)))
    schema.assertValid(etree.fromstring(signed))


@pytest.mark.parametrize(
    "name", ["fawno-factura-prueba-v1-2-0.xsig", "face-factura-prueba-v1-2-0-sha256.xsig"]
)
def test_signed_samples_of_the_administration_verify(name: str) -> None:
    data = (judges.official("facturae/samples") / name).read_bytes()
    verified = facturae_es.verify(data, allow_sha1="sha256" not in name)
    assert verified.roles == ("emisor",)


@pytest.mark.parametrize(
    "name",
    [
        "gobl-credit-note.xml",
        "gobl-invoice-face.xml",
        "gobl-invoice-vat-irpf.xml",
        "gobl-invoice-vat.xml",
    ],
)
def test_samples_that_were_changed_after_signing_are_found_out(name: str) -> None:
    data = (judges.official("facturae/samples") / name).read_bytes()
    with pytest.raises(SignatureRefused) as caught:
        facturae_es.verify(data)
    assert "integrity" in {check.name.value for check in caught.value.report.failed}
