"""Signatures that others made are judged as they should be."""

from dataclasses import replace

import pytest

from einvoice_core.certificates import load_pkcs12
from einvoice_core.signing import xades, xmldsig
from einvoice_core.signing.errors import SignatureRefused
from einvoice_core.signing.report import CheckName, Outcome
from einvoice_core.signing.xades import (
    CertificateForm,
    DataFormat,
    DigestAlgorithm,
    Profile,
    SignaturePolicy,
)
from einvoice_core.testing.judges import official
from einvoice_core.xml.schema import SchemaSet

OLD = xmldsig.ALLOWED.with_sha1()
FACTURAE = Profile(
    "Facturae 3.1",
    SignaturePolicy(
        "http://www.facturae.es/politica_de_firma_formato_facturae/"
        "politica_de_firma_formato_facturae_v3_1.pdf",
        {DigestAlgorithm.SHA1: "Ohixl6upD6av8N7pEvDABhEL6hM="},
    ),
    certificate_form=CertificateForm.V1,
    roles=("emisor", "supplier", "third party"),
    default_role="emisor",
    data_format=DataFormat(identifier="urn:oid:1.2.840.10003.5.109.10", qualifier="OIDAsURN"),
)
AGENCY = Profile(
    "AEAT",
    SignaturePolicy(
        "urn:oid:2.16.724.1.3.1.1.2.1.9", {DigestAlgorithm.SHA1: "G7roucf600+f03r/o0bAOQ6WAs0="}
    ),
    sign_key_info=False,
)


def sample(name: str) -> bytes:
    return official(f"facturae/samples/{name}").read_bytes()


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("face-factura-prueba-v1-2-0-sha256.xsig", xmldsig.ALLOWED),
        ("fawno-factura-prueba-v1-2-0.xsig", OLD),
    ],
)
def test_samples_of_face(name: str, allowed: xmldsig.Allowed) -> None:
    verified = xades.verify(sample(name), FACTURAE, allowed=allowed)
    assert verified.roles == ("emisor",)
    assert verified.report.outcome(CheckName.CHAIN) is Outcome.NOT_RUN


def test_a_sample_with_sha1_is_refused_when_sha1_is_not_allowed() -> None:
    with pytest.raises(SignatureRefused) as caught:
        xades.verify(sample("fawno-factura-prueba-v1-2-0.xsig"), FACTURAE)
    assert [check.name for check in caught.value.report.failed] == [CheckName.ALGORITHMS]


@pytest.mark.parametrize(
    "name", ["phive-3.0-factura2_ejemplo30.xml", "phive-3.1-factura_ejemplo_31.xml"]
)
def test_samples_of_facturae_3_0_and_3_1(name: str) -> None:
    verified = xmldsig.verify(sample(name), allowed=OLD)
    assert any(reference.covers_document for reference in verified.references)


def test_the_sample_of_2007_in_the_namespace_of_its_time() -> None:
    verified = xades.verify(sample("phive-3.0-factura2_ejemplo30.xml"), allowed=OLD)
    assert verified.roles == ("emisor",)
    assert verified.signed_at.year == 2007


def test_the_sample_of_3_1_was_signed_with_an_expired_certificate() -> None:
    report = xades.examine(sample("phive-3.1-factura_ejemplo_31.xml"), FACTURAE, allowed=OLD)
    assert [check.name for check in report.failed] == [CheckName.VALIDITY]
    assert report.outcome(CheckName.INTEGRITY) is Outcome.PASSED


@pytest.mark.parametrize(
    "name",
    [
        "gobl-credit-note.xml",
        "gobl-invoice-face.xml",
        "gobl-invoice-vat-irpf.xml",
        "gobl-invoice-vat.xml",
    ],
)
def test_samples_whose_signatures_do_not_hold(name: str) -> None:
    report = xades.examine(sample(name), FACTURAE)
    assert report.outcome(CheckName.INTEGRITY) is Outcome.FAILED


def test_the_signed_record_of_the_tax_agency() -> None:
    path = official("verifactu/samples/aeat-firma-registro-alta-xades-epes.xml")
    verified = xades.verify(path.read_bytes(), AGENCY)
    assert verified.holder.nif == "89890001K"
    assert verified.policy == "urn:oid:2.16.724.1.3.1.1.2.1.9"
    unsigned = path.with_name("aeat-firma-registro-alta.xml")
    assert verified.references[0].octets.startswith(b"<sum1:RegistroAlta")
    assert unsigned.exists()


@pytest.mark.parametrize("form", CertificateForm)
@pytest.mark.parametrize("chain", [False, True])
def test_our_signatures_satisfy_the_schemas(form: CertificateForm, chain: bool) -> None:
    p12 = official(
        "facturae/test-certificates/ACTIVO_EIDAS_CERTIFICADO_PRUEBAS___99999972C.p12"
    ).read_bytes()
    profile = replace(
        FACTURAE,
        certificate_form=form,
        certificate_chain=chain,
        key_info_chain=chain,
        key_value=chain,
    )
    document = official("facturae/samples/omeuid-3.2.2-valid.xml").read_bytes()
    signed = xades.sign(document, load_pkcs12(p12, "1234"), profile)
    root = xades.verify(signed, profile).root
    facturae = SchemaSet.load(official("facturae/xsd-lxml/Facturaev3_2_2.xsd"))
    assert facturae.validate(root) == ()
    properties = root.find(f".//{{{xades.XADES}}}QualifyingProperties")
    assert properties is not None
    folder = official("facturae/xsd-xades")
    # The schema imports the namespace of XMLDSig without saying from where.
    schema = SchemaSet.load(
        folder / "XAdES01903v132-201601.xsd", folder / "xmldsig-core-schema.xsd"
    )
    assert schema.validate(properties) == ()
