"""HTTP as the suite speaks it: client certificates, limits, no redirects, errors that say enough.

The only module that names the HTTP library; the others take its names from here.

TransportError              http.transport     (``details["delivery"]``: "none" or "unknown")
├── UnreachableError        http.unreachable   (nothing was sent)
├── TlsError                http.tls           (one side does not take the other's certificate)
├── TimedOutError           http.timed_out
├── CutOffError             http.cut_off       (the reply ended early or was not HTTP)
└── ReplyTooLargeError      http.too_large
"""

import os
import secrets
import ssl
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

import httpx2
from httpx2 import (
    ASGITransport,
    AsyncBaseTransport,
    AsyncByteStream,
    AsyncClient,
    BaseTransport,
    Client,
    ConnectError,
    Headers,
    ReadTimeout,
    RemoteProtocolError,
    Request,
    Response,
    SyncByteStream,
    Timeout,
)

from einvoice_core.errors import EInvoiceError

if TYPE_CHECKING:
    from einvoice_core.certificates import Credential

__all__ = [
    "MAX_REPLY_BYTES",
    "TIMEOUT",
    "ASGITransport",
    "AsyncBaseTransport",
    "AsyncByteStream",
    "AsyncClient",
    "BaseTransport",
    "Client",
    "ConnectError",
    "CutOffError",
    "Headers",
    "ReadTimeout",
    "RemoteProtocolError",
    "Reply",
    "ReplyTooLargeError",
    "Request",
    "Response",
    "Retry",
    "SyncByteStream",
    "TimedOutError",
    "Timeout",
    "TlsError",
    "TransportError",
    "Trust",
    "UnreachableError",
    "async_client",
    "client",
    "send",
    "send_async",
    "tls_context",
]

TIMEOUT = Timeout(30.0, connect=10.0)
"""Seconds to wait for a connection, and for each piece of the reply."""

MAX_REPLY_BYTES = 32 * 1024 * 1024
_DEADLINE_S = 120.0

Retry = Callable[[int, "TransportError"], float | None]
"""Gets the number of the failed attempt and its error; says how many seconds to wait before the
next attempt, or ``None`` to give up. It knows whether the request may be sent twice; we do not."""

Trust = bytes | str | Path | Sequence[bytes | str | Path]


class TransportError(EInvoiceError):
    """A request brought no complete reply."""

    code = "http.transport"
    delivery: ClassVar[str] = "unknown"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message, **{"delivery": self.delivery, **details})


class UnreachableError(TransportError):
    """No connection could be made; nothing was sent."""

    code = "http.unreachable"
    delivery = "none"


class TlsError(TransportError):
    """One side does not take the certificate of the other; nothing was processed."""

    code = "http.tls"
    delivery = "none"


class TimedOutError(TransportError):
    """The reply did not come in time."""

    code = "http.timed_out"


class CutOffError(TransportError):
    """The reply ended before its end, or was not HTTP."""

    code = "http.cut_off"


class ReplyTooLargeError(TransportError):
    """The reply is larger than the caller reads."""

    code = "http.too_large"


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete reply.

    Args:
        status: Status code.
        body: Octets, decompressed.
        headers: By lower-case name.
    """

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


def client(
    *,
    credential: "Credential | None" = None,
    timeout: Timeout | float = TIMEOUT,
    trust: Trust | None = None,
    transport: BaseTransport | None = None,
    retries: int = 0,
    base_url: str = "",
    headers: Mapping[str, str] | None = None,
    proxy: str | None = None,
    context: ssl.SSLContext | None = None,
) -> Client:
    """Make a client; close it, or use it in a ``with`` statement.

    Args:
        credential: Certificate and key that the client shows to servers.
        timeout: Seconds, or one number for each phase.
        trust: Certificates of the authorities that are trusted, as PEM octets or files; by default
            those of the system.
        transport: Takes the place of the network; then credential and trust are not used.
        retries: How often a connection that could not be made is tried again.
        base_url: Put before relative addresses.
        headers: Sent with each request.
        proxy: Address of a proxy; the environment is not asked.
        context: TLS settings in place of credential and trust: those of :func:`tls_context` with
            other versions or cipher suites.

    Raises:
        TlsError: Credential or trust cannot be used.
    """
    if transport is None:
        transport = httpx2.HTTPTransport(
            verify=context or tls_context(credential, trust),
            retries=retries,
            trust_env=False,
            proxy=proxy,
        )
    return Client(
        transport=transport,
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
        base_url=base_url,
        headers=headers,
    )


def async_client(
    *,
    credential: "Credential | None" = None,
    timeout: Timeout | float = TIMEOUT,
    trust: Trust | None = None,
    transport: AsyncBaseTransport | None = None,
    retries: int = 0,
    base_url: str = "",
    headers: Mapping[str, str] | None = None,
    proxy: str | None = None,
    context: ssl.SSLContext | None = None,
) -> AsyncClient:
    """Make an asynchronous client; the arguments are those of :func:`client`.

    Raises:
        TlsError: Credential or trust cannot be used.
    """
    if transport is None:
        transport = httpx2.AsyncHTTPTransport(
            verify=context or tls_context(credential, trust),
            retries=retries,
            trust_env=False,
            proxy=proxy,
        )
    return AsyncClient(
        transport=transport,
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
        base_url=base_url,
        headers=headers,
    )


def tls_context(
    credential: "Credential | None" = None, trust: Trust | None = None
) -> ssl.SSLContext:
    """Make the TLS settings of a client: TLS 1.2 or newer, host names checked.

    Raises:
        TlsError: Credential or trust cannot be used.
    """
    try:
        if trust is None:
            context = httpx2.create_ssl_context(trust_env=False)
        else:
            context = ssl.create_default_context(cadata=_pem(trust))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if credential is not None:
            _load(context, credential)
    except (ssl.SSLError, OSError, ValueError) as error:
        raise TlsError(f"the certificates cannot be used for TLS: {error}") from error
    return context


def _pem(trust: Trust) -> str:
    files = [trust] if isinstance(trust, bytes | str | Path) else trust
    parts = [file if isinstance(file, bytes) else Path(file).read_bytes() for file in files]
    return b"\n".join(parts).decode("ascii")


def _load(context: ssl.SSLContext, credential: "Credential") -> None:
    """Give the key to OpenSSL, which reads files only.

    The file is encrypted with a password that nobody else learns, readable by its owner alone, and
    gone when this returns.
    """
    password = secrets.token_bytes(32).hex().encode("ascii")
    descriptor, name = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(credential.to_pem(password))
        context.load_cert_chain(name, password=password)
    finally:
        Path(name).unlink()


def send(
    to: Client,
    request: Request,
    *,
    max_bytes: int = MAX_REPLY_BYTES,
    deadline_s: float = _DEADLINE_S,
    retry: Retry | None = None,
    sleep: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Reply:
    """Send a request and read the whole reply.

    Args:
        to: The client.
        request: Made by ``to.build_request``.
        max_bytes: A larger reply is refused.
        deadline_s: Seconds for one attempt, however slowly the reply drips in.
        retry: Decides about further attempts; by default there are none.
        sleep: Waits between attempts.
        clock: Says how the time passes.

    Raises:
        TransportError: One of its kinds says why there is no complete reply.
    """
    attempt = 1
    while True:
        try:
            return _send_once(to, request, max_bytes, clock() + deadline_s, clock)
        except TransportError as error:
            wait_s = retry(attempt, error) if retry else None
            if wait_s is None:
                raise
        sleep(wait_s)
        attempt += 1


def _send_once(
    to: Client, request: Request, max_bytes: int, end: float, clock: Callable[[], float]
) -> Reply:
    try:
        response = to.send(request, stream=True)
        try:
            intake = _Intake(max_bytes, end, clock)
            for chunk in response.iter_bytes():
                intake.take(chunk)
        finally:
            response.close()
    except (httpx2.HTTPError, httpx2.StreamError, ssl.SSLError) as error:
        raise _translated(error, request) from error
    return intake.reply(response)


async def send_async(
    to: AsyncClient,
    request: Request,
    *,
    max_bytes: int = MAX_REPLY_BYTES,
    deadline_s: float = _DEADLINE_S,
    clock: Callable[[], float] = time.monotonic,
) -> Reply:
    """Send a request and read the whole reply, as :func:`send` does, without further attempts.

    Raises:
        TransportError: One of its kinds says why there is no complete reply.
    """
    intake = _Intake(max_bytes, clock() + deadline_s, clock)
    try:
        response = await to.send(request, stream=True)
        try:
            async for chunk in response.aiter_bytes():
                intake.take(chunk)
        finally:
            await response.aclose()
    except (httpx2.HTTPError, httpx2.StreamError, ssl.SSLError) as error:
        raise _translated(error, request) from error
    return intake.reply(response)


class _Intake:
    """Takes in a reply piece by piece and stops when it is too much or too late."""

    def __init__(self, max_bytes: int, end: float, clock: Callable[[], float]) -> None:
        self._left = max_bytes
        self._limit, self._end, self._clock = max_bytes, end, clock
        self._chunks: list[bytes] = []

    def take(self, chunk: bytes) -> None:
        self._left -= len(chunk)
        if self._left < 0:
            raise ReplyTooLargeError(
                f"the reply has more than {self._limit} bytes", limit=self._limit
            )
        if self._clock() > self._end:
            raise TimedOutError("the reply comes too slowly")
        self._chunks.append(chunk)

    def reply(self, response: Response) -> Reply:
        headers = MappingProxyType(dict(response.headers))
        return Reply(response.status_code, b"".join(self._chunks), headers)


def _translated(error: Exception, request: Request) -> TransportError:
    host = request.url.host
    if _is_tls(error):
        return TlsError(f"the TLS handshake with {host} failed: {error}", host=host)
    match error:
        case httpx2.ConnectTimeout() | httpx2.PoolTimeout():
            return UnreachableError(f"{host} did not accept a connection in time", host=host)
        case httpx2.TimeoutException():
            return TimedOutError(f"{host} did not reply in time", host=host)
        case httpx2.ConnectError() | httpx2.UnsupportedProtocol() | httpx2.ProxyError():
            return UnreachableError(f"no connection to {host}: {error}", host=host)
        case httpx2.DecodingError() | httpx2.ProtocolError() | httpx2.NetworkError():
            return CutOffError(f"the reply of {host} broke off: {error}", host=host)
        case _:
            return TransportError(f"no reply from {host}: {error}", host=host)


def _is_tls(error: BaseException) -> bool:
    current: BaseException | None = error
    while current is not None:
        if isinstance(current, ssl.SSLError):
            return True
        current = current.__cause__ or current.__context__
    return False
