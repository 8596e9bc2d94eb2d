"""Carries operations to FACe and FACeB2B, one client that waits and one that does not.

Sent again without asking is only what cannot do harm: a request that never left the house, one that
only asks, and one that the service put off (429). After a submission whose answer got lost,
:meth:`Client.resend` sends the same document again; when the service says that it holds it already,
it asks for the invoice and makes sure that it is that one.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, TypeVar

from einvoice_core import http
from einvoice_core.http import AsyncBaseTransport, BaseTransport, Trust
from einvoice_core.signing.xmldsig import Signer
from facturae_es.face.errors import AnswerError, DuplicateError, FaceError, ServiceError
from facturae_es.face.operations import Operation, Service

__all__ = ["AsyncClient", "Client", "Patience"]

T = TypeVar("T")

_MAX_ANSWER = 64 * 1024 * 1024
_DEADLINE_S = 120.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and after how long something is sent again.

    Args:
        attempts: In all.
        first_wait_s: Seconds before the second attempt; each further wait is twice as long.
        longest_wait_s: Of one wait, also when the service asks for more: then the error is handed
            on with ``details["wait_s"]``.
        delay_share: A number from 0 to 1, which makes many clients come apart.
    """

    attempts: int = 3
    first_wait_s: float = 1.0
    longest_wait_s: float = 30.0
    delay_share: Callable[[], float] = random.random

    def wait_s(
        self, attempt: int, error: "FaceError | http.TransportError", *, is_safe: bool
    ) -> float | None:
        """Say how many seconds to wait after a failed attempt; ``None`` to give up."""
        if attempt >= self.attempts or not _may_repeat(error, is_safe=is_safe):
            return None
        asked = error.details.get("wait_s")
        if isinstance(asked, int):
            return float(asked) if asked <= self.longest_wait_s else None
        wait_s = self.first_wait_s * 2.0 ** (attempt - 1) * (0.5 + self.delay_share() / 2)
        return min(wait_s, self.longest_wait_s)


def _may_repeat(error: "FaceError | http.TransportError", *, is_safe: bool) -> bool:
    if isinstance(error, http.TlsError | http.ReplyTooLargeError):
        return False
    if not isinstance(error, http.TransportError | ServiceError | AnswerError):
        return False
    return is_safe or error.details.get("delivery") == "none"


class Client:
    """Carries operations and waits for the answers.

    Args:
        service: To which the operations belong: :class:`~facturae_es.face.rest.Rest`,
            :class:`~facturae_es.face.soap.Soap` and its like.
        signer: Certificate that is registered with FACe, and its key.
        transport: Takes the place of the network.
        trust: Authorities of the service's certificate; by default those of the system.
        timeout_s: Seconds to wait for each piece of an answer.
        patience: When to send again.
        clock: Says what time it is, with its zone.
        sleep: Waits.
    """

    def __init__(
        self,
        service: Service,
        signer: Signer,
        *,
        transport: BaseTransport | None = None,
        trust: Trust | None = None,
        timeout_s: float = 30,
        patience: Patience | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._service, self._signer = service, signer
        self._http = http.client(transport=transport, trust=trust, timeout=timeout_s)
        self._patience, self._clock, self._sleep = patience or Patience(), clock, sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def call(self, operation: Operation[T]) -> T:
        """Ask for something.

        Raises:
            FaceError: The service answers that it will not, or something else than an answer.
            TransportError: No answer came; ``details["delivery"]`` says what may have happened.
            SigningError: The request cannot be signed.
        """
        attempt = 1
        while True:
            try:
                return self._once(operation)
            except (FaceError, http.TransportError) as error:
                wait_s = self._patience.wait_s(attempt, error, is_safe=operation.is_safe)
                if wait_s is None:
                    raise
            self._sleep(wait_s)
            attempt += 1

    def resend(self, operation: Operation[T]) -> T:
        """Send a submission again whose answer got lost.

        Raises:
            DuplicateError: The service holds it already and does not say under which code.
            ConflictError: What the service holds is another invoice.
            FaceError: As for :meth:`call`.
            TransportError: As for :meth:`call`.
        """
        try:
            return self.call(operation)
        except DuplicateError as error:
            return self.call(_recovery(operation, error))

    def _once(self, operation: Operation[T]) -> T:
        made = self._service.protect(operation, self._signer, self._clock())
        request = self._http.build_request(
            made.method, made.url, content=made.body, headers=dict(made.headers)
        )
        reply = http.send(self._http, request, max_bytes=_MAX_ANSWER, deadline_s=_DEADLINE_S)
        return operation.read(reply)


class AsyncClient:
    """Carries operations without blocking; the arguments are those of :class:`Client`."""

    def __init__(
        self,
        service: Service,
        signer: Signer,
        *,
        transport: AsyncBaseTransport | None = None,
        trust: Trust | None = None,
        timeout_s: float = 30,
        patience: Patience | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._service, self._signer = service, signer
        self._http = http.async_client(transport=transport, trust=trust, timeout=timeout_s)
        self._patience, self._clock, self._sleep = patience or Patience(), clock, sleep

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def call(self, operation: Operation[T]) -> T:
        """Ask for something; the errors are those of :meth:`Client.call`."""
        attempt = 1
        while True:
            try:
                return await self._once(operation)
            except (FaceError, http.TransportError) as error:
                wait_s = self._patience.wait_s(attempt, error, is_safe=operation.is_safe)
                if wait_s is None:
                    raise
            await self._sleep(wait_s)
            attempt += 1

    async def resend(self, operation: Operation[T]) -> T:
        """Send a submission again; see :meth:`Client.resend`."""
        try:
            return await self.call(operation)
        except DuplicateError as error:
            return await self.call(_recovery(operation, error))

    async def _once(self, operation: Operation[T]) -> T:
        made = self._service.protect(operation, self._signer, self._clock())
        request = self._http.build_request(
            made.method, made.url, content=made.body, headers=dict(made.headers)
        )
        reply = await http.send_async(
            self._http, request, max_bytes=_MAX_ANSWER, deadline_s=_DEADLINE_S
        )
        return operation.read(reply)


def _recovery(operation: Operation[T], error: DuplicateError) -> Operation[T]:
    code = error.details.get("registry_code")
    if operation.recover is None or not isinstance(code, str) or not code:
        raise error
    return operation.recover(code)
