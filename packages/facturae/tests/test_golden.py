"""The octets of a signature are decided by document, key, clock and identifiers alone."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

import facturae_es
from einvoice_core.certificates import Credential

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<fe:Facturae xmlns:fe="http://www.facturae.gob.es/formato/Versiones/Facturaev3_2_2.xml">\n'
    "  <FileHeader><SchemaVersion>3.2.2</SchemaVersion></FileHeader><!-- Ñandú & <café> -->\n"
    "</fe:Facturae>\n"
).encode()
GOLDEN = Path(__file__).parent / "golden" / "signed.txt"


def prime(name: str) -> int:
    """A prime of 1,024 bits that everybody finds again: whoever knows the name knows the key."""
    seed = int.from_bytes(hashlib.shake_256(name.encode()).digest(128), "big")
    start = seed | (3 << 1022) | 1
    numbers = (start + 2 * step for step in count())
    return next(n for n in numbers if n % 3 != 1 and all(pow(a, n - 1, n) == 1 for a in (2, 7)))


@pytest.fixture(scope="module")
def credential() -> Credential:
    p, q, e = prime("golden p"), prime("golden q"), 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(e, p * q)
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), rsa.rsa_crt_iqmp(p, q), public
    )
    key = numbers.private_key()
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ES"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, "IDCES-12345678Z"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Inventada Pérez - 12345678Z"),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(20260701)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    return Credential(certificate, key)


def test_the_signature_is_the_one_of_yesterday(credential: Credential) -> None:
    signed = facturae_es.sign(DOCUMENT, credential, clock=lambda: NOW, ids=lambda: "golden")
    made = signed[signed.index(b"<ds:Signature ") : signed.rindex(b"</fe:Facturae>")].decode()
    facturae_es.verify(signed)
    assert made.replace("><", ">\n<") + "\n" == GOLDEN.read_text("utf-8")
