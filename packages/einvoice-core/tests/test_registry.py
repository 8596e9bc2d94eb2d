"""Certificates are sealed at rest, watched for their end, and found by NIF."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from einvoice_core.certificates import HolderKind
from einvoice_core.certificates.registry import (
    CertificateRegistry,
    DamagedEntryError,
    FolderStore,
    MemoryStore,
    NoCertificateError,
    Store,
    UnknownEntryError,
    WrongKeyError,
    derive_key,
)
from einvoice_core.testing.authority import ThrowawayAuthority

NOW = datetime(2026, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)
KEY, OTHER = bytes(32), bytes([1]) * 32
PERSON, COMPANY = "12345678Z", "B12345674"


@pytest.fixture(scope="module")
def authority() -> ThrowawayAuthority:
    return ThrowawayAuthority(keys="ec", clock=lambda: NOW)


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return FolderStore(tmp_path / "registry") if request.param == "folder" else MemoryStore()


def opened(store: Store, key: bytes = KEY, at: datetime = NOW) -> CertificateRegistry:
    return CertificateRegistry(store, key, clock=lambda: at)


def test_a_certificate_comes_back_whole(store: Store, authority: ThrowawayAuthority) -> None:
    credential = authority.issue(PERSON, "ANA PRUEBAS DEMO")
    entry = opened(store).add(credential, environments=["test"], acts_for=[COMPANY], label="Ana")

    registry = opened(store)
    back = registry.credential(entry.fingerprint)

    assert registry.entries() == (entry,)
    assert (back.certificate, back.chain) == (credential.certificate, credential.chain)
    assert back.key.private_numbers() == credential.key.private_numbers()
    assert (entry.nif, entry.holder.kind) == (PERSON, HolderKind.NATURAL_PERSON)
    assert (entry.environments, entry.acts_for, entry.label) == (("test",), (COMPANY,), "Ana")


def test_nothing_is_readable_without_the_key(tmp_path: Path, authority: ThrowawayAuthority) -> None:
    credential = authority.issue(PERSON, "ANA PRUEBAS DEMO")
    opened(FolderStore(tmp_path)).add(credential, label="the label")

    for path in tmp_path.iterdir():
        data = path.read_bytes()
        der = credential.certificate.public_bytes(Encoding.DER)
        for secret in (b"PRUEBAS", PERSON.encode(), b"label", b"PRIVATE", der[100:140]):
            assert secret not in data
        assert path.stat().st_mode & 0o077 == 0


def test_another_key_opens_nothing(store: Store, authority: ThrowawayAuthority) -> None:
    opened(store).add(authority.issue(PERSON))
    with pytest.raises(WrongKeyError):
        opened(store, OTHER)
    with pytest.raises(WrongKeyError, match="3 octets"):
        opened(store, b"abc")


def test_a_passphrase_makes_the_same_key_again() -> None:
    store = MemoryStore()
    assert derive_key("correct horse", store) == derive_key("correct horse", store)
    assert derive_key("correct horse", store) != derive_key("wrong horse", store)
    assert derive_key("correct horse", store) != derive_key("correct horse", MemoryStore())


@given(data=st.data())
@settings(max_examples=60)
def test_a_changed_entry_is_found_out(authority: ThrowawayAuthority, data: st.DataObject) -> None:
    store = MemoryStore()
    name = opened(store).add(authority.issue(PERSON)).fingerprint
    sealed = bytearray(store.read(name) or b"")
    sealed[data.draw(st.integers(0, 200))] ^= data.draw(st.integers(1, 255))
    store.write(name, bytes(sealed))

    with pytest.raises(DamagedEntryError) as caught:
        opened(store).entries()
    assert caught.value.details["entry"] == name


@pytest.mark.parametrize("size", [0, 3, 20, 200])
def test_a_cut_entry_is_found_out(authority: ThrowawayAuthority, size: int) -> None:
    store = MemoryStore()
    name = opened(store).add(authority.issue(PERSON)).fingerprint
    store.write(name, (store.read(name) or b"")[:size])
    with pytest.raises(DamagedEntryError):
        opened(store).credential(name)


def test_one_entry_cannot_take_the_place_of_another(authority: ThrowawayAuthority) -> None:
    store = MemoryStore()
    registry = opened(store)
    first, second = (
        registry.add(authority.issue(nif)).fingerprint for nif in (PERSON, "X1234567L")
    )
    store.write(first, store.read(second) or b"")
    with pytest.raises(DamagedEntryError):
        registry.credential(first)


@pytest.mark.parametrize("name", ["", "../x", "0" * 64, "canary", "salt"])
def test_what_is_not_there_is_said_so(store: Store, name: str) -> None:
    registry = opened(store)
    for use in (registry.remove, registry.credential):
        with pytest.raises(UnknownEntryError):
            use(name)


def test_a_certificate_can_be_forgotten(store: Store, authority: ThrowawayAuthority) -> None:
    registry = opened(store)
    registry.remove(registry.add(authority.issue(PERSON)).fingerprint)
    assert registry.entries() == ()


def test_an_expired_certificate_is_told_before_its_end(authority: ThrowawayAuthority) -> None:
    store = MemoryStore()
    registry = opened(store)
    soon = registry.add(authority.issue(PERSON, valid_until=NOW + 20 * DAY))
    late = registry.add(authority.issue(COMPANY, valid_until=NOW + 200 * DAY))

    assert registry.expiring() == (soon,)
    assert registry.expiring(300 * DAY) == (soon, late)
    assert opened(store, at=NOW + 25 * DAY).expiring(timedelta()) == (soon,)
    registry.add(authority.issue(PERSON, valid_until=NOW + 400 * DAY), environments=["test"])
    assert registry.expiring() == (soon,)
    registry.add(authority.issue(PERSON, valid_until=NOW + 500 * DAY))
    assert registry.expiring() == ()


def chosen(registry: CertificateRegistry, nif: str, environment: str = "") -> HolderKind:
    return registry.choose(nif, environment).holder.kind


def test_the_right_certificate_is_chosen(authority: ThrowawayAuthority) -> None:
    registry = opened(MemoryStore())
    registry.add(authority.issue("X1234567L", "GESTOR"), acts_for=[COMPANY])
    assert chosen(registry, COMPANY) is HolderKind.NATURAL_PERSON

    registry.add(authority.issue(PERSON, organization_nif=COMPANY), environments=["test"])
    assert chosen(registry, COMPANY) is HolderKind.REPRESENTATIVE
    assert chosen(registry, COMPANY, "production") is HolderKind.NATURAL_PERSON

    registry.add(authority.issue(organization_nif=COMPANY))
    assert chosen(registry, COMPANY, "production") is HolderKind.SEAL
    assert chosen(registry, COMPANY, "test") is HolderKind.SEAL


def test_among_equals_the_one_that_lasts_longest_is_chosen(authority: ThrowawayAuthority) -> None:
    registry = opened(MemoryStore())
    for days in (10, 300, 100):
        registry.add(authority.issue(PERSON, valid_until=NOW + days * DAY))
    last = registry.choose(PERSON).certificate.not_valid_after_utc
    assert last == NOW + 300 * DAY


Arrange = Callable[[CertificateRegistry, ThrowawayAuthority], object]


@pytest.mark.parametrize(
    ("arrange", "reason"),
    [
        (lambda registry, authority: None, "no certificate speaks for"),
        (lambda r, a: r.add(a.issue(PERSON), environments=["test"]), "may not be used in"),
        (lambda r, a: r.add(a.issue(PERSON, valid_until=NOW - DAY / 2)), "out of date"),
        (lambda r, a: r.add(a.issue(PERSON, valid_from=NOW + DAY)), "out of date"),
    ],
)
def test_why_none_fits_is_said(
    authority: ThrowawayAuthority, arrange: Arrange, reason: str
) -> None:
    registry = opened(MemoryStore())
    arrange(registry, authority)
    with pytest.raises(NoCertificateError, match=reason) as caught:
        registry.choose(PERSON, "production")
    assert dict(caught.value.details) == {"nif": PERSON, "environment": "production"}


def test_the_key_can_be_changed(store: Store, authority: ThrowawayAuthority) -> None:
    registry = opened(store)
    entry = registry.add(authority.issue(PERSON))

    registry.change_key(OTHER)

    assert registry.entries() == opened(store, OTHER).entries() == (entry,)
    with pytest.raises(WrongKeyError):
        opened(store)


def test_a_change_of_key_that_was_cut_short_can_be_finished(authority: ThrowawayAuthority) -> None:
    class Failing(MemoryStore):
        left = 100

        def write(self, name: str, data: bytes) -> None:
            self.left -= 1
            if self.left < 0:
                raise OSError("disk full")
            super().write(name, data)

    store = Failing()
    registry = opened(store)
    for nif in (PERSON, COMPANY, "X1234567L"):
        registry.add(authority.issue(nif))
    store.left = 2
    with pytest.raises(OSError, match="full"):
        registry.change_key(OTHER)
    store.left = 100

    opened(store).change_key(OTHER)

    assert len(opened(store, OTHER).entries()) == 3


def test_a_full_disk_leaves_the_old_entry(
    tmp_path: Path, authority: ThrowawayAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = opened(FolderStore(tmp_path))
    credential = authority.issue(PERSON)
    entry = registry.add(credential)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        registry.add(credential, label="new")

    assert registry.entries() == (entry,)
    assert len(list(tmp_path.iterdir())) == 2
