"""From a participant and a document to the access point that takes it.

Three questions: the DNS says where the metadata are, their publisher says which access point takes
the document, and its certificate is checked before anything is encrypted to it.
An outage never reads as "does not take it".

Source: Peppol SMP specification 1.4.0, SML specification 1.3.0.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar, cast

from cryptography import x509

from as4_peppol.peppol.identifiers import DocumentTypeId, ParticipantId, ProcessId
from as4_peppol.peppol.locator import (
    LookupFailedError,
    NotRegisteredError,
    Resolver,
    locate,
)
from as4_peppol.peppol.smp import (
    MetadataRefusedError,
    Redirect,
    ServiceGroup,
    ServiceMetadata,
    best_document_type,
    choose,
    read_group,
    read_metadata,
)
from as4_peppol.peppol.trust import NotTrustedError, PeppolTrust
from as4_peppol.sender import Endpoint
from einvoice_core import http

__all__ = ["CACHE_SECONDS", "Discovery"]

CACHE_SECONDS = 300.0
"""So long an answer is used again."""

_MAX_BYTES = 4 * 1024 * 1024
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Kept:
    until_s: float
    answer: object


def _now() -> datetime:
    return datetime.now(UTC)


class Discovery:
    """Looks participants up.

    Args:
        zone: Where the DNS names end; :func:`as4_peppol.peppol.trust.zone_of` knows.
        resolver: Asks the DNS.
        client: HTTP client.
        trust: Decides about publishers and access points.
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
        plain_http: bool = False,
        clock: Callable[[], datetime] = _now,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._zone, self._resolver = zone, resolver
        self._client, self._trust = client, trust
        self._plain_http = plain_http
        self._clock, self._timer = clock, timer
        self._known: dict[tuple[str, ...], _Kept] = {}

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
        metadata = self.metadata(participant, document_type)
        endpoint = choose(metadata, process, self._clock())
        if endpoint is None:
            raise NotRegisteredError(
                f"{participant} takes {document_type} in no endpoint of {process} now"
            )
        if endpoint.certificate is None:
            raise MetadataRefusedError("the endpoint has no certificate that can be read")
        self._trust.access_point(endpoint.certificate)
        self._require_address(endpoint.address)
        return Endpoint(endpoint.address, endpoint.certificate)

    def group(self, participant: ParticipantId) -> ServiceGroup:
        """Return which documents a participant takes; it raises what :meth:`find` raises."""

        def ask() -> ServiceGroup:
            body = self._get(f"{self._publisher(participant)}/{participant.encoded}")
            return read_group(body, participant)

        return self._cached(("group", participant.key), ask)

    def metadata(
        self, participant: ParticipantId, document_type: DocumentTypeId
    ) -> ServiceMetadata:
        """Return how a participant takes a document; it raises what :meth:`find` raises."""

        def ask() -> ServiceMetadata:
            base = self._publisher(participant)
            try:
                return self._signed(base, participant, document_type)
            except NotRegisteredError:
                offered = self.group(participant).document_types
                other = best_document_type(document_type, offered)
                if other is None or other == document_type:
                    raise
                return self._signed(base, participant, other)

        return self._cached(("metadata", participant.key, str(document_type)), ask)

    def _publisher(self, participant: ParticipantId) -> str:
        return self._cached(
            ("publisher", participant.key),
            lambda: locate(participant, self._zone, self._resolver),
        )

    def _signed(
        self, base: str, participant: ParticipantId, document_type: DocumentTypeId
    ) -> ServiceMetadata:
        address = f"{base}/{participant.encoded}/services/{document_type.encoded}"
        trusted = self._trust.metadata_publisher
        found = read_metadata(self._get(address), participant, document_type, trusted)
        if isinstance(found, Redirect):
            uid = found.certificate_uid

            def named(certificate: x509.Certificate) -> None:
                trusted(certificate)
                if _parts(certificate.subject.rfc4514_string()) != _parts(uid):
                    raise NotTrustedError("the second publisher is not the one that was named")

            found = read_metadata(self._get(found.address), participant, document_type, named)
            if isinstance(found, Redirect):
                raise MetadataRefusedError("the second publisher redirects again")
        return found

    def _get(self, address: str) -> bytes:
        self._require_address(address)
        request = self._client.build_request("GET", address)
        try:
            reply = http.send(self._client, request, max_bytes=_MAX_BYTES)
        except http.TransportError as error:
            raise LookupFailedError(f"the publisher did not answer: {error.message}") from error
        if reply.status == 404:
            raise NotRegisteredError("the publisher does not know the participant or document")
        if reply.status != 200:
            raise LookupFailedError(f"the publisher answered with status {reply.status}")
        return reply.body

    def _require_address(self, address: str) -> None:
        if not address.startswith("https://") and not (
            self._plain_http and address.startswith("http://")
        ):
            raise MetadataRefusedError(f"the address {address[:100]!r} is not one of https")

    def _cached(self, key: tuple[str, ...], ask: Callable[[], T]) -> T:
        """Ask, unless the answer is fresh; failures are not kept."""
        known = self._known.get(key)
        if known is not None and self._timer() < known.until_s:
            return cast("T", known.answer)  # the key says which type
        answer = ask()
        self._known[key] = _Kept(self._timer() + CACHE_SECONDS, answer)
        return answer


def _parts(name: str) -> list[str]:
    """The parts of a distinguished name, without order, case and white space."""
    return sorted("".join(part.split()).casefold() for part in name.split(","))
