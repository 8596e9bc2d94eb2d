"""A real PKCS #11 device of software: SoftHSM2."""

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from einvoice_core.certificates import (
    AmbiguousFileError,
    Credential,
    MissingKeyError,
    TrustStore,
    UnsupportedKeyError,
    WrongPasswordError,
)
from einvoice_core.signing import xmldsig
from einvoice_core.signing.algorithms import SignatureAlgorithm
from einvoice_core.signing.errors import DeviceError
from einvoice_core.testing.authority import ThrowawayAuthority, new_key
from einvoice_core.testing.judges import module, program

pkcs11 = module("pkcs11")
from einvoice_core.signing.pkcs11 import open_device  # noqa: E402 - needs what was just looked for

PIN = "1234"
AUTHORITY = ThrowawayAuthority(keys="ec")
RSA = AUTHORITY.issue("12345678Z", "Inventada Pérez", key=new_key("rsa"))
EC = AUTHORITY.issue("12345678Z", "Inventada Pérez")
PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)


def put_key(credential: Credential, label: str, number: int, folder: Path) -> None:
    """Put a key into the token, as whoever personalises a card does."""
    pem = folder / f"{label}.pem"
    key = credential.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(key)
    command = [program("softhsm2-util"), "--import", str(pem), "--token", "facturas"]
    command += ["--label", label, "--id", f"{number:02x}", "--pin", PIN]
    subprocess.run(command, check=True, capture_output=True)


def put_certificates(session: object, credential: Credential, label: str, number: int) -> None:
    """Put the certificate of a key beside it, and those of the authorities."""
    certificates = [(credential.certificate, bytes([number]), label)]
    certificates += [(above, b"\xaa" + bytes([number]), "ca") for above in credential.chain]
    for certificate, identifier, name in certificates:
        session.create_object(  # type: ignore[attr-defined]  # the library names no class
            {
                pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                pkcs11.Attribute.TOKEN: True,
                pkcs11.Attribute.LABEL: name,
                pkcs11.Attribute.ID: identifier,
                pkcs11.Attribute.SUBJECT: certificate.subject.public_bytes(),
                pkcs11.Attribute.VALUE: certificate.public_bytes(Encoding.DER),
            }
        )


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A device with an RSA and an elliptic curve key, and an empty token beside it."""
    util = program("softhsm2-util")
    places = [path for path in PLACES if Path(path).exists()]
    if not places:
        pytest.fail("softhsm2-util is installed without its library")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    # The library reads where its tokens lie when it is loaded.
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    for label in ("facturas", "vacio"):
        command = [util, "--init-token", "--free", "--label", label, "--pin", PIN]
        subprocess.run([*command, "--so-pin", "5678"], check=True, capture_output=True)
    keys = ((RSA, "rsa", 1), (EC, "ec", 2))
    for credential, label, number in keys:
        put_key(credential, label, number, folder)
    tokens = pkcs11.lib(places[0]).get_tokens()
    (token,) = (each for each in tokens if each.label == "facturas")
    with token.open(user_pin=PIN, rw=True) as session:
        for credential, label, number in keys:
            put_certificates(session, credential, label, number)
    yield places[0]
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


@pytest.mark.parametrize(("label", "credential"), [("rsa", RSA), ("ec", EC)])
@pytest.mark.parametrize("hash_name", ["sha256", "sha384", "sha512"])
def test_the_device_signs(library: str, label: str, credential: Credential, hash_name: str) -> None:
    with open_device(library, PIN, label="facturas", key=label) as signer:
        assert signer.certificate == credential.certificate
        assert signer.chain == credential.chain
        signed = xmldsig.sign(b"<a>uno</a>", signer, hash_name=hash_name)
    verified = xmldsig.verify(signed)
    assert verified.certificate == credential.certificate
    trust = TrustStore((AUTHORITY.root,))
    now = datetime.now(UTC)
    assert trust.path_to_root(verified.certificate, now, signer.chain)


def test_a_wrong_pin(library: str) -> None:
    with (
        pytest.raises(WrongPasswordError, match="PIN"),
        open_device(library, "0000", label="facturas", key="rsa"),
    ):
        pass


@pytest.mark.parametrize(
    ("names", "error", "words"),
    [
        ({"label": "facturas"}, AmbiguousFileError, "several keys"),
        ({}, AmbiguousFileError, "facturas, vacio"),
        ({"label": "facturas", "key": "otra"}, MissingKeyError, "'otra'"),
        ({"label": "vacio"}, MissingKeyError, "no key"),
        ({"label": "ninguno"}, DeviceError, "'ninguno'"),
    ],
)
def test_what_is_not_there(
    library: str, names: dict[str, str], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words), open_device(library, PIN, **names):
        pass


@pytest.mark.parametrize("name", ["/nowhere/libpkcs11.so", "libc.so.6"])
def test_a_library_that_is_none(name: str) -> None:
    with pytest.raises(DeviceError), open_device(name, PIN):
        pass


def test_the_signer_ends_with_the_block(library: str) -> None:
    with open_device(library, PIN, label="facturas", key="rsa") as signer:
        pass
    with pytest.raises(DeviceError):
        signer.sign(b"data", SignatureAlgorithm.RSA_SHA256)


def test_sha1_is_not_made(library: str) -> None:
    with (
        open_device(library, PIN, label="facturas", key="rsa") as signer,
        pytest.raises(UnsupportedKeyError, match="SHA1"),
    ):
        signer.sign(b"data", SignatureAlgorithm.RSA_SHA1)
