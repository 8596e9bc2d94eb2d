"""The certificates of an installation: encrypted at rest, found by NIF, watched for their end.

Each certificate lies in one sealed entry with its key, its chain and what it may be used for.
Nothing in the store is readable without the master key, names and NIF included. The store is
whatever keeps named octets: a folder, memory, or a table of the caller.

::

    registry = CertificateRegistry(FolderStore(folder), derive_key(passphrase, FolderStore(folder)))
    registry.add(load_pkcs12(data, password), environments=("production",))
    credential = registry.choose("B12345674", "production")

Entries are sealed with AES-256 in Galois/counter mode under a random nonce, and bound to their
name, so that one cannot take the place of another. A passphrase becomes a key by scrypt.

RegistryError                   registry
├── WrongKeyError               registry.wrong_key
├── DamagedEntryError           registry.damaged
├── NoCertificateError          registry.no_certificate   (``details["nif"]``, ``["environment"]``)
└── UnknownEntryError           registry.unknown
"""

import base64
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from einvoice_core.certificates.credential import Credential, load_der_certificate
from einvoice_core.certificates.errors import CertificateError
from einvoice_core.certificates.holder import Holder, HolderKind, holder_of
from einvoice_core.errors import EInvoiceError

__all__ = [
    "KEY_BYTES",
    "CertificateRegistry",
    "DamagedEntryError",
    "Entry",
    "FolderStore",
    "MemoryStore",
    "NoCertificateError",
    "RegistryError",
    "Store",
    "UnknownEntryError",
    "WrongKeyError",
    "derive_key",
]

KEY_BYTES = 32
_MAGIC = b"ECR1"
_NONCE_BYTES = 12
_SALT_BYTES = 16
_CANARY = "canary"
_SALT = "salt"
_NAME = re.compile(r"[0-9a-f]{64}")

# Of scrypt: some 100 ms and 32 MB on a machine of today.
_COST = 2**15


class RegistryError(EInvoiceError):
    """The registry cannot do what it was asked to."""

    code = "registry"


class WrongKeyError(RegistryError):
    """The master key is not the one the registry was sealed with."""

    code = "registry.wrong_key"


class DamagedEntryError(RegistryError):
    """An entry was changed, cut or moved, or cannot be read."""

    code = "registry.damaged"


class NoCertificateError(RegistryError):
    """No certificate fits; the text says what the nearest one lacks."""

    code = "registry.no_certificate"


class UnknownEntryError(RegistryError):
    """There is no entry with that fingerprint."""

    code = "registry.unknown"


class Store(Protocol):
    """Keeps named octets; a name is letters, digits and nothing else."""

    def names(self) -> Iterable[str]:
        """Name what is there."""

    def read(self, name: str) -> bytes | None:
        """Return what lies under a name."""

    def write(self, name: str, data: bytes) -> None:
        """Put octets under a name, whole or not at all."""

    def delete(self, name: str) -> None:
        """Forget what lies under a name."""


class MemoryStore:
    """A store that is gone with the program."""

    def __init__(self) -> None:
        self._items: dict[str, bytes] = {}

    def names(self) -> Iterable[str]:
        """Name what is there."""
        return tuple(self._items)

    def read(self, name: str) -> bytes | None:
        """Return what lies under a name."""
        return self._items.get(name)

    def write(self, name: str, data: bytes) -> None:
        """Put octets under a name."""
        self._items[name] = data

    def delete(self, name: str) -> None:
        """Forget what lies under a name."""
        self._items.pop(name, None)


class FolderStore:
    """A store in a folder; only its owner may read the files.

    Args:
        folder: Made when it is not there.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder

    def names(self) -> Iterable[str]:
        """Name what is there."""
        return sorted(path.stem for path in self._folder.glob("*.sealed"))

    def read(self, name: str) -> bytes | None:
        """Return what lies under a name."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Put octets under a name, whole or not at all."""
        handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self._path(name))
        finally:
            Path(temporary).unlink(missing_ok=True)

    def delete(self, name: str) -> None:
        """Forget what lies under a name."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not name.isalnum():
            raise UnknownEntryError(f"{name!r} is no name of an entry")
        return self._folder / f"{name}.sealed"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the registry tells about a certificate.

    Args:
        fingerprint: SHA-256 of the certificate, in hexadecimal; names the entry.
        holder: Who it was issued to.
        valid_from: First instant.
        valid_until: Last instant.
        environments: Where it may be used, such as ``production``; none means everywhere.
        acts_for: Further NIF that its holder may act for, by a power of attorney or as a social
            collaborator; the certificate itself does not say so.
        label: For people.
    """

    fingerprint: str
    holder: Holder
    valid_from: datetime
    valid_until: datetime
    environments: tuple[str, ...] = ()
    acts_for: tuple[str, ...] = ()
    label: str = ""

    @property
    def nif(self) -> str | None:
        """NIF of the taxpayer it speaks for."""
        return self.holder.nif

    def is_valid_at(self, instant: datetime) -> bool:
        """Whether an instant lies between its dates."""
        return self.valid_from <= instant <= self.valid_until


@dataclass(frozen=True, slots=True)
class _Opened:
    entry: Entry
    credential: Credential = field(repr=False)


def derive_key(passphrase: str, store: Store) -> bytes:
    """Make the master key from a passphrase, with the salt that lies in the store.

    The salt is made when the store has none yet.
    """
    salt = store.read(_SALT)
    if salt is None:
        salt = os.urandom(_SALT_BYTES)
        store.write(_SALT, salt)
    return Scrypt(salt=salt, length=KEY_BYTES, n=_COST, r=8, p=1).derive(passphrase.encode())


class CertificateRegistry:
    """The certificates of an installation.

    Args:
        store: Where the sealed entries lie.
        key: Master key of 32 octets: from :func:`derive_key`, or from a vault.
        clock: Says what time it is, with its zone.

    Raises:
        WrongKeyError: The store was sealed with another key.
    """

    def __init__(
        self,
        store: Store,
        key: bytes,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if len(key) != KEY_BYTES:
            raise WrongKeyError(f"the master key has {len(key)} octets; it must have {KEY_BYTES}")
        self._store, self._cipher, self._clock = store, AESGCM(key), clock
        canary = store.read(_CANARY)
        if canary is None:
            store.write(_CANARY, self._seal(_CANARY, b""))
            return
        try:
            self._open(_CANARY, canary)
        except DamagedEntryError as error:
            raise WrongKeyError("the registry was sealed with another key") from error

    def add(
        self,
        credential: Credential,
        *,
        environments: Iterable[str] = (),
        acts_for: Iterable[str] = (),
        label: str = "",
    ) -> Entry:
        """Keep a certificate with its key; one that is there already is replaced.

        Args:
            credential: The certificate, its key and its chain.
            environments: Where it may be used; none means everywhere.
            acts_for: NIF its holder may act for besides its own.
            label: For people.
        """
        entry = _entry(credential, tuple(environments), tuple(acts_for), label)
        content = {
            "certificate": _text(credential.certificate.public_bytes(Encoding.DER)),
            "key": _text(
                credential.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
            ),
            "chain": [_text(above.public_bytes(Encoding.DER)) for above in credential.chain],
            "environments": list(entry.environments),
            "acts_for": list(entry.acts_for),
            "label": label,
        }
        name = entry.fingerprint
        self._store.write(name, self._seal(name, json.dumps(content).encode()))
        return entry

    def remove(self, fingerprint: str) -> None:
        """Forget a certificate.

        Raises:
            UnknownEntryError: It is not there.
        """
        if not _NAME.fullmatch(fingerprint) or self._store.read(fingerprint) is None:
            raise UnknownEntryError(f"no certificate has the fingerprint {fingerprint!r}")
        self._store.delete(fingerprint)

    def entries(self) -> tuple[Entry, ...]:
        """Tell what is there, the one that ends first at the front.

        Raises:
            DamagedEntryError: An entry cannot be opened.
        """
        found = [opened.entry for opened in self._all()]
        return tuple(sorted(found, key=lambda entry: (entry.valid_until, entry.fingerprint)))

    def credential(self, fingerprint: str) -> Credential:
        """Return a certificate with its key.

        Raises:
            UnknownEntryError: It is not there.
            DamagedEntryError: The entry cannot be opened.
        """
        data = self._store.read(fingerprint) if _NAME.fullmatch(fingerprint) else None
        if data is None:
            raise UnknownEntryError(f"no certificate has the fingerprint {fingerprint!r}")
        return self._read(fingerprint, data).credential

    def expiring(self, within: timedelta = timedelta(days=30)) -> tuple[Entry, ...]:
        """Tell which certificates have ended or will soon, unless a later one takes their place.

        Args:
            within: How far to look ahead.

        Raises:
            DamagedEntryError: An entry cannot be opened.
        """
        limit = self._clock() + within
        entries = self.entries()
        return tuple(
            entry
            for entry in entries
            if entry.valid_until <= limit and not any(_succeeds(o, entry, limit) for o in entries)
        )

    def choose(self, nif: str, environment: str = "") -> Credential:
        """Return the right certificate to speak for a taxpayer.

        One that was issued for that NIF goes before one that may act for it; a seal before a
        representative, because it needs no person; among equals, the one that lasts longest.

        Args:
            nif: Of the taxpayer.
            environment: Where it will be used.

        Raises:
            NoCertificateError: None fits.
            DamagedEntryError: An entry cannot be opened.
        """
        now = self._clock()
        known = [o for o in self._all() if nif == o.entry.nif or nif in o.entry.acts_for]
        allowed = [o for o in known if _allows(o.entry, environment)]
        valid = [o for o in allowed if o.entry.is_valid_at(now)]
        if valid:
            return max(valid, key=lambda opened: _rank(opened.entry, nif)).credential
        details = {"nif": nif, "environment": environment}
        if allowed:
            last = max(o.entry.valid_until for o in allowed)
            text = f"every certificate for this NIF is out of date; the last ended {last:%Y-%m-%d}"
        elif known:
            text = f"the certificates for this NIF may not be used in {environment!r}"
        else:
            text = "no certificate speaks for this NIF: add one, or name the NIF it may act for"
        raise NoCertificateError(text, **details)

    def change_key(self, key: bytes) -> None:
        """Seal everything with another master key.

        A crash half-way leaves some entries under each key: call it again with both at hand, on a
        registry opened with the old one.

        Raises:
            DamagedEntryError: An entry cannot be opened; then nothing was changed.
        """
        other = CertificateRegistry(MemoryStore(), key, clock=self._clock)
        names = [*self._names(), _CANARY]
        opened = {name: self._content(name, other) for name in names}
        for name, content in opened.items():
            self._store.write(name, other._seal(name, content))
        self._cipher = other._cipher

    def _content(self, name: str, other: "CertificateRegistry") -> bytes:
        data = self._store.read(name) or b""
        try:
            return self._open(name, data)
        except DamagedEntryError:
            return other._open(name, data)

    def _names(self) -> list[str]:
        return sorted(name for name in self._store.names() if _NAME.fullmatch(name))

    def _all(self) -> list[_Opened]:
        found = []
        for name in self._names():
            data = self._store.read(name)
            if data is not None:
                found.append(self._read(name, data))
        return found

    def _read(self, name: str, data: bytes) -> _Opened:
        opened = self._open(name, data)
        try:
            return _parsed(json.loads(opened), name)
        except (ValueError, KeyError, TypeError, CertificateError) as error:
            raise DamagedEntryError(f"the entry {name[:16]}… cannot be read", entry=name) from error

    def _seal(self, name: str, content: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return _MAGIC + nonce + self._cipher.encrypt(nonce, content, _MAGIC + name.encode())

    def _open(self, name: str, data: bytes) -> bytes:
        start = len(_MAGIC) + _NONCE_BYTES
        nonce, sealed = data[len(_MAGIC) : start], data[start:]
        try:
            if not data.startswith(_MAGIC):
                raise ValueError("another kind of file")
            return self._cipher.decrypt(nonce, sealed, _MAGIC + name.encode())
        except (InvalidTag, ValueError) as error:
            raise DamagedEntryError(
                f"the entry {name[:16]}… was changed, or sealed with another key", entry=name
            ) from error


def _entry(
    credential: Credential, environments: tuple[str, ...], acts_for: tuple[str, ...], label: str
) -> Entry:
    certificate = credential.certificate
    return Entry(
        hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
        holder_of(certificate),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        environments,
        acts_for,
        label,
    )


def _parsed(content: dict[str, list[str]], name: str) -> _Opened:
    key = load_der_private_key(_octets(content["key"]), None)
    certificate = load_der_certificate(_octets(content["certificate"]))
    chain = tuple(load_der_certificate(_octets(above)) for above in content["chain"])
    if key.public_key() != certificate.public_key():
        raise ValueError("the key is another one")
    credential = Credential(certificate, key, chain)  # type: ignore[arg-type]  # what add() took
    environments, acts_for = tuple(content["environments"]), tuple(content["acts_for"])
    entry = _entry(credential, environments, acts_for, str(content["label"]))
    if entry.fingerprint != name:
        raise ValueError("the certificate is another one")
    return _Opened(entry, credential)


def _allows(entry: Entry, environment: str) -> bool:
    return not entry.environments or not environment or environment in entry.environments


def _rank(entry: Entry, nif: str) -> tuple[bool, bool, datetime, str]:
    is_seal = entry.holder.kind is HolderKind.SEAL
    return entry.nif == nif, is_seal, entry.valid_until, entry.fingerprint


def _succeeds(other: Entry, entry: Entry, limit: datetime) -> bool:
    """Whether another certificate does the same and lasts beyond a limit."""
    everywhere = not other.environments
    where = bool(entry.environments) and set(entry.environments) <= set(other.environments)
    return (
        other.nif == entry.nif
        and other.valid_until > limit
        and set(entry.acts_for) <= set(other.acts_for)
        and (everywhere or where)
    )


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


def _octets(text: object) -> bytes:
    return base64.b64decode(str(text), validate=True)
