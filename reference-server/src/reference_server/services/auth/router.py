"""Routes of companies, users and certificates."""

from fastapi import APIRouter, Request

from reference_server.context import AppSettings, AppTokens, Db, LoginAttempts
from reference_server.problems import responses
from reference_server.security import CanAdminister, CanRead
from reference_server.services.auth import service
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

__all__ = ["router"]

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/companies", status_code=201, responses=responses(403, 409, 422))
def register(body: Registration, db: Db, settings: AppSettings) -> Company:
    """Register a company and the user who administers it."""
    return service.register(db, settings, body)


@router.post("/login", responses=responses(401, 422, 429))
def log_in(
    body: Login,
    request: Request,
    db: Db,
    settings: AppSettings,
    tokens: AppTokens,
    attempts: LoginAttempts,
) -> Token:
    """Exchange address and password for an access token."""
    address = request.client.host if request.client else ""
    return service.log_in(db, settings, tokens, attempts, address, body)


@router.get("/company", responses=responses(401))
def read_company(caller: CanRead, db: Db) -> Company:
    """Return the caller's company."""
    return service.company(db, caller)


@router.post("/users", status_code=201, responses=responses(401, 403, 409, 422))
def add_user(body: NewUser, caller: CanAdminister, db: Db) -> User:
    """Add a user to the caller's company."""
    return service.add_user(db, caller, body)


@router.put("/certificate", responses=responses(401, 403, 422))
def store_certificate(
    body: CertificateUpload, caller: CanAdminister, db: Db, settings: AppSettings
) -> CertificateInfo:
    """Store the certificate that signs and submits for the company."""
    return service.store_certificate(db, settings, caller, body)
