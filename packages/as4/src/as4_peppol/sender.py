"""Sends messages and proves that they arrived; tries again where that is safe.

The conversation is written once, without I/O (:class:`Exchange`); two thin drivers add the HTTP
client. A message keeps its identifier through all attempts, so a receiver that has it already
answers with the same receipt and delivers nothing twice.

Source: OASIS AS4 profile 1.0, section 3.2 (reception awareness); eDelivery AS4 1.15, section 2.2.3.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import TracebackType
from typing import Self

from cryptography import x509

from as4_peppol.ebms import standard
from as4_peppol.errors import As4Error, ExchangeError
from as4_peppol.intake import take
from as4_peppol.message.records import UserMessage
from as4_peppol.packing import Outbound, Payload, pack
from as4_peppol.profile import Profile
from as4_peppol.security.checking import SignerCheck
from as4_peppol.security.keys import Identity
from as4_peppol.signals import Answer, Reported, check_answer
from einvoice_core import http

__all__ = [
    "AsyncSender",
    "Attempt",
    "Endpoint",
    "Exchange",
    "Outcome",
    "Retries",
    "SendResult",
    "Sender",
]

_MAX_ANSWER_BYTES = 4 * 1024 * 1024


class Outcome(StrEnum):
    """What is known of a message."""

    DELIVERED = "delivered"
    """A receipt proves that it arrived as it was sent."""

    REFUSED = "refused"
    """The receiver does not take it; the same message will not do."""

    UNKNOWN = "unknown"
    """No answer proves anything: it may have arrived."""

    NOT_SENT = "not sent"
    """The receiver has not seen it."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a message goes.

    Args:
        url: Address of the receiving access point.
        certificate: Its certificate: what is encrypted to it only it can read.
    """

    url: str
    certificate: x509.Certificate | None = None


@dataclass(frozen=True, slots=True)
class Retries:
    """How often, and after how long, a message is sent again.

    Args:
        attempts: In all.
        wait_s: Before the second one; it doubles with each further one.
        longest_s: No longer than this.
    """

    attempts: int = 2
    wait_s: float = 10.0
    longest_s: float = 300.0

    def wait(self, made: int) -> float | None:
        """Return the seconds to wait after so many attempts; ``None`` to give up."""
        if made >= self.attempts:
            return None
        return min(self.wait_s * 2.0 ** (made - 1), self.longest_s)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt.

    Args:
        started_at: When it began.
        seconds: How long it took.
        outcome: What it brought.
        detail: Why, in a sentence.
    """

    started_at: datetime
    seconds: float
    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of a message, with the evidence.

    Args:
        outcome: What is known.
        message_id: Of the message.
        request: Its envelope as it was sent.
        answer: What came back and was judged, where anything did.
        errors: What the receiver, or this side (EBMS:0301), reports.
        attempts: All of them, in their order.
        retry: Whether sending the same message again can help.
    """

    outcome: Outcome
    message_id: str
    request: bytes = field(repr=False)
    answer: Answer | None
    errors: tuple[Reported, ...]
    attempts: tuple[Attempt, ...]
    retry: bool

    def require_delivered(self) -> "SendResult":
        """Return this result when the message was delivered.

        Raises:
            ExchangeError: It was not; ``details["retry"]`` says whether to try again.
        """
        if self.outcome is Outcome.DELIVERED:
            return self
        reasons = "; ".join(f"{e.code} {e.name}: {e.detail}" for e in self.errors)
        raise ExchangeError(
            f"the message was not delivered ({self.outcome}): {reasons}",
            retry=self.retry,
            message_id=self.message_id,
            outcome=self.outcome.value,
        )


# Errors of the receiver that may pass by themselves.
_PASSING = {"EBMS:0005", "EBMS:0006", "EBMS:0201", "EBMS:0202"}


class Exchange:
    """One message on its way, without I/O: what to do next follows from what came back.

    Args:
        outbound: The message.
        profile: The same as it was built with.
        trusted: Decides about the signer of the answer.
        known: Certificates that a key identifier or serial number may mean.
        receiver: Certificate of whoever has to sign the receipt.
        retries: How often to try.
        clock: The present, with a time zone.
    """

    def __init__(
        self,
        outbound: Outbound,
        profile: Profile,
        *,
        trusted: SignerCheck,
        known: Sequence[x509.Certificate],
        receiver: x509.Certificate | None,
        retries: Retries,
        clock: Callable[[], datetime],
    ) -> None:
        self._outbound = outbound
        self._profile = profile
        self._trusted = trusted
        self._known = known
        self._receiver = receiver
        self._retries = retries
        self._clock = clock
        self._attempts: list[Attempt] = []
        self._started = clock()
        self.result: SendResult | None = None
        self.wait_s = 0.0

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the request."""
        return {
            "content-type": self._outbound.content_type,
            "content-length": str(self._outbound.size),
        }

    def start(self) -> Iterator[bytes]:
        """Begin an attempt; yields the body."""
        self._started = self._clock()
        return self._outbound.chunks()

    def failed(self, error: http.TransportError) -> None:
        """Take note that no answer came."""
        outcome = Outcome.NOT_SENT if error.delivery == "none" else Outcome.UNKNOWN
        self._note(outcome, error.message)
        self._again(outcome, ())

    def answered(self, reply: http.Reply) -> None:
        """Judge an answer."""
        kind = reply.headers.get("content-type", "")
        try:
            incoming = take(kind, [reply.body], self._profile)
            answer = check_answer(
                self._outbound,
                incoming,
                self._profile,
                trusted=self._trusted,
                known=self._known,
                receiver=self._receiver,
            )
        except As4Error as error:
            detail = f"HTTP {reply.status}: {error.message}"
            self._note(Outcome.UNKNOWN, detail)
            # A server that says so itself, or one in front of it, may do better next time.
            self._again(
                Outcome.UNKNOWN, (Reported("EBMS:0302", "failure", "InvalidReceipt", detail),)
            )
            return
        if answer.receipt is not None:
            self._note(Outcome.DELIVERED)
            self._finish(Outcome.DELIVERED, answer, answer.errors, retry=False)
            return
        text = "; ".join(f"{e.code} {e.detail}" for e in answer.errors)
        self._note(Outcome.REFUSED, text)
        passing = all(e.code in _PASSING for e in answer.errors)
        wait = self._retries.wait(len(self._attempts)) if passing else None
        if wait is None:
            self._finish(Outcome.REFUSED, answer, answer.errors, retry=passing)
        else:
            self.wait_s = wait

    def _note(self, outcome: Outcome, detail: str = "") -> None:
        seconds = (self._clock() - self._started).total_seconds()
        self._attempts.append(Attempt(self._started, seconds, outcome, detail))

    def _again(self, outcome: Outcome, errors: tuple[Reported, ...]) -> None:
        wait = self._retries.wait(len(self._attempts))
        if wait is not None:
            self.wait_s = wait
            return
        # Once the receiver may have seen it, a later attempt that was not sent proves nothing.
        if any(a.outcome is Outcome.UNKNOWN for a in self._attempts):
            outcome = Outcome.UNKNOWN
        missing = standard("EBMS:0301")
        detail = f"no receipt after {len(self._attempts)} attempts: {self._attempts[-1].detail}"
        reported = Reported(missing.code, missing.severity, missing.name, detail)
        self._finish(outcome, None, (*errors, reported), retry=True)

    def _finish(
        self,
        outcome: Outcome,
        answer: Answer | None,
        errors: tuple[Reported, ...],
        *,
        retry: bool,
    ) -> None:
        self.result = SendResult(
            outcome,
            self._outbound.message_id,
            self._outbound.envelope,
            answer,
            errors,
            tuple(self._attempts),
            retry,
        )


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Settings:
    profile: Profile
    identity: Identity
    trusted: SignerCheck
    known: tuple[x509.Certificate, ...]
    retries: Retries
    clock: Callable[[], datetime]

    def exchange(
        self, message: UserMessage, payloads: Sequence[Payload], endpoint: Endpoint
    ) -> tuple[Exchange, Outbound]:
        outbound = pack(message, payloads, self.profile, self.identity, endpoint.certificate)
        known = self.known if endpoint.certificate is None else (endpoint.certificate, *self.known)
        exchange = Exchange(
            outbound,
            self.profile,
            trusted=self.trusted,
            known=known,
            receiver=endpoint.certificate,
            retries=self.retries,
            clock=self.clock,
        )
        return exchange, outbound


class Sender:
    """Sends messages and waits for their receipts.

    Args:
        identity: Who signs.
        profile: What is demanded.
        trusted: Decides about the signers of answers.
        client: HTTP client; by default one with the suite's settings, closed with the sender.
        known: Certificates that a key identifier or serial number may mean.
        retries: How often to try.
        deadline_s: Seconds for one attempt.
        clock: The present, with a time zone.
        sleep: Waits between attempts.
    """

    def __init__(
        self,
        identity: Identity,
        profile: Profile,
        *,
        trusted: SignerCheck,
        client: http.Client | None = None,
        known: Sequence[x509.Certificate] = (),
        retries: Retries = Retries(),
        deadline_s: float = 600.0,
        clock: Callable[[], datetime] = _now,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._settings = _Settings(profile, identity, trusted, tuple(known), retries, clock)
        self._own = client is None
        self._client = client or http.client()
        self._deadline_s = deadline_s
        self._sleep = sleep

    @property
    def identity(self) -> Identity:
        """Who signs."""
        return self._settings.identity

    def send(
        self, message: UserMessage, payloads: Sequence[Payload], endpoint: Endpoint
    ) -> SendResult:
        """Send a message and return what became of it.

        Args:
            message: The header; its payloads are filled in.
            payloads: In their order.
            endpoint: Where it goes.

        Raises:
            PackError: The message cannot be built.
        """
        exchange, outbound = self._settings.exchange(message, payloads, endpoint)
        try:
            while True:
                request = self._client.build_request(
                    "POST", endpoint.url, headers=exchange.headers, content=exchange.start()
                )
                try:
                    reply = http.send(
                        self._client,
                        request,
                        max_bytes=_MAX_ANSWER_BYTES,
                        deadline_s=self._deadline_s,
                    )
                except http.TransportError as error:
                    exchange.failed(error)
                else:
                    exchange.answered(reply)
                if exchange.result is not None:
                    return exchange.result
                self._sleep(exchange.wait_s)
        finally:
            outbound.close()

    def close(self) -> None:
        """Close the client, unless the caller gave it."""
        if self._own:
            self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AsyncSender:
    """The same with ``await``; the arguments are those of :class:`Sender`."""

    def __init__(
        self,
        identity: Identity,
        profile: Profile,
        *,
        trusted: SignerCheck,
        client: http.AsyncClient | None = None,
        known: Sequence[x509.Certificate] = (),
        retries: Retries = Retries(),
        deadline_s: float = 600.0,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._settings = _Settings(profile, identity, trusted, tuple(known), retries, clock)
        self._own = client is None
        self._client = client or http.async_client()
        self._deadline_s = deadline_s

    @property
    def identity(self) -> Identity:
        """Who signs."""
        return self._settings.identity

    async def send(
        self, message: UserMessage, payloads: Sequence[Payload], endpoint: Endpoint
    ) -> SendResult:
        """Send a message and return what became of it; see :meth:`Sender.send`."""
        exchange, outbound = await asyncio.to_thread(
            self._settings.exchange, message, payloads, endpoint
        )
        try:
            while True:
                request = self._client.build_request(
                    "POST",
                    endpoint.url,
                    headers=exchange.headers,
                    content=_asynchronous(exchange.start()),
                )
                try:
                    reply = await http.send_async(
                        self._client,
                        request,
                        max_bytes=_MAX_ANSWER_BYTES,
                        deadline_s=self._deadline_s,
                    )
                except http.TransportError as error:
                    exchange.failed(error)
                else:
                    await asyncio.to_thread(exchange.answered, reply)
                if exchange.result is not None:
                    return exchange.result
                await asyncio.sleep(exchange.wait_s)
        finally:
            outbound.close()

    async def close(self) -> None:
        """Close the client, unless the caller gave it."""
        if self._own:
            await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


async def _asynchronous(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Read from disk and encrypt beside the loop."""
    while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
        yield chunk
