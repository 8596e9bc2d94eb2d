"""A double as an ASGI application that plays faults.

The certificate of the caller comes through the TLS extension of ASGI: ``extensions["tls"]``, whose
``client_cert_chain`` holds the certificates as PEM, the caller's first.
:func:`~einvoice_core.testing.service.serve` fills it in; behind a proxy, its adapter has to.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509

from einvoice_core.certificates import Holder, holder_of
from einvoice_core.testing.service.faults import Fault, Plan, no_faults

__all__ = [
    "ABORT",
    "MAX_REQUEST",
    "Answer",
    "Answering",
    "AsgiApp",
    "Call",
    "Receive",
    "Scope",
    "Send",
    "create_app",
    "text_answer",
]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

ABORT = "einvoice_core.abort"
"""Extension of ASGI with a function that ends the connection at once, as a network does."""

MAX_REQUEST = 16 * 1024 * 1024
_HUGE_BYTES = 64 * 1024 * 1024
_HUGE_PART = b" " * (1024 * 1024)


@dataclass(frozen=True, slots=True)
class Call:
    """A complete request.

    Args:
        method: In capitals.
        path: Decoded, from the first stroke on.
        query: As it came, without the question mark.
        headers: By lower-case name; the last one of a name counts.
        body: Octets.
        certificate: That opened the connection, where there is one.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    certificate: x509.Certificate | None = field(default=None, repr=False)

    @property
    def holder(self) -> Holder | None:
        """Who the certificate of the connection was issued to."""
        return holder_of(self.certificate) if self.certificate else None


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete reply."""

    status: int
    body: bytes = field(default=b"", repr=False)
    media_type: str = "text/xml; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


Answering = Callable[[Call], Answer]
"""What a double decides: a request in, an answer out."""


def text_answer(status: int, text: str, media_type: str = "text/plain; charset=utf-8") -> Answer:
    """Make an answer for people."""
    return Answer(status, text.encode(), media_type)


def _failed(call: Call) -> Answer:
    return text_answer(500, "Internal error")


_PAGES = {
    Fault.SERVER_ERROR: text_answer(500, "<html><body>Error interno</body></html>", "text/html"),
    Fault.UNAVAILABLE: text_answer(
        503, "<html><body>Servicio no disponible</body></html>", "text/html"
    ),
}


def create_app(
    answer: Answering,
    *,
    faults: Plan = no_faults,
    slow_s: float = 3,
    wait_s: int = 60,
    screen: Callable[[Call], Answer | None] | None = None,
    failed: Answering = _failed,
    too_large: Answer | None = None,
    max_request: int = MAX_REQUEST,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> AsgiApp:
    """Make the application.

    Args:
        answer: What the double decides. It is called while nothing else of the application runs.
        faults: What goes wrong, request by request.
        slow_s: Seconds that a slow answer takes.
        wait_s: Seconds that a throttled caller is asked to wait.
        screen: Answers what is no request of the service, such as another path; the plan of faults
            does not see it.
        failed: The service's own words for a failure (``Fault.SOAP_FAULT``).
        too_large: The answer to a request beyond ``max_request`` bytes.
        max_request: Bytes.
        sleep: Waits; :meth:`VirtualClock.sleep` does it in no time.
    """
    return _Shell(
        answer,
        faults,
        slow_s,
        wait_s,
        screen or (lambda call: None),
        failed,
        too_large or text_answer(413, "Request too large"),
        max_request,
        sleep,
    )


@dataclass(slots=True)
class _Shell:
    answer: Answering
    faults: Plan
    slow_s: float
    wait_s: int
    screen: Callable[[Call], Answer | None]
    failed: Answering
    too_large: Answer
    max_request: int
    sleep: Callable[[float], Awaitable[object]]
    before: Answer | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"the double speaks HTTP, not {scope['type']}")
        body = await _body(receive, self.max_request)
        if body is None:
            await _reply(send, self.too_large)
            return
        call = _call(scope, body)
        screened = self.screen(call)
        if screened is not None:
            await _reply(send, screened)
            return
        await self._play(self.faults(), call, scope, receive, send)

    async def _play(
        self, fault: Fault | None, call: Call, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if fault is Fault.DOWN:
            await _abort(scope, receive)
            return
        refused = self._untaken(fault, call)
        if refused is not None:
            await _reply(send, refused)
            return
        answer = self.answer(call)
        before, self.before = self.before, answer
        if fault is Fault.LOST_REPLY:
            await _abort(scope, receive)
        elif fault is Fault.TRUNCATED:
            await _start(send, answer, len(answer.body))
            half = answer.body[: len(answer.body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            await _abort(scope, receive)
        elif fault is Fault.HUGE:
            await _reply_without_end(send, answer)
        else:
            if fault is Fault.SLOW:
                await self.sleep(self.slow_s)
            elif fault is Fault.TWICE:
                answer = self.before = self.answer(call)
            elif fault is Fault.ANOTHER and before is not None:
                answer = before
            await _reply(send, _spoiled(answer, fault))

    def _untaken(self, fault: Fault | None, call: Call) -> Answer | None:
        if fault is Fault.SOAP_FAULT:
            return self.failed(call)
        if fault is Fault.THROTTLED:
            text = "Demasiadas peticiones"
            headers = {"retry-after": str(self.wait_s)}
            return Answer(429, text.encode(), "text/plain; charset=utf-8", headers)
        return _PAGES.get(fault) if fault else None


def _spoiled(answer: Answer, fault: Fault | None) -> Answer:
    if fault is Fault.GARBAGE:
        return Answer(answer.status, answer.body[::-1], answer.media_type, answer.headers)
    if fault is Fault.WRONG_CHARSET:
        text = answer.body.decode("utf-8", "replace")
        return Answer(answer.status, text.encode("utf-16-le"), answer.media_type, answer.headers)
    return answer


def _call(scope: Scope, body: bytes) -> Call:
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1")
        for name, value in scope.get("headers", ())
    }
    query = scope.get("query_string", b"").decode("latin-1")
    return Call(scope["method"], scope["path"], query, headers, body, _certificate(scope))


def _certificate(scope: Mapping[str, Any]) -> x509.Certificate | None:
    chain = scope.get("extensions", {}).get("tls", {}).get("client_cert_chain") or ()
    for text in chain:
        return x509.load_pem_x509_certificate(text.encode("ascii"))
    return None


async def _body(receive: Receive, limit: int) -> bytes | None:
    """Read the request; ``None`` when it is too large."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _abort(scope: Mapping[str, Any], receive: Receive) -> None:
    abort = scope.get("extensions", {}).get(ABORT)
    if abort is None:
        raise ConnectionResetError("the double drops the connection, as it was asked to")
    abort()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _start(send: Send, answer: Answer, size: int) -> None:
    headers = {"content-type": answer.media_type, "content-length": str(size), **answer.headers}
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": pairs})


async def _reply(send: Send, answer: Answer) -> None:
    await _start(send, answer, len(answer.body))
    await send({"type": "http.response.body", "body": answer.body})


async def _reply_without_end(send: Send, answer: Answer) -> None:
    await _start(send, answer, len(answer.body) + _HUGE_BYTES)
    await send({"type": "http.response.body", "body": answer.body, "more_body": True})
    for left in range(_HUGE_BYTES // len(_HUGE_PART) - 1, -1, -1):
        await send({"type": "http.response.body", "body": _HUGE_PART, "more_body": left > 0})
