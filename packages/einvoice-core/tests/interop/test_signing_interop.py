"""Independent implementations verify our signatures, and we verify theirs."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from einvoice_core.certificates import Credential, TrustStore
from einvoice_core.signing import xades, xmldsig
from einvoice_core.signing.algorithms import C14n, DigestAlgorithm
from einvoice_core.signing.errors import SignatureRefused
from einvoice_core.signing.xades import CertificateForm, DataFormat, Profile, SignaturePolicy
from einvoice_core.testing.authority import ThrowawayAuthority, new_key
from einvoice_core.testing.judges import module, program

AUTHORITY = ThrowawayAuthority(keys="ec")
EC = AUTHORITY.issue("99999972C")
RSA = AUTHORITY.issue("99999972C", key=new_key("rsa"))
CREDENTIALS = pytest.mark.parametrize("credential", [EC, RSA], ids=["ec", "rsa"])
FORMS = pytest.mark.parametrize("form", C14n)
DOCUMENT = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<f:a xmlns:f="urn:f" xmlns="urn:other" '
    b'xml:lang="es"><!-- c --><b>\xc3\xb1 &amp; &lt;</b><c xmlns=""/></f:a>'
)
# signxml leaves out xml:* attributes that signed parts inherit, and signs its properties before
# they have a place in the document; a document without such attributes is common ground.
PLAIN = b"<a><!-- c --><b>\xc3\xb1 &amp; &lt;</b></a>"
PROFILE = Profile(
    "interop",
    SignaturePolicy("urn:oid:1.2.3", {DigestAlgorithm.SHA256: "AAAA"}, "descripción", "urn:where"),
    certificate_form=CertificateForm.V1,
    roles=("emisor",),
    default_role="emisor",
    data_format=DataFormat(identifier="urn:oid:1.2", qualifier="OIDAsURN"),
)
XADES_IDS = f"{xades.XADES}:SignedProperties"
Judge = Callable[..., str]


@CREDENTIALS
@FORMS
@pytest.mark.parametrize("hash_name", ["sha256", "sha384", "sha512"])
def test_xmlsec1_verifies_ours(
    xmlsec1: Judge, credential: Credential, form: C14n, hash_name: str
) -> None:
    profile = replace(PROFILE, canonical_form=form, hash_name=hash_name)
    signed = xades.sign(DOCUMENT, credential, profile)
    assert xmlsec1(signed, AUTHORITY, XADES_IDS) == ""
    changed = signed.replace(b"&lt;", b"&gt;", 1)
    assert xmlsec1(changed, AUTHORITY, XADES_IDS) != ""


@CREDENTIALS
def test_xmlsec1_signs_and_we_verify(credential: Credential, tmp_path: Path) -> None:
    kind = "ecdsa" if credential is EC else "rsa"
    template = xmldsig.sign(DOCUMENT, credential)
    root = etree.fromstring(template)
    names = ("SignatureValue", "DigestValue", "X509Data")
    for element in root.iter(*(f"{{{xmldsig.DSIG}}}{name}" for name in names)):
        element.text = ""
        del element[:]
    file, key = tmp_path / "template.xml", tmp_path / "key.pem"
    file.write_bytes(etree.tostring(root))
    key.write_bytes(credential.to_pem(b"secret"))
    pem = credential.to_pem(b"secret")
    certificate = tmp_path / "certificate.pem"
    certificate.write_bytes(pem[pem.index(b"-----BEGIN CERT") :])
    pair = f"{key},{certificate}"
    run = subprocess.run(
        [program("xmlsec1"), "--sign", "--pwd", "secret", "--privkey-pem", pair, str(file)],
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    verified = xmldsig.verify(run.stdout)
    assert verified.certificate == credential.certificate
    assert verified.algorithm.key_type.lower() == kind
    with pytest.raises(SignatureRefused):
        xmldsig.verify(run.stdout.replace(b"&lt;", b"&gt;", 1))


@CREDENTIALS
@pytest.mark.parametrize("form", [C14n.INCLUSIVE, C14n.EXCLUSIVE])
def test_signxml_verifies_ours(credential: Credential, form: C14n) -> None:
    signxml = module("signxml")
    signed = xades.sign(PLAIN, credential, replace(PROFILE, canonical_form=form))
    config = signxml.SignatureConfiguration(expect_references=3)
    results = signxml.XMLVerifier().verify(
        signed, x509_cert=credential.certificate, expect_config=config
    )
    assert results[0].signed_xml.tag == "a"
    with pytest.raises(signxml.InvalidSignature):
        signxml.XMLVerifier().verify(
            signed.replace(b"&lt;", b"&gt;", 1),
            x509_cert=credential.certificate,
            expect_config=config,
        )


@CREDENTIALS
def test_signxml_reads_our_qualifying_properties(credential: Credential) -> None:
    signxml = module("signxml.xades")
    signed = xades.sign(PLAIN, credential, replace(PROFILE, certificate_form=CertificateForm.V2))
    results = signxml.XAdESVerifier().verify(
        signed,
        x509_cert=credential.certificate,
        expect_config=signxml.XAdESSignatureConfiguration(expect_references=3),
    )
    assert any("SignedProperties" in result.signed_xml.tag for result in results)


# With an exclusive form signxml digests its properties in a form that it does not name: neither
# xmlsec1 nor this package verifies that.
@CREDENTIALS
@pytest.mark.parametrize("form", [C14n.INCLUSIVE, C14n.INCLUSIVE_11])
def test_signxml_signs_and_we_verify(credential: Credential, form: C14n) -> None:
    signxml = module("signxml.xades")
    kind = "ecdsa" if credential is EC else "rsa"
    signer = signxml.XAdESSigner(
        signature_algorithm=f"{kind}-sha256", c14n_algorithm=form.value, claimed_roles=["emisor"]
    )
    chain = [credential.certificate, *credential.chain]
    root = signer.sign(etree.fromstring(PLAIN), key=credential.key, cert=chain)
    signed = etree.tostring(root)
    verified = xades.verify(signed, trust=TrustStore((AUTHORITY.root,)))
    assert verified.certificate == credential.certificate
    assert verified.roles == ("emisor",)
    report = xades.examine(signed.replace(b"&lt;", b"&gt;", 1))
    assert not report.ok
