"""The receiver as an ASGI application: mount it in any server, under any path.

Source: ASGI 3.0; OASIS AS4 profile 1.0, section 2.1 (HTTP POST, synchronous answers).
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from as4_peppol.errors import EbmsError
from as4_peppol.intake import Intake
from as4_peppol.receiver import Receiver, Reply

__all__ = ["BODY_SECONDS", "As4App"]

BODY_SECONDS = 600.0
"""So long may the body of a message take."""

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]


class As4App:
    """Answers POST requests with messages; judging runs in a thread beside the loop.

    Args:
        receiver: Does the work.
        body_seconds: How long a body may take; a slower one is given up.
        at_once: Messages that are judged at the same time; others wait.
    """

    def __init__(
        self, receiver: Receiver, *, body_seconds: float = BODY_SECONDS, at_once: int = 8
    ) -> None:
        self._receiver = receiver
        self._body_seconds = body_seconds
        self._turns = asyncio.Semaphore(at_once)

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Serve a request, or the events of the server's life."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        if scope["type"] != "http":
            raise ValueError("this application speaks HTTP")
        if scope["method"] != "POST":
            await _plain(send, 405, b"send messages with POST\n", ((b"allow", b"POST"),))
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        intake: Intake | None = None
        try:
            intake = self._receiver.intake(_header(headers, b"content-type"))
            self._require_room(headers)
            async with asyncio.timeout(self._body_seconds):
                complete = await _take(intake, receive)
        except TimeoutError:
            if intake is not None:
                intake.close()
            await _plain(send, 408, b"the message came too slowly\n")
            return
        except EbmsError as error:
            if intake is not None:
                intake.close()
            await _answer(send, await asyncio.to_thread(self._receiver.refuse, error))
            return
        if not complete:
            intake.close()
            return
        await _answer(send, await self._judge(intake))

    async def _judge(self, intake: Intake) -> Reply:
        async with self._turns:
            try:
                incoming = intake.finish()
            except EbmsError as error:
                intake.close()
                return await asyncio.to_thread(self._receiver.refuse, error)
            return await asyncio.to_thread(self._receiver.answer, incoming)

    def _require_room(self, headers: dict[bytes, bytes]) -> None:
        stated = _header(headers, b"content-length")
        limit = self._receiver.profile.limits.message
        if stated.isdigit() and int(stated) > limit:
            raise EbmsError("EBMS:0007", f"the message has more than {limit} octets")


async def _take(intake: Intake, receive: _Receive) -> bool:
    """Take the body; ``False`` when the sender went away."""
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            return False
        if body := event.get("body", b""):
            intake.feed(body)
        if not event.get("more_body", False):
            return True


def _header(headers: dict[bytes, bytes], name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1")


async def _answer(send: _Send, reply: Reply) -> None:
    kind = reply.content_type.encode("ascii")
    await _plain(send, reply.status, reply.body, ((b"content-type", kind),))


async def _plain(
    send: _Send, status: int, body: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    length = (b"content-length", str(len(body)).encode("ascii"))
    start = {"type": "http.response.start", "status": status, "headers": [*headers, length]}
    await send(start)
    await send({"type": "http.response.body", "body": body})


async def _live(receive: _Receive, send: _Send) -> None:
    while True:
        event = await receive()
        kind = event["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return
