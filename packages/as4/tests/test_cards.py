"""Asking for business cards and searching the directory."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from as4_peppol.peppol.cards import fetch_card, read_card, read_matches, search
from as4_peppol.peppol.identifiers import ParticipantId
from as4_peppol.peppol.locator import LookupFailedError, NotRegisteredError
from as4_peppol.peppol.smp import MetadataRefusedError
from as4_peppol.peppol.trust import Network
from einvoice_core import http

WHO = ParticipantId.parse("9920:ESB12345674")
CARD = (
    '<BusinessCard xmlns="http://www.peppol.eu/schema/pd/businesscard/20180621/">'
    '<ParticipantIdentifier scheme="iso6523-actorid-upis">9920:esb12345674</ParticipantIdentifier>'
    "<BusinessEntity><Name>Panadería Sol</Name><CountryCode>ES</CountryCode></BusinessEntity>"
    "</BusinessCard>"
)
PAGE = (
    '<resultlist total-result-count="7"><match><participantID scheme="iso6523-actorid-upis">'
    "9920:esb12345674</participantID><docTypeID>x y</docTypeID><entity><name>Sol</name>"
    "<countryCode>ES</countryCode><regDate>2024-02-30</regDate></entity></match></resultlist>"
)


class Answers(http.BaseTransport):
    """Gives one answer to everything."""

    def __init__(self, status: int, text: str) -> None:
        self.status, self.text = status, text
        self.seen: list[http.Request] = []

    def handle_request(self, request: http.Request) -> http.Response:
        self.seen.append(request)
        return http.Response(self.status, content=self.text.encode())


def client(status: int, text: str) -> http.Client:
    return http.client(transport=Answers(status, text))


def test_a_card_is_fetched_from_the_publisher() -> None:
    answers = Answers(200, CARD)
    card = fetch_card(http.client(transport=answers), "https://smp.example.test", WHO)
    assert card.entities[0].names == (("Panadería Sol", ""),)
    path = answers.seen[0].url.raw_path
    assert path.endswith(b"/businesscard/iso6523-actorid-upis%3A%3A9920%3AESB12345674")


def test_the_card_of_somebody_else_is_refused() -> None:
    with pytest.raises(MetadataRefusedError, match="not of"):
        fetch_card(client(200, CARD), "https://smp.example.test", ParticipantId.parse("9915:b"))


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, NotRegisteredError), (429, LookupFailedError), (500, LookupFailedError)],
)
def test_an_outage_is_told_apart(status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        fetch_card(client(status, ""), "https://smp.example.test", WHO)


def test_the_directory_of_the_network_is_asked() -> None:
    answers = Answers(200, PAGE)
    found = search(http.client(transport=answers), Network.TEST, participant=WHO, country="ES")
    assert found.total == 7
    assert found.found[0].participant.key == WHO.key
    assert found.found[0].document_types == ()
    assert found.found[0].entities[0].registered_on is None
    assert answers.seen[0].url.host == "test-directory.peppol.eu"
    assert answers.seen[0].url.params["participant"] == str(WHO)
    assert "q" not in answers.seen[0].url.params


def test_a_search_for_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="what to search"):
        search(client(200, PAGE), Network.TEST)


@settings(derandomize=True, max_examples=60)
@given(
    st.one_of(
        st.binary(max_size=80),
        st.sampled_from([CARD, PAGE]).flatmap(
            lambda text: st.integers(0, len(text)).map(lambda at: text[:at].encode())
        ),
    )
)
def test_anything_else_is_refused(data: bytes) -> None:
    for read in (read_card, read_matches):
        try:
            read(data)
        except MetadataRefusedError:
            continue
        assert data in (CARD.encode(), PAGE.encode())
