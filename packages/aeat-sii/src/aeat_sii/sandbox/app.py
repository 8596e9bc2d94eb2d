"""The sandbox as an ASGI application.

The certificate of the caller comes through the TLS extension of ASGI: ``extensions["tls"]``, whose
``client_cert_chain`` holds the certificates as PEM, the caller's first.
:func:`aeat_sii.sandbox.serve` fills it in; behind a proxy, the proxy's adapter has to.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509

from aeat_sii.environments import TEST
from aeat_sii.sandbox.faults import Fault, Plan, no_faults
from aeat_sii.sandbox.service import MAX_REQUEST, Service, fault
from einvoice_core.certificates import holder_of

__all__ = ["ABORT", "VERIFACTU_PATH", "AsgiApp", "Receive", "Scope", "Send", "create_app"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

ABORT = "aeat_sii.abort"
"""Extension of ASGI with a function that ends the connection at once, as a network does."""

VERIFACTU_PATH = urlsplit(TEST.verifactu()).path
"""Path of the service, as at the agency."""

_XML = "text/xml; charset=utf-8"


def create_app(service: Service, *, faults: Plan = no_faults, slow_s: int = 3) -> AsgiApp:
    """Make the application.

    Args:
        service: What answers.
        faults: What goes wrong, request by request.
        slow_s: Seconds that a slow answer takes.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"the sandbox speaks HTTP, not {scope['type']}")
        if scope["path"] != VERIFACTU_PATH:
            await _reply(send, 404, b"Not found", "text/plain")
            return
        if scope["method"] != "POST":
            await _reply(send, 405, fault("4135"), _XML)
            return
        body = await _body(receive)
        if body is None:
            await _reply(send, 413, fault("4103", "El mensaje es demasiado grande."), _XML)
            return
        await _play(scope, receive, send, body)

    async def _play(scope: Scope, receive: Receive, send: Send, body: bytes) -> None:
        planned = faults()
        if planned is Fault.SOAP_FAULT:
            await _reply(send, 500, fault("3501", "Fallo ensayado.", server=True), _XML)
            return
        if planned is Fault.UNAVAILABLE:
            await _reply(
                send, 503, b"<html><body>Servicio no disponible</body></html>", "text/html"
            )
            return
        status, answer = service.answer(body, _holder_nif(scope))
        if planned is Fault.LOST_REPLY:
            await _abort(scope, receive)
            return
        if planned is Fault.SLOW:
            await asyncio.sleep(slow_s)
        if planned is Fault.TRUNCATED:
            await _start(send, status, len(answer), _XML)
            half = answer[: len(answer) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            await _abort(scope, receive)
            return
        if planned is Fault.GARBAGE:
            answer = answer[::-1]
        await _reply(send, status, answer, _XML)

    return app


async def _body(receive: Receive) -> bytes | None:
    """Read the request; ``None`` when it is too large."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        part = message.get("body", b"")
        size += len(part)
        if size > MAX_REQUEST:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _holder_nif(scope: Mapping[str, Any]) -> str | None:
    chain = scope.get("extensions", {}).get("tls", {}).get("client_cert_chain") or ()
    for text in chain:
        return holder_of(x509.load_pem_x509_certificate(text.encode("ascii"))).nif
    return None


async def _abort(scope: Mapping[str, Any], receive: Receive) -> None:
    abort = scope.get("extensions", {}).get(ABORT)
    if abort is None:
        raise ConnectionResetError("the sandbox drops the connection, as it was asked to")
    abort()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _start(send: Send, status: int, size: int, kind: str) -> None:
    headers = [(b"content-type", kind.encode()), (b"content-length", str(size).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _reply(send: Send, status: int, body: bytes, kind: str) -> None:
    await _start(send, status, len(body), kind)
    await send({"type": "http.response.body", "body": body})
