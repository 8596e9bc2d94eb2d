"""One request and how its answer is read, without any I/O."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from einvoice_core.http import Reply
from einvoice_core.signing.xmldsig import Signer

__all__ = ["Operation", "Request", "Service"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request:
    """A request that is ready to be sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """Something to ask a service for.

    Args:
        name: For messages.
        method: Of HTTP.
        url: Where to.
        read: Turns the reply into what it means, or raises a
            :class:`~facturae_es.face.errors.FaceError`.
        body: Without its protection.
        headers: Of HTTP, without the protection.
        is_safe: Whether it changes nothing, so that it may be sent twice.
        recover: For a submission: asks for the invoice that the service says it holds already, and
            makes sure that it is this one.
    """

    name: str
    method: str
    url: str
    read: Callable[[Reply], T]
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    is_safe: bool = True
    recover: "Callable[[str], Operation[T]] | None" = None


class Service(Protocol):
    """A service that operations belong to."""

    def protect(self, operation: Operation[T], signer: Signer, at: datetime) -> Request:
        """Add what proves who is asking."""
