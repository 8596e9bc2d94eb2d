"""Messages over TLS: versions, cipher suites, both kinds of addresses."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from as4_peppol import As4App, Endpoint, Outcome, Payload, Receiver, Retries, Sender, SendResult
from as4_peppol.profiles import PEPPOL
from as4_peppol.stores import MemoryStore
from as4_peppol.testing import NOW, Pair
from einvoice_core import http
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.service import ClientCertificates, Running, serve

Change = Callable[[ssl.SSLContext], None]


@pytest.fixture(scope="module")
def authority() -> ThrowawayAuthority:
    return ThrowawayAuthority(keys="ec")


@pytest.fixture(params=["127.0.0.1", "::1"], ids=["IPv4", "IPv6"])
def host(request: pytest.FixtureRequest) -> str:
    host: str = request.param
    if host == "::1":
        try:
            with socket.socket(socket.AF_INET6) as probe:
                probe.bind((host, 0))
        except OSError:
            pytest.skip("this machine has no IPv6 loopback")
    return host


@pytest.fixture(scope="module")
def url(pair: Pair, authority: ThrowawayAuthority) -> Iterator[str]:
    with serving(pair, authority, "127.0.0.1") as running:
        yield running.url


def serving(
    pair: Pair, authority: ThrowawayAuthority, host: str
) -> AbstractContextManager[Running]:
    receiver = Receiver(
        PEPPOL, [pair.receiver], MemoryStore(), trusted=pair.trusted, clock=lambda: NOW
    )
    return serve(As4App(receiver), authority, host=host, certificates=ClientCertificates.IGNORED)


def unchanged(context: ssl.SSLContext) -> None:
    del context


def send(pair: Pair, url: str, authority: ThrowawayAuthority, change: Change) -> SendResult:
    context = http.tls_context(trust=authority.pem)
    change(context)
    with http.client(context=context) as client:
        sender = Sender(
            pair.sender,
            PEPPOL,
            trusted=pair.trusted,
            client=client,
            retries=Retries(1),
            clock=lambda: NOW,
        )
        endpoint = Endpoint(f"{url}/as4", pair.receiver.certificate)
        return sender.send(pair.message(), [Payload(b"<Invoice/>")], endpoint)


def test_both_kinds_of_addresses(pair: Pair, authority: ThrowawayAuthority, host: str) -> None:
    with serving(pair, authority, host) as running:
        result = send(pair, running.url, authority, unchanged)
    assert result.outcome is Outcome.DELIVERED, result.errors


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.* is deprecated:DeprecationWarning")
def test_a_sender_with_an_older_version(
    pair: Pair, url: str, authority: ThrowawayAuthority, newest: ssl.TLSVersion
) -> None:
    def older(context: ssl.SSLContext) -> None:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = newest

    result = send(pair, url, authority, older)
    assert result.outcome is Outcome.NOT_SENT
    assert "handshake" in result.attempts[0].detail


def test_older_still_is_not_even_spoken() -> None:
    assert not ssl.HAS_SSLv2
    assert not ssl.HAS_SSLv3
    assert http.tls_context().minimum_version is ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize(
    ("suite", "outcome"),
    [("ECDHE-ECDSA-AES128-GCM-SHA256", Outcome.DELIVERED), ("AES128-GCM-SHA256", Outcome.NOT_SENT)],
)
def test_a_sender_with_one_cipher_suite(
    pair: Pair, url: str, authority: ThrowawayAuthority, suite: str, outcome: Outcome
) -> None:
    """The server takes suites with forward secrecy alone."""

    def only(context: ssl.SSLContext) -> None:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(suite)

    assert send(pair, url, authority, only).outcome is outcome
