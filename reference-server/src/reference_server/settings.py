"""Settings from the environment; every one has a default that works on a laptop.

A variable is ``EINVOICE_`` and the name of the field, such as ``EINVOICE_DATA_DIR``.
"""

import os
import secrets
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["AgencyEnvironment", "As4Network", "FaceEnvironment", "Settings"]


class AgencyEnvironment(StrEnum):
    """Which service of the tax agency receives records."""

    TEST = "test"
    PRODUCTION = "production"
    SANDBOX = "sandbox"
    """The address in ``agency_url``."""


class As4Network(StrEnum):
    """Which network the access point of the server belongs to."""

    TEST = "test"
    PRODUCTION = "production"
    SANDBOX = "sandbox"
    """One whose authorities are in ``as4_authorities``, and no other."""


class FaceEnvironment(StrEnum):
    """Which FACe receives invoices for public buyers."""

    STAGING = "staging"
    PRODUCTION = "production"
    SANDBOX = "sandbox"
    """The address in ``face_url``."""


class Settings(BaseSettings):
    """How one server runs.

    Args:
        data_dir: Database, files and keys of an embedded server.
        database_url: SQLAlchemy address; by default a SQLite file in ``data_dir``.
        secret: Signs tokens and encrypts keys at rest; by default made once in ``data_dir``.
        token_minutes: Life of an access token.
        max_body_bytes: Larger requests are refused.
        agency: Which service of the tax agency receives records.
        agency_url: Its address, when ``agency`` is ``sandbox``.
        agency_roots: PEM file with the authority of that address, when it is not a public one.
        declaration: TOML file with the producer's declaration (declaración responsable).
        face: Which FACe receives invoices for public buyers.
        face_url: Its address, when ``face`` is ``sandbox``.
        face_roots: PEM file with the authority of that address, when it is not a public one.
        as4_key: PKCS#12 file of the server's access point; without one there is none.
        as4_key_password: Of that file.
        as4_network: Which network it belongs to.
        as4_authorities: PEM file with the authorities of that network.
        as4_zone: Where its DNS names end, when ``as4_network`` is ``sandbox``.
        as4_dns: Name server to ask, such as ``127.0.0.1:5353``; by default those of the system.
        deliver: Whether a thread sends what is due.
        open_registration: Whether anybody may register a company.
        login_attempts: Wrong passwords for one address and user in five minutes.
    """

    model_config = SettingsConfigDict(env_prefix="EINVOICE_", frozen=True, extra="ignore")

    data_dir: Path = Path("einvoice-data")
    database_url: str = ""
    secret: SecretStr = SecretStr("")
    token_minutes: int = Field(default=60, ge=1, le=24 * 60)
    max_body_bytes: int = 20 * 1024 * 1024
    agency: AgencyEnvironment = AgencyEnvironment.TEST
    agency_url: str = ""
    agency_roots: Path | None = None
    declaration: Path | None = None
    face: FaceEnvironment = FaceEnvironment.STAGING
    face_url: str = ""
    face_roots: Path | None = None
    as4_key: Path | None = None
    as4_key_password: SecretStr = SecretStr("")
    as4_network: As4Network = As4Network.TEST
    as4_authorities: Path | None = None
    as4_zone: str = ""
    as4_dns: str = Field(default="", pattern=r"^([0-9A-Fa-f.:]+:[0-9]{1,5})?$")
    deliver: bool = True
    open_registration: bool = True
    login_attempts: int = 10

    @property
    def database(self) -> str:
        """Address of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'einvoice.db'}"

    @property
    def files(self) -> Path:
        """Folder of the stored files."""
        return self.data_dir / "files"

    @cached_property
    def key(self) -> bytes:
        """The secret as bytes; made and kept in ``data_dir`` when none is given."""
        given = self.secret.get_secret_value()
        if given:
            return given.encode()
        file = self.data_dir / "secret"
        self.data_dir.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return file.read_bytes()
        with os.fdopen(descriptor, "wb") as stream:
            made = secrets.token_urlsafe(32).encode()
            stream.write(made)
            stream.flush()
            os.fsync(stream.fileno())
        return made
