"""From a participant and a document to the access point that takes it, without I/O.

Every look-up is a generator: it yields what has to be asked, of the DNS or of a publisher, and goes
on with the answer. :mod:`as4_peppol.peppol.discovery` asks, with threads or with ``await``.

Three questions: the DNS says where the metadata are, their publisher says which access point takes
the document, and its certificate is checked before anything is encrypted to it.
An outage never reads as "does not take it".

Source: Peppol SMP specification 1.4.0, SML specification 1.3.0; OASIS SMP 2.0.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from cryptography import x509

from as4_peppol.peppol import smp2
from as4_peppol.peppol.identifiers import DocumentTypeId, ParticipantId, ProcessId
from as4_peppol.peppol.locator import (
    SERVICE,
    SERVICE_2,
    Located,
    LookupFailedError,
    NotRegisteredError,
    publisher_in,
)
from as4_peppol.peppol.smp import (
    AS4_PROFILE,
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

__all__ = ["CACHE_SECONDS", "Ask", "Get", "Lookup", "Names", "Steps"]

CACHE_SECONDS = 300.0
"""So long an answer is used again."""

_MOST_KEPT = 20_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Names:
    """Asks the DNS for the NAPTR records of a name."""

    name: str


@dataclass(frozen=True, slots=True)
class Get:
    """Asks an address over HTTP; the answer is a reply with its status."""

    address: str


Ask = Names | Get
"""What has to be asked."""

Steps = Generator[Ask, Any, T]
"""A look-up on its way; errors of asking are thrown into it."""


@dataclass(frozen=True, slots=True)
class _Kept:
    until_s: float
    answer: object


@dataclass(frozen=True, slots=True)
class Lookup:
    """Knows what to ask, and what was answered a moment ago.

    Args:
        zone: Where the DNS names end.
        trust: Decides about publishers and access points.
        services: Of publishers that are understood.
        profile: Transport profile of the endpoints that are looked for.
        plain_http: Whether addresses without TLS are asked; for sandboxes only.
        clock: The present, with a time zone.
        timer: Says how the time passes, for the cache.
    """

    zone: str
    trust: PeppolTrust
    services: Sequence[str]
    profile: str
    plain_http: bool
    clock: Callable[[], datetime]
    timer: Callable[[], float]
    known: dict[tuple[str, ...], _Kept]

    @classmethod
    def new(
        cls,
        zone: str,
        trust: PeppolTrust,
        *,
        clock: Callable[[], datetime],
        timer: Callable[[], float],
        services: Sequence[str] = (SERVICE,),
        profile: str = AS4_PROFILE,
        plain_http: bool = False,
    ) -> "Lookup":
        """Make one that knows nothing yet."""
        return cls(zone, trust, tuple(services), profile, plain_http, clock, timer, {})

    def find(
        self, participant: ParticipantId, document_type: DocumentTypeId, process: ProcessId
    ) -> Steps[Endpoint]:
        """Find the access point that takes a document for a participant."""
        metadata = yield from self.metadata(participant, document_type)
        now = self.clock()
        endpoint = choose(metadata, process, now, self.profile)
        elsewhere = next(
            (p.redirect for p in metadata.processes if p.id == process and p.redirect), None
        )
        if endpoint is None and elsewhere is not None:
            metadata = yield from self._elsewhere(metadata, elsewhere)
            endpoint = choose(metadata, process, now, self.profile)
        if endpoint is None:
            raise NotRegisteredError(
                f"{participant} takes {document_type} in no endpoint of {process} now"
            )
        if endpoint.certificate is None:
            raise MetadataRefusedError("the endpoint has no certificate that can be read")
        self.trust.access_point(endpoint.certificate)
        self._require_address(endpoint.address)
        return Endpoint(endpoint.address, endpoint.certificate)

    def group(self, participant: ParticipantId) -> Steps[ServiceGroup]:
        """Find which documents a participant takes."""

        def ask() -> Steps[ServiceGroup]:
            publisher = yield from self._publisher(participant)
            if publisher.service == SERVICE_2:
                body = yield from self._get(smp2.address_of(publisher.address, participant))
                return smp2.read_group(body, participant)
            body = yield from self._get(f"{publisher.address}/{participant.encoded}")
            return read_group(body, participant)

        return (yield from self._cached(("group", participant.key), ask))

    def metadata(
        self, participant: ParticipantId, document_type: DocumentTypeId
    ) -> Steps[ServiceMetadata]:
        """Find how a participant takes a document."""

        def ask() -> Steps[ServiceMetadata]:
            publisher = yield from self._publisher(participant)
            try:
                return (yield from self._signed(publisher, participant, document_type))
            except NotRegisteredError:
                group = yield from self.group(participant)
                other = best_document_type(document_type, group.document_types)
                if other is None or other == document_type:
                    raise
                return (yield from self._signed(publisher, participant, other))

        key = ("metadata", participant.key, str(document_type))
        return (yield from self._cached(key, ask))

    def _publisher(self, participant: ParticipantId) -> Steps[Located]:
        def ask() -> Steps[Located]:
            records = yield Names(participant.dns_name(self.zone))
            return publisher_in(participant, self.zone, records, self.services)

        return (yield from self._cached(("publisher", participant.key), ask))

    def _signed(
        self, publisher: Located, participant: ParticipantId, document_type: DocumentTypeId
    ) -> Steps[ServiceMetadata]:
        trusted = self.trust.metadata_publisher
        if publisher.service == SERVICE_2:
            address = smp2.address_of(publisher.address, participant, document_type)
            body = yield from self._get(address)
            return smp2.read_metadata(body, participant, document_type, trusted)
        address = f"{publisher.address}/{participant.encoded}/services/{document_type.encoded}"
        body = yield from self._get(address)
        found = read_metadata(body, participant, document_type, trusted)
        if isinstance(found, Redirect):
            named = self._named(found)
            body = yield from self._get(found.address)
            found = read_metadata(body, participant, document_type, named)
            if isinstance(found, Redirect):
                raise MetadataRefusedError("the second publisher redirects again")
        return found

    def _elsewhere(self, metadata: ServiceMetadata, redirect: Redirect) -> Steps[ServiceMetadata]:
        """Follow the redirect of a process; what is there does not redirect again."""
        body = yield from self._get(redirect.address)
        # In this version it need not name the other publisher: one of the network will do then.
        known = redirect.certificates
        trusted = self._named(redirect) if known else self.trust.metadata_publisher
        return smp2.read_metadata(body, metadata.participant, metadata.document_type, trusted)

    def _named(self, redirect: Redirect) -> Callable[[x509.Certificate], None]:
        """Trust the publisher that a redirect names, and no other."""

        def named(certificate: x509.Certificate) -> None:
            self.trust.metadata_publisher(certificate)
            if redirect.certificates:
                is_named = certificate in redirect.certificates
            else:
                subject = certificate.subject.rfc4514_string()
                is_named = _parts(subject) == _parts(redirect.certificate_uid)
            if not is_named:
                raise NotTrustedError("the second publisher is not the one that was named")

        return named

    def _get(self, address: str) -> Steps[bytes]:
        self._require_address(address)
        reply: http.Reply = yield Get(address)
        if reply.status == 404:
            raise NotRegisteredError("the publisher does not know the participant or document")
        if reply.status != 200:
            raise LookupFailedError(f"the publisher answered with status {reply.status}")
        return reply.body

    def _require_address(self, address: str) -> None:
        if not address.startswith("https://") and not (
            self.plain_http and address.startswith("http://")
        ):
            raise MetadataRefusedError(f"the address {address[:100]!r} is not one of https")

    def _cached(self, key: tuple[str, ...], ask: Callable[[], Steps[T]]) -> Steps[T]:
        """Ask, unless the answer is fresh; failures are not kept."""
        known = self.known.get(key)
        if known is not None and self.timer() < known.until_s:
            return cast("T", known.answer)  # the key says which type
        answer = yield from ask()
        if len(self.known) >= _MOST_KEPT:
            self.known.clear()
        self.known[key] = _Kept(self.timer() + CACHE_SECONDS, answer)
        return answer


def _parts(name: str) -> list[str]:
    """The parts of a distinguished name, without order, case and white space."""
    return sorted("".join(part.split()).casefold() for part in name.split(","))
