"""The certificate of each company, encrypted at rest by a key made of the server's secret."""

import hashlib
import os
import secrets
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    LargeBinary,
    String,
    Table,
    delete,
    insert,
    select,
)

from einvoice_core.certificates import Credential, load_pkcs12
from reference_server.database import METADATA
from reference_server.errors import ConfigurationError, NotFoundError
from reference_server.settings import Settings

__all__ = ["CREDENTIALS", "load", "nifs", "store"]

CREDENTIALS = Table(
    "credentials",
    METADATA,
    Column("company_id", String(36), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("nif", String(9)),
    Column("valid_until", DateTime(timezone=True), nullable=False),
    Column("stored_at", DateTime(timezone=True), nullable=False),
)

_NONCE = 12
_PASSWORD = 32


def store(
    connection: Connection, settings: Settings, company_id: str, credential: Credential
) -> None:
    """Keep the certificate of a company; an earlier one is replaced."""
    password = secrets.token_hex(_PASSWORD // 2).encode()
    nonce = os.urandom(_NONCE)
    clear = password + credential.to_pkcs12(password)
    sealed = nonce + _cipher(settings).encrypt(nonce, clear, company_id.encode())
    connection.execute(delete(CREDENTIALS).where(CREDENTIALS.c.company_id == company_id))
    connection.execute(
        insert(CREDENTIALS).values(
            company_id=company_id,
            sealed=sealed,
            nif=credential.holder.nif,
            valid_until=credential.certificate.not_valid_after_utc,
            stored_at=datetime.now(UTC),
        )
    )


def load(connection: Connection, settings: Settings, company_id: str) -> Credential:
    """Return the certificate of a company.

    Raises:
        NotFoundError: None was stored.
        ConfigurationError: The server's secret is not the one it was stored with.
    """
    row = connection.execute(
        select(CREDENTIALS.c.sealed).where(CREDENTIALS.c.company_id == company_id)
    ).first()
    if row is None:
        raise NotFoundError("the company has no certificate: store one first")
    sealed: bytes = row.sealed
    try:
        clear = _cipher(settings).decrypt(sealed[:_NONCE], sealed[_NONCE:], company_id.encode())
    except InvalidTag as error:
        raise ConfigurationError("the server's secret does not open the certificate") from error
    return load_pkcs12(clear[_PASSWORD:], clear[:_PASSWORD])


def nifs(connection: Connection) -> frozenset[str]:
    """Return the NIF of every company whose certificate names one."""
    rows = connection.execute(select(CREDENTIALS.c.nif).where(CREDENTIALS.c.nif.is_not(None)))
    return frozenset(str(nif) for (nif,) in rows)


def _cipher(settings: Settings) -> AESGCM:
    return AESGCM(hashlib.sha256(b"credentials" + settings.key).digest())
