"""Who is calling, and what they may do.

Tokens are signed with HMAC SHA-256 (joserfc) and name user, company and role. Passwords are kept as
Argon2id; as many are computed at once as there are cores, so that a rush of logins cannot take all
the memory.
"""

import hashlib
import os
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from reference_server.errors import ForbiddenError, NotAuthenticatedError, TooManyError
from reference_server.settings import Settings

__all__ = [
    "Attempts",
    "Caller",
    "CanAdminister",
    "CanRead",
    "CanWrite",
    "Tokens",
    "hash_password",
    "verify_password",
]

_PERMISSIONS = {
    "admin": frozenset({"read", "write", "administer"}),
    "clerk": frozenset({"read", "write"}),
    "reader": frozenset({"read"}),
}
"""What each role may do."""

_ISSUER = "einvoice"


@dataclass(frozen=True, slots=True)
class Caller:
    """The user behind a request."""

    user_id: str
    company_id: str
    role: str

    def may(self, permission: str) -> bool:
        """Tell whether the role allows something."""
        return permission in _PERMISSIONS.get(self.role, frozenset())


class Tokens:
    """Makes and reads access tokens.

    Args:
        settings: Secret and life of the tokens.
        clock: The present, in UTC.
    """

    def __init__(
        self, settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._key = OctKey.import_key(hashlib.sha256(b"token" + settings.key).digest())
        self._life = timedelta(minutes=settings.token_minutes)
        self._clock = clock

    def issue(self, caller: Caller) -> str:
        """Make a token."""
        now = self._clock()
        claims = {
            "iss": _ISSUER,
            "sub": caller.user_id,
            "company": caller.company_id,
            "role": caller.role,
            "iat": int(now.timestamp()),
            "exp": int((now + self._life).timestamp()),
        }
        return jwt.encode({"alg": "HS256"}, claims, self._key, algorithms=["HS256"])

    def read(self, token: str) -> Caller:
        """Return who a token speaks for.

        Raises:
            NotAuthenticatedError: It was not made here, was changed, or has expired.
        """
        try:
            claims = jwt.decode(token, self._key, algorithms=["HS256"]).claims
            registry = jwt.JWTClaimsRegistry(
                now=lambda: int(self._clock().timestamp()),
                iss={"essential": True, "value": _ISSUER},
                sub={"essential": True},
                exp={"essential": True},
            )
            registry.validate(claims)
            return Caller(str(claims["sub"]), str(claims["company"]), str(claims["role"]))
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise NotAuthenticatedError("the token is not valid: log in again") from error


def _caller(request: Request) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticatedError("send the header 'Authorization: Bearer <token>'")
    tokens: Tokens = request.app.state.tokens
    return tokens.read(token.strip())


def _need(permission: str) -> Callable[[Caller], Caller]:
    def allowed(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
        if not caller.may(permission):
            raise ForbiddenError(f"the role {caller.role!r} may not {permission}")
        return caller

    return allowed


CanRead = Annotated[Caller, Depends(_need("read"))]
CanWrite = Annotated[Caller, Depends(_need("write"))]
CanAdminister = Annotated[Caller, Depends(_need("administer"))]

_hashing = threading.BoundedSemaphore(os.cpu_count() or 1)


def hash_password(password: str) -> str:
    """Hash a password with Argon2id (19 MiB, two passes, one lane)."""
    with _hashing:
        return str(_hasher().hash(password))


def verify_password(password: str, hashed: str | None) -> bool:
    """Check a password; as slow for a user that does not exist as for one that does."""
    with _hashing:
        if hashed is None:
            _hasher().hash(password)
            return False
        return bool(_hasher().verify(password, hashed))


def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))


class Attempts:
    """Counts failed logins in a moving window.

    Args:
        limit: Failures allowed in ``window_s`` seconds.
        window_s: Length of the window.
        clock: Seconds that only grow.
    """

    def __init__(
        self, limit: int, window_s: float = 300, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._window = window_s
        self._clock = clock
        self._failures: dict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def require_allowed(self, key: str) -> None:
        """Refuse when there were too many failures.

        Raises:
            TooManyError: With the seconds to wait in ``details``.
        """
        with self._lock:
            failures = self._fresh(key)
            if len(failures) >= self._limit:
                wait = int(self._window - (self._clock() - failures[0])) + 1
                raise TooManyError(f"too many failed logins: wait {wait} s", wait_s=wait)

    def failed(self, key: str) -> None:
        """Count a failure."""
        with self._lock:
            self._fresh(key).append(self._clock())

    def _fresh(self, key: str) -> deque[float]:
        if len(self._failures) > 10_000:
            self._failures.clear()
        failures = self._failures[key]
        while failures and failures[0] < self._clock() - self._window:
            failures.popleft()
        return failures
