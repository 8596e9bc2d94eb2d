"""A key that never leaves its device, SoftHSM2, signs an invoice.

The library of the device reads its settings once per process: the signing has one of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import facturae_es
from einvoice_core.certificates import TrustStore
from einvoice_core.testing.authority import KeyKind, ThrowawayAuthority, new_key
from einvoice_core.testing.judges import program
from facturae_es.model import Facturae

pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed")

PIN = "1234"
PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)
SIGNING = """
import sys
from pathlib import Path

import pkcs11

import facturae_es
from einvoice_core.signing.pkcs11 import open_device

library, pin, certificate, invoice, signed = sys.argv[1:]
(token,) = (each for each in pkcs11.lib(library).get_tokens() if each.label == "facturas")
with token.open(user_pin=pin, rw=True) as session:
    session.create_object(
        {
            pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
            pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
            pkcs11.Attribute.TOKEN: True,
            pkcs11.Attribute.LABEL: "mine",
            pkcs11.Attribute.ID: b"\\x01",
            pkcs11.Attribute.SUBJECT: b"",
            pkcs11.Attribute.VALUE: Path(certificate).read_bytes(),
        }
    )
with open_device(library, pin, label="facturas", key="mine") as signer:
    Path(signed).write_bytes(facturae_es.sign(Path(invoice).read_bytes(), signer))
"""


@pytest.mark.parametrize("keys", ["rsa", "ec"])
def test_a_device_signs_an_invoice(keys: KeyKind, tmp_path: Path, simple: Facturae) -> None:
    util = program("softhsm2-util")
    library = next((place for place in PLACES if Path(place).exists()), None)
    assert library, "softhsm2-util is installed without its library"
    (tmp_path / "tokens").mkdir()
    settings = tmp_path / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tmp_path}/tokens\nobjectstore.backend = file\n")
    env = {**os.environ, "SOFTHSM2_CONF": str(settings)}
    authority = ThrowawayAuthority(keys="ec")
    credential = authority.issue("12345678Z", "Inventada Pérez", key=new_key(keys))
    key, certificate, invoice, signed = (tmp_path / name for name in ("key", "cer", "xml", "xsig"))
    key.write_bytes(credential.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    certificate.write_bytes(credential.certificate.public_bytes(Encoding.DER))
    invoice.write_bytes(facturae_es.write(simple))
    token = ["--init-token", "--free", "--label", "facturas", "--so-pin", "5678", "--pin", PIN]
    put = ["--import", key, "--token", "facturas", "--label", "mine", "--id", "01", "--pin", PIN]
    for command in ([util, *token], [util, *put]):
        subprocess.run(command, check=True, capture_output=True, env=env)
    key.unlink()

    arguments = [library, PIN, certificate, invoice, signed]
    subprocess.run([sys.executable, "-c", SIGNING, *arguments], check=True, env=env)

    trust = TrustStore((authority.root,), (authority.intermediate,))
    verified = facturae_es.verify(signed.read_bytes(), trust=trust)
    assert verified.certificate == credential.certificate
    assert facturae_es.check_signature(signed.read_bytes(), trust=trust).ok
