"""A transport that plays a script instead of the network, for synchronous and other clients."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from einvoice_core.http import (
    AsyncBaseTransport,
    AsyncByteStream,
    BaseTransport,
    ConnectError,
    ReadTimeout,
    RemoteProtocolError,
    Request,
    Response,
    SyncByteStream,
)

__all__ = ["Exchange", "Scripted", "cut_off", "down", "reply", "slow"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange of the script.

    Args:
        status: Status code of the reply.
        body: Octets of the reply; a function makes them from the request.
        headers: Of the reply.
        check: Looks at the request; it raises when it is not the one expected.
        failure: Raised instead of a reply.
        cut_after: So many octets of the body come before the connection breaks.
    """

    status: int = 200
    body: bytes | Callable[[Request], bytes] = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(
        default_factory=lambda: {"Content-Type": "text/xml; charset=utf-8"}
    )
    check: Callable[[Request], object] | None = None
    failure: Exception | None = None
    cut_after: int | None = None


def reply(body: bytes | Callable[[Request], bytes], status: int = 200) -> Exchange:
    """The service answers."""
    return Exchange(status, body)


def down() -> Exchange:
    """The service cannot be reached."""
    return Exchange(failure=ConnectError("connection refused"))


def slow() -> Exchange:
    """The service does not answer in time."""
    return Exchange(failure=ReadTimeout("timed out"))


def cut_off(body: bytes, after: int) -> Exchange:
    """The connection breaks in the middle of the answer."""
    return Exchange(body=body, cut_after=after)


class Scripted(BaseTransport, AsyncBaseTransport):
    """Answers requests in the order of the script, and remembers them in :attr:`requests`.

    Args:
        exchanges: The script; octets stand for a reply with status 200.
    """

    def __init__(self, exchanges: Iterable[Exchange | bytes] = ()) -> None:
        self._left = [e if isinstance(e, Exchange) else reply(e) for e in exchanges]
        self.requests: list[Request] = []

    @property
    def is_done(self) -> bool:
        """Whether the whole script was played."""
        return not self._left

    def handle_request(self, request: Request) -> Response:
        """Play the next exchange."""
        request.read()
        return self._play(request)

    async def handle_async_request(self, request: Request) -> Response:
        """Play the next exchange."""
        await request.aread()
        return self._play(request)

    def _play(self, request: Request) -> Response:
        self.requests.append(request)
        if not self._left:
            raise AssertionError(f"the script has ended; {request.url} was not expected")
        exchange = self._left.pop(0)
        if exchange.check is not None:
            exchange.check(request)
        if exchange.failure is not None:
            raise exchange.failure
        body = exchange.body(request) if callable(exchange.body) else exchange.body
        return Response(
            exchange.status,
            headers=dict(exchange.headers),
            stream=_Body(body, exchange.cut_after),
            request=request,
        )


class _Body(SyncByteStream, AsyncByteStream):
    def __init__(self, body: bytes, cut_after: int | None) -> None:
        self._body, self._cut_after = body, cut_after

    def __iter__(self) -> Iterator[bytes]:
        if self._cut_after is None:
            yield self._body
            return
        yield self._body[: self._cut_after]
        raise RemoteProtocolError("peer closed connection without sending complete body")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part
