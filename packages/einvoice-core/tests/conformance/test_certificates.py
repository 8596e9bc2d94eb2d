"""Certificates that others issued are read as what they are."""

from datetime import UTC, datetime

import pytest

from einvoice_core.certificates import (
    HolderKind,
    MissingKeyError,
    NotValidAtError,
    TrustStore,
    UnsupportedKeyError,
    WrongPasswordError,
    issuer_name,
    load_certificates,
    load_pkcs12,
)
from einvoice_core.signing.algorithms import SignatureAlgorithm
from einvoice_core.testing.judges import official

FNMT = "facturae/test-certificates/ACTIVO_EIDAS_CERTIFICADO_PRUEBAS___{}.p12"
IZENPE = "ticketbai/test-certs/{}.p12"
SPRING_2026 = datetime(2026, 4, 1, tzinfo=UTC)


def izenpe(name: str) -> tuple[bytes, str]:
    pin = official(f"ticketbai/test-certs/{name}_pin.txt").read_text().strip()
    return official(IZENPE.format(name)).read_bytes(), pin


@pytest.mark.parametrize("nif", ["99999972C", "99999999R"])
def test_fnmt_natural_person(nif: str) -> None:
    credential = load_pkcs12(official(FNMT.format(nif)).read_bytes(), "1234")

    assert credential.holder.nif == nif
    assert credential.holder.kind is HolderKind.NATURAL_PERSON
    assert issuer_name(credential.certificate) == "CN=AC FNMT Usuarios,OU=Ceres,O=FNMT-RCM,C=ES"
    root = credential.chain[-1]
    path = TrustStore((root,)).path_to_root(credential.certificate, SPRING_2026, credential.chain)
    assert path == (credential.certificate, *credential.chain)


@pytest.mark.parametrize(
    ("name", "nif", "kind", "representative"),
    [
        (
            "EntitateOrdezkaria_RepresentanteDeEntidad",
            "S7836107H",
            HolderKind.REPRESENTATIVE,
            "99999973K",
        ),
        ("EnpresaZigilua_SelloDeEmpresa", "S7836107H", HolderKind.SEAL, None),
        ("PertsonaFisikoa_PersonaFisica", "99999972C", HolderKind.NATURAL_PERSON, None),
        ("Gailua_Dispositivo", None, HolderKind.DEVICE, None),
    ],
)
def test_izenpe(name: str, nif: str | None, kind: HolderKind, representative: str | None) -> None:
    holder = load_pkcs12(*izenpe(name)).holder

    assert (holder.nif, holder.kind, holder.representative_nif) == (nif, kind, representative)


def test_another_password_is_refused() -> None:
    data, _ = izenpe("Gailua_Dispositivo")
    with pytest.raises(WrongPasswordError):
        load_pkcs12(data, "222222")


@pytest.mark.parametrize(
    ("path", "password", "algorithm"),
    [
        ("holodeck/rsa.p12", "test", SignatureAlgorithm.RSA_SHA256),
        ("holodeck/ec.p12", "test", SignatureAlgorithm.ECDSA_SHA256),
        ("eessi-as4net/AccessPointA.pfx", "Pz4cZK4SULUwmraZa", SignatureAlgorithm.RSA_SHA512),
        ("eessi-as4net/certificate-as4.pfx", "secrets", SignatureAlgorithm.RSA_SHA384),
    ],
)
def test_keys_of_access_points_sign(
    path: str, password: str, algorithm: SignatureAlgorithm
) -> None:
    credential = load_pkcs12(official(f"as4/pki/test-keys/{path}").read_bytes(), password)
    assert credential.sign(b"octets", algorithm)


@pytest.mark.parametrize(
    ("path", "password"),
    [("partyC.p12", "ExampleC"), ("holodeck-partya-certificate.pfx", "secrets")],
)
def test_short_keys_are_read_but_do_not_sign(path: str, password: str) -> None:
    data = official(f"as4/pki/test-keys/eessi-as4net/{path}").read_bytes()
    credential = load_pkcs12(data, password)
    with pytest.raises(UnsupportedKeyError, match="1024 bits"):
        credential.sign(b"octets", SignatureAlgorithm.RSA_SHA256)


def test_an_expired_certificate_is_read_and_refused_when_asked() -> None:
    path = official("as4/pki/test-keys/peppol-expired-ap-cert-pw-peppol.p12")
    credential = load_pkcs12(path.read_bytes(), "peppol")
    with pytest.raises(NotValidAtError, match="2021-06-20"):
        credential.require_valid_at(SPRING_2026)


def test_a_trust_store_is_not_a_credential() -> None:
    path = official("as4/pki/truststores/2025/ap-test-truststore.p12")
    with pytest.raises(MissingKeyError):
        load_pkcs12(path.read_bytes(), "peppol")


def test_the_peppol_chain_leads_to_its_root() -> None:
    folder = official("as4/pki/peppol-2025-g3")
    root = load_certificates((folder / "PEPPOL_Root_TEST_CA-G3.pem").read_bytes())
    point = load_certificates((folder / "PEPPOL_ACCESS_POINT_TEST_CA-G3.pem").read_bytes())[0]
    assert TrustStore(root).path_to_root(point, SPRING_2026) == (point, *root)
