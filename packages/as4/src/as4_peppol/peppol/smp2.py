"""What a metadata publisher of OASIS SMP 2.0 says: documents, processes, endpoints.

The records are those of :mod:`as4_peppol.peppol.smp`; here a redirect stands with a process.

Source: OASIS Service Metadata Publishing 2.0.
"""

from collections.abc import Callable

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
    DocumentTypeId,
    IdentifierError,
    ParticipantId,
    ProcessId,
)
from as4_peppol.peppol.smp import (
    MetadataEndpoint,
    Process,
    Redirect,
    ServiceGroup,
    ServiceMetadata,
)
from einvoice_core.errors import EInvoiceError
from einvoice_core.signing import xmldsig
from einvoice_core.signing.algorithms import C14n

__all__ = ["NO_PROCESS", "PATH", "address_of", "read_group", "read_metadata"]

PATH = "/bdxr-smp-2"
"""Where a publisher of this version answers, below its address."""

NO_PROCESS = ProcessId("", "bdx:noprocess")
"""The process of endpoints that are published without any."""

_SMP = "http://docs.oasis-open.org/bdxr/ns/SMP/2/"
_NS = {"sma": f"{_SMP}AggregateComponents", "smb": f"{_SMP}BasicComponents"}
_FORMS = tuple(form.value for form in C14n)


def address_of(
    base: str, participant: ParticipantId, document_type: DocumentTypeId | None = None
) -> str:
    """Return the address of a participant's documents, or of the metadata of one."""
    # A redirect may already lead below the path of this version.
    below = "" if base.rstrip("/").endswith(PATH) else PATH
    address = f"{base.rstrip('/')}{below}/{participant.encoded}"
    return address if document_type is None else f"{address}/services/{document_type.encoded}"


def read_group(data: bytes, participant: ParticipantId) -> ServiceGroup:
    """Read the list of a participant's documents; a signature on it is not asked for.

    Raises:
        MetadataRefusedError: It cannot be read, or is about somebody else.
    """
    root = _root(data, "ServiceGroup")
    require(_participant(root), participant)
    found: list[DocumentTypeId] = []
    for element in root.iterfind("sma:ServiceReference/smb:ID", _NS):
        try:
            found.append(DocumentTypeId.parse(_identifier(element)))
        except IdentifierError:
            # Documents of other networks are not ours to judge.
            continue
    return ServiceGroup(participant, tuple(found))


def read_metadata(
    data: bytes,
    participant: ParticipantId,
    document_type: DocumentTypeId,
    trusted: Callable[[x509.Certificate], None],
    *,
    allowed: xmldsig.Allowed = xmldsig.ALLOWED,
) -> ServiceMetadata:
    """Read and verify what a publisher says of a participant and a document.

    Args:
        data: The answer.
        participant: Who was asked for.
        document_type: What was asked for.
        trusted: Decides about the signer.
        allowed: What the signature may ask for.

    Raises:
        MetadataRefusedError: The signature is missing or does not hold, its signer is not trusted,
            or the answer is about something else.
    """
    root = _root(data, "ServiceMetadata")
    publisher = signer_of(root, allowed, canonical_forms=_FORMS)
    try:
        trusted(publisher)
    except EInvoiceError as error:
        raise MetadataRefusedError(f"the publisher is not trusted: {error.message}") from error
    require(_participant(root), participant)
    stated = root.find("smb:ID", _NS)
    if stated is None or _identifier(stated) != str(document_type):
        raise MetadataRefusedError("the answer is about another document type")
    processes = tuple(
        process
        for element in root.iterfind("sma:ProcessMetadata", _NS)
        for process in _processes(element, participant, document_type)
    )
    return ServiceMetadata(participant, document_type, processes, publisher)


def _root(data: bytes, name: str) -> etree._Element:
    root = parsed(data)
    if root.tag != f"{{{_SMP}{name}}}{name}":
        found = etree.QName(root).localname
        raise MetadataRefusedError(f"the answer is {found!r}, not {name} of OASIS SMP 2.0")
    version = root.findtext("smb:SMPVersionID", "", _NS).strip()
    if version != "2.0":
        raise MetadataRefusedError(f"the answer is of version {version[:20]!r}, not 2.0")
    return root


def _processes(
    element: etree._Element, participant: ParticipantId, document_type: DocumentTypeId
) -> list[Process]:
    redirect = element.find("sma:Redirect", _NS)
    leads = None if redirect is None else _redirect(redirect, participant, document_type)
    endpoints = tuple(_endpoint(each) for each in element.iterfind("sma:Endpoint", _NS))
    named = element.findall("sma:Process/smb:ID", _NS)
    found: list[Process] = [] if named else [Process(NO_PROCESS, endpoints, leads)]
    for each in named:
        try:
            found.append(Process(ProcessId.parse(_identifier(each)), endpoints, leads))
        except IdentifierError:
            continue
    return found


def _redirect(
    element: etree._Element, participant: ParticipantId, document_type: DocumentTypeId
) -> Redirect:
    base = element.findtext("smb:PublisherURI", "", _NS).strip()
    read = [certificate_of(text) for text in _certificates(element)]
    if None in read:
        raise MetadataRefusedError("a redirect names a certificate that cannot be read")
    address = base if "/services/" in base else address_of(base, participant, document_type)
    return Redirect(address, certificates=tuple(c for c in read if c is not None))


def _endpoint(element: etree._Element) -> MetadataEndpoint:
    certificates = [certificate_of(text) for text in _certificates(element)]
    until = instant_of(element.findtext("smb:ExpirationDate", "", _NS))
    return MetadataEndpoint(
        element.findtext("smb:TransportProfileID", "", _NS).strip(),
        element.findtext("smb:AddressURI", "", _NS).strip(),
        next((c for c in certificates if c is not None), None),
        instant_of(element.findtext("smb:ActivationDate", "", _NS)),
        until,
        element.findtext("smb:Contact", "", _NS).strip(),
    )


def _certificates(element: etree._Element) -> list[str]:
    found = element.iterfind("sma:Certificate/smb:ContentBinaryObject", _NS)
    return [each.text or "" for each in found]


def _participant(root: etree._Element) -> ParticipantId:
    element = root.find("smb:ParticipantID", _NS)
    if element is None:
        raise MetadataRefusedError("the answer does not say whom it is about")
    try:
        return ParticipantId.parse(_identifier(element))
    except IdentifierError as error:
        raise MetadataRefusedError(error.message) from error


def _identifier(element: etree._Element) -> str:
    scheme, text = element.get("schemeID", ""), (element.text or "").strip()
    return f"{scheme}::{text}" if scheme else text
