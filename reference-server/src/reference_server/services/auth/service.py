"""Use cases of companies, users and certificates."""

import base64
import binascii
import uuid
from datetime import UTC, datetime

from sqlalchemy.exc import IntegrityError

from einvoice_core.certificates import load_pkcs12
from reference_server import credentials
from reference_server.database import Database
from reference_server.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotAuthenticatedError,
    NotFoundError,
)
from reference_server.parties import party_from_json, party_to_json, require_valid_nif
from reference_server.security import Attempts, Caller, Tokens, hash_password, verify_password
from reference_server.services.auth import repository
from reference_server.services.auth.schemas import (
    CertificateInfo,
    CertificateUpload,
    Company,
    Login,
    NewUser,
    Registration,
    Token,
    User,
)
from reference_server.settings import Settings

__all__ = ["add_user", "company", "log_in", "register", "store_certificate"]


def register(db: Database, settings: Settings, body: Registration) -> Company:
    """Create a company with its first user."""
    if not settings.open_registration:
        raise ForbiddenError("registration is closed on this server")
    nif = require_valid_nif(body.party.tax_identification.nif)
    company_id, now = str(uuid.uuid4()), datetime.now(UTC)
    hashed = hash_password(body.password.get_secret_value())
    try:
        with db.write() as tx:
            repository.add_company(tx, company_id, nif, party_to_json(body.party), now)
            repository.add_user(
                tx, str(uuid.uuid4()), company_id, body.email.lower(), hashed, "admin", now
            )
    except IntegrityError as error:
        raise ConflictError("that address is taken: log in, or use another") from error
    return Company(id=company_id, nif=nif, party=body.party)


def add_user(db: Database, caller: Caller, body: NewUser) -> User:
    """Add a user to the caller's company."""
    user_id, hashed = str(uuid.uuid4()), hash_password(body.password.get_secret_value())
    try:
        with db.write() as tx:
            repository.add_user(
                tx,
                user_id,
                caller.company_id,
                body.email.lower(),
                hashed,
                body.role,
                datetime.now(UTC),
            )
    except IntegrityError as error:
        raise ConflictError("that address is taken: use another") from error
    return User(id=user_id, email=body.email.lower(), role=body.role)


def log_in(
    db: Database, settings: Settings, tokens: Tokens, attempts: Attempts, address: str, body: Login
) -> Token:
    """Exchange address and password for a token."""
    email = body.email.lower()
    key = f"{address} {email}"
    attempts.require_allowed(key)
    with db.read() as tx:
        user = repository.user_by_email(tx, email)
    hashed = user.password if user else None
    if not verify_password(body.password.get_secret_value(), hashed) or user is None:
        attempts.failed(key)
        raise NotAuthenticatedError("address or password are wrong")
    token = tokens.issue(Caller(user.id, user.company_id, user.role))
    return Token(access_token=token, expires_in=settings.token_minutes * 60)


def company(db: Database, caller: Caller) -> Company:
    """Return the caller's company."""
    with db.read() as tx:
        row = repository.company(tx, caller.company_id)
    if row is None:
        raise NotFoundError("the company is not there any more")
    return Company(id=row.id, nif=row.nif, party=party_from_json(row.party))


def store_certificate(
    db: Database, settings: Settings, caller: Caller, body: CertificateUpload
) -> CertificateInfo:
    """Keep the certificate that signs and submits for the company."""
    try:
        data = base64.b64decode(body.pkcs12, validate=True)
    except binascii.Error as error:
        raise InvalidError("pkcs12 is not base64") from error
    credential = load_pkcs12(data, body.password.get_secret_value())
    credential.require_valid_at(datetime.now(UTC))
    holder = credential.holder
    with db.write() as tx:
        credentials.store(tx, settings, caller.company_id, credential)
    return CertificateInfo(
        nif=holder.nif,
        name=holder.name,
        kind=holder.kind.value,
        valid_until=credential.certificate.not_valid_after_utc,
    )
