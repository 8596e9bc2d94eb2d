"""Sign an invoice with a certificate of FNMT, and learn beforehand what FACe would refuse."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import facturae_es as facturae
from einvoice_core.certificates import TrustStore, WrongPasswordError, load_pkcs12
from einvoice_core.certificates.revocation import Evidence
from einvoice_core.testing.authority import ThrowawayAuthority, write_pkcs12
from facturae_es.model import Address

MADRID = Address(
    street="Calle de la Prueba, 5",
    post_code="28013",
    town="Madrid",
    province="Madrid",
    country="ESP",
)
AUTHORITY = ThrowawayAuthority("AC RAIZ FNMT-RCM DE MENTIRA")


def exported_certificate(folder: Path) -> Path:
    """Stand in for the file that the browser exports; yours has the same form."""
    credential = AUTHORITY.issue(nif="12345678Z", name="Inventada Pérez Gómez")
    file = folder / "mi_certificado.p12"
    file.write_bytes(write_pkcs12(credential, "mi contraseña"))
    return file


def invoice() -> bytes:
    seller = facturae.person("12345678Z", "Inventada", "Pérez", MADRID, second_surname="Gómez")
    buyer = facturae.company("B12345674", "Ejemplos Inventados, S.L.", MADRID)
    line = facturae.Line(
        description="Traducción",
        unit_price=Decimal("120.00"),
        taxes=(facturae.Tax(rate_percent=Decimal(21)),),
    )
    document = facturae.build(seller, buyer, "7", date(2026, 3, 2), [line])
    return facturae.write(document, indent=True)


def main(folder: Path) -> None:
    file = exported_certificate(folder)

    # A wrong password, a file without key, an old cipher: each is an error with its own code.
    try:
        load_pkcs12(file.read_bytes(), "otra")
    except WrongPasswordError as error:
        print(error.code, "-", error.message)

    # Loading costs some 40 ms and signing less than one: load once, keep the credential.
    credential = load_pkcs12(file.read_bytes(), "mi contraseña")
    print(f"{credential.holder.name}, NIF {credential.holder.nif}")
    assert facturae.check_signer(credential).findings == ()  # it names a taxpayer
    expires = credential.certificate.not_valid_after_utc
    if expires < datetime.now(UTC) + timedelta(days=60):
        print(f"renew the certificate: it expires on {expires:%d.%m.%Y}")

    # Sign last: nothing in the document may change afterwards, not even a space.
    signed = facturae.sign(invoice(), credential)
    (folder / "factura.xsig").write_bytes(signed)

    # Whoever receives it trusts some roots, and has the revocation lists of their authorities.
    roots = TrustStore((AUTHORITY.root,))
    lists = Evidence(crls=(AUTHORITY.issue_crl(),))
    now = datetime.now(UTC)
    report = facturae.check_signature(signed, trust=roots, revocation=lists, at=now)
    assert report.ok, report.findings
    print("skipped:", dict(report.layers_skipped))

    verified = facturae.verify(signed, trust=roots, at=now)
    assert verified.holder.nif == "12345678Z"
    received = facturae.read(verified.document)
    print(f"{verified.holder.name} signed {received.invoices[0].totals.invoice_total} EUR")

    # What FACe would answer to a document that was touched after signing.
    touched = signed.replace(b"145.20", b"145.21")
    for finding in facturae.check_signature(touched, trust=roots).findings:
        print(f"{finding.rule} ({finding.terms[0]}), line {finding.line}: {finding.message}")
        assert finding.rule == "FACTURAE-SIG-07"


if __name__ == "__main__":
    with TemporaryDirectory() as directory:
        main(Path(directory))
