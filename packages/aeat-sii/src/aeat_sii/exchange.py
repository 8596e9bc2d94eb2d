"""Carries a request over HTTPS with a client certificate, and says why there is no answer.

The two thin drivers, one synchronous and one asynchronous, that the clients of every service share.
"""

import ssl
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

from aeat_sii.conversation import MAX_ANSWER, Request
from aeat_sii.environments import CertificateKind
from aeat_sii.errors import AeatError, CertificateError, ProtocolError, TransportError
from einvoice_core import http
from einvoice_core.certificates import Credential, HolderKind

__all__ = [
    "TIMEOUT_S",
    "AsyncConnected",
    "AsyncExchange",
    "Connected",
    "Exchange",
    "Pages",
    "kind_of",
]

TIMEOUT_S = 60
"""Seconds to wait for a service."""

Q = TypeVar("Q")
P = TypeVar("P")


class Exchange:
    """Sends requests and waits for their replies.

    Args:
        credential: Certificate and key of the taxpayer, its representative or its seal.
        trust: Certificates of the authorities that are trusted, as PEM; by default the system's.
        transport: Takes the place of the network.
        timeout_s: Seconds to wait for the service, at most.
        max_bytes: Size of a reply that is taken.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        trust: bytes | None = None,
        transport: http.BaseTransport | None = None,
        timeout_s: int = TIMEOUT_S,
        max_bytes: int = MAX_ANSWER,
    ) -> None:
        self._timeout_s, self._max_bytes = timeout_s, max_bytes
        self._http = http.client(
            credential=credential, trust=trust, transport=transport, timeout=timeout_s
        )

    def send(self, request: Request) -> http.Reply:
        """Send a request and return what comes back.

        Raises:
            TransportError: No answer; ``details["delivery"]`` says what may have happened.
            CertificateError: One side does not take the certificate of the other.
            ProtocolError: The reply is too large.
        """
        message = self._http.build_request(
            "POST", request.url, content=request.body, headers=dict(request.headers)
        )
        try:
            return http.send(
                self._http, message, max_bytes=self._max_bytes, deadline_s=self._timeout_s
            )
        except http.TransportError as error:
            raise _unanswered(error) from error

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


class AsyncExchange:
    """Sends requests as :class:`Exchange` does, in an event loop.

    Args:
        credential: Certificate and key of the taxpayer, its representative or its seal.
        trust: Certificates of the authorities that are trusted, as PEM; by default the system's.
        transport: Takes the place of the network.
        timeout_s: Seconds to wait for the service, at most.
        max_bytes: Size of a reply that is taken.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        trust: bytes | None = None,
        transport: http.AsyncBaseTransport | None = None,
        timeout_s: int = TIMEOUT_S,
        max_bytes: int = MAX_ANSWER,
    ) -> None:
        self._timeout_s, self._max_bytes = timeout_s, max_bytes
        self._http = http.async_client(
            credential=credential, trust=trust, transport=transport, timeout=timeout_s
        )

    async def send(self, request: Request) -> http.Reply:
        """Send a request and return what comes back; raises as :meth:`Exchange.send`."""
        message = self._http.build_request(
            "POST", request.url, content=request.body, headers=dict(request.headers)
        )
        try:
            return await http.send_async(
                self._http, message, max_bytes=self._max_bytes, deadline_s=self._timeout_s
            )
        except http.TransportError as error:
            raise _unanswered(error) from error

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


class Connected:
    """What a client is in a ``with`` statement: its connections end with the block."""

    _exchange: Exchange

    def close(self) -> None:
        """Close the connections."""
        self._exchange.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AsyncConnected:
    """What a client is in an ``async with`` statement: its connections end with the block."""

    _exchange: AsyncExchange

    async def aclose(self) -> None:
        """Close the connections."""
        await self._exchange.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


class Pages(Generic[Q, P]):
    """A query over all its pages, without I/O: iterate over the queries, and :meth:`take` pages.

    Args:
        query: For the first page.
        following: Makes the query for the page after one; ``None`` after the last.
    """

    def __init__(self, query: Q, following: Callable[[Q, P], Q | None]) -> None:
        self._next: Q | None = query
        self._following = following
        self.pages: list[P] = []

    def __iter__(self) -> Iterator[Q]:
        while self._next is not None:
            yield self._next

    def take(self, query: Q, page: P) -> None:
        """Take the answer to a query."""
        self.pages.append(page)
        self._next = self._following(query, page)


def kind_of(credential: Credential) -> CertificateKind:
    """Tell which address a certificate goes to."""
    is_seal = credential.holder.kind is HolderKind.SEAL
    return CertificateKind.SEAL if is_seal else CertificateKind.PERSONAL


def _unanswered(error: http.TransportError) -> AeatError:
    """Say in our terms why there is no answer."""
    details = dict(error.details)
    if isinstance(error, http.TlsError):
        if _is_about_certificates(error):
            return CertificateError(f"no trusted connection: {error.message}", **details)
        # A connection that ends without the farewell of TLS may end in the middle of an answer.
        details["delivery"] = "unknown"
    if isinstance(error, http.ReplyTooLargeError):
        return ProtocolError(error.message, **details)
    return TransportError(f"no answer from the service: {error.message}", **details)


def _is_about_certificates(error: BaseException) -> bool:
    """Whether one side refused the certificate of the other, so that nothing was processed."""
    current: BaseException | None = error
    while current is not None:
        if isinstance(current, ssl.SSLCertVerificationError):
            return True
        if isinstance(current, ssl.SSLError) and "ALERT" in (current.reason or ""):
            return True
        current = current.__cause__ or current.__context__
    return False
