"""Looks participants up: asks the DNS and the publishers, and says which access point takes what.

What to ask and how to judge the answers is :mod:`as4_peppol.peppol.lookup`; here are the two that
ask, one that waits and one with ``await``.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar, cast

from as4_peppol.errors import As4Error
from as4_peppol.peppol.identifiers import DocumentTypeId, ParticipantId, ProcessId
from as4_peppol.peppol.locator import SERVICE, LookupFailedError, Resolver
from as4_peppol.peppol.lookup import CACHE_SECONDS, Ask, Get, Lookup, Steps
from as4_peppol.peppol.smp import AS4_PROFILE, ServiceGroup, ServiceMetadata
from as4_peppol.peppol.trust import PeppolTrust
from as4_peppol.sender import Endpoint
from einvoice_core import http

__all__ = ["CACHE_SECONDS", "AsyncDiscovery", "Discovery"]

_MAX_BYTES = 4 * 1024 * 1024
T = TypeVar("T")


def _now() -> datetime:
    return datetime.now(UTC)


class _Walk(Generic[T]):
    """A look-up on its way: one step after another, until there is a result."""

    def __init__(self, steps: Steps[T]) -> None:
        self._steps = steps
        self._result: T | None = None

    @property
    def result(self) -> T:
        """What it found, once there is nothing more to ask."""
        return cast("T", self._result)

    def on(self, answer: Any = None, error: As4Error | None = None) -> Ask | None:  # noqa: ANN401 - a reply or records
        """Go on with an answer, or with why there is none; ``None`` at the end."""
        try:
            if error is not None:
                return self._steps.throw(error)
            return self._steps.send(answer)
        except StopIteration as done:
            self._result = done.value
            return None


class Discovery:
    """Looks participants up.

    Args:
        zone: Where the DNS names end; :func:`as4_peppol.peppol.trust.zone_of` knows.
        resolver: Asks the DNS.
        client: HTTP client.
        trust: Decides about publishers and access points.
        services: Which publishers are understood: those of Peppol and OASIS SMP 1.0, which speak
            alike, unless told otherwise; :data:`~as4_peppol.peppol.locator.SERVICE_2` are those of
            OASIS SMP 2.0.
        profile: Transport profile of the endpoints.
        plain_http: Whether addresses without TLS are asked; for sandboxes only.
        clock: The present, with a time zone.
        timer: Says how the time passes, for the cache.
    """

    def __init__(
        self,
        zone: str,
        resolver: Resolver,
        client: http.Client,
        trust: PeppolTrust,
        *,
        services: Sequence[str] = (SERVICE,),
        profile: str = AS4_PROFILE,
        plain_http: bool = False,
        clock: Callable[[], datetime] = _now,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resolver, self._client = resolver, client
        self._lookup = Lookup.new(
            zone,
            trust,
            clock=clock,
            timer=timer,
            services=services,
            profile=profile,
            plain_http=plain_http,
        )

    def find(
        self, participant: ParticipantId, document_type: DocumentTypeId, process: ProcessId
    ) -> Endpoint:
        """Return the access point that takes a document for a participant.

        Raises:
            NotRegisteredError: The participant is unknown, or does not take the document in that
                process now.
            LookupFailedError: Something did not answer; it says nothing about the participant.
            MetadataRefusedError: An answer cannot be relied on.
            NotTrustedError: The access point's certificate is not one of the network.
        """
        return self._walk(self._lookup.find(participant, document_type, process))

    def group(self, participant: ParticipantId) -> ServiceGroup:
        """Return which documents a participant takes; it raises what :meth:`find` raises."""
        return self._walk(self._lookup.group(participant))

    def metadata(
        self, participant: ParticipantId, document_type: DocumentTypeId
    ) -> ServiceMetadata:
        """Return how a participant takes a document; it raises what :meth:`find` raises."""
        return self._walk(self._lookup.metadata(participant, document_type))

    def _walk(self, steps: Steps[T]) -> T:
        walk = _Walk(steps)
        asked = walk.on()
        while asked is not None:
            try:
                answer = self._ask(asked)
            except As4Error as error:
                asked = walk.on(error=error)
            else:
                asked = walk.on(answer)
        return walk.result

    def _ask(self, asked: Ask) -> object:
        if not isinstance(asked, Get):
            return self._resolver.naptr(asked.name)
        request = self._client.build_request("GET", asked.address)
        try:
            return http.send(self._client, request, max_bytes=_MAX_BYTES)
        except http.TransportError as error:
            raise _silent(error) from error


class AsyncDiscovery:
    """The same with ``await``; the arguments are those of :class:`Discovery`.

    The resolver, and what the trust asks about revocation, run in threads beside the loop.
    """

    def __init__(
        self,
        zone: str,
        resolver: Resolver,
        client: http.AsyncClient,
        trust: PeppolTrust,
        *,
        services: Sequence[str] = (SERVICE,),
        profile: str = AS4_PROFILE,
        plain_http: bool = False,
        clock: Callable[[], datetime] = _now,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resolver, self._client = resolver, client
        self._lookup = Lookup.new(
            zone,
            trust,
            clock=clock,
            timer=timer,
            services=services,
            profile=profile,
            plain_http=plain_http,
        )

    async def find(
        self, participant: ParticipantId, document_type: DocumentTypeId, process: ProcessId
    ) -> Endpoint:
        """Return the access point that takes a document; see :meth:`Discovery.find`."""
        return await self._walk(self._lookup.find(participant, document_type, process))

    async def group(self, participant: ParticipantId) -> ServiceGroup:
        """Return which documents a participant takes; see :meth:`Discovery.find`."""
        return await self._walk(self._lookup.group(participant))

    async def metadata(
        self, participant: ParticipantId, document_type: DocumentTypeId
    ) -> ServiceMetadata:
        """Return how a participant takes a document; see :meth:`Discovery.find`."""
        return await self._walk(self._lookup.metadata(participant, document_type))

    async def _walk(self, steps: Steps[T]) -> T:
        walk = _Walk(steps)
        asked = await asyncio.to_thread(walk.on)
        while asked is not None:
            try:
                answer = await self._ask(asked)
            except As4Error as error:
                asked = await asyncio.to_thread(walk.on, None, error)
            else:
                asked = await asyncio.to_thread(walk.on, answer)
        return walk.result

    async def _ask(self, asked: Ask) -> object:
        if not isinstance(asked, Get):
            return await asyncio.to_thread(self._resolver.naptr, asked.name)
        request = self._client.build_request("GET", asked.address)
        try:
            return await http.send_async(self._client, request, max_bytes=_MAX_BYTES)
        except http.TransportError as error:
            raise _silent(error) from error


def _silent(error: http.TransportError) -> LookupFailedError:
    return LookupFailedError(f"the publisher did not answer: {error.message}")
