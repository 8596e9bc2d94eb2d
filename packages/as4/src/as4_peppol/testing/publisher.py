"""A service metadata publisher for tests: signs what it is told to, and answers with it."""

from base64 import b64encode
from collections.abc import Callable
from urllib.parse import unquote
from xml.sax.saxutils import escape, quoteattr

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from as4_peppol.peppol.identifiers import DocumentTypeId, ParticipantId, ProcessId
from as4_peppol.peppol.smp import AS4_PROFILE
from as4_peppol.peppol.smp2 import PATH
from as4_peppol.security.keys import LocalIdentity
from as4_peppol.testing.pair import BILLING, INVOICE
from as4_peppol.testing.pki import PeppolPki
from einvoice_core import http
from einvoice_core.signing import xmldsig

__all__ = ["Publisher"]

_SPACES = (
    'xmlns="http://busdox.org/serviceMetadata/publishing/1.0/"'
    ' xmlns:i="http://busdox.org/transport/identifiers/1.0/"'
)


class Publisher(http.BaseTransport):
    """A metadata publisher; as a transport it answers an HTTP client without a network.

    Args:
        pki: Issues its certificate.
        access_point: Certificate of the access point that it names unless told otherwise.
        base: Its address.

    Attributes:
        identity: Who signs.
        answers: What it answers, by address without percent signs; others are not found.
        asked: Addresses that were asked for, in their order.
    """

    def __init__(self, pki: PeppolPki, access_point: x509.Certificate, base: str) -> None:
        self.identity = pki.metadata_publisher()
        self.access_point = access_point
        self.base = base
        self.answers: dict[str, Callable[[], http.Response]] = {}
        self.asked: list[str] = []

    def handle_request(self, request: http.Request) -> http.Response:
        """Answer a client."""
        return self.respond(unquote(str(request.url)))

    def respond(self, address: str) -> http.Response:
        """Answer what was asked for at an address, which is given without percent signs."""
        self.asked.append(address)
        answer = self.answers.get(address)
        return answer() if answer is not None else http.Response(404)

    def publish(
        self,
        participant: ParticipantId,
        kind: DocumentTypeId = INVOICE,
        process: ProcessId = BILLING,
        *,
        base: str | None = None,
        **changes: str,
    ) -> None:
        """Say which access point takes a document for a participant.

        Args:
            participant: Who gets it.
            kind: What it gets.
            process: In which process.
            base: Address of the publisher, where it is another one.
            changes: ``address``, ``profile``, ``from``, ``until`` and ``certificate`` (base64) of
                the endpoint.
        """
        values = {
            "address": "https://ap.example.test/as4",
            "profile": AS4_PROFILE,
            "from": "2025-01-01",
            "until": "2027-01-01T00:00:00Z",
            "certificate": _base64(self.access_point),
            **changes,
        }
        inner = (
            f"<ServiceInformation>{_ids(participant, kind)}<ProcessList><Process>"
            f'<i:ProcessIdentifier scheme="{process.scheme}">{process.value}'
            "</i:ProcessIdentifier><ServiceEndpointList>"
            f'<Endpoint transportProfile="{values["profile"]}">'
            '<EndpointReference xmlns="http://www.w3.org/2005/08/addressing">'
            f"<Address>{values['address']}</Address></EndpointReference>"
            "<RequireBusinessLevelSignature>false</RequireBusinessLevelSignature>"
            f"<ServiceActivationDate>{values['from']}</ServiceActivationDate>"
            f"<ServiceExpirationDate>{values['until']}</ServiceExpirationDate>"
            f"<Certificate>{values['certificate']}</Certificate>"
            "<ServiceDescription>x</ServiceDescription>"
            "<TechnicalContactUrl>a@example.test</TechnicalContactUrl>"
            "</Endpoint></ServiceEndpointList></Process></ProcessList></ServiceInformation>"
        )
        self.answer(f"{base or self.base}/{participant}/services/{kind}", self.signed(inner))

    def publish_2(
        self,
        participant: ParticipantId,
        kind: DocumentTypeId = INVOICE,
        process: ProcessId = BILLING,
        *,
        base: str | None = None,
        redirect: str = "",
        **changes: str,
    ) -> None:
        """Say the same as a publisher of OASIS SMP 2.0.

        Args:
            participant: Who gets it.
            kind: What it gets.
            process: In which process.
            base: Address of the publisher, where it is another one.
            redirect: Address of the publisher who knows it instead; it is named as this one.
            changes: ``address``, ``profile``, ``from``, ``until`` and ``certificate`` (base64) of
                the endpoint, or ``certificate`` of the other publisher.
        """
        values = {
            "address": "https://ap.example.test/as4",
            "profile": AS4_PROFILE,
            "from": "2025-01-01",
            "until": "2027-01-01",
            "certificate": _base64(self.identity.certificate if redirect else self.access_point),
            **changes,
        }
        holds = (
            "<sma:Certificate><smb:ContentBinaryObject mimeCode='application/base64'>"
            f"{values['certificate']}</smb:ContentBinaryObject></sma:Certificate>"
        )
        endpoint = (
            f"<sma:Endpoint><smb:TransportProfileID>{values['profile']}</smb:TransportProfileID>"
            f"<smb:AddressURI>{values['address']}</smb:AddressURI>"
            f"<smb:ActivationDate>{values['from']}</smb:ActivationDate>"
            f"<smb:ExpirationDate>{values['until']}</smb:ExpirationDate>{holds}</sma:Endpoint>"
        )
        if redirect:
            leads = f"<smb:PublisherURI>{redirect}</smb:PublisherURI>"
            endpoint = f"<sma:Redirect>{leads}{holds}</sma:Redirect>"
        document = (
            f"<ServiceMetadata {_spaces_2('ServiceMetadata')}>"
            "<smb:SMPVersionID>2.0</smb:SMPVersionID>"
            f"<smb:ID schemeID='{kind.scheme}'>{kind.value}</smb:ID>"
            f"<smb:ParticipantID schemeID='{participant.scheme}'>{participant.value}"
            "</smb:ParticipantID><sma:ProcessMetadata><sma:Process>"
            f"<smb:ID schemeID='{process.scheme}'>{process.value}</smb:ID></sma:Process>"
            f"{endpoint}</sma:ProcessMetadata></ServiceMetadata>"
        )
        body = xmldsig.sign(document.encode(), LocalIdentity(self.identity))
        self.answer(f"{base or self.base}{PATH}/{participant}/services/{kind}", body)

    def group_2(self, participant: ParticipantId, *kinds: DocumentTypeId) -> None:
        """Say which documents a participant gets, as a publisher of OASIS SMP 2.0."""
        references = "".join(
            f"<sma:ServiceReference><smb:ID schemeID='{kind.scheme}'>{kind.value}</smb:ID>"
            "</sma:ServiceReference>"
            for kind in kinds
        )
        text = (
            f"<ServiceGroup {_spaces_2('ServiceGroup')}><smb:SMPVersionID>2.0</smb:SMPVersionID>"
            f"<smb:ParticipantID schemeID='{participant.scheme}'>{participant.value}"
            f"</smb:ParticipantID>{references}</ServiceGroup>"
        )
        self.answer(f"{self.base}{PATH}/{participant}", text.encode())

    def signed(self, inner: str) -> bytes:
        """Sign metadata, given as the XML inside ``ServiceMetadata``."""
        document = (
            f"<SignedServiceMetadata {_SPACES}>"
            f"<ServiceMetadata>{inner}</ServiceMetadata></SignedServiceMetadata>"
        )
        return xmldsig.sign(document.encode(), LocalIdentity(self.identity))

    def group(self, participant: ParticipantId, *kinds: DocumentTypeId) -> None:
        """Say which documents a participant gets."""
        references = "".join(
            "<ServiceMetadataReference"
            f' href="{self.base}/{participant.encoded}/services/{kind.encoded}"/>'
            for kind in kinds
        )
        text = (
            f"<ServiceGroup {_SPACES}>"
            f'<i:ParticipantIdentifier scheme="{participant.scheme}">{participant.value}'
            "</i:ParticipantIdentifier><ServiceMetadataReferenceCollection>"
            f"{references}</ServiceMetadataReferenceCollection></ServiceGroup>"
        )
        self.answer(f"{self.base}/{participant}", text.encode())

    def card(self, participant: ParticipantId, name: str, country: str) -> None:
        """Publish the business card of a participant, in its third version."""
        text = (
            '<BusinessCard xmlns="http://www.peppol.eu/schema/pd/businesscard/20180621/">'
            f"<ParticipantIdentifier scheme={quoteattr(participant.scheme)}>"
            f"{escape(participant.value)}</ParticipantIdentifier><BusinessEntity>"
            f"<Name>{escape(name)}</Name><CountryCode>{escape(country)}</CountryCode>"
            "</BusinessEntity></BusinessCard>"
        )
        self.answer(f"{self.base}/businesscard/{participant}", text.encode())

    def answer(self, address: str, body: bytes) -> None:
        """Answer with these octets at an address."""
        self.answers[address] = lambda: http.Response(200, content=body)


def _spaces_2(name: str) -> str:
    space = "http://docs.oasis-open.org/bdxr/ns/SMP/2/"
    parts = f'xmlns:sma="{space}AggregateComponents" xmlns:smb="{space}BasicComponents"'
    return f'xmlns="{space}{name}" {parts}'


def _base64(certificate: x509.Certificate) -> str:
    return b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii")


def _ids(participant: ParticipantId, kind: DocumentTypeId) -> str:
    return (
        f'<i:ParticipantIdentifier scheme="{participant.scheme}">{participant.value}'
        "</i:ParticipantIdentifier>"
        f'<i:DocumentIdentifier scheme="{kind.scheme}">{kind.value}</i:DocumentIdentifier>'
    )
