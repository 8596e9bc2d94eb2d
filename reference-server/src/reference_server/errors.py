"""What the server itself can refuse; errors of the packages keep their own codes.

ServerError                     server
├── NotAuthenticatedError       server.not_authenticated
├── ForbiddenError              server.forbidden
├── NotFoundError               server.not_found
├── ConflictError               server.conflict
│   ├── ImmutableError          server.immutable
│   ├── IdempotencyError        server.idempotency
│   └── ChangedError            server.changed
├── InvalidError                server.invalid
├── TooLargeError               server.too_large
├── TooManyError                server.too_many
├── FullDiskError               server.full_disk       (in ``files``)
├── DamagedFileError            server.damaged_file    (in ``files``)
├── NotDeliveredError           server.not_delivered
└── ConfigurationError          server.configuration
"""

from typing import ClassVar

from einvoice_core.errors import EInvoiceError

__all__ = [
    "ChangedError",
    "ConfigurationError",
    "ConflictError",
    "ForbiddenError",
    "IdempotencyError",
    "ImmutableError",
    "InvalidError",
    "NotAuthenticatedError",
    "NotDeliveredError",
    "NotFoundError",
    "ServerError",
    "TooLargeError",
    "TooManyError",
]


class ServerError(EInvoiceError):
    """The server cannot do what was asked."""

    code = "server"
    status: ClassVar[int] = 500
    """HTTP status of the answer."""


class NotAuthenticatedError(ServerError):
    """Nobody, or nobody known, asks."""

    code = "server.not_authenticated"
    status = 401


class ForbiddenError(ServerError):
    """The one who asks may not do this."""

    code = "server.forbidden"
    status = 403


class NotFoundError(ServerError):
    """There is no such thing, or not for this company."""

    code = "server.not_found"
    status = 404


class ConflictError(ServerError):
    """The thing is not in a state that allows this."""

    code = "server.conflict"
    status = 409


class ImmutableError(ConflictError):
    """An issued invoice is never changed: issue a corrective one."""

    code = "server.immutable"


class IdempotencyError(ConflictError):
    """The idempotency key was used for another request."""

    code = "server.idempotency"


class ChangedError(ConflictError):
    """Somebody changed it since it was read."""

    code = "server.changed"
    status = 412


class InvalidError(ServerError):
    """What was sent is well-formed and wrong; ``details`` says where."""

    code = "server.invalid"
    status = 422


class TooLargeError(ServerError):
    """What was sent is larger than the server takes."""

    code = "server.too_large"
    status = 413


class TooManyError(ServerError):
    """Too many attempts in a short time."""

    code = "server.too_many"
    status = 429


class ConfigurationError(ServerError):
    """A setting is missing or wrong."""

    code = "server.configuration"


class NotDeliveredError(ServerError):
    """An authority gave no answer, or will not take what is sent until somebody looks."""

    code = "server.not_delivered"
    status = 502
