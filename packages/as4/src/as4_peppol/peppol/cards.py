"""Business cards of participants, and the search of the Peppol Directory.

Neither proves that anybody can be reached: only :mod:`as4_peppol.peppol.discovery` tells that.

Source: Peppol Directory, business cards 1 to 3 and search 1.0.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lxml import etree

from as4_peppol.peppol.identifiers import DocumentTypeId, IdentifierError, ParticipantId
from as4_peppol.peppol.locator import LookupFailedError, NotRegisteredError
from as4_peppol.peppol.smp import MetadataRefusedError
from as4_peppol.peppol.trust import Network
from einvoice_core import http
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import Limits, parse

__all__ = [
    "BusinessCard",
    "Contact",
    "Entity",
    "Match",
    "Matches",
    "fetch_card",
    "read_card",
    "read_matches",
    "search",
]

_CARDS = {
    f"http://www.peppol.eu/schema/pd/businesscard/{version}/"
    for version in ("20160112", "20161123", "20180621")
}
_HOSTS = {
    Network.PRODUCTION: "https://directory.peppol.eu",
    Network.TEST: "https://test-directory.peppol.eu",
}
_LIMITS = Limits(document=16 * 1024 * 1024, depth=64)


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask; a field that is not given is empty."""

    type: str
    name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A business of a participant.

    Args:
        names: Its names, each with its language or an empty text.
        country: Two letters.
        place: Where it is, in free text.
        identifiers: Scheme and value of further identifiers.
        websites: Their addresses.
        contacts: Whom to ask.
        additional: Free text.
        registered_on: Since when it is registered; ``None`` when not given.
    """

    names: tuple[tuple[str, str], ...]
    country: str
    place: str
    identifiers: tuple[tuple[str, str], ...]
    websites: tuple[str, ...]
    contacts: tuple[Contact, ...]
    additional: str
    registered_on: date | None


@dataclass(frozen=True, slots=True)
class BusinessCard:
    """What a participant publishes of itself."""

    participant: ParticipantId
    entities: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A participant that the directory found; types that cannot be read are left out."""

    participant: ParticipantId
    document_types: tuple[DocumentTypeId, ...]
    entities: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """A page of what the directory found.

    Args:
        total: How many participants match in all.
        found: Those of this page.
    """

    total: int
    found: tuple[Match, ...]


def read_card(data: bytes) -> BusinessCard:
    """Read a business card of version 1, 2 or 3.

    Raises:
        MetadataRefusedError: It is not one.
    """
    root = _root(data)
    name = etree.QName(root)
    if name.localname != "BusinessCard" or name.namespace not in _CARDS:
        raise MetadataRefusedError(f"the answer is {name.localname!r}, not a business card")
    found = root.find("{*}ParticipantIdentifier")
    return BusinessCard(
        _participant(found), tuple(_entity(e) for e in root.iterfind("{*}BusinessEntity"))
    )


def fetch_card(client: http.Client, publisher: str, participant: ParticipantId) -> BusinessCard:
    """Ask a metadata publisher for the card of a participant.

    Args:
        client: HTTP client.
        publisher: Its address, as :func:`as4_peppol.peppol.locator.locate` returns it.
        participant: Whose card.

    Raises:
        NotRegisteredError: There is none.
        LookupFailedError: No usable answer came.
        MetadataRefusedError: The answer is no card, or that of somebody else.
    """
    card = read_card(_get(client, f"{publisher}/businesscard/{participant.encoded}", {}))
    if card.participant.key != participant.key:
        raise MetadataRefusedError(f"the card is of {card.participant}, not of {participant}")
    return card


def read_matches(data: bytes) -> Matches:
    """Read a page of results of the directory, in its XML form.

    Raises:
        MetadataRefusedError: It is not one.
    """
    root = _root(data)
    if etree.QName(root).localname != "resultlist":
        raise MetadataRefusedError("the answer is not a list of results")
    total = root.get("total-result-count", "")
    if not (total.isascii() and total.isdigit()):
        raise MetadataRefusedError("the answer does not say how many results there are")
    return Matches(int(total), tuple(_match(e) for e in root.iterfind("{*}match")))


def search(
    client: http.Client,
    network: Network,
    *,
    text: str | None = None,
    participant: ParticipantId | None = None,
    name: str | None = None,
    country: str | None = None,
    document_type: DocumentTypeId | None = None,
    page: int = 0,
    page_size: int = 20,
    host: str | None = None,
) -> Matches:
    """Search the directory; it answers two questions a second and shows 1,000 results at most.

    Args:
        client: HTTP client.
        network: Whose directory.
        text: Anywhere.
        participant: Exactly this one.
        name: Of the business.
        country: Two letters.
        document_type: That is taken.
        page: Which page, from 0.
        page_size: Results on a page.
        host: Another directory, such as one of a sandbox.

    Raises:
        ValueError: Nothing is asked for.
        LookupFailedError: No usable answer came, or too many questions were asked.
        MetadataRefusedError: The answer cannot be read.
    """
    asked = {
        "q": text,
        "participant": str(participant) if participant else None,
        "name": name,
        "country": country,
        "doctype": str(document_type) if document_type else None,
    }
    terms = {key: value for key, value in asked.items() if value}
    if not terms:
        raise ValueError("say what to search for")
    paging = {"resultPageIndex": str(page), "resultPageCount": str(page_size)}
    address = f"{host or _HOSTS[network]}/search/1.0/xml"
    return read_matches(_get(client, address, terms | paging))


def _get(client: http.Client, address: str, query: dict[str, str]) -> bytes:
    request = client.build_request("GET", address, params=query)
    try:
        reply = http.send(client, request, max_bytes=_LIMITS.document)
    except http.TransportError as error:
        raise LookupFailedError(f"no answer came: {error.message}") from error
    if reply.status == 404:
        raise NotRegisteredError("the participant is not known there")
    if reply.status == 429:
        raise LookupFailedError("too many questions were asked; wait before the next one")
    if reply.status != 200:
        raise LookupFailedError(f"the answer had the status {reply.status}")
    return reply.body


def _root(data: bytes) -> etree._Element:
    try:
        return parse(data, _LIMITS)
    except XmlRefused as error:
        raise MetadataRefusedError(f"the answer cannot be read: {error.message}") from error


def _participant(element: etree._Element | None) -> ParticipantId:
    if element is None:
        raise MetadataRefusedError("the answer does not say whom it is about")
    try:
        return ParticipantId.parse(f"{element.get('scheme', '')}::{(element.text or '').strip()}")
    except IdentifierError as error:
        raise MetadataRefusedError(error.message) from error


def _match(element: etree._Element) -> Match:
    return Match(
        _participant(element.find("{*}participantID")),
        tuple(_types(element)),
        tuple(_entity(e) for e in element.iterfind("{*}entity")),
    )


def _types(element: etree._Element) -> Iterator[DocumentTypeId]:
    for each in element.iterfind("{*}docTypeID"):
        try:
            yield DocumentTypeId.parse(f"{each.get('scheme', '')}::{(each.text or '').strip()}")
        except IdentifierError:
            continue  # types of other schemes stand in the directory as well


def _entity(element: etree._Element) -> Entity:
    """Read a business; a card says ``CountryCode`` where the directory says ``countryCode``."""
    children: dict[str, list[etree._Element]] = {}
    for child in element.iterchildren("{*}*"):
        children.setdefault(etree.QName(child).localname.casefold(), []).append(child)

    def texts(*names: str) -> tuple[str, ...]:
        return tuple(_text(each) for name in names for each in children.get(name, ()))

    def first(*names: str) -> str:
        return next(iter(texts(*names)), "")

    return Entity(
        tuple((_text(e), e.get("language", "")) for e in children.get("name", ())),
        first("countrycode"),
        first("geographicalinformation", "geoinfo"),
        tuple((e.get("scheme", ""), _text(e)) for e in children.get("identifier", ())),
        texts("websiteuri", "website"),
        tuple(_contact(e) for e in children.get("contact", ())),
        first("additionalinformation", "additionalinfo"),
        _day(element.get("registrationDate", "") or first("regdate")),
    )


def _contact(element: etree._Element) -> Contact:
    """Read a contact: elements in a card, attributes in the older directory."""
    given = {str(name).casefold(): str(value) for name, value in element.attrib.items()}
    for child in element.iterchildren("{*}*"):
        given[etree.QName(child).localname.casefold()] = _text(child)
    phone = given.get("phonenumber") or given.get("phone", "")
    return Contact(given.get("type", ""), given.get("name", ""), phone, given.get("email", ""))


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
