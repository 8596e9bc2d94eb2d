from datetime import UTC, datetime, timedelta

import pytest

from einvoice_core.certificates import (
    HolderKind,
    NotValidAtError,
    TrustStore,
    load_pkcs12,
)
from einvoice_core.testing.authority import ThrowawayAuthority, write_pkcs12

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority() -> ThrowawayAuthority:
    return ThrowawayAuthority(keys="ec", clock=lambda: NOW)


def test_a_natural_person(authority: ThrowawayAuthority) -> None:
    holder = authority.issue("99999972C", "ANA PRUEBAS").holder
    assert (holder.nif, holder.kind) == ("99999972C", HolderKind.NATURAL_PERSON)


def test_a_representative_speaks_for_the_company(authority: ThrowawayAuthority) -> None:
    holder = authority.issue("99999972C", "ANA PRUEBAS", organization_nif="B12345674").holder
    assert (holder.nif, holder.representative_nif) == ("B12345674", "99999972C")
    assert holder.kind is HolderKind.REPRESENTATIVE


def test_a_seal_has_no_person(authority: ThrowawayAuthority) -> None:
    holder = authority.issue(organization_nif="B12345674").holder
    assert (holder.nif, holder.kind) == ("B12345674", HolderKind.SEAL)
    assert holder.representative_nif is None


def test_a_device_has_no_nif(authority: ThrowawayAuthority) -> None:
    holder = authority.issue(name="CAJA 1").holder
    assert (holder.nif, holder.kind) == (None, HolderKind.DEVICE)


def test_what_it_issues_leads_to_its_root(authority: ThrowawayAuthority) -> None:
    trust = TrustStore.from_pem(authority.pem)
    for credential in (authority.issue("99999972C"), authority.issue_server("localhost")):
        path = trust.path_to_root(credential.certificate, NOW, credential.chain)
        assert path == (credential.certificate, authority.intermediate, authority.root)


def test_an_expired_certificate_can_be_had(authority: ThrowawayAuthority) -> None:
    yesterday = NOW - timedelta(days=1)
    credential = authority.issue(
        "99999972C", valid_from=NOW - timedelta(days=30), valid_until=yesterday
    )
    with pytest.raises(NotValidAtError):
        credential.require_valid_at(NOW)


def test_a_credential_survives_its_file(authority: ThrowawayAuthority) -> None:
    credential = authority.issue("99999972C")
    again = load_pkcs12(write_pkcs12(credential, "clave"), "clave")
    assert again.certificate == credential.certificate
    assert again.chain == credential.chain
