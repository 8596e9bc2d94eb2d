"""What the service of companies and users takes and answers."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from facturae_es.model import Party

__all__ = [
    "CertificateInfo",
    "CertificateUpload",
    "Company",
    "Login",
    "NewUser",
    "Registration",
    "Token",
    "User",
]

_Email = Annotated[str, Field(pattern=r"^[^@\s]{1,64}@[^@\s]{1,180}$", max_length=254)]
_Password = Annotated[SecretStr, Field(min_length=12, max_length=128)]
_Role = Literal["admin", "clerk", "reader"]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Registration(_Body):
    """A company and its first user, who administers it."""

    party: Party
    email: _Email
    password: _Password


class NewUser(_Body):
    """Another user of the caller's company."""

    email: _Email
    password: _Password
    role: _Role = "clerk"


class Login(_Body):
    """Who wants a token."""

    email: _Email
    password: Annotated[SecretStr, Field(max_length=128)]


class Token(_Body):
    """An access token, to be sent as ``Authorization: Bearer``."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the name of the scheme
    expires_in: int


class User(_Body):
    """A user."""

    id: str
    email: str
    role: str


class Company(_Body):
    """A company and how it appears on its invoices."""

    id: str
    nif: str
    party: Party


class CertificateUpload(_Body):
    """A PKCS#12 file in base64, and its password."""

    pkcs12: Annotated[str, Field(max_length=1_400_000)]
    password: SecretStr


class CertificateInfo(_Body):
    """Whom the stored certificate speaks for, and until when."""

    nif: str | None
    name: str
    kind: str
    valid_until: datetime
