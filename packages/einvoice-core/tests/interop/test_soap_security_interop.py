"""xmlsec1 and our WS-Security agree in both directions."""

import base64
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from einvoice_core.certificates import Credential
from einvoice_core.soap.security import Part, SecurityRefused, secure, verify_security
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.judges import program

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
IDS = (
    f"{SOAP}:Body",
    f"{WSS}wssecurity-utility-1.0.xsd:Timestamp",
    f"{WSS}wssecurity-secext-1.0.xsd:BinarySecurityToken",
)


@pytest.fixture(scope="module")
def credential() -> Credential:
    return ThrowawayAuthority(clock=lambda: NOW).issue("12345678Z", "ANA PRUEBAS DEMO")


def xmlsec1(*arguments: object) -> "subprocess.CompletedProcess[str]":
    ids = [part for name in IDS for part in ("--id-attr:Id", name)]
    command = [program("xmlsec1"), *map(str, arguments[:1]), *ids, *map(str, arguments[1:])]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("hash_name", ["sha256", "sha512"])
def test_xmlsec1_verifies_what_we_secured(
    credential: Credential, tmp_path: Path, hash_name: str
) -> None:
    file, key = tmp_path / "message.xml", tmp_path / "signer.pem"
    key.write_bytes(credential.certificate.public_bytes(Encoding.PEM))
    envelope = secure(b"<a>1</a>", credential, at=NOW, hash_name=hash_name)

    file.write_bytes(envelope)
    good = xmlsec1("--verify", "--pubkey-cert-pem", key, file)
    file.write_bytes(envelope.replace(b"<a>1</a>", b"<a>2</a>"))
    bad = xmlsec1("--verify", "--pubkey-cert-pem", key, file)

    assert good.returncode == 0, good.stderr
    assert bad.returncode != 0


TEMPLATE = """\
<s:Envelope xmlns:s="{soap}"><s:Header>
 <o:Security xmlns:o="{wss}wssecurity-secext-1.0.xsd" xmlns:u="{wss}wssecurity-utility-1.0.xsd">
  <o:BinarySecurityToken u:Id="t" ValueType="{wss}x509-token-profile-1.0#X509v3">
   {token}</o:BinarySecurityToken>
  <u:Timestamp u:Id="when"><u:Created>2026-07-01T09:00:00Z</u:Created></u:Timestamp>
  <Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>
   <CanonicalizationMethod Algorithm="{exc}"/>
   <SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>
   {references}
  </SignedInfo><SignatureValue/><KeyInfo><o:SecurityTokenReference>
   <o:Reference URI="#t"/></o:SecurityTokenReference></KeyInfo></Signature>
 </o:Security></s:Header>
 <s:Body xmlns:u="{wss}wssecurity-utility-1.0.xsd" u:Id="body"><a>1</a></s:Body></s:Envelope>
"""
REFERENCE = """<Reference URI="#{name}"><Transforms><Transform Algorithm="{exc}"/></Transforms>
<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue/></Reference>"""
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"


def test_what_xmlsec1_signed_verifies(credential: Credential, tmp_path: Path) -> None:
    key, template, out = (tmp_path / name for name in ("key.pem", "template.xml", "out.xml"))
    private = credential.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key.write_bytes(private)
    der = credential.certificate.public_bytes(Encoding.DER)
    references = "".join(REFERENCE.format(name=name, exc=EXC) for name in ("body", "when"))
    text = TEMPLATE.format(
        soap=SOAP, wss=WSS, exc=EXC, token=base64.b64encode(der).decode(), references=references
    )
    template.write_text(text)

    signed = xmlsec1("--sign", "--privkey-pem", key, "--output", out, template)
    assert signed.returncode == 0, signed.stderr
    message = verify_security(out.read_bytes(), now=NOW)

    assert message.covered == {Part.BODY, Part.TIMESTAMP}
    assert message.certificate == credential.certificate
    changed = out.read_bytes().replace(b"<a>1</a>", b"<a>2</a>")
    with pytest.raises(SecurityRefused):
        verify_security(changed, now=NOW)
