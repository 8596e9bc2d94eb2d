"""What a metadata publisher says of a participant: documents, processes, endpoints.

Source: Peppol SMP specification 1.4.0; OASIS BDX SMP 1.0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote

from cryptography import x509
from lxml import etree

from as4_peppol.peppol._reading import (
    MetadataRefusedError,
    certificate_of,
    instant_of,
    parsed,
    require,
    signer_of,
)
from as4_peppol.peppol.identifiers import (
    WILDCARD,
    DocumentTypeId,
    IdentifierError,
    ParticipantId,
    ProcessId,
)
from einvoice_core.errors import EInvoiceError
from einvoice_core.signing import xmldsig

__all__ = [
    "AS4_PROFILE",
    "MetadataEndpoint",
    "MetadataRefusedError",
    "Process",
    "Redirect",
    "ServiceGroup",
    "ServiceMetadata",
    "best_document_type",
    "choose",
    "read_group",
    "read_metadata",
]

AS4_PROFILE = "peppol-transport-as4-v2_0"
"""The one transport profile that is in use."""

_BUSDOX = "http://busdox.org/serviceMetadata/publishing/1.0/"
_BDXR = "http://docs.oasis-open.org/bdxr/ns/SMP/"
_SPACES = {_BUSDOX, f"{_BDXR}2014/07", f"{_BDXR}2016/05"}


@dataclass(frozen=True, slots=True)
class MetadataEndpoint:
    """Where documents of a process go.

    Args:
        profile: Transport profile.
        address: Address of the access point.
        certificate: Its certificate; ``None`` when the text holds none that can be read.
        active_from: Not before; ``None`` without a bound.
        active_until: Not after; ``None`` without a bound.
        contact: Technical contact, where given.
    """

    profile: str
    address: str
    certificate: x509.Certificate | None = field(repr=False)
    active_from: datetime | None = None
    active_until: datetime | None = None
    contact: str = ""

    def is_active(self, at: datetime) -> bool:
        """Whether it may be used at an instant."""
        begun = self.active_from is None or self.active_from <= at
        return begun and (self.active_until is None or at < self.active_until)


@dataclass(frozen=True, slots=True)
class Redirect:
    """The metadata are with another publisher.

    Args:
        address: Full address there.
        certificate_uid: Subject of the certificate with which that publisher signs.
        certificates: That certificate itself, where the redirect holds it (OASIS SMP 2.0).
    """

    address: str
    certificate_uid: str = ""
    certificates: tuple[x509.Certificate, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Process:
    """A process with its endpoints.

    Args:
        id: Which.
        endpoints: Where its documents go.
        redirect: Who knows it instead (OASIS SMP 2.0).
    """

    id: ProcessId
    endpoints: tuple[MetadataEndpoint, ...]
    redirect: Redirect | None = None


@dataclass(frozen=True, slots=True)
class ServiceMetadata:
    """How a participant takes a document.

    Args:
        participant: Whose.
        document_type: Which.
        processes: In which processes, and where.
        publisher: Certificate of the signature.
    """

    participant: ParticipantId
    document_type: DocumentTypeId
    processes: tuple[Process, ...]
    publisher: x509.Certificate = field(repr=False)


@dataclass(frozen=True, slots=True)
class ServiceGroup:
    """Which documents a participant takes."""

    participant: ParticipantId
    document_types: tuple[DocumentTypeId, ...]


def read_group(data: bytes, participant: ParticipantId) -> ServiceGroup:
    """Read the list of a participant's documents; it is not signed.

    Raises:
        MetadataRefusedError: It cannot be read, or is about somebody else.
    """
    root = parsed(data)
    name = etree.QName(root)
    if name.localname != "ServiceGroup" or name.namespace not in _SPACES:
        raise MetadataRefusedError(f"the answer is {name.localname!r}, not a ServiceGroup")
    require(_participant(root), participant)
    found: list[DocumentTypeId] = []
    for reference in root.iterfind(".//{*}ServiceMetadataReference"):
        _, _, encoded = reference.get("href", "").rpartition("/services/")
        try:
            found.append(DocumentTypeId.parse(unquote(encoded)))
        except IdentifierError:
            # Lists of publishers hold types of other schemes; they are not ours to judge.
            continue
    return ServiceGroup(participant, tuple(found))


def read_metadata(
    data: bytes,
    participant: ParticipantId,
    document_type: DocumentTypeId,
    trusted: Callable[[x509.Certificate], None],
    *,
    allowed: xmldsig.Allowed = xmldsig.ALLOWED,
) -> ServiceMetadata | Redirect:
    """Read and verify what a publisher says of a participant and a document.

    Args:
        data: The answer.
        participant: Who was asked for.
        document_type: What was asked for.
        trusted: Decides about the signer.
        allowed: What the signature may ask for; old answers need SHA-1.

    Raises:
        MetadataRefusedError: The signature does not hold, its signer is not trusted, or the answer
            is about something else.
    """
    root = parsed(data)
    name = etree.QName(root)
    if name.localname != "SignedServiceMetadata" or name.namespace not in _SPACES:
        raise MetadataRefusedError(f"the answer is {name.localname!r}, not signed metadata")
    publisher = signer_of(root, allowed)
    try:
        trusted(publisher)
    except EInvoiceError as error:
        raise MetadataRefusedError(f"the publisher is not trusted: {error.message}") from error
    metadata = root.find(f"{{{name.namespace}}}ServiceMetadata")
    if metadata is None:
        raise MetadataRefusedError("the answer holds no ServiceMetadata")
    redirect = metadata.find(f"{{{name.namespace}}}Redirect")
    if redirect is not None:
        uid = redirect.findtext("{*}CertificateUID", "").strip()
        return Redirect(redirect.get("href", "").strip(), uid)
    information = metadata.find(f"{{{name.namespace}}}ServiceInformation")
    if information is None:
        raise MetadataRefusedError("the answer holds neither information nor a redirect")
    require(_participant(information), participant)
    stated = information.find("{*}DocumentIdentifier")
    if stated is None or _identifier(stated) != str(document_type):
        raise MetadataRefusedError("the answer is about another document type")
    processes = tuple(
        process
        for element in information.iterfind("{*}ProcessList/{*}Process")
        if (process := _process(element)) is not None
    )
    return ServiceMetadata(participant, document_type, processes, publisher)


def choose(
    metadata: ServiceMetadata, process: ProcessId, at: datetime, profile: str = AS4_PROFILE
) -> MetadataEndpoint | None:
    """Return the endpoint for a process at an instant, or ``None`` when there is none."""
    for each in metadata.processes:
        if each.id != process:
            continue
        for endpoint in each.endpoints:
            if endpoint.profile == profile and endpoint.is_active(at):
                return endpoint
    return None


def best_document_type(
    wanted: DocumentTypeId, offered: Sequence[DocumentTypeId]
) -> DocumentTypeId | None:
    """Return which of a participant's document types takes a document.

    An exact one is taken first; then the wildcard types, from the customization of the document
    itself up through what stands before each ``@`` in it.

    Source: OpenPeppol policy for use of identifiers 4.4.0, wildcard document types.
    """
    if wanted in offered:
        return wanted
    parts = wanted.parts
    if parts is None:
        return None
    namespace, root, customization, version = parts
    plain = customization.removesuffix("*")
    if "*" in plain:
        return None
    by_value = {o.value: o for o in offered if o.scheme == WILDCARD}
    current = plain
    while True:
        for candidate in (current, f"{current}*"):
            value = f"{namespace}::{root}##{candidate}::{version}"
            if value in by_value:
                return by_value[value]
        head, at, _ = current.rpartition("@")
        if not at:
            return None
        current = head


def _participant(parent: etree._Element) -> ParticipantId:
    element = parent.find("{*}ParticipantIdentifier")
    if element is None:
        raise MetadataRefusedError("the answer does not say whom it is about")
    try:
        return ParticipantId.parse(_identifier(element))
    except IdentifierError as error:
        raise MetadataRefusedError(error.message) from error


def _identifier(element: etree._Element) -> str:
    return f"{element.get('scheme', '')}::{(element.text or '').strip()}"


def _process(element: etree._Element) -> Process | None:
    named = element.find("{*}ProcessIdentifier")
    if named is None:
        return None
    try:
        process = ProcessId.parse(_identifier(named))
    except IdentifierError:
        return None
    endpoints = element.iterfind("{*}ServiceEndpointList/{*}Endpoint")
    return Process(process, tuple(_endpoint(each) for each in endpoints))


def _endpoint(element: etree._Element) -> MetadataEndpoint:
    address = element.findtext("{*}EndpointReference/{*}Address", "") or element.findtext(
        "{*}EndpointURI", ""
    )
    return MetadataEndpoint(
        element.get("transportProfile", ""),
        address.strip(),
        certificate_of(element.findtext("{*}Certificate", "")),
        instant_of(element.findtext("{*}ServiceActivationDate", "")),
        instant_of(element.findtext("{*}ServiceExpirationDate", "")),
        element.findtext("{*}TechnicalContactUrl", "").strip(),
    )
